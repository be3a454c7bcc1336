"""The names of files in output."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

Shown = Callable[[Path], str]


def shown_from(cwd: Path) -> Shown:
    """Return the function that names files relative to the working directory."""
    return cache(lambda file: os.path.relpath(file, cwd))

"""The names of files in output."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

DisplayPath = Callable[[Path], str]


def relative_paths(cwd: Path) -> DisplayPath:
    """Return the function that names files relative to the working directory."""
    return cache(lambda file: os.path.relpath(file, cwd))

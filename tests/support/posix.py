"""What only some systems have, for tests that are skipped on the others."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

IS_ROOT = sys.platform != "win32" and os.geteuid() == 0


def make_pipe(path: Path) -> None:
    """Make a named pipe, or skip the test."""
    if sys.platform != "win32":
        os.mkfifo(path)
    else:
        pytest.skip("Windows has no named pipes in directories")


def give_away(path: Path, user: int, group: int) -> None:
    """Change owner and group, or skip the test."""
    if sys.platform != "win32":
        os.chown(path, user, group)
    else:
        pytest.skip("Windows has no users and groups by number")


def set_attribute(path: Path, name: str, value: bytes) -> None:
    """Set an extended attribute, or skip the test."""
    if sys.platform == "linux":
        try:
            os.setxattr(path, name, value)
        except OSError as error:
            pytest.skip(f"this file system has no {name}: {error.strerror}")
    else:
        pytest.skip("Python has no extended attributes here")


def attributes(path: Path) -> dict[str, bytes]:
    """Return all extended attributes, or skip the test."""
    if sys.platform == "linux":
        return {name: os.getxattr(path, name) for name in os.listxattr(path)}
    else:  # noqa: RET505 - without it a type checker for another system finds the rest unreachable
        pytest.skip("Python has no extended attributes here")

"""Questions to git about a work tree; every answer is None where git can't tell."""

from __future__ import annotations

import subprocess
from pathlib import Path


def ignores(directory: Path, name: str) -> bool | None:
    """Whether a name in a directory is git-ignored."""
    try:
        done = subprocess.run(
            ["git", "-C", str(directory), "check-ignore", "-q", "--no-index", "--", name],
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(done.returncode)

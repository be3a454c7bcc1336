"""Whose a file is: what belongs to another user is left alone, as git's `safe.directory` does."""

from __future__ import annotations

import os
from pathlib import Path

from migrate.files.git import run_git
from migrate.files.platform import SYSTEM
from migrate.model import SlsMigrateError


def is_safe(root: Path, *files: Path) -> bool:
    """Return whether a directory, its `.git` and some files are ours.

    One that the user told git to trust is as good. What does not exist is nobody's.
    """
    if all(map(_is_ours, (root, root / ".git", *files))):
        return True
    trusted = _trusted_directories()
    return "*" in trusted or str(root) in trusted


def require_safe(root: Path) -> None:
    """Raise SlsMigrateError for a repository that belongs to another user."""
    if not is_safe(root):
        hint = f"if you trust it: git config --global --add safe.directory {root}"
        raise SlsMigrateError("the repository belongs to another user", hint=hint)


def _is_ours(path: Path) -> bool:
    try:
        return SYSTEM.owns(path.stat())
    except OSError:
        return True


def _trusted_directories() -> frozenset[str]:
    """Return what the user's own settings of git trust.

    Those of a repository are not asked.
    """
    try:
        answer = run_git(Path("/"), "config", "-z", "--type=path", "--get-all", "safe.directory")
    except SlsMigrateError:
        return frozenset()
    found: list[str] = []
    for entry in answer.stdout.split(b"\0")[:-1]:
        if entry:
            found.append(os.fsdecode(entry).rstrip("/") or "/")
        else:
            found.clear()  # an empty entry forgets those before it
    return frozenset(found)

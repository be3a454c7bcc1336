"""Temporary work trees in a repository's own git directory, each locked against other runs while it is in use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migrate.files.git import Programs, run_git
from migrate.files.git_state import common_directory, git_directory
from migrate.files.own_repository import git_file_of_entry, is_link, require_own_repository
from migrate.files.platform import locked_directory

_PREFIX = "slsmigrate-"


def remove_stale_worktrees(root: Path) -> None:
    """Remove the temporary work trees that killed runs left.

    Raises GitError where `.git` leads to the repository of another work tree: what lies there is not ours.
    """
    require_own_repository(root)
    for leftover in git_directory(root).glob(f"{_PREFIX}*"):
        if leftover.is_dir() and not is_link(leftover):
            with locked_directory(leftover) as is_ours:
                if is_ours:
                    _remove(root, leftover)


@contextmanager
def temporary_worktree(root: Path, commit: str = "HEAD") -> Iterator[Path]:
    """Check a commit out to a temporary work tree for a block.

    It lies inside the repository's own git directory. Those that a killed run left are removed first.
    """
    remove_stale_worktrees(root)
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=git_directory(root)))
    with locked_directory(directory):
        try:
            tree = directory / directory.name  # git registers a work tree by the last part of its path
            command = ("worktree", "add", "--quiet", "--detach", str(tree), commit)
            run_git(root, *command, check="git can't make a worktree", programs=Programs.FILTERS)
            yield tree
        finally:
            _remove(root, directory)


def _remove(root: Path, directory: Path) -> None:
    """Remove a work tree, and what git holds under its name.

    `git worktree prune` would forget a person's own work trees too, if they are on a disk that is not there now.
    """
    registered = Path(common_directory(root)) / "worktrees"
    entry = registered / directory.name
    # The author of the repository may lead either name to a directory of somebody else.
    if not is_link(registered) and not is_link(entry) and git_file_of_entry(entry) == _git_file(directory):
        shutil.rmtree(entry, ignore_errors=True)
        with suppress(OSError):  # holds others
            registered.rmdir()
    shutil.rmtree(directory, ignore_errors=True)


def _git_file(directory: Path) -> Path:
    """Return the `.git` of the work tree in a directory of ours."""
    return Path(os.path.realpath(directory)) / directory.name / ".git"

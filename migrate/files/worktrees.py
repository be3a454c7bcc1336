"""Temporary work trees in a repository's own git directory, each locked against other runs while it is in use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.files.git import run_git
from migrate.files.platform import locked_directory

_PREFIX = "slsmigrate-"
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")


def remove_stale_worktrees(root: Path) -> Path:
    """Remove the temporary work trees that killed runs left.

    Returns the work tree's git directory.
    """
    answer = run_git(root, "rev-parse", "--path-format=absolute", "--git-dir", check="git does not name its directory")
    git_directory = Path(os.fsdecode(answer.stdout.rstrip(b"\n")))
    for leftover in git_directory.glob(f"{_PREFIX}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            with locked_directory(leftover) as is_ours:
                if is_ours:
                    _remove(root, leftover)
    return git_directory


@contextmanager
def temporary_worktree(root: Path) -> Iterator[Path]:
    """Check the last commit out to a temporary work tree for a block.

    It lies inside the repository's own git directory. Those that a killed run left are removed first.
    """
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=remove_stale_worktrees(root)))
    with locked_directory(directory):
        try:
            tree = directory / "tree"
            command = ("worktree", "add", "--quiet", "--detach", str(tree))
            run_git(root, *_NO_HOOKS, *command, check="git can't make a worktree")
            yield tree
        finally:
            _remove(root, directory)


def _remove(root: Path, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    run_git(root, "worktree", "prune")

"""Temporary work trees in a repository's own git directory, each held against other runs while it is in use."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.files.git import run_git

_PREFIX = "slsmigrate-"
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")


def remove_stale_worktrees(root: Path) -> Path:
    """Removes the temporary work trees that killed runs left; gives the work tree's git directory."""
    done = run_git(root, "rev-parse", "--path-format=absolute", "--git-dir", check="git does not tell its directory")
    git_dir = Path(os.fsdecode(done.stdout.rstrip(b"\n")))
    for left in git_dir.glob(f"{_PREFIX}*"):
        with _alone_in(left) as alone:
            if alone:
                _remove(root, left)
    return git_dir


@contextmanager
def temporary_worktree(root: Path) -> Iterator[Path]:
    """A temporary work tree of the last commit, inside the repository's own git directory, gone at the end.

    Those that a killed run left are removed first.
    """
    git_dir = remove_stale_worktrees(root)
    place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=git_dir))
    with _alone_in(place):
        yield from _tree_in(place, root)


def _tree_in(place: Path, root: Path) -> Iterator[Path]:
    try:
        tree = place / "tree"
        run_git(
            root, *_NO_HOOKS, "worktree", "add", "--quiet", "--detach", str(tree), check="git can't make a worktree"
        )
        yield tree
    finally:
        _remove(root, place)


@contextmanager
def _alone_in(directory: Path) -> Iterator[bool]:
    """Holds a directory against other runs; says whether none held it before."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _remove(root: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    run_git(root, "worktree", "prune")

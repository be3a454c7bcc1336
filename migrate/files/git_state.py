"""Questions about the state of a work tree: its branch, its last commit, its directories, what is under way in it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from migrate.files.git import GitError, run_git

_LOCK_SECONDS = 2.0
# What git keeps in the directory of a work tree while a person is in the middle of it.
_UNDER_WAY = (
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase or git am"),
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("sequencer", "a cherry-pick or revert"),
    ("BISECT_LOG", "a bisect"),
)


def current_branch(root: Path) -> str:
    """Return the branch that a work tree is on, '' for none."""
    done = run_git(root, "symbolic-ref", "--short", "-q", "HEAD")
    return os.fsdecode(done.stdout.strip())


def head_commit(root: Path) -> str:
    """Return the last commit."""
    return run_git(root, "rev-parse", "HEAD", check="there is no commit").stdout.decode().strip()


def git_directory(root: Path) -> Path:
    """Return the directory that git keeps for this work tree alone."""
    done = run_git(root, "rev-parse", "--path-format=absolute", "--git-dir", check="git does not name its directory")
    return Path(os.fsdecode(done.stdout.rstrip(b"\n")))


def common_directory(root: Path) -> str:
    """Return the directory of the repository itself, which all its work trees share."""
    if (root / ".git").is_dir():
        return str(root / ".git")
    done = run_git(root, "rev-parse", "--path-format=absolute", "--git-common-dir", check="git names no directory")
    return os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n")))


def require_nothing_under_way(root: Path) -> None:
    """Raise GitError in the middle of a rebase, merge, bisect or the like.

    A commit would upset its next step.
    """
    directory = git_directory(root)
    what = next((words for name, words in _UNDER_WAY if (directory / name).exists()), "")
    if what:
        raise GitError(f"{what} is under way here", hint="end it first, then commit")


def require_unlocked_index(root: Path) -> None:
    """Raise GitError where git's index stays locked.

    A commit would fail there, after the values were put. The git of a run that was just killed may be at its end, so
    that a lock has a moment to go.
    """
    lock = git_directory(root) / "index.lock"
    deadline = time.monotonic() + _LOCK_SECONDS
    while os.path.lexists(lock):
        if time.monotonic() > deadline:
            raise GitError("git's index is locked here", hint=f"if no git is running there, remove {lock}")
        time.sleep(0.1)


def is_ignored(directory: Path, name: str) -> bool | None:
    """Return whether git ignores a name in a directory, None where git can't answer."""
    try:
        done = run_git(directory, "check-ignore", "-q", "--no-index", "--", name)
    except GitError:
        return None
    return {0: True, 1: False}.get(done.returncode)

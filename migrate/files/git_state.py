"""Questions about the state of a work tree: its branch, its last commit, its directories, what is under way in it."""

from __future__ import annotations

import os
from pathlib import Path

from migrate.files.git import GitError, run_git
from migrate.files.regular_files import read_file
from migrate.model import ManifestError

_LONGEST_PATH = 10_000  # bytes
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


def require_own_repository(root: Path) -> None:
    """Raise GitError where `.git` leads to the repository of another work tree.

    A linked work tree and a submodule are named in the directory that their `.git` leads to; a `.git` that anybody
    wrote is not, and a commit would land on a neighbour's branch.
    """
    top = run_git(root, "rev-parse", "--show-toplevel", check="git does not take this for a work tree").stdout
    if _real(os.fsdecode(top.rstrip(b"\n"))) == _real(root):
        if (root / ".git").is_dir() and not (root / ".git").is_symlink():
            return
        directory = git_directory(root)
        if _real(root / ".git") == _named_by_worktree(directory) or _real(root) == _named_by_settings(root, directory):
            return
    raise GitError("its .git leads to the repository of another work tree", hint="commit by hand")


def _named_by_worktree(directory: Path) -> str | None:
    """Return the `.git` that a linked work tree's directory names."""
    try:
        content = read_file(directory / "gitdir", _LONGEST_PATH)
    except ManifestError:
        return None
    return _real(directory / os.fsdecode(content.rstrip(b"\n")))


def _named_by_settings(root: Path, directory: Path) -> str | None:
    """Return the work tree that a submodule's settings name."""
    done = run_git(root, "config", "--get", "core.worktree")
    return None if done.returncode else _real(directory / os.fsdecode(done.stdout.rstrip(b"\n")))


def _real(path: str | Path) -> str:
    return os.path.realpath(path)


def require_nothing_under_way(root: Path) -> None:
    """Raise GitError in the middle of a rebase, merge, bisect or the like.

    A commit would upset its next step.
    """
    directory = git_directory(root)
    what = next((words for name, words in _UNDER_WAY if (directory / name).exists()), "")
    if what:
        raise GitError(f"{what} is under way here", hint="end it first, then commit")


def is_ignored(directory: Path, name: str) -> bool | None:
    """Return whether git ignores a name in a directory, None where git can't answer."""
    try:
        done = run_git(directory, "check-ignore", "-q", "--no-index", "--", name)
    except GitError:
        return None
    return {0: True, 1: False}.get(done.returncode)

"""Whether a work tree's `.git` is its own, so that nothing of a neighbour is changed through it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from migrate.files.git import GitError, run_git
from migrate.files.git_state import git_directory
from migrate.files.regular_files import read_file
from migrate.model import ManifestError

_LONGEST_PATH = 10_000  # bytes
_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which Windows alone has


def require_own_repository(root: Path) -> None:
    """Raise GitError where `.git` leads to the repository of another work tree.

    A linked work tree and a submodule are named in the directory that their `.git` leads to; a `.git` that anybody
    wrote is not, and a commit would land on a neighbour's branch.
    """
    top = run_git(root, "rev-parse", "--show-toplevel", check="git does not take this for a work tree").stdout
    if _real(os.fsdecode(top.rstrip(b"\n"))) == _real(root):
        if (root / ".git").is_dir() and not is_link(root / ".git"):
            return
        directory = git_directory(root)
        if _git_file(root) == git_file_of_entry(directory) or _real(root) == _named_by_settings(root, directory):
            return
    raise GitError("its .git leads to the repository of another work tree", hint="commit by hand")


def git_file_of_entry(directory: Path) -> Path | None:
    """Return the `.git` that names a linked work tree's directory."""
    try:
        content = read_file(directory / "gitdir", _LONGEST_PATH)
    except ManifestError:
        return None
    named = directory / os.fsdecode(content.rstrip(b"\n"))
    return _real(named.parent) / named.name


def is_link(path: Path) -> bool:
    """Return whether a path is a symbolic link, or on Windows a junction."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def _git_file(root: Path) -> Path:
    """Return the `.git` of a work tree; a link to that of another is not followed."""
    return _real(root) / ".git"


def _named_by_settings(root: Path, directory: Path) -> Path | None:
    """Return the work tree that a submodule's settings name."""
    done = run_git(root, "config", "--get", "core.worktree")
    return None if done.returncode else _real(directory / os.fsdecode(done.stdout.rstrip(b"\n")))


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))

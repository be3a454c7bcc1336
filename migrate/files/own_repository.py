"""Whether a work tree's `.git` is its own, so that nothing of a neighbour is changed through it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from migrate.files.git import GitError, run_git
from migrate.files.git_state import git_directory
from migrate.files.regular_files import read_file
from migrate.model import ManifestError

_LONGEST_PATH = 10_000  # bytes
_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which Windows alone has
# What git writes for a commit, a branch or a work tree. Others may be links, as hooks that a team shares.
_WRITTEN = (
    *("HEAD", "ORIG_HEAD", "index", "COMMIT_EDITMSG", "config", "config.worktree", "packed-refs", "commondir"),
    *("gitdir", "objects", "refs", "logs", "reftable", "worktrees"),
)
# What git writes in place and not by a rename, so that a further hard link is written too.
_IN_PLACE = ("COMMIT_EDITMSG", "logs")
_WRITTEN_BELOW = {"objects": 0, "refs": sys.maxsize, "logs": sys.maxsize, "reftable": 0}  # how deep


def require_own_repository(root: Path) -> None:
    """Raise GitError where `.git` leads to the repository of another work tree.

    A commit would land on a neighbour's branch. All that lies in the work tree was written by anybody, so that only a
    directory which git itself laid out, and in which no link leads elsewhere, is believed.
    """
    top = _asked(root, "rev-parse", "--show-toplevel")
    common = _asked(root, "rev-parse", "--path-format=absolute", "--git-common-dir")
    directories = _real(git_directory(root)), _real(common or "")
    is_top = top is not None and _real(top) == _real(root)
    if not is_top or not _is_named(root, *directories) or _keeps_references_elsewhere(root):
        raise GitError("its .git leads to the repository of another work tree", hint="commit by hand")
    for directory in dict.fromkeys(directories):
        _require_no_links(directory)


def _is_named(root: Path, directory: Path, common: Path) -> bool:
    """Return whether the directory that `.git` leads to is that of this work tree."""
    if (root / ".git").is_dir() and not is_link(root / ".git"):
        return directory == common == _git_file(root)
    if directory == common:  # a submodule's
        return _real(root) == _named_by_settings(root, directory)
    # Its author can write both ends, but nothing into the directory in which a neighbour's repository lists them.
    return directory.parent == common / "worktrees" and git_file_of_entry(directory) == _git_file(root)


def _keeps_references_elsewhere(root: Path) -> bool:
    """Return whether settings place the references, as newer versions of git allow."""
    return ":" in (_asked(root, "config", "--get", "extensions.refStorage") or "")


def _require_no_links(directory: Path) -> None:
    """Raise GitError for a link where git writes in the course of a commit."""
    try:
        found = [name for name in _WRITTEN if _leads_elsewhere(directory / name, name)]
        found += [name for name, depth in _WRITTEN_BELOW.items() if not found and _holds_link(directory, name, depth)]
    except OSError:
        raise GitError("its git directory can't be searched for links", hint="commit by hand") from None
    if found:
        hint = f"commit by hand, or put {found[0]} itself there"
        raise GitError(f"a link in its git directory leads to another place: {found[0]}", hint=hint)


def _leads_elsewhere(path: Path, name: str) -> bool:
    """Return whether git writes through a path to another place.

    `name` is that of the part of the git directory which the path belongs to.
    """
    return is_link(path) or (name in _IN_PLACE and _has_hard_links(path))


def _has_hard_links(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_nlink > 1


def _holds_link(directory: Path, name: str, depth: int) -> bool:
    """Return whether a link is below a name of a git directory, down to a depth."""
    todo = [(directory / name, depth)]
    while todo:
        place, left = todo.pop()
        try:
            entries = [Path(entry) for entry in os.scandir(place)]
        except (FileNotFoundError, NotADirectoryError):  # no reflog, or references that were just packed
            continue
        if any(_leads_elsewhere(entry, name) for entry in entries):
            return True
        if left:
            todo += [(entry, left - 1) for entry in entries if entry.is_dir()]
    return False


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
    named = _asked(root, "config", "--get", "core.worktree")
    return None if named is None else _real(directory / named)


def _asked(root: Path, *words: str) -> str | None:
    done = run_git(root, *words)
    return None if done.returncode else os.fsdecode(done.stdout.rstrip(b"\n"))


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))

"""Filters of git that files pass on their way into the repository: told from attributes, and never run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from migrate.files.git import GitError, filter_names, run_git
from migrate.files.users_git import users_file
from migrate.files.walk import holds_git

_MAX_BYTES = 1_000_000
_SECONDS = 30.0
_EVERYWHERE = Path("/etc/gitattributes")
# Settings by which attributes may stand where no search looks for them.
_ELSEWHERE = (b"attributesfile", b"[include", b"sparsecheckout", b"worktreeconfig", b"worktree")
# What git says where there is no driver. A driver may be named like that as well, and git tells no difference.
_NONE = frozenset({"unspecified", "unset", "set", ""})
_NAMELESS = '""'


def filter_drivers(files: Iterable[tuple[Path, Path | None]]) -> Mapping[Path, str]:
    """Return the driver of each file, given with its root, that passes a filter.

    git is asked once for a repository, and only where its attributes may name a filter.
    """
    by_root: dict[Path, list[Path]] = {}
    for file, root in files:
        if root is not None and file.is_relative_to(root):
            by_root.setdefault(root, []).append(file)
    return {
        file: driver
        for root, some in by_root.items()
        if holds_git(root) and _may_filter(some, root)
        for file, driver in _asked(some, root)
    }


def _may_filter(files: Sequence[Path], root: Path) -> bool:
    """Return whether any attributes could name a filter; False is certain."""
    settings = _bytes(root / ".git" / "config")
    if settings is None or any(word in settings.lower() for word in _ELSEWHERE):
        return True
    above = {directory for file in files for directory in file.parents if directory.is_relative_to(root)}
    places = (root / ".git" / "info" / "attributes", *(directory / ".gitattributes" for directory in above))
    return _users_may_filter() or any(_names_filter(place) for place in places)


@cache
def _users_may_filter() -> bool:
    own = users_file("core.attributesFile", "attributes")
    return own is None or _names_filter(own) or _names_filter(_EVERYWHERE)


def _names_filter(file: Path) -> bool:
    content = _bytes(file) if os.path.lexists(file) else b""
    return content is None or b"filter" in content


def _bytes(file: Path) -> bytes | None:
    """Return a small regular file's content, None if unknown."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None


def _asked(files: Sequence[Path], root: Path) -> Iterator[tuple[Path, str]]:
    names = b"\0".join(b"./" + os.fsencode(file.relative_to(root)) for file in files)
    try:
        told = run_git(root, "check-attr", "-z", "--stdin", "filter", given=names, seconds=_SECONDS).stdout
        drivers = filter_names(root)
    except GitError:
        return
    fields = [os.fsdecode(field) for field in told.split(b"\0")]
    for name, driver in zip(fields[::3], fields[2::3], strict=False):
        if driver not in _NONE or driver in drivers:
            yield root / name, driver or _NAMELESS

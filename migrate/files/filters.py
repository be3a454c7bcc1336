"""Filters of git that files pass on their way into the repository: told from attributes, and never run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from migrate.files.git import GitError, NoAnswerError, filter_names, run_git
from migrate.files.walk import holds_git

# What git says where there is no driver. A driver may be named like that as well, and git tells no difference.
_NONE = frozenset({"unspecified", "unset", "set", ""})
_NAMELESS = '""'
_UNKNOWN = "?"  # git does not answer


def filter_drivers(files: Iterable[tuple[Path, Path | None]]) -> Mapping[Path, str]:
    """Return the driver of each file, given with its root, that passes a filter.

    git is asked about every repository, since attributes stand in more places than a search finds: in the index of a
    sparse checkout, in files that settings name. Where it does not answer, the driver is `?`.
    """
    by_root: dict[Path, list[Path]] = {}
    for file, root in files:
        if root is not None and file.is_relative_to(root):
            by_root.setdefault(root, []).append(file)
    return {file: driver for root, some in by_root.items() if holds_git(root) for file, driver in _asked(some, root)}


def _asked(files: Sequence[Path], root: Path) -> Iterator[tuple[Path, str]]:
    names = b"\0".join(b"./" + os.fsencode(file.relative_to(root)) for file in files)
    try:
        asked = run_git(root, "check-attr", "-z", "--stdin", "filter", given=names)
        drivers = filter_names(root)
    except NoAnswerError:
        yield from ((file, _UNKNOWN) for file in files)
        return
    except GitError:
        return
    fields = [os.fsdecode(field) for field in asked.stdout.split(b"\0")]
    for name, driver in zip(fields[::3], fields[2::3], strict=False):
        if driver not in _NONE or driver in drivers:
            yield root / name, driver or _NAMELESS

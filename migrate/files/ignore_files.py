"""Rule out ignored files without running git, so that most repositories need no git process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from migrate.files.users_git import users_file

_MAX_BYTES = 1_000_000


def may_ignore(files: Sequence[Path], root: Path) -> bool:
    """Return whether git could ignore any of these files of a work tree.

    False is certain, True is not. A pattern of gitignore matches a path only where its last segment matches the name
    of the path or of a directory above it, so a pattern whose last segment matches none of these names can't be the
    one.
    """
    settings = _bytes(root / ".git" / "config")
    if settings is None or b"excludesfile" in settings.lower() or b"[include" in settings.lower():
        return True
    common = (*_patterns(root / ".git" / "info" / "exclude"), *_everywhere())
    patterns = cache(lambda file: tuple(_patterns(file)))
    for file in files:
        names = file.relative_to(root).parts
        own = (line for depth in range(len(names)) for line in patterns(root.joinpath(*names[:depth], ".gitignore")))
        if any(_may_match(line, names) for line in (*common, *own)):
            return True
    return False


def _may_match(line: str, names: Iterable[str]) -> bool:
    pattern = line.rstrip()
    if not pattern or pattern[0] in "#!":
        return False
    last = pattern.rstrip("/").rpartition("/")[2]
    if any(char in last for char in "[\\") or not last.isascii():
        return True
    return any(fnmatchcase(name.lower(), last.lower()) for name in names)


def _patterns(file: Path) -> Iterator[str]:
    content = _bytes(file)
    if content:
        yield from content.decode("utf-8", "surrogateescape").split("\n")


def _bytes(file: Path) -> bytes | None:
    """Return a small regular file's content, b'' if there is none, None if unknown."""
    try:
        if not file.is_file():
            return None if file.name == "config" else b""
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None


@cache
def _everywhere() -> tuple[str, ...]:
    """Return the patterns of the user's own ignore file.

    Where they can't be determined, return one pattern that matches everything.
    """
    own = users_file("core.excludesFile", "ignore")
    return ("*",) if own is None else tuple(_patterns(own))

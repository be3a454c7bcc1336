"""Regular expressions that are compiled on first use, so that start-up does not pay for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


class LazyPattern:
    """A `re.compile(pattern, flags)` that the first call compiles; later calls cost no more than usual."""

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    split: Callable[..., list[str]]
    sub: Callable[..., str]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def any_of(texts: Iterable[str]) -> str:
    """Return a pattern that matches any of these texts.

    They are grouped by their first characters: Python's engine tries a choice's branches one by one.
    """
    rests: dict[str, list[str]] = {}
    for text in sorted(set(texts)):
        rests.setdefault(text[0], []).append(re.escape(text[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(several)})" for first, several in rests.items())


def one_of(patterns: Iterable[str], after: str) -> str:
    """Join patterns that must not follow a character of `after`.

    Each pattern begins with a letter. The result begins with the set of
    those letters: only then does Python's engine skip other text quickly.
    """
    patterns = tuple(patterns)
    first = "".join(dict.fromkeys(pattern[0] for pattern in patterns))
    return rf"[{first}](?<!{after}.)(?:{'|'.join(f'(?<={pattern[0]}){pattern[1:]}' for pattern in patterns)})"

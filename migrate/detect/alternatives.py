"""Long regular expressions as tables: each alternative has a name and an example, which is its test."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.model.lazy_pattern import LazyPattern

Alternative = tuple[str, str, str]


class Alternatives(LazyPattern):
    """An expression for any of several patterns, given as rows of a name, a pattern, and an example.

    An example is a recipe (see `samples.py`), so that nothing in the source looks like a secret.
    """

    def __init__(self, rows: Iterable[Alternative], flags: int = 0) -> None:
        self.rows, self.flags = tuple(rows), flags
        super().__init__("|".join(pattern for _, pattern, _ in self.rows), flags)


def either(words: str) -> str:
    """Return a pattern for any of the patterns that blanks separate in a text."""
    return f"(?:{'|'.join(words.split())})"

"""A search of a text for many values in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from migrate.model import Span

_FEW = 32
_BEGINNING = 3


def occurrences(text: str, values: Collection[str]) -> Iterator[Span]:
    """Yield every occurrence of every value of three characters or more.

    Those of the longest values come first. Occurrences of one value do not overlap; those of different values may.
    """
    if len(values) <= _FEW:
        for value in sorted(values, key=len, reverse=True):
            yield from _one_value(text, value)
        return
    yield from sorted(_in_one_pass(text, values), key=lambda span: span.start - span.end)


def _one_value(text: str, value: str) -> Iterator[Span]:
    at = text.find(value)
    while at >= 0:
        yield Span(at, at + len(value))
        at = text.find(value, at + len(value))


def _in_one_pass(text: str, values: Collection[str]) -> Iterator[Span]:
    """Yield occurrences in the order of the text, looked up by their first characters."""
    by_beginning: dict[str, dict[int, set[str]]] = {}
    for value in values:
        by_beginning.setdefault(value[:_BEGINNING], {}).setdefault(len(value), set()).add(value)
    ends: dict[str, int] = {}
    for at in range(len(text) - _BEGINNING + 1):
        for length, candidates in by_beginning.get(text[at : at + _BEGINNING], {}).items():
            value = text[at : at + length]
            if value in candidates and ends.get(value, 0) <= at:
                ends[value] = at + length
                yield Span(at, at + length)

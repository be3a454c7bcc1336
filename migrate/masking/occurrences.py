"""A search of texts for many values in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrate.model import Span

_FEW = 32
_BEGINNING = 3


class Occurrences:
    """Find every occurrence of every value of three characters or more.

    The time grows with the text alone. Occurrences of one value do not overlap; those of different values may.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = frozenset(value for value in values if len(value) >= _BEGINNING)
        self._by_beginning: dict[str, dict[int, set[str]]] = {}
        for value in self._values:
            self._by_beginning.setdefault(value[:_BEGINNING], {}).setdefault(len(value), set()).add(value)

    def of(self, text: str) -> Iterator[Span]:
        """Yield the occurrences in a text, in no order."""
        if len(self._values) > _FEW:
            yield from self._in_one_pass(text)
            return
        for value in self._values:  # looking for each is quicker then
            yield from _one_value(text, value)

    def _in_one_pass(self, text: str) -> Iterator[Span]:
        ends: dict[str, int] = {}
        for at in range(len(text) - _BEGINNING + 1):
            for length, candidates in self._by_beginning.get(text[at : at + _BEGINNING], {}).items():
                value = text[at : at + length]
                if value in candidates and ends.get(value, 0) <= at:
                    ends[value] = at + length
                    yield Span(at, at + length)


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans in order, those that overlap as one."""
    last: Span | None = None
    for span in sorted(spans):
        if last and span.start < last.end:
            last = Span(last.start, max(span.end, last.end))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _one_value(text: str, value: str) -> Iterator[Span]:
    at = text.find(value)
    while at >= 0:
        yield Span(at, at + len(value))
        at = text.find(value, at + len(value))

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

    def __init__(self, values: Iterable[str]) -> None:
        self._values = sorted({value for value in values if len(value) >= _BEGINNING}, key=len, reverse=True)
        self._by_beginning: dict[str, dict[int, set[str]]] = {}
        for value in self._values:
            self._by_beginning.setdefault(value[:_BEGINNING], {}).setdefault(len(value), set()).add(value)

    def longest_first(self, text: str) -> Iterator[Span]:
        """Yield the occurrences in a text, those of the longest values first."""
        if len(self._values) <= _FEW:  # looking for each is quicker then
            for value in self._values:
                yield from _one_value(text, value)
            return
        yield from sorted(self.in_order(text), key=lambda span: span.start - span.end)

    def in_order(self, text: str) -> Iterator[Span]:
        """Yield the occurrences in a text in its order, the longest of a place first."""
        ends: dict[str, int] = {}
        for at in range(len(text) - _BEGINNING + 1):
            for length, candidates in self._by_beginning.get(text[at : at + _BEGINNING], {}).items():
                value = text[at : at + length]
                if value in candidates and ends.get(value, 0) <= at:
                    ends[value] = at + length
                    yield Span(at, at + length)


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join the spans that overlap, of those in the order of their starts."""
    last: Span | None = None
    for span in spans:
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

"""The unified diff of two texts, as git would show it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import pairwise

_NO_NEWLINE = "\\ No newline at end of file"
_SIGNS = {"equal": " ", "delete": "-", "insert": "+"}
# difflib compares each line with each: in longer stretches, unique lines are aligned first.
_MOST_LINES = 50
_MOST_ROUNDS = 8

_Stretch = tuple[int, int, int, int]


def unified(before: str, after: str, path: str) -> Iterator[str]:
    """Yield the lines of a unified diff, none where the texts are equal.

    Each comes without its line end.
    Lines end at `\\n` alone: `str.splitlines` would also split at U+2028 and the like. Takes time in
    proportion to the texts.
    """
    old, new = _lines(before), _lines(after)
    for number, group in enumerate(_Aligned(old, new).get_grouped_opcodes()):
        if number == 0:
            yield from (f"--- a/{path}", f"+++ b/{path}")
        yield f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@"
        for tag, start, end, new_start, new_end in group:
            yield from _signed("equal" if tag == "equal" else "delete", old[start:end])
            if tag != "equal":
                yield from _signed("insert", new[new_start:new_end])


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _range(start: int, end: int) -> str:
    if end - start == 1:
        return str(start + 1)
    first = start + 1 if end > start else start  # as git counts: an empty range names the line before it
    return f"{first},{end - start}"


def _signed(tag: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.endswith("\n"):
            yield _SIGNS[tag] + line[:-1].removesuffix("\r")
        else:
            yield _SIGNS[tag] + line
            yield _NO_NEWLINE


class _Aligned(SequenceMatcher[str]):
    """A matcher whose time grows with the number of lines, not its square."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._old, self._new = old, new

    def get_matching_blocks(self) -> list[Match]:
        blocks = sorted(_blocks(self._old, self._new))
        joined: list[Match] = []
        for at, new_at, size in blocks:
            last = joined[-1] if joined else Match(0, 0, 0)
            if (last.a + last.size, last.b + last.size) == (at, new_at):
                joined[-1:] = [Match(last.a, last.b, last.size + size)]
            else:
                joined.append(Match(at, new_at, size))
        return [*joined, Match(len(self._old), len(self._new), 0)]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    todo: list[tuple[_Stretch, int]] = [((0, len(old), 0, len(new)), 0)]
    while todo:
        stretch, rounds = todo.pop()
        start, end, new_start, new_end = stretch
        same = _same_at_start(old, new, stretch)
        if same:
            yield start, new_start, same
        start, new_start = start + same, new_start + same
        while min(end - start, new_end - new_start) > 0 and old[end - 1] == new[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            yield end, new_end, 1
        stretch = start, end, new_start, new_end
        if max(end - start, new_end - new_start) <= _MOST_LINES:
            yield from _by_difflib(old, new, stretch)
            continue
        anchors = _anchors(old, new, stretch) if rounds < _MOST_ROUNDS else []
        if anchors:
            places = [(start - 1, new_start - 1), *anchors, (end, new_end)]
            yield from ((at, new_at, 1) for at, new_at in anchors)
            todo += [
                ((place[0] + 1, following[0], place[1] + 1, following[1]), rounds + 1)
                for place, following in pairwise(places)
            ]
        elif end - start == new_end - new_start:
            both = zip(range(start, end), range(new_start, new_end), strict=True)
            yield from ((at, new_at, 1) for at, new_at in both if old[at] == new[new_at])


def _same_at_start(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> int:
    start, end, new_start, new_end = stretch
    most = min(end - start, new_end - new_start)
    return next((n for n in range(most) if old[start + n] != new[new_start + n]), most)


def _by_difflib(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> Iterator[tuple[int, int, int]]:
    start, end, new_start, new_end = stretch
    for block in SequenceMatcher(None, old[start:end], new[new_start:new_end], autojunk=False).get_matching_blocks():
        if block.size:
            yield start + block.a, new_start + block.b, block.size


def _anchors(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> list[tuple[int, int]]:
    """Pair lines that are unique in both texts and keep their order (patience diff)."""
    start, end, new_start, new_end = stretch
    counts, new_counts = Counter(old[start:end]), Counter(new[new_start:new_end])
    places = {new[at]: at for at in range(new_start, new_end) if new_counts[new[at]] == 1}
    pairs = [(at, places[old[at]]) for at in range(start, end) if counts[old[at]] == 1 and old[at] in places]
    return _in_order(pairs)


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs in which both members grow (patience sorting)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else None)
    run: list[tuple[int, int]] = []
    number_or_none = last[-1] if last else None
    while number_or_none is not None:
        run.append(pairs[number_or_none])
        number_or_none = before[number_or_none]
    return run[::-1]

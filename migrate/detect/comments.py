"""Comments that concern the values next to them, evaluated once for each line however many values it holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property

from migrate.detect.placeholders import ANNOUNCED
from migrate.model import Lines, Scalar
from migrate.model.lazy_pattern import LazyPattern

_REMARK = LazyPattern(r"(?<!\S)#")
_HASH = LazyPattern("#")
_ALLOWED = LazyPattern(
    r"slsmigrate:\s*ignore|pragma:\s*(?:allow|white)list\s+secret|gitleaks:allow|\bggignore\b", re.IGNORECASE
)
_NEXT_LINE = LazyPattern(r"\s*#.*?pragma:\s*(?:allow|white)list\s+nextline\s+secret", re.IGNORECASE)
_NEAR = 100  # characters behind a value that are looked at before lines are counted


class Comments:
    """The comments of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._allowing = cache(self._last(_HASH, _ALLOWED))
        self._announcing = cache(self._last(_REMARK, ANNOUNCED))
        self._allows_next = cache(lambda line: _NEXT_LINE.match(self._lines.span(line).of(text)) is not None)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    def lines_of(self, scalar: Scalar) -> tuple[int, int]:
        """Return the numbers of the first and the last line of a value."""
        start, end = scalar.span.start, scalar.span.end
        return self._lines.position(start)[0], self._lines.position(max(start, end - 1))[0]

    def announce(self, scalar: Scalar) -> bool:
        """Return whether the comment after a value, on its line, marks it for replacement."""
        behind, line_end, _ = self._text[scalar.span.end : scalar.span.end + _NEAR].partition("\n")
        if line_end and "#" not in behind:  # as most lines end
            return False
        return self._announcing(self.lines_of(scalar)[1]) >= scalar.span.end

    def allow(self, scalar: Scalar, *, is_json: bool) -> bool:
        """Return whether a comment allows a value.

        It is on the value's line, or on the one before.
        """
        first, last = self.lines_of(scalar)
        if not is_json:
            behind = scalar.span.start if scalar.style.is_block else scalar.span.end
            if any(self._allowing(line) >= behind for line in {first, first if scalar.style.is_block else last}):
                return True
        return first > 1 and bool(self._allows_next(first - 1))

    def _last(self, opening: LazyPattern, saying: LazyPattern) -> Callable[[int], int]:
        """Return a function from a line to the offset of its last comment that matches.

        `opening` begins a comment, `saying` must match in it. The offset is -1 where no comment matches.
        """

        def last(line: int) -> int:
            span = self._lines.span(line)
            said = max((match.start() for match in saying.finditer(self._text, span.start, span.end)), default=-1)
            return max((match.start() for match in opening.finditer(self._text, span.start, max(said, 0))), default=-1)

        return last

"""A text as it would be read: a secret's copy may be written with escapes of YAML, URLs or HTML, or over lines."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import unquote

from migrate.masking.secret_spans import line_spans
from migrate.model import ScalarStyle, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.segments import value_of

_HEX = "[0-9a-fA-F]"
_WRITTEN = LazyPattern(
    rf"""[ \t]*(?:\r\n|\n|\r)[ \t\r\n]*
    | \\(?:\r\n|\n|\r)[ \t\r\n]*
    | \\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}
    | \\(?:x{_HEX}{{2}}|u{_HEX}{{4}}|U(?:000{_HEX}|0010){_HEX}{{4}})
    | \\[0abt\tnvfre\ "/\\N_LP]
    | (?:%{_HEX}{{2}})+
    | &(?:\#\d{{1,7}}|\#[xX]{_HEX}{{1,6}}|amp|lt|gt|quot|apos);""",
    re.VERBOSE,
)


def _decoded(token: str) -> str:
    if token.startswith("%"):
        return unquote(token)
    if token.startswith("&"):
        return html.unescape(token)
    return value_of(f'"{token}"', ScalarStyle.DOUBLE)


class TextAsRead:
    """The text with its escapes decoded and its lines joined, and where each character of it is written.

    No structure is looked at: what is written so in a key, a comment or a text that a program reads is decoded too.
    """

    def __init__(self, text: str) -> None:
        self._source = text
        self._tokens = [token.span() for token in _WRITTEN.finditer(text)]
        self._read: list[Span] = []  # the tokens in the text as read
        pieces, at, length = [], 0, 0
        for start, end in self._tokens:
            piece = _decoded(text[start:end])
            pieces += [text[at:start], piece]
            length += start - at
            self._read.append(Span(length, length + len(piece)))
            at, length = end, length + len(piece)
        self.text = "".join([*pieces, text[at:]])

    def written(self, span: Span) -> Iterator[Span]:
        """Yield where a span of what is read is written, a span for each line."""
        start, end = self._written(span.start).start, self._written(span.end - 1).end
        yield from line_spans(self._source, Span(start, end))

    def _written(self, at: int) -> Span:
        """Return where one character is written; of an escape or a fold, all."""
        before = bisect_right(self._read, at, key=lambda token: token.start) - 1
        if before < 0:
            return Span(at, at + 1)
        start, end = self._tokens[before]
        behind = at - self._read[before].end
        return Span(start, end) if behind < 0 else Span(end + behind, end + behind + 1)

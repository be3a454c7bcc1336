"""The pieces of a scalar's value and the characters that make them up, as js-yaml reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from migrate.model import ScalarStyle, Span
from migrate.model.lazy_pattern import LazyPattern

_PLAIN = ScalarStyle.PLAIN  # looked up for every scalar
_FOLD = r"(?P<fold>[ \t]*(?:\r\n|\n|\r)[ \t\r\n]*)"
_HEX = "[0-9a-fA-F]"
_FLOW_TOKENS = {
    ScalarStyle.PLAIN: LazyPattern(rf"{_FOLD}|(?P<run>(?>(?:[^ \t\r\n]++|[ \t]++(?![\r\n]))+))"),
    ScalarStyle.SINGLE: LazyPattern(rf"{_FOLD}|(?P<quote>'')|(?P<run>(?>(?:[^' \t\r\n]++|[ \t]++(?![\r\n]))+))"),
    ScalarStyle.DOUBLE: LazyPattern(
        rf"""{_FOLD}
        | (?P<gap>\\(?:\r\n|\n|\r)[ \t\r\n]*)
        | (?P<pair>\\(?:u|U0000)[dD][89abAB]{_HEX}{{2}}\\(?:u|U0000)[dD][c-fC-F]{_HEX}{{2}})
        | (?P<code>\\(?:x{_HEX}{{2}}|u{_HEX}{{4}}|U{_HEX}{{8}}))
        | (?P<escape>\\.)
        | (?P<run>(?>(?:[^\\\ \t\r\n]++|[ \t]++(?![\r\n]))+))""",
        re.VERBOSE,
    ),
}
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_BREAK = LazyPattern(r"\r\n|\n|\r")
_NOT_BLANK = LazyPattern(r"(?P<indent> *+)[^ \r\n]")
_SPACES = LazyPattern(r" *")
_CHOMPING = LazyPattern(r"[|>][0-9]?([-+]?)")
_LINE = LazyPattern(r"(?P<indent> *)(?P<content>[^\r\n]*)(?P<end>\r\n|\n|\r|\Z)")


class Cell(Struct, frozen=True):
    """A piece of a scalar's value, and the range of the token's characters that it is read from.

    Where `verbatim`, every character is read as itself, so that the cell can be cut anywhere. Characters between two
    cells, such as a block scalar's indentation, add nothing to the value.
    """

    piece: str
    start: int
    end: int
    verbatim: bool = False


def cells(raw: str, style: ScalarStyle, indent: int = 0) -> tuple[Cell, ...]:
    """Return the cells of a scalar token; their pieces joined are its value.

    `raw` is the token's text, quotes or block header included, `indent` how many spaces begin each line of a block
    scalar's content (see `block_indent`). JSON strings read as `DOUBLE`.
    """
    return tuple(_block(raw, style, indent) if style.is_block else _flow(raw, style))


def value_of(raw: str, style: ScalarStyle, indent: int = 0) -> str:
    """Return the value of a scalar token; the arguments are those of `cells`."""
    if "\n" not in raw and "\r" not in raw:
        if style is _PLAIN:
            return raw
        text = raw[1:-1]
        if "\\" not in text and "'" not in text and not style.is_block:
            return text
    return "".join(cell.piece for cell in cells(raw, style, indent))


def block_indent(raw: str, value: str) -> int:
    """Return how many spaces begin each content line of a block scalar.

    It follows from the scalar's text and its value.
    """
    return max(0, _indent(raw, _line_end(raw)) - _indent(value, 0))


def _indent(text: str, at: int) -> int:
    """Return how many spaces indent the first line with content.

    Among blank lines alone the longest counts.
    """
    first = _NOT_BLANK.search(text, at)
    return len(first["indent"]) if first else max(map(len, _SPACES.findall(text, at)))


def _line_end(raw: str, at: int = 0) -> int:
    found = _BREAK.search(raw, at)
    return found.end() if found else len(raw)


def _flow(raw: str, style: ScalarStyle) -> Iterator[Cell]:
    quotes = 0 if style is ScalarStyle.PLAIN else 1
    for token in _FLOW_TOKENS[style].finditer(raw, quotes, len(raw) - quotes):
        kind = token.lastgroup or ""
        yield Cell(_flow_piece(kind, token[0]), token.start(), token.end(), kind == "run")


def _flow_piece(kind: str, text: str) -> str:
    match kind:
        case "fold":
            return _folded(len(_BREAK.findall(text)))
        case "gap":
            return ""
        case "quote":
            return "'"
        case "pair":
            high, low = (int(code[-4:], 16) for code in text[1:].split("\\"))
            return chr(0x10000 + (high - 0xD800 << 10) + (low - 0xDC00))
        case "code":
            return chr(int(text[2:], 16))
        case "escape":
            return _ESCAPES[text[1]]
        case _:
            return text


def _folded(breaks: int) -> str:
    return " " if breaks == 1 else "\n" * (breaks - 1)


def _block(raw: str, style: ScalarStyle, indent: int) -> Iterator[Cell]:
    """Yield the cells of a block scalar, as js-yaml's `readBlockScalar` reads them.

    They are what comes before each content line, the line, and what the header keeps of the rest.
    """
    raw = _without_unindented(raw, indent)
    at = _line_end(raw)
    has_content = False
    was_deeper = False
    for start, end in _content_lines(raw, indent):
        breaks = len(_BREAK.findall(raw, at, start))
        is_deeper = raw[start] in " \t"
        folds = style is ScalarStyle.FOLDED and has_content and not is_deeper and not was_deeper
        if breaks:
            yield Cell(_folded(breaks) if folds else "\n" * breaks, at, start)
        yield Cell(raw[start:end], start, end, verbatim=True)
        at, has_content, was_deeper = end, True, is_deeper
    yield from _block_end(raw, at, has_content)


def _without_unindented(raw: str, indent: int) -> str:
    """Return the token up to a line of tabs at its end.

    js-yaml takes such a line for the end of the scalar.
    """
    outside = re.search(rf"[\r\n] {{0,{indent - 1}}}\t", raw) if indent else None
    return raw[: outside.start() + 1] if outside else raw


def _content_lines(raw: str, indent: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line's content beyond its indentation.

    Lines without such content are skipped.
    """
    at = _line_end(raw)
    while at < len(raw):
        line = _LINE.match(raw, at)
        assert line is not None  # noqa: S101 - every part of it may be empty
        start = line.start() + min(indent, len(line["indent"]))
        if start < line.end("content"):
            yield start, line.end("content")
        at = line.end()


def _block_end(raw: str, at: int, has_content: bool) -> Iterator[Cell]:
    """Yield the line ends that the header keeps: `+` all, `-` none, otherwise one.

    A last line end that is missing counts as if it were written.
    """
    header = _CHOMPING.match(raw)
    kind = header[1] if header else ""
    if kind == "+":
        is_cut_off = raw[-1] not in "\r\n" and (has_content or at < len(raw))
        kept, end = len(_BREAK.findall(raw, at)) + is_cut_off, len(raw)
    else:
        kept, end = int(has_content and not kind), _line_end(raw, at)
    if kept:
        yield Cell("\n" * kept, at, end)


def token_span(segments: Sequence[Cell], part: Span, *, exact: bool = False) -> Span | None:
    """Map a part of a value to the characters of the token that it is written with.

    Where the part cuts an escape or a fold, all of that is covered; if it must be `exact`, the result is None.
    """
    covered: list[tuple[Cell, int, int]] = []
    at = 0
    for segment in segments:
        before, at = at, at + len(segment.piece)
        if before < part.end and at > part.start:
            covered.append((segment, before, at))
    if not covered:
        return None
    (first, begin, _), (last, _, stop) = covered[0], covered[-1]
    cut_before, cut_behind = max(0, part.start - begin), max(0, stop - part.end)
    if exact and ((cut_before and not first.verbatim) or (cut_behind and not last.verbatim)):
        return None
    start = first.start + cut_before if first.verbatim else first.start
    return Span(start, last.end - cut_behind if last.verbatim else last.end)

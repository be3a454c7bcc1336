"""A reader of JSON that accepts what `JSON.parse` does, and keeps the exact place of every value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.model import ScalarStyle, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.segments import value_of
from migrate.text.structure import MalformedError, Outliner, Reading, Token

_TOKEN = LazyPattern(
    r"""[ \t\r\n]*+(?:
    (?P<string>"(?>(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)")
    | (?P<plain>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)
    | (?P<sign>[\[\]{},:])
    | (?P<end>\Z)
    | (?P<unknown>))""",
    re.VERBOSE,
)
_VALUES = ("string", "plain", "[", "{")
_AFTER_OPENING = {"[": (*_VALUES, "]"), "{": ("string", "}")}
_CLOSERS = {"[": "]", "{": "}"}


def read_json(text: str) -> Reading:
    """Read the values of a JSON text. Raises MalformedError where it is none.

    Comments are not allowed.
    """
    outliner = Outliner()
    opened: list[str] = []
    allowed: tuple[str, ...] = _VALUES
    last = ""
    for kind, span in _tokens(text):
        if kind not in allowed:
            raise MalformedError("not valid JSON", span.start)
        if kind in _CLOSERS:
            outliner.open(is_mapping=kind == "{", in_flow=True, offset=span.start)
            opened.append(kind)
        elif kind in ("]", "}"):
            outliner.close()
            opened.pop()
        elif kind in ("string", "plain"):
            outliner.scalar(_scalar(text, span))
        allowed = _allowed(last, kind, opened[-1] if opened else "")
        last = kind
    return outliner.reading()


def _tokens(text: str) -> Iterator[tuple[str, Span]]:
    """Yield each token's kind and span.

    A sign is a kind of its own. The last kind is `end`, or `unknown` where no token follows.
    """
    at, kind = 0, ""
    while kind not in ("end", "unknown"):
        token = _TOKEN.match(text, at)
        assert token is not None and token.lastgroup is not None  # noqa: S101, PT018 - `unknown` matches anything
        kind = token["sign"] or token.lastgroup
        span = Span(*token.span(token.lastgroup))
        yield kind, span
        at = span.end


def _allowed(last: str, kind: str, inside: str) -> tuple[str, ...]:
    """Return the kinds of token that may follow `kind`, which itself follows `last`.

    `inside` is `[`, `{` or neither.
    """
    if kind in _AFTER_OPENING:
        return _AFTER_OPENING[kind]
    if kind == ":" or (kind == "," and inside == "["):
        return _VALUES
    if kind == ",":
        return ("string",)
    if kind == "string" and inside == "{" and last in ("{", ","):
        return (":",)
    return (",", _CLOSERS[inside]) if inside else ("end",)


def _scalar(text: str, span: Span) -> Token:
    style = ScalarStyle.DOUBLE if text[span.start] == '"' else ScalarStyle.PLAIN
    return Token(span, value_of(span.of(text), style), style)

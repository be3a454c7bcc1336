"""How a value is written in YAML: each style gives the text behind `key:`, or None where it can't hold the value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

Style = Callable[[str, int], "str | None"]

_PLAIN_SAFE = re.compile(r"[^\W_][^\s,\[\]{}'\"#:]*(?::[^\s,\[\]{}'\"#:]+|#[^\s,\[\]{}'\"#:]+)*")
# What YAML or js-yaml would read as a number, a date or another word of its own.
_TYPED = re.compile(r"[\d.+_-]+(e[\d+-]*)?|0[xob].*|\d+[:\d.]*|true|false|null|yes|no|on|off", re.IGNORECASE)
_NOT_IN_LITERAL = re.compile(r"[\r\x00-\x08\x0b-\x1f\x85\u2028\u2029]|^[ \t]+$", re.MULTILINE)


def plain(value: str, indent: int) -> str | None:
    """`value`"""
    return f" {value}" if _PLAIN_SAFE.fullmatch(value) and not _TYPED.fullmatch(value) else None


def single(value: str, indent: int) -> str | None:
    """`'value'`"""
    quoted = value.replace("'", "''")
    return None if re.search(r"[\r\n]", value) else f" '{quoted}'"


def double(value: str, indent: int) -> str | None:
    """`"value"`, escaped only where needed."""
    return f" {json.dumps(value, ensure_ascii=False)}"


def double_escaped(value: str, indent: int) -> str | None:
    r"""`"v\u00e4lue"`, with all but ASCII escaped, emoji as surrogate pairs."""
    return f" {json.dumps(value)}"


def double_continued(value: str, indent: int) -> str | None:
    """`"val\\` and the rest on the next line."""
    at = len(value) // 2
    if not re.fullmatch(r"[a-zA-Z0-9]", value[at : at + 1]) or not re.fullmatch(r"[a-zA-Z0-9]", value[at - 1 : at]):
        return None
    left, right = (json.dumps(half, ensure_ascii=False)[1:-1] for half in (value[:at], value[at:]))
    return f' "{left}\\\n{" " * indent}{right}"'


def plain_folded(value: str, indent: int) -> str | None:
    """A plain scalar over several lines, one word on each."""
    words = value.split(" ")
    if len(words) < 2 or not all(re.fullmatch(r"[^\W_]+", word) for word in words):
        return None
    return " " + f"\n{' ' * indent}".join(words)


def single_folded(value: str, indent: int) -> str | None:
    """The same within single quotes."""
    folded = plain_folded(value, indent)
    return folded and f" '{folded[1:]}'"


def literal(header: str = "") -> Style:
    """`|` with its lines below. `header` may hold an indentation digit and, behind ` #`, a comment."""
    return _block("|", header, lambda value: value)


def folded(header: str = "") -> Style:
    """`>` with its lines below, the spaces of one-line values made line ends."""
    return _block(">", header, lambda value: value.replace(" ", "\n"))


def _block(mark: str, header: str, broken: Callable[[str], str]) -> Style:
    def write(value: str, indent: int) -> str | None:
        digit, _, comment = header.partition(" ")
        if not _fits_block(value, mark, bool(digit)):
            return None
        chomping = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") else ""
        lines = broken(value[:-1] if value.endswith("\n") else value).split("\n")
        body = "\n".join(" " * indent + line if line else "" for line in lines)
        return f" {mark}{digit}{chomping}{' ' + comment if comment else ''}\n{body}"

    return write


def _fits_block(value: str, mark: str, indicated: bool) -> bool:
    if not value.strip() or _NOT_IN_LITERAL.search(value) or value.startswith("\n"):
        return False
    if mark == ">":
        return re.fullmatch(r"\S+(?: \S+)*", value) is not None
    return indicated or not value.startswith((" ", "\t"))


QUOTED = (single, double, double_escaped)
BLOCKS = (
    literal(),
    literal("2"),
    literal(" # of the old account"),
    literal("2 # why 2"),
    folded(),
    folded("2"),
    folded(" # folded"),
)
EVERY = (plain, *QUOTED, double_continued, plain_folded, single_folded, *BLOCKS)


def write(value: str, indent: int, styles: Iterable[Style]) -> str:
    """The first of the styles that can hold the value, else double quotes; `indent` is that of its own lines."""
    for style in styles:
        text = style(value, indent)
        if text is not None:
            return text
    return f" {json.dumps(value, ensure_ascii=False)}"

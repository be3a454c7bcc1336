"""Secrets assigned to a name inside a text: `DB_PASS=…`, `Password=…;`, `&token=…`, members of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.detect.embedded_value import SIGNATURE, EmbeddedValue
from migrate.detect.name_meaning import NameMeaning
from migrate.detect.name_words import split_name
from migrate.detect.names import meaning_of
from migrate.model import Span
from migrate.model.lazy_pattern import LazyPattern

_PAIRS = LazyPattern(r"(?:^|;)\s*[\w .-]+=[^;]*;\s*[\w .-]+=")
_PAIR = LazyPattern(r"(?:^|[;?])\s*([\w .-]+?)\s*=\s*([^;]*)")
_ASSIGNED = LazyPattern(
    r"""(?x) (?<![\w$%{.-])([A-Za-z_][\w.-]*)
    (?: =(?![=\s"'])([^\s"';&|,]*[^\s"';&|,)\]}]) | \s?=\s?(?:"([^"\n]+)" | '([^'\n]+)') )"""
)
_JSON = LazyPattern(r'\\?"((?:[^"\\\n]){1,80})\\?"\s*:\s*(?:"((?:[^"\\]|\\.)+)"|\\"((?:[^"\\]|\\[^"])+)\\")', re.DOTALL)
# Parameters of a URL that sign it, or replace a key.
_SIGNATURES = frozenset({"sig", "code", "signature", "appid", "app_id"})


def find_assigned(text: str) -> Iterator[EmbeddedValue]:
    """Yield the values of names that mean a secret.

    Such names are in connection strings, in the query of a URL, and in lists of variables.
    """
    if "\n" not in text and _PAIRS.search(text):
        yield from _find_in_pairs(text)
        return
    for match in _ASSIGNED.finditer(text):
        meaning = _meaning_of_key(match[1])
        if meaning:
            rule = "query-secret" if text[match.start() - 1 : match.start()] in ("?", "&") else "assignment"
            group = next(number for number in (2, 3, 4) if match[number])
            yield EmbeddedValue(Span(*match.span(group)), rule, meaning, f"assigned to “{match[1]}”")


def _find_in_pairs(text: str) -> Iterator[EmbeddedValue]:
    """Yield the secrets of a connection string of pairs: `Server=db;Password=…;`."""
    for match in _PAIR.finditer(text):
        meaning = _meaning_of_key(match[1])
        if meaning and match[2].strip():
            reason = f"“{match[1].strip()}” in a connection string"
            yield EmbeddedValue(_trimmed(match, 2), "connection-string", meaning, reason)


def find_in_json(text: str) -> Iterator[EmbeddedValue]:
    """Yield the members of JSON text that are named like a secret."""
    for match in _JSON.finditer(text):
        meaning = meaning_of(split_name(match[1]))
        if meaning:
            group = 2 if match[2] else 3
            yield EmbeddedValue(Span(*match.span(group)), "json-text", meaning, f"“{match[1]}” in JSON text")


def _meaning_of_key(name: str) -> NameMeaning | None:
    """Return what the name before a sign promises; a URL's signature counts too."""
    meaning = meaning_of(split_name(name))
    return SIGNATURE if meaning is None and name.lower() in _SIGNATURES else meaning


def _trimmed(match: re.Match[str], group: int) -> Span:
    """Return the span of a group without the blanks around its text."""
    text = match[group]
    start = match.start(group) + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))

"""The secret parts of a longer text: URLs, connection strings, headers, command lines, assignments, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.detect.assignments import find_assigned, find_in_json
from migrate.detect.command_lines import find_in_command_lines, find_in_header
from migrate.detect.embedded_value import BLANK, EmbeddedValue
from migrate.detect.urls import find_in_dsns, find_in_urls
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import Variable

_COMMENTS = LazyPattern(r"^[ \t]*#.*$", re.MULTILINE)


def blank_variables(text: str, variables: tuple[Variable, ...]) -> str:
    """Return a text with its variables blanked, all else at its place."""
    pieces = []
    at = 0
    for variable in variables:
        start, end = variable.span.start, variable.span.end
        pieces += [text[at:start], BLANK * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def find_embedded(text: str, *, connection: bool, header: bool) -> Iterator[EmbeddedValue]:
    """Yield the parts of a text that would be secret.

    `connection`, `header`: the text is named like a connection, or like a secret, so that a bare DSN, or what
    follows `Bearer`, is a part.
    """
    if header:
        yield from find_in_header(text)
    if "@" in text:
        yield from find_in_urls(text)
        yield from find_in_dsns(text, connection=connection)
    if "#" in text and "\n" in text:
        text = _COMMENTS.sub(lambda comment: " " * len(comment[0]), text)
    if '":' in text or '" :' in text or '\\":' in text:
        yield from find_in_json(text)
        return
    if "=" in text:
        yield from find_assigned(text)
    if " " in text or text.startswith("-"):
        yield from find_in_command_lines(text)


def is_json(text: str) -> bool:
    """Return whether a text is JSON, so that no name means the whole of it."""
    return text.lstrip()[:1] in ("{", "[") and ('":' in text or '" :' in text)

"""A reader of YAML by ruamel.yaml: slow, and exact about what js-yaml takes and where a malformed text goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from migrate.model.lazy_pattern import LazyPattern
from migrate.text.structure import (
    MAX_FLOW_DEPTH,
    MAX_SLOW_LENGTH,
    MAX_SLOW_NODES,
    MalformedError,
    Reading,
    TooMuchError,
)
from migrate.text.yaml_events import reading_of

# What of ruamel.yaml's words may be shown: the rest of its messages quotes the file.
_REASONS = {
    "mapping values are not allowed here": "a ':' where none is allowed",
    "sequence entries are not allowed here": "a '-' where none is allowed",
    "could not find expected ':'": "a key has no ':'",
    "expected <block end>": "the indentation does not fit",
    "found character '\\t'": "a tab where only spaces are allowed",
    "found unexpected end of stream": "a quote is never closed",
    "special characters are not allowed": "it holds a control character",
}
# YAML 1.1 reads line breaks in the first three and no column in the fourth; to js-yaml all are characters.
_SHADOW = dict.fromkeys(map(ord, "\x85\u2028\u2029\ufeff"), "\ufffd")
# Blanks that js-yaml skips and ruamel.yaml stumbles over: behind a word, and those that are all of a line or of
# its part before a comment.
_INNER_BLANKS = LazyPattern(r"(?<=[^ \t\r\n])[ \t]++")
_BLANK_LINES = LazyPattern(r"(?<![^\r\n])(?:[ \t]++(?![^\r\n])|\t[ \t]*+(?=#))")


def read_yaml(text: str) -> Reading:
    """Parse a text as js-yaml would, by way of a shadow of it.

    In the shadow, which is equally long, ruamel.yaml sees what js-yaml sees. Raises MalformedError.
    """
    if len(text) > MAX_SLOW_LENGTH:
        raise TooMuchError(f"larger than {MAX_SLOW_LENGTH // 1_000_000} MB, and malformed or of unusual signs", 0)
    shadow = text.translate(_SHADOW)
    try:
        return reading_of(text, _events(shadow), MAX_SLOW_NODES)
    except TooMuchError:
        raise
    except MalformedError:
        lenient = _without_odd_blanks(shadow)
        if lenient == shadow:
            raise
    return reading_of(text, _events(lenient), MAX_SLOW_NODES)


def _without_odd_blanks(shadow: str) -> str:
    shadow = _INNER_BLANKS.sub(lambda blanks: " " * len(blanks[0]), shadow)
    return _BLANK_LINES.sub(lambda blanks: "\n" * len(blanks[0]), shadow)


def _events(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """Yield ruamel.yaml's events, with the start and end of their tokens.

    Raises MalformedError for whatever makes it fail.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.events import ScalarEvent

    # Without `pure` an installed C extension would silently be another parser.
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Scanner = _scanner()
    malformed = None
    try:
        for event in yaml.parse(text):
            # The event of a scalar begins at its tag or anchor, its token does not.
            has_token = isinstance(event, ScalarEvent) and (event.style or event.value)
            token = yaml.scanner.last_scalar if has_token else event
            yield type(event).__name__, event, token.start_mark.index, token.end_mark.index
    except MalformedError as error:
        malformed = error
    except Exception as error:  # it raises a dozen kinds, AssertionError and OverflowError among them
        malformed = _malformed(error)
    if malformed is not None:
        raise malformed


@cache
def _scanner() -> Any:
    """Return ruamel.yaml's scanner, bounded in depth, keeping its last scalar token.

    The token is needed because an event begins at a tag or an anchor.
    """
    from ruamel.yaml.scanner import Scanner
    from ruamel.yaml.tokens import ScalarToken

    class TokenScanner(Scanner):
        last_scalar: Any = None
        has_enough = False

        def get_token(self) -> Any:
            token = super().get_token()
            self.has_enough = False
            if isinstance(token, ScalarToken):
                self.last_scalar = token
            return token

        def need_more_tokens(self) -> bool:
            # The parser asks four times about each token, and the answer takes a fifth of a parse.
            self.has_enough = self.has_enough or not super().need_more_tokens()
            return not self.has_enough

        def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803
            if self.flow_level >= MAX_FLOW_DEPTH:
                raise MalformedError(f"nested deeper than {MAX_FLOW_DEPTH} brackets", self.reader.index)
            super().fetch_flow_collection_start(TokenClass, to_push)

    return TokenScanner


def _malformed(error: Exception) -> MalformedError:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    known = next((reason for start, reason in _REASONS.items() if problem.startswith(start)), None)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    offset = mark.index if mark else getattr(error, "position", 0)
    return MalformedError(f"not valid YAML: {known}" if known else "not valid YAML", offset)

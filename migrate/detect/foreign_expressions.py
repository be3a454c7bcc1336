"""Regular expressions that strangers wrote, run by an engine whose time grows with the text alone."""

from __future__ import annotations

from functools import cache
from typing import Any

# A value beyond this fits no parameter, so no run could move it.
LONGEST_TEXT = 8_192  # characters
_LONGEST_EXPRESSION = 2_000  # characters
# RE2 is linear in the text, with a factor that grows with the compiled expression.
_LARGEST_PROGRAM = 500  # instructions
_MEMORY = 4 << 20  # bytes, of one expression


class ForeignExpression:
    """An expression in RE2's syntax, which has neither look-around nor back-references.

    Raises ValueError for one that RE2 does not know, or that is too large. The message never quotes it.
    """

    def __init__(self, expression: str) -> None:
        self._compiled = _compile(expression)

    def search(self, text: str) -> bool:
        """Return whether the expression is found in a text.

        A text that is too long holds nothing.
        """
        return len(text) <= LONGEST_TEXT and self._compiled.search(_encoded(text)) is not None

    def fullmatch(self, text: str) -> bool:
        """Return whether the expression matches a whole text."""
        return len(text) <= LONGEST_TEXT and self._compiled.fullmatch(_encoded(text)) is not None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # half a surrogate pair has no bytes of its own


@cache
def _compile(expression: str) -> Any:
    if len(expression) > _LONGEST_EXPRESSION:
        raise ValueError(f"an expression of more than {_LONGEST_EXPRESSION:,} characters is too long")
    import re2  # only settings of a team's own need it

    options = re2.Options()
    options.log_errors = False  # it would print the expression
    options.max_mem = _MEMORY
    try:
        compiled = re2.compile(expression, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(_reason(error)) from None
    if compiled.programsize > _LARGEST_PROGRAM:
        raise ValueError("an expression with so many repeats or choices is too large")
    return compiled


def _reason(error: Exception) -> str:
    """Explain why an expression was refused, in RE2's words up to what it quotes."""
    said = error.args[0] if error.args else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else "not UTF-8"
    return f"not a regular expression of RE2, which has no look-around or back-references: {text.partition(':')[0]}"

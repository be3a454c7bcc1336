"""The one printer for names that files brought along: no secret of the run is shown in one."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.masking.comment_copies import TOO_COMMON
from migrate.masking.copies import spellings
from migrate.model import MASK, Confidence, Finding

_BEGINNING = 4
# The framework's own words: masking them would hide much and protect nothing.
_FRAMEWORK_WORDS = frozenset(
    ("serverless", "environment", "functions", "resources", "parameters", "development", "production")
)


class NameMask:
    """Mask the secrets of a run in key paths, file names, services, and whatever else a name comes to."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(value for value in values if _is_telling(value))
        self._by_beginning: dict[str, list[str]] = {}
        for value in sorted(self.values, key=len, reverse=True):
            self._by_beginning.setdefault(value[:_BEGINNING], []).append(value)

    def is_in(self, text: str) -> bool:
        """Return whether a text holds a secret."""
        return self(text) != text

    def __call__(self, text: str, mask: str = MASK) -> str:
        """Return a text with every secret in it masked, the longest first."""
        if not any(beginning in text for beginning in self._by_beginning):
            return text
        pieces, at, since = [], 0, 0
        while at < len(text):
            values = self._by_beginning.get(text[at : at + _BEGINNING], ())
            value = next((value for value in values if text.startswith(value, at)), "")
            if value:
                pieces += [text[since:at], mask]
                since = at + len(value)
            at += len(value) or 1
        return "".join([*pieces, text[since:]])


def _is_telling(value: str) -> bool:
    return len(value) >= _BEGINNING and not TOO_COMMON.fullmatch(value) and value.lower() not in _FRAMEWORK_WORDS


def secret_texts(findings: Iterable[Finding]) -> frozenset[str]:
    """Return every text that reveals a secret of medium confidence or more.

    What is less certain is mostly an ordinary word, and stays readable outside of its own file.
    """
    certain = [finding for finding in findings if finding.confidence >= Confidence.MEDIUM]
    return frozenset(spellings(certain))

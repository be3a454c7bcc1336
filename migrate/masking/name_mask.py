"""The one printer for names that files brought along: no secret of the run is shown in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from migrate.masking.comment_copies import TOO_COMMON
from migrate.masking.copies import spellings
from migrate.masking.occurrences import Occurrences, joined
from migrate.masking.text_as_read import TextAsRead
from migrate.model import MASK, Confidence, Edit, Finding, Span
from migrate.text.edits import apply_edits

_SHORTEST = 4
# The framework's own words: masking them would hide much and protect nothing.
_FRAMEWORK_WORDS = frozenset(
    ("serverless", "environment", "functions", "resources", "parameters", "development", "production")
)


class NameMask:
    """Mask the secrets of a run in key paths, file names, services, and whatever else a name comes to."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._occurrences = Occurrences(value for value in values if _is_telling(value))

    def is_in(self, text: str) -> bool:
        """Return whether a text holds a secret."""
        return next(self._occurrences.of(text), None) is not None

    def spans(self, text: str) -> Sequence[Span]:
        """Return where secrets stand, a span for each line that one was wrapped into."""
        read = TextAsRead(text)
        as_read = (written for span in self._occurrences.of(read.text) for written in read.written(span))
        return tuple(joined((*self._occurrences.of(text), *as_read)))

    def __call__(self, text: str, mask: str = MASK) -> str:
        """Return a text with every secret in it masked, those that overlap as one."""
        edits = [Edit(span, mask) for span in joined(self._occurrences.of(text))]
        return apply_edits(text, edits) if edits else text


def _is_telling(value: str) -> bool:
    return len(value) >= _SHORTEST and not TOO_COMMON.fullmatch(value) and value.lower() not in _FRAMEWORK_WORDS


def secret_texts(findings: Iterable[Finding]) -> frozenset[str]:
    """Return every text that reveals a secret of medium confidence or more.

    What is less certain is mostly an ordinary word, and stays readable outside of its own file.
    """
    certain = [finding for finding in findings if finding.confidence >= Confidence.MEDIUM]
    return frozenset(spellings(certain))

"""Copies of secrets elsewhere in a file, and what looks like a secret in its comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from migrate.masking.comment_copies import COMMENT, TOO_COMMON
from migrate.masking.encodings import encodings_of
from migrate.masking.occurrences import Occurrences
from migrate.masking.secret_spans import secret_spans
from migrate.masking.text_as_read import TextAsRead
from migrate.model import Finding, Span
from migrate.model.lazy_pattern import LazyPattern

_SHORTEST_LINE = 6  # of several: a shorter one is as likely a bracket


# What looks like a secret in a comment, where the detector does not look.
_KEY_BLOCK = LazyPattern(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END|\Z)", re.DOTALL)


_RANDOM = LazyPattern(r"(?<![\w+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d)[\w+=-]{16,}")


_ASSIGNMENT = LazyPattern(r"(?<![\w.-])(?P<key>[\w.-]++)[\"']?\s*[:=]\s*(?=\S)")


_SECRET_NAME = LazyPattern(r"(?i)pass|pwd?|pw|secret|token|key|auth|cred|dsn|ur[il]")


def spellings(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield every text that reveals a secret: its value, encodings and lines."""
    findings = tuple(findings)
    values = {value for finding in findings for value in (finding.secret.reveal(), finding.scalar.value)}
    for value in values:  # each once: one long value may hold thousands of secrets
        yield from encodings_of(value)
    for finding in findings:
        text = finding.manifest.text
        written = (span.of(text) for span in secret_spans(finding.manifest, finding))
        yield from (line for line in written if len(line) >= _SHORTEST_LINE)


def copies_of(text: str, known: Sequence[Occurrences]) -> Iterator[Span]:
    """Yield where a text repeats a secret, and what looks like one in a comment."""
    comments = [Span(*comment.span()) for comment in COMMENT.finditer(text)]
    read = TextAsRead(text)
    for occurrences in known:
        yield from _without_words(text, occurrences.of(text), comments)
        for span in _without_words(read.text, occurrences.of(read.text), ()):
            yield from read.written(span)
    for comment in comments:
        yield from (span.shifted(comment.start) for span in _suspicious_spans(comment.of(text)))
    blocks = [Span(*block.span()) for block in _KEY_BLOCK.finditer(text)]
    for comment in comments:
        if _is_within(comment.start, blocks):
            yield Span(comment.start + 1, comment.end)


def _without_words(text: str, spans: Iterable[Span], comments: Sequence[Span]) -> Iterator[Span]:
    """Yield spans, without the words that a secret has in common with the text.

    Masking every mention of what may be a word would reveal it; in comments it is masked nevertheless.
    """
    for span in spans:
        if not TOO_COMMON.fullmatch(span.of(text)) or _is_within(span.start, comments):
            yield span


def _is_within(at: int, spans: Sequence[Span]) -> bool:
    before = bisect_right(spans, at, key=lambda span: span.start)
    return before > 0 and at < spans[before - 1].end


def _suspicious_spans(comment: str) -> Iterator[Span]:
    yield from _assigned(comment)
    yield from (Span(*found.span()) for found in _RANDOM.finditer(comment))


def _assigned(comment: str) -> Iterator[Span]:
    """Yield what follows the first secret-like name of a comment."""
    for found in _ASSIGNMENT.finditer(comment):
        if _SECRET_NAME.search(found["key"]):
            yield Span(found.end(), len(comment.rstrip()))
            return

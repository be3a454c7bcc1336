"""A file's text with its secrets masked: the only form in which a file is ever shown."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

from migrate.masking.comment_copies import COMMENT, TOO_COMMON
from migrate.masking.occurrences import occurrences
from migrate.masking.unified_diff import unified
from migrate.model import MASK, Change, Edit, Finding, Manifest, Scalar, ScalarStyle, Span
from migrate.model.lazy_pattern import Expression
from migrate.text import rewrite
from migrate.text.edits import apply_edits
from migrate.text.rewrite import by_scalar
from migrate.text.segments import block_indent, cells

_SHORTEST = 3
_SHORTEST_LINE = 6  # of several: a shorter one is as likely a bracket
# The encodings in which a secret may appear elsewhere in the file.
_ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda value: quote(value, safe=""),
    quote_plus,
    lambda value: b64encode(value.encode("utf-8", "surrogatepass")).decode(),
)
# What looks like a secret in a comment, where the detector does not look.
_KEY_BLOCK = Expression(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END|\Z)", re.DOTALL)
_RANDOM = Expression(r"(?<![\w+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d)[\w+=-]{16,}")
_ASSIGNMENT = Expression(r"(?<![\w.-])(?P<key>[\w.-]++)[\"']?\s*[:=]\s*(?=\S)")
_SECRET_NAME = Expression(r"(?i)pass|pwd?|pw|secret|token|key|auth|cred|dsn|ur[il]")


def masked(manifest: Manifest, findings: Iterable[Finding]) -> str:
    """Mask every finding's secret in the text, line for line."""
    findings = tuple(findings)
    return _with_copies_masked(manifest.text, _mask_edits(manifest, findings), findings)


def masked_after(manifest: Manifest, findings: Sequence[Finding], changes: Sequence[Change]) -> str:
    """Mask the text as it reads after the changes: the secrets that they leave."""
    moved = {change.finding.scalar.span.start for change in changes}
    of_scalar: dict[int, list[Finding]] = {}
    for finding in findings:
        of_scalar.setdefault(finding.scalar.span.start, []).append(finding)
    edits = [
        edit
        for scalar, parts in by_scalar(changes)
        for edit in rewrite.replace_parts(
            manifest, scalar, (*parts, *_left(parts, of_scalar.get(scalar.span.start, ())))
        )
    ]
    edits += _mask_edits(manifest, (finding for finding in findings if finding.scalar.span.start not in moved))
    return _with_copies_masked(manifest.text, edits, findings)


def masked_diff(findings: Sequence[Finding], changes: Sequence[Change], name: str) -> Iterator[str]:
    """Diff a file before and after its changes, both masked.

    `findings` are all of the file's.
    """
    manifest = changes[0].finding.manifest
    return unified(masked(manifest, findings), masked_after(manifest, findings, changes), name)


def _left(parts: Sequence[tuple[Span, str]], findings: Iterable[Finding]) -> Iterator[tuple[Span, str]]:
    """Yield masks for the secrets of a scalar that no change replaces."""
    covered = _DisjointSpans(span for span, _ in parts)
    for finding in findings:
        span = finding.part or Span(0, len(finding.scalar.value))
        if covered.add(span):
            yield span, MASK


class _DisjointSpans:
    """Sorted spans of which no two overlap."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)

    def add(self, span: Span) -> bool:
        """Add a span unless it overlaps another; return whether it was added."""
        at = bisect_left(self._spans, span)
        if any(span.start < other.end and other.start < span.end for other in self._spans[max(0, at - 1) : at + 1]):
            return False
        self._spans.insert(at, span)
        return True


def _mask_edits(manifest: Manifest, findings: Iterable[Finding]) -> list[Edit]:
    spans = sorted(span for finding in findings for span in secret_spans(manifest, finding))
    joined: list[Span] = []
    for span in spans:
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return [Edit(span, MASK) for span in joined]


def secret_spans(manifest: Manifest, finding: Finding) -> Iterator[Span]:
    """Yield where a secret is written in the text, a span for each line of it."""
    span = _inside(manifest.text, finding.scalar.span, finding.scalar.style)
    if finding.part is not None:
        span = _part(manifest, finding.scalar, finding.part) or span
    for line in re.finditer(r"[^\s](?:[^\r\n]*[^\s])?", manifest.text[span.start : span.end]):
        yield Span(line.start(), line.end()).shifted(span.start)


def _part(manifest: Manifest, scalar: Scalar, part: Span) -> Span | None:
    """Map a part of the value to its characters in the text, None if unsure."""
    raw = scalar.span.of(manifest.text)
    indent = block_indent(raw, scalar.value) if scalar.style.is_block else 0
    found = cells(raw, scalar.style, indent)
    if "".join(cell.piece for cell in found) != scalar.value:
        return None
    at = 0
    covered = []
    for cell in found:
        before, at = at, at + len(cell.piece)
        if before < part.end and at > part.start:
            start = cell.start + max(0, part.start - before) if cell.verbatim else cell.start
            end = cell.end - max(0, at - part.end) if cell.verbatim else cell.end
            covered.append(Span(start, end))
    return Span(covered[0].start, covered[-1].end).shifted(scalar.span.start) if covered else None


def _inside(text: str, span: Span, style: ScalarStyle) -> Span:
    """Return a token without its quotes or its block header."""
    if style in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE):
        return Span(span.start + 1, span.end - 1)
    if style.is_block:
        header = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?").match(text, span.start)
        return Span(header.end() if header else span.start, span.end)
    return span


def _with_copies_masked(text: str, edits: Sequence[Edit], findings: Iterable[Finding]) -> str:
    """Apply edits, and mask copies of the secrets and what comments assign."""
    taken = _DisjointSpans(edit.span for edit in edits)
    copies = _copies(text, frozenset(_spellings(text, findings)))
    return apply_edits(text, [*edits, *(Edit(span, MASK) for span in copies if taken.add(span))])


def _spellings(text: str, findings: Iterable[Finding]) -> Iterator[str]:
    """Yield every text that reveals a secret: its value, encodings and lines."""
    for finding in findings:
        for value in (finding.secret.reveal(), finding.scalar.value):
            yield from (encode(value) for encode in _ENCODINGS if len(value.strip()) >= _SHORTEST)
        written = (span.of(text) for span in secret_spans(finding.manifest, finding))
        yield from (line for line in written if len(line) >= _SHORTEST_LINE)


def _copies(text: str, spellings: frozenset[str]) -> Iterator[Span]:
    """Yield where a text repeats a secret, and what looks like one in a comment."""
    comments = [Span(*comment.span()) for comment in COMMENT.finditer(text)]
    for span in occurrences(text, spellings):
        # Masking every mention of what may be a word would reveal it; in comments it is masked all the same.
        if not TOO_COMMON.fullmatch(span.of(text)) or _is_within(span.start, comments):
            yield span
    for comment in comments:
        yield from (span.shifted(comment.start) for span in _suspicious_spans(comment.of(text)))
    blocks = [Span(*block.span()) for block in _KEY_BLOCK.finditer(text)]
    for comment in comments:
        if _is_within(comment.start, blocks):
            yield Span(comment.start + 1, comment.end)


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

"""A file's text with its secrets masked: the only form in which a file is ever shown."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence

from migrate.masking.copies import copies_of, spellings
from migrate.masking.occurrences import Occurrences, joined
from migrate.masking.secret_spans import secret_spans
from migrate.masking.unified_diff import unified
from migrate.model import MASK, Change, Edit, Finding, Manifest, Span
from migrate.text import rewrite
from migrate.text.edits import apply_edits
from migrate.text.rewrite import by_scalar

_NONE = Occurrences()


def masked(manifest: Manifest, findings: Iterable[Finding], elsewhere: Occurrences = _NONE) -> str:
    """Mask every finding's secret in the text, line for line.

    `elsewhere` finds the texts of secrets that other files hold.
    """
    findings = tuple(findings)
    known = (Occurrences(spellings(findings)), elsewhere)
    return _with_copies_masked(manifest.text, _mask_edits(manifest, findings), known)


def masked_after(
    manifest: Manifest, findings: Sequence[Finding], changes: Sequence[Change], elsewhere: Occurrences = _NONE
) -> str:
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
    return _with_copies_masked(manifest.text, edits, (Occurrences(spellings(findings)), elsewhere))


def masked_diff(
    findings: Sequence[Finding], changes: Sequence[Change], name: str, elsewhere: Occurrences = _NONE
) -> Iterator[str]:
    """Diff a file before and after its changes, both masked.

    `findings` are all of the file's; `elsewhere` finds the texts of secrets that other files hold.
    """
    manifest = changes[0].finding.manifest
    before = masked(manifest, findings, elsewhere)
    return unified(before, masked_after(manifest, findings, changes, elsewhere), name)


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
        if not self.is_free(span):
            return False
        insort(self._spans, span)
        return True

    def is_free(self, span: Span) -> bool:
        """Return whether a span overlaps none of them."""
        at = bisect_left(self._spans, span)
        near = self._spans[max(0, at - 1) : at + 1]
        return not any(span.start < other.end and other.start < span.end for other in near)


def _mask_edits(manifest: Manifest, findings: Iterable[Finding]) -> list[Edit]:
    spans = (span for finding in findings for span in secret_spans(manifest, finding))
    return [Edit(span, MASK) for span in joined(spans)]


def _with_copies_masked(text: str, edits: Sequence[Edit], known: Sequence[Occurrences]) -> str:
    """Apply edits, and mask copies of the secrets and what comments assign."""
    taken = _DisjointSpans(edit.span for edit in edits)
    copies = joined(span for span in copies_of(text, known) if taken.is_free(span))
    return apply_edits(text, [*edits, *(Edit(span, MASK) for span in copies)])

"""The characters of a secret in the text of its file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.model import Finding, Manifest, Scalar, ScalarStyle, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.segments import block_indent, cells, token_span

_LINE = LazyPattern(r"[^\s](?:[^\r\n]*[^\s])?")


def secret_spans(manifest: Manifest, finding: Finding) -> Iterator[Span]:
    """Yield where a secret is written in the text, a span for each line of it."""
    span = _inside(manifest.text, finding.scalar.span, finding.scalar.style)
    if finding.part is not None:
        span = _part(manifest, finding.scalar, finding.part) or span
    yield from line_spans(manifest.text, span)


def line_spans(text: str, within: Span) -> Iterator[Span]:
    """Yield a span for each line of a part of a text, without the blanks around it."""
    for line in _LINE.finditer(text, within.start, within.end):
        yield Span(*line.span())


def _part(manifest: Manifest, scalar: Scalar, part: Span) -> Span | None:
    """Map a part of the value to its characters in the text, None if unsure."""
    raw = scalar.span.of(manifest.text)
    indent = block_indent(raw, scalar.value) if scalar.style.is_block else 0
    found = cells(raw, scalar.style, indent)
    if "".join(cell.piece for cell in found) != scalar.value:
        return None
    covered = token_span(found, part)
    return covered.shifted(scalar.span.start) if covered else None


def _inside(text: str, span: Span, style: ScalarStyle) -> Span:
    """Return a token without its quotes or its block header."""
    if style in (ScalarStyle.SINGLE, ScalarStyle.DOUBLE):
        return Span(span.start + 1, span.end - 1)
    if style.is_block:
        header = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?").match(text, span.start)
        return Span(header.end() if header else span.start, span.end)
    return span

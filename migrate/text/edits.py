"""Edits of a text by spans, without any knowledge of YAML."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.model import Edit


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with every edit made.

    All spans count in the text as given, in any order. Raises ValueError where edits overlap, have equal spans, or
    reach beyond the text.
    """
    pieces = []
    at = 0
    last = None
    for edit in sorted(edits, key=lambda edit: edit.span):
        start, end = edit.span.start, edit.span.end
        if not at <= start <= end <= len(text) or edit.span == last:
            raise ValueError(f"edit {start}..{end} overlaps another edit or exceeds the text ({len(text)} characters)")
        pieces += [text[at:start], edit.replacement]
        at, last = end, edit.span
    return "".join([*pieces, text[at:]])

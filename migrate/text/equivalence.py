"""Proof that a file's new bytes read as the old ones did, but for the values that were meant to change."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from migrate.model import Edit, Lines, Location, Manifest, ManifestError, Scalar
from migrate.text.edits import apply_edits
from migrate.text.manifest import decode, encode, parse_twice

_LEFT_ALONE = "the file is left alone"


def prove(manifest: Manifest, edits: Sequence[Edit], expected: Mapping[int, str]) -> bytes:
    """Return the file's new bytes, read once more and found right.

    `expected` maps the present `span.start` of each scalar that changes to its new value. Raises ManifestError where
    an edit reaches beyond those scalars, or where anything in the new bytes reads other than before: structure, keys,
    aliases, anchors, tags, the style or value of another scalar.
    """
    _require_within(manifest, edits, expected)
    result = _rewritten(manifest, edits)
    text, encoding = decode(result)
    if encoding != manifest.encoding:
        raise _refusal(manifest, "the rewritten file would be read in another encoding")
    _require_equal(manifest, text, expected)
    if manifest.is_json:
        _require_json(manifest, text)
    return result


def _require_within(manifest: Manifest, edits: Sequence[Edit], expected: Mapping[int, str]) -> None:
    spans = sorted(scalar.span for scalar in manifest.scalars if scalar.span.start in expected)
    if len(spans) < len(expected):
        raise _refusal(manifest, "a value that shall change is not in the file")
    for edit in edits:
        at = bisect_right(spans, edit.span.start, key=lambda span: span.start) - 1
        if at < 0 or edit.span.end > spans[at].end:
            raise _refusal(manifest, "an edit reaches beyond the values that shall change", edit.span.start)


def _rewritten(manifest: Manifest, edits: Sequence[Edit]) -> bytes:
    try:
        return encode(apply_edits(manifest.text, edits), manifest.encoding)
    except ValueError:  # a lone surrogate as well, with an error that holds the whole text
        pass
    raise _refusal(manifest, "the edits do not fit the file")


def _require_equal(manifest: Manifest, text: str, expected: Mapping[int, str]) -> None:
    before = parse_twice(manifest.file, manifest.text)
    if before is None or before.scalars != manifest.scalars:
        raise _refusal(manifest, "two parsers read the file differently")
    try:
        after = parse_twice(manifest.file, text)
    except ManifestError:
        after = None
    if after is None:
        raise _refusal(manifest, "the rewritten file could not be read")
    if before.outline != after.outline:
        raise _refusal(manifest, "the rewrite would change more than values")
    for old, new in zip(before.scalars, after.scalars, strict=True):
        if not _is_meant(old, new, expected):
            raise _refusal(manifest, "the rewrite would not read as it should", old.span.start)


def _is_meant(old: Scalar, new: Scalar, expected: Mapping[int, str]) -> bool:
    if old.span.start in expected:
        old = replace(old, value=expected[old.span.start], style=new.style)
    return replace(old, span=new.span) == new


def _require_json(manifest: Manifest, text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        pass
    else:
        return
    raise _refusal(manifest, "the rewritten file is not valid JSON")


def _refusal(manifest: Manifest, reason: str, offset: int | None = None) -> ManifestError:
    line_and_column = () if offset is None else Lines(manifest.text).position(offset)
    return ManifestError(f"{reason}: {_LEFT_ALONE}", location=Location(manifest.file, *line_and_column))

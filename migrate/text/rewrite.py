"""Edits that give a scalar a new value in its own style, and touch nothing else of its file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrate.model import (
    Change,
    Edit,
    Lines,
    Location,
    Manifest,
    ManifestError,
    Scalar,
    ScalarStyle,
    Span,
)
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.edits import apply_edits
from migrate.text.segments import block_indent, cells, token_span, value_of

# A text under one of these tags is an error, or not a text any more.
TYPED_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "binary", "timestamp")}

# Line breaks of YAML 1.1, byte order marks and what YAML forbids are left out: they are written as escapes.
_PRINTABLE = " -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
# Strings and not patterns: each takes milliseconds to compile, and a run may need none of them.
_PLAIN = rf"(?![ ,\[\]{{}}#&*!|>'\"%@`]|[-?:](?: |\Z)|---|\.\.\.)[{_PRINTABLE}]+(?<! )"
_NOT_PLAIN = LazyPattern(r":(?: |\Z)| #")
_SINGLE = rf"[\t{_PRINTABLE}]*"
# More than what any js-yaml takes for a number, a date, a boolean, null or a merge.
_TYPED = LazyPattern(
    r"[-+]?\.?[0-9][-+.:_0-9a-fA-FxXoOTtZz ]*|[-+]?\.(?:inf|nan)|~|null|true|false|yes|no|on|off|y|n|<<", re.IGNORECASE
)
_ESCAPED = rf"[^{_PRINTABLE}]|[\"\\]"
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}

_HEADER = LazyPattern(r"[|>][-+0-9]*")
_LINE_END = LazyPattern(r"\r\n|\n|\r|\Z")


def replace_whole(manifest: Manifest, scalar: Scalar, value: str) -> tuple[Edit, ...]:
    """Return the edits after which `scalar` reads `value`.

    Quotes stay the quotes they are; plain stays plain where that is safe; a block scalar becomes plain or quoted in
    its header's place, and its content goes. Raises ManifestError where the scalar must not be replaced.
    """
    _refuse_unwritable(manifest, scalar)
    return _whole(manifest, scalar, value)


def replace_part(manifest: Manifest, scalar: Scalar, part: Span, replacement: str) -> tuple[Edit, ...]:
    """Return the edits that replace one part of a scalar's value, as `replace_parts`.

    `part` counts code points of `scalar.value`.
    """
    return replace_parts(manifest, scalar, [(part, replacement)])


def replace_parts(manifest: Manifest, scalar: Scalar, parts: Sequence[tuple[Span, str]]) -> tuple[Edit, ...]:
    """Return the edits that replace several parts of a scalar's value.

    Spans count code points of `scalar.value`. The parts are edited in their places where that is known to read back,
    otherwise the value as a whole. Raises ManifestError where the scalar must not be replaced, ValueError where parts
    overlap or reach beyond the value.
    """
    _refuse_unwritable(manifest, scalar)
    changes = [Edit(span, replacement) for span, replacement in parts]
    value = apply_edits(scalar.value, changes)
    edits = _in_place(manifest, scalar, changes, value)
    return _whole(manifest, scalar, value) if edits is None else edits


def is_plain_safe(value: str) -> bool:
    """Return whether a plain value in block context is read back as that string."""
    return bool(re.fullmatch(_PLAIN, value)) and not _NOT_PLAIN.search(value) and not _TYPED.fullmatch(value)


def _refuse_unwritable(manifest: Manifest, scalar: Scalar) -> None:
    if scalar.tag in TYPED_TAGS:
        reason = f"tagged as !!{scalar.tag.rpartition(':')[2]}, which no reference can be"
    elif scalar.span.start == scalar.span.end:
        reason = "an empty value has nothing to replace"
    elif scalar.in_flow and scalar.style is ScalarStyle.PLAIN and scalar.value.endswith(":"):
        # `[a:, b]` is text to ruamel.yaml and a key to js-yaml.
        reason = "it may be a key"
    else:
        return
    raise ManifestError(reason, location=Location(manifest.file, *Lines(manifest.text).position(scalar.span.start)))


# ── the whole ─────────────────────────────────────────────────────────────────────────────────


def _whole(manifest: Manifest, scalar: Scalar, value: str) -> tuple[Edit, ...]:
    written = _written(manifest, scalar, value)
    if not scalar.style.is_block:
        return (Edit(scalar.span, written),)
    return _block_edits(scalar.span.of(manifest.text), scalar.span.start, written)


def _written(manifest: Manifest, scalar: Scalar, value: str) -> str:
    if scalar.style is ScalarStyle.DOUBLE or manifest.is_json:
        return _double_quoted(value)
    if scalar.style is not ScalarStyle.SINGLE and not scalar.in_flow and is_plain_safe(value):
        return value
    return _single_quoted(value) if re.fullmatch(_SINGLE, value) else _double_quoted(value)


def _single_quoted(value: str) -> str:
    return f"'{_single_escaped(value)}'"


def _single_escaped(value: str) -> str:
    return value.replace("'", "''")


def _double_quoted(value: str) -> str:
    return f'"{_double_escaped(value)}"'


def _double_escaped(value: str) -> str:
    """Escape a value by escapes that mean in YAML what they mean in JSON."""
    return re.sub(_ESCAPED, lambda char: _ESCAPES.get(char[0]) or f"\\u{ord(char[0]):04x}", value)


def _block_edits(raw: str, offset: int, written: str) -> tuple[Edit, ...]:
    """Return the edits that put `written` in the place of a block scalar.

    The header is replaced; the content is removed, but for the end of its last line that is not blank.
    """
    header = _HEADER.match(raw)
    end_of_header_line = _LINE_END.search(raw)
    assert header is not None and end_of_header_line is not None  # noqa: S101, PT018 - it is a block scalar
    edits = [Edit(Span(*header.span()).shifted(offset), written)]
    begin, end = end_of_header_line.start(), len(raw.rstrip(" \t\r\n"))
    if begin < end:
        end_of_content = _LINE_END.search(raw, end)
        edits.append(Edit(Span(begin, end_of_content.start() if end_of_content else end).shifted(offset), ""))
    return tuple(edits)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────


def _in_place(manifest: Manifest, scalar: Scalar, changes: Sequence[Edit], value: str) -> tuple[Edit, ...] | None:
    """Return edits of the parts' own characters.

    None where the result could be read as anything but `value`.
    """
    if scalar.style is ScalarStyle.PLAIN and (scalar.in_flow or not is_plain_safe(value)):
        return None
    raw = scalar.span.of(manifest.text)
    indent = block_indent(raw, scalar.value) if scalar.style.is_block else 0
    found = cells(raw, scalar.style, indent)
    places = [token_span(found, change.span, exact=True) for change in changes]
    if "".join(cell.piece for cell in found) != scalar.value or not all(_fits(scalar, change) for change in changes):
        return None
    edits = [
        Edit(place, _escaped(scalar.style, change.replacement))
        for place, change in zip(places, changes, strict=True)
        if place is not None
    ]
    if len(edits) < len(changes) or value_of(apply_edits(raw, edits), scalar.style, indent) != value:
        return None
    return tuple(Edit(edit.span.shifted(scalar.span.start), edit.replacement) for edit in edits)


def _fits(scalar: Scalar, change: Edit) -> bool:
    """Return whether the replacement can be written in that place as it is.

    In a `>` block any blank may be a fold.
    """
    if scalar.style in (ScalarStyle.PLAIN, ScalarStyle.DOUBLE):
        return True
    old, new = change.span.of(scalar.value), change.replacement
    if scalar.style.is_block:
        keeps_lines = not old.startswith("\n") and not old.endswith("\n") and new == new.strip() != ""
        if not keeps_lines or (scalar.style is ScalarStyle.FOLDED and re.search(r"\s", old)):
            return False
    return bool(re.fullmatch(_SINGLE, new))


def _escaped(style: ScalarStyle, text: str) -> str:
    if style is ScalarStyle.DOUBLE:
        return _double_escaped(text)
    return _single_escaped(text) if style is ScalarStyle.SINGLE else text


def by_scalar(changes: Sequence[Change]) -> tuple[tuple[Scalar, tuple[tuple[Span, str], ...]], ...]:
    """Return the parts to replace, grouped by scalar, in the order of the text."""
    found: dict[int, tuple[Scalar, list[tuple[Span, str]]]] = {}
    for change in changes:
        scalar = change.finding.scalar
        found.setdefault(scalar.span.start, (scalar, []))[1].append((change.replaces, change.reference))
    return tuple((scalar, tuple(sorted(parts))) for _, (scalar, parts) in sorted(found.items()))

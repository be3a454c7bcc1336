"""JSON as `JSON.parse` reads it, with the place of every value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.model import Location, ManifestError, ScalarStyle
from migrate.text.json_source import read_json
from migrate.text.manifest import duplicate_keys, read
from migrate.text.structure import MAX_DEPTH, MalformedError

FILE = Path("config.json")


def paths(text: str) -> dict[str, str]:
    return {str(scalar.path): scalar.value for scalar in read_json(text).scalars}


def test_values_are_read_with_path_style_and_place() -> None:
    text = '{"a": "b",\r\n "c": [1, {"d": null}, [], {}], "e": {"f": true, "g": -1.5e+3}}'
    found = read(FILE, text.encode())
    assert [(str(scalar.path), scalar.value, scalar.style) for scalar in found.scalars] == [
        ("a", "b", ScalarStyle.DOUBLE),
        ("c[0]", "1", ScalarStyle.PLAIN),
        ("c[1].d", "null", ScalarStyle.PLAIN),
        ("e.f", "true", ScalarStyle.PLAIN),
        ("e.g", "-1.5e+3", ScalarStyle.PLAIN),
    ]
    assert [scalar.span.of(text) for scalar in found.scalars] == ['"b"', "1", "null", "true", "-1.5e+3"]
    assert found.is_json
    assert all(scalar.in_flow and not scalar.aliased and scalar.tag is None for scalar in found.scalars)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        ('"\\u00e9\\uD83D\\uDE00\\ud83d"', "é😀\ud83d"),
        ('"é😀\u2028\x7f"', "é😀\u2028\x7f"),
        ('"  it\'s # no: comment  "', "  it's # no: comment  "),
        ('""', ""),
    ],
)
def test_strings_are_unescaped(written: str, value: str) -> None:
    (scalar,) = read_json(f" {written} ").scalars
    assert (scalar.value, scalar.span.start, scalar.span.end) == (value, 1, 1 + len(written))


def test_keys_are_unescaped() -> None:
    assert paths('{"\\u0061\\"b": {"": 1}}') == {'["a\\"b"][""]': "1"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        (" \n", 2, 1),
        ('{"a": 1', 1, 8),
        ('{"a": 1,}', 1, 9),
        ('{"a" 1}', 1, 6),
        ('{"a": "hunter2"\n "b": 1}', 2, 2),
        ("{a: 1}", 1, 2),
        ("{'a': 1}", 1, 2),
        ('{"a": 1} // c', 1, 10),
        ('/* c */ {"a": 1}', 1, 1),
        ('{"a": [1, ]}', 1, 11),
        ("[1 2]", 1, 4),
        ("[,1]", 1, 2),
        ("[1}", 1, 3),
        ("]", 1, 1),
        ("[1]]", 1, 4),
        ('{"a"}', 1, 5),
        ('{"a":}', 1, 6),
        ("{1: 2}", 1, 2),
        ("01", 1, 2),
        ("1.", 1, 2),
        (".5", 1, 1),
        ("+1", 1, 1),
        ("-", 1, 1),
        ("NaN", 1, 1),
        ("True", 1, 1),
        ("truefalse", 1, 5),
        ('["a\nb"]', 1, 2),
        ('["\t"]', 1, 2),
        ('["\\x41"]', 1, 2),
        ('["\\u12"]', 1, 2),
        ('["hunter2', 1, 2),
        ('{"a":\x0b1}', 1, 6),
        ('{"a":\xa01}', 1, 6),
        ('{"a": {}: 1}', 1, 9),
    ],
)
def test_invalid_json_is_refused_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(ManifestError) as caught:
        read(FILE, text.encode())
    assert (caught.value.message, caught.value.location) == ("not valid JSON", Location(FILE, line, column))


def test_nesting_is_limited_without_recursion() -> None:
    (scalar,) = read_json("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH).scalars
    assert scalar.path.parts == (0,) * MAX_DEPTH
    with pytest.raises(MalformedError, match="nested deeper than"):
        read_json("[" * 5_000 + "1" + "]" * 5_000)


def test_duplicate_json_keys_are_read() -> None:
    found = read(FILE, b'{"a": 1, "a": 2}')
    assert [scalar.value for scalar in found.scalars] == ["1", "2"]
    assert duplicate_keys(found) == ()


def test_file_extension_selects_json_in_any_case() -> None:
    assert read(Path("serverless.JSON"), b"{}").is_json
    assert not read(Path("serverless.yml"), b"{}").is_json


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def _leaves(value: object, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
    children = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else None
    if children is None:
        return {path: value if isinstance(value, str) else json.dumps(value)}
    return {place: leaf for key, child in children for place, leaf in _leaves(child, (*path, key)).items()}


@settings(max_examples=60, deadline=None)
@given(_VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_every_json_value_is_found(value: object, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert {scalar.path.parts: scalar.value for scalar in read_json(text).scalars} == _leaves(value)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*'{}[],:"', '"a"', "1", "-0", "null", " ", "\n", "\\", "/", "x"]), max_size=8))
def test_reader_accepts_exactly_valid_json(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        read_json(text)
    except MalformedError:
        accepted = False
    else:
        accepted = True
    try:
        json.loads(text)
    except ValueError:
        valid = False
    else:
        valid = True
    assert accepted == valid

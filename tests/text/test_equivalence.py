"""The proof: right rewrites pass as bytes, everything else leaves the file alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from migrate.model import Edit, Location, Manifest, ManifestError, Span
from migrate.text import libyaml_reader
from migrate.text.equivalence import prove
from migrate.text.manifest import read

YAML, JSON = Path("serverless.yml"), Path("env.json")
TEXT = "a: v # c\nb: &x [w, 'x']\nc: *x\nd: |\n  y\n  z\n"


def manifest(text: str = TEXT, file: Path = YAML) -> Manifest:
    return read(file, text.encode())


def edit(start: int, end: int, replacement: str) -> Edit:
    return Edit(Span(start, end), replacement)


def refusal(found: Manifest, edits: list[Edit], expected: dict[int, str]) -> ManifestError:
    with pytest.raises(ManifestError, match="the file is left alone") as caught:
        prove(found, edits, expected)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return caught.value


def span(text: str, found: Manifest) -> Span:
    start = found.text.index(text)
    return Span(start, start + len(text))


def test_no_edits_keep_the_bytes() -> None:
    for source in (b"", b"\xef\xbb\xbfa: b\r\n", "a: b".encode("utf-16")):
        assert prove(read(YAML, source), [], {}) == source


def test_expected_changes_give_the_new_bytes() -> None:
    found = manifest()
    edits = [
        edit(3, 4, "hunter2"),
        Edit(span("'x'", found), '"q"'),
        Edit(span("|", found), "r"),
        Edit(span("\n  y\n  z", found), ""),
    ]
    expected = {3: "hunter2", span("'x'", found).start: "q", span("|", found).start: "r"}
    assert prove(found, edits, expected) == b'a: hunter2 # c\nb: &x [w, "q"]\nc: *x\nd: r\n'


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_encoding_is_kept(codec: str) -> None:
    bom = "\ufeff" if codec.startswith("utf-16") else ""
    found = read(YAML, f"{bom}a: é\r\n".encode(codec))
    assert prove(found, [edit(3, 4, "😀")], {3: "😀"}) == f"{bom}a: 😀\r\n".encode(codec)


def test_style_may_change_with_the_value() -> None:
    assert prove(manifest("a: v\n"), [edit(3, 4, "'q'")], {3: "q"}) == b"a: 'q'\n"


@pytest.mark.parametrize(
    ("replacement", "value"),
    [
        ("q", "w"),
        ("'q", "q"),
        ("q # d", "q # d"),
        ("q\nz: 1", "q"),
        ("{q: 1}", "q"),
        ("[q]", "q"),
        ("&y q", "q"),
        ("!t q", "q"),
        ("*x", "q"),
        ("", ""),
        ("q: 1", "q: 1"),
        ("q\n---\nz", "q"),
        ("\x07", "\x07"),
    ],
)
def test_rewrite_that_would_read_differently_is_refused_without_quoting_it(replacement: str, value: str) -> None:
    found = manifest("x: &x 1\na: hunter2 # c\nb: w\n")
    at = span("hunter2", found)
    error = refusal(found, [Edit(at, replacement)], {at.start: value})
    assert "hunter2" not in str(error)


def test_error_reports_the_place_of_the_wrong_value() -> None:
    error = refusal(manifest("a: v\nb: w\n"), [edit(8, 9, "q")], {8: "r"})
    assert error.location == Location(YAML, 2, 4)
    assert error.message == "the rewrite would not read as it should: the file is left alone"


def test_expected_change_that_is_not_made_is_refused() -> None:
    assert refusal(manifest(), [], {3: "q"}).location == Location(YAML, 1, 4)


def test_unexpected_change_is_refused() -> None:
    found = manifest()
    assert refusal(found, [edit(3, 4, "q")], {}).location == Location(YAML, 1, 4)
    assert refusal(found, [Edit(span("w", found), "q")], {3: "v"}).location == Location(YAML, 2, 8)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (2, 4), (3, 5), (4, 5), (6, 7), (9, 9)])
def test_edit_outside_the_values_is_refused_even_if_nothing_reads_differently(start: int, end: int) -> None:
    text = TEXT[start:end]
    assert "reaches beyond" in refusal(manifest(), [edit(start, end, text)], {3: "v"}).message


def test_value_that_is_not_in_the_file_is_refused() -> None:
    assert "not in the file" in refusal(manifest(), [], {4: "v"}).message


@pytest.mark.parametrize("edits", [[edit(3, 4, "q"), edit(3, 4, "q")], [edit(3, 4, "\ud83d")]])
def test_edits_that_overlap_or_cannot_be_encoded_are_refused(edits: list[Edit]) -> None:
    assert "do not fit" in refusal(manifest(), edits, {3: "q"}).message


def test_change_of_encoding_is_refused() -> None:
    found = read(YAML, b"v\n")
    assert "another encoding" in refusal(found, [edit(0, 1, "\ufeffq")], {0: "q"}).message


@pytest.mark.parametrize("replacement", ["'q'", "q", '"q"}, {"b": "q"', '"q", "b": 1', "// q"])
def test_rewritten_json_must_stay_json(replacement: str) -> None:
    found = manifest('{"a": "v"}', JSON)
    refusal(found, [edit(6, 9, replacement)], {6: "q"})
    assert prove(found, [edit(6, 9, '"q"')], {6: "q"}) == b'{"a": "q"}'


def test_json_is_checked_by_a_second_parser() -> None:
    found = replace(manifest("{a: v}"), is_json=True)
    assert "not valid JSON" in refusal(found, [edit(4, 5, "q")], {4: "q"}).message


def test_file_that_two_parsers_read_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = manifest()
    other = libyaml_reader.read_yaml("a: w\n")
    monkeypatch.setattr(libyaml_reader, "read_yaml", lambda text: other)
    assert "two parsers" in refusal(found, [edit(3, 4, "w")], {3: "w"}).message


def test_rewrite_that_two_parsers_read_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = manifest()
    other, read_yaml = libyaml_reader.read_yaml("a: w\n"), libyaml_reader.read_yaml
    monkeypatch.setattr(libyaml_reader, "read_yaml", lambda text: read_yaml(text) if text == TEXT else other)
    assert "could not be read" in refusal(found, [edit(3, 4, "w")], {3: "w"}).message

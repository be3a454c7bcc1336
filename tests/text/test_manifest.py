"""Bytes to scalars: exact places, js-yaml's values, and errors that never quote the file."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.model import MAX_BYTES, Encoding, Location, Manifest, ManifestError, Role, Scalar, ScalarStyle
from migrate.text.manifest import decode, duplicate_keys, encode, read
from migrate.text.structure import MAX_DEPTH, MAX_FLOW_DEPTH
from tests.support.limits import seconds

FILE = Path("serverless.yml")


def manifest(text: str | bytes, file: Path = FILE) -> Manifest:
    return read(file, text.encode() if isinstance(text, str) else text)


def only(text: str) -> Scalar:
    (scalar,) = manifest(text).scalars
    return scalar


def values(text: str) -> dict[str, str]:
    return {str(scalar.path): scalar.value for scalar in manifest(text).scalars}


def refusal(source: str | bytes, file: Path = FILE) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        manifest(source, file)
    return caught.value


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────

UTF8, UTF8_BOM = Encoding(), Encoding("utf-8", b"\xef\xbb\xbf")
UTF16_LE, UTF16_BE = Encoding("utf-16-le", b"\xff\xfe"), Encoding("utf-16-be", b"\xfe\xff")


@pytest.mark.parametrize("encoding", [UTF8, UTF8_BOM, UTF16_LE, UTF16_BE])
@pytest.mark.parametrize("text", ["", "a: b", "a: é😀\r\nb: c\rd: e\n", "a: \ufeffb\x85\u2028\n"])
def test_encoded_text_decodes_to_itself(text: str, encoding: Encoding) -> None:
    source = encoding.bom + text.encode(encoding.codec)
    assert decode(source) == (text, encoding)
    assert encode(text, encoding) == source


@given(st.binary(max_size=40))
def test_decoded_bytes_encode_to_themselves(source: bytes) -> None:
    try:
        text, encoding = decode(source)
    except ManifestError:
        return
    assert encode(text, encoding) == source


def test_manifest_keeps_its_bytes_text_encoding_and_role() -> None:
    source = "\ufeffa: é\r\n".encode()
    found = read(FILE, source, Role.INCLUDED)
    assert (found.file, found.source, found.text) == (FILE, source, "a: é\r\n")
    assert (found.encoding, found.role, found.is_json) == (UTF8_BOM, Role.INCLUDED, False)


def test_spans_count_code_points_after_the_bom() -> None:
    found = manifest("é😀: x\nb: 😀y\n".encode("utf-16"))
    assert [scalar.span.of(found.text) for scalar in found.scalars] == ["x", "😀y"]


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        (b"a: b\nc: \xff\n", 2, 4),
        (b"\xef\xbb\xbfa: \xc3", 1, 4),
        (b"\xff\xfea\x00:\x00\x00\xd8", 1, 3),
        (b"a: b\r\nc: \x00", 2, 4),
        ("a: b\n".encode("utf-16-le"), 1, 2),
    ],
)
def test_undecodable_bytes_are_refused_at_their_place(source: bytes, line: int, column: int) -> None:
    assert refusal(source).location == Location(FILE, line, column)


def test_undecodable_bytes_without_a_file_have_no_location() -> None:
    for source in (b"\xff", b"\0", b"#" * (MAX_BYTES + 1)):
        with pytest.raises(ManifestError) as caught:
            decode(source)
        assert caught.value.location is None


def test_file_over_the_size_limit_is_refused() -> None:
    error = refusal(b"#" * (MAX_BYTES + 1))
    assert (error.message, error.location) == ("larger than 10 MB", Location(FILE))


# ── paths ─────────────────────────────────────────────────────────────────────────────────────


def test_scalars_are_in_text_order() -> None:
    text = "b: 1\na:\n  - x\n  - c: y\n    d: [z, {e: w}]\n-1: v\n"
    assert list(values(text).items()) == [
        ("b", "1"), ("a[0]", "x"), ("a[1].c", "y"), ("a[1].d[0]", "z"), ("a[1].d[1].e", "w"), ("-1", "v"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "a:\n", "a: &x\n", "a: !t\n", "- \n", "{a: , b}", "~ :"])
def test_empty_values_are_not_scalars(text: str) -> None:
    assert manifest(text).scalars == ()


@pytest.mark.parametrize("text", ["a: ''\n", 'a: ""\n', "a: |\n", "a: >-\n\n"])
def test_quoted_empty_string_is_a_scalar(text: str) -> None:
    assert only(text).value == ""


def test_merge_of_an_alias_adds_no_scalars() -> None:
    assert values("a: &x {b: c}\nd:\n  <<: *x\n  e: f\n") == {"a.b": "c", "d.e": "f"}


@pytest.mark.parametrize("text", ["? [x, {y: z}]\n: v\n", "? x: y\n  z:\n  - w\n: v\n", "{[x]: v}"])
def test_scalars_inside_a_complex_key_are_not_values(text: str) -> None:
    assert values(text) == {"?": "v"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("k: v", "k"),
        ("? k\n: v", "k"),
        ("'it''s': v", '["it\'s"]'),
        ('"\\x41": v', "A"),
        ("a.b: v", '["a.b"]'),
        ("!t k: v", "k"),
        ("- - k: v", "[0][0].k"),
        ("[k: v]", "[0].k"),
        ("v", ""),
        (": v", "null"),
        ("? \n: v", "null"),
        ("a\tb: v", '["a\tb"]'),
        ("a\x85b: v", '["a\x85b"]'),
    ],
)
def test_path_consists_of_the_resolved_keys(text: str, path: str) -> None:
    assert str(only(text).path) == path


def test_alias_as_a_key_reads_as_its_anchor() -> None:
    assert values("a: &x k\n*x : v\n? *y\n: w\n") == {"a": "k", "k": "v", "?": "w"}


@pytest.mark.parametrize(
    ("text", "aliased"),
    [
        ("a: &x v", ""),
        ("a: &x v\nb: *x", "a"),
        ("a: &x\n  b: v\n  c: [w]\nd: *x\ne: u", "a.b a.c[0]"),
        ("a: &x {b: v}\nc: {<<: *x, d: w}", "a.b"),
        ("a: &x v\nb: *x\nc: &x w", "a"),
        ("a: &x v\nb: &x w\nc: *x", "b"),
        ("a: &x v\nb: *y", ""),
        ("a: [&x v, &y w]\nb: *y", "a[1]"),
        ("&x k: v\nb: *x", ""),
    ],
)
def test_aliased_marks_scalars_that_an_alias_refers_to(text: str, aliased: str) -> None:
    assert [str(scalar.path) for scalar in manifest(text).scalars if scalar.aliased] == aliased.split()


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("!Sub x", "!Sub"),
        ("!!int 1", "tag:yaml.org,2002:int"),
        ("!<tag:yaml.org,2002:str> x", "tag:yaml.org,2002:str"),
        ("! x", "!"),
        ("x", None),
    ],
)
def test_explicit_tag_is_resolved_and_kept(written: str, tag: str | None) -> None:
    scalar = only(f"a: {written}")
    assert (scalar.tag, scalar.anchor, scalar.span.start) == (tag, None, 3 + written.index(written[-1]))


def test_tag_directive_resolves_its_handle() -> None:
    assert only("%TAG !y! tag:yaml.org,2002:\n---\na: !y!int 1\n").tag == "tag:yaml.org,2002:int"


def test_span_excludes_anchor_and_tag() -> None:
    found = manifest("a: !t &x 'v' # c\nb: &y !u\n  w\n")
    assert [(scalar.span.of(found.text), scalar.anchor, scalar.tag) for scalar in found.scalars] == [
        ("'v'", "x", "!t"),
        ("w", "y", "!u"),
    ]


def test_only_scalars_in_brackets_are_in_flow() -> None:
    assert [scalar.in_flow for scalar in manifest("a: [b, {c: d}]\ne:\n- [f: g]\nh: i\n").scalars] == [True] * 3 + [
        False
    ]


def test_scalars_under_a_duplicate_key_differ_in_their_place() -> None:
    found = manifest("a: 1\na: 2\n")
    assert [(str(scalar.path), scalar.span.start) for scalar in found.scalars] == [("a", 3), ("a", 8)]
    assert found.get("a") == "2"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: 1\nb: {c: 1, 'c': 2}\na: 2\n", [(2, 11), (3, 1)]),
        ("a: 1\nb: {a: 1}\nc: [{a: 1}, {a: 1}]\n", []),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n", []),
    ],
)
def test_duplicate_keys_are_reported_with_their_places(text: str, places: list[tuple[int, int]]) -> None:
    assert duplicate_keys(manifest(text)) == tuple(Location(FILE, *place) for place in places)


# ── values ────────────────────────────────────────────────────────────────────────────────────

P, S, D, L, F = ScalarStyle


@pytest.mark.parametrize(
    ("written", "style", "value"),
    [
        ("v", P, "v"),
        ("v w  x", P, "v w  x"),
        ("v\n  w\n\n\n  x", P, "v w\n\nx"),
        ("v \t\n  w", P, "v w"),
        ('it\'s "x" \\n', P, 'it\'s "x" \\n'),
        ("'v'", S, "v"),
        ("'it''s'", S, "it's"),
        ("' v \n\n  w '", S, " v\nw "),
        ("'''\n  '''", S, "' '"),
        ("'a\\nb'", S, "a\\nb"),
        ('"v"', D, "v"),
        ('"\\x41\\u00e9\\U0001F600"', D, "Aé😀"),
        ('"\\uD83D\\uDE00 \\U0000d83d\\ude00"', D, "😀 😀"),
        ('"\\ud83d\\t\\ude00"', D, "\ud83d\t\ude00"),
        (
            '"\\0\\a\\b\\t\\\t\\n\\v\\f\\r\\e\\ \\"\\/\\\\\\N\\_\\L\\P"',
            D,
            '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029',
        ),
        ('"a \\\n   b"', D, "a b"),
        ('"a\\\n\n   b"', D, "ab"),
        ('"a  \n  b\n\n  c"', D, "a b\nc"),
        ('"a\\t  \n b"', D, "a\t b"),
        ("|\n    v\n", L, "v\n"),
        ("|-\n    v\n", L, "v"),
        ("|+\n    v\n\n\n", L, "v\n\n\n"),
        ("|  # c\n    v\n      w\n\n    x\n\n", L, "v\n  w\n\nx\n"),
        ("|\n\n    v\n", L, "\nv\n"),
        ("|2-\n     v\n    w\n", L, "   v\n  w"),
        ("|-2\n   v\n", L, " v"),
        ("|2\n    \n  \n", L, "  \n"),
        ("|+\n\n\n", L, "\n\n"),
        ("|\n", L, ""),
        (">\n    v\n    w\n", F, "v w\n"),
        (">-\n    v\n\n    w\n      x\n    y\n", F, "v\nw\n  x\ny"),
        (">+\n    v\n\n", F, "v\n\n"),
        (">\n\n    v\n", F, "\nv\n"),
        (">2\n     v\n    w\n", F, "   v\n  w\n"),
        (">\n    v\n    \t w\n    x\n", F, "v\n\t w\nx\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_style_reads_as_js_yaml_reads_it(written: str, style: ScalarStyle, value: str, line_end: str) -> None:
    text = f"k: {written}" if style.is_block else f"k: {written} # c\n"
    found = manifest(text.replace("\n", line_end))
    (scalar,) = found.scalars
    assert (scalar.value, scalar.style) == (value, style)
    assert scalar.span.of(found.text).replace(line_end, "\n") == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("k: |\n  v", "v\n"),
        ("k: >\n  v", "v\n"),
        ("k: |-\n  v", "v"),
        ("k: |+\n  v", "v\n"),
        ("k: |+\n  v\n  ", "v\n\n"),
        ("k: |+", ""),
        ("k: |+\n  ", "\n"),
        ("k: 'v'", "v"),
        ("k: v", "v"),
    ],
)
def test_missing_final_newline_does_not_change_the_value(text: str, value: str) -> None:
    assert only(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("k:\tv\n", "v"),
        ("k: v\t\n", "v"),
        ("k: v\t# c\n", "v"),
        ("k: v\tw\n", "v\tw"),
        ("-\tv\n", "v"),
        ("\t\nk: v\n", "v"),
        ("k: v\n \t \n\n", "v"),
        ("\t# c\nk: v\n", "v"),
        ("k: &x\tv\n", "v"),
        ("k: !t\tv\n", "v"),
        ("k: |\t# c\n  v\tw\n\n", "v\tw\n"),
        ("k: |\n  v\n  \t\n  w\n#\t\n-1:\t", "v\n\t\nw\n"),
        ("k: |+\n  v\n\t\n#\t\n", "v\n"),
        ("k:\t'v\tw'\n", "v\tw"),
        ('k:\t"v\\\tw"\n', "v\tw"),
        ("k:\t'v\n\t\n\tw'\n", "v\nw"),
    ],
)
def test_tabs_that_js_yaml_accepts_are_accepted_and_kept(text: str, value: str) -> None:
    assert only(text).value == value


@pytest.mark.parametrize("text", ["k:\n\tv: w\n", "k:\n  v: w\n\tx: y\n", "\tk: v\n", "k:\n  \t- v\n"])
def test_tab_indentation_is_refused(text: str) -> None:
    assert refusal(text).message == "not valid YAML: a tab where only spaces are allowed"


def test_block_may_begin_with_a_blank_line_indented_less_than_its_text() -> None:
    assert values("a: |\n  \n    v\n     \nb: >-\n  \n    \nc: w\n") == {"a": "\nv\n \n", "b": "", "c": "w"}


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029", "\ufeff"])
@pytest.mark.parametrize(
    "text", ["k: a@b\n", "k: 'a@b'\n", 'k: "a@b"\n', "k: |-\n  a@b\n", "k: >-\n  a@b\n", "# @x: y\nk: a@b\n"]
)
def test_yaml_1_1_line_breaks_are_characters(char: str, text: str) -> None:
    assert only(text.replace("@", char)).value == f"a{char}b"


def test_characters_beyond_the_basic_plane_count_as_one() -> None:
    scalar = only("k: '😀😀'\n")
    assert (scalar.value, scalar.span.start, scalar.span.end) == ("😀😀", 3, 7)


# ── refusals ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: b\nc: hunter2: d\n", "not valid YAML: a ':' where none is allowed", 2, 11),
        ("a: b\nhunter2\nc: d\n", "not valid YAML: a key has no ':'", 3, 1),
        ("a: 'hunter2\n", "not valid YAML: a quote is never closed", 2, 1),
        ("a: [hunter2\n", "not valid YAML", 2, 1),
        ("a: hunter2\n  b: c\n", "not valid YAML: a ':' where none is allowed", 2, 4),
        ("a: - hunter2\n", "not valid YAML: a '-' where none is allowed", 1, 4),
        ("a:\n   b: hunter2\n  c: d\n", "not valid YAML: the indentation does not fit", 3, 3),
        ("a: b\n\nc: hunter2\x07\n", "not valid YAML: it holds a control character", 3, 11),
        ('a: "hunter2\\q"\n', "not valid YAML", 1, 13),
        ("a: @hunter2\n", "not valid YAML", 1, 4),
        ("a: hunter2\n---\nb: c\n", "more than one YAML document", 2, 1),
        ("a: hunter2\n---\n", "more than one YAML document", 2, 1),
        ("%YAML 1.3\n---\na: hunter2\n", "not valid YAML", 1, 1),
        ('a: "hunter2\\UFFFFFFFF"\n', "not valid YAML", 1, 1),
        ('a: "hunter2\\U00110000"\n', "not valid YAML", 1, 1),
        ("a: !hunter2!b c\n", "not valid YAML", 1, 4),
        (f"%YAML 1.{'9' * 5000}\n---\na: hunter2\n", "not valid YAML", 1, 1),
    ],
)
def test_invalid_yaml_is_refused_at_its_place_without_quoting_it(
    text: str, message: str, line: int, column: int
) -> None:
    error = refusal(text)
    assert (error.message, error.location) == (message, Location(FILE, line, column))
    assert "hunter2" not in f"{error} {error.hint}"
    assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize("source", [b"a: hunter2\xff", b"a: hunter2\0"])
def test_no_exception_refers_to_one_that_holds_the_bytes(source: bytes) -> None:
    error = refusal(source)
    assert (error.__cause__, error.__context__) == (None, None)


def test_error_line_counts_every_kind_of_line_end() -> None:
    assert refusal("a: b\r\nc: d\re: f\n@").location == Location(FILE, 4, 1)


def test_brackets_nest_up_to_the_limit() -> None:
    assert only("[" * MAX_FLOW_DEPTH + "v" + "]" * MAX_FLOW_DEPTH).value == "v"
    assert refusal("[" * (MAX_FLOW_DEPTH + 1)).message == f"nested deeper than {MAX_FLOW_DEPTH} brackets"


def test_blocks_nest_up_to_the_limit() -> None:
    assert len(only("- " * MAX_DEPTH + "v").path.parts) == MAX_DEPTH
    assert refusal("- " * (MAX_DEPTH + 1) + "v").message == f"nested deeper than {MAX_DEPTH} levels"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "- " * 200_000,
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 60)),
        "a0: &a0 {x: y}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)),
        f"k: '{' ' * 50_000}x{' ' * 50_000}'",
        'k: "' + " \\" * 20_000,
        "k: " + "\t" * 50_000 + "@",
    ],
    ids=["brackets", "dashes", "aliases", "merges", "blanks", "backslashes", "tabs"],
)
def test_hostile_files_are_read_quickly(text: str) -> None:
    with seconds(), suppress(ManifestError):
        manifest(text)


_WORDS = [
    "a",
    "  ",
    "k: ",
    "- ",
    "? ",
    "&x ",
    "*x",
    "!t ",
    "!!int ",
    "<<: ",
    "# c",
    "|2\n",
    "\\u",
    "---\n",
    "%TAG ! x\n",
]
_SIGNS = "\n\t'\"\\|>[]{},:\r\x85\ufeff\0\x7f😀@"
_TEXTS = st.lists(st.sampled_from([*_WORDS, *_SIGNS]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(_TEXTS.map("".join), st.sampled_from([FILE, Path("x.json")]))
def test_any_text_is_read_or_refused(text: str, file: Path) -> None:
    try:
        found = manifest(text, file)
    except ManifestError as error:
        refused_at = error.location
    else:
        spans = [scalar.span for scalar in found.scalars]
        assert spans == sorted(spans)
        assert all(span.start < span.end <= len(text) for span in spans)
        return
    assert refused_at is not None


def test_yaml_parser_is_imported_only_when_needed() -> None:
    script = (
        "import sys; from pathlib import Path; from migrate.text.manifest import read;"
        "read(Path('x.json'), b'{}'); print('yaml' in sys.modules, 'ruamel.yaml' in sys.modules);"
        "read(Path('x.yml'), b''); print('yaml' in sys.modules, 'ruamel.yaml' in sys.modules);"
        "read(Path('x.yml'), b'a:\tb'); print('ruamel.yaml' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False", "True", "False", "True"]

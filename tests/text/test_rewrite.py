"""A new value in the scalar's own style: byte tables of before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.model import Location, Manifest, ManifestError, Scalar, ScalarStyle, Span
from migrate.model.keypath import KeyPath
from migrate.text.edits import apply_edits
from migrate.text.equivalence import prove
from migrate.text.manifest import encode, read
from migrate.text.rewrite import is_plain_safe, replace_part, replace_parts, replace_whole

REF = "${ssm:/a/b~true}"
FILE = Path("serverless.yml")


def target(manifest: Manifest) -> Scalar:
    """The scalar that a test is about: the one at `k`, or else the first."""
    at_k = [scalar for scalar in manifest.scalars if scalar.path.leaf == "k"]
    return (at_k or manifest.scalars)[0]


def whole(source: str | bytes, value: str = REF, file: Path = FILE) -> bytes:
    found = read(file, source.encode() if isinstance(source, str) else source)
    scalar = target(found)
    return prove(found, replace_whole(found, scalar, value), {scalar.span.start: value})


def part(text: str, old: str, new: str = REF, file: Path = FILE) -> str:
    found = read(file, text.encode())
    scalar = target(found)
    start = scalar.value.index(old)
    edits = replace_part(found, scalar, Span(start, start + len(old)), new)
    return prove(found, edits, {scalar.span.start: scalar.value.replace(old, new, 1)}).decode()


# ── the whole value ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: v\n", f"k: {REF}\n"),
        ("k: v", f"k: {REF}"),
        ("k:   v   # c\n", f"k:   {REF}   # c\n"),
        ("k: 'v' # c\n", f"k: '{REF}' # c\n"),
        ('k: "v" # c\n', f'k: "{REF}" # c\n'),
        ("k: v w\n   x\n\n   y # c\nz: 1\n", f"k: {REF} # c\nz: 1\n"),
        ("k: 'v\n\n   w'# c\n", f"k: '{REF}'# c\n"),
        ('k: "v\\\n   w" # c\n', f'k: "{REF}" # c\n'),
        ("k:\n  v\n", f"k:\n  {REF}\n"),
        ("- v\n-   w\n", f"- {REF}\n-   w\n"),
        ("- k: v\n  w: x\n", f"- k: {REF}\n  w: x\n"),
        ("a:\n- k: v\n- w\n", f"a:\n- k: {REF}\n- w\n"),
        ("- - v\n", f"- - {REF}\n"),
        ("--- v\n...\n", f"--- {REF}\n...\n"),
        ("k: v\n...\n# end\n", f"k: {REF}\n...\n# end\n"),
        ("# a\n\nk: v # b\n\n# c\n", f"# a\n\nk: {REF} # b\n\n# c\n"),
        ("? k\n: v\n", f"? k\n: {REF}\n"),
        ("k: 1\n", f"k: {REF}\n"),
        ("k: ''\n", f"k: '{REF}'\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_other_byte_is_kept(before: str, after: str, line_end: str, codec: str) -> None:
    source, result = (text.replace("\n", line_end).encode(codec) for text in (before, after))
    assert whole(source) == result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: &x v\nw: *x\n", f"k: &x {REF}\nw: *x\n"),
        ("k: !Sub v\n", f"k: !Sub {REF}\n"),
        ("k: !Sub 'v'\n", f"k: !Sub '{REF}'\n"),
        ("k: !!str 12\n", f"k: !!str {REF}\n"),
        ("k: !t &x |\n  v\nw: *x\n", f"k: !t &x {REF}\nw: *x\n"),
        ("k: &x\n  v\n", f"k: &x\n  {REF}\n"),
        ("a: &x {k: v}\nb:\n  <<: *x\n", f"a: &x {{k: '{REF}'}}\nb:\n  <<: *x\n"),
    ],
)
def test_anchors_and_tags_are_kept(before: str, after: str) -> None:
    assert whole(before).decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {k: v, w: x}\n", f"a: {{k: '{REF}', w: x}}\n"),
        ("a: {k: v}\n", f"a: {{k: '{REF}'}}\n"),
        ("a: [v,w]\n", f"a: ['{REF}',w]\n"),
        ("a: [ v ]\n", f"a: [ '{REF}' ]\n"),
        ('a: ["v", w]\n', f'a: ["{REF}", w]\n'),
        ("a: ['v', w]\n", f"a: ['{REF}', w]\n"),
        ("a: [\n  v w\n   x, # c\n  y\n]\n", f"a: [\n  '{REF}', # c\n  y\n]\n"),
        ('{"k":v}\n', f"{{\"k\":'{REF}'}}\n"),
        ("[k: v]\n", f"[k: '{REF}']\n"),
        ("a: {? k : v}\n", f"a: {{? k : '{REF}'}}\n"),
    ],
)
def test_plain_scalar_in_brackets_becomes_quoted(before: str, after: str) -> None:
    assert whole(before).decode() == after


@pytest.mark.parametrize("header", ["|", ">", "|-", "|+", ">-", ">+", "|2", "|2-", ">-2", ">2+", "|+2", "|7"])
@pytest.mark.parametrize("comment", ["", " # c", "   "])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_block_scalar_is_replaced_by_the_value_in_its_header(header: str, comment: str, line_end: str) -> None:
    body = "         v\n\n           w\n         x\n"
    before = f"a:\n  k: {header}{comment}\n{body}\n  \n # d\n\n  z: 1\n"
    after = f"a:\n  k: {REF}{comment}\n\n  \n # d\n\n  z: 1\n"
    assert whole(before.replace("\n", line_end)).decode() == after.replace("\n", line_end)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: |\n  v\n", f"k: {REF}\n"),
        ("k: |\n  v", f"k: {REF}"),
        ("k: |\n  v\n\n", f"k: {REF}\n\n"),
        ("k: |+\n  v\n  ", f"k: {REF}\n  "),
        ("k: |\n  v  \n  \n", f"k: {REF}\n  \n"),
        ("k: |\n\n\n  v\n", f"k: {REF}\n"),
        ("k: |\n", f"k: {REF}\n"),
        ("k: | # c\n\n\n", f"k: {REF} # c\n\n\n"),
        ("k: |", f"k: {REF}"),
        ("- |\n v\n- w\n", f"- {REF}\n- w\n"),
        ("k:\n  |\n  v\nw: x\n", f"k:\n  {REF}\nw: x\n"),
        ("k: |\n  # v\n# c\nw: x\n", f"k: {REF}\n# c\nw: x\n"),
        ("a:\n- k: >-\n    v\n    w\n  x: y\n", f"a:\n- k: {REF}\n  x: y\n"),
    ],
)
def test_text_after_a_block_scalar_is_kept(before: str, after: str) -> None:
    assert whole(before).decode() == after


@pytest.mark.parametrize(
    ("written", "value", "after"),
    [
        ("v", "it's", "it's"),
        ("v", "a: b", "'a: b'"),
        ("v", "a:b", "a:b"),
        ("v", "a #b", "'a #b'"),
        ("v", "a#b", "a#b"),
        ("v", "a:", "'a:'"),
        ("v", "- a", "'- a'"),
        ("v", "-a", "-a"),
        ("v", "-", "'-'"),
        ("v", "--- a", "'--- a'"),
        ("v", " a", "' a'"),
        ("v", "a ", "'a '"),
        ("v", "", "''"),
        ("v", "@{ssm:/a}", "'@{ssm:/a}'"),
        ("v", "%{{it's}}", "'%{{it''s}}'"),
        ("v", "$<ssm:/a/b~true>", "$<ssm:/a/b~true>"),
        ("v", "<<", "'<<'"),
        ("v", "true", "'true'"),
        ("v", "0x1F", "'0x1F'"),
        ("v", "12:30:45", "'12:30:45'"),
        ("v", "2019-06-13", "'2019-06-13'"),
        ("v", "1${x}", "1${x}"),
        ("v", "a\tb", "'a\tb'"),
        ("v", "a\nb", '"a\\nb"'),
        ("v", 'a\x85"b\\\u2028\ufeff', '"a\\u0085\\"b\\\\\\u2028\\ufeff"'),
        ("v", "😀é", "😀é"),
        ("'v'", "it's", "'it''s'"),
        ("'v'", "a\r\nb", '"a\\r\\nb"'),
        ("'v'", "\ud83d", '"\\ud83d"'),
        ('"v"', 'say "\\n"\t\x07', '"say \\"\\\\n\\"\\t\\u0007"'),
        ('"v"', "😀'", '"😀\'"'),
        ("|\n  v", "a: b", "'a: b'"),
        ("|\n  v", "a\nb\n", '"a\\nb\\n"'),
    ],
)
def test_any_value_is_written_so_that_it_reads_back_unchanged(written: str, value: str, after: str) -> None:
    assert whole(f"k: {written}\nz: 1\n", value).decode() == f"k: {after}\nz: 1\n"


@pytest.mark.parametrize("tag", ["int", "float", "bool", "null", "binary", "timestamp"])
@pytest.mark.parametrize("written", ["!!{}", "!<tag:yaml.org,2002:{}>"])
def test_scalar_tagged_as_another_type_than_string_is_refused(tag: str, written: str) -> None:
    found = read(FILE, f"a: b\nk: {written.format(tag)} 12\n".encode())
    with pytest.raises(ManifestError, match=f"tagged as !!{tag}, which no reference can be") as caught:
        replace_whole(found, target(found), REF)
    assert caught.value.location == Location(FILE, 2, 5 + len(written.format(tag)))


def test_empty_value_is_refused() -> None:
    found = read(FILE, b"k:\n")
    nothing = Scalar(KeyPath(("k",)), Span(2, 2), "", ScalarStyle.PLAIN)
    with pytest.raises(ManifestError, match="nothing to replace"):
        replace_part(found, nothing, Span(0, 0), REF)


def test_scalar_that_js_yaml_may_read_as_a_key_is_refused() -> None:
    found = read(FILE, b"[a:, b]\n")
    with pytest.raises(ManifestError, match="may be a key"):
        replace_whole(found, found.scalars[0], REF)


def test_values_under_a_duplicate_key_are_replaced_separately() -> None:
    found = read(FILE, b"k: v\nk: v\n")
    second = found.scalars[1]
    assert apply_edits(found.text, replace_whole(found, second, REF)) == f"k: v\nk: {REF}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"k": "v", "w": 1}', f'{{"k": "{REF}", "w": 1}}'),
        ('{\r\n\t"k" : 12\r\n}\r\n', f'{{\r\n\t"k" : "{REF}"\r\n}}\r\n'),
        ('["v", true]', f'["{REF}", true]'),
        ("null", f'"{REF}"'),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_rewritten_as_json(before: str, after: str, codec: str) -> None:
    assert whole(before.encode(codec), file=Path("env.json")) == after.encode(codec)


def test_json_string_is_escaped_as_json() -> None:
    assert whole('{"k": "v"}', '"\\\x07\n\x85\ud83d😀', Path("env.json")).decode() == (
        '{"k": "\\"\\\\\\u0007\\n\\u0085\\ud83d😀"}'
    )


# ── a part of the value ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: pg://u:PW@h/d # c\n", f"k: pg://u:{REF}@h/d # c\n"),
        ("k: 'it''s PW''s' # c\n", f"k: 'it''s {REF}''s' # c\n"),
        ('k: "\\x41\\u00e9PW\\t\\n" # c\n', f'k: "\\x41\\u00e9{REF}\\t\\n" # c\n'),
        ('k: "\\ud83d\\ude00PW\\\n   \\U0001F600"\n', f'k: "\\ud83d\\ude00{REF}\\\n   \\U0001F600"\n'),
        ("k: 'a\n\n  b PW\n  c'\n", f"k: 'a\n\n  b {REF}\n  c'\n"),
        ("k: a\n  b PW\n  c\n", f"k: a\n  b {REF}\n  c\n"),
        ("k: | # c\n  a\n    b=PW;\n\n  c\n# d\n", f"k: | # c\n  a\n    b={REF};\n\n  c\n# d\n"),
        ("k: |2-\n    PW\n  c\n", f"k: |2-\n    {REF}\n  c\n"),
        ("k: |\n  PW\n", f"k: |\n  {REF}\n"),
        ("k: >\n  a PW\n  b\n", f"k: >\n  a {REF}\n  b\n"),
        ("k: >-\n\n  a\n\n  PW\n    b\n", f"k: >-\n\n  a\n\n  {REF}\n    b\n"),
        ("a: [ 'x PW' ]\n", f"a: [ 'x {REF}' ]\n"),
        ('a: {k: "x PW"}\n', f'a: {{k: "x {REF}"}}\n'),
        ("k: !Sub 'x PW'\n", f"k: !Sub 'x {REF}'\n"),
        ("k: é😀PW\n", f"k: é😀{REF}\n"),
        ("k:\ta\tPW\n", f"k:\t'a\t{REF}'\n"),
        ("k: 'a\x85PW'\n", f"k: 'a\x85{REF}'\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_part_is_replaced_in_place(before: str, after: str, line_end: str) -> None:
    assert part(before.replace("\n", line_end), "PW") == after.replace("\n", line_end)


@pytest.mark.parametrize(
    ("before", "old", "after"),
    [
        ("a: {k: x PW}\n", "PW", f"a: {{k: 'x {REF}'}}\n"),
        ("k: >\n  a PW\n  PV b\n", "PW PV", f'k: "a {REF} b\\n"\n'),
        ("k: >\n  a P W b\n", "P W", f'k: "a {REF} b\\n"\n'),
        ("k: |\n  a\n  PW\n", "PW\n", f'k: "a\\n{REF}"\n'),
        ("k: |\n\n  PW b\n", "\nPW", f'k: "{REF} b\\n"\n'),
        ("k: >-\n  a PW\n", "a PW", f"k: {REF}\n"),
        ("k: 'a\n\n\n  b'\n", "a\n", f'k: "{REF}\\nb"\n'),
        ("k: a\n\n  b PW\n", "PW", f'k: "a\\nb {REF}"\n'),
    ],
)
def test_value_is_rewritten_whole_if_the_place_of_the_part_is_uncertain(before: str, old: str, after: str) -> None:
    assert part(before, old) == after


@pytest.mark.parametrize(
    ("before", "old", "after"),
    [
        ("k: 'a P\n  W b'\n", "P W", f"k: 'a {REF} b'\n"),
        ("k: a P\n  W b\n", "P W", f"k: a {REF} b\n"),
        ('k: "a P\\\n  W b"\n', "PW", f'k: "a {REF} b"\n'),
        ("k: |\n  a P\n\n  W b\n", "P\n\nW", f"k: |\n  a {REF} b\n"),
        ('k: "a \\u0050W"\n', "PW", f'k: "a {REF}"\n'),
        ("k: '''PW'''\n", "'PW'", f"k: '{REF}'\n"),
    ],
)
def test_part_over_several_cells_replaces_all_of_them(before: str, old: str, after: str) -> None:
    assert part(before, old) == after


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("k: x PW\n", "a: b", "k: 'x a: b'\n"),
        ("k: x PW\n", "a\nb", 'k: "x a\\nb"\n'),
        ("k: x PW\n", "", "k: 'x '\n"),
        ("k: 'x PW'\n", "it's", "k: 'x it''s'\n"),
        ("k: 'x PW'\n", "a\nb", 'k: "x a\\nb"\n'),
        ("k: 'x PW'\n", "\x85", 'k: "x \\u0085"\n'),
        ('k: "x PW"\n', '"\\\n', 'k: "x \\"\\\\\\n"\n'),
        ("k: |-\n  PW x\n", "  a", "k: '  a x'\n"),
        ("k: |-\n  x\n  PW\n", "", 'k: "x\\n"\n'),
        ("k: |-\n  x\n  PW\n", "a\nb", 'k: "x\\na\\nb"\n'),
        ("k: |-\n  x\n  PW\n", "# a: 'b'", "k: |-\n  x\n  # a: 'b'\n"),
        ("k: >-\n  x PW\n", "${ssm(us-west-2, raw):/a}", "k: >-\n  x ${ssm(us-west-2, raw):/a}\n"),
    ],
)
def test_any_replacement_of_a_part_reads_back_unchanged(before: str, new: str, after: str) -> None:
    assert part(before, "PW", new) == after


def test_json_parts_are_escaped_as_json() -> None:
    file = Path("env.json")
    assert part('{"k": "\\u00e9\\n\\/PW\\ud83d\\ude00"}', "PW", '"', file) == '{"k": "\\u00e9\\n\\/\\"\\ud83d\\ude00"}'
    assert part('{"k": 1234}', "23", REF, file) == f'{{"k": "1{REF}4"}}'


def test_several_parts_are_replaced_at_once_in_any_order() -> None:
    found = read(FILE, b"k: 'u:PW@h, v:PV@h' # c\n")
    edits = replace_parts(found, found.scalars[0], [(Span(10, 12), "Y"), (Span(2, 4), REF)])
    assert apply_edits(found.text, edits) == f"k: 'u:{REF}@h, v:Y@h' # c\n"


def test_one_part_without_a_certain_place_rewrites_the_whole_value() -> None:
    found = read(FILE, b"k: >-\n  P W PW\n")
    edits = replace_parts(found, found.scalars[0], [(Span(0, 3), "X"), (Span(4, 6), "Y")])
    assert apply_edits(found.text, edits) == "k: X Y\n"


@pytest.mark.parametrize("parts", [[(Span(0, 2), ""), (Span(1, 3), "")], [(Span(2, 9), "")]])
def test_parts_that_overlap_or_exceed_the_value_are_refused(parts: list[tuple[Span, str]]) -> None:
    found = read(FILE, b"k: value\n")
    with pytest.raises(ValueError, match="overlaps"):
        replace_parts(found, found.scalars[0], parts)


def test_scalar_whose_text_reads_differently_is_rewritten_whole() -> None:
    found = read(FILE, b"k: 'value'\n")
    other = Scalar(KeyPath(("k",)), found.scalars[0].span, "other", ScalarStyle.SINGLE)
    assert apply_edits(found.text, replace_part(found, other, Span(0, 1), "b")) == "k: 'bther'\n"


_REFERENCES = [REF, "${ssm(raw):/a/b}", "${env:X, ssm(raw):/a}", "pg://u:${ssm:/a~true}@h", "$<ssm:/a>"]
_DOUBTFUL = ["~", "No", ".5", "-.inf", "1_000", "1e3", "2001-12-14 21:59:43.10 -5", "? x", "[x", "`x", "x\x85", ""]


@pytest.mark.parametrize("value", _REFERENCES)
def test_references_are_safe_as_plain_scalars(value: str) -> None:
    assert is_plain_safe(value)


@pytest.mark.parametrize("value", _DOUBTFUL)
def test_ambiguous_text_is_not_safe_as_a_plain_scalar(value: str) -> None:
    assert not is_plain_safe(value)


# ── any document ──────────────────────────────────────────────────────────────────────────────

_NEW = st.just(REF) | st.text("ab'\" :#-{}[],&*!|>%@\\é😀\t?~$", max_size=8)
_PLAIN = st.sampled_from(["v", "v w\n        x", "12", "a:b", "é😀", "[v, w: 'x']", '{v: w, x: "y"}'])
_SINGLE = st.text("ab \\:#-{}é😀\n", max_size=8).map(lambda text: f"'{text}''a'".replace("\n", "\n        "))
_DOUBLE = st.lists(st.sampled_from(["a", " ", "'", "\\n", "\\ud83d\\ude00", "\\\n     ", "\n     ", "é", "\\\\"])).map(
    lambda pieces: '"' + "".join(pieces) + 'a"'
)
_BLOCK = st.builds(
    "{}{}{}\n        a{}".format,
    st.sampled_from("|>"),
    st.sampled_from(["", "-", "+"]),
    st.sampled_from(["", " # c"]),
    st.text("ab'\" :#-\\é😀\n", max_size=12).map(lambda text: text.replace("\n", "\n        ")),
)
_ENTRIES = st.tuples(
    st.sampled_from(["  {}: ", "  {}:\n    - ", "  {}:\n    - x: ", "  {0}: &{0} ", "  {}: !t "]),
    st.one_of(_PLAIN, _SINGLE, _DOUBLE, _BLOCK),
    st.sampled_from(["\n", "\n\n", "\n  # d\n"]),
)


def _document(entries: list[tuple[str, str, str]], line_end: str, last: str, bom: bytes) -> Manifest:
    lines = (start.format(f"key{number}") + written + end for number, (start, written, end) in enumerate(entries))
    text = "root: # c\n" + "".join(lines) + last
    return read(FILE, bom + text.replace("\n", line_end).encode())


_DOCUMENTS = st.builds(
    _document,
    st.lists(_ENTRIES, min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "# end", "z: y", "z: |\n  y"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)


@settings(max_examples=80, deadline=None)
@given(_DOCUMENTS, st.data(), _NEW)
def test_replacing_any_scalar_of_any_document_changes_nothing_else(
    found: Manifest, data: st.DataObject, value: str
) -> None:
    scalar = data.draw(st.sampled_from(found.scalars))
    result = prove(found, replace_whole(found, scalar, value), {scalar.span.start: value})
    assert result.startswith(encode(found.text[: scalar.span.start], found.encoding))
    assert result.endswith(found.text[scalar.span.end :].encode())


@settings(max_examples=80, deadline=None)
@given(_DOCUMENTS, st.data(), _NEW)
def test_replacing_any_part_of_any_scalar_changes_nothing_else(found: Manifest, data: st.DataObject, new: str) -> None:
    scalar = data.draw(st.sampled_from(found.scalars))
    start = data.draw(st.integers(0, len(scalar.value) - 1))
    end = data.draw(st.integers(start + 1, len(scalar.value)))
    value = scalar.value[:start] + new + scalar.value[end:]
    prove(found, replace_part(found, scalar, Span(start, end), new), {scalar.span.start: value})

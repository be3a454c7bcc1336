"""Outlines differ exactly where anything but a value does."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.model import Alias, Links
from migrate.text.manifest import parse
from migrate.text.structure import Mark

TEXT = "a: v\nb: &x [w, {c: d}]\ne: *x\nf:\n? [g]\n: h\n"


def outline(text: str) -> tuple[Mark, ...]:
    return parse(Path("serverless.yml"), text).outline


@pytest.mark.parametrize(
    ("old", "new"),
    [("v", "'q'"), ("w", '"q"'), (" h", " |\n  q"), ("d", "'it''s'"), ("a: v", "a: !t v"), ("v", "v # c")],
)
def test_outline_ignores_values_styles_and_comments(old: str, new: str) -> None:
    assert outline(TEXT.replace(old, new, 1)) == outline(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a:", "z:"),
        ("a:", "'a':"),
        ("a:", "&y a:"),
        ("a:", "!t a:"),
        ("v", "[v]"),
        ("v", ""),
        ("v", "*x"),
        ("&x [", "["),
        ("&x [", "&x !t ["),
        ("*x", "*y"),
        ("[w, {c: d}]", "\n- w\n- {c: d}"),
        ("w, ", ""),
        ("f:", "f: !t"),
        ("f:", "f: &y"),
        ("[g]", "[i]"),
        ("[g]", "['g']"),
        ("a: v", "--- \na: v"),
        ("a: v", "%YAML 1.2\n---\na: v"),
    ],
)
def test_outline_reflects_every_other_change(old: str, new: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    assert outline(text) != outline(TEXT)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("a: &x 1\nb: *x\n", Links(aliases=(Alias(("b",), ("a",)),))),
        ("a: &x {c: 1}\nb: [d, *x]\n", Links(aliases=(Alias(("b", 1), ("a",)),))),
        ("a: &x 1\nb: &x 2\nc: *x\n", Links(aliases=(Alias(("c",), ("b",)),))),
        ("a: *x\n", Links(aliases=(Alias(("a",), None),))),
        ("? [&x 1]\n: *x\n", Links(aliases=(Alias(("?",), None),))),
        ("&x a: *x\n", Links(aliases=(Alias(("a",), None),))),
        ("a: &x\nb: *x\n", Links(aliases=(Alias(("b",), ("a",)),), empties=(("a",),))),
        ("a: {}\nb: []\nc: ''\nd: {e: }\n", Links(empties=(("a",), ("b",), ("d", "e")))),
        ("b: {<<: {c: 1}}\n", Links(merges=(("b", "<<"),))),
        ("b: {!!merge <<: {c: 1}}\n", Links(merges=(("b", "<<"),))),
        ("b:\n  !!merge : {c: 1}\n", Links(merges=(("b", "null"),))),
        ("b: {'<<': {c: 1}, c: <<}\n", Links()),
        ("<<: {c: 1}\n<<: {d: 1}\n", Links(merges=(("<<",), ("<<",)))),
        ("a: {b: 1, b: 2}\n", Links(duplicates=(("a", "b"),))),
        ("'<<': 1\n<<: {d: 1}\n", Links(merges=(("<<",),), duplicates=(("<<",),))),
        ("a: &x 1\n*x : 2\n? [*x]\n: 3\n", Links(keys=(("a",), ("a",)))),
        (
            "a: &x [&x b]\nc: *x\n",  # the inner one to js-yaml 3, the outer one to js-yaml 4
            Links(aliases=(Alias(("c",), ("a", 0)), Alias(("c",), ("a",)), Alias(("c",), None))),
        ),
    ],
)
def test_links_list_aliases_merges_and_empty_values(text: str, links: Links) -> None:
    assert parse(Path("serverless.yml"), text).links == links


def test_json_has_no_merge_keys() -> None:
    assert parse(Path("serverless.json"), '{"<<": {"a": {}}}').links == Links(empties=(("<<", "a"),))

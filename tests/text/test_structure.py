"""Outlines differ exactly where anything but a value does."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.text.manifest import parse
from migrate.text.structure import Mark

TEXT = "a: v\nb: &x [w, {c: d}]\ne: *x\nf:\n? [g]\n: h\n"


def outline(text: str) -> tuple[Mark, ...]:
    return parse(Path("serverless.yml"), text).outline


@pytest.mark.parametrize(
    ("old", "new"),
    [("v", "'q'"), ("w", '"q"'), (" h", " |\n  q"), ("d", "'it''s'"), ("a: v", "a: !t v"), ("v", "v # c")],
)
def test_values_styles_and_comments_are_not_in_it(old: str, new: str) -> None:
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
def test_all_else_is(old: str, new: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    assert outline(text) != outline(TEXT)

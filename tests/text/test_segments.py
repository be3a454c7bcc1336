"""Where in a token each piece of its value stands."""

from __future__ import annotations

import pytest

from migrate.model import ScalarStyle
from migrate.text.segments import Cell, block_indent, cells, value_of

P, S, D, L, F = ScalarStyle


def run(piece: str, start: int) -> Cell:
    return Cell(piece, start, start + len(piece), verbatim=True)


@pytest.mark.parametrize(
    ("raw", "style", "found"),
    [
        ("a b", P, [run("a b", 0)]),
        ("a \r\n  b", P, [run("a", 0), Cell(" ", 1, 6), run("b", 6)]),
        ("'a''b'", S, [run("a", 1), Cell("'", 2, 4), run("b", 4)]),
        ("' a\n\n b '", S, [run(" a", 1), Cell("\n", 3, 6), run("b ", 6)]),
        ('"a\\x41b"', D, [run("a", 1), Cell("A", 2, 6), run("b", 6)]),
        ('"a\\\n  b"', D, [run("a", 1), Cell("", 2, 6), run("b", 6)]),
        ('"\\ud83d\\ude00\\ud83d"', D, [Cell("😀", 1, 13), Cell("\ud83d", 13, 19)]),
        ("''", S, []),
        ("|\n  a\n   b\n", L, [run("a", 4), Cell("\n", 5, 8), run(" b", 8), Cell("\n", 10, 11)]),
        (">-\n\n  a\n  b", F, [Cell("\n", 3, 6), run("a", 6), Cell(" ", 7, 10), run("b", 10)]),
        ("|+\n  a\n\n", L, [run("a", 5), Cell("\n\n", 6, 8)]),
        ("|\n  a", L, [run("a", 4), Cell("\n", 5, 5)]),
    ],
)
def test_every_piece_of_a_scalar_has_its_place(raw: str, style: ScalarStyle, found: list[Cell]) -> None:
    assert list(cells(raw, style, 2)) == found


@pytest.mark.parametrize(
    ("raw", "value", "indent"),
    [
        ("|\n  a\n", "a\n", 2),
        ("|\n\n    a\n   b\n", "\n a\nb\n", 3),
        ("|1\n   \n  a\n", "  \n a\n", 1),
        ("|1\n   \n", "  \n", 1),
        ("|\n   \n", "", 3),
        ("|\ra\r", "a\n", 0),
        ("|", "", 0),
    ],
)
def test_block_indentation_is_derived_from_text_and_value(raw: str, value: str, indent: int) -> None:
    assert block_indent(raw, value) == indent
    assert value_of(raw, ScalarStyle.LITERAL, indent) == value

"""Splicing: what is replaced, what stays, what is refused."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.model import Edit, Span
from migrate.text.edits import apply_edits


def edit(start: int, end: int, replacement: str) -> Edit:
    return Edit(Span(start, end), replacement)


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        ([], "abcdef"),
        ([edit(0, 6, "")], ""),
        ([edit(1, 2, "😀😀")], "a😀😀cdef"),
        ([edit(4, 5, "Y"), edit(1, 2, "X")], "aXcdYf"),
        ([edit(1, 3, "X"), edit(3, 5, "Y")], "aXYf"),
        ([edit(3, 3, "+")], "abc+def"),
        ([edit(0, 0, "<"), edit(6, 6, ">")], "<abcdef>"),
        ([edit(3, 5, "X"), edit(3, 3, "+")], "abc+Xf"),
    ],
)
def test_edits_refer_to_offsets_in_the_original_text(edits: list[Edit], result: str) -> None:
    assert apply_edits("abcdef", edits) == result


@pytest.mark.parametrize(
    "edits",
    [
        [edit(1, 3, "X"), edit(2, 4, "Y")],
        [edit(1, 4, "X"), edit(2, 3, "Y")],
        [edit(1, 4, "X"), edit(1, 2, "Y")],
        [edit(1, 2, "X"), edit(1, 2, "X")],
        [edit(3, 3, "X"), edit(3, 3, "Y")],
        [edit(5, 7, "X")],
        [edit(-1, 2, "X")],
        [edit(3, 2, "X")],
    ],
)
def test_edits_that_overlap_or_exceed_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another edit or exceeds the text"):
        apply_edits("abcdef", edits)


@given(
    st.text(max_size=20),
    st.sets(st.integers(0, 20)),
    st.text(max_size=3),
    st.randoms(use_true_random=False),
)
def test_splicing_equals_replacing_from_the_back(text: str, cuts: set[int], new: str, random: Random) -> None:
    places = [cut for cut in sorted(cuts) if cut <= len(text)]
    edits = [edit(start, end, new) for start, end in zip(places[::2], places[1::2], strict=False)]
    expected = text
    for each in reversed(edits):
        expected = expected[: each.span.start] + new + expected[each.span.end :]
    random.shuffle(edits)
    assert apply_edits(text, edits) == expected

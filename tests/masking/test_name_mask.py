"""Names in which secrets of the run stand are masked, however many secrets there are."""

from __future__ import annotations

import time

from migrate.masking.name_mask import NameMask
from migrate.model import MASK


def test_secrets_that_overlap_in_a_name_are_masked_as_one() -> None:
    mask = NameMask(["abc123DEF", "DEF456ghi"])
    assert mask("at/abc123DEF456ghi/x") == f"at/{MASK}/x"


def test_longer_of_two_secrets_with_one_beginning_is_masked_whole() -> None:
    mask = NameMask(["abc123DEF", "abc123DEF456"])
    assert mask("abc123DEF456, abc123DEF") == f"{MASK}, {MASK}"
    assert mask.is_in("x-abc123DEF")
    assert not mask.is_in("x-abc123DE")


def test_many_secrets_with_one_beginning_are_looked_for_at_once() -> None:
    texts = [f"${{env:X, 'k{number:06}-Qz'}}" for number in range(20_000)]
    mask = NameMask(texts)
    began = time.process_time()
    assert all(mask(text) == MASK for text in texts)
    assert time.process_time() - began < 2  # a look at each of them would take minutes

"""A sample of a long table in every run of the tests, and the whole table under the marker `slow`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(rows: Iterable[Any], every: int) -> list[Any]:
    """Return the rows of `parametrize`: each `every`-th for every run, those between for `slow` alone."""
    return [row if number % every == 0 else slow(row) for number, row in enumerate(rows)]


def slow(row: Any) -> Any:
    """Return a row of `parametrize`, a tuple or one value, that is run under `slow` alone."""
    return pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=pytest.mark.slow)

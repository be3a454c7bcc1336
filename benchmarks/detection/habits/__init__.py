"""Seeded authors: they write services as their teams would, in marked text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.detection.habits import blind, dev
from benchmarks.detection.habits.pens import Files

_AUTHORS: dict[str, Callable[[str], Iterator[tuple[str, Files]]]] = {"dev": dev.services, "blind": blind.services}


def authored(part: str, seed: str) -> Iterator[tuple[str, Files]]:
    """Yield the services of a part's authors, by name."""
    return _AUTHORS[part](seed)

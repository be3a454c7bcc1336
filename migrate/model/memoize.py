"""Answers about a whole file are worked out once, not once for each of the many findings in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")
_KEPT = 16


def once_each(function: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """The function with its answers kept for the objects that it was asked about last.

    Objects are told apart by identity: to compare or hash a file would mean going through all of it again.
    """
    known: dict[int, tuple[_Asked, _Answer]] = {}

    def answer(asked: _Asked) -> _Answer:
        held = known.get(id(asked))
        if held is None:  # while an entry holds its object, no other can have the same id
            held = asked, function(asked)
            if len(known) >= _KEPT:
                known.pop(next(iter(known)), None)
            known[id(asked)] = held
        return held[1]

    return answer

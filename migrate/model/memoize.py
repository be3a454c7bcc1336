"""A cache for what is computed from a whole file and asked for by many findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_CAPACITY = 16


def memoize_by_identity(function: Callable[[_Argument], _Result]) -> Callable[[_Argument], _Result]:
    """Cache a function per object, by identity.

    Hashing a whole file would cost as much as the work. The results for the last 16 objects are kept.
    """
    entries: dict[int, tuple[_Argument, _Result]] = {}

    def cached(argument: _Argument) -> _Result:
        entry = entries.get(id(argument))
        if entry is None:  # while an entry holds its object, no other can have its id
            entry = argument, function(argument)
            if len(entries) >= _CAPACITY:
                entries.pop(next(iter(entries)), None)
            entries[id(argument)] = entry
        return entry[1]

    return cached

"""Counts and lists in words."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """`1 value`, `2 values`, `3 repositories`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith(("ry", "ty")) else f"{number} {noun}s"


def phrases(*rows: tuple[object, str]) -> list[str]:
    """Return the phrases whose condition holds, such as `(2, "2 moved")`."""
    return [phrase for holds, phrase in rows if holds]


def enumerated(words: Sequence[str], conjunction: str = "and") -> str:
    """`put 2 parameters, overwrite 1 parameter and rewrite 1 file`."""
    return f" {conjunction} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

"""Patterns in which `*` alone is special, matched in a time that no pattern can blow up."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches_glob(text: str, pattern: str) -> bool:
    """Return whether a pattern matches a whole text; `*` is for any characters.

    fnmatch never goes back over what a `*` has taken, as an expression of `.*` would: patterns come from files.
    """
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))

"""The unified diff of two texts, as git would show it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

_NO_NEWLINE = "\\ No newline at end of file"


def unified(before: str, after: str, path: str) -> Iterator[str]:
    """The lines of a diff without their line ends; nothing where the texts are equal.

    Lines end at `\\n` alone: `str.splitlines` would also split at U+2028 and the like.
    """
    for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm="\n"):
        if line.endswith("\n"):
            yield line[:-1].removesuffix("\r")
        else:
            yield line
            yield _NO_NEWLINE


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines

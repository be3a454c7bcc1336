"""Key paths: the address of a value in a manifest, its written form, and patterns over it."""

from __future__ import annotations

import re
from functools import cached_property

from msgspec import Struct

from migrate.model.globs import matches_glob
from migrate.model.lazy_pattern import LazyPattern

_PLAIN_KEY = LazyPattern(r"[^.\[\]\"'\s]+")
_SEGMENT = LazyPattern(r"""\[(?P<index>\d+)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<plain>[^.\[\]"']+)""")


class KeyPath(Struct, frozen=True):
    """The keys and list indexes that lead from a file's root to one value."""

    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        """Write the path: dotted, `[0]` for list items, `["a.b"]` for odd keys."""
        text = ""
        for part in self.parts:
            if isinstance(part, int):
                text += f"[{part}]"
            elif _PLAIN_KEY.fullmatch(part):
                text += f".{part}" if text else part
            else:
                escaped = part.replace("\\", "\\\\").replace('"', '\\"')
                text += f'["{escaped}"]'
        return text

    @classmethod
    def parse(cls, text: str) -> KeyPath:
        """Parse what `str()` wrote. Raises ValueError."""
        parts: list[str | int] = []
        at = 0
        while at < len(text):
            if parts and text[at] == ".":
                at += 1
            found = _SEGMENT.match(text, at)
            if found is None:
                raise ValueError(f"not a key path, at character {at + 1}")
            if found["index"] is not None:
                parts.append(int(found["index"]))
            elif found["quoted"] is not None:
                parts.append(re.sub(r"\\(.)", r"\1", found["quoted"], flags=re.DOTALL))
            else:
                parts.append(found["plain"])
            at = found.end()
        if not parts:
            raise ValueError("an empty key path")
        return cls(tuple(parts))

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the mapping keys alone, without list indexes."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def leaf(self) -> str:
        """Return the last mapping key, '' in a bare list."""
        return self.keys[-1] if self.keys else ""

    @property
    def parent(self) -> KeyPath:
        """Return the path without its last part."""
        return KeyPath(self.parts[:-1])

    def starts_with(self, *parts: str | int) -> bool:
        """Check that the path begins with these parts."""
        return self.parts[: len(parts)] == parts


_PATTERN_SEGMENT = LazyPattern(
    r"""\[(?P<index>\d+|\*)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<across>\*\*)|(?P<plain>[^.\[\]"']+)"""
)


class KeyPattern(Struct, frozen=True, dict=True):
    """A key path in which `*` matches within one segment and `**` any number of segments."""

    text: str

    @cached_property
    def _segments(self) -> tuple[str | None, ...] | None:
        """Split the pattern into segments, None in them for `**`.

        An invalid pattern has none at all, and never matches.
        """
        found: list[str | None] = []
        at = 0
        while at < len(self.text):
            at += self.text[at] == "." and bool(found)
            segment = _PATTERN_SEGMENT.match(self.text, at)
            if segment is None:
                return None
            text = segment["index"] or segment["plain"]
            if segment["quoted"] is not None:
                text = re.sub(r"\\(.)", r"\1", segment["quoted"])
            found.append(None if segment["across"] else text or "")
            at = segment.end()
        return tuple(found)

    @property
    def is_pattern(self) -> bool:
        """Check that the text is a valid pattern."""
        return bool(self._segments)

    def matches(self, path: KeyPath) -> bool:
        """Check that the pattern matches the whole path."""
        return self._segments is not None and _covers(self._segments, tuple(str(part) for part in path.parts))


def _covers(segments: tuple[str | None, ...], parts: tuple[str, ...]) -> bool:
    reached = {0}
    for segment in segments:
        if segment is None:
            reached = set(range(min(reached), len(parts) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(parts) and matches_glob(parts[at], segment)}
    return len(parts) in reached

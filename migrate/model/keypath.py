"""Where a value stands in a manifest: key paths, their text, and patterns over them."""

from __future__ import annotations

import re
from functools import cached_property

from msgspec import Struct

from migrate.model.lazy_pattern import Expression

_PLAIN_KEY = Expression(r"[^.\[\]\"'\s]+")
_SEGMENT = Expression(r"""\[(?P<index>\d+)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<plain>[^.\[\]"']+)""")


class KeyPath(Struct, frozen=True):
    """The keys and list indexes that lead from a file's root to one value."""

    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        """Dotted, `[0]` for list items, `["a.b"]` for keys that could be misread."""
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
        """The path that `str()` wrote; ValueError where the text is none."""
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
        """The mapping keys alone, without list indexes."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def leaf(self) -> str:
        """The last mapping key, or '' in a bare list."""
        return self.keys[-1] if self.keys else ""

    @property
    def parent(self) -> KeyPath:
        """The path without its last part."""
        return KeyPath(self.parts[:-1])

    def starts_with(self, *parts: str | int) -> bool:
        """Whether the path begins with these parts."""
        return self.parts[: len(parts)] == parts


_PATTERN_SEGMENT = Expression(
    r"""\[(?P<index>\d+|\*)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<across>\*\*)|(?P<plain>[^.\[\]"']+)"""
)


class KeyPattern(Struct, frozen=True, dict=True):
    """A key path in which `*` matches within one segment and `**` any number of segments."""

    text: str

    @cached_property
    def _segments(self) -> tuple[re.Pattern[str] | None, ...]:
        """An expression for each segment, None for `**`; never one that matches where the text is no pattern."""
        found: list[re.Pattern[str] | None] = []
        at = 0
        while at < len(self.text):
            at += self.text[at] == "." and bool(found)
            segment = _PATTERN_SEGMENT.match(self.text, at)
            if segment is None:
                return (re.compile(r"(?!)"),)
            text = segment["index"] or segment["plain"]
            if segment["quoted"] is not None:
                text = re.sub(r"\\(.)", r"\1", segment["quoted"])
            found.append(None if segment["across"] else re.compile(_glob(text or ""), re.DOTALL))
            at = segment.end()
        return tuple(found)

    @property
    def is_pattern(self) -> bool:
        """Whether the text can be read as one."""
        return bool(self._segments) and self._segments[0] != re.compile(r"(?!)")

    def matches(self, path: KeyPath) -> bool:
        """Whether the pattern covers the whole of the path."""
        return _covers(self._segments, tuple(str(part) for part in path.parts))


def _glob(text: str) -> str:
    return ".*".join(re.escape(piece) for piece in text.split("*"))


def _covers(segments: tuple[re.Pattern[str] | None, ...], parts: tuple[str, ...]) -> bool:
    reached = {0}
    for segment in segments:
        if segment is None:
            reached = set(range(min(reached), len(parts) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(parts) and segment.fullmatch(parts[at])}
    return len(parts) in reached

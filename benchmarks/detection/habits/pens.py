"""How an author writes YAML or JSON: case of keys, quotes, indentation, comments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

_SPECIAL = re.compile(r"^[\s*&!|>%@`#?\[\]{},'\"-]|: |:$| #|^$")
_ANY_MARKER = re.compile(r"@@.+?@@")
_NEEDS_NO_DOUBLE = re.compile(r":pw-strong|\\")
_LITERAL = re.compile(r"@@[a-z~?.-]+=(.+?)@@")  # their text is known already

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key, as words, and its value, as marked text."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Pen:
    """An author's hand. `quotes` are chances of single and of double quotes; the rest stays plain."""

    case: Callable[[str], str]
    indent: int = 2
    quotes: tuple[float, float] = (0.1, 0.1)
    remarks: tuple[str, ...] = ()
    directives: str = ""

    def file(self, *lines: str) -> str:
        """Return a file's text with its directive line."""
        head = f"@@file {self.directives}@@\n" if self.directives else ""
        return head + "\n".join(lines).rstrip("\n") + "\n"

    def entries(self, rng: Random, entries: Iterable[Entry], depth: int) -> list[str]:
        """Write the lines of a map at a depth, with a remark here and there."""
        lines = []
        for entry in entries:
            if self.remarks and rng.random() < 0.07:
                lines.append(self.pad(depth) + "# " + rng.choice(self.remarks))
            lines.append(f"{self.pad(depth)}{self.case(entry.words)}: {self.quoted(rng, entry.value)}")
        return lines

    def pad(self, depth: int) -> str:
        """Return the blanks of a depth."""
        return " " * (self.indent * depth)

    def quoted(self, rng: Random, value: str) -> str:
        """Quote a value as this author does, or as YAML asks for."""
        if _visible(value).startswith("!"):
            return value
        chance = rng.random()
        single, double = self.quotes
        style = "'" if chance < single else '"' if chance < single + double else ""
        if not style and _SPECIAL.search(_visible(value)):
            style = '"' if "'" in value else "'"
        if style == '"' and _NEEDS_NO_DOUBLE.search(value):
            style = "'"
        if style == "'" and "'" in value:
            style = "" if not _SPECIAL.search(_visible(value)) else '"'
        return f"{style}{value}{style}"


def _visible(value: str) -> str:
    """Return the value as far as it is known before markers become values."""
    return _ANY_MARKER.sub("x", _LITERAL.sub(r"\1", value))


def json_text(tree: dict[str, object], indent: int | str) -> str:
    """Write JSON with marked strings.

    Shapes that would need escapes give way to ones that need none.
    """
    return json.dumps(tree, indent=indent, ensure_ascii=False).replace("pw-strong", "pw").replace("\\\\n", "\\n") + "\n"


def upper(words: str) -> str:
    """Write words as DB_PASSWORD."""
    return words.upper().replace(" ", "_")


def camel(words: str) -> str:
    """Write words as dbPassword."""
    first, *rest = words.split()
    return first + "".join(word.capitalize() for word in rest)


def pascal(words: str) -> str:
    """Write words as DbPassword."""
    return "".join(word.capitalize() for word in words.split())


def snake(words: str) -> str:
    """Write words as db_password."""
    return words.replace(" ", "_")


def kebab(words: str) -> str:
    """Write words as db-password."""
    return words.replace(" ", "-")


def dotted(words: str) -> str:
    """Write words as db.password."""
    return words.replace(" ", ".")

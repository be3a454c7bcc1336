"""Expand marked templates.

`@@password:pw@@` stands for a made-up password and labels it as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from benchmarks.detection import shapes

_MARKER = re.compile(
    r"@@(?P<label>[a-z-]+|[~?.])(?:=(?P<literal>.+?)"
    r"|:(?P<shape>[A-Za-z0-9-]+)(?:#(?P<name>\w+))?(?:<(?P<prefix>[^@]+))?)@@"
)
_DIRECTIVE = re.compile(r"\A@@file (?P<words>[a-z -]+)@@\n")
_FILL = "."


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled stretch of a finished text; offsets in code points."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """A template with its markers resolved, and how its bytes shall look."""

    text: str
    marks: tuple[Mark, ...]
    directives: frozenset[str]

    @property
    def encoded(self) -> bytes:
        """Encode the file by its directives."""
        text = self.text.removesuffix("\n") if "no-final-newline" in self.directives else self.text
        return ("\ufeff" if "bom" in self.directives else "").encode() + text.encode()


class Expander:
    """Resolves the markers of one service, a `#name` to one value wherever it occurs."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._named: dict[str, str] = {}

    def expand(self, file: str, template: str) -> Expanded:
        """Expand a template. Raises ValueError for a marker that can't be read."""
        directive = _DIRECTIVE.match(template)
        directives = frozenset(directive["words"].split()) if directive else frozenset()
        body = template[directive.end() :] if directive else template
        if "crlf" in directives:
            body = body.replace("\n", "\r\n")
        text, marks = self._resolve(file, body)
        return Expanded(text, marks, directives)

    def _resolve(self, file: str, body: str) -> tuple[str, tuple[Mark, ...]]:
        pieces: list[str] = []
        marks: list[Mark] = []
        at = length = 0
        for number, marker in enumerate(_MARKER.finditer(body)):
            value = self._value(marker, f"{file}:{number}")
            length += marker.start() - at
            pieces += _plain(file, body[at : marker.start()]), value
            if marker["label"] != _FILL:
                marks.append(Mark(length, length + len(value), marker["label"]))
            length += len(value)
            at = marker.end()
        return "".join((*pieces, _plain(file, body[at:]))), tuple(marks)

    def _value(self, marker: re.Match[str], place: str) -> str:
        if marker["literal"] is not None:
            return marker["literal"]
        name = f"{marker['shape']}#{marker['name'] or place}"
        if name not in self._named:
            self._named[name] = shapes.make(marker["shape"], Random(f"{self._seed}:{name}"))
        return (marker["prefix"] or "") + self._named[name]


def _plain(file: str, text: str) -> str:
    if "@@" in text:
        raise ValueError(f"{file}: a marker is misspelled near {text[text.index('@@') :][:40]!r}")
    return text

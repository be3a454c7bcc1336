"""What the author of a file meant each of its values to be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from benchmarks.detection.markers import Expanded, Mark
from benchmarks.detection.places import Place, places
from migrate.model import Kind

_TEMPTING, _PLACEHOLDER = "~", "?"


class Verdict(StrEnum):
    """What a value is. `TEMPTING` ones are no secrets though something about them looks like it."""

    SECRET = "secret"
    PLACEHOLDER = "placeholder"
    TEMPTING = "tempting"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Label:
    """One value of a file. `part` is the secret's span within the value, None where it is all of it.

    `where` is the kind of place: environment, function-environment, included or elsewhere.
    """

    file: str
    key_path: str
    occurrence: int
    line: int
    end_line: int
    verdict: Verdict
    style: str
    where: str
    kind: Kind | None = None
    part: tuple[int, int] | None = None


def labels(file: str, expanded: Expanded, is_manifest: bool) -> tuple[Label, ...]:
    """Label every value. Raises ValueError for a mark that is inside no value."""
    made: list[Label] = []
    left = list(expanded.marks)
    for place in places(expanded.text):
        inside = [mark for mark in left if place.start <= mark.start and mark.end <= place.end]
        left = [mark for mark in left if mark not in inside]
        made += _labelled(file, expanded.text, place, inside, _where(place.path, is_manifest))
    if left:
        raise ValueError(
            f"{file}: a mark is not inside one value: {expanded.text[left[0].start - 30 : left[0].start]!r}"
        )
    return tuple(made)


def write(path: Path, made: Iterable[Label]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(asdict(label)) + "\n" for label in made))


def _labelled(file: str, text: str, place: Place, marks: list[Mark], where: str) -> list[Label]:
    secrets = [mark for mark in marks if mark.label not in (_TEMPTING, _PLACEHOLDER)]
    verdict = Verdict.SECRET if secrets else _harmless(marks)
    label = Label(
        file, place.path, place.occurrence, place.line, place.end_line, verdict, style=place.style, where=where
    )
    return [replace(label, kind=Kind(mark.label), part=_part(text, place, mark)) for mark in secrets] or [label]


def _harmless(marks: list[Mark]) -> Verdict:
    if any(mark.label == _PLACEHOLDER for mark in marks):
        return Verdict.PLACEHOLDER
    return Verdict.TEMPTING if marks else Verdict.ORDINARY


def _part(text: str, place: Place, mark: Mark) -> tuple[int, int] | None:
    """Return the mark's span within the value, or None where it covers it.

    Blanks and line breaks at the value's ends don't count.
    """
    source = text[mark.start : mark.end]
    if place.value.strip() == source or place.style in ("literal", "folded"):
        return None
    at = mark.start - place.start - (place.style != "plain")
    if place.value[at : at + len(source)] != source:
        at = place.value.find(source)
    return (at, at + len(source)) if at >= 0 else None


def _where(path: str, is_manifest: bool) -> str:
    if not is_manifest:
        return "included"
    if path.startswith(("provider.environment", "provider.enviroment")):
        return "environment"
    return "function-environment" if path.startswith("functions.") and ".environment." in path else "elsewhere"

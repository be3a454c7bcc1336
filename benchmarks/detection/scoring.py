"""Compare a tool's findings with the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.detection.hits import Hit
from benchmarks.detection.labels import Label, Verdict
from migrate.model import Confidence, Kind

Alarm = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """Of the findings at secrets: how many there are, cover the secret's part, are exactly it."""

    all: int = 0
    covering: int = 0
    exact: int = 0

    def __add__(self, other: Parts) -> Parts:
        return Parts(self.all + other.all, self.covering + other.covering, self.exact + other.exact)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of true and false findings and of missed secrets, and what follows from them."""

    hits: int
    alarms: int
    misses: int

    @property
    def precision(self) -> float:
        """Return the share of the findings that is right; 1 where there is none."""
        return self.hits / (self.hits + self.alarms) if self.hits + self.alarms else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the secrets that was found."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A tool's findings by what they are. Findings at placeholders are in neither.

    `found` has each labelled secret's highest confidence, `alarms` each wrong place's confidence and kind.
    """

    secrets: tuple[Label, ...]
    found: Mapping[Label, Confidence]
    alarms: Mapping[Alarm, tuple[Confidence, str]]
    parts: Parts

    def score(self, at_least: Confidence = Confidence.LOW, kind: Kind | None = None) -> Score:
        """Score the findings from a level up, of one kind or of all."""
        secrets = [label for label in self.secrets if kind in (None, label.kind)]
        hits = sum(self.found.get(label, 0) >= at_least for label in secrets)
        alarms = sum(level >= at_least and kind in (None, of) for level, of in self.alarms.values())
        return Score(hits, alarms, len(secrets) - hits)

    def at_level(self, level: Confidence) -> Score:
        """Score the findings of exactly this level."""
        hits = sum(found == level for found in self.found.values())
        alarms = sum(of == level for of, _ in self.alarms.values())
        return Score(hits, alarms, len(self.secrets) - hits)

    def misses(self, at_least: Confidence) -> list[Label]:
        """Return the secrets that were not found at this level or above."""
        return [label for label in self.secrets if self.found.get(label, 0) < at_least]


def judge(labels: Iterable[Label], hits: Iterable[Hit]) -> Judged:
    """Match findings to labels.

    By file, key path and line where a tool names key paths, else by file and line.
    """
    labels = tuple(labels)
    by_line = _by_line(labels)
    found: dict[Label, Confidence] = {}
    alarms: dict[Alarm, tuple[Confidence, str]] = {}
    parts = Parts()
    for hit in hits:
        near = dict.fromkeys(label for line in hit.lines for label in by_line.get((hit.file, line), ()))
        met = [label for label in near if hit.key_path in ("", label.key_path)]
        right = [label for label in met if label.verdict is Verdict.SECRET and _overlap(hit, label)]
        for label in right:
            found[label] = max(hit.confidence, found.get(label, Confidence.LOW))
            parts += _parts(hit, label)
        if not right and not any(label.verdict is Verdict.PLACEHOLDER for label in met):
            place = (hit.file, hit.lines[0], hit.key_path)
            alarms[place] = max((hit.confidence, hit.kind), alarms.get(place, (Confidence.LOW, hit.kind)))
    secrets = tuple(label for label in labels if label.verdict is Verdict.SECRET)
    return Judged(secrets, found, alarms, parts)


def _by_line(labels: Iterable[Label]) -> dict[tuple[str, int], list[Label]]:
    found: dict[tuple[str, int], list[Label]] = {}
    for label in labels:
        for line in range(label.line, label.end_line + 1):
            found.setdefault((label.file, line), []).append(label)
    return found


def _overlap(hit: Hit, label: Label) -> bool:
    """Return whether two parts share a character; None is all of the value."""
    return hit.part is None or label.part is None or (hit.part[0] < label.part[1] and label.part[0] < hit.part[1])


def _parts(hit: Hit, label: Label) -> Parts:
    covering = hit.part is None or (
        label.part is not None and hit.part[0] <= label.part[0] and label.part[1] <= hit.part[1]
    )
    return Parts(1, int(covering), int(hit.part == label.part))

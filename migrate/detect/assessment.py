"""The input and result of scoring: a text with its surroundings, evidence, an assessment."""

from __future__ import annotations

from msgspec import Struct

from migrate.detect.context import Context
from migrate.detect.shapes import Shape
from migrate.detect.value_names import ValueName
from migrate.model import Confidence, Kind, Span

HIGH, MEDIUM, LOW = 60, 40, 20  # the points that reach a level


class Evidence(Struct, frozen=True):
    """A point for or against a secret: words for the reason, '' for none, and points."""

    description: str
    points: int


class Assessment(Struct, frozen=True):
    """A piece of a text that is taken for a secret, `span` None for all of it; `rule` is the rule's id."""

    rule: str
    kind: Kind
    evidence: tuple[Evidence, ...]
    span: Span | None = None
    placeholder: bool = False

    @property
    def points(self) -> int:
        """Return the sum of all evidence."""
        return sum(evidence.points for evidence in self.evidence)

    @property
    def reason(self) -> str:
        """Return the evidence in words."""
        return ", ".join(evidence.description for evidence in self.evidence if evidence.description)

    @property
    def confidence(self) -> Confidence | None:
        """Return the level that the points reach, None where they reach none."""
        points = self.points
        if points >= HIGH:
            return Confidence.HIGH
        if points >= MEDIUM:
            return Confidence.MEDIUM
        return Confidence.LOW if points >= LOW else None


class ScoringInput(Struct, frozen=True):
    """A text and all that is known about where it was found.

    `shapes` are those that the text may hold, `siblings` the values next to it where they matter, `users` those of
    them that name a user. `announced`: a comment marks the value as to be replaced.
    """

    text: str
    name: ValueName
    context: Context
    shapes: tuple[Shape, ...] = ()
    siblings: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    in_list: bool = False
    announced: bool = False


def evidence_if(holds: object, description: str, points: int) -> tuple[Evidence, ...]:
    """Return a row of evidence where its condition holds, else none."""
    return (Evidence(description, points),) if holds else ()


def evidence_of_context(context: Context) -> Evidence:
    """Weigh the surroundings of a token or a part.

    These need no name, so only examples and descriptions count against them.
    """
    return Evidence(context.description, min(0, context.points) if context.points < -10 else max(0, context.points))


def overlaps(assessment: Assessment, others: list[Assessment]) -> bool:
    """Return whether a piece shares characters with one of the others."""
    span = assessment.span
    return span is not None and any(
        other.span is not None and span.start < other.span.end and other.span.start < span.end for other in others
    )

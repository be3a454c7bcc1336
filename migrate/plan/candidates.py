"""Candidates: the text of a value that would move, and the ways in which a person may move it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.framework.jsyaml import Resolved, ScalarKind, is_canonical, resolve
from migrate.model import Finding, Form, ScalarStyle, Secret, Span, Tier, Way
from migrate.text.variables import parse


class Candidate(Struct, frozen=True):
    """The text that would move for a finding, with its span in the scalar's value."""

    finding: Finding
    replaces: Span
    secret: Secret
    deployment: Deployment
    tier: Tier

    @property
    def whole(self) -> bool:
        """Return whether the reference would be all that is left of the value."""
        return self.replaces == Span(0, len(self.finding.scalar.value))


class Choice(Struct, frozen=True):
    """A way in which a person may move a value, in words."""

    way: Way
    label: str


_ONLY = (Choice(Way.USUAL, "Move it"),)
_WHOLE_OR_PART = (Choice(Way.USUAL, "Move it"), Choice(Way.PART, "Move only the secret part of it"))
_NUMBER = (
    Choice(Way.USUAL, "Move it as it is deployed today"),
    Choice(Way.WRITTEN, "Move it as it is written"),
)


def candidate_of(finding: Finding, deployment: Deployment, tier: Tier) -> Candidate:
    """Determine what moves for a finding.

    It is the part where the value holds variables or the part is a fallback, else all of the value.
    """
    value = finding.scalar.value
    replaces = Span(0, len(value))
    if finding.form is Form.FALLBACK and finding.part is not None:
        replaces = Span(finding.part.start - 1, finding.part.end + 1)
        return Candidate(finding, replaces, finding.secret, deployment, tier)
    if finding.part is not None and holds_variable(value, deployment):
        return Candidate(finding, finding.part, finding.secret, deployment, tier)
    candidate = Candidate(finding, replaces, Secret(value), deployment, tier)
    reading = untyped_reading(candidate)
    if reading and reading.kind is ScalarKind.NUMBER and reading.deployed:
        return replace(candidate, secret=Secret(reading.deployed))
    return candidate


def choices_of(candidate: Candidate) -> tuple[Choice, ...]:
    """List the ways to move a candidate, the one that is taken without a person first."""
    if is_rewritten_number(candidate):
        return _NUMBER
    return _WHOLE_OR_PART if candidate.whole and candidate.finding.form is Form.PART else _ONLY


def move_by(candidate: Candidate, way: Way) -> Candidate:
    """Return the candidate as it moves in a way.

    A way that it does not have changes nothing.
    """
    part = candidate.finding.part
    if way is Way.PART and part is not None and candidate.finding.form is Form.PART:
        return replace(candidate, replaces=part, secret=candidate.finding.secret)
    if way is Way.WRITTEN and is_rewritten_number(candidate):
        return replace(candidate, secret=Secret(candidate.finding.scalar.value))
    return candidate


def holds_variable(value: str, deployment: Deployment) -> bool:
    """Return whether a value holds a variable, in any delimiters.

    The manifest's own delimiters count too.
    """
    return "${" in value or bool(parse(value, deployment.syntax.delimiters))


def untyped_reading(candidate: Candidate) -> Resolved | None:
    """Resolve a scalar by its text; None for one that is quoted or tagged."""
    scalar = candidate.finding.scalar
    if scalar.style is not ScalarStyle.PLAIN or scalar.tag:
        return None
    return resolve(scalar.value, candidate.deployment.framework.release)


def is_rewritten_number(candidate: Candidate) -> bool:
    """Return whether it is a number that is deployed otherwise than it is written."""
    reading = untyped_reading(candidate)
    if reading is None or reading.kind is not ScalarKind.NUMBER:
        return False
    return not is_canonical(candidate.finding.scalar.value, candidate.deployment.framework.release)

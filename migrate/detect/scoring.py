"""The scoring of a text: tokens by their shape, parts of a text, and the whole by its name."""

from __future__ import annotations

import re
from itertools import islice

from migrate.detect import shapes
from migrate.detect.assessment import Assessment, Evidence, ScoringInput, evidence_if, evidence_of_context, overlaps
from migrate.detect.checks import is_public_jwt, is_user_and_password
from migrate.detect.embedded import find_embedded
from migrate.detect.embedded_value import BLANK, EmbeddedValue
from migrate.detect.named_values import assess_among_secrets, assess_beside_aws_id, assess_by_name
from migrate.detect.placeholders import is_placeholder
from migrate.detect.randomness import looks_random
from migrate.detect.value_evidence import (
    CONNECTION_WORDS,
    NAME_POINTS,
    PUBLIC_WORDS,
    REMOTE_HOST,
    STAND_IN,
    evidence_of_value,
)
from migrate.detect.values import ValueClass, classify
from migrate.model import Confidence, Kind

_SHAPE_POINTS = {Confidence.HIGH: 75, Confidence.MEDIUM: 45, Confidence.LOW: 25}
_MOST = 100  # how many tokens and parts of one value are assessed


def assess(subject: ScoringInput) -> list[Assessment]:
    """Return every secret of a text, without overlaps.

    Tokens known by their shape come first, then parts, then the whole.
    """
    assessments = _assess_tokens(subject)
    assessments += [part for part in _assess_parts(subject) if not overlaps(part, assessments)]
    if assessments or BLANK in subject.text:
        return assessments
    whole = assess_beside_aws_id(subject) or assess_by_name(subject) or assess_among_secrets(subject)
    return [whole] if whole is not None else []


def _assess_tokens(subject: ScoringInput) -> list[Assessment]:
    """Assess the tokens of a text that are known by their shape, under whatever name."""
    assessments: list[Assessment] = []
    for shape, span, holds in islice(shapes.find(subject.text, subject.shapes), _MOST):
        token = span.of(subject.text)
        if BLANK in token:
            continue
        evidence = (
            _evidence_of_shape(shape, holds=holds),
            evidence_of_context(subject.context),
            *evidence_if(_is_public(subject, shape, token), "", -25),
        )
        fake = is_placeholder(token, random=looks_random(token)) or (shape.kind is Kind.PRIVATE_KEY and not holds)
        assessment = Assessment(shape.id, shape.kind, evidence, span, fake)
        if not overlaps(assessment, assessments):
            assessments.append(assessment)
    return assessments


def _evidence_of_shape(shape: shapes.Shape, *, holds: bool) -> Evidence:
    """Weigh a token's shape: without its checksum somebody made it up."""
    description = f"{shape.with_article} by its shape"
    if not holds:
        return Evidence(f"{description}, though its checksum does not fit", 40)
    return Evidence(description, _SHAPE_POINTS[shape.confidence])


def _is_public(subject: ScoringInput, shape: shapes.Shape, token: str) -> bool:
    """Return whether a token's claims, or its name's words, mean it for anybody."""
    return (shape.id == "json-web-token" and is_public_jwt(token)) or not PUBLIC_WORDS.isdisjoint(subject.name.words)


def _assess_parts(subject: ScoringInput) -> list[Assessment]:
    """Assess the parts of a text that would be secret if they looked so."""
    assessments: list[Assessment] = []
    connection = not CONNECTION_WORDS.isdisjoint(subject.name.words)
    parts = find_embedded(subject.text, connection=connection, header=subject.name.meaning is not None)
    for part in islice(parts, _MOST):
        assessment = _assess_part(subject, part)
        if assessment is not None and not overlaps(assessment, assessments):
            assessments.append(assessment)
    return assessments


def _assess_part(subject: ScoringInput, part: EmbeddedValue) -> Assessment | None:
    """Assess a part by the text before it and by its looks."""
    text = part.span.of(subject.text)
    if BLANK in text or _is_call(text):
        return None
    is_credentials = part.rule == "authorization-header" and is_user_and_password(text)
    value_class = ValueClass.RANDOM if is_credentials else classify(text, part.meaning.origin)
    if value_class is ValueClass.NEVER:
        return None
    weak = value_class in (ValueClass.WEAK, ValueClass.NAMED)
    made_up = bool(part.user) and weak and STAND_IN.match(part.user) is not None
    in_script = part.rule == "assignment" and "\n" in subject.text
    remote = part.rule == "url-password" and not made_up and REMOTE_HOST.match(subject.text, part.span.end + 1)
    evidence = (
        Evidence(part.reason, NAME_POINTS[part.meaning.strength]),
        evidence_of_context(subject.context),
        *evidence_of_value(part.meaning, value_class, text),
        *evidence_if(made_up, "", -25),
        *evidence_if(in_script, "", -10),
        *evidence_if(remote, "for a host that others reach", 15),
    )
    return Assessment(part.rule, part.meaning.kind, evidence, part.span, value_class is ValueClass.PLACEHOLDER)


def _is_call(text: str) -> bool:
    """Return whether a text is source code: `getenv("X")`, `event[`."""
    return re.match(r"[A-Za-z_][\w.]*[(\[]", text) is not None

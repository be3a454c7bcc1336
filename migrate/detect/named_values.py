"""The assessment of a whole value by its name, by the values next to it, and by the map above it."""

from __future__ import annotations

import re

from migrate.detect.ambiguous_names import ambiguous_name, looks_issued
from migrate.detect.assessment import Assessment, Evidence, ScoringInput, evidence_if, evidence_of_context
from migrate.detect.context import AMONG_SECRETS, IN_HEADERS
from migrate.detect.embedded import is_json
from migrate.detect.name_meaning import NameMeaning, Strength
from migrate.detect.name_words import vocabulary
from migrate.detect.names import excludes_secret
from migrate.detect.placeholders import is_placeholder
from migrate.detect.randomness import looks_random
from migrate.detect.references import is_reference
from migrate.detect.rules import named_rules
from migrate.detect.value_evidence import (
    CONNECTION_WORDS,
    NAME_POINTS,
    PUBLIC_WORDS,
    REMOTE_HOST,
    STAND_IN,
    evidence_of_value,
)
from migrate.detect.values import ValueClass, classify
from migrate.model import Kind
from migrate.model.lazy_pattern import LazyPattern

_LONGEST = 4096  # how much of a value its name is held against: a parameter holds no more than twice that
_AWS_ID = LazyPattern(r"(?:AKIA|ASIA)[A-Z0-9]{12,}")
_AWS_SECRET = LazyPattern(r"[A-Za-z0-9/+]{40}")
_ANY_URL = LazyPattern(r"(?:https?:)?//[^\s/]+(/\S*)|(/?(?:[\w.-]+/)+[\w-]+)")
_ADDRESS = LazyPattern(r"0x[0-9a-fA-F]{40}")
# Among these words of a name 40 random characters are a digest or an id, though an access key id is near.
_NOT_FOR_IDS = vocabulary("public publishable anon site sha commit hash version client pool captcha recaptcha")


def assess_beside_aws_id(subject: ScoringInput) -> Assessment | None:
    """Assess the 40 characters next to an AWS access key id, under any name."""
    text = subject.text
    if _AWS_SECRET.fullmatch(text) is None or not looks_random(text) or is_placeholder(text, random=True):
        return None
    words = subject.name.words
    if text.islower() or text.isupper() or excludes_secret(words) or not _NOT_FOR_IDS.isdisjoint(words):
        return None
    named = subject.name.meaning is not None and words[-2:] == ("access", "key") and "secret" in words
    if not named and not any(_AWS_ID.fullmatch(value) for value in subject.siblings):
        return None
    description = "the length of an AWS secret access key"
    if not named:
        description += ", and the access key id stands beside it"
    return Assessment("aws-secret-key", Kind.API_KEY, (Evidence(description, 75), evidence_of_context(subject.context)))


def assess_by_name(subject: ScoringInput) -> Assessment | None:
    """Assess a value whose name means a secret.

    A doubtful name does if the value looks issued.
    """
    meaning = subject.name.meaning or ambiguous_name(subject.name.words)
    if meaning is None or not subject.context.named or is_json(subject.text):
        return None
    if meaning.strength is Strength.DOUBTED and not looks_issued(subject.text, meaning.kind):
        return None
    value_class = _class_of(subject, meaning)
    if value_class is ValueClass.NEVER:
        return None
    evidence = (
        Evidence(f"named like {meaning.description}", NAME_POINTS[meaning.strength]),
        Evidence(subject.context.description, subject.context.points),
        *evidence_of_value(meaning, value_class, subject.text),
        *_evidence_against(subject, value_class),
        *_evidence_for(subject, meaning, value_class),
        *_evidence_of_user(subject, meaning, value_class),
    )
    rule = named_rules()[meaning.kind]
    return Assessment(rule, meaning.kind, evidence, None, value_class is ValueClass.PLACEHOLDER)


def assess_among_secrets(subject: ScoringInput) -> Assessment | None:
    """Assess a long random value among secrets, under a name that means nothing."""
    words = subject.name.words
    if subject.name.meaning is not None or subject.context not in (AMONG_SECRETS, IN_HEADERS):
        return None
    if not words or excludes_secret(words) or not PUBLIC_WORDS.isdisjoint(words):
        return None
    if len(subject.text) < 16 or classify(subject.text) is not ValueClass.RANDOM:
        return None
    evidence = (evidence_of_context(subject.context), Evidence(ValueClass.RANDOM.value, 40))
    return Assessment("among-secrets", Kind.OTHER, evidence)


def _class_of(subject: ScoringInput, meaning: NameMeaning) -> ValueClass:
    """Return what a value looks like to one who knows what its name promises."""
    if meaning.kind is Kind.WEBHOOK:
        return ValueClass.PLAIN if _is_webhook(subject.text) else ValueClass.NEVER
    text = subject.text[:_LONGEST]
    if is_reference(text) or (_ADDRESS.fullmatch(text) and "secret" not in subject.name.words):
        return ValueClass.NEVER
    if len(text) > 100 and (meaning.kind is Kind.PRIVATE_KEY or "\n" in text):
        text = "".join(text.replace("\\n", "\n").split())
    return classify(text, meaning.origin, subject.name.words)


def _is_webhook(text: str) -> bool:
    """Return whether a text is a URL, or the path of one, that holds a random part."""
    match = _ANY_URL.fullmatch(text)
    if match is None:
        return False
    return any(len(piece) > 15 and looks_random(piece) for piece in re.split(r"[/?&=]", match[1] or match[2] or ""))


def _evidence_against(subject: ScoringInput, value_class: ValueClass) -> list[Evidence]:
    """Weigh what speaks against a value whose name means a secret."""
    certain = value_class is ValueClass.RANDOM
    repeated = subject.text.istitle() and (subject.text.lower(),) == subject.name.words[-1:]
    short = subject.name.words[-3:] == ("secret", "access", "key")
    return [
        *evidence_if(repeated, "repeats its name", -15),
        *evidence_if(subject.in_list and not certain, "in a list", -15),
        *evidence_if(subject.announced and not certain, "with a comment that it is to be changed", -30),
        *evidence_if(short, "not as long as an AWS secret access key", -30),
    ]


def _evidence_for(subject: ScoringInput, meaning: NameMeaning, value_class: ValueClass) -> tuple[Evidence, ...]:
    """Weigh what makes a value surer than its name and looks: one thing at most."""
    if meaning.strength is Strength.FAIR and value_class is ValueClass.RANDOM and len(subject.text) > 19:
        return (Evidence("and long", 5),)
    if subject.context.points < 5 or subject.in_list or any(STAND_IN.match(user) for user in subject.users):
        return ()
    if meaning.kind is Kind.PASSWORD and meaning.strength is Strength.STRONG:
        return _evidence_for_weak_password(subject, value_class)
    words = subject.name.words
    if meaning.strength is not Strength.WEAK or len(words) < 2:
        return ()
    if value_class is ValueClass.UUID and words[-1] == "key":
        return (Evidence("under a key of somebody", 5),)
    issued = value_class is ValueClass.RANDOM and len(subject.text) > 31 and words[-1] in ("key", "auth")
    return evidence_if(issued, "as long as an issued key", 15)


def _evidence_for_weak_password(subject: ScoringInput, value_class: ValueClass) -> tuple[Evidence, ...]:
    """Weigh what makes a weak password real: a database's name, or digits."""
    if value_class is not ValueClass.WEAK or len(subject.text) < 3:
        return ()
    if not CONNECTION_WORDS.isdisjoint(subject.name.words):
        return (Evidence("of a database", 15),)
    return evidence_if(any(char.isdigit() for char in subject.text), "with digits", 15)


def _evidence_of_user(subject: ScoringInput, meaning: NameMeaning, value_class: ValueClass) -> tuple[Evidence, ...]:
    """Weigh the user's name next to an ordinary password, and the host of both."""
    ordinary = value_class in (ValueClass.PLAIN, ValueClass.WORDY, ValueClass.WEAK)
    if meaning.kind is not Kind.PASSWORD or not subject.users or meaning.strength <= Strength.WEAK or not ordinary:
        return ()
    same = subject.text in subject.users
    description = "the same as the user's name beside it" if same else "a user's name stands beside it"
    made_up = value_class is ValueClass.WEAK and any(STAND_IN.match(user) for user in subject.users)
    remote = any(REMOTE_HOST.fullmatch(value) and "@" not in value for value in subject.siblings)
    host = evidence_if(remote, "and a host that others reach", 5)
    return (Evidence(description, -15 if made_up else 10), *host)

"""Puts the evidence together: what a name promises, how the value looks, where it stands, what is beside it."""

from __future__ import annotations

import re
from itertools import islice

from msgspec import Struct

from migrate.detect import parts, shapes
from migrate.detect.checks import is_public_jwt, user_and_password
from migrate.detect.doubted import doubted, looks_issued
from migrate.detect.names import DOUBTED, FAIR, STRONG, WEAK, Maker, Sense, takes_back
from migrate.detect.placeholders import is_placeholder
from migrate.detect.places import Name, Place
from migrate.detect.randomness import looks_random
from migrate.detect.references import is_reference
from migrate.detect.values import Grade, grade
from migrate.detect.words import vocabulary
from migrate.model import Confidence, Kind, Span
from migrate.model.lazy_pattern import Expression

HIGH, MEDIUM, LOW = 60, 40, 20

_NAME_POINTS = {STRONG: 40, FAIR: 25, WEAK: 10, DOUBTED: 8}
# By who makes such values: issued ones, some secret that people choose, passwords, signing keys.
_VALUE_POINTS: dict[Grade, tuple[int, int, int, int]] = {
    Grade.RANDOM: (30, 30, 30, 30),
    Grade.PLAIN: (20, 20, 20, 20),
    Grade.UUID: (20, 15, 10, 10),
    Grade.WORDY: (-5, 5, 20, 20),
    Grade.WEAK: (-15, 0, 0, 0),
    Grade.NAMED: (-20, -20, -20, -20),
    Grade.FILLER: (-15, -15, -15, -15),
    Grade.PLACEHOLDER: (0, 0, 0, 0),
}
_SHAPE_POINTS = {Confidence.HIGH: 75, Confidence.MEDIUM: 45, Confidence.LOW: 25}
_NAMED_RULES = {
    Kind.PASSWORD: "password",
    Kind.API_KEY: "api-key",
    Kind.TOKEN: "token",
    Kind.SIGNING_SECRET: "signing-secret",
    Kind.OTHER: "secret",
    Kind.PRIVATE_KEY: "private-key-text",
    Kind.WEBHOOK: "webhook",
    Kind.CONNECTION_STRING: "connection-string",
}
_LONGEST = 4096  # how much of a value its name is held against: a parameter holds no more than twice that
_MOST = 100  # how many tokens and parts of one value are looked at
_AWS_ID = Expression(r"(?:AKIA|ASIA)[A-Z0-9]{12,}")
_AWS_SECRET = Expression(r"[A-Za-z0-9/+]{40}")
_ANY_URL = Expression(r"(?:https?:)?//[^\s/]+(/\S*)|(/?(?:[\w.-]+/)+[\w-]+)")
_STAND_IN = Expression(
    r"<?(?:(?:your|my)[\W_]?)?(?:db[\W_]?)?(?:user|username|login|email|name)>?(?:@|$)|john\.?doe|foo|example|test@",
    re.IGNORECASE,
)
_PUBLIC = vocabulary("public publishable anon site sitekey etag match digest sha trace nonce target modified")
_NOT_FOR_IDS = vocabulary("public publishable anon site sha commit hash version client pool captcha recaptcha")
_CONNECTIONS = vocabulary(
    "db database dsn url uri connection conn mongo mongodb redis mysql postgres postgresql pg amqp rabbitmq "
    "broker jdbc sql sqlalchemy"
)
_ADDRESS = Expression(r"0x[0-9a-fA-F]{40}")
_REMOTE = Expression(r"(?!.*(?:example|localhost|127\.0|0\.0\.0))[\w-]+(?:\.[\w-]+)+(?::\d+)?")


class Evidence(Struct, frozen=True):
    """What speaks for or against a secret, and how it is told."""

    says: str
    points: int


class Verdict(Struct, frozen=True):
    """A piece of a value that is taken for a secret, `span` None for all of it."""

    rule: str
    kind: Kind
    evidence: tuple[Evidence, ...]
    span: Span | None = None
    placeholder: bool = False

    @property
    def points(self) -> int:
        """All that speaks for it and against it."""
        return sum(evidence.points for evidence in self.evidence)

    @property
    def reason(self) -> str:
        """The evidence in words."""
        return ", ".join(evidence.says for evidence in self.evidence if evidence.says)


class Asked(Struct, frozen=True):
    """A text and all that is known about where it was found."""

    text: str
    name: Name
    place: Place
    present: tuple[shapes.Shape, ...] = ()
    beside: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    in_list: bool = False
    announced: bool = False


def confidence(points: int) -> Confidence | None:
    """The level that so many points reach, None where they reach none."""
    if points >= HIGH:
        return Confidence.HIGH
    if points >= MEDIUM:
        return Confidence.MEDIUM
    return Confidence.LOW if points >= LOW else None


def verdicts(asked: Asked) -> list[Verdict]:
    """Every secret of a text, without overlaps: tokens known by shape, then parts, then the whole by its name."""
    found = _by_shape(asked)
    found += [verdict for verdict in _by_part(asked) if not _overlaps(verdict, found)]
    if found or parts.HOLE in asked.text:
        return found
    whole = _by_neighbour(asked) or _by_name(asked) or _among_secrets(asked)
    return [whole] if whole is not None else []


def _by_shape(asked: Asked) -> list[Verdict]:
    found: list[Verdict] = []
    for shape, span, holds in islice(shapes.find(asked.text, asked.present), _MOST):
        token = span.of(asked.text)
        if parts.HOLE in token:
            continue
        evidence = (
            _of_shape(shape, holds=holds),
            _where(asked.place),
            *_evidence_if(_is_public(asked, shape, token), "", -25),
        )
        fake = is_placeholder(token, random=looks_random(token)) or (shape.kind is Kind.PRIVATE_KEY and not holds)
        verdict = Verdict(shape.id, shape.kind, evidence, span, fake)
        if not _overlaps(verdict, found):
            found.append(verdict)
    return found


def _of_shape(shape: shapes.Shape, *, holds: bool) -> Evidence:
    """Weigh a token's shape: one whose checksum does not fit was made up, whatever its rule promises."""
    says = f"{_article(shape.title)} by its shape"
    if not holds:
        return Evidence(f"{says}, though its checksum does not fit", 40)
    return Evidence(says, _SHAPE_POINTS[shape.confidence])


def _by_part(asked: Asked) -> list[Verdict]:
    found: list[Verdict] = []
    connection = not _CONNECTIONS.isdisjoint(asked.name.words)
    every = parts.find(asked.text, connection=connection, header=asked.name.sense is not None)
    for part in islice(every, _MOST):
        text = part.span.of(asked.text)
        if parts.HOLE in text or _is_call(text):
            continue
        credentials = part.rule == "authorization-header" and user_and_password(text)
        look = Grade.RANDOM if credentials else grade(text, part.sense.maker)
        if look is Grade.NEVER:
            continue
        stand_in = bool(part.user) and look in (Grade.WEAK, Grade.NAMED) and _STAND_IN.match(part.user) is not None
        in_script = part.rule == "assignment" and "\n" in asked.text
        remote = part.rule == "url-password" and not stand_in and _REMOTE.match(asked.text, part.span.end + 1)
        evidence = (
            Evidence(part.says, _NAME_POINTS[part.sense.strength]),
            _where(asked.place),
            *_of_value(part.sense, look, text),
            *_evidence_if(stand_in, "", -25),
            *_evidence_if(in_script, "", -10),
            *_evidence_if(remote, "for a host that others reach", 15),
        )
        verdict = Verdict(part.rule, part.sense.kind, evidence, part.span, look is Grade.PLACEHOLDER)
        if not _overlaps(verdict, found):
            found.append(verdict)
    return found


def _by_neighbour(asked: Asked) -> Verdict | None:
    """The 40 characters beside an AWS access key id, whatever they are called."""
    text = asked.text
    if _AWS_SECRET.fullmatch(text) is None or not looks_random(text) or is_placeholder(text, random=True):
        return None
    words = asked.name.words
    named = asked.name.sense is not None and words[-2:] == ("access", "key") and "secret" in words
    unlike = text.islower() or text.isupper() or takes_back(words) or not _NOT_FOR_IDS.isdisjoint(words)
    if unlike or not (named or any(_AWS_ID.fullmatch(value) for value in asked.beside)):
        return None
    says = "the length of an AWS secret access key" + ("" if named else ", and the access key id stands beside it")
    return Verdict("aws-secret-key", Kind.API_KEY, (Evidence(says, 75), _where(asked.place)))


def _by_name(asked: Asked) -> Verdict | None:
    named = asked.name.sense or doubted(asked.name.words)
    if named is None or not asked.place.named or parts.is_json(asked.text):
        return None
    if named.strength == DOUBTED and not looks_issued(asked.text, named.kind):
        return None
    if named.kind is Kind.WEBHOOK:
        look = Grade.PLAIN if _is_webhook(asked.text) else Grade.NEVER
    else:
        look = _look(asked, named)
    if look is Grade.NEVER:
        return None
    evidence = [
        Evidence(f"named like {named.says}", _NAME_POINTS[named.strength]),
        Evidence(asked.place.says, asked.place.points),
        *_of_value(named, look, asked.text),
        *_doubts(asked, look),
        *_assurances(asked, named, look),
        *_of_user(asked, named, look),
    ]
    return Verdict(_NAMED_RULES[named.kind], named.kind, tuple(evidence), None, look is Grade.PLACEHOLDER)


def _of_user(asked: Asked, named: Sense, look: Grade) -> list[Evidence]:
    """Weigh the user's name beside a password that is none by its looks, and the host that both are for."""
    plain = look in (Grade.PLAIN, Grade.WORDY, Grade.WEAK)
    if named.kind is not Kind.PASSWORD or not asked.users or named.strength <= WEAK or not plain:
        return []
    says = "the same as the user's name beside it" if asked.text in asked.users else "a user's name stands beside it"
    made_up = look is Grade.WEAK and any(_STAND_IN.match(user) for user in asked.users)
    remote = any(_REMOTE.fullmatch(value) and "@" not in value for value in asked.beside)
    return [Evidence(says, -15 if made_up else 10), *_evidence_if(remote, "and a host that others reach", 5)]


def _among_secrets(asked: Asked) -> Verdict | None:
    """A long random value that a team keeps among its secrets, or sends along, under a name that tells nothing."""
    if (
        asked.name.sense is not None
        or asked.place.says not in ("among secrets", "in a header map")
        or not asked.name.words
        or takes_back(asked.name.words)
        or not _PUBLIC.isdisjoint(asked.name.words)
    ):
        return None
    if len(asked.text) < 16 or grade(asked.text) is not Grade.RANDOM:
        return None
    return Verdict("among-secrets", Kind.OTHER, (_where(asked.place), Evidence(Grade.RANDOM.value, 40)))


def _look(asked: Asked, named: Sense) -> Grade:
    text = asked.text[:_LONGEST]
    if is_reference(text) or (_ADDRESS.fullmatch(text) and "secret" not in asked.name.words):
        return Grade.NEVER
    if named.kind is Kind.PRIVATE_KEY or "\n" in text:
        text = "".join(text.replace("\\n", "\n").split()) if len(text) > 100 else text
    return grade(text, named.maker, asked.name.words)


def _of_value(named: Sense, look: Grade, text: str) -> list[Evidence]:
    """Weigh what a value looks like, and what its name's weakness takes from that."""
    weak = named.strength == WEAK
    short = weak and look is Grade.RANDOM and len(text) < 16
    ordinary = weak and look is Grade.PLAIN and named.maker in (Maker.ISSUED, Maker.CHOSEN)
    word = named.strength < STRONG and look is Grade.WORDY and named.maker is Maker.SIGNING
    return [
        Evidence(look.value, _VALUE_POINTS[look][named.maker]),
        *_evidence_if(short, "", -10),
        *_evidence_if(ordinary or word, "", -20),
    ]


def _assurances(asked: Asked, named: Sense, look: Grade) -> list[Evidence]:
    if named.strength == FAIR and look is Grade.RANDOM and len(asked.text) > 19:
        return [Evidence("and long", 5)]
    if asked.place.points < 5 or asked.in_list or any(map(_STAND_IN.match, asked.users)):
        return []
    words = asked.name.words
    if named.kind is Kind.PASSWORD and named.strength == STRONG and look is Grade.WEAK and len(asked.text) > 2:
        if not _CONNECTIONS.isdisjoint(words):
            return [Evidence("of a database", 15)]
        if any(char.isdigit() for char in asked.text):
            return [Evidence("with digits", 15)]
    if named.strength == WEAK and look is Grade.UUID and len(words) > 1 and words[-1] == "key":
        return [Evidence("under a key of somebody", 5)]
    issued = look is Grade.RANDOM and len(asked.text) > 31 and len(words) > 1 and words[-1] in ("key", "auth")
    if named.strength == WEAK and issued:
        return [Evidence("as long as an issued key", 15)]
    return []


def _doubts(asked: Asked, look: Grade) -> list[Evidence]:
    doubts = []
    if asked.text.istitle() and (asked.text.lower(),) == asked.name.words[-1:]:
        doubts.append(Evidence("repeats its name", -15))
    if asked.in_list and look is not Grade.RANDOM:
        doubts.append(Evidence("in a list", -15))
    if asked.announced and look is not Grade.RANDOM:
        doubts.append(Evidence("with a comment that it is to be changed", -30))
    if asked.name.words[-3:] == ("secret", "access", "key"):
        doubts.append(Evidence("not as long as an AWS secret access key", -30))
    return doubts


def _where(place: Place) -> Evidence:
    """Structure speaks for itself: only examples take from it."""
    return Evidence(place.says, min(0, place.points) if place.points < -10 else max(0, place.points))


def _is_webhook(text: str) -> bool:
    match = _ANY_URL.fullmatch(text)
    if match is None:
        return False
    return any(len(piece) > 15 and looks_random(piece) for piece in re.split(r"[/?&=]", match[1] or match[2] or ""))


def _is_public(asked: Asked, shape: shapes.Shape, token: str) -> bool:
    """Return whether a token's own claims, or the words of its name, say that anybody may have it."""
    return (shape.id == "json-web-token" and is_public_jwt(token)) or not _PUBLIC.isdisjoint(asked.name.words)


def _is_call(text: str) -> bool:
    """Source code rather than a value: `getenv("X")`, `event[`."""
    return re.match(r"[A-Za-z_][\w.]*[(\[]", text) is not None


def _evidence_if(holds: object, says: str, points: int) -> tuple[Evidence, ...]:
    """Return a row of evidence where its condition holds, else none."""
    return (Evidence(says, points),) if holds else ()


def _overlaps(verdict: Verdict, others: list[Verdict]) -> bool:
    span = verdict.span
    return span is not None and any(
        o.span is not None and span.start < o.span.end and o.span.start < span.end for o in others
    )


def _article(title: str) -> str:
    return ("an " if title[0] in "aeiouAEIOU1" else "a ") + title

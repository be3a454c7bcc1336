"""Evidence that counts everywhere: how certain a name means a secret, and what the value looks like."""

from __future__ import annotations

import re

from migrate.detect.assessment import Evidence, evidence_if
from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.detect.name_words import vocabulary
from migrate.detect.values import ValueClass
from migrate.model.lazy_pattern import LazyPattern

NAME_POINTS = {Strength.STRONG: 40, Strength.FAIR: 25, Strength.WEAK: 10, Strength.DOUBTED: 8}
# By who makes such values: issued ones, some secret that people choose, passwords, signing keys.
_VALUE_POINTS: dict[ValueClass, tuple[int, int, int, int]] = {
    ValueClass.RANDOM: (30, 30, 30, 30),
    ValueClass.PLAIN: (20, 20, 20, 20),
    ValueClass.UUID: (20, 15, 10, 10),
    ValueClass.WORDY: (-5, 5, 20, 20),
    ValueClass.WEAK: (-15, 0, 0, 0),
    ValueClass.NAMED: (-20, -20, -20, -20),
    ValueClass.FILLER: (-15, -15, -15, -15),
    ValueClass.PLACEHOLDER: (0, 0, 0, 0),
}
# Names of users that no person has; a weak password next to one is made up as well.
STAND_IN = LazyPattern(
    r"<?(?:(?:your|my)[\W_]?)?(?:db[\W_]?)?(?:user|username|login|email|name)>?(?:@|$)|john\.?doe|foo|example|test@",
    re.IGNORECASE,
)
# A host with a domain, which others than its developer reach.
REMOTE_HOST = LazyPattern(r"(?!.*(?:example|localhost|127\.0|0\.0\.0))[\w-]+(?:\.[\w-]+)+(?::\d+)?")
CONNECTION_WORDS = vocabulary(
    "db database dsn url uri connection conn mongo mongodb redis mysql postgres postgresql pg amqp rabbitmq "
    "broker jdbc sql sqlalchemy"
)
PUBLIC_WORDS = vocabulary("public publishable anon site sitekey etag match digest sha trace nonce target modified")


def evidence_of_value(meaning: NameMeaning, value_class: ValueClass, text: str) -> list[Evidence]:
    """Weigh what a value looks like, less what the weakness of its name takes."""
    is_weak, is_fair = meaning.strength is Strength.WEAK, meaning.strength < Strength.STRONG
    short = is_weak and value_class is ValueClass.RANDOM and len(text) < 16
    ordinary = is_weak and value_class is ValueClass.PLAIN
    ordinary = ordinary and meaning.origin in (SecretOrigin.ISSUED, SecretOrigin.CHOSEN)
    word = is_fair and value_class is ValueClass.WORDY and meaning.origin is SecretOrigin.SIGNING
    return [
        Evidence(value_class.value, _VALUE_POINTS[value_class][meaning.origin]),
        *evidence_if(short, "", -10),
        *evidence_if(ordinary or word, "", -20),
    ]

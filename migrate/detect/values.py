"""The class of a whole value by its looks: random, a word, the name of a secret, or none at all."""

from __future__ import annotations

import re
from enum import StrEnum

from migrate.detect.identifiers import is_code, is_identifier, is_location, is_measure, is_selector
from migrate.detect.name_meaning import SecretOrigin
from migrate.detect.name_words import split_name, vocabulary
from migrate.detect.placeholders import is_placeholder
from migrate.detect.randomness import SPEECH, looks_random
from migrate.detect.references import is_reference
from migrate.model.lazy_pattern import LazyPattern
from migrate.model.stages import CERTAIN_STAGES


class ValueClass(StrEnum):
    """The looks of a value; the text is part of a finding's reason."""

    RANDOM = "looks random"
    PLAIN = "literal"
    UUID = "a UUID"
    WORDY = "a plain word"
    WEAK = "literal, though weak"
    NAMED = "reads like the name of a secret"
    FILLER = "made up"
    PLACEHOLDER = "a placeholder"
    NEVER = "no secret"


_UUID = LazyPattern(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_BASE64 = LazyPattern(r"[A-Za-z0-9+/_-]+={0,2}")
_BARE = LazyPattern(r".*[^\W\d_]", re.DOTALL)
_WORDS = LazyPattern(r"[A-Za-z]+(?:[-_./ ][A-Za-z]+)*")
# Small words and version numbers with separators, as stored secrets are called: `acme-db-password-v1`.
_STORED_NAME = LazyPattern(r"[a-z]+(?:[-_./](?:[a-z]{1,20}|v?\d))+")
_CAMEL = LazyPattern(r"[A-Za-z][a-z]+(?:[A-Z][a-z]+)+")

_NOTHING = vocabulary(
    "true false yes no on off null none nil undefined n/a na empty string number integer boolean object array any "
    "hash range keys_only all include string[] list map float double date file required optional enabled disabled "
    "default-value nan ok minutes hours days seconds weeks months header headers query path body cookie cookies "
    "request bearer basic apikey api_key jwt oauth oauth2 cognito aws_iam iam custom client_credentials "
    "authorization_code implicit password_credentials refresh_token same-origin omit user-agent local-pool "
    "local-client authorizer authorization x-api-key nonereq anonymous function admin_no_srp_auth "
    "user_password_auth securestring stringlist commadelimitedlist always never auto manual read write readwrite "
    "hs256 rs256 plaintext encrypted base64 utf8 utf-8 hex ascii uuid uuidv4 guid kms ssm vault secretsmanager"
)
_FILLER = vocabulary(
    "test tests testing abc abcd qwerty asdf asdfgh local localhost offline localstack mock nothing whatever "
    "hello world helloworld temp tmp x y z aaa bbb demo sandbox key secret token value string text something "
    "anything wtf minioadmin minio default_access_key default_secret dynamodblocal"
)
_MADE_UP = vocabulary(
    "xyz foo bar foobar foobarbaz baz blah qux fakemyskeyid fakesecretaccesskey s3rver stub noop bogus"
)
_WEAK = vocabulary(
    "root admin administrator postgres password passw pass passwd mysql mongo mongodb redis guest user test tests "
    "testing secret toor default master changeit superuser sa hello qwerty letmein welcome demo dev local "
    "localhost rabbitmq sys system oracle sqlserver minioadmin abc abcd asdf temp tmp dbuser dbpass dbpassword "
    "mypassword mysecret supersecret topsecret verysecret secretkey mysecretkey jwtsecret"
)
_LEET = str.maketrans("@40$5!1", "aaossil")
# Words that people build placeholders of: a value of these alone names itself.
_SELF_NAMING = vocabulary(
    "my our the a an super very top secret secrets key keys token tokens password passwd pass pwd api app jwt "
    "auth access refresh client consumer user db database admin root test dev prod stage staging local default "
    "session cookie private master signing encryption webhook value string random long strong secure safe id aws "
    "service credentials for and to with is this that shared server bot public hash salt development production "
    "sandbox live new old temp code passphrase"
)
_SECRET_WORDS = vocabulary("secret key token password passwd pass pwd credentials passphrase apikey")
# Words that the names of stored secrets and of resources are put together from, besides those above.
_PARTS_OF_NAMES = vocabulary(
    "app apps service services backend frontend web site server api stack table queue bucket lambda function functions "
    "cluster rds aurora mysql postgres postgresql mongo redis cognito pool ssm vault aws arn name main core common "
    "platform project system cloud infra data config env stage qa us eu ap east west north south central"
)


def classify(text: str, origin: SecretOrigin = SecretOrigin.PASSWORD, key: tuple[str, ...] = ()) -> ValueClass:
    """Return what a whole value looks like.

    `origin`: who makes such values; `key`: the words of its name.
    """
    text = text.strip()
    if len(text) == 2 and origin is SecretOrigin.PASSWORD and text.isalpha() and text.lower() not in _NOTHING:
        return ValueClass.WEAK
    if len(text) < 3 or text.lower() in _NOTHING or is_reference(text) or is_identifier(text):
        return ValueClass.NEVER
    if _UUID.fullmatch(text):
        return ValueClass.UUID if len(set(text)) > 6 else ValueClass.PLACEHOLDER
    random = looks_random(text)
    if is_placeholder(text, random=random):
        return ValueClass.PLACEHOLDER
    if is_selector(text) or (is_location(text) and not (random and _may_hold_slashes(text))):
        return ValueClass.NEVER
    known = _classify_known(text, origin)
    if known is not None:
        return known
    if random:
        return ValueClass.RANDOM
    if is_measure(text) or is_code(text) or _is_speech(text):
        return ValueClass.NEVER
    return _classify_words(text, key, origin)


def _may_hold_slashes(text: str) -> bool:
    """Return whether a random value may be base64 with slashes, and no path."""
    return len(text) > 19 and text.count("/") < 5 and _BASE64.fullmatch(text) is not None


def _is_speech(text: str) -> bool:
    """Return whether a value is a text for people, such as a label on a button."""
    words = text.split()
    if len(words) == 2 and text[0].isupper() and not any(char.isdigit() for char in text):
        return text[-1] in ".!?:" or not _SECRET_WORDS.isdisjoint(split_name(text))  # labels of buttons and fields
    if len(words) < 3:
        return False
    low = {word.lower().strip(".,:;!?'\"") for word in words}
    return (
        bool(low & SPEECH)
        or text[-1] in ".!?:"
        or len(words) > 30
        or (text[0].isupper() and not any(c.isdigit() for c in text))
    )


def _classify_known(text: str, origin: SecretOrigin) -> ValueClass | None:
    """Classify numbers, stages, `test`, and the passwords that all try first.

    None for all other values.
    """
    low, issued = text.lower(), origin is SecretOrigin.ISSUED
    if text.isdigit():
        return _classify_number(text, origin)
    letters = _BARE.match(low)
    bare = letters[0] if letters else ""
    if low in CERTAIN_STAGES and issued:
        return ValueClass.NEVER
    if bare in _MADE_UP or (low in CERTAIN_STAGES and low not in _WEAK):
        return ValueClass.FILLER
    if low in _FILLER or (bare in _FILLER and issued) or _is_sequence(low):
        return ValueClass.FILLER if issued else ValueClass.WEAK
    if low in _WEAK or bare.translate(_LEET) in _WEAK:
        return ValueClass.NAMED if issued else ValueClass.WEAK
    return None


def _classify_number(text: str, origin: SecretOrigin) -> ValueClass:
    """Classify a number: issued ones are long, and no AWS account id."""
    if origin is SecretOrigin.ISSUED:
        if len(text) < 8 or len(text) == 12:  # a count, a port; an account
            return ValueClass.NEVER
        return ValueClass.FILLER if _is_sequence(text) or len(set(text)) < 4 else ValueClass.PLAIN
    return ValueClass.WEAK if _is_sequence(text) or len(set(text)) < 3 else ValueClass.PLAIN


def _classify_words(text: str, key: tuple[str, ...], origin: SecretOrigin) -> ValueClass:
    """Classify a value of words: the name of a secret, weak, or words."""
    words = frozenset(word for word in split_name(text) if not word.isdigit())
    own = _SELF_NAMING.union(key)
    if not words.isdisjoint(_SECRET_WORDS):
        if "test" in words and origin is SecretOrigin.CHOSEN:
            return ValueClass.FILLER
        if _is_screaming(text) or words <= own or _STORED_NAME.fullmatch(text):
            return _classify_secret_words(text, words, own, origin)
    return _classify_other_words(text, words, own, origin)


def _classify_secret_words(text: str, words: frozenset[str], own: frozenset[str], origin: SecretOrigin) -> ValueClass:
    """Classify a value that holds a word for a secret: a stored one's name, or weak."""
    if _is_screaming(text) or "/" in text or origin is SecretOrigin.ISSUED:
        return ValueClass.NAMED
    if origin is SecretOrigin.CHOSEN:
        return ValueClass.WEAK if words <= _SELF_NAMING else ValueClass.NAMED
    return ValueClass.WEAK if words <= own or origin is SecretOrigin.SIGNING else ValueClass.NAMED


def _classify_other_words(text: str, words: frozenset[str], own: frozenset[str], origin: SecretOrigin) -> ValueClass:
    """Classify a value of words that does not name a secret."""
    if not _WORDS.fullmatch(text) or (text.isupper() and "_" not in text):
        return ValueClass.PLAIN
    if "/" in text:
        return ValueClass.NAMED
    if origin is SecretOrigin.CHOSEN and len(words) > 2 and words.isdisjoint(own | _PARTS_OF_NAMES):
        return ValueClass.WORDY
    if origin in (SecretOrigin.ISSUED, SecretOrigin.CHOSEN) and (not text.isalpha() or _CAMEL.fullmatch(text)):
        return ValueClass.NAMED
    return ValueClass.WORDY


def _is_screaming(text: str) -> bool:
    """Return whether a text is written like a variable: `DB_PASSWORD`."""
    return text.isupper() and "_" in text


def _is_sequence(text: str) -> bool:
    """Return whether a value is counted: `123456`, `abc123`; not `ABCDEF` alone."""
    runs = re.findall(r"\d+|[a-z]+", text)
    counted = ("1234567890", "0123456789", "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "987654321")
    return any(run.isdigit() for run in runs) and all(
        any(run in row for row in counted) and len(run) > 2 for run in runs
    )

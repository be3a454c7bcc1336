"""What a value can't be, and how much it looks like a secret otherwise."""

from __future__ import annotations

import re
from enum import StrEnum

from migrate.detect.identifiers import is_code, is_identifier, is_location, is_measure, is_selector
from migrate.detect.names import Maker
from migrate.detect.placeholders import is_placeholder
from migrate.detect.randomness import SPEECH, looks_random
from migrate.detect.references import is_reference
from migrate.detect.words import split, vocabulary
from migrate.model.lazy_pattern import Expression


class Grade(StrEnum):
    """What a value looks like, as the reason puts it."""

    RANDOM = "looks random"
    PLAIN = "literal"
    UUID = "a UUID"
    WORDY = "a plain word"
    WEAK = "literal, though weak"
    NAMED = "reads like the name of a secret"
    FILLER = "made up"
    PLACEHOLDER = "a placeholder"
    NEVER = "no secret"


_UUID = Expression(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_BASE64 = Expression(r"[A-Za-z0-9+/_-]+={0,2}")
_BARE = Expression(r".*[^\W\d_]", re.DOTALL)
_WORDS = Expression(r"[A-Za-z]+(?:[-_./ ][A-Za-z]+)*")
# Small words and version numbers with separators, as stored secrets are called: `acme-db-password-v1`.
_STORED_NAME = Expression(r"[a-z]+(?:[-_./](?:[a-z]{1,20}|v?\d))+")
_CAMEL = Expression(r"[A-Za-z][a-z]+(?:[A-Z][a-z]+)+")

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
_STAGES = vocabulary("dev development prod production prd stg stage staging qa uat demo sandbox ci")
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
# What people build stand-in values of: a value of these words alone names itself.
_SELF_NAMING = vocabulary(
    "my our the a an super very top secret secrets key keys token tokens password passwd pass pwd api app jwt "
    "auth access refresh client consumer user db database admin root test dev prod stage staging local default "
    "session cookie private master signing encryption webhook value string random long strong secure safe id aws "
    "service credentials for and to with is this that shared server bot public hash salt development production "
    "sandbox live new old temp code passphrase"
)
_TERMS = vocabulary("secret key token password passwd pass pwd credentials passphrase apikey")
# What the names of stored secrets and of resources are put together from, besides the words above.
_PARTS_OF_NAMES = vocabulary(
    "app apps service services backend frontend web site server api stack table queue bucket lambda function functions "
    "cluster rds aurora mysql postgres postgresql mongo redis cognito pool ssm vault aws arn name main core common "
    "platform project system cloud infra data config env stage qa us eu ap east west north south central"
)


def grade(text: str, maker: Maker = Maker.PASSWORD, key: tuple[str, ...] = ()) -> Grade:
    """What a whole value looks like, given who makes such values; `key` are its name's words."""
    text = text.strip()
    if len(text) == 2 and maker is Maker.PASSWORD and text.isalpha() and text.lower() not in _NOTHING:
        return Grade.WEAK
    if len(text) < 3 or text.lower() in _NOTHING or is_reference(text) or is_identifier(text):
        return Grade.NEVER
    if _UUID.fullmatch(text):
        return Grade.UUID if len(set(text)) > 6 else Grade.PLACEHOLDER
    random = looks_random(text)
    if is_placeholder(text, random=random):
        return Grade.PLACEHOLDER
    if is_selector(text) or (is_location(text) and not (random and _may_hold_slashes(text))):
        return Grade.NEVER
    known = _well_known(text, maker)
    if known is not None:
        return known
    if random:
        return Grade.RANDOM
    if is_measure(text) or is_code(text) or _is_speech(text):
        return Grade.NEVER
    return _spelled_out(text, key, maker)


def _may_hold_slashes(text: str) -> bool:
    """Base64 may begin with a slash and hold more; a random value is a path only if it holds what base64 never does."""
    return len(text) > 19 and text.count("/") < 5 and _BASE64.fullmatch(text) is not None


def _is_speech(text: str) -> bool:
    words = text.split()
    if len(words) == 2 and text[0].isupper() and not any(char.isdigit() for char in text):
        return text[-1] in ".!?:" or not _TERMS.isdisjoint(split(text))  # what stands on a button or before a field
    if len(words) < 3:
        return False
    low = {word.lower().strip(".,:;!?'\"") for word in words}
    return (
        bool(low & SPEECH)
        or text[-1] in ".!?:"
        or len(words) > 30
        or (text[0].isupper() and not any(c.isdigit() for c in text))
    )


def _well_known(text: str, maker: Maker) -> Grade | None:
    """Numbers, stages, `test`, and the passwords that everyone tries first."""
    low, issued = text.lower(), maker is Maker.ISSUED
    if text.isdigit():
        return _number(text, maker)
    letters = _BARE.match(low)
    bare = letters[0] if letters else ""
    if low in _STAGES and issued:
        return Grade.NEVER
    if bare in _MADE_UP or (low in _STAGES and low not in _WEAK):
        return Grade.FILLER
    if low in _FILLER or (bare in _FILLER and issued) or _is_sequence(low):
        return Grade.FILLER if issued else Grade.WEAK
    if low in _WEAK or bare.translate(_LEET) in _WEAK:
        return Grade.NAMED if issued else Grade.WEAK
    return None


def _number(text: str, maker: Maker) -> Grade:
    if maker is Maker.ISSUED:
        if len(text) < 8 or len(text) == 12:  # a count, a port; an account
            return Grade.NEVER
        return Grade.FILLER if _is_sequence(text) or len(set(text)) < 4 else Grade.PLAIN
    return Grade.WEAK if _is_sequence(text) or len(set(text)) < 3 else Grade.PLAIN


def _spelled_out(text: str, key: tuple[str, ...], maker: Maker) -> Grade:
    """Grade a value of words: as a secret's name or weak where it holds a word for a secret, else by its words."""
    words = frozenset(word for word in split(text) if not word.isdigit())
    own = _SELF_NAMING.union(key)
    if not words.isdisjoint(_TERMS):
        if "test" in words and maker is Maker.CHOSEN:
            return Grade.FILLER
        if _is_screaming(text) or words <= own or _STORED_NAME.fullmatch(text):
            return _of_terms(text, words, own, maker)
    return _of_other_words(text, words, own, maker)


def _of_terms(text: str, words: frozenset[str], own: frozenset[str], maker: Maker) -> Grade:
    """Grade a value that holds "secret", "password" and the like: the name of a stored one, or a weak one."""
    if _is_screaming(text) or "/" in text or maker is Maker.ISSUED:
        return Grade.NAMED
    if maker is Maker.CHOSEN:
        return Grade.WEAK if words <= _SELF_NAMING else Grade.NAMED
    return Grade.WEAK if words <= own or maker is Maker.SIGNING else Grade.NAMED


def _of_other_words(text: str, words: frozenset[str], own: frozenset[str], maker: Maker) -> Grade:
    """Grade a value of words of which none means a secret, or none does in that form."""
    if not _WORDS.fullmatch(text) or (text.isupper() and "_" not in text):
        return Grade.PLAIN
    if "/" in text:
        return Grade.NAMED
    if maker is Maker.CHOSEN and len(words) > 2 and words.isdisjoint(own | _PARTS_OF_NAMES):
        return Grade.WORDY
    if maker in (Maker.ISSUED, Maker.CHOSEN) and (not text.isalpha() or _CAMEL.fullmatch(text)):
        return Grade.NAMED
    return Grade.WORDY


def _is_screaming(text: str) -> bool:
    """Return whether a text is written as variables of an environment are: `DB_PASSWORD`."""
    return text.isupper() and "_" in text


def _is_sequence(text: str) -> bool:
    """`123456`, `abc123`, `1234567890abcdef`: counted, not made. `ABCDEF` alone is left to its name."""
    runs = re.findall(r"\d+|[a-z]+", text)
    counted = ("1234567890", "0123456789", "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "987654321")
    return any(run.isdigit() for run in runs) and all(
        any(run in row for row in counted) and len(run) > 2 for run in runs
    )

"""What a value can't be, and how much it looks like a secret otherwise."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise

from migrate.detect.names import Maker
from migrate.detect.placeholders import is_placeholder
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


_VARIABLE = Expression(
    r"""(?x) \{\{.* | \$\{\{.*\}\} | \$\{.*\} | \$\(.*\) | \$\$?\..* | %\w+% | <%.*%>
    | \#\{.*\} | @\w+@
    | \$(?:[A-Z_][A-Z0-9_]*|[a-z_]+)(?:[.\[].*)?
    | (?:Fn::|!)(?:Ref|Sub|GetAtt|Join|ImportValue)\b.*
    | .*(?:process\.env|os\.environ|System\.getenv)\b.* | ENV\[.*\] | env[.:(].*
    | (?:ssm|ssm-secure|cf|s3|file|opt|self|sls|env|param|vault|secretsmanager|awssm|keyvault|gcp|op|sops|resolve)
      (?:\([^)]*\))?:/?[\w./~$-].*
    | @Microsoft\.KeyVault.* | aws:(?:ssm|secretsmanager):.* | projects/[^/]+/secrets/.* """,
    re.DOTALL,
)
# Encrypted already, or public by its nature.
_SEALED = Expression(
    r"""(?x) AQ[IE]CA[A-Z] | ENC\[ | \{cipher\} | vault:v\d+: | \$ANSIBLE_VAULT | gAAAAA
    | \$2[aby]?\$\d\d\$ | \$argon2 | \$6\$ | \$apr1\$
    | \s*-----BEGIN[ ](?:PGP[ ]MESSAGE|AGE[ ]ENCRYPTED|ENCRYPTED[ ]MESSAGE|(?:\w+[ ])?PUBLIC[ ]KEY|SSH2[ ]PUBLIC
      |(?:TRUSTED[ ]|X509[ ])?CERTIFICATE)
    | ssh-(?:rsa|dss|ed25519)[ ] | ecdsa-sha2- | age1[0-9a-z]{50} | MIIBIjANBgkqh | MFkwEwYHKoZI | MIGfMA0GCSqG"""
)
_IDENTIFIER = Expression(
    r"""(?x) arn:aws[\w-]*:.* | alias/.* | (?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|APKA|ABIA|ACCA)[A-Z0-9]{12,}
    | (?:pk|rzp)_(?:live|test)_\w+ | pk\.eyJ[\w.-]+ | (?:AC|SK|VA|MG)[0-9a-f]{32} | (?:UA-\d+|G-[A-Z0-9]{8,}|GTM-\w+)
    | [\w.-]+\.apps\.googleusercontent\.com | Iv1\.\w+ | (?:price|prod|acct|cus|plan)_[A-Za-z0-9]{8,}
    | (?:sg|vpc|subnet|ami|i|eni|rtb|igw|nat|vol|snap|lt|eipalloc|vpce|acl|pl|tgw|fs|key)-[0-9a-f]{8,17}
    | [a-z]{2}(?:-[a-z]+)+-\d(?:_[A-Za-z0-9]{9}|:[0-9a-f-]{36})? | \#(?:[0-9a-fA-F]{3}){1,2} | mrk-[0-9a-f]{32}
    | (?:secretsmanager|ssm|kms|s3|dynamodb|sns|sqs|lambda|logs|iam|sts|ses|cognito-idp|execute-api|ec2|rds|events
      |states|xray):[A-Za-z*]+
    | AWS::\w+(?:::\w+)* | [A-Z][A-Za-z]+\.(?:Arn|Name|Id|Value) """
)
_MEASURE = Expression(
    r"""(?xi) \d+(?:[.,]\d+)?\s*
      (?:ms|s|m|h|d|w|y|mo|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|weeks?|months?|years?|mb|kb|gb|%)
    | v?\d+\.\d+(?:\.\d+)*(?:-[\w.]+)? | \d{4}-\d\d-\d\d(?:[T ].*)? | \d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?
    | (?:HS|RS|ES|PS)(?:256|384|512) | aes-?\d{3}(?:-\w+)? | sha-?(?:1|224|256|384|512) | md5 | hmac-?sha\w* """
)
_PLACE = Expression(
    r"""(?x) (?:\.{1,2}|~|\$\w+|[A-Za-z]:)?[/\\][^\s]* | (?:[\w.${}-]+/)+[\w.${}-]*\.[A-Za-z]{1,12}
    | [\w.-]+(?:/[\w.-]+)*/
    | [\w${}/-]+(?:\.[\w${}-]+)*\.
      (?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|env|txt|js|ts|py|go|zip|html?|csv|xml|sh|conf|ini|toml|md|png)
    | (?:[a-z][a-z0-9+.-]*:)?//\S+
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)*\.
      (?:com|net|org|io|co|dev|app|edu|gov|info|biz|me|ai|us|uk|de|fr|br|in|es|it|nl|au|ca|jp)(?:\.[a-z]{2})?
    | localhost(?::\d+)? | (?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|local|internal|app|cloud|co)(?::\d+)?
    | (?:application|text|image|audio|video|multipart)/[\w.+-]+ """
)
_SELECTOR = Expression(
    r"""(?xi) [\#.][a-z][\w-]*(?:[\s>+~.\#:][\w\s>+~.\#:()\[\]=\"'-]*)? | [a-z]*\[[\w-]+(?:[*^$|~]?=.*)?\].*
    | //\w+\[@?.* | (?:input|button|form|div|span)[\#.\[:].* """
)
_SELECTOR_WORDS = vocabulary(
    "password pass passwd pwd login input field user username email submit button form token key secret auth txt"
)
_CODE = Expression(r"[A-Za-z_]\w*(?:\[[^\]]*\])?(?:\.[A-Za-z_$]\w*(?:\[[^\]]*\])?)+(?:\(.*\))?")
_NAMING = Expression(r"[a-z]+(?:[-_./](?:[a-z]{1,20}|v?\d))+")
_CAMEL = Expression(r"[A-Za-z][a-z]+(?:[A-Z][a-z]+)+")
_HEX = Expression(r"(?:0x)?[0-9a-fA-F]+")
_UUID = Expression(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_APP_PASSWORD = Expression(r"[a-z]{4}(?: [a-z]{4}){3}")
_MNEMONIC = Expression(r"(?:[a-z]{3,8} ){11,23}[a-z]{3,8}")
_NAME_SEPARATORS = Expression(r"[-_./:]+")
_SERIAL = Expression(r"[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,}")
_SEPARATORS = Expression(r"[\W_]+")
_BASE64 = Expression(r"[A-Za-z0-9+/_-]+={0,2}")
_BARE = Expression(r".*[^\W\d_]", re.DOTALL)
_WORDS = Expression(r"[A-Za-z]+(?:[-_./ ][A-Za-z]+)*")

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
_SHORT = vocabulary(
    "my db id to in is of no go us eu uk ap as at by do if it me on or so up we be an am he vm qa ci ui js ts pw "
    "pg aa bb"
)
_VOWELS = frozenset("aeiouy")
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
_SPEECH = vocabulary(
    "the is are in of to for and or your with from a an this that must be not will please has when it on"
)


def is_reference(text: str) -> bool:
    """Whether a value only points to where the secret is: a variable of some kind, a store's path, ciphertext."""
    template = text.find("{{")
    if template >= 0 and text.find("}}", template + 2) >= 0:
        return True
    return _VARIABLE.fullmatch(text) is not None or _SEALED.match(text) is not None


def grade(text: str, maker: Maker = Maker.PASSWORD, key: tuple[str, ...] = ()) -> Grade:
    """What a whole value looks like, given who makes such values; `key` are its name's words."""
    text = text.strip()
    if len(text) == 2 and maker is Maker.PASSWORD and text.isalpha() and text.lower() not in _NOTHING:
        return Grade.WEAK
    if len(text) < 3 or text.lower() in _NOTHING or is_reference(text) or _IDENTIFIER.fullmatch(text):
        return Grade.NEVER
    if _UUID.fullmatch(text):
        return Grade.UUID if len(set(text)) > 6 else Grade.PLACEHOLDER
    random = looks_random(text)
    if is_placeholder(text, random=random):
        return Grade.PLACEHOLDER
    if _is_selector(text) or (_PLACE.fullmatch(text) and not (random and _may_hold_slashes(text))):
        return Grade.NEVER
    known = _well_known(text, maker)
    if known is not None:
        return known
    if random:
        return Grade.RANDOM
    return Grade.NEVER if _is_something_else(text) else _spelled_out(text, key, maker)


def looks_random(text: str) -> bool:
    """Whether no person would have made it up: classes that change often, long hex, letters that can't be said."""
    if _APP_PASSWORD.fullmatch(text) or (_MNEMONIC.fullmatch(text) and _SPEECH.isdisjoint(text.split())):
        return True
    if len(text) < 8 or any(char.isspace() for char in text):
        return False
    pieces = _NAME_SEPARATORS.split(text)
    if len(pieces) > 1 and all(piece.isalnum() for piece in pieces if piece):
        return any(len(piece) > 7 and _is_random(piece) for piece in pieces) or _is_serial(text)
    return _is_random(text)


def _is_serial(text: str) -> bool:
    return _SERIAL.fullmatch(text) is not None and any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _is_random(text: str) -> bool:
    if _HEX.fullmatch(text):
        return len(text) > 15 and len(set(text.lower())) > 5 and not text.isdigit()
    if text.isalpha() and (text.isupper() or text.islower()):
        return len(text) > 9 and _unsayable(text.lower())
    if _are_words(text):
        return False
    often = 0.25 if len(text) < 16 else 0.12
    return _changes(text) >= often * (len(text) - 1) and len(set(text)) > min(7, len(text) // 2)


def _changes(text: str) -> int:
    """How often the class of character changes; a capital before small letters is no change."""
    kinds = "".join("d" if c.isdigit() else "u" if c.isupper() else "l" if c.isalpha() else "s" for c in text)
    return sum(a != b and not (a == "u" and b == "l") for a, b in pairwise(kinds))


def _are_words(text: str) -> bool:
    """Words, names and small numbers with separators, however many: `my-app-v2-dev`, `MyDatabasePassword2021`."""
    pieces = [
        piece for part in _SEPARATORS.split(text) for piece in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+", part)
    ]
    letters = [piece for piece in pieces if piece.isalpha()]
    if not letters or any(not piece.isalnum() for piece in pieces):
        return False
    odd = sum(map(_is_odd, letters))
    digits = [piece for piece in pieces if piece.isdigit()]
    return odd * 4 <= len(letters) and len(digits) <= max(1, len(letters) // 2)


def _is_odd(piece: str) -> bool:
    word = piece.lower()
    if len(word) < 4:
        return len(word) < 2 or (len(word) == 2 and word not in _SHORT)
    return _VOWELS.isdisjoint(word) or (len(word) > 5 and _unsayable(word))


def _unsayable(word: str) -> bool:
    vowels = sum(char in _VOWELS for char in word)
    return vowels * 5 < len(word) or re.search(r"[^aeiouy]{6}|[^aeiou]{7}|[aeiou]{5}|[jqxzvk]{3}", word) is not None


def _may_hold_slashes(text: str) -> bool:
    """Base64 may begin with a slash and hold more; a random value is a path only if it holds what base64 never does."""
    return len(text) > 19 and text.count("/") < 5 and _BASE64.fullmatch(text) is not None


def _is_selector(text: str) -> bool:
    if _SELECTOR.fullmatch(text) is None:
        return False
    if text[0] in "#.":
        return not _SELECTOR_WORDS.isdisjoint(split(text)) and not any(char.isdigit() for char in text)
    return True


def _is_something_else(text: str) -> bool:
    if _MEASURE.fullmatch(text) or (
        _CODE.fullmatch(text) and not any(char.isdigit() for char in text if "[" not in text)
    ):
        return True
    return _is_speech(text)


def _is_speech(text: str) -> bool:
    words = text.split()
    if len(words) == 2 and text[0].isupper() and not any(char.isdigit() for char in text):
        return text[-1] in ".!?:" or not _TERMS.isdisjoint(split(text))  # what stands on a button or before a field
    if len(words) < 3:
        return False
    low = {word.lower().strip(".,:;!?'\"") for word in words}
    return (
        bool(low & _SPEECH)
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
    words = frozenset(word for word in split(text) if not word.isdigit())
    shouted, own = text.isupper() and "_" in text, _SELF_NAMING.union(key)
    if "test" in words and words & _TERMS and maker is Maker.CHOSEN:
        return Grade.FILLER
    if words & _TERMS and (shouted or words <= own or _names_something(text)):
        if maker is Maker.CHOSEN and not words <= _SELF_NAMING:
            return Grade.NAMED
        may_be_one = not shouted and "/" not in text and (words <= own or maker is Maker.SIGNING)
        return Grade.WEAK if may_be_one and maker is not Maker.ISSUED else Grade.NAMED
    if not _WORDS.fullmatch(text) or (text.isupper() and "_" not in text):
        return Grade.PLAIN
    if maker is Maker.CHOSEN and len(words) > 2 and words.isdisjoint(own | _PARTS_OF_NAMES) and "/" not in text:
        return Grade.WORDY
    several = maker in (Maker.ISSUED, Maker.CHOSEN) and (not text.isalpha() or _CAMEL.fullmatch(text) is not None)
    return Grade.NAMED if several or "/" in text else Grade.WORDY


def _names_something(text: str) -> bool:
    """Small words and version numbers with separators, as stored secrets are called: `acme-db-password-v1`."""
    return _NAMING.fullmatch(text) is not None


def _is_sequence(text: str) -> bool:
    """`123456`, `abc123`, `1234567890abcdef`: counted, not made. `ABCDEF` alone is left to its name."""
    runs = re.findall(r"\d+|[a-z]+", text)
    counted = ("1234567890", "0123456789", "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "987654321")
    return any(run.isdigit() for run in runs) and all(
        any(run in row for row in counted) and len(run) > 2 for run in runs
    )

"""Names as the words that people read in them: `mysqlPASSWORD`, `db-pass`, `DB_SECET_KEY`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from migrate.model.lazy_pattern import LazyPattern


def vocabulary(text: str) -> frozenset[str]:
    """Return a set of words, given with blanks between them."""
    return frozenset(text.split())


_SEGMENTS = LazyPattern(r"[^\W_]+")
_PIECES = LazyPattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z\u00df-\u024f]+|\d+|[^\W\d_]+")

# Words that hold digits or several capitals and would be cut in the wrong place.
_WHOLE = vocabulary(
    "auth0 oauth oauth2 s3 ec2 b64 base64 x509 p12 p8 k8s a2a v1 v2 v3 md5 sha1 sha256 hs256 rs256 github gitlab "
    "graphql dynamodb mongodb mysql postgresql openai youtube linkedin whatsapp sendgrid minio mailchimp paypal"
)

# What people write in one word.
_RUN_TOGETHER = (
    "api key, api token, api secret, api pass, app key, app secret, app token, access key, access key id, "
    "access token, refresh token, auth token, auth key, auth pass, secret key, secret access key, secret id, "
    "secret name, secret arn, client secret, client key, consumer secret, consumer key, shared key, "
    "shared access key, account key, storage key, private key, public key, ssh key, rsa key, pem key, signing key, "
    "signing secret, sign key, master key, jwt key, hmac key, aes key, encryption key, encrypt key, crypto key, "
    "session key, cookie key, server key, service key, license key, user key, admin key, maps key, key id, "
    "key name, key pair, bot key, webhook url, hook url, connection string, db url, db uri, db dsn, mongo url, "
    "mongo uri, mongodb uri, redis url, database url, user pass, db pass, db pwd, my pass, mail pass, email pass, "
    "smtp pass, mysql pass, pg pass, ftp pass, sftp pass, root pass, admin pass, redis pass, mongo pass, "
    "basic auth, http auth, otp seed, seed phrase, id token, max tokens, next token"
)
_FUSED: dict[str, str] = {
    **{phrase.replace(" ", ""): phrase for phrase in _RUN_TOGETHER.split(", ")},
    "apikeys": "api key",
    "hapikey": "api key",
    "writekey": "write key",
    "privkey": "private key",
    "pvtkey": "private key",
    "pubkey": "public key",
    "webhookuri": "webhook url",
    "connstring": "connection string",
    "connstr": "connection string",
}

# Endings that are never part of another word, so that any beginning may precede them.
_ENDINGS = (
    "password",
    "passphrase",
    "passwd",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "pwd",
)

_ENDED = tuple(ending + plural for ending in _ENDINGS for plural in ("", "s"))

# Plurals, short forms, other languages and common typos.
_SYNONYMS: dict[str, str] = {
    written: meant
    for meant, all_written in {
        "password": "passwords passwd passwort kennwort contrasena contraseña contrasenia senha wachtwoord",
        "pwd": "pswd",
        "key": "keys",
        "secret": "secrets secreto",
        "token": "tokn tokne toekn tocken tokken",
        "credentials": "credential creds cred credencial credentails credintials",
        "mnemonic": "mnenomic mneumonic",
        "passphrase": "passphrases",
        "webhook": "webhooks",
        "encryption": "enc encrypt encrypting crypt crypto cipher",
        "signing": "sign signature signer",
        "private": "priv pvt",
        "public": "pub",
        "url": "urls",
        "uri": "uris",
    }.items()
    for written in all_written.split()
}

# Words one typo away from these are taken for them: `SECET`, `PASSWROD`, `SCERET`.
_SPELLED = ("secret", "password", "credentials")
_OTHER_WORDS = frozenset({"secrete", "passworded"})


# A name's end carries its meaning; nothing further back is read.
_LONGEST = 256


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name.

    Words run together are parted, misspelled ones corrected, plurals of words for secrets made singular.
    """
    words: list[str] = []
    for segment in _SEGMENTS.findall(name[-_LONGEST:]):
        words.extend(_words_of_segment(segment))
    return tuple(_joined(words))


def _words_of_segment(segment: str) -> Sequence[str]:
    """Return the words of letters and digits without a separator."""
    low = segment.lower()
    if segment == low and segment.isascii() and segment.isalpha():
        return _normalized(segment)
    if low in _FUSED or low in _WHOLE or low in _SYNONYMS:
        return _normalized(low)
    return [word for piece in _PIECES.findall(segment) for word in _normalized(piece.lower())]


@lru_cache(maxsize=4096)
def _normalized(word: str) -> tuple[str, ...]:
    """Return the words that one written word means."""
    if word in _FUSED:
        return tuple(_SYNONYMS.get(part, part) for part in _FUSED[word].split())
    if word in _SYNONYMS:
        return (_SYNONYMS[word],)
    if word.endswith(_ENDED):
        for ending in _ENDINGS:
            if word.endswith((ending, ending + "s")) and len(word) > len(ending) + 1:
                at = word.rindex(ending)
                return (*_normalized(word[:at]), *(_FUSED.get(ending) or _SYNONYMS.get(ending) or ending).split())
    return (_corrected(word),)


_ONE_WORD = _WHOLE | {"password", "oauth"}


def _joined(words: list[str]) -> list[str]:
    """Join `s 3`, `o auth` and `pass word`, which were cut in the wrong place."""
    joined: list[str] = []
    for word in words:
        last = joined[-1] if joined else ""
        if last and last + word in _ONE_WORD:
            joined[-1] = last + word
        else:
            joined.append(word)
    return joined


def _corrected(word: str) -> str:
    """Return the word for a secret that is one typo away, else the word itself."""
    if len(word) > 4 and word not in _OTHER_WORDS:
        for right in _SPELLED:
            # A typo is at one end at most, so that one of the outer letters is right.
            may_be = abs(len(word) - len(right)) < 2 and (word[0] == right[0] or word[-1] == right[-1])
            if may_be and word != right and is_one_typo(word, right):
                return right
    return word


def is_one_typo(word: str, right: str) -> bool:
    """Return whether one letter is missing, doubled, wrong, or swapped."""
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    rest, wanted = word[start:], right[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped == wanted

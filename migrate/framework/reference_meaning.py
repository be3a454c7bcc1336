"""Tell what an existing reference deploys, and write the same in another family's form."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto

from migrate.framework.existing_references import ExistingReference
from migrate.framework.reference import ReferenceSyntax, fits
from migrate.model import Family

SECRETS_MANAGER = "/aws/reference/secretsmanager/"


class Written(StrEnum):
    """The forms of a reference, its region aside."""

    BARE = "ssm:"
    RAW = "(raw)"
    NO_DECRYPT = "(noDecrypt)"
    TRUE = "~true"
    FALSE = "~false"
    SPLIT = "~split"
    UNCLEAR = auto()


class Content(StrEnum):
    """What a parameter holds, as far as the forms deploy it differently."""

    UNKNOWN = auto()
    TEXT = auto()
    LIST = auto()
    SECRET = auto()
    SECRET_OBJECT = auto()  # JSON that modern versions parse


class Meaning(StrEnum):
    """What a reference deploys of its parameter."""

    TEXT = auto()
    CIPHERTEXT = auto()
    OBJECT = auto()
    LIST = auto()


_RAW, _NO_DECRYPT = frozenset({"raw"}), frozenset({"raw", "noDecrypt"})
# What may stand in the brackets of each ending, and what both are together; anything else is unclear.
_FORMS: tuple[tuple[str, frozenset[str], Written], ...] = (
    ("", frozenset(), Written.BARE),
    ("", _RAW, Written.RAW),
    ("", _NO_DECRYPT, Written.NO_DECRYPT),
    ("~true", frozenset(), Written.TRUE),
    ("~true", _RAW, Written.RAW),
    ("~false", _NO_DECRYPT, Written.FALSE),
    ("~split", frozenset(), Written.SPLIT),
)

# A reference is only ever rewritten into a form that deploys the same: none where a family has no such form.
_SOURCES: Mapping[tuple[Family, Meaning], tuple[str, str]] = {
    (Family.LEGACY, Meaning.TEXT): ("ssm:{path}~true", "ssm.{region}:{path}~true"),
    (Family.LEGACY, Meaning.CIPHERTEXT): ("ssm:{path}~false", "ssm.{region}:{path}~false"),
    (Family.LEGACY, Meaning.LIST): ("ssm:{path}~split", "ssm.{region}:{path}~split"),
    (Family.MODERN, Meaning.TEXT): ("ssm(raw):{path}", "ssm({region}, raw):{path}"),
    (Family.MODERN, Meaning.CIPHERTEXT): ("ssm(noDecrypt):{path}", "ssm({region}, noDecrypt):{path}"),
    (Family.MODERN, Meaning.OBJECT): ("ssm:{path}", "ssm({region}):{path}"),
    (Family.MODERN, Meaning.LIST): ("ssm:{path}", "ssm({region}):{path}"),
}
# Legacy versions parse what they read of Secrets Manager, and nothing else.
_OF_SECRETS_MANAGER = {**_SOURCES, (Family.LEGACY, Meaning.OBJECT): _SOURCES[Family.LEGACY, Meaning.TEXT]}
del _OF_SECRETS_MANAGER[Family.LEGACY, Meaning.TEXT]


def written(existing: ExistingReference) -> Written:
    """Return the form of a reference."""
    flags = frozenset(existing.params) - {existing.region}
    rows = (form for tail, allowed, form in _FORMS if tail == existing.tail and flags <= allowed)
    return next(rows, Written.UNCLEAR)


def is_of_secrets_manager(existing: ExistingReference) -> bool:
    """Return whether a reference reads a secret of Secrets Manager."""
    return existing.path.startswith(SECRETS_MANAGER)


def meaning(existing: ExistingReference, content: Content) -> Meaning | None:
    """Return what a reference deploys where its form is read.

    None where that can't be told.
    """
    match written(existing):
        case Written.RAW:
            return Meaning.TEXT
        case Written.TRUE:
            return Meaning.OBJECT if is_of_secrets_manager(existing) else Meaning.TEXT
        case Written.FALSE | Written.NO_DECRYPT:
            return Meaning.CIPHERTEXT
        case Written.SPLIT:
            return Meaning.LIST if content is Content.LIST else None
        case Written.BARE:
            return (_BARE_LEGACY if existing.dotted else _BARE_MODERN).get(content)
    return None


# Of a SecureString it deploys the encrypted text, which nobody is known to have meant.
_BARE_LEGACY = {Content.TEXT: Meaning.TEXT, Content.LIST: Meaning.TEXT}
_BARE_MODERN = {
    Content.TEXT: Meaning.TEXT,
    Content.LIST: Meaning.LIST,
    Content.SECRET: Meaning.TEXT,
    Content.SECRET_OBJECT: Meaning.OBJECT,
}


def same_source(existing: ExistingReference, syntax: ReferenceSyntax, content: Content) -> str | None:
    """Write a reference in a family's own form, so that it deploys what it means.

    None where that is not certain.
    """
    meant = meaning(existing, content)
    forms = _OF_SECRETS_MANAGER if is_of_secrets_manager(existing) else _SOURCES
    if meant is None or (syntax.family, meant) not in forms:
        return None
    form = forms[syntax.family, meant][1 if existing.region else 0]
    sample = form.format(path="/x" if existing.has_variables else existing.path, region=existing.region)
    return form.format(path=existing.path, region=existing.region) if fits(syntax, sample) else None

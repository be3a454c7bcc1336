"""Findings, the framework that deploys them, and the parameters that they go to."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from msgspec import Struct

from migrate.model.keypath import KeyPath
from migrate.model.text import Manifest, Scalar, Span

MASK = "••••••"


class Secret:
    """A secret value that prints as its mask; only `reveal()` gives the text."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the plain text; search for this name to see every use."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))


class Confidence(IntEnum):
    """The certainty of a finding; `HIGH` is safe to move unattended."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """Return the word of the command line."""
        return self.name.lower()


class Kind(StrEnum):
    """The kind of a secret, in the words of reports."""

    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    API_KEY = "api-key"
    TOKEN = "token"  # noqa: S105
    SIGNING_SECRET = "signing-secret"  # noqa: S105
    CONNECTION_STRING = "connection-string"
    PRIVATE_KEY = "private-key"
    WEBHOOK = "webhook"
    OTHER = "other"


class Rule(Struct, frozen=True):
    """One row of the rule table."""

    id: str
    title: str
    kind: Kind
    confidence: Confidence


class Form(StrEnum):
    """The share of its scalar that a secret is, and so the form of reference that replaces it."""

    WHOLE = "whole"
    PART = "part"
    FALLBACK = "fallback"


class Finding(Struct, frozen=True):
    """A secret in a file; `part` is its span within `scalar.value`, None for all of it.

    For `Form.FALLBACK` the part is the literal's content, without the quotes around it.
    `reason` explains in words why this is taken for a secret. One that `is_allowed` by a comment, the settings
    or a baseline is left alone, and masked like all others.
    """

    rule: Rule
    manifest: Manifest
    scalar: Scalar
    secret: Secret
    confidence: Confidence
    reason: str
    part: Span | None = None
    form: Form = Form.WHOLE
    is_allowed: bool = False

    @property
    def path(self) -> KeyPath:
        """Return the key path of the value."""
        return self.scalar.path


class Family(StrEnum):
    """Framework versions that share one reference syntax."""

    LEGACY = "legacy"
    MODERN = "modern"
    UNKNOWN = "unknown"


class Framework(Struct, frozen=True):
    """The framework that deploys a manifest, and how that is known.

    `release` is the word of `--framework` for it, or '' when unknown.
    """

    family: Family
    release: str = ""
    label: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


class Tier(StrEnum):
    """Parameter tiers; the values are the API's."""

    STANDARD = "Standard"
    ADVANCED = "Advanced"
    INTELLIGENT = "Intelligent-Tiering"


class Target(Struct, frozen=True):
    """An AWS profile and region to store parameters in; None means the default chain's."""

    profile: str | None = None
    region: str | None = None


class Identity(Struct, frozen=True):
    """The caller at a target; `endpoint` is the store's, set only where it is not AWS's own.

    `profile` is the one in use, however it was chosen; `sts_endpoint` is where `arn` comes from, set only
    where that is neither AWS nor the store's own server.
    """

    account: str
    arn: str
    region: str
    endpoint: str | None = None
    profile: str | None = None
    sts_endpoint: str | None = None

    @property
    def place(self) -> str:
        """Name account, region, and endpoint if it is not AWS's own, for errors."""
        return ", ".join(part for part in (f"account {self.account}", self.region, self.endpoint) if part)


class Parameter(Struct, frozen=True):
    """A parameter to store, always as a SecureString."""

    name: str
    secret: Secret
    key_id: str | None = None
    tier: Tier = Tier.STANDARD
    tags: tuple[tuple[str, str], ...] = ()


class StoredParameter(Struct, frozen=True):
    """A parameter as the store holds it; `secret` is the decrypted value."""

    name: str
    type: str
    version: int
    secret: Secret

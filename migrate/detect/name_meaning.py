"""The meaning of a name: a kind of secret, how certain, and the origin of such values."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from migrate.model import Kind


class Strength(IntEnum):
    """The certainty with which a name means a secret; a doubted one does only where the value looks issued."""

    STRONG = 3
    FAIR = 2
    WEAK = 1
    DOUBTED = 0

    def weakened(self) -> Strength:
        """Return the strength below, weak at least."""
        return Strength(max(Strength.WEAK, self - 1))


class SecretOrigin(IntEnum):
    """The origin of such values, which decides what may be one.

    What a service issues is never a plain word; what people choose themselves may be `root`, and a signing key
    even `acme-jwt-secret`, which as any other secret would rather be the name of a stored one.
    """

    ISSUED = 0
    CHOSEN = 1
    PASSWORD = 2
    SIGNING = 3


class NameMeaning(Struct, frozen=True):
    """The meaning of a name; `description` completes "named like …"."""

    kind: Kind
    strength: Strength
    origin: SecretOrigin
    description: str

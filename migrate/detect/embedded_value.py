"""The piece of a longer text that may be a secret, and what promises one in such places."""

from __future__ import annotations

from msgspec import Struct

from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.model import Kind, Span

BLANK = "\ue000"  # replaces every character of a variable, so that its inside is never read as text

URL_PASSWORD = NameMeaning(Kind.CONNECTION_STRING, Strength.STRONG, SecretOrigin.PASSWORD, "a password")
AUTHORIZATION = NameMeaning(Kind.OTHER, Strength.STRONG, SecretOrigin.ISSUED, "an authorization")
SIGNATURE = NameMeaning(Kind.TOKEN, Strength.WEAK, SecretOrigin.ISSUED, "a signature")


class EmbeddedValue(Struct, frozen=True):
    """A piece of a text that is secret if it looks so; `meaning` is what the text before it promises.

    `rule` is the rule's id, `reason` the evidence in words, `user` the name before a password.
    """

    span: Span
    rule: str
    meaning: NameMeaning
    reason: str
    user: str = ""

"""What stays of a parameter that is overwritten: its key, its tier, and all else that AWS would drop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from migrate.model import Parameter
from migrate.stores.limits import MAX_VALUE_BYTES, SECURE_STRING

# What a put without them loses. Policies are not among them: AWS keeps those until others are sent.
_KEPT = ("Type", "KeyId", "Tier", "Description", "AllowedPattern", "DataType")
_MOST_BYTES: Mapping[str, int] = {tier.value: most for tier, most in MAX_VALUE_BYTES.items()}


class Refusal(Struct, frozen=True):
    """Why a parameter can't be overwritten with what it has, and what helps."""

    message: str
    hint: str


def kept_settings(history: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the settings of the newest version, as arguments of PutParameter.

    There are none where it has no version.
    """
    newest = max(history, key=lambda row: int(row.get("Version") or 0), default={})
    return {name: str(newest[name]) for name in _KEPT if newest.get(name)}


def refusal_of(parameter: Parameter, settings: Mapping[str, str]) -> Refusal | None:
    """Return why a parameter can't be overwritten under the settings that it has.

    None where it can.
    """
    key, tier = settings.get("KeyId"), settings.get("Tier", "")
    if settings.get("Type", SECURE_STRING) != SECURE_STRING:
        message = f"it is there as {settings['Type']}, which AWS never changes into {SECURE_STRING}"
        return Refusal(message, "choose another name, or delete that parameter first")
    if key is None:
        return Refusal("its history does not name the key that must stay", "give it another --name")
    if parameter.key_id and _key(parameter.key_id) != _key(key):
        message = f"it is encrypted with {key}, which stays, and not with the --kms-key-id given"
        return Refusal(message, "leave out --kms-key-id to keep its key, or give it another --name")
    most = _MOST_BYTES.get(tier)
    if most is not None and len(parameter.secret.reveal().encode(errors="surrogatepass")) > most:
        message = f"the value is too long for its tier, {tier}, which stays"
        return Refusal(message, f"{most:,} bytes are allowed: give it another --name")
    return None


def _key(text: str) -> str:
    """Return the part of a key's name that is written with and without its ARN."""
    return text.rpartition(":")[2].removeprefix("key/")

"""Examples of secrets, built from recipes so that the source holds none for a scanner to find."""

from __future__ import annotations

import json
import string
from base64 import b64encode, urlsafe_b64encode
from random import Random

from migrate.detect.checks import github_checksum
from migrate.model.lazy_pattern import LazyPattern

_FIELD = LazyPattern(r"\{([a-z]\w*):(\d+)\}")
_HEX = "0123456789abcdef"
_ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    "base36": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "letters": string.ascii_letters,
    "lower": string.ascii_lowercase,
    "digits": "123456789",
    "hex": _HEX,
    "symbols": string.ascii_letters + string.digits + "!%*()-+=?.,",
}


def build(recipe: str, seed: int = 0) -> str:
    """Build the text of a recipe.

    `ghp_{crc:36}` is `ghp_` and 36 characters of which the last six are the checksum. Equal recipes and seeds give
    equal texts. Besides the alphabets there are `crc`, `uuid`, `jwt`, `pem`, `pem64`, `snowflake` and `basic`.
    """
    random = Random(f"{recipe}/{seed}")  # noqa: S311 - examples, not secrets
    return _FIELD.sub(lambda field: _field(random, field[1], int(field[2])), recipe)


def _field(random: Random, name: str, length: int) -> str:
    if name == "crc":
        entropy = _characters(random, "base62", length - 6)
        return entropy + github_checksum(entropy)
    if name == "uuid":
        return "-".join(_characters(random, "hex", size) for size in (8, 4, 4, 4, 12))
    if name == "jwt":
        return _jwt(random)
    if name == "pem":
        return _pem(random)
    if name == "pem64":
        return b64encode(_pem(random).encode()).decode()
    if name == "snowflake":
        return b64encode(_characters(random, "digits", length).encode()).decode()
    if name == "basic":
        return b64encode(f"app:{_characters(random, 'base62', 18)}".encode()).decode()
    return _characters(random, name, length)


def _characters(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(_ALPHABETS[alphabet], k=length))


def _jwt(random: Random) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": _characters(random, "digits", 10), "role": "service"})
    head = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{_characters(random, 'base62', 43)}"


def _pem(random: Random) -> str:
    label = "RSA PRIVATE" + " KEY"
    body = "\n".join(_characters(random, "base64", 64) for _ in range(8))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"

"""Checks of issued tokens, by checksum and structure, that texts of merely similar form fail."""

from __future__ import annotations

import binascii
import re
import zlib

from migrate.model.lazy_pattern import LazyPattern

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PEM_BODY = LazyPattern(
    r"PRIVATE KEY(?: BLOCK)?-----(?:\\+[nr]|\s)*(?:[A-Za-z-]+: [^\n\\]*(?:\\+[nr]|\s)+)*([A-Za-z0-9+/=]{16,})"
)


def base62(number: int, width: int) -> str:
    """Return a number in base 62, padded with zeros."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(width, "0")


def github_checksum(entropy: str) -> str:
    """Return the six characters that end a GitHub or npm token.

    They are the CRC-32 of the thirty before them, in base 62.
    Source: GitHub, "Behind GitHub's new authentication token formats", 2021.
    """
    return base62(zlib.crc32(entropy.encode()), 6)


def has_github_checksum(token: str) -> bool:
    """Return whether a token ends with the checksum of the characters before."""
    entropy = token.partition("_")[2]
    return github_checksum(entropy[:-6]) == entropy[-6:]


def is_jwt(token: str) -> bool:
    """Return whether a token's first part is a header that names an algorithm."""
    header = _json_text(token.split(".")[0])
    return '"alg"' in header


def is_public_jwt(token: str) -> bool:
    """Return whether a token's claims mean it for browsers: Supabase's `anon` key."""
    parts = token.split(".")
    return len(parts) == 3 and re.search(r'"role"\s*:\s*"anon"', _json_text(parts[1])) is not None


def is_pem(text: str) -> bool:
    """Return whether base64 follows the first line of a PEM private key."""
    return _PEM_BODY.search(text) is not None


def is_pem_base64(text: str) -> bool:
    """Return whether base64 decodes to the beginning of a PEM private key."""
    return "PRIVATE KEY" in _decoded(text[:64])


def is_discord(token: str) -> bool:
    """Return whether a token's first part is the base64 of a bot's number."""
    return _decoded(token.split(".")[0]).isdigit()


def is_user_and_password(encoded: str) -> bool:
    """Return whether base64 decodes to `user:password`, both printable."""
    text = _decoded(encoded)
    return ":" in text and text.isprintable()


_URL_SAFE = str.maketrans("-_", "+/")


def _json_text(encoded: str) -> str:
    """Return the text of URL-safe base64 without its padding, '' where it is none."""
    try:
        plain = encoded.translate(_URL_SAFE) + "=" * (-len(encoded) % 4)
        return binascii.a2b_base64(plain).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _decoded(encoded: str) -> str:
    """Return the text of base64, or of its beginning, '' where it is none."""
    text = "".join(encoded.split()).rstrip("=")
    whole = text if len(text) % 4 != 1 else text[:-1]
    try:
        return binascii.a2b_base64(whole + "=" * (-len(whole) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""

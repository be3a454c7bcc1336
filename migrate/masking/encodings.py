"""The encodings in which a secret may stand elsewhere: in URLs, headers, JSON, YAML, HTML, dumps."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote, quote_plus

_SHORTEST = 3
_LONG = 6  # what is shorter may be a part of anything once it is encoded


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _lower_hex(encoded: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), encoded)


def _base64_behind(before: int, encode: Callable[[bytes], bytes] = b64encode) -> Callable[[str], str]:
    """Encode a value behind so many other bytes, as in `user:password`.

    The characters that it shares with its neighbours are left out.
    """

    def encoded(value: str) -> str:
        content = bytes(before) + _bytes(value)
        return encode(content)[-(-before * 4 // 3) : len(content) * 4 // 3].decode()

    return encoded


_ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda value: quote(value, safe=""),
    quote_plus,
    lambda value: b64encode(_bytes(value)).decode(),
    lambda value: json.dumps(value)[1:-1],
    lambda value: json.dumps(value, ensure_ascii=False)[1:-1],  # as key paths are quoted, too
    lambda value: value.replace("'", "''"),
)
_ENCODINGS_OF_LONG: tuple[Callable[[str], str], ...] = (
    quote,
    lambda value: _lower_hex(quote(value, safe="")),
    lambda value: _lower_hex(quote_plus(value)),
    lambda value: _lower_hex(quote(value)),
    lambda value: quote(quote(value, safe=""), safe=""),
    *(_base64_behind(before) for before in range(3)),
    *(_base64_behind(before, urlsafe_b64encode) for before in range(3)),
    lambda value: urlsafe_b64encode(_bytes(value)).decode(),
    lambda value: _bytes(value).hex(),
    lambda value: _bytes(value).hex().upper(),
    escape,
    lambda value: escape(value, quote=False),
)


def encodings_of(value: str) -> Iterator[str]:
    """Yield a value as it is and in each encoding; nothing of a short one."""
    length = len(value.strip())
    if length >= _SHORTEST:
        yield from (encode(value) for encode in _ENCODINGS)
    if length >= _LONG:
        yield from (encode(value) for encode in _ENCODINGS_OF_LONG)

"""Make up keys and certificates: noise behind the head of such a structure, in Base64 or PEM."""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random

Shape = Callable[[Random], str]
_RSA_OID = bytes.fromhex("300d06092a864886f70d0101010500")
_HEADS = {
    "RSA PRIVATE KEY": bytes.fromhex("0201000282010100"),
    "PRIVATE KEY": bytes.fromhex("020100") + _RSA_OID + bytes.fromhex("048204a8"),
    "EC PRIVATE KEY": bytes.fromhex("0201010420"),
    "PUBLIC KEY": _RSA_OID + bytes.fromhex("0382010f00"),
    "CERTIFICATE": bytes.fromhex("308202"),
}


def der(label: str, size: int) -> Shape:
    """Return a function that makes a structure with so many bytes of noise, in Base64."""

    def make(rng: Random) -> str:
        body = _HEADS[label] + rng.randbytes(size)
        return base64.b64encode(b"\x30" + _length(len(body)) + body).decode()

    return make


def pem(label: str, size: int, end: str, indent: str = "") -> Shape:
    """Return a function that makes it in PEM, with these line ends and this indentation."""

    def make(rng: Random) -> str:
        body = der(label, size)(rng)
        fence = "-" * 5
        lines = [
            f"{fence}BEGIN {label}{fence}",
            *(body[at : at + 64] for at in range(0, len(body), 64)),
            f"{fence}END {label}{fence}",
        ]
        return (end + indent).join(lines)

    return make


def pem_base64(rng: Random) -> str:
    """Make a private key in PEM, and that in Base64."""
    return base64.b64encode(pem("RSA PRIVATE KEY", 1150, "\n")(rng).encode()).decode()


def _length(size: int) -> bytes:
    """Encode a length as DER does."""
    if size > 255:
        return bytes([0x82, *size.to_bytes(2)])
    return bytes([0x81, size]) if size > 127 else bytes([size])

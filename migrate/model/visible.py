"""Control, bidi and invisible characters made visible, so that no file can forge what people read."""

from __future__ import annotations

from migrate.model import UNSAFE


def visible(text: str) -> str:
    """Escape control, bidi and invisible characters; tabs and line ends stay."""
    return UNSAFE.sub(lambda char: _escape(ord(char[0])), text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_line(text: str) -> str:
    """Escape line feeds as well: a name must not be able to forge a line of output."""
    return visible(text).replace("\n", "\\x0a")

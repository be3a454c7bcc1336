"""Control, bidi and invisible characters, made visible."""

from __future__ import annotations

from migrate.model import UNSAFE


def visible(text: str) -> str:
    """The text with control, bidi and invisible characters written as escapes; tabs and line ends stay."""
    return UNSAFE.sub(lambda char: _escape(ord(char[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_line(text: str) -> str:
    """The same in one line: a name must not be able to make a line of its own."""
    return visible(text).replace("\n", "\\x0a")

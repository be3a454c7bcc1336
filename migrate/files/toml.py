"""TOML files: bounded reads, errors that quote nothing of the file, and safe strings to write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from migrate.files.regular_files import read_file
from migrate.model import UNSAFE, Location, SlsMigrateError, UsageError

_MAX_BYTES = 5_000_000


def read_text(file: Path, most: int = _MAX_BYTES) -> str | None:
    """Read the text of a file; return None where it is not UTF-8.

    Python's error would carry all of the text. Raises ManifestError where the file can't be read, or has more than
    `most` bytes.
    """
    source = read_file(file, most)
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError:
        return None


def parse_toml(text: str, file: Path, message: str = "is not TOML") -> dict[str, Any]:
    """Parse a TOML text.

    Raises UsageError with `message` and the position where the text is no TOML.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # int() has a ValueError of its own for thousands of digits
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        location = Location(file, int(place[1]), int(place[2])) if place else Location(file)
    raise UsageError(message, location=location)


def toml_string(text: str) -> str:
    """Return a text as a TOML basic string.

    Raises SlsMigrateError for half a surrogate pair, which no TOML string can hold.
    """
    if re.search("[\ud800-\udfff]", text):
        message = f"{text}: a name that is not UTF-8 can't be written to a TOML file"
        raise SlsMigrateError(message, hint="name the file in UTF-8")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(f"{UNSAFE.pattern}|[\t\n]", lambda char: _toml_escape(ord(char[0])), escaped) + '"'


def _toml_escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

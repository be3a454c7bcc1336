"""A reader of files: bytes to text, and the text's scalars with their exact places."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from migrate.model import MAX_BYTES, Encoding, Lines, Location, Manifest, ManifestError, Role
from migrate.text import libyaml_reader
from migrate.text.json_source import read_json
from migrate.text.structure import MAX_SLOW_LENGTH, MalformedError, Reading

_MARKED = (
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
)
TOO_LARGE = f"its file is larger than {MAX_SLOW_LENGTH // 1_000_000} MB: no change could be proved in good time"
_Parsed = TypeVar("_Parsed")


def read(file: Path, source: bytes, role: Role = Role.MANIFEST) -> Manifest:
    """Read the manifest in the bytes of `file`; a name in `.json` makes it JSON.

    Raises ManifestError, with the place and without a word of the text, where it can't be read without doubt.
    """
    text, encoding = decode(source, file)
    reading = parse(file, text)
    return Manifest(file, source, text, encoding, reading.scalars, is_json(file), role, reading.links)


def is_json(file: Path) -> bool:
    """Return whether the framework reads a file as JSON rather than YAML."""
    return file.suffix.lower() == ".json"


def decode(source: bytes, file: Path | None = None) -> tuple[str, Encoding]:
    """Return the text without its BOM, its line ends unchanged, and its encoding.

    The text is UTF-8, or UTF-16 when a BOM marks it so. `file` is for the error alone. Raises ManifestError where the
    bytes are no text.
    """
    if len(source) > MAX_BYTES:
        raise ManifestError(f"larger than {MAX_BYTES // 1_000_000} MB", location=Location(file) if file else None)
    encoding = next((known for known in _MARKED if source.startswith(known.bom)), Encoding())
    content = source[len(encoding.bom) :]
    text, valid = _decoded(content, encoding.codec)
    if valid < len(content):
        raise ManifestError(f"not {encoding.codec.upper()} text", location=_end_of(text, file))
    if "\0" in text:
        raise ManifestError("not a text file: it holds NUL characters", location=_end_of(text.partition("\0")[0], file))
    return text, encoding


def encode(text: str, encoding: Encoding) -> bytes:
    """Return the bytes that `decode` reads as this text in this encoding."""
    return encoding.bom + text.encode(encoding.codec)


def parse(file: Path, text: str) -> Reading:
    """Parse a file's text into its scalars and the outline of all else.

    Raises ManifestError, as `read` does.
    """
    return _located(file, text, lambda: _parse_fast(file, text) or _parse_slowly(file, text))


def parse_twice(file: Path, text: str) -> Reading | None:
    """Parse a file's text with two parsers; return None where they disagree.

    JSON, and YAML that libyaml does not read, is read by one parser. Raises ManifestError, as `read` does.
    """
    if not is_json(file) and len(text) > MAX_SLOW_LENGTH:
        raise ManifestError(TOO_LARGE, location=Location(file))
    fast = _located(file, text, lambda: _parse_fast(file, text))
    reading = _located(file, text, lambda: _parse_slowly(file, text))
    return reading if fast is None or fast == reading else None


def is_provable(manifest: Manifest) -> bool:
    """Return whether a rewrite of a file can be proved in a few seconds."""
    return manifest.is_json or len(manifest.text) <= MAX_SLOW_LENGTH


def _parse_fast(file: Path, text: str) -> Reading | None:
    return None if is_json(file) else libyaml_reader.read_yaml(text)


def _parse_slowly(file: Path, text: str) -> Reading:
    """Parse JSON by its grammar, YAML by the parser that decides what is malformed.

    That parser also locates the fault. Raises MalformedError.
    """
    if is_json(file):
        return read_json(text)
    from migrate.text import ruamel_reader

    return ruamel_reader.read_yaml(text)


def _located(file: Path, text: str, parse_text: Callable[[], _Parsed]) -> _Parsed:
    """Parse a text. Raises ManifestError with the place of a fault."""
    try:
        return parse_text()
    except MalformedError as error:
        reason, offset = error.reason, error.offset
    # Outside of the handler, so that no exception refers to one that quotes the file.
    raise ManifestError(reason, location=Location(file, *Lines(text).position(offset)))


def duplicate_keys(manifest: Manifest) -> tuple[Location, ...]:
    """Return the places of keys that their mapping has already.

    Serverless refuses such YAML. JSON may repeat a key.
    """
    if manifest.is_json:
        return ()
    lines = Lines(manifest.text)
    duplicates = parse(manifest.file, manifest.text).duplicates
    return tuple(Location(manifest.file, *lines.position(offset)) for offset in duplicates)


def _decoded(content: bytes, codec: str) -> tuple[str, int]:
    """Return the text as far as the bytes are valid, and their number."""
    try:
        return content.decode(codec), len(content)
    except UnicodeDecodeError as error:
        valid = error.start
    return content[:valid].decode(codec), valid


def _end_of(text: str, file: Path | None) -> Location | None:
    return Location(file, *Lines(text).position(len(text))) if file else None

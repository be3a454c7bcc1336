"""Reads a file: bytes to text, and the text's scalars with their exact places."""

from __future__ import annotations

import codecs
from pathlib import Path

from migrate.model import MAX_BYTES, Encoding, Lines, Location, Manifest, ManifestError, Role
from migrate.text import libyaml_reader
from migrate.text.json_source import read_json
from migrate.text.structure import MalformedError, Reading

_MARKED = (
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
)


def read(file: Path, source: bytes, role: Role = Role.MANIFEST) -> Manifest:
    """The manifest that these bytes of `file` are; names that end in `.json` are read as JSON.

    ManifestError, with the place and without a word of the text, where it can't be read surely.
    """
    text, encoding = decode(source, file)
    reading = parse(file, text)
    return Manifest(file, source, text, encoding, reading.scalars, is_json(file), role, reading.links)


def is_json(file: Path) -> bool:
    """Whether the framework reads this file as JSON rather than YAML."""
    return file.suffix.lower() == ".json"


def decode(source: bytes, file: Path | None = None) -> tuple[str, Encoding]:
    """The text without its BOM and with its line ends as they are; ManifestError where it is none.

    UTF-8, or UTF-16 when a BOM says so. `file` is for the error alone.
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
    """The bytes that `decode` takes for this text in this encoding."""
    return encoding.bom + text.encode(encoding.codec)


def parse(file: Path, text: str) -> Reading:
    """Read a file's text: its scalars and the outline of all else. Raises ManifestError, as `read` does."""
    fast = None if is_json(file) else libyaml_reader.read_yaml(text)
    return fast or _parse_slowly(file, text)


def parse_twice(file: Path, text: str) -> Reading | None:
    """Read a file's text with two parsers; None where they disagree. Raises ManifestError, as `read` does.

    JSON, and YAML that libyaml does not read, is read by one.
    """
    fast = None if is_json(file) else libyaml_reader.read_yaml(text)
    reading = _parse_slowly(file, text)
    return reading if fast is None or fast == reading else None


def _parse_slowly(file: Path, text: str) -> Reading:
    """Read JSON by its grammar, YAML by the parser that decides what is malformed, and where."""
    try:
        if is_json(file):
            return read_json(text)
        from migrate.text import ruamel_reader

        return ruamel_reader.read_yaml(text)
    except MalformedError as error:
        reason, offset = error.reason, error.offset
    # Outside of the handler, so that no exception refers to one that quotes the file.
    raise ManifestError(reason, location=Location(file, *Lines(text).position(offset)))


def duplicate_keys(manifest: Manifest) -> tuple[Location, ...]:
    """Where a key stands that its mapping has already: Serverless refuses such YAML. JSON may say a key twice."""
    if manifest.is_json:
        return ()
    lines = Lines(manifest.text)
    duplicates = parse(manifest.file, manifest.text).duplicates
    return tuple(Location(manifest.file, *lines.position(offset)) for offset in duplicates)


def _decoded(content: bytes, codec: str) -> tuple[str, int]:
    """The text as far as the bytes are text, and how many bytes that is."""
    try:
        return content.decode(codec), len(content)
    except UnicodeDecodeError as error:
        valid = error.start
    return content[:valid].decode(codec), valid


def _end_of(text: str, file: Path | None) -> Location | None:
    return Location(file, *Lines(text).position(len(text))) if file else None

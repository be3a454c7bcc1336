"""Reads a file: bytes to text, and the text's scalars with their exact places."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from migrate.model import MAX_BYTES, Encoding, Lines, Location, Manifest, ManifestError, Role, ScalarStyle, Span
from migrate.model.lazy_pattern import Expression
from migrate.text.json_source import read_json
from migrate.text.segments import block_indent, value_of
from migrate.text.structure import MalformedError, Outliner, Reading, Token

# ruamel.yaml takes over 25 s for `[` repeated 2,000 times.
MAX_FLOW_DEPTH = 64

_MARKED = (
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
)
_STYLES = {
    None: ScalarStyle.PLAIN,
    "'": ScalarStyle.SINGLE,
    '"': ScalarStyle.DOUBLE,
    "|": ScalarStyle.LITERAL,
    ">": ScalarStyle.FOLDED,
}
# What of ruamel.yaml's words may be shown: the rest of its messages quotes the file.
_REASONS = {
    "mapping values are not allowed here": "a ':' stands where none can be",
    "sequence entries are not allowed here": "a '-' stands where none can be",
    "could not find expected ':'": "a key has no ':'",
    "expected <block end>": "the indentation does not fit",
    "found character '\\t'": "a tab stands where only spaces can",
    "found unexpected end of stream": "a quote is never closed",
    "special characters are not allowed": "it holds a control character",
}
# YAML 1.1 reads line breaks in the first three and no column in the fourth; to js-yaml all are characters.
_SHADOW = dict.fromkeys(map(ord, "\x85\u2028\u2029\ufeff"), "\ufffd")
# Blanks that js-yaml skips and ruamel.yaml stumbles over: behind a word, and those that are all of a line or of
# its part before a comment.
_INNER_BLANKS = Expression(r"(?<=[^ \t\r\n])[ \t]++")
_BLANK_LINES = Expression(r"(?<![^\r\n])(?:[ \t]++(?![^\r\n])|\t[ \t]*+(?=#))")
_LAST_BLANKS = Expression(r" +\Z")


def read(file: Path, source: bytes, role: Role = Role.MANIFEST) -> Manifest:
    """The manifest that these bytes of `file` are; names that end in `.json` are read as JSON.

    ManifestError, with the place and without a word of the text, where it can't be read surely.
    """
    text, encoding = decode(source, file)
    reading = parse(file, text)
    return Manifest(file, source, text, encoding, reading.scalars, is_json(file), role)


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
    """The scalars and the outline of a file's text; errors as `read`."""
    try:
        return read_json(text) if is_json(file) else _read_yaml(text)
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


def _read_yaml(text: str) -> Reading:
    """Parses a shadow of the text, equally long, in which ruamel.yaml sees what js-yaml sees."""
    shadow = text.translate(_SHADOW)
    try:
        return _read_shadow(text, shadow)
    except MalformedError:
        lenient = _without_odd_blanks(shadow)
        if lenient == shadow:
            raise
    return _read_shadow(text, lenient)


def _without_odd_blanks(shadow: str) -> str:
    shadow = _INNER_BLANKS.sub(lambda blanks: " " * len(blanks[0]), shadow)
    return _BLANK_LINES.sub(lambda blanks: "\n" * len(blanks[0]), shadow)


def _read_shadow(text: str, shadow: str) -> Reading:
    from ruamel.yaml import events as yaml

    outliner = Outliner()
    documents = 0
    for event, token in _events(shadow):
        offset = event.start_mark.index
        match event:
            case yaml.ScalarEvent() if event.style is None and not event.value:
                outliner.empty(offset, tag=event.tag, anchor=event.anchor)
            case yaml.ScalarEvent():
                outliner.scalar(_token(text, token), tag=event.tag, anchor=event.anchor)
            case yaml.CollectionStartEvent():
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                outliner.open(
                    is_mapping=is_mapping,
                    in_flow=event.flow_style,
                    offset=offset,
                    tag=event.tag,
                    anchor=event.anchor,
                )
            case yaml.CollectionEndEvent():
                outliner.close()
            case yaml.AliasEvent():
                outliner.alias(event.anchor, offset)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise MalformedError("more than one YAML document", offset)
                outliner.document(str(event.explicit), str(event.version), str(event.tags))
    return outliner.reading()


def _token(text: str, token: Any) -> Token:
    """A scalar token with its value as it is in the text, not in the shadow."""
    start, end = token.start_mark.index, token.end_mark.index
    style = _STYLES[token.style]
    indent = 0
    if style.is_block:
        blanks = _LAST_BLANKS.match(text, end)
        end = blanks.end() if blanks else end
        indent = block_indent(text[start:end], token.value)
    return Token(Span(start, end), value_of(text[start:end], style, indent), style)


def _events(text: str) -> Iterator[tuple[Any, Any]]:
    """ruamel.yaml's events, each with the last scalar token; MalformedError for whatever it stumbles over."""
    from ruamel.yaml import YAML

    # Without `pure` an installed C extension would silently be another parser.
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Scanner = _scanner()
    malformed = None
    try:
        for event in yaml.parse(text):
            yield event, yaml.scanner.last_scalar
    except MalformedError as error:
        malformed = error
    except Exception as error:  # it raises a dozen kinds, AssertionError and OverflowError among them
        malformed = _malformed(error)
    if malformed is not None:
        raise malformed


@cache
def _scanner() -> Any:
    """ruamel.yaml's scanner, bounded in depth, that keeps the last scalar token: events begin at a tag or an anchor."""
    from ruamel.yaml.scanner import Scanner
    from ruamel.yaml.tokens import ScalarToken

    class TokenScanner(Scanner):
        last_scalar: Any = None
        has_enough = False

        def get_token(self) -> Any:
            token = super().get_token()
            self.has_enough = False
            if isinstance(token, ScalarToken):
                self.last_scalar = token
            return token

        def need_more_tokens(self) -> bool:
            # The parser asks four times about each token, and the answer takes a fifth of a parse.
            self.has_enough = self.has_enough or not super().need_more_tokens()
            return not self.has_enough

        def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803
            if self.flow_level >= MAX_FLOW_DEPTH:
                raise MalformedError(f"nested deeper than {MAX_FLOW_DEPTH} brackets", self.reader.index)
            super().fetch_flow_collection_start(TokenClass, to_push)

    return TokenScanner


def _malformed(error: Exception) -> MalformedError:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    known = next((reason for start, reason in _REASONS.items() if problem.startswith(start)), None)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    offset = mark.index if mark else getattr(error, "position", 0)
    return MalformedError(f"not valid YAML: {known}" if known else "not valid YAML", offset)

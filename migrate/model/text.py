"""The text of a file: spans, scalars, lines, and the file as it was read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from migrate.model.keypath import KeyPath
from migrate.model.lazy_pattern import LazyPattern
from migrate.model.memoize import memoize_by_identity

MAX_BYTES = 10_000_000  # of a manifest or an included file
Parts = tuple[str | int, ...]  # of a key path
COMPLEX_KEY = "?"  # the part of a path that is a mapping or a sequence
_LINE_END = LazyPattern(r"\r\n|\n|\r")
# What moves a cursor, hides or reorders text: C0 but tab and newline, DEL, C1, bidi controls, zero-width and other
# format characters, lone surrogates.
UNSAFE = LazyPattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


class Span(Struct, frozen=True, order=True):
    """A half-open range, in code points."""

    start: int
    end: int

    def shifted(self, by: int) -> Span:
        """Shift the range by this many code points."""
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        """Return the characters in the range."""
        return text[self.start : self.end]


class Edit(Struct, frozen=True):
    """A replacement for the characters of a span."""

    span: Span
    replacement: str


class ScalarStyle(StrEnum):
    """The style of a scalar in YAML; JSON strings are `DOUBLE`, JSON's other scalars `PLAIN`."""

    PLAIN = "plain"
    SINGLE = "single"
    DOUBLE = "double"
    LITERAL = "literal"
    FOLDED = "folded"

    @property
    def is_block(self) -> bool:
        """Check for a block scalar (`|` or `>`)."""
        return self is ScalarStyle.LITERAL or self is ScalarStyle.FOLDED


class Scalar(Struct, frozen=True):
    """One value of a file: never a key, nor anything inside a complex key (`? …`).

    `span` is the token's own text, quotes or block header included, anchor and tag excluded.
    `value` is what js-yaml reads, as text, before plain scalars become numbers and the like.
    `tag` is the explicit tag (`!Sub`, `tag:yaml.org,2002:int`), None without one.
    `aliased` means that a `*anchor` elsewhere in the file refers to it.
    """

    path: KeyPath
    span: Span
    value: str
    style: ScalarStyle
    tag: str | None = None
    anchor: str | None = None
    in_flow: bool = False
    aliased: bool = False

    def __repr__(self) -> str:
        return f"Scalar({self.path}, {self.span}, {self.style})"


class Alias(Struct, frozen=True):
    """An alias (`*name`) by its own path, and the path of what it means, None where that has none."""

    path: Parts
    target: Parts | None


class Links(Struct, frozen=True):
    """The parts of a file's tree that its scalars do not show.

    `aliases` are in the order of the text; `merges` are the paths of merge keys (`<<`), `empties`
    those of values without content: nothing at all, `{}`, `[]`; `duplicates` those of keys that their mapping has
    twice; `keys` what an alias makes a key, or a part of one.
    """

    aliases: tuple[Alias, ...] = ()
    merges: tuple[Parts, ...] = ()
    empties: tuple[Parts, ...] = ()
    duplicates: tuple[Parts, ...] = ()
    keys: tuple[Parts, ...] = ()


NO_LINKS = Links()


class Encoding(Struct, frozen=True):
    """The codec and byte order mark by which a file's bytes and text convert both ways."""

    codec: str = "utf-8"
    bom: bytes = b""


class Role(StrEnum):
    """The role of a file for the framework."""

    MANIFEST = "manifest"
    INCLUDED = "included"


class Lines:
    """The lines of a text, which end in LF, CR LF or a lone CR."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, line: int) -> Span:
        """Return the range of a line, counted from 1, without its line end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)


class Manifest(Struct, frozen=True):
    """A file as read: a manifest, or a YAML or JSON file that manifests include.

    `source` is the file's bytes, `text` their decoded form, without its BOM and with every line end unchanged.
    `scalars` are in the order of the text.
    """

    file: Path
    source: bytes
    text: str
    encoding: Encoding
    scalars: tuple[Scalar, ...]
    is_json: bool = False
    role: Role = Role.MANIFEST
    links: Links = NO_LINKS

    def __repr__(self) -> str:
        return f"Manifest({self.file})"

    @property
    def service(self) -> str | None:
        """Return the service's name as it is written, None where there is none."""
        return self.get("service") or self.get("service", "name")

    def get(self, *parts: str | int) -> str | None:
        """Return the value at a path: the last of a duplicate key, or None."""
        standing = scalars_by_path(self).get(parts)
        return standing[-1].value if standing else None

    def has(self, *parts: str | int) -> bool:
        """Check for a value at or below a path."""
        return any(scalar.path.starts_with(*parts) for scalar in self.scalars)


@memoize_by_identity
def scalars_by_path(manifest: Manifest) -> Mapping[tuple[str | int, ...], Sequence[Scalar]]:
    """Group a file's values by the parts of their paths: several for a duplicate key."""
    scalars: dict[tuple[str | int, ...], list[Scalar]] = {}
    for scalar in manifest.scalars:
        scalars.setdefault(scalar.path.parts, []).append(scalar)
    return scalars


@memoize_by_identity
def lines_of(manifest: Manifest) -> Lines:
    """Return the lines of a file's text."""
    return Lines(manifest.text)

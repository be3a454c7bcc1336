"""The structure of a text: from a parser's events, YAML's or JSON's, to scalars and the outline of all else."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from migrate.model import COMPLEX_KEY, Alias, Links, Parts, Scalar, ScalarStyle, Span
from migrate.model.keypath import KeyPath

MAX_DEPTH = 200
# ruamel.yaml takes over 25 s for `[` repeated 2,000 times.
MAX_FLOW_DEPTH = 64
# A value takes half a kilobyte of memory: `1,` a million times over is a file of 2 MB.
MAX_NODES = 500_000
# Of YAML that ruamel.yaml must read: in a second it gets over 50,000 of these, or 400,000 characters.
MAX_SLOW_NODES, MAX_SLOW_LENGTH = 150_000, 1_000_000
_NULL_KEY = "null"
_MERGE_KEY = "<<"
_MERGE_TAG = "tag:yaml.org,2002:merge"

Mark = tuple[str, ...]
_Definition = tuple[int, str, Parts | None]  # number, text and path of what has an anchor


class MalformedError(Exception):
    """A text that can't be read. `reason` never quotes it; `offset` counts code points."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


class TooMuchError(MalformedError):
    """A text that is larger or deeper than what is read, to any parser."""


class Reading(Struct, frozen=True):
    """The content of a text.

    `outline` has one mark for each collection, key, alias, empty value and document, and the bare `("value",)` for
    each of `scalars`: two texts with equal outlines differ in their scalars alone. `duplicates` are the offsets of
    keys that their mapping had already. With `complex_keys` some key is a mapping or a sequence.
    """

    scalars: tuple[Scalar, ...]
    outline: tuple[Mark, ...]
    duplicates: tuple[int, ...]
    links: Links
    complex_keys: bool = False


class Token(Struct, frozen=True):
    """A scalar of the text, key or value, as it is written."""

    span: Span
    value: str
    style: ScalarStyle


class _Level(Struct):
    """An open collection.

    `parts` is its path, None inside a complex key; `anchors` count definitions; `definition` is its own, by `anchor`.
    """

    is_mapping: bool
    parts: Parts | None
    in_flow: bool
    anchors: tuple[int, ...]
    anchor: str | None = None
    definition: tuple[_Definition, ...] = ()
    key: str | None = None
    keys: dict[str, bool] = field(default_factory=dict)  # whether each merges its value
    items: int = 0


class Outliner:
    """A receiver of the events of one document in the order of the text. Never recurses, never expands an alias."""

    def __init__(self, max_nodes: int | None = None) -> None:
        self._max_nodes = MAX_NODES if max_nodes is None else min(max_nodes, MAX_NODES)
        self._levels: list[_Level] = [_Level(is_mapping=False, parts=(), in_flow=False, anchors=())]
        self._scalars: list[Scalar] = []
        self._anchors: dict[int, tuple[int, ...]] = {}  # of those scalars that have some
        self._outline: list[Mark] = []
        self._duplicates: list[int] = []
        self._definitions: dict[str, tuple[_Definition, ...]] = {}  # all that an alias may mean, by anchor
        self._aliases: list[Alias] = []
        self._merges: list[Parts] = []
        self._empties: list[Parts] = []
        self._doubles: list[Parts] = []
        self._keys: list[Parts] = []
        self._referenced: set[int] = set()
        self._count = self._nodes = 0
        self._complex_keys = False

    def document(self, *marks: str) -> None:
        """Begin a document, with its own marker and directives."""
        self._outline.append(("document", *marks))

    def open(
        self, *, is_mapping: bool, in_flow: bool, offset: int, tag: str | None = None, anchor: str | None = None
    ) -> None:
        """Begin a mapping or a sequence; MalformedError where it lies too deep."""
        if len(self._levels) > MAX_DEPTH:
            raise TooMuchError(f"nested deeper than {MAX_DEPTH} levels", offset)
        is_key, parts = self._place(COMPLEX_KEY, offset)
        self._complex_keys = self._complex_keys or is_key
        anchors = self._levels[-1].anchors + self._define(anchor, COMPLEX_KEY, parts)
        kind, style = "mapping" if is_mapping else "sequence", "flow" if in_flow else "block"
        self._outline.append((kind, style, "key" if is_key else "value", tag or "", anchor or ""))
        definition = self._definitions[anchor] if anchor is not None else ()
        self._levels.append(_Level(is_mapping, None if is_key else parts, in_flow, anchors, anchor, definition))

    def close(self) -> None:
        """End the innermost collection."""
        level = self._levels.pop()
        if not level.items and level.parts is not None:
            self._empties.append(level.parts)
        if level.anchor is not None and self._definitions[level.anchor] != level.definition:
            # Defined again within: js-yaml 3 takes that one from here on, js-yaml 4 the collection.
            self._definitions[level.anchor] += level.definition
        self._outline.append(("end",))

    def scalar(self, token: Token, *, tag: str | None = None, anchor: str | None = None) -> None:
        """Add a scalar that has characters of its own."""
        level = self._levels[-1]
        is_plain_merge = token.value == _MERGE_KEY and tag is None and token.style is ScalarStyle.PLAIN
        is_key, parts = self._place(token.value, token.span.start, is_merge=is_plain_merge or tag == _MERGE_TAG)
        anchors = self._define(anchor, token.value, parts) if anchor is not None else ()
        if is_key or parts is None:
            self._outline.append(("key", token.value, token.style, tag or "", anchor or ""))
            return
        self._outline.append(("value",))
        if level.anchors or anchors:
            self._anchors[len(self._scalars)] = level.anchors + anchors
        scalar = Scalar(KeyPath(parts), token.span, token.value, token.style, tag, anchor, level.in_flow)
        self._scalars.append(scalar)

    def empty(self, offset: int, *, tag: str | None = None, anchor: str | None = None) -> None:
        """Add a key or value that has no characters, at most an anchor or a tag."""
        _, parts = self._place(_NULL_KEY, offset, is_merge=tag == _MERGE_TAG)
        self._define(anchor, _NULL_KEY, parts)
        if parts is not None:
            self._empties.append(parts)
        self._outline.append(("empty", tag or "", anchor or ""))

    def alias(self, name: str, offset: int) -> None:
        """Add a `*name`, which means the nearest definition before it."""
        definitions = self._definitions.get(name, ((-1, COMPLEX_KEY, None),))
        _, parts = self._place(definitions[0][1], offset)
        unsure = ((-1, COMPLEX_KEY, None),) if len(definitions) > 1 else ()
        for number, _, target in (*definitions, *unsure):
            self._referenced.add(number)
            if parts is not None:
                self._aliases.append(Alias(parts, target))
            elif target is not None:
                self._keys.append(target)
        self._outline.append(("alias", name))

    def reading(self) -> Reading:
        """Return the reading of the whole text, once the events are over."""
        for number, anchors in self._anchors.items():
            if not self._referenced.isdisjoint(anchors):
                self._scalars[number] = replace(self._scalars[number], aliased=True)
        links = Links(
            tuple(self._aliases), tuple(self._merges), tuple(self._empties), tuple(self._doubles), tuple(self._keys)
        )
        return Reading(tuple(self._scalars), tuple(self._outline), tuple(self._duplicates), links, self._complex_keys)

    def _place(self, value: str, offset: int, *, is_merge: bool = False) -> tuple[bool, Parts | None]:
        """Return whether the node that begins here is a key, and otherwise its path.

        With `is_merge` it merges its value where it is a key.
        """
        level = self._levels[-1]
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise TooMuchError(f"more than {self._max_nodes:,} keys and values", offset)
        if level.is_mapping and level.key is None:
            level.key = value
            self._note_key(level, value, offset, is_merge=is_merge)
            return True, None
        part = level.key if level.is_mapping else level.items
        level.key = None
        level.items += 1
        if level.parts is None or part is None or len(self._levels) == 1:
            return False, level.parts
        return False, (*level.parts, part)

    def _note_key(self, level: _Level, key: str, offset: int, *, is_merge: bool) -> None:
        if level.parts is not None and is_merge:
            self._merges.append((*level.parts, key))
        before = level.keys.get(key)
        level.keys[key] = is_merge
        if before is None or (before and is_merge):  # js-yaml takes any number of merge keys
            return
        if before is is_merge:
            self._duplicates.append(offset)
        if level.parts is not None:
            self._doubles.append((*level.parts, key))

    def _define(self, anchor: str | None, value: str, parts: Parts | None) -> tuple[int, ...]:
        if anchor is None:
            return ()
        self._count += 1
        self._definitions[anchor] = ((self._count, value, parts),)
        return (self._count,)

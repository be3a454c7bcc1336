"""Find the values that are nothing but a variable, and so are of the kind of what it reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.framework.positions import Positions
from migrate.framework.resolve import View
from migrate.framework.tree import TooDeepError
from migrate.model import Manifest, Parts, Scalar, memoize_by_identity
from migrate.model.globs import matches_glob
from migrate.text.variables import Source, Variable

# No more is followed than files that people read could need.
_MAX_READS, _MAX_ADDRESSES, _MAX_LOOKS = 10_000, 100_000, 1_000_000
_MANIFEST, _ANY_FILE = "", "*"  # as files of addresses
_MAX_KEYS = 32  # a value that reads a path above itself makes paths without end


class Destination(Struct, frozen=True):
    """A position of a file that a value is read to.

    It `is_within` a map that is read whole.
    """

    file: Path
    position: Parts
    is_within: bool


class _Read(Struct, frozen=True, eq=False):
    """A value that is one variable, and the keys that it reads.

    `*` in a key is for any text.
    """

    manifest: Manifest
    reader: Parts
    keys: tuple[str, ...]

    def covers(self, parts: Sequence[str]) -> bool:
        return len(parts) >= len(self.keys) and all(map(matches_glob, parts, self.keys))


class WholeReads:
    """All that the variables of a manifest, and of the files it includes, read whole."""

    def __init__(self, view: View) -> None:
        self._view = view
        # By the address's file as it is written, and the patterns that name each file.
        self._exact: dict[tuple[str, tuple[str, ...]], list[_Read]] = defaultdict(list)
        self._families: dict[str, list[_Read]] = defaultdict(list)
        self._patterns: dict[Path, dict[str, None]] = defaultdict(dict, {view.manifest.file: {_MANIFEST: None}})
        self._aliased: dict[Path, Positions] = {}
        self._positions: dict[tuple[Path, Parts], tuple[Parts, ...]] = {}
        self._known: dict[tuple[Path, tuple[Parts, ...]], tuple[Destination, ...] | None] = {}
        self._reads = self._addresses = self._looks = 0
        self._is_too_much = not self._collect()

    def destinations(self, file: Path, positions: Sequence[Parts]) -> tuple[Destination, ...]:
        """List where a value is read to, read after read, from its positions in its file.

        Raises UnclearError where that is too much to follow.
        """
        key = file, tuple(positions)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._followed(file, positions)
        known = self._known[key]
        if known is None:
            raise TooDeepError
        return known

    def _followed(self, file: Path, positions: Sequence[Parts]) -> tuple[Destination, ...]:
        todo = [(file, position) for position in positions]
        seen = set(todo)
        found: dict[Destination, None] = {}
        for place in todo:
            for destination in self._read_from(*place):
                found[destination] = None
                read = destination.file, destination.position
                if read not in seen and len(destination.position) <= _MAX_KEYS:
                    seen.add(read)
                    todo.append(read)
        return tuple(found)

    def _read_from(self, file: Path, position: Parts) -> Iterator[Destination]:
        """Find where one read more brings what is at a position."""
        for read in self._readers(file, tuple(map(str, position))):
            rest = position[len(read.keys) :]
            for reader in self._positions_of(read):
                self._looks += 1
                yield Destination(read.manifest.file, (*reader, *rest), bool(rest))

    def _readers(self, file: Path, keys: tuple[str, ...]) -> Iterator[_Read]:
        if self._is_too_much or self._looks > _MAX_LOOKS:
            raise TooDeepError
        patterns = self._patterns.get(file, {})
        for pattern in patterns if _MANIFEST in patterns else (*patterns, _ANY_FILE):
            self._looks += 1
            for depth in range(len(keys) + 1):
                yield from self._exact.get((pattern, keys[:depth]), ())
            for read in self._families.get(pattern, ()):
                self._looks += 1
                if read.covers(keys):
                    yield read

    def _positions_of(self, read: _Read) -> tuple[Parts, ...]:
        """List the positions of a reader, aliases followed. Raises UnclearError."""
        links, place = read.manifest.links, (read.manifest.file, read.reader)
        if not links.aliases and not links.merges:
            return (read.reader,)
        if place not in self._positions:
            if read.manifest.file not in self._aliased:
                self._aliased[read.manifest.file] = Positions(read.manifest)
            self._positions[place] = self._aliased[read.manifest.file].of(read.reader)
        return self._positions[place]

    # ── collecting ──

    def _collect(self) -> bool:
        """Find the reads of all files that the manifest leads to; False for too many."""
        todo, seen = [self._view.manifest], {self._view.manifest.file}
        for manifest in todo:
            for scalar in manifest.scalars:
                for file in self._files_of(manifest, scalar) if self._view.delimiters.open in scalar.value else ():
                    if file.file not in seen:
                        seen.add(file.file)
                        todo.append(file)
                if self._reads > _MAX_READS or self._addresses > _MAX_ADDRESSES:
                    return False
        return True

    def _files_of(self, manifest: Manifest, scalar: Scalar) -> Iterator[Manifest]:
        """Note what a value reads whole, and find the files that it reads in any way."""
        text = scalar.value
        for source, is_whole in _sources(self._view.variables(text), 0, len(text)):
            for address in self._view.widest_addresses(source, text):
                self._addresses += 1
                if is_whole:
                    self._note(_Read(manifest, scalar.path.parts, address.keys), address.file)
                for file in self._view.files(address) if address.file and not address.is_any_file else ():
                    self._patterns[file.file][address.file] = None
                    yield file

    def _note(self, read: _Read, pattern: str) -> None:
        self._reads += 1
        is_family = any("*" in key for key in read.keys)
        (self._families[pattern] if is_family else self._exact[pattern, read.keys]).append(read)


def _sources(variables: Sequence[Variable], start: int, end: int) -> Iterator[tuple[Source, bool]]:
    """List all sources in a part of a text, and whether it is just what each reads."""
    for variable in variables:
        is_whole = (variable.span.start, variable.span.end) == (start, end)
        for source in variable.sources:
            yield source, is_whole
            nested = (source.span.start, source.span.end) if is_whole else (0, 0)
            yield from _sources(source.nested, *nested)


whole_reads = memoize_by_identity(WholeReads)

"""Find what the framework reads before it resolves references, in any file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.framework.evaluation import Address, Place
from migrate.framework.releases import early_positions
from migrate.framework.resolve import View
from migrate.framework.tree import TooDeepError, Tree, UnclearError, tree_of
from migrate.model import Parts, Scalar, memoize_by_identity
from migrate.model.globs import matches_glob
from migrate.text.variables import Source, Variable

# No more is followed than a manifest that people read could need.
_MAX_VISITS, _MAX_LOOKS = 10_000, 1_000_000
_LOOKS_OF_AN_ADDRESS = 10  # it is kept until it is visited
_MAX_KEYS = 16  # a value that reads a path below itself makes paths without end


class EarlyRead(Struct, frozen=True):
    """A node, with all below it, that an early position of a manifest reads.

    Without a `file` it is that of any file but the manifest; `*` in `parts` is then for any text.
    """

    position: str
    manifest: Path
    file: Path | None
    parts: Parts
    is_position: bool = False

    def covers(self, file: Path, parts: Parts) -> bool:
        """Return whether the position reads a value of a file."""
        if self.file is not None:
            return self.file == file and parts[: len(self.parts)] == self.parts
        if file == self.manifest:
            return False
        keys = [part for part in parts if isinstance(part, str)]
        return len(keys) >= len(self.parts) and all(map(matches_glob, keys, map(str, self.parts)))


@memoize_by_identity
def early_reads(view: View) -> tuple[EarlyRead, ...]:
    """List all that the early positions of a manifest read; everything, if too much."""
    search = _Search(view)
    for position in reversed(early_positions()):
        if not search.follow(position.keys):
            everything = EarlyRead(str(position), view.manifest.file, view.manifest.file, ())
            return (everything, EarlyRead(str(position), view.manifest.file, None, ()))
    return tuple(search.reads)


class _Search:
    """Follows positions through files; a visit is a place, and keys yet to read there."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.reads: dict[EarlyRead, None] = {}
        self._seen: set[tuple[Place, tuple[str, ...]]] = set()
        self._scalars: dict[Tree, list[Scalar]] = {}
        self._addresses: dict[str, list[tuple[Address, bool]]] = {}
        self._looks = 0

    def follow(self, position: tuple[str, ...]) -> bool:
        """Find all that a position reads; False where that is too much."""
        todo = [(self._view.root, position)]
        while todo:
            place, keys = todo.pop()
            if len(keys) > _MAX_KEYS or (place, keys) in self._seen:
                continue
            self._seen.add((place, keys))
            if len(self._seen) > _MAX_VISITS or self._looks > _MAX_LOOKS:
                return False
            try:
                todo += self._visit(place, keys, position)
            except TooDeepError:
                return False
            except UnclearError:
                self._note(place, position)  # it may read any of it
        return True

    def _visit(
        self, place: Place, keys: tuple[str, ...], position: tuple[str, ...]
    ) -> Iterator[tuple[Place, tuple[str, ...]]]:
        scalar = place.tree.scalar(place.parts)
        if scalar is None and keys:
            yield from ((child, keys[1:]) for child in self._children(place, keys[0]))
        elif scalar is None:
            self._note(place, position)
            yield from self._below(place, position)
        elif not keys or self._view.delimiters.open in scalar.value:
            self._note(place, position)
            yield from self._read_by(scalar.value, keys, position)

    def _note(self, place: Place, position: tuple[str, ...]) -> None:
        file, manifest = place.tree.manifest.file, self._view.manifest.file
        is_position = file == manifest and place.parts == position
        self.reads[EarlyRead(".".join(position), manifest, file, place.parts, is_position)] = None

    def _children(self, place: Place, key: str) -> Iterator[Place]:
        tree, parts = place.tree, place.parts
        names: Sequence[str] = (key,)
        if "*" in key:
            names = [name for name in tree.keys(parts) if matches_glob(name, key)]
            self._looks += len(names)
        for name in names:
            child = tree.child(parts, name)
            if child is not None:
                yield Place(tree, child)

    def _below(self, place: Place, position: tuple[str, ...]) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """Visit what a node reads, with all below it."""
        tree, depth = place.tree, len(place.parts)
        if tree not in self._scalars:
            self._scalars[tree] = [
                scalar for scalar in tree.manifest.scalars if self._view.delimiters.open in scalar.value
            ]
        aliases = tree.manifest.links.aliases
        self._looks += len(self._scalars[tree]) + len(aliases)
        for scalar in self._scalars[tree]:
            if scalar.path.parts[:depth] == place.parts:
                yield from self._read_by(scalar.value, (), position)
        for alias in aliases:
            if alias.path[:depth] == place.parts and alias.target is not None:
                yield Place(tree, tree.follow(alias.target)), ()

    def _read_by(
        self, text: str, keys: tuple[str, ...], position: tuple[str, ...]
    ) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """Visit what a text's variables read, by `keys`, and what is within them, whole."""
        if text not in self._addresses:
            self._addresses[text] = [
                (address, is_nested)
                for source, is_nested in _sources(self._view.variables(text))
                for address in self._view.widest_addresses(source, text)
            ]
        self._looks += _LOOKS_OF_AN_ADDRESS * len(self._addresses[text])
        for address, is_nested in self._addresses[text]:
            rest = (*address.keys, *(() if is_nested else keys))
            if address.is_any_file:
                manifest = self._view.manifest.file
                self.reads[EarlyRead(".".join(position), manifest, None, rest)] = None
                continue
            # What can't be read is not rewritten either.
            yield from ((Place(tree_of(file), ()), rest) for file in self._view.files(address))


def _sources(variables: Sequence[Variable], *, is_nested: bool = False) -> Iterator[tuple[Source, bool]]:
    for variable in variables:
        for source in variable.sources:
            yield source, is_nested
            yield from _sources(source.nested, is_nested=True)

"""Resolve a manifest as the framework sees it, whatever file a part of it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from migrate.framework.evaluation import Address, Answer, Evaluation, Place, widest
from migrate.framework.tree import UnclearError, UnreadableError, tree_of
from migrate.model import Manifest
from migrate.text.variables import DEFAULT, Delimiters, Source, Variable, parse

# The files of a pattern, as the framework finds them from a directory; None for one that can't be read.
Included = Callable[[Path, str], Sequence[Manifest | None]]


def no_files(directory: Path, pattern: str) -> Sequence[Manifest | None]:
    """Include nothing: for a manifest that has no files around it."""
    return ()


class View:
    """A manifest with its aliases, merges and variables resolved, on demand and once.

    Variables are followed through `${self:…}` and `${file(…):…}`, file after file. What can't be resolved with
    certainty is None, never a guess. `delimiters` are those of the variables.
    """

    def __init__(self, manifest: Manifest, included: Included = no_files, delimiters: Delimiters = DEFAULT) -> None:
        self.manifest = manifest
        self.delimiters = delimiters
        self._included = included
        self._files: dict[str, tuple[Manifest | None, ...]] = {}
        self._others: dict[Delimiters, View] = {delimiters: self}

    def with_delimiters(self, delimiters: Delimiters) -> View:
        """Return the view in which variables have other delimiters, made once."""
        if delimiters not in self._others:
            other = View(self.manifest, self._included, delimiters)
            self._others[delimiters], other._others = other, self._others
        return self._others[delimiters]

    def variables(self, text: str) -> tuple[Variable, ...]:
        """Return the outermost variables of a value."""
        return parse(text, self.delimiters)

    @cached_property
    def root(self) -> Place:
        """Return the root of the manifest itself."""
        return Place(tree_of(self.manifest), ())

    @cached_property
    def _default(self) -> Evaluation:
        return Evaluation(self.roots, self.delimiters, has_families=False)

    @cached_property
    def _families(self) -> Evaluation:
        return Evaluation(self.roots, self.delimiters, has_families=True)

    def resolve(self, *keys: str) -> str | None:
        """Resolve the value at a position where nothing is passed on the command line."""
        answer = _attempt(lambda: self._default.position(keys))
        return next(iter(answer.texts), None) if answer else None

    def resolve_value(self, text: str) -> str | None:
        """Resolve a value as it is where nothing is passed on the command line."""
        answer = _attempt(lambda: self._default.value(text))
        return next(iter(answer.texts), None) if answer else None

    def possible_values(self, *keys: str) -> Answer | None:
        """Find all values that a position may hold, whatever the stage.

        Only what files show is found.
        """
        return _attempt(lambda: self._families.position(keys))

    def has(self, *keys: str) -> bool:
        """Return whether anything is at or below a position."""
        return bool(self._places(keys))

    def written(self, *keys: str) -> str | None:
        """Look up the text at a position, its variables as they are written."""
        scalars = (place.tree.scalar(place.parts) for place in self._places(keys))
        return next((scalar.value for scalar in scalars if scalar is not None), None)

    def is_readable(self, *keys: str) -> bool:
        """Return whether the files leave no doubt of what leads to a position."""
        try:
            Evaluation(self.roots, self.delimiters, has_families=False).places(keys)
        except UnreadableError:
            return False
        except UnclearError:
            return True  # what only a program or the command line knows
        return True

    def addresses(self, source: Source, text: str) -> tuple[Address, ...]:
        """List what a variable's source may read in the files. Raises UnclearError."""
        return self._families.addresses(source, text)

    def widest_addresses(self, source: Source, text: str) -> tuple[Address, ...]:
        """List what a source may read, where what only a program knows may be any text."""
        try:
            return self.addresses(source, text)
        except UnclearError:
            return widest(source, text)

    def roots(self, address: Address) -> tuple[Place, ...]:
        """List the roots that an address may begin in. Raises UnclearError."""
        if not address.file:
            return (self.root,)
        return tuple(Place(tree_of(_require(found)), ()) for found in self._found(address.file))

    def files(self, address: Address) -> tuple[Manifest, ...]:
        """List the files of an address that can be read, whatever is with the others."""
        if not address.file:
            return (self.manifest,)
        return tuple(found for found in self._found(address.file) if found is not None)

    def _found(self, pattern: str) -> tuple[Manifest | None, ...]:
        if pattern not in self._files:
            self._files[pattern] = tuple(self._included(self.manifest.file.parent, pattern))
        return self._files[pattern]

    def _places(self, keys: Sequence[str]) -> tuple[Place, ...]:
        try:
            return self._default.places(keys)
        except UnclearError:
            return ()


def _require(manifest: Manifest | None) -> Manifest:
    if manifest is None:
        raise UnclearError
    return manifest


def _attempt(find: Callable[[], Answer]) -> Answer | None:
    try:
        return find()
    except UnclearError:
        return None

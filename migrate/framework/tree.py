"""Walk a file's tree as js-yaml builds it, through aliases and merge keys."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Final

from migrate.model import COMPLEX_KEY, Manifest, Parts, Scalar, memoize_by_identity, scalars_by_path

_MAX_ALIASES = 32  # of an alias of an alias
_MAX_MERGES = 64  # of a merge within what is merged
_MAX_INDEX_DIGITS = 6
_MERGE_KEYS: Final = ("<<", "null")  # the second is `!!merge` without a text
# To js-yaml 3.14.1 and older a mapping inherits the keys of what it has there, to some later ones what it merges.
_PROTOTYPE: Final = "__proto__"


class UnclearError(Exception):
    """The answer can't be determined with certainty."""


class UnreadableError(UnclearError):
    """The framework may read the text in another way, or not at all."""


class TooDeepError(UnreadableError):
    """The answer lies deeper than anything that people write."""


class Tree:
    """The nodes of a file by paths without aliases: `child`, `follow` resolve them.

    Explicit keys win over merged ones wherever they are written, the first merge over those that follow.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self._scalars = scalars_by_path(manifest)
        self._targets: dict[Parts, list[Parts | None]] = {}
        for alias in manifest.links.aliases:
            self._targets.setdefault(alias.path, []).append(alias.target)
        self._merges = Counter(manifest.links.merges)
        self._empties = frozenset(manifest.links.empties)
        self._duplicates = frozenset(manifest.links.duplicates)
        self._doubtful = self._duplicates.union(path for path, count in self._merges.items() if count > 1)
        self._children: dict[tuple[Parts, str], Parts | None] = {}

    def scalar(self, parts: Parts) -> Scalar | None:
        """Look up the scalar at a path, the last one where a key is there twice."""
        standing = self._scalars.get(parts)
        return standing[-1] if standing else None

    def is_empty(self, parts: Parts) -> bool:
        """Return whether a node has no content at all."""
        return parts in self._empties

    def follow(self, parts: Parts) -> Parts:
        """Resolve the alias at a path, if any. Raises UnclearError for one of nothing."""
        for _ in range(_MAX_ALIASES):
            targets = self._targets.get(parts)
            if targets is None:
                return parts
            if targets[-1] is None or len(targets) > 1 or self._is_doubtful(targets[-1]):
                break
            parts = targets[-1]
        else:
            raise TooDeepError
        raise UnreadableError

    def _is_doubtful(self, parts: Parts) -> bool:
        """Return whether several nodes share a path or the path of what they are in."""
        return bool(self._doubtful) and any(parts[:depth] in self._doubtful for depth in range(1, len(parts) + 1))

    def child(self, parts: Parts, key: str, depth: int = 0) -> Parts | None:
        """Find the node of a key or an index in a collection; None where it has none.

        Raises UnclearError.
        """
        known = (parts, key)
        if known not in self._children:
            if depth > _MAX_MERGES:
                raise TooDeepError
            own = self._own(parts, key)
            if own is not None:
                self._children[known] = self.follow(own)
            else:
                merged = (self.child(source, key, depth + 1) for source in self.merged(parts))
                found = next((found for found in merged if found is not None), None)
                if found is None:
                    self._require_own_keys(parts)
                self._children[known] = found
        return self._children[known]

    def keys(self, parts: Parts) -> tuple[str, ...]:
        """List the keys or indexes of a collection, merged ones too. Raises UnclearError."""
        keys: dict[str, None] = {}
        todo, seen = [parts], {parts}
        while todo:
            mapping = todo.pop(0)
            self._require_own_keys(mapping)
            keys.update(self._keys.get(mapping, {}))
            new = [source for source in self.merged(mapping) if source not in seen]
            seen.update(new)
            todo[:0] = new
        return tuple(keys)

    def merged(self, parts: Parts) -> list[Parts]:
        """List what a mapping merges, the strongest first. Raises UnclearError."""
        if not self._merges:
            return []
        paths = [(*parts, key) for key in _MERGE_KEYS if (*parts, key) in self._merges]
        sources = [source for path in paths for source in self._sources(path)]
        if len(paths) > 1 or any(self.scalar(source) for source in sources):
            raise UnreadableError
        if any(parts[: len(source)] == source for source in sources):  # merged before it is read to its end
            raise UnreadableError
        return sources

    def _require_own_keys(self, parts: Parts) -> None:
        if not self.manifest.is_json and self._is_node((*parts, _PROTOTYPE)):
            raise UnreadableError

    def _sources(self, path: Parts) -> list[Parts]:
        aliases = self._targets.get(path, [])
        if path in self._duplicates:
            raise UnreadableError
        if aliases and len(aliases) == self._merges[path]:
            values = [self.follow(self._require(target)) for target in aliases]
        elif aliases or self._merges[path] > 1:  # their order is unknown
            raise UnreadableError
        else:
            values = [path]
        return [self.follow(item) for value in values for item in self._items(value) or [value]]

    def _items(self, parts: Parts) -> list[Parts]:
        items: list[Parts] = []
        while self._is_node((*parts, len(items))):
            items.append((*parts, len(items)))
        return items

    @staticmethod
    def _require(target: Parts | None) -> Parts:
        if target is None:
            raise UnreadableError
        return target

    def _own(self, parts: Parts, key: str) -> Parts | None:
        path: Parts = (*parts, key)
        if path in self._duplicates:
            raise UnreadableError
        if self._is_node(path):
            return path if path not in self._merges else None
        if key.isdecimal() and len(key) <= _MAX_INDEX_DIGITS and self._is_node((*parts, int(key))):
            return (*parts, int(key))
        if self._is_node((*parts, COMPLEX_KEY)):  # js-yaml makes a text of it, which may be this very key
            raise UnreadableError
        return None

    def _is_node(self, parts: Parts) -> bool:
        return parts in self._scalars or parts in self._targets or parts in self._empties or parts in self._collections

    @cached_property
    def _keys(self) -> dict[Parts, dict[str, None]]:
        """Return the keys of every collection, merge keys left out."""
        keys: dict[Parts, dict[str, None]] = {}
        for path in (*self._scalars, *self._targets, *self._empties, *self._collections):
            if path and path not in self._merges:
                keys.setdefault(path[:-1], {})[str(path[-1])] = None
        return keys

    @cached_property
    def _collections(self) -> set[Parts]:
        """Return the paths of all collections that are not empty."""
        paths: set[Parts] = set()
        for path in (*self._scalars, *self._targets, *self._empties):
            above = path[:-1]
            while above not in paths:
                paths.add(above)
                above = above[:-1]
        return paths


tree_of = memoize_by_identity(Tree)

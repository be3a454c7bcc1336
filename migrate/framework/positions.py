"""Find every position that aliases and merges bring a value to."""

from __future__ import annotations

from migrate.framework.tree import TooDeepError, UnclearError, UnreadableError, tree_of
from migrate.model import COMPLEX_KEY, Manifest, Parts, memoize_by_identity

# Of one value, and of all of a file: an alias bomb makes more than anybody could look at.
_MAX_PLACES, _MAX_STEPS = 1_000, 100_000
# The path of a node as it stands in the text; a merge key in it is None.
_Path = tuple[str | int | None, ...]


class Positions:
    """The positions of a file's values as js-yaml builds it, where no part is a merge key."""

    def __init__(self, manifest: Manifest) -> None:
        self._tree = tree_of(manifest)
        self._links = manifest.links
        self._merges = frozenset(self._links.merges)
        self._mixed = self._merges.intersection(self._links.duplicates)  # `<<` beside a key of that text
        self._keys = frozenset(self._links.keys)
        self._aliases: dict[Parts, dict[Parts, None]] = {}
        for alias in self._links.aliases:
            if alias.target is not None:
                self._aliases.setdefault(alias.target, {})[alias.path] = None
        self._steps = 0
        self._known: dict[Parts, frozenset[tuple[Parts, _Path]] | None] = {}

    def of(self, parts: Parts) -> tuple[Parts, ...]:
        """List the positions of the value at a path, the one where it stands first.

        Raises UnclearError where they are too many to look at, or below a key that is not known.
        """
        if COMPLEX_KEY in parts or any(parts[: depth + 1] in self._mixed for depth in range(len(parts))):
            raise UnreadableError
        if not self._merges and not self._aliases:
            return (parts,)
        found = {_without_merges(self._marked(standing) + rest): None for standing, rest in self._places(parts)}
        own = _without_merges(self._marked(parts))
        return (own, *(each for each in sorted(found, key=str) if each != own and self._leads_to(each, parts)))

    def is_key(self, parts: Parts) -> bool:
        """Return whether an alias makes the value a key.

        It does as well with a collection that the value is in. Raises TooDeepError.
        """
        if not self._keys:
            return False
        return any(
            standing[:depth] in self._keys for standing, _ in self._places(parts) for depth in range(len(standing) + 1)
        )

    def _places(self, parts: Parts) -> frozenset[tuple[Parts, _Path]]:
        """List where a value is, each as a node and the rest below it.

        There is a rest where an alias leads there. Raises TooDeepError.
        """
        if parts not in self._known:
            self._known[parts] = None
            self._known[parts] = self._searched(parts)
        known = self._known[parts]
        if known is None:
            raise TooDeepError
        return known

    def _searched(self, parts: Parts) -> frozenset[tuple[Parts, _Path]]:
        todo: list[tuple[Parts, _Path]] = [(parts, ())]
        seen = set(todo)
        while todo:
            standing, rest = todo.pop()
            marked = self._marked(standing)
            for depth in range(len(standing) + 1):
                for path in self._aliases.get(standing[:depth], ()):
                    place = (path, marked[depth:] + rest)
                    self._steps += 1
                    if len(seen) >= _MAX_PLACES or self._steps > _MAX_STEPS:
                        raise TooDeepError
                    if place not in seen:
                        seen.add(place)
                        todo.append(place)
        return frozenset(seen)

    def _marked(self, parts: Parts) -> _Path:
        if not self._merges:
            return parts
        return tuple(None if parts[: at + 1] in self._merges else part for at, part in enumerate(parts))

    def _leads_to(self, position: Parts, parts: Parts) -> bool:
        """Return whether a value is at a position, and nothing stronger.

        It may be where that is unclear.
        """
        try:
            at: Parts | None = self._tree.follow(())
            for part in position:
                at = None if at is None else self._tree.child(at, str(part))
        except UnclearError:
            return True
        return at == parts


def _without_merges(path: _Path) -> Parts:
    """Return the path in what is merged into.

    An index right behind a merge key is of the list that it merges.
    """
    return tuple(
        part
        for at, part in enumerate(path)
        if part is not None and not (isinstance(part, int) and at and path[at - 1] is None)
    )


positions_of = memoize_by_identity(Positions)

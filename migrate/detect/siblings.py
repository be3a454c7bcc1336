"""The siblings of a value in its map or list, and the type of the resource that it belongs to."""

from __future__ import annotations

from bisect import bisect_left

from migrate.model import Manifest, Scalar

Parts = tuple[str | int, ...]

# How many values to either side of one are its neighbours: a list of thousands must not be read for each of its items.
_NEAR = 32


class Siblings:
    """An index of a manifest's values by the map or list that holds them."""

    def __init__(self, manifest: Manifest) -> None:
        self._below: dict[Parts, list[Scalar]] = {}
        self._types: dict[Parts, str] = {}
        for scalar in manifest.scalars:
            parts = scalar.path.parts
            self._below.setdefault(parts[:-1], []).append(scalar)
            if parts[-1:] == ("Type",) and "::" in scalar.value:
                self._types[parts[:-1]] = scalar.value

    def of(self, scalar: Scalar) -> list[Scalar]:
        """Return the values near one in its map or list, the value itself among them."""
        siblings = self._below.get(scalar.path.parts[:-1], [])
        if len(siblings) <= 2 * _NEAR:
            return siblings
        at = bisect_left(siblings, scalar.span.start, key=_start)
        return siblings[max(0, at - _NEAR) : at + _NEAR]

    def below(self, parts: Parts) -> list[Scalar]:
        """Return the first values of the map or list at a path."""
        return self._below.get(parts, [])[: 2 * _NEAR]

    def before(self, scalar: Scalar) -> Scalar | None:
        """Return the value that precedes one in its map or list."""
        siblings = self._below.get(scalar.path.parts[:-1], [])
        at = bisect_left(siblings, scalar.span.start, key=_start)
        return siblings[at - 1] if at else None

    def resource_type(self, parts: Parts) -> str:
        """Return the type of the resource that a property belongs to, or ''."""
        if "Properties" not in parts:
            return ""
        return self._types.get(parts[: parts.index("Properties")], "")


def _start(scalar: Scalar) -> int:
    return scalar.span.start

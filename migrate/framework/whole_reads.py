"""Find the values that are nothing but a variable, and so are of the kind of what it reads."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from migrate.framework.resolve import View
from migrate.framework.tree import UnclearError
from migrate.model import Parts, memoize_by_identity
from migrate.model.globs import matches_glob
from migrate.text.variables import parse

_MAX_READS = 10_000


class WholeRead(Struct, frozen=True):
    """A value that is one `${self:…}`, and the keys that it reads.

    `*` in a key is for any text.
    """

    reader: Parts
    keys: tuple[str, ...]

    def position_of(self, parts: Parts) -> Parts | None:
        """Return the position that a value is read to.

        None for a value that is not read.
        """
        depth = len(self.keys)
        if len(parts) < depth or not all(map(matches_glob, map(str, parts), self.keys)):
            return None
        return (*self.reader, *parts[depth:])


@memoize_by_identity
def whole_reads(view: View) -> tuple[WholeRead, ...]:
    """List all that a manifest's variables read whole; everything, if too much."""
    reads: list[WholeRead] = []
    for read in _reads(view):
        if len(reads) == _MAX_READS:
            return (WholeRead(read.reader, ()),)
        reads.append(read)
    return tuple(reads)


def _reads(view: View) -> Iterator[WholeRead]:
    for scalar in view.manifest.scalars:
        variables = parse(scalar.value) if scalar.value.startswith("${") else ()
        if len(variables) != 1 or variables[0].span.of(scalar.value) != scalar.value:
            continue
        for source in variables[0].sources:
            try:
                addresses = view.addresses(source, scalar.value)
            except UnclearError:
                continue  # the framework can't read it either
            yield from (WholeRead(scalar.path.parts, address.keys) for address in addresses if not address.file)

"""What an author has before them: a vocabulary, a hand, a generator; and how they draw from it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.detection.habits.pens import Entry, Pen

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names and values that a part's authors know.

    A row is (names, values); `|` parts the names and `||` the values that it offers. `secrets` has the rows of
    each kind with the kind's weight. `references` are formats of a key's name.
    """

    secrets: Mapping[str, tuple[int, Rows]]
    ordinary: Rows
    tempting: Rows
    references: Sequence[str]
    placeholders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """An author at work on one service."""

    name: str
    pen: Pen
    rng: Random
    vocabulary: Vocabulary

    def secrets(self, count: int) -> list[Entry]:
        """Draw up to so many secrets by the kinds' weights, no key twice."""
        table = self.vocabulary.secrets
        kinds = self.rng.choices(list(table), [weight for weight, _ in table.values()], k=count)
        drawn: dict[str, Entry] = {}
        for kind in kinds:
            entry = self._draw(table[kind][1], 1)[0]
            drawn.setdefault(entry.words, entry)
        return list(drawn.values())

    def tempting(self, count: int) -> list[Entry]:
        """Draw values that look like secrets and are none."""
        return self._draw(self.vocabulary.tempting, count)

    def others(self, ordinary: int, tempting: int, references: int = 0, placeholders: int = 0) -> list[Entry]:
        """Draw values that are no secrets; the last two under names that secrets have."""
        named = self.secrets(references + placeholders)
        values = [Entry(entry.words, self._reference(entry.words)) for entry in named[:references]]
        values += [Entry(entry.words, self.rng.choice(self.vocabulary.placeholders)) for entry in named[references:]]
        return self._draw(self.vocabulary.ordinary, ordinary) + self.tempting(tempting) + values

    def mixed(self, *groups: Sequence[Entry]) -> list[Entry]:
        """Mix entries, no key twice; where keys clash the first group's are taken."""
        unique = {entry.words: entry for group in reversed(groups) for entry in group}
        return self.rng.sample(list(unique.values()), len(unique))

    def lines(self, entries: Sequence[Entry], depth: int) -> list[str]:
        """Write the entries as lines of a map, in this author's hand."""
        return self.pen.entries(self.rng, entries, depth)

    def environment(self, entries: Sequence[Entry]) -> list[str]:
        """Write the lines of `provider.environment`."""
        return [self.pen.pad(1) + "environment:", *self.lines(entries, 2)]

    def pieces(self, pool: Sequence[str], low: int, high: int, depth: int) -> Iterator[str]:
        """Draw some of a pool's pieces of YAML, as lines."""
        for piece in self.rng.sample(list(pool), self.rng.randint(low, high)):
            yield from textwrap.indent(piece, self.pen.pad(depth)).rstrip("\n").split("\n")

    def _draw(self, rows: Rows, count: int) -> list[Entry]:
        chosen = self.rng.sample(list(rows), min(count, len(rows)))
        return [
            Entry(self.rng.choice(names.split("|")), self.rng.choice(values.split("||"))) for names, values in chosen
        ]

    def _reference(self, words: str) -> str:
        return self.rng.choice(self.vocabulary.references).format(name=self.pen.case(words))

"""Charts and sums of a page: secrets by what became of them, and failures that are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from migrate.migration.results import (
    Failure,
    FindingRow,
    FindingStatus,
    RepositoryResult,
    RepositoryStatus,
)
from migrate.model import Confidence
from migrate.model.words import phrases

STATUS_WORDS: Mapping[FindingStatus, str] = {
    FindingStatus.MOVED: "moved",
    FindingStatus.PLANNED: "would move",
    FindingStatus.LEFT: "left",
}
WORST_FIRST: Mapping[RepositoryStatus, int] = {status: number for number, status in enumerate(RepositoryStatus)}


class Bar(Struct, frozen=True):
    """A line of a chart: secrets of one kind, rule, confidence or repository, by what became of them."""

    label: str
    counts: Mapping[FindingStatus, int]

    @property
    def total(self) -> int:
        """Count the secrets."""
        return sum(self.counts.values())

    @property
    def in_words(self) -> str:
        """`3 moved, 2 left`."""
        present = [status for status in FindingStatus if self.counts.get(status)]
        return ", ".join(f"{self.counts[status]:,} {STATUS_WORDS[status]}" for status in present)

    def segments(self, most: int) -> Iterator[tuple[FindingStatus, float, float]]:
        """Yield status, start and width of each stretch, in percent of the longest bar."""
        start = 0.0
        for status in FindingStatus:
            if self.counts.get(status):
                width = round(100 * self.counts[status] / most, 2)
                yield status, round(start, 2), width
                start += width


def repository_bar(result: RepositoryResult) -> Bar:
    """Count the secrets of a repository by what became of them."""
    return Bar(result.name, Counter(finding.status for finding in result.findings))


def bars(findings: Iterable[FindingRow], label: Callable[[FindingRow], str]) -> list[Bar]:
    """Count findings by a label, the longest bar first."""
    counts: dict[str, Counter[FindingStatus]] = {}
    for finding in findings:
        counts.setdefault(label(finding), Counter())[finding.status] += 1
    return sorted((Bar(*pair) for pair in counts.items()), key=lambda bar: (-bar.total, bar.label))


def by_confidence(unordered: Iterable[Bar]) -> list[Bar]:
    """Put bars of confidences in their order, the surest first."""
    return sorted(unordered, key=lambda bar: -Confidence[bar.label.upper()])


class Trouble(Struct, frozen=True):
    """A failure by its reason, and its cases: the numbers of repositories in the list."""

    status: RepositoryStatus
    kind: str
    cases: tuple[tuple[int, Failure], ...]

    @property
    def repositories(self) -> tuple[int, ...]:
        """Return the number of each repository once."""
        return tuple(dict.fromkeys(number for number, _ in self.cases))


def troubles(results: Sequence[RepositoryResult]) -> list[Trouble]:
    """Group failures that are alike, the worst and most frequent first."""
    cases: dict[tuple[RepositoryStatus, str], list[tuple[int, Failure]]] = {}
    for number, result in enumerate(results):
        for failure in result.failures:
            cases.setdefault((result.status, failure.kind), []).append((number, failure))
    groups = [Trouble(*key, tuple(pairs)) for key, pairs in cases.items()]
    return sorted(groups, key=lambda group: (WORST_FIRST[group.status], -len(group.repositories), group.kind))


def headline(results: Sequence[RepositoryResult], findings: Sequence[FindingRow]) -> str:
    """Return the page's one sentence."""
    statuses = Counter(finding.status for finding in findings)
    moved, planned, left = (statuses[each] for each in FindingStatus)
    secrets = counted(len(findings), "secret")
    table = (
        (not findings, "No plaintext secrets found"),
        (planned, f"{planned:,} of {secrets} would move"),
        (not left, f"{secrets} moved, none left"),
        (moved, f"{moved:,} of {secrets} moved"),
        (True, f"{secrets} in plaintext"),
    )
    failed = sum(result.has_failed for result in results)
    words = next(words for holds, words in table if holds)
    return f"{words}, {counted(failed, 'repository')} failed" if failed and len(results) > 1 else words


def tiles(results: Sequence[RepositoryResult], findings: Sequence[FindingRow]) -> Iterator[tuple[str, int, str, str]]:
    """Yield label, number, a word more, and the colour's name."""
    statuses = Counter(finding.status for finding in findings)
    parameters = [parameter for result in results for parameter in result.parameters]
    over = sum(parameter.overwritten for parameter in parameters)
    new = sum(parameter.created for parameter in parameters) - over
    there = len(parameters) - new - over
    words = phrases((over, f"{over:,} overwritten"), (there, f"{there:,} were there"))
    yield "Repositories", len(results), "", ""
    yield "Files read", sum(result.files for result in results), "", ""
    yield "Secrets found", len(findings), "", ""
    if statuses[FindingStatus.PLANNED]:
        yield "Would move", statuses[FindingStatus.PLANNED], "", "planned"
    else:
        yield "Moved", statuses[FindingStatus.MOVED], "", "migrated"
    yield "Left", statuses[FindingStatus.LEFT], "", "left"
    yield "Parameters put", new, ", ".join(words), ""
    yield "Failed", sum(result.has_failed for result in results), "", "failed"


def counted(number: int, noun: str) -> str:
    """`1 repository`, `1,204 repositories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"

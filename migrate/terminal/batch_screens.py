"""Screens of a batch: a line a repository, totals, failures by reason, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from migrate.migration.results import Failure, RepositoryResult, RepositoryStatus, Totals
from migrate.model import Identity, Target
from migrate.model.words import counted, enumerated, phrases
from migrate.stores.protocol import UNKNOWN_ACCOUNT
from migrate.terminal.console import Line, wrap
from migrate.terminal.pull_requests import pull_request_lines
from migrate.terminal.screens import identity_words

_MARKS = {
    RepositoryStatus.FAILED: ("bad", "✗"),
    RepositoryStatus.INTERRUPTED: ("warn", "…"),
    RepositoryStatus.SKIPPED: ("warn", "-"),
    RepositoryStatus.LEFT: ("warn", "!"),
    RepositoryStatus.PLANNED: ("key", "›"),
    RepositoryStatus.MIGRATED: ("good", "✓"),
    RepositoryStatus.CLEAN: ("dim", "·"),
}
_WORDS = {
    RepositoryStatus.FAILED: "failed",
    RepositoryStatus.INTERRUPTED: "interrupted",
    RepositoryStatus.SKIPPED: "skipped",
    RepositoryStatus.LEFT: "with secrets left",
    RepositoryStatus.PLANNED: "to migrate",
    RepositoryStatus.MIGRATED: "migrated",
    RepositoryStatus.CLEAN: "clean",
}
_SHOWN = 5
_KEPT = "\u00a0"  # a blank at which no line ends


def result_line(result: RepositoryResult) -> Line:
    """Return a repository in a line."""
    style, mark = _MARKS[result.status]
    planned = result.planned if result.status is RepositoryStatus.PLANNED else 0
    words = phrases(
        (planned, f"{counted(planned, 'secret')} to move"),
        (result.moved, f"{result.moved} moved"),
        (result.put - result.overwritten, f"{result.put - result.overwritten} put"),
        (result.overwritten, f"{result.overwritten} overwritten"),
        (result.existing, f"{result.existing} {'was' if result.existing == 1 else 'were'} there"),
        (result.left, f"{result.left} left"),
        (result.commit, result.commit[:10] + (f" on {result.branch}" if result.branch else "")),
    )
    if result.failures:
        more = len(result.failures) - 1
        words.append(result.failures[0].kind + (f" and {more} more" if more else ""))
    return [(style, f"  {mark} "), ("", result.name), ("dim", f"   {', '.join(words)}" if words else "")]


def total_lines(sums: Totals) -> Iterator[Line]:
    """Yield what it all comes to."""
    parts = ", ".join(f"{sums.statuses[status]} {_WORDS[status]}" for status in _WORDS if status in sums.statuses)
    yield [("bold", f"{counted(sums.repositories, 'repository')}: {parts or 'nothing to do'}")]
    words = phrases(
        (True, f"{counted(sums.findings, 'secret')} found in {counted(sums.files, 'file')}"),
        (sums.moved, f"{sums.moved} moved"),
        (sums.put - sums.overwritten, f"{counted(sums.put - sums.overwritten, 'parameter')} put"),
        (sums.overwritten, f"{counted(sums.overwritten, 'parameter')} overwritten"),
        (sums.existing, f"{sums.existing} were there"),
        (sums.left, f"{sums.left} left"),
    )
    yield [("", ", ".join(words))]


def failure_lines(by_kind: Mapping[str, Sequence[tuple[RepositoryResult, Failure]]], width: int) -> Iterator[Line]:
    """Yield failures grouped by what they have in common."""
    for kind, pairs in by_kind.items():
        names = dict.fromkeys(result.name for result, _ in pairs)
        yield [("bad", f"  {len(names)} × "), ("bold", kind)]
        for result, failure in pairs[:_SHOWN]:
            place = ":".join(str(part) for part in (failure.file or result.name, failure.line) if part)
            yield from ([("", text)] for text in wrap(f"{place}: {failure.message}", width, " " * 8, " " * 6))
        if len(pairs) > _SHOWN:
            yield [("dim", f"      and {len(pairs) - _SHOWN} more")]
        for hint in dict.fromkeys(failure.hint for _, failure in pairs if failure.hint):
            yield from ([("dim", text)] for text in wrap(f"hint: {hint}", width, " " * 8, " " * 6))


def note_lines(results: Sequence[RepositoryResult], width: int) -> Iterator[Line]:
    """Yield the notes on repositories, the first few in full."""
    notes = [f"{result.name}: {note}" for result in results for note in result.notes]
    for text in notes[:_SHOWN]:
        yield from ([("dim", line)] for line in wrap(text, width, "  ", ""))
    if len(notes) > _SHOWN:
        yield [("dim", f"and {len(notes) - _SHOWN} more notes, which a --report lists")]


def target_lines(
    identities: Sequence[tuple[Target, Identity]], repositories: Mapping[Target, int], width: int
) -> Iterator[Line]:
    """Yield where parameters go, an account a line, with repositories a region."""
    places: dict[tuple[str, ...], dict[str, int]] = {}
    for target, identity in identities:
        account, region, *rest = identity_words(target, identity)
        regions = places.setdefault((account, *rest), {})
        regions[region] = regions.get(region, 0) + repositories.get(target, 0)
    for (account, *rest), regions in places.items():
        (first, count), *more = regions.items()
        noun = "repository" if count == 1 else "repositories"
        listed = [f"{first} ({count} {noun})", *(f"{region} ({number})" for region, number in more)]
        line = " · ".join([account, ", ".join(text.replace(" ", _KEPT) for text in listed), *rest])
        yield from ([("dim", text.replace(_KEPT, " "))] for text in wrap(line, width, "    ", "  "))


def proposal_lines(proposed: Mapping[str, Sequence[str]], width: int) -> Iterator[Line]:
    """Yield what the settings of each repository propose for its parameters."""
    for name, options in proposed.items():
        text = f"{name}: {', '.join(options)}, as its .slsmigrate.toml proposes"
        yield from ([("warn", line)] for line in wrap(text, width, "    ", "  "))


def accounts_in_words(identities: Sequence[tuple[Target, Identity]]) -> str:
    """` in 123456789012`, or '' where no account is known.

    It is short, so that the question is one line.
    """
    accounts = dict.fromkeys(identity.account for _, identity in identities)
    words = ["an unknown account" if account == UNKNOWN_ACCOUNT else account for account in accounts]
    return f" in {enumerated(words)}" if words else ""


def next_lines(results: Sequence[RepositoryResult], width: int) -> Iterator[Line]:
    """Yield what is left for people to do."""
    steps = ["git history still holds the old values, and a pull request's diff shows them: rotate, then redeploy"]
    steps += ["the deploying roles need ssm:GetParameter on the new parameters, and kms:Decrypt"]
    yield [("bold", "Next")]
    for step in steps:
        yield from ([("", text)] for text in wrap(step, width, "    ", "  · "))
    yield from pull_request_lines(results, width)

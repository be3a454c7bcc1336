"""The result of a repository, frozen, from which console, reports and exit code are made.

It holds no value, and what a batch's JSON report holds of it is read again unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, StrEnum, auto

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from migrate.model import Applicability, ExitCode, PutState, Rule, exit_code_of

UNREADABLE = "a file can't be read"
UNWRITABLE = "a file can't be written"
STALE = "a decision no longer fits"
CLASH = "a name is wanted for different values"
CONFLICT = "a parameter holds another value"
COMMIT = "the commit was refused"
DIRTY = "uncommitted changes"


class RepositoryStatus(StrEnum):
    """The outcome of a repository, the worst first."""

    FAILED = "failed"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    LEFT = "left"
    PLANNED = "planned"
    MIGRATED = "migrated"
    CLEAN = "clean"


class FindingStatus(StrEnum):
    """The outcome of a finding, real or planned."""

    MOVED = "moved"
    PLANNED = "planned"
    LEFT = "left"


class Failure(Struct, frozen=True):
    """Why something was not done; `kind` is what many repositories share, the rest is of this one."""

    kind: str
    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None


class PlaceRow(Struct, frozen=True):
    """The place of a value; lines and column count from 1."""

    file: str
    key_path: str
    line: int
    end_line: int
    column: int


class FindingRow(Struct, frozen=True):
    """A finding and what became of it. `parameter` and `reference` are those it would have where it was left."""

    file: str
    key_path: str
    line: int
    end_line: int
    column: int
    rule: str
    kind: str
    confidence: str
    masked: str
    part: tuple[int, int] | None
    parameter: str
    reference: str
    applicability: Applicability
    notes: tuple[str, ...]
    reason: str
    title: str = ""
    status: FindingStatus = field(default=FindingStatus.LEFT, name="fate")

    @property
    def place(self) -> PlaceRow:
        """Return the place of the finding."""
        return PlaceRow(self.file, self.key_path, self.line, self.end_line, self.column)


class ParameterRow(Struct, frozen=True):
    """A parameter that the store holds now: `created` by this run, or there before it.

    One that is `created` and `overwritten` is a new version in place of another value.
    """

    name: str
    profile: str | None
    region: str | None
    version: int
    created: bool
    account: str = ""
    overwritten: bool = False


class DiffRow(Struct, frozen=True):
    """A file's masked unified diff, in lines without their ends; the first two name the file."""

    file: str
    lines: tuple[str, ...]


class TargetRow(Struct, frozen=True):
    """A target of parameters, and the identity that puts them."""

    profile: str | None
    region: str
    account: str
    arn: str
    endpoint: str | None
    sts_endpoint: str | None


class CheckRow(Struct, frozen=True):
    """A planned parameter held against the store, before anything is put."""

    name: str
    profile: str | None
    region: str | None
    account: str
    state: PutState
    version: int | None
    detail: str


class EventRow(Struct, frozen=True):
    """Something that was done, or failed.

    `put`, `overwritten`, `there`, `put-failed`, `written` or `file-failed`.
    """

    event: str
    name: str | UnsetType = UNSET
    profile: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    version: int | UnsetType = UNSET
    file: str | UnsetType = UNSET
    values: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    hint: str | UnsetType | None = UNSET

    @property
    def has_failed(self) -> bool:
        """Return whether something went wrong."""
        return self.event.endswith("failed")


class RunDetails(Struct, frozen=True):
    """Details that only the report of a single run lists.

    `events` is None where nothing was carried out. `undecided` counts the secrets that were left without anybody's
    decision. `rules` are those of the findings.
    """

    rules: tuple[Rule, ...] = ()
    placeholders: tuple[PlaceRow, ...] | None = None
    targets: tuple[TargetRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    events: tuple[EventRow, ...] | None = None
    undecided: int = 0

    @property
    def failed(self) -> int:
        """Count the parameters and files that failed."""
        return sum(event.has_failed for event in self.events or ())


NO_DETAILS = RunDetails()


class RepositoryResult(Struct, frozen=True):
    """A repository. `moved` and `left` count secrets, `put` and `existing` parameters; `files` were read.

    `overwritten` are those among the `put` that held another value. `refused` counts the findings that no run may
    move, `waiting` those that only a person may.
    """

    name: str
    path: str
    status: RepositoryStatus = field(name="outcome")
    files: int = 0
    findings: tuple[FindingRow, ...] = ()
    failures: tuple[Failure, ...] = field(default=(), name="reasons")
    notes: tuple[str, ...] = ()
    moved: int = 0
    left: int = 0
    put: int = 0
    existing: int = field(default=0, name="there")
    written: tuple[str, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    branch: str = ""
    commit: str = ""
    diffs: tuple[DiffRow, ...] = ()
    less_certain: int = 0
    refused: int = 0
    waiting: int = 0
    overwritten: int = 0
    details: RunDetails = NO_DETAILS

    @property
    def planned(self) -> int:
        """Count the secrets that would be moved."""
        return sum(finding.status is FindingStatus.PLANNED for finding in self.findings)

    @property
    def has_failed(self) -> bool:
        """Return whether the repository counts among the failures."""
        return self.status is RepositoryStatus.FAILED

    @property
    def is_interrupted(self) -> bool:
        """Return whether a signal ended the work on the repository."""
        return self.status is RepositoryStatus.INTERRUPTED


# ── status and exit code ──────────────────────────────────────────────────────────────────────


def status_of(
    findings: Iterable[FindingRow], failures: Iterable[Failure], *, interrupted: bool = False, committed: bool = False
) -> RepositoryStatus:
    """Return the status that findings and failures make, the worst that holds.

    Uncommitted changes alone only skip a repository.
    """
    kinds = {failure.kind for failure in failures}
    found = {finding.status for finding in findings}
    table = (
        (interrupted, RepositoryStatus.INTERRUPTED),
        (bool(kinds - {DIRTY}), RepositoryStatus.FAILED),
        (DIRTY in kinds, RepositoryStatus.SKIPPED),
        (FindingStatus.PLANNED in found, RepositoryStatus.PLANNED),
        (FindingStatus.MOVED in found or committed, RepositoryStatus.MIGRATED),
        (FindingStatus.LEFT in found, RepositoryStatus.LEFT),
    )
    return next((status for holds, status in table if holds), RepositoryStatus.CLEAN)


class Remaining(Enum):
    """The secrets that count as remaining: those that are left, those left without a decision, or none."""

    LEFT = auto()
    UNDECIDED = auto()
    NONE = auto()


def exit_code(results: Iterable[RepositoryResult], remaining: Remaining, *, interrupted: bool = False) -> ExitCode:
    """Return the exit code that results amount to."""
    done = tuple(results)
    counts = {
        Remaining.LEFT: sum(result.left for result in done),
        Remaining.UNDECIDED: sum(result.details.undecided for result in done),
        Remaining.NONE: 0,
    }
    failed = any(result.has_failed for result in done)
    return exit_code_of(failed=failed, remaining=bool(counts[remaining]), interrupted=interrupted)


# ── results without work, and sums ────────────────────────────────────────────────────────────


def not_carried_out(before: RepositoryResult, status: RepositoryStatus, *failures: Failure) -> RepositoryResult:
    """Return the result of a repository of which nothing came about that was planned."""
    findings = tuple(replace(finding, status=FindingStatus.LEFT) for finding in before.findings)
    return replace(before, status=status, findings=findings, failures=(*before.failures, *failures), left=len(findings))


class Totals(Struct, frozen=True):
    """The sums of results."""

    repositories: int = 0
    files: int = 0
    findings: int = 0
    moved: int = 0
    left: int = 0
    put: int = 0
    existing: int = field(default=0, name="there")
    statuses: Mapping[str, int] = field(default_factory=dict, name="outcomes")
    overwritten: int = 0


def totals(results: Sequence[RepositoryResult]) -> Totals:
    """Sum results up."""
    counts = {status: sum(result.status is status for result in results) for status in RepositoryStatus}
    return Totals(
        repositories=len(results),
        files=sum(result.files for result in results),
        findings=sum(len(result.findings) for result in results),
        moved=sum(result.moved for result in results),
        left=sum(result.left for result in results),
        put=sum(result.put for result in results),
        existing=sum(result.existing for result in results),
        statuses={str(status): count for status, count in counts.items() if count},
        overwritten=sum(result.overwritten for result in results),
    )


def failures_by_kind(results: Sequence[RepositoryResult]) -> dict[str, list[tuple[RepositoryResult, Failure]]]:
    """Group the failures by what they have in common, the most common first."""
    kinds: dict[str, list[tuple[RepositoryResult, Failure]]] = {}
    for result in results:
        if result.status in (RepositoryStatus.FAILED, RepositoryStatus.SKIPPED):
            for failure in result.failures:
                kinds.setdefault(failure.kind, []).append((result, failure))
    return dict(sorted(kinds.items(), key=lambda pair: -len({result.name for result, _ in pair[1]})))

"""One row a repository: what a batch says of it in every report. It holds no value, and goes through JSON unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from migrate.model import SlsMigrateError
from migrate.stores.errors import DeniedError, TargetError


class Outcome(StrEnum):
    """What became of a repository, the worst first."""

    FAILED = "failed"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    LEFT = "left"
    PLANNED = "planned"
    MIGRATED = "migrated"
    CLEAN = "clean"


class Fate(StrEnum):
    """What became of a finding, or would become of it."""

    MOVED = "moved"
    PLANNED = "planned"
    LEFT = "left"


class Reason(Struct, frozen=True):
    """Why something was not done; `kind` is what many repositories share, the rest is of this one."""

    kind: str
    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None


class Row(Struct, frozen=True):
    """A repository. `moved` and `left` count secrets, `findings` are the rows of the single run's report."""

    name: str
    path: str
    outcome: Outcome
    files: int = 0
    findings: Sequence[Mapping[str, Any]] = ()
    reasons: Sequence[Reason] = ()
    notes: Sequence[str] = ()
    moved: int = 0
    left: int = 0
    put: int = 0
    there: int = 0
    written: Sequence[str] = ()
    parameters: Sequence[Mapping[str, Any]] = ()
    branch: str = ""
    commit: str = ""
    diffs: Sequence[Mapping[str, Any]] = ()
    less_certain: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def moving(self) -> int:
        """How many secrets would be moved."""
        return sum(finding.get("fate") == Fate.PLANNED for finding in self.findings)

    @property
    def has_failed(self) -> bool:
        """Whether the end counts it among the failures."""
        return self.outcome is Outcome.FAILED


class Totals(Struct, frozen=True):
    """What the rows come to."""

    repositories: int = 0
    files: int = 0
    findings: int = 0
    moved: int = 0
    left: int = 0
    put: int = 0
    there: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)


def totals(rows: Sequence[Row]) -> Totals:
    """The sums."""
    return Totals(
        repositories=len(rows),
        files=sum(row.files for row in rows),
        findings=sum(len(row.findings) for row in rows),
        moved=sum(row.moved for row in rows),
        left=sum(row.left for row in rows),
        put=sum(row.put for row in rows),
        there=sum(row.there for row in rows),
        outcomes={
            str(outcome): sum(row.outcome is outcome for row in rows)
            for outcome in Outcome
            if any(row.outcome is outcome for row in rows)
        },
    )


def reason_of(error: SlsMigrateError, kind: str = "") -> Reason:
    """A failure as a reason; what many share is told from the error's class where nobody says it."""
    told = kind or next((word for known, word in _KINDS if isinstance(error, known)), "the store refused a parameter")
    place = error.location
    return Reason(
        "the store asked to go slower, again and again" if "throttled" in error.message else told,
        error.message,
        error.hint or "",
        str(place.file) if place else "",
        place.line if place else None,
        place.column if place else None,
    )


_KINDS: Sequence[tuple[type[SlsMigrateError], str]] = (
    (DeniedError, "no permission in the Parameter Store"),
    (TargetError, "the Parameter Store can't be used"),
)


def undone(row: Row, outcome: Outcome, *reasons: Reason) -> Row:
    """A row of which nothing came about that was planned."""
    findings = [{**each, "fate": str(Fate.LEFT)} for each in row.findings]
    return replace(row, outcome=outcome, findings=findings, reasons=[*row.reasons, *reasons], left=len(findings))


def to_object(row: Row) -> dict[str, Any]:
    """A row for JSON."""
    found: dict[str, Any] = to_builtins(row)
    return found


def from_object(content: Mapping[str, Any]) -> Row:
    """A row of an earlier report. Raises KeyError, TypeError or ValueError where it is none."""
    known = {name: content[name] for name in Row.__struct_fields__ if name in content}
    known["outcome"] = Outcome(known["outcome"])
    known["reasons"] = [Reason(**each) for each in known.get("reasons", ())]
    return Row(**known)

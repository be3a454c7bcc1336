"""Rows of a result, from what was found, checked and done: each copied once, and none with a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from msgspec.structs import replace

from migrate.migration.results import (
    UNREADABLE,
    CheckRow,
    DiffRow,
    EventRow,
    Failure,
    FindingRow,
    FindingStatus,
    ParameterRow,
    PlaceRow,
    TargetRow,
)
from migrate.model import (
    MASK,
    Change,
    CheckedPut,
    Event,
    FileFailed,
    FileWritten,
    Finding,
    Identity,
    Problem,
    Put,
    PutDone,
    PutFailed,
    SlsMigrateError,
    Target,
    lines_of,
    unforeseen,
)
from migrate.model.paths import DisplayPath
from migrate.stores.errors import DeniedError, TargetError
from migrate.workspace.loading import Workspace
from migrate.workspace.masked import masked_diffs

_KINDS: Sequence[tuple[type[SlsMigrateError], str]] = (
    (DeniedError, "no permission in the Parameter Store"),
    (TargetError, "the Parameter Store can't be used"),
    (SlsMigrateError, "the store refused a parameter"),
)


def place_row(finding: Finding, display_path: DisplayPath) -> PlaceRow:
    """Return the file, key path, lines and column of a finding."""
    lines = lines_of(finding.manifest)
    span = finding.scalar.span
    line, column = lines.position(span.start)
    end_line, _ = lines.position(max(span.start, span.end - 1))
    return PlaceRow(display_path(finding.manifest.file), str(finding.path), line, end_line, column)


def finding_row(change: Change, status: FindingStatus, display_path: DisplayPath) -> FindingRow:
    """Return a finding and what became of it."""
    finding, place = change.finding, place_row(change.finding, display_path)
    return FindingRow(
        file=place.file,
        key_path=place.key_path,
        line=place.line,
        end_line=place.end_line,
        column=place.column,
        rule=finding.rule.id,
        kind=str(finding.rule.kind),
        confidence=finding.confidence.label,
        masked=MASK,
        part=(finding.part.start, finding.part.end) if finding.part else None,
        parameter=change.name,
        reference=change.reference,
        applicability=change.applicability,
        notes=change.notes,
        reason=finding.reason,
        title=finding.rule.title,
        status=status,
    )


def problem_failure(problem: Problem, display_path: DisplayPath) -> Failure:
    """Return a file that was passed over as a failure."""
    at = problem.location
    return Failure(UNREADABLE, problem.message, problem.hint or "", display_path(at.file), at.line, at.column)


def failure_of(error: SlsMigrateError, kind: str = "", file: str = "") -> Failure:
    """Return an error as a failure; its class gives the kind where none is given."""
    place = error.location
    return Failure(
        "the store asked to go slower, again and again" if "throttled" in error.message else kind or _kind_of(error),
        error.message,
        error.hint or "",
        file or (str(place.file) if place else ""),
        place.line if place else None,
        place.column if place else None,
    )


def _kind_of(error: SlsMigrateError) -> str:
    return next(kind for known, kind in _KINDS if isinstance(error, known))


def internal_failure(error: BaseException) -> Failure:
    """Return an error of our own as a failure, which quotes nothing of it."""
    return Failure("internal error", unforeseen(error), "please report it")


def diff_rows(
    workspace: Workspace, by_file: Mapping[Path, Sequence[Change]], display_path: DisplayPath
) -> Iterator[DiffRow]:
    """Yield the masked diff of each file that would change."""
    for file, lines in masked_diffs(workspace, by_file, display_path):
        yield DiffRow(file, tuple(lines))


def target_row(target: Target, identity: Identity) -> TargetRow:
    """Return where parameters are put, and as whom."""
    return TargetRow(
        profile=identity.profile or target.profile,
        region=identity.region,
        account=identity.account,
        arn=identity.arn,
        endpoint=identity.endpoint,
        sts_endpoint=identity.sts_endpoint,
    )


def check_row(check: CheckedPut, account: str) -> CheckRow:
    """Return a planned parameter held against the store."""
    target = check.put.target
    return CheckRow(
        name=check.put.parameter.name,
        profile=target.profile,
        region=target.region,
        account=account,
        state=check.state,
        version=check.version,
        detail=check.detail,
    )


def parameter_row(event: PutDone, account: str) -> ParameterRow:
    """Return a parameter that the store holds now."""
    put, target = event.put, event.put.target
    return ParameterRow(
        name=put.parameter.name,
        profile=target.profile,
        region=target.region,
        version=event.version,
        created=event.created,
        account=account,
        overwritten=event.overwritten,
    )


def event_row(event: Event, display_path: DisplayPath) -> EventRow:
    """Return something that was done, or failed."""
    match event:
        case FileWritten(file, values):
            return EventRow("written", file=display_path(file), values=values)
        case FileFailed(file, error):
            return EventRow("file-failed", file=display_path(file), message=error.message, hint=error.hint)
        case PutDone(put, version):
            return replace(_put_row(event.word, put), version=version)
        case PutFailed(put, error):
            return replace(_put_row("put-failed", put), message=error.message, hint=error.hint)
    assert_never(event)


def _put_row(event: str, put: Put) -> EventRow:
    return EventRow(event, name=put.parameter.name, profile=put.target.profile, region=put.target.region)

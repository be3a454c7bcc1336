"""Results for machines: one JSON object, the same for `scan`, a dry run and a report file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from migrate.migration.rows import change_row, place, problem_row
from migrate.model import (
    CheckedPut,
    FileFailed,
    FileWritten,
    Finding,
    Identity,
    Outcome,
    Plan,
    Problem,
    PutDone,
    PutFailed,
    SlsMigrateError,
    Target,
)

Shown = Callable[[Path], str]


class Result(Struct, frozen=True):
    """All that a run can report; what it did not come to is empty."""

    files: int
    problems: Sequence[Problem]
    plan: Plan
    identities: Sequence[tuple[Target, Identity]] = ()
    checked: Sequence[CheckedPut] = ()
    outcome: Outcome | None = None
    placeholders: Sequence[Finding] | None = None


def to_json(result: Result, shown: Shown) -> str:
    """The object of the command line's contract; it holds no value and nothing made from one."""
    content: dict[str, Any] = {
        "version": 1,
        "files": result.files,
        "errors": [problem_row(problem, shown) for problem in result.problems],
        "findings": [change_row(change, shown) for change in result.plan.changes],
    }
    if result.placeholders is not None:
        content["placeholders"] = [place(finding, shown) for finding in result.placeholders]
    if result.identities:
        content["targets"] = [_target(target, identity) for target, identity in result.identities]
    if result.checked:
        content["parameters"] = [_checked(each) for each in result.checked]
    if result.outcome is not None:
        content["outcome"] = _outcome(result.outcome, shown)
    return json.dumps(content, indent=2, ensure_ascii=True)


def _target(target: Target, identity: Identity) -> dict[str, Any]:
    return {
        "profile": identity.profile or target.profile,
        "region": identity.region,
        "account": identity.account,
        "arn": identity.arn,
        "endpoint": identity.endpoint,
        "sts_endpoint": identity.sts_endpoint,
    }


def _checked(each: CheckedPut) -> dict[str, Any]:
    return {
        "name": each.put.parameter.name,
        "profile": each.put.target.profile,
        "region": each.put.target.region,
        "state": str(each.state),
        "version": each.version,
        "detail": each.detail,
    }


def _outcome(outcome: Outcome, shown: Shown) -> dict[str, Any]:
    rows: Mapping[type, Callable[[Any], dict[str, Any]]] = {
        PutDone: lambda event: {
            "event": "put" if event.created else "there",
            "name": event.put.parameter.name,
            "profile": event.put.target.profile,
            "region": event.put.target.region,
            "version": event.version,
        },
        PutFailed: lambda event: {
            "event": "put-failed",
            "name": event.put.parameter.name,
            "profile": event.put.target.profile,
            "region": event.put.target.region,
            **_error(event.error),
        },
        FileWritten: lambda event: {"event": "written", "file": shown(event.file), "values": event.values},
        FileFailed: lambda event: {"event": "file-failed", "file": shown(event.file), **_error(event.error)},
    }
    return {
        "interrupted": outcome.interrupted,
        "events": [rows[type(event)](event) for event in outcome.events],
        "left": [place(change.finding, shown) for change in outcome.left],
    }


def _error(error: SlsMigrateError) -> dict[str, Any]:
    return {"message": error.message, "hint": error.hint}

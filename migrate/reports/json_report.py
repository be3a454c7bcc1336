"""JSON reports: one object for a single run, and one for a batch, which `report merge` reads again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from migrate.migration.results import UNREADABLE, Failure, FindingStatus, RepositoryResult, totals

if TYPE_CHECKING:
    from migrate.reports.report import Report

_ONLY_IN_BATCH = ("title", "fate")  # of a finding


def to_json(report: Report) -> str:
    """Return the object of the contract; it holds nothing made from a value."""
    if report.is_batch:
        return json.dumps(_batch(report.results), indent=1)
    return json.dumps(_run(report.results[0]), indent=2)


def _batch(results: tuple[RepositoryResult, ...]) -> dict[str, Any]:
    repositories = [_without(to_builtins(result), "details") for result in results]
    return {"version": 1, "kind": "batch", "totals": to_builtins(totals(results)), "repositories": repositories}


def _run(result: RepositoryResult) -> dict[str, Any]:
    details = result.details
    content: dict[str, Any] = {
        "version": 1,
        "files": result.files,
        "errors": [_error(failure) for failure in result.failures if failure.kind == UNREADABLE],
        "findings": [_without(to_builtins(finding), *_ONLY_IN_BATCH) for finding in result.findings],
    }
    if details.placeholders is not None:
        content["placeholders"] = to_builtins(details.placeholders)
    if details.targets:
        content["targets"] = to_builtins(details.targets)
    if details.checks:
        content["parameters"] = to_builtins(details.checks)
    if details.events is not None:
        left = [finding.place for finding in result.findings if finding.status is FindingStatus.LEFT]
        content["outcome"] = {
            "interrupted": result.is_interrupted,
            "events": to_builtins(details.events),
            "left": to_builtins(left),
        }
    return content


def _error(failure: Failure) -> dict[str, Any]:
    return {"file": failure.file, "line": failure.line, "column": failure.column, "message": failure.message}


def _without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in names}

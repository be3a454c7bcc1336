"""Rows of findings and problems, as reports for machines hold them."""

from __future__ import annotations

from typing import Any

from migrate.model import (
    MASK,
    Change,
    Finding,
    Problem,
    lines_of,
)
from migrate.model.paths import Shown


def problem_row(problem: Problem, shown: Shown) -> dict[str, Any]:
    """A file that could not be read."""
    location = problem.location
    return {
        "file": shown(location.file),
        "line": location.line,
        "column": location.column,
        "message": problem.message,
    }


def change_row(change: Change, shown: Shown) -> dict[str, Any]:
    """A finding and what would become of it."""
    finding = change.finding
    return {
        **place(finding, shown),
        "rule": finding.rule.id,
        "kind": str(finding.rule.kind),
        "confidence": finding.confidence.label,
        "masked": MASK,
        "part": [finding.part.start, finding.part.end] if finding.part else None,
        "parameter": change.name,
        "reference": change.reference,
        "applicability": str(change.applicability),
        "notes": list(change.notes),
        "reason": finding.reason,
    }


def place(finding: Finding, shown: Shown) -> dict[str, Any]:
    """File, key path, lines and column of a finding."""
    lines = lines_of(finding.manifest)
    line, column = lines.position(finding.scalar.span.start)
    end_line, _ = lines.position(max(finding.scalar.span.start, finding.scalar.span.end - 1))
    return {
        "file": shown(finding.manifest.file),
        "key_path": str(finding.path),
        "line": line,
        "end_line": end_line,
        "column": column,
    }

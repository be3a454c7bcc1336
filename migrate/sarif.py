"""SARIF 2.1.0, for code scanning: where each finding is and why, never what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from migrate import __version__
from migrate.model import Change, Confidence, Problem, Rule
from migrate.report import place

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://pypi.org/project/slsmigrate/"
_LEVELS = {Confidence.HIGH: "error", Confidence.MEDIUM: "warning", Confidence.LOW: "note"}
_SEVERITIES = {Confidence.HIGH: "8.0", Confidence.MEDIUM: "5.0", Confidence.LOW: "2.0"}


class RuleHelp(NamedTuple):
    """What a reader of a finding is told of its rule."""

    looks_for: str
    help: str


def to_sarif(
    changes: Sequence[Change],
    problems: Sequence[Problem],
    helps: Mapping[str, RuleHelp],
    shown: Callable[[Path], str],
) -> str:
    """The log as JSON. Fingerprints are made of file, key path and rule, so they outlive the value."""
    rules = sorted({change.finding.rule for change in changes}, key=lambda rule: rule.id)
    order = {rule.id: number for number, rule in enumerate(rules)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "slsmigrate",
                        "semanticVersion": __version__,
                        "informationUri": _HOME,
                        "rules": [_rule(rule, helps.get(rule.id)) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the working directory of the run"}}},
                "invocations": [
                    {
                        "executionSuccessful": not problems,
                        "toolExecutionNotifications": [_notification(problem, shown) for problem in problems],
                    }
                ],
                "results": list(_results(changes, order, shown)),
            }
        ],
    }
    return json.dumps(log, indent=2)


def _rule(rule: Rule, told: RuleHelp | None) -> dict[str, Any]:
    looks_for = told.looks_for if told else rule.title
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"Looks for {looks_for}." if told else rule.title},
        "help": {
            "text": told.help if told else "Move the value to AWS Parameter Store with slsmigrate, and rotate it."
        },
        "defaultConfiguration": {"level": _LEVELS[rule.confidence]},
        "properties": {"tags": ["security", str(rule.kind)], "security-severity": _SEVERITIES[rule.confidence]},
    }


def _results(
    changes: Iterable[Change], order: Mapping[str, int], shown: Callable[[Path], str]
) -> Iterable[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for change in changes:
        finding = change.finding
        where = place(finding, shown)
        key = f"{where['file']}\0{finding.path}\0{finding.rule.id}"
        seen[key] += 1
        yield {
            "ruleId": finding.rule.id,
            "ruleIndex": order[finding.rule.id],
            "level": _LEVELS[finding.confidence],
            "message": {"text": f"{finding.path}: {finding.reason} ({finding.confidence.label} confidence)"},
            "locations": [_location(where["file"], where["line"], where["column"], where["end_line"])],
            "partialFingerprints": {"place/v1": sha256(f"{key}\0{seen[key]}".encode()).hexdigest()},
            "properties": {"confidence": finding.confidence.label, "kind": str(finding.rule.kind)},
        }


def _location(file: str, line: int | None, column: int | None, end_line: int | None = None) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column, "endLine": end_line}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(Path(file).as_posix()), "uriBaseId": "SRCROOT"}}
    if line is not None:
        location["region"] = {key: value for key, value in region.items() if value is not None}
    return {"physicalLocation": location}


def _notification(problem: Problem, shown: Callable[[Path], str]) -> dict[str, Any]:
    at = problem.location
    return {
        "level": "error",
        "message": {"text": problem.message},
        "locations": [_location(shown(at.file), at.line, at.column)],
    }

"""SARIF 2.1.0, for code scanning: where each finding is and why, never what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from migrate import __version__
from migrate.migration.rows import place
from migrate.model import Change, Confidence, Problem, Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://pypi.org/project/slsmigrate/"
_LEVELS = {Confidence.HIGH: "error", Confidence.MEDIUM: "warning", Confidence.LOW: "note"}
_SEVERITIES = {Confidence.HIGH: "8.0", Confidence.MEDIUM: "5.0", Confidence.LOW: "2.0"}


class RuleHelp(Struct, frozen=True):
    """What a reader of a finding is told of its rule."""

    looks_for: str
    help: str


class Found(Struct, frozen=True):
    """A finding as it is told."""

    rule: Rule
    confidence: Confidence
    key_path: str
    reason: str
    file: str
    line: int
    column: int
    end_line: int


class Noted(Struct, frozen=True):
    """Something that could not be done."""

    message: str
    file: str
    line: int | None = None
    column: int | None = None


def to_sarif(
    changes: Sequence[Change],
    problems: Sequence[Problem],
    helps: Mapping[str, RuleHelp],
    shown: Callable[[Path], str],
) -> str:
    """The log of a run as JSON."""
    noted = [
        Noted(each.message, shown(each.location.file), each.location.line, each.location.column) for each in problems
    ]
    return log_text([_found(change, shown) for change in changes], noted, helps)


def _found(change: Change, shown: Callable[[Path], str]) -> Found:
    finding, where = change.finding, place(change.finding, shown)
    spots = where["file"], where["line"], where["column"], where["end_line"]
    return Found(finding.rule, finding.confidence, str(finding.path), finding.reason, *spots)


def log_text(found: Sequence[Found], noted: Sequence[Noted], helps: Mapping[str, RuleHelp]) -> str:
    """A log as JSON. Fingerprints are made of file, key path and rule, so they outlive the value."""
    rules = sorted({each.rule for each in found}, key=lambda rule: rule.id)
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
                        "executionSuccessful": not noted,
                        "toolExecutionNotifications": [_notification(each) for each in noted],
                    }
                ],
                "results": list(_results(found, order)),
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


def _results(found: Iterable[Found], order: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for each in found:
        key = f"{each.file}\0{each.key_path}\0{each.rule.id}"
        seen[key] += 1
        yield {
            "ruleId": each.rule.id,
            "ruleIndex": order[each.rule.id],
            "level": _LEVELS[each.confidence],
            "message": {"text": f"{each.key_path}: {each.reason} ({each.confidence.label} confidence)"},
            "locations": [_location(each.file, each.line, each.column, each.end_line)],
            "partialFingerprints": {"place/v1": _hash(f"{key}\0{seen[key]}")},
            "properties": {"confidence": each.confidence.label, "kind": str(each.rule.kind)},
        }


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _location(file: str, line: int | None, column: int | None, end_line: int | None = None) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column, "endLine": end_line}
    uri = quote(Path(file).as_posix(), errors="surrogateescape")
    location: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}
    if line is not None:
        location["region"] = {key: value for key, value in region.items() if value is not None}
    return {"physicalLocation": location}


def _notification(noted: Noted) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": noted.message},
        "locations": [_location(noted.file, noted.line, noted.column)],
    }

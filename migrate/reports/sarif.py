"""SARIF 2.1.0, for code scanning: where each finding is and why, never what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec.structs import replace

from migrate import __version__
from migrate.detect.rules import RULES, RuleSpec
from migrate.migration.results import UNREADABLE, Failure, FindingRow
from migrate.model import Confidence, Kind, Rule

if TYPE_CHECKING:
    from migrate.reports.report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://pypi.org/project/slsmigrate/"
_LEVELS = {Confidence.HIGH: "error", Confidence.MEDIUM: "warning", Confidence.LOW: "note"}
_HELP = "Move the value to AWS Parameter Store with slsmigrate, and rotate it."
_SEVERITIES = {Confidence.HIGH: "8.0", Confidence.MEDIUM: "5.0", Confidence.LOW: "2.0"}


def to_sarif(report: Report, specs: Mapping[str, RuleSpec] | None = None) -> str:
    """Return the log of a report; `specs` are the known rules, by default the table."""
    known = {spec.rule.id: spec for spec in RULES} if specs is None else specs
    findings = [finding for result in report.results for finding in result.findings]
    own = {rule.id: rule for result in report.results for rule in result.details.rules}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            _run([(finding, _rule_of(finding, own, known)) for finding in findings], tuple(_notes(report)), known)
        ],
    }
    return json.dumps(log, indent=2)


def _rule_of(finding: FindingRow, own: Mapping[str, Rule], known: Mapping[str, RuleSpec]) -> Rule:
    if finding.rule in own:
        return own[finding.rule]
    if finding.rule in known:
        return known[finding.rule].rule
    return Rule(finding.rule, finding.title or finding.rule, Kind(finding.kind), _confidence(finding))


def _confidence(finding: FindingRow) -> Confidence:
    return Confidence[finding.confidence.upper()]


def _notes(report: Report) -> Iterator[Failure]:
    """Yield what could not be done, of a single run what could not be read."""
    for result in report.results:
        if not report.is_batch:
            yield from (failure for failure in result.failures if failure.kind == UNREADABLE)
        elif result.has_failed:
            for failure in result.failures:
                yield replace(failure, message=f"{failure.kind}: {failure.message}", file=failure.file or result.name)


def _run(
    findings: Sequence[tuple[FindingRow, Rule]], notes: Sequence[Failure], known: Mapping[str, RuleSpec]
) -> dict[str, Any]:
    rules = sorted({rule for _, rule in findings}, key=lambda rule: rule.id)
    order = {rule.id: number for number, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "slsmigrate",
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": [_rule(rule, known.get(rule.id)) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the working directory of the run"}}},
        "invocations": [
            {
                "executionSuccessful": not notes,
                "toolExecutionNotifications": [_notification(note) for note in notes],
            }
        ],
        "results": list(_results(findings, order)),
    }


def _rule(rule: Rule, spec: RuleSpec | None) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"Looks for {spec.looks_for}." if spec else rule.title},
        "help": {"text": spec.help if spec else _HELP},
        "defaultConfiguration": {"level": _LEVELS[rule.confidence]},
        "properties": {"tags": ["security", str(rule.kind)], "security-severity": _SEVERITIES[rule.confidence]},
    }


def _results(findings: Iterable[tuple[FindingRow, Rule]], order: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield results, with fingerprints that outlive the value.

    They are made of file, key path and rule.
    """
    seen: Counter[str] = Counter()
    for finding, rule in findings:
        key = f"{finding.file}\0{finding.key_path}\0{rule.id}"
        seen[key] += 1
        yield {
            "ruleId": rule.id,
            "ruleIndex": order[rule.id],
            "level": _LEVELS[_confidence(finding)],
            "message": {"text": f"{finding.key_path}: {finding.reason} ({finding.confidence} confidence)"},
            "locations": [_location(finding.file, finding.line, finding.column, finding.end_line)],
            "partialFingerprints": {"place/v1": _hash(f"{key}\0{seen[key]}")},
            "properties": {"confidence": finding.confidence, "kind": str(rule.kind)},
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


def _notification(note: Failure) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": note.message},
        "locations": [_location(note.file, note.line, note.column)],
    }

"""Reports of a batch: JSON that later runs can merge, SARIF, and the page; all from the rows alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from migrate.detect.rules import RULES
from migrate.files.outputs import write_output
from migrate.migration.results import Fate, Row, from_object, to_object, totals
from migrate.model import Confidence, Kind, Rule, UsageError
from migrate.reports import html
from migrate.reports.sarif import Found, Noted, RuleHelp, log_text

ENDINGS = (".json", ".sarif", ".html")
_KNOWN = {row.rule.id: row.rule for row in RULES}


def write(file: Path, done: Sequence[Row]) -> None:
    """A report in the form that the file's ending names. Raises SlsMigrateError where it can't be written."""
    form = {".json": to_json, ".sarif": to_sarif, ".html": to_page}[file.suffix]
    write_output("--report", file, form(done) + "\n")


def to_json(done: Sequence[Row]) -> str:
    """All that is known; `totals` come first."""
    content = {
        "version": 1,
        "kind": "batch",
        "totals": to_builtins(totals(done)),
        "repositories": [to_object(row) for row in done],
    }
    return json.dumps(content, indent=1)


def read(file: Path) -> tuple[Row, ...]:
    """The rows of a JSON report. Raises UsageError where it is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["kind"] != "batch" or content["version"] != 1:
            raise ValueError
        return tuple(from_object(each) for each in content["repositories"])
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{file}: is no JSON report of slsmigrate batch") from None


def merged(reports: Sequence[Sequence[Row]]) -> tuple[Row, ...]:
    """The rows of several reports by name; of a repository that several tell of, the last one's."""
    by_name = {row.name: row for report in reports for row in report}
    return tuple(by_name[name] for name in sorted(by_name))


def to_sarif(done: Sequence[Row]) -> str:
    """One log for all repositories; paths begin with the repository's name."""
    helps = {row.rule.id: RuleHelp(row.looks_for, row.help) for row in RULES}
    found = [_found(finding) for row in done for finding in row.findings]
    noted = [
        Noted(f"{reason.kind}: {reason.message}", reason.file or row.name, reason.line, reason.column)
        for row in done
        if row.has_failed
        for reason in row.reasons
    ]
    return log_text(found, noted, helps)


def _found(finding: Any) -> Found:
    confidence = Confidence[finding["confidence"].upper()]
    own = Rule(finding["rule"], finding.get("title", finding["rule"]), Kind(finding["kind"]), confidence)
    return Found(
        _KNOWN.get(finding["rule"], own),
        confidence,
        finding["key_path"],
        finding["reason"],
        finding["file"],
        finding["line"],
        finding["column"],
        finding["end_line"],
    )


def to_page(done: Sequence[Row]) -> str:
    """The page of all repositories."""
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return html.render(html.PageContent(tuple(_on_page(row) for row in done), made))


def _on_page(row: Row) -> html.RepositoryRow:
    def within(file: str) -> str:
        return file.removeprefix(f"{row.name}/")

    return html.RepositoryRow(
        name=row.name,
        outcome=row.outcome,
        reasons=tuple(replace(reason, file=within(reason.file)) for reason in row.reasons),
        findings=tuple(
            html.finding_row({**each, "file": within(each["file"])}, Fate(each["fate"])) for each in row.findings
        ),
        diffs=tuple(html.DiffRow(within(each["file"]), tuple(each["lines"])) for each in row.diffs),
        parameters=tuple(_parameter(each) for each in row.parameters),
        notes=tuple(row.notes),
        files=row.files,
        branch=row.branch,
        commit=row.commit,
    )


def _parameter(each: Mapping[str, Any]) -> html.ParameterRow:
    return html.ParameterRow(
        each["name"], each["version"], each["created"], each["region"] or "", each["profile"] or ""
    )

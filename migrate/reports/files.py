"""What a run tells machines: on standard output, and in the report file that was asked for."""

from __future__ import annotations

import os
from pathlib import Path

from migrate.files.outputs import write_output
from migrate.masking.masked_text import masked_diff
from migrate.model import Plan
from migrate.model.paths import Shown, shown_from
from migrate.reports.json_report import Result, to_json
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options


def report(options: Options, result: Result, workspace: Workspace, cwd: Path) -> None:
    """Write the report file that was asked for, in the form that its ending names."""
    if options.report is None:
        return
    form, shown = options.report.suffix.removeprefix("."), shown_from(cwd)
    text = _as_page(options, result, workspace, cwd) if form == "html" else as_text(form, result, shown)
    write_output("--report", options.report, text + "\n")


def as_text(form: str, result: Result, shown: Shown) -> str:
    """A result as JSON or SARIF."""
    if form != "sarif":
        return to_json(result, shown)
    from migrate.detect.rules import RULES
    from migrate.reports.sarif import RuleHelp, to_sarif

    helps = {row.rule.id: RuleHelp(row.looks_for, row.help) for row in RULES}
    return to_sarif(result.plan.changes, result.problems, helps, shown)


def _as_page(options: Options, result: Result, workspace: Workspace, cwd: Path) -> str:
    from datetime import UTC, datetime

    from migrate.reports import html

    shown = shown_from(cwd)
    by_file = Plan(html.moving_changes(result)).by_file
    diffs = {
        shown(file): list(masked_diff(workspace.of_file(file), each, shown(file))) for file, each in by_file.items()
    }
    common = Path(os.path.commonpath([(cwd / path).resolve() for path in options.paths]))
    directory = common if common.is_dir() else common.parent
    row = html.from_result(directory.name or str(directory), result, diffs, shown)
    return html.render(html.PageContent((row,), datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")))

"""`slsmigrate report merge`: the reports of several batches become one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from migrate.migration.results import Remaining, exit_code, totals
from migrate.model import ExitCode
from migrate.reports.report import Report, merged, read_report, write_report
from migrate.terminal import batch_screens
from migrate.terminal.console import Console


def merge(files: Sequence[Path], to: Path, console: Console) -> ExitCode:
    """Merge JSON reports of several machines, and exit as their run would."""
    results = merged([read_report(file) for file in files])
    write_report(to, Report(results))
    console.say(*batch_screens.total_lines(totals(results)))
    return exit_code(results, Remaining.NONE)

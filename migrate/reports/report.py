"""Reports of results, in the form that a file's ending or `--format` names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name

from msgspec import MsgspecError, Struct, convert

from migrate.files.outputs import write_output
from migrate.migration.results import RepositoryResult
from migrate.model import UsageError
from migrate.reports.forms import FORMS


class Report(Struct, frozen=True):
    """The results of a single run, or of a batch, whose paths begin with the repository's name."""

    results: tuple[RepositoryResult, ...]
    is_batch: bool = True


def render(report: Report, ending: str) -> str:
    """Return the text of a report in the form that an ending names."""
    (renderer,) = (form.renderer for form in FORMS if form.ending == ending)
    text: str = resolve_name(renderer)(report)
    return text


def write_report(file: Path, report: Report) -> None:
    """Write a report in the form that the file's ending names. Raises SlsMigrateError."""
    write_output("--report", file, render(report, file.suffix) + "\n")


def read_report(file: Path) -> tuple[RepositoryResult, ...]:
    """Read the results of a batch's JSON report. Raises UsageError where it is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["kind"] != "batch" or content["version"] != 1:
            raise ValueError
        return convert(content["repositories"], tuple[RepositoryResult, ...])
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, MsgspecError):
        raise UsageError(f"{file}: not a JSON report of slsmigrate batch") from None


def merged(reports: Sequence[Sequence[RepositoryResult]]) -> tuple[RepositoryResult, ...]:
    """Merge the results of several reports by name; the last one counts."""
    by_name = {result.name: result for report in reports for result in report}
    return tuple(by_name[name] for name in sorted(by_name))

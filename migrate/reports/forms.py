"""The forms of a report, by the ending of their files. Renderers are imported late: help lists the endings, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from migrate.model import UsageError
from migrate.model.words import enumerated

if TYPE_CHECKING:
    from migrate.files.outputs import OutputFile


class Form(NamedTuple):
    """A form: the ending of its files, and the function that renders a Report.

    `marks` are texts near the beginning of every such file: by them a run knows an earlier one, which it may replace.
    """

    ending: str
    renderer: str
    marks: tuple[str, ...]
    with_diffs: bool = False


FORMS = (
    Form(".json", "migrate.reports.json_report:to_json", ('"version": 1', "findings"), with_diffs=True),
    Form(".sarif", "migrate.reports.sarif:to_sarif", ('"name": "slsmigrate"',)),
    Form(".html", "migrate.reports.html:to_page", ('<meta name="generator" content="slsmigrate ',), with_diffs=True),
)
ENDINGS = tuple(form.ending for form in FORMS)
ANY_ENDING = enumerated(ENDINGS, "or")


def shows_diffs(file: Path) -> bool:
    """Check that a report of this ending shows the diffs of files."""
    return any(form.ending == file.suffix and form.with_diffs for form in FORMS)


def report_output(option: str, file: Path) -> OutputFile:
    """Describe the report to write.

    Raises UsageError for a file whose ending names no form.
    """
    from migrate.files.outputs import OutputFile

    for form in FORMS:
        if form.ending == file.suffix:
            return OutputFile(option, file, marks=form.marks)
    raise UsageError(f"{option} {file}: the ending must be {ANY_ENDING}")

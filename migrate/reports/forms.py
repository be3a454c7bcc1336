"""The forms of a report, by the ending of their files. Renderers are imported late: help lists the endings, too."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from migrate.model import UsageError


class Form(NamedTuple):
    """A form: the ending of its files, the function that renders a Report, and whether that shows diffs of files."""

    ending: str
    renderer: str
    with_diffs: bool = False


FORMS = (
    Form(".json", "migrate.reports.json_report:to_json", with_diffs=True),
    Form(".sarif", "migrate.reports.sarif:to_sarif"),
    Form(".html", "migrate.reports.html:to_page", with_diffs=True),
)
ENDINGS = tuple(form.ending for form in FORMS)
ANY_ENDING = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"


def shows_diffs(file: Path) -> bool:
    """Check that a report of this ending shows the diffs of files."""
    return any(form.ending == file.suffix and form.with_diffs for form in FORMS)


def check_ending(option: str, file: Path) -> None:
    """Raise UsageError for a file whose ending names no form of report."""
    if file.suffix not in ENDINGS:
        raise UsageError(f"{option} {file}: the ending must be {ANY_ENDING}")

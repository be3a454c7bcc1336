"""The HTML report: one page that needs nothing else, made of results that have no room for a secret."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

from migrate import __version__
from migrate.migration.results import DiffRow, FindingRow, FindingStatus, RepositoryResult, RepositoryStatus
from migrate.model import Applicability
from migrate.model.visible import visible
from migrate.reports import charts

if TYPE_CHECKING:
    from jinja2 import Environment

    from migrate.reports.report import Report

_MOST_BARS = 8
_MOST_OPEN = 5  # cases of a failure that are shown without being asked for
_LEFT_TO: Mapping[Applicability, str] = {
    Applicability.SAFE: "left",
    Applicability.REVIEW: "for a person to decide",
    Applicability.SHOW: "can't be moved",
}
_STATUS_WORDS: Mapping[RepositoryStatus, str] = {
    **{status: str(status) for status in RepositoryStatus},
    RepositoryStatus.LEFT: "secrets left",
    RepositoryStatus.PLANNED: "would move",
}


def to_page(report: Report) -> str:
    """Return the page of a report, made now."""
    return render(report.results, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), prefixed=report.is_batch)


def render(results: Iterable[RepositoryResult], made: str = "", *, prefixed: bool = False) -> str:
    """Return the page; `made` is the time on it.

    Paths that are `prefixed` begin with the repository's name.

    All text goes through `visible` and is escaped; nothing on the page is fetched from anywhere.
    """
    repositories = sorted(
        results, key=lambda result: (charts.WORST_FIRST[result.status], result.name.casefold(), result.name)
    )
    style, script = _source("page.css"), _source("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            version=__version__,
            made=made,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            repositories=repositories,
            troubles=charts.troubles(repositories),
            within=_within if prefixed else lambda result, file: file,
            most_bars=_MOST_BARS,
            most_open=_MOST_OPEN,
            **_charts(repositories, [finding for result in repositories for finding in result.findings]),
        )
    )


def _within(result: RepositoryResult, file: str) -> str:
    """Return a path without the repository's name before it."""
    return file.removeprefix(f"{result.name}/")


def _charts(repositories: Sequence[RepositoryResult], findings: Sequence[FindingRow]) -> dict[str, Any]:
    counts = {status: sum(result.status is status for result in repositories) for status in RepositoryStatus}
    outcomes = [(status, count) for status, count in counts.items() if count]
    present = {finding.status for finding in findings}
    kinds = charts.bars(findings, lambda finding: finding.kind)
    rules = charts.bars(findings, lambda finding: finding.rule)
    confidences = charts.by_confidence(charts.bars(findings, lambda finding: finding.confidence))
    return {
        "headline": charts.headline(repositories, findings),
        "tiles": charts.tiles(repositories, findings),
        "outcomes": outcomes,
        "fates": [(status, charts.STATUS_WORDS[status]) for status in FindingStatus if status in present],
        "kinds": kinds,
        "rules": rules,
        "confidences": confidences,
        "choices": {
            "outcome": _choices((status, _STATUS_WORDS[status], count) for status, count in outcomes),
            "kind": _choices((bar.label, bar.label, bar.total) for bar in kinds),
            "rule": _choices((bar.label, bar.label, bar.total) for bar in rules),
            "confidence": _choices((bar.label, bar.label, bar.total) for bar in confidences),
        },
        "busiest": sorted(enumerate(map(charts.repository_bar, repositories)), key=lambda pair: -pair[1].total),
    }


def _choices(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """Return the options of a filter: their value, and their text with the count."""
    return [("", "Any"), *((value, f"{text} ({count:,})") for value, text, count in rows)]


def end_of(finding: FindingRow) -> str:
    """Return what became of a finding, or, where it was left, who may move it."""
    left = finding.status is FindingStatus.LEFT
    return _LEFT_TO[finding.applicability] if left else charts.STATUS_WORDS[finding.status]


def pieces(diff: DiffRow) -> Iterator[tuple[str, str]]:
    """Yield runs of a diff's lines by their sign: `-`, `+`, `@`, or a blank."""
    for sign, run in groupby(diff.lines[2:], key=lambda line: line[:1] if line[:1] in ("-", "+", "@") else " "):
        yield sign, "".join(f"{line}\n" for line in run)


def count_lines(diff: DiffRow, sign: str) -> int:
    """Count the lines of a diff that go (`-`) or come (`+`)."""
    return sum(line.startswith(sign) for line in diff.lines[2:])


# ── the template ──────────────────────────────────────────────────────────────────────────────


@cache
def _source(name: str) -> str:
    return files("migrate.reports").joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    """Return the hash by which the page's security policy knows its own source."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.globals |= _GLOBALS
    # A long name may be broken after a dot or a slash.
    environment.filters["breakable"] = lambda text: Markup("<wbr>").join(re.split(r"(?<=[./])(?=.)", visible(text)))
    return environment


_GLOBALS: Mapping[str, Callable[..., object] | object] = {
    "counted": charts.counted,
    "bar_of": charts.repository_bar,
    "end_of": end_of,
    "pieces": pieces,
    "count_lines": count_lines,
    "words": _STATUS_WORDS,
    "Outcome": RepositoryStatus,
    "Fate": FindingStatus,
}

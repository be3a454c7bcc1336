"""The HTML report: one page that needs nothing else, made of rows that have no room for a secret."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from migrate import __version__
from migrate.migration.results import Fate, Outcome, Reason, reason_of
from migrate.migration.rows import change_row
from migrate.model import Applicability, Change, Confidence, FileFailed, PutDone, PutFailed
from migrate.model.visible import visible
from migrate.reports.json_report import Result

if TYPE_CHECKING:
    from jinja2 import Environment

Shown = Callable[[Path], str]
_MOST_BARS = 8
_MOST_OPEN = 5  # cases of a failure that are shown without being asked for


class FindingRow(Struct, frozen=True):
    """A secret by its place. `parameter` and `reference` are those it would have where it was left."""

    file: str
    line: int
    key_path: str
    rule: str
    kind: str
    confidence: str
    reason: str
    fate: Fate
    applicability: Applicability = Applicability.SAFE
    parameter: str = ""
    reference: str = ""
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> str:
        """What became of it, and where it was left, who may move it."""
        return _LEFT_TO[self.applicability] if self.fate is Fate.LEFT else _FATES_IN_WORDS[self.fate]


_FATES_IN_WORDS: Mapping[Fate, str] = {Fate.MOVED: "moved", Fate.PLANNED: "would move", Fate.LEFT: "left"}
_LEFT_TO: Mapping[Applicability, str] = {
    Applicability.SAFE: "left",
    Applicability.REVIEW: "for a person to decide",
    Applicability.SHOW: "can't be moved",
}


_OUTCOMES_IN_WORDS: Mapping[Outcome, str] = {
    **{outcome: str(outcome) for outcome in Outcome},
    Outcome.LEFT: "secrets left",
    Outcome.PLANNED: "would move",
}


class DiffRow(Struct, frozen=True):
    """A file's masked unified diff, in lines without their ends; the first two name the file."""

    file: str
    lines: tuple[str, ...]

    @property
    def pieces(self) -> Iterator[tuple[str, str]]:
        """Runs of lines by what they are: `-`, `+`, `@`, or a blank for what stays."""
        for sign, run in groupby(self.lines[2:], key=lambda line: line[:1] if line[:1] in ("-", "+", "@") else " "):
            yield sign, "".join(f"{line}\n" for line in run)

    def count(self, sign: str) -> int:
        """How many lines go (`-`) or come (`+`)."""
        return sum(line.startswith(sign) for line in self.lines[2:])


class ParameterRow(Struct, frozen=True):
    """A parameter that the store holds now: `created` by this run, or there before it."""

    name: str
    version: int
    created: bool
    region: str = ""
    profile: str = ""


class RepositoryRow(Struct, frozen=True):
    """A repository and all that is told of it. `files` is how many were read."""

    name: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    diffs: tuple[DiffRow, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    notes: tuple[str, ...] = ()
    files: int = 0
    branch: str = ""
    commit: str = ""

    @property
    def bar(self) -> Bar:
        """Its secrets by their fate."""
        return Bar(self.name, Counter(finding.fate for finding in self.findings))


class PageContent(Struct, frozen=True):
    """The whole report; `made` says when, in words."""

    repositories: tuple[RepositoryRow, ...]
    made: str = ""


# ── rows from a run ───────────────────────────────────────────────────────────────────────────


def from_result(name: str, result: Result, diffs: Mapping[str, Sequence[str]], shown: Shown) -> RepositoryRow:
    """The row of a single run. `diffs` are masked unified diffs by file."""
    written = Fate.PLANNED if result.outcome is None else Fate.MOVED
    moving = frozenset(map(id, moving_changes(result)))
    findings = tuple(
        finding_row(change_row(change, shown), written if id(change) in moving else Fate.LEFT)
        for change in result.plan.changes
    )
    reasons = tuple(_reasons(result, shown))
    return RepositoryRow(
        name=name,
        outcome=_outcome_of(result, findings, reasons),
        reasons=reasons,
        findings=findings,
        diffs=tuple(DiffRow(file, tuple(lines)) for file, lines in diffs.items()),
        parameters=tuple(_parameters(result)),
        files=result.files,
    )


def moving_changes(result: Result) -> tuple[Change, ...]:
    """The changes that the files have now; where nothing was carried out yet, those that are planned."""
    left = frozenset(map(id, result.outcome.left)) if result.outcome else frozenset()
    return tuple(change for change in result.plan.changes if change.writes and id(change) not in left)


def finding_row(content: Mapping[str, Any], fate: Fate) -> FindingRow:
    """A finding from its row in the JSON report (`report.change_row`)."""
    return FindingRow(
        file=content["file"],
        line=content["line"],
        key_path=content["key_path"],
        rule=content["rule"],
        kind=content["kind"],
        confidence=content["confidence"],
        reason=content["reason"],
        fate=fate,
        applicability=Applicability(content["applicability"]),
        parameter=content["parameter"],
        reference=content["reference"],
        notes=tuple(content["notes"]),
    )


def _reasons(result: Result, shown: Shown) -> Iterator[Reason]:
    for problem in result.problems:
        at = problem.location
        yield Reason("a file can't be read", problem.message, problem.hint or "", shown(at.file), at.line, at.column)
    for event in result.outcome.events if result.outcome else ():
        if isinstance(event, PutFailed):
            yield reason_of(event.error)
        elif isinstance(event, FileFailed):
            yield Reason("a file can't be written", event.error.message, event.error.hint or "", shown(event.file))


def _outcome_of(result: Result, findings: Iterable[FindingRow], reasons: Sequence[Reason]) -> Outcome:
    fates = {finding.fate for finding in findings}
    table = (
        (result.outcome is not None and result.outcome.interrupted, Outcome.INTERRUPTED),
        (bool(reasons), Outcome.FAILED),
        (Fate.PLANNED in fates, Outcome.PLANNED),
        (Fate.MOVED in fates, Outcome.MIGRATED),
        (Fate.LEFT in fates, Outcome.LEFT),
    )
    return next((outcome for holds, outcome in table if holds), Outcome.CLEAN)


def _parameters(result: Result) -> Iterator[ParameterRow]:
    regions = {target: identity.region for target, identity in result.identities}
    for event in result.outcome.events if result.outcome else ():
        if isinstance(event, PutDone):
            target = event.put.target
            region = regions.get(target) or target.region or ""
            yield ParameterRow(event.put.parameter.name, event.version, event.created, region, target.profile or "")


# ── what the page shows of the rows ───────────────────────────────────────────────────────────


class Bar(Struct, frozen=True):
    """A line of a chart: secrets of one kind, rule, confidence or repository, by their fate."""

    label: str
    counts: Mapping[Fate, int]

    @property
    def total(self) -> int:
        """How many they are."""
        return sum(self.counts.values())

    @property
    def in_words(self) -> str:
        """`3 moved, 2 left`."""
        return ", ".join(f"{self.counts[fate]:,} {_FATES_IN_WORDS[fate]}" for fate in Fate if self.counts.get(fate))

    def segments(self, most: int) -> Iterator[tuple[Fate, float, float]]:
        """Fate, start and width of each stretch, in hundredths of the longest bar of the chart."""
        start = 0.0
        for fate in Fate:
            if self.counts.get(fate):
                width = round(100 * self.counts[fate] / most, 2)
                yield fate, round(start, 2), width
                start += width


class _Trouble(Struct, frozen=True):
    """What went wrong for the same reason, and where: the numbers of repositories in the list."""

    outcome: Outcome
    kind: str
    cases: tuple[tuple[int, Reason], ...]

    @property
    def repositories(self) -> tuple[int, ...]:
        """Each of them once."""
        return tuple(dict.fromkeys(number for number, _ in self.cases))


def render(content: PageContent) -> str:
    """The page. All text goes through `console.visible` and is escaped; nothing on it is fetched from anywhere."""
    order = {outcome: number for number, outcome in enumerate(Outcome)}
    repositories = sorted(content.repositories, key=lambda each: (order[each.outcome], each.name.casefold(), each.name))
    findings = [finding for each in repositories for finding in each.findings]
    outcomes = [(each, n) for each in Outcome if (n := sum(row.outcome is each for row in repositories))]
    kinds = _bars(findings, lambda finding: finding.kind)
    rules = _bars(findings, lambda finding: finding.rule)
    confidences = _by_confidence(_bars(findings, lambda finding: finding.confidence))
    style, script = _source("page.css"), _source("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            version=__version__,
            made=content.made,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            headline=_headline(repositories, findings),
            tiles=_tiles(repositories, findings),
            outcomes=outcomes,
            troubles=_troubles(repositories),
            fates=[(fate, _FATES_IN_WORDS[fate]) for fate in Fate if any(finding.fate is fate for finding in findings)],
            kinds=kinds,
            rules=rules,
            confidences=confidences,
            choices={
                "outcome": _choices((each, _OUTCOMES_IN_WORDS[each], n) for each, n in outcomes),
                "kind": _choices((bar.label, bar.label, bar.total) for bar in kinds),
                "rule": _choices((bar.label, bar.label, bar.total) for bar in rules),
                "confidence": _choices((bar.label, bar.label, bar.total) for bar in confidences),
            },
            words=_OUTCOMES_IN_WORDS,
            busiest=sorted(enumerate(each.bar for each in repositories), key=lambda each: -each[1].total),
            repositories=repositories,
            most_bars=_MOST_BARS,
            most_open=_MOST_OPEN,
            Outcome=Outcome,
            Fate=Fate,
        )
    )


def _choices(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """The options of a filter: their value, and their text with the count."""
    return [("", "Any"), *((value, f"{text} ({count:,})") for value, text, count in rows)]


def _bars(findings: Iterable[FindingRow], label: Callable[[FindingRow], str]) -> list[Bar]:
    """The longest first."""
    counts: dict[str, Counter[Fate]] = {}
    for finding in findings:
        counts.setdefault(label(finding), Counter())[finding.fate] += 1
    return sorted((Bar(*each) for each in counts.items()), key=lambda bar: (-bar.total, bar.label))


def _by_confidence(bars: Iterable[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: -Confidence[bar.label.upper()])


def _troubles(repositories: Sequence[RepositoryRow]) -> list[_Trouble]:
    """Reasons that are alike as one, the worst and most frequent first."""
    cases: dict[tuple[Outcome, str], list[tuple[int, Reason]]] = {}
    for number, each in enumerate(repositories):
        for reason in each.reasons:
            cases.setdefault((each.outcome, reason.kind), []).append((number, reason))
    order = {outcome: number for number, outcome in enumerate(Outcome)}
    troubles = [_Trouble(*key, tuple(found)) for key, found in cases.items()]
    return sorted(troubles, key=lambda each: (order[each.outcome], -len(each.repositories), each.kind))


def _headline(repositories: Sequence[RepositoryRow], findings: Sequence[FindingRow]) -> str:
    fates = Counter(finding.fate for finding in findings)
    found = counted(len(findings), "secret")
    table = (
        (not findings, "No plaintext secrets found"),
        (fates[Fate.PLANNED], f"{fates[Fate.PLANNED]:,} of {found} would move"),
        (not fates[Fate.LEFT], f"{found} moved, none left"),
        (fates[Fate.MOVED], f"{fates[Fate.MOVED]:,} of {found} moved"),
        (True, f"{found} in plaintext"),
    )
    failed = sum(each.outcome is Outcome.FAILED for each in repositories)
    said = next(words for holds, words in table if holds)
    return f"{said}, {counted(failed, 'repository')} failed" if failed and len(repositories) > 1 else said


def _tiles(
    repositories: Sequence[RepositoryRow], findings: Sequence[FindingRow]
) -> Iterator[tuple[str, int, str, str]]:
    """Label, number, a word more, and the colour's name."""
    fates = Counter(finding.fate for finding in findings)
    created = Counter(parameter.created for each in repositories for parameter in each.parameters)
    failed = sum(each.outcome is Outcome.FAILED for each in repositories)
    yield "Repositories", len(repositories), "", ""
    yield "Files read", sum(each.files for each in repositories), "", ""
    yield "Secrets found", len(findings), "", ""
    if fates[Fate.PLANNED]:
        yield "Would move", fates[Fate.PLANNED], "", "planned"
    else:
        yield "Moved", fates[Fate.MOVED], "", "migrated"
    yield "Left", fates[Fate.LEFT], "", "left"
    yield "Parameters put", created[True], f"{created[False]:,} were there" if created[False] else "", ""
    yield "Failed", failed, "", "failed"


def counted(number: int, noun: str) -> str:
    """`1 repository`, `1,204 repositories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


# ── the template ──────────────────────────────────────────────────────────────────────────────


@cache
def _source(name: str) -> str:
    return files("migrate.reports").joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    """What the page's content security policy knows its own style and script by."""
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
    environment.globals["counted"] = counted
    # A long name may be broken after a dot or a slash.
    environment.filters["breakable"] = lambda text: Markup("<wbr>").join(re.split(r"(?<=[./])(?=.)", visible(text)))
    return environment

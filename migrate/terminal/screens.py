"""Screens of each step, as styled lines; pure, so that every screen can be tested."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.model import (
    Change,
    CheckedPut,
    Family,
    Finding,
    Identity,
    Lines,
    Manifest,
    Plan,
    Put,
    PutState,
    Target,
    lines_of,
)
from migrate.model.visible import visible
from migrate.model.words import counted, phrases
from migrate.terminal.console import Line, columns, fold, wrap

# A scan must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.framework.deployment import Deployment
    from migrate.plan.questions import Question

DisplayPath = Callable[[Path], str]
_AROUND = 2
_SHORTENED = "…"


def service_header(
    deployment: Deployment,
    files: Sequence[Path],
    identities: Sequence[tuple[Target, Identity]],
    display_path: DisplayPath,
    width: int,
) -> Iterator[Line]:
    """Yield the service, its files, the framework with its source, and its targets."""
    indent = " " * (len(deployment.service) + 2)
    listed = wrap(", ".join(display_path(file) for file in files), width, indent, indent)
    yield [("bold", deployment.service), ("", "  " + listed[0].lstrip())]
    yield from ([("", line)] for line in listed[1:])
    yield from ([("dim", line)] for line in wrap(framework_line(deployment), width, indent, indent))
    yield from ([("warn", line)] for note in deployment.framework.notes for line in wrap(note, width, indent, indent))
    for target, identity in identities:
        yield from ([("dim", line)] for line in wrap(identity_line(target, identity), width, indent, indent))


def framework_line(deployment: Deployment) -> str:
    """`Serverless 3 (package-lock.json): references read ${ssm(raw):…}`."""
    from migrate.framework.reference import reference

    example = reference(deployment.syntax, "/…") if deployment.syntax.expression is None else ""
    form = f": references read {example.replace('/…', '…')}" if example else ""
    if deployment.framework.family is Family.UNKNOWN:
        return f"framework version unknown{form}"
    return f"{deployment.framework.label} ({deployment.framework.source}){form}"


def identity_line(target: Target, identity: Identity) -> str:
    """`account 123456789012 · us-east-1`, profile, and endpoints not of AWS."""
    return " · ".join(identity_words(target, identity))


def identity_words(target: Target, identity: Identity) -> list[str]:
    """Return account and region in words, then what else there is to know of a target."""
    profile = identity.profile or target.profile
    owner = identity.arn.split(":")[4:5]
    return phrases(
        (True, f"account {identity.account}"),
        (True, identity.region),
        (profile, f"profile {profile}"),
        (identity.endpoint, identity.endpoint or ""),
        (identity.sts_endpoint, f"STS at {identity.sts_endpoint}"),
        (owner and owner[0] not in ("", identity.account), f"credentials of account {''.join(owner)}"),
    )


def question_screen(
    question: Question,
    number: int,
    total: int,
    masked: Callable[[Manifest], str],
    display_path: DisplayPath,
    width: int,
) -> Iterator[Line]:
    """Yield the place of a finding, its reason, and the masked lines around it."""
    first = question.findings[0]
    line = lines_of(first.manifest).position(first.scalar.span.start)[0]
    head = f"{number}/{total}  "
    where = f"{display_path(first.manifest.file)}:{line}"
    path = str(first.path)
    room = width - len(head) - len(where) - len(first.confidence.label) - 4
    yield [("", "")]
    if len(path) <= room:
        yield [("dim", head), ("bold", where), ("", "  "), ("key", path), ("", "  "), ("warn", first.confidence.label)]
    else:
        yield [("dim", head), ("bold", where), ("", "  "), ("warn", first.confidence.label)]
        yield from ([("key", text)] for text in fold(path, width, " " * len(head), " " * len(head)))
    indent = " " * len(head)
    yield from ([("", text)] for text in wrap(first.reason, width, indent, indent))
    for note in question.notes:
        yield from ([("warn", text)] for text in wrap(f"note: {note}", width, indent, indent))
    others = [f"{display_path(finding.manifest.file)}:{_line(finding)}" for finding in question.findings[1:]]
    if others:
        also = f"the same value is also at {', '.join(others)}"
        yield from ([("dim", text)] for text in wrap(also, width, indent, indent))
    yield from excerpt(masked(first.manifest), line, first.path.leaf, width)


def _line(finding: Finding) -> int:
    return lines_of(finding.manifest).position(finding.scalar.span.start)[0]


def excerpt(masked: str, line: int, key: str, width: int) -> Iterator[Line]:
    """Yield the lines around one line of a masked text, the key on it highlighted."""
    lines = Lines(masked)
    for number in range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1):
        text = lines.span(number).of(masked)
        if number > line and not text.strip() and number == len(lines):
            continue
        mark = "›" if number == line else " "
        gutter = f" {mark} {number:>4}  "
        text = _shorten(visible(text), width - len(gutter))
        if number != line:
            yield [("dim", gutter + text)]
            continue
        match = re.search(rf"""["']?{re.escape(key)}["']?(?=\s*:)""", text) if key else None
        if match is None:
            yield [("", gutter + text)]
        else:
            yield [("", gutter + text[: match.start()]), ("key", match[0]), ("", text[match.end() :])]


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + _SHORTENED


def noted_lines(changes: Iterable[Change], display_path: DisplayPath, width: int) -> Iterator[Line]:
    """Yield findings with their notes, grouped by equal notes."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for change in changes:
        groups.setdefault(change.notes, []).append(change.finding)
    for notes, findings in groups.items():
        yield from place_lines(findings, display_path, width, style="warn")
        yield from ([("dim", text)] for note in notes for text in wrap(note, width, " " * 6, " " * 6))


def place_lines(
    findings: Sequence[Finding], display_path: DisplayPath, width: int, *, style: str = ""
) -> Iterator[Line]:
    """Yield the places of findings, a line each."""
    for finding in findings:
        place = f"{display_path(finding.manifest.file)}:{_line(finding)}  {finding.path}"
        yield from ([(style, text)] for text in fold(place, width, "    ", "  "))


def finding_lines(findings: Sequence[Finding], display_path: DisplayPath, width: int) -> Iterator[Line]:
    """Yield the findings grouped by file, for `scan`."""
    last = None
    for finding in findings:
        if finding.manifest.file != last:
            last = finding.manifest.file
            yield [("bold", display_path(last))]
        where, path = f"{_line(finding):>6}  ", str(finding.path)
        if len(where) + len(path) + 8 <= width:
            yield [("dim", where), ("key", path), ("", "  "), ("warn", finding.confidence.label)]
        else:
            yield from ([("key", text)] for text in fold(path, width, " " * 8, where))
            yield [("warn", " " * 8 + finding.confidence.label)]
        yield from ([("dim", text)] for text in wrap(finding.reason, width, " " * 8, " " * 8))


def plan_table(
    plan: Plan,
    checks: Sequence[CheckedPut],
    identities: Sequence[tuple[Target, Identity]],
    display_path: DisplayPath,
    width: int,
    overwrite: Collection[Put] = (),
) -> Iterator[Line]:
    """Yield the plan: what becomes of each parameter, and which files change."""
    places = [identity_line(target, identity) for target, identity in identities] or [""]
    for number, place in enumerate(places):
        first, *more = wrap(place, width, " " * 7, " " * 7) or [""]
        yield [("bold", "Plan" if number == 0 else "    "), ("dim", first.rstrip()[4:])]
        yield from ([("dim", line)] for line in more)
    states = {check.put: check for check in checks}
    several = len({put.target for put in plan.puts}) > 1
    where = _places_of_puts(plan, display_path)
    rows = [_put_row(put, states.get(put), where[put], several=several) for put in plan.puts]
    pairs = zip(plan.puts, rows, strict=True)
    rows = [("overwrite", *row[1:]) if put in overwrite else row for put, row in pairs]
    rows += [("file", display_path(file), counted(len(changes), "value")) for file, changes in plan.by_file.items()]
    longest = max((len(row[0]) for row in rows), default=0)
    for row, text in zip(rows, columns(rows), strict=True):
        style = _ROW_STYLES.get(row[0], "")
        if len(text) <= width:
            yield [(style, text)]
            continue
        kind, what, note = row
        yield [(style, f"  {kind.ljust(longest)}  {what}")]
        yield from ([("dim", line)] for line in wrap(note, width, " " * 8, " " * 8))


def proposal_lines(proposed: Sequence[str], width: int) -> Iterator[Line]:
    """Yield what the repository's settings propose for every parameter."""
    if proposed:
        text = f"{', '.join(proposed)}, as .slsmigrate.toml proposes"
        yield from ([("warn", line)] for line in wrap(text, width, " " * 8, "  with  "))


_ROW_STYLES = {"put": "good", "overwrite": "warn", "there": "dim", "conflict": "bad"}


def _places_of_puts(plan: Plan, display_path: DisplayPath) -> Mapping[Put, Sequence[str]]:
    """Return the places of the values of each parameter."""
    where: dict[Put, dict[str, None]] = {}
    for change in plan.changes:
        for put in change.puts:
            where.setdefault(put, {})[f"{display_path(change.finding.manifest.file)}:{_line(change.finding)}"] = None
    return {put: tuple(places) for put, places in where.items()}


def _put_row(put: Put, checked: CheckedPut | None, where: Sequence[str], *, several: bool) -> tuple[str, str, str]:
    state = checked.state if checked else PutState.PUT
    name = put.parameter.name + (f" ({' '.join(_target_words(put.target))})" if several else "")
    note = ", ".join(where)
    if state is PutState.EXISTS:
        note = f"same value, version {checked.version if checked else ''} · {note}"
    if state is PutState.CONFLICT:
        note = f"{checked.detail if checked else ''} · {note}"
    return str(state), name, note


def _target_words(target: Target) -> list[str]:
    return [word for word in (target.profile, target.region) if word]


def diff_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Yield a diff in colour."""
    for line in lines:
        style = next((style for start, style in _DIFF_STYLES if line.startswith(start)), "")
        yield [(style, line)]


_DIFF_STYLES = (("+++", "bold"), ("---", "bold"), ("@@", "key"), ("+", "good"), ("-", "bad"))


def next_steps(
    plan: Plan, changes: Sequence[Change], unignored: Sequence[Path], display_path: DisplayPath
) -> Iterator[str]:
    """Yield what is left for people to do once values were moved."""
    yield "git history still holds the old values: rotate them, then redeploy"
    prefixes = sorted({"/".join(put.parameter.name.split("/")[:2]) + "/*" for put in plan.puts})
    resources = ", ".join(f"parameter{prefix}" for prefix in prefixes)
    yield f"the deploying role needs ssm:GetParameter on {resources}, and kms:Decrypt"
    yield "Serverless writes the decrypted values into the CloudFormation template and the Lambda configuration"
    for directory in unignored:
        yield f".serverless/ is not git-ignored in {display_path(directory)}: it holds that template"
    if any(change.finding.scalar.aliased for change in changes):
        yield "values behind an anchor changed with all their aliases"

"""The one straight way: read, ask, plan, check, show, put, write, and say what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from migrate import diff, masking, screens
from migrate.console import Console, Line, wrap
from migrate.deployment import Deployment, with_framework
from migrate.framework import given
from migrate.load import Workspace, load
from migrate.manifest import decode
from migrate.model import (
    Accept,
    Applicability,
    Change,
    Decision,
    ExitCode,
    Family,
    Finding,
    Identity,
    Manifest,
    NoManifestError,
    Plan,
    Skip,
    Target,
    UsageError,
)
from migrate.options import Mode, Options
from migrate.outputs import write_output
from migrate.plan import Question, plan, questions, rewritten
from migrate.refusals import UNKNOWN_FRAMEWORK
from migrate.report import Result, to_json

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.decisions import Entry, Masked
    from migrate.session import Asker

Shown = Callable[[Path], str]
Connect = Callable[[Sequence[Target]], Sequence[tuple[Target, Identity]]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A run up to the point where something would be changed."""

    workspace: Workspace
    asked: tuple[Question, ...]
    decided: tuple[Decision, ...]
    plan: Plan
    below: int
    left_out: int
    stale: tuple[str, ...]

    @property
    def refused(self) -> tuple[Change, ...]:
        """What no run may move."""
        return tuple(each for each in self.plan.changes if each.applicability is Applicability.SHOW)

    @property
    def waiting(self) -> tuple[Change, ...]:
        """What only a person may move, and none did."""
        return tuple(
            change for change in self.plan.changes if change.applicability is Applicability.REVIEW and not change.writes
        )


def shown_from(cwd: Path) -> Shown:
    """Files as they are told to people: relative to the working directory."""
    return cache(lambda file: os.path.relpath(file, cwd))


def read(
    options: Options, cwd: Path, console: Console, *, thorough: bool = True, references: bool = False
) -> Workspace:
    """Everything that the paths lead to. Raises NoManifestError where that is nothing.

    With `references`, what deploys a file is told for every file, and not by the references in it.
    """
    shown = shown_from(cwd)
    with console.progress("Reading") as progress:
        workspace = load(
            options.paths,
            cwd,
            release=options.framework,
            thorough=thorough,
            references=references,
            also=lambda manifest: options.named(manifest, shown),
            progress=progress,
        )
    if not workspace.discovery.files and not workspace.problems:
        raise NoManifestError("no manifest found", hint=_why_none(workspace, shown))
    _check_names(options, workspace.findings, shown)
    return workspace


def _why_none(workspace: Workspace, shown: Shown) -> str:
    unread, ignored = workspace.discovery.not_read, workspace.discovery.ignored
    if ignored:
        return f"{', '.join(map(shown, ignored))} is git-ignored: name it outright to have it read"
    if unread:
        return f"{', '.join(map(shown, unread))} is there, and files of that kind are not read"
    return "name a serverless.yml or a directory that holds one"


def _check_names(options: Options, findings: Sequence[Finding], shown: Shown) -> None:
    for place, _ in options.names:
        if not any(replace(options, names=((place, "/x"),)).name_of(finding, shown) for finding in findings):
            raise UsageError(f"--name {place}: there is no such value", hint="key paths are those of a dry run")


def propose(
    options: Options,
    workspace: Workspace,
    cwd: Path,
    console: Console,
    asker: Asker | None = None,
    connect: Connect | None = None,
) -> Proposal | None:
    """What the run would do, decided by whoever decides; None where a person quit.

    `connect` shows who we are in AWS before the first question; without it AWS is left alone.
    """
    shown = shown_from(cwd)
    entries = _read_entries(options)
    wanted, below, left_out = _wanted(options, workspace, shown)
    deployments = dict(workspace.deployments)
    if options.mode is Mode.SESSION and asker:
        deployments = _ask_frameworks(wanted, deployments, asker, shown)
    asked = questions(wanted, deployments, options.placing, lambda finding: options.name_of(finding, shown))
    everything = plan(asked, [Accept(question.name) for question in asked], options.placing)
    identities = (
        connect(tuple(dict.fromkeys(put.target for put in everything.puts))) if connect and everything.puts else ()
    )
    if not options.machine:
        console.say(*_headers(asked, deployments, identities, shown, console.width))
    decided, stale = _decide(options, asked, asker, workspace, entries)
    if decided is None:
        return None
    if options.save_decisions:
        from migrate.decisions import entries_of, to_text

        kept = to_text(tuple(entries_of(asked, decided, _named_in(workspace), _masked(workspace))))
        write_output("--save-decisions", options.save_decisions, kept)
    planned = plan(asked, decided, options.placing)
    return Proposal(workspace, asked, decided, planned, below, left_out, stale)


def _read_entries(options: Options) -> Sequence[Entry] | None:
    if options.decisions is None:
        return None
    from migrate.decisions import read_decisions

    return read_decisions(options.decisions)


def _wanted(options: Options, workspace: Workspace, shown: Shown) -> tuple[list[Finding], int, int]:
    """The findings to decide on, and how many are too uncertain and how many were left out by options.

    What a person named counts, however sure we are of it.
    """
    named = {id(finding) for finding in workspace.findings if options.names and options.name_of(finding, shown)}
    findings = [finding for finding in workspace.findings if id(finding) in named or options.wants(finding)]
    wanted = [each for each in findings if id(each) in named or each.confidence >= options.min_confidence]
    return wanted, len(findings) - len(wanted), len(workspace.findings) - len(findings)


def _ask_frameworks(
    findings: Sequence[Finding], deployments: Mapping[Path, Deployment], asker: Asker, shown: Shown
) -> dict[Path, Deployment]:
    answers: dict[tuple[str, Path], str] = {}
    settled = dict(deployments)
    for file in dict.fromkeys(finding.manifest.file for finding in findings):
        each = settled[file]
        if each.framework.family is not Family.UNKNOWN or each.refusal:
            continue
        key = (each.service, each.directory)
        if key not in answers:
            answers[key] = asker.framework(each.service, shown(file), each.framework.notes)
        if answers[key]:
            settled[file] = with_framework(each, given(answers[key]))
    return settled


def _headers(
    asked: Sequence[Question],
    deployments: Mapping[Path, Deployment],
    identities: Sequence[tuple[Target, Identity]],
    shown: Shown,
    width: int,
) -> list[Line]:
    services: dict[tuple[str, Path], list[Path]] = {}
    for question in asked:
        for finding in question.findings:
            each = deployments[finding.manifest.file]
            files = services.setdefault((each.service, each.directory), [])
            if finding.manifest.file not in files:
                files.append(finding.manifest.file)
    lines: list[Line] = []
    for files in services.values():
        each = deployments[files[0]]
        own = [pair for pair in identities if not each.regions or pair[0].region in each.regions]
        lines += screens.service_header(each, files, own or identities, shown, width)
    count = sum(len(question.findings) for question in asked)
    total = sum(len(files) for files in services.values())
    if count:
        lines.append([("bold", f"{screens.counted(count, 'plaintext secret')} in {screens.counted(total, 'file')}")])
    return lines


def _decide(
    options: Options,
    asked: Sequence[Question],
    asker: Asker | None,
    workspace: Workspace,
    entries: Sequence[Entry] | None,
) -> tuple[tuple[Decision, ...] | None, tuple[str, ...]]:
    if entries is not None:
        from migrate.decisions import decide

        return decide(asked, entries, _named_in(workspace), _masked(workspace))
    if options.mode is Mode.SESSION and asker:
        askable = [question for question in asked if question.applicability is not Applicability.SHOW]
        from migrate.session import review

        answers = review(askable, asker)
        if answers is None:
            return None, ()
        said = dict(zip((id(question) for question in askable), answers, strict=True))
        return tuple(said.get(id(question), Skip()) for question in asked), ()
    allowed = (Applicability.SAFE,) if options.mode is Mode.UNATTENDED else (Applicability.SAFE, Applicability.REVIEW)
    return tuple(Accept(each.name) if each.applicability in allowed else Skip() for each in asked), ()


def _named_in(workspace: Workspace) -> Shown:
    """Files as decisions name them: from the repository's root, wherever the run was started."""
    return lambda file: file.relative_to(workspace.roots.get(file) or file.parent).as_posix()


def _masked(workspace: Workspace) -> Masked:
    masked = masked_by(workspace)
    texts = cache(lambda file: masked(workspace.manifests[file]))
    return lambda finding: texts(finding.manifest.file)


def masked_by(workspace: Workspace) -> Callable[[Manifest], str]:
    """Gives a manifest's text with all that was found in it masked."""
    return lambda manifest: masking.masked(manifest, workspace.of_file(manifest.file))


def file_diffs(
    workspace: Workspace, by_file: Mapping[Path, Sequence[Change]], shown: Shown, *, show_values: bool
) -> list[Line]:
    """The unified diffs of all files that would change, values masked unless a person asked to see them."""
    lines: list[Line] = []
    for file, changes in by_file.items():
        manifest = changes[0].finding.manifest
        if show_values:
            before, after = manifest.text, decode(rewritten(manifest, changes).result)[0]
            lines += screens.diff_lines(diff.unified(before, after, shown(file)))
        else:
            lines += screens.diff_lines(_masked_diff(workspace, file, changes, shown))
    return lines


def _masked_diff(workspace: Workspace, file: Path, changes: Sequence[Change], shown: Shown) -> Iterator[str]:
    manifest, findings = changes[0].finding.manifest, workspace.of_file(file)
    before, after = masking.masked(manifest, findings), masking.masked_after(manifest, findings, changes)
    return diff.unified(before, after, shown(file))


def preview(options: Options, proposal: Proposal, cwd: Path, console: Console) -> ExitCode:
    """Show the plan and the masked diff of a proposal, and change nothing."""
    shown = shown_from(cwd)
    result = Result(len(proposal.workspace.discovery.files), proposal.workspace.problems, proposal.plan)
    if options.machine:
        console.output(to_json(result, shown))
    if proposal.plan.puts:
        console.say("", *screens.plan_table(proposal.plan, (), (), shown, console.width))
        console.say("", *file_diffs(proposal.workspace, proposal.plan.by_file, shown, show_values=options.show_values))
    report(options, result, proposal.workspace, cwd)
    tell_notes(proposal, cwd, console)
    tell_rest(proposal, cwd, console)
    if not proposal.plan.puts:
        console.say(nothing_to_do(proposal))
    return ExitCode.FAILED if proposal.workspace.problems or proposal.stale else ExitCode.DONE


def scan(options: Options, cwd: Path, console: Console) -> ExitCode:
    """Show the findings alone."""
    shown = shown_from(cwd)
    workspace = read(options, cwd, console, thorough=False)
    wanted, below, _ = _wanted(options, workspace, shown)
    asked = questions(wanted, workspace.deployments, options.placing, lambda finding: options.name_of(finding, shown))
    planned = plan(asked, [Skip() for _ in asked], options.placing)
    result = Result(len(workspace.discovery.files), workspace.problems, planned)
    if options.machine:
        console.output(_as_text(options.format, result, shown))
    else:
        console.say(*screens.finding_lines(wanted, shown, console.width))
    report(options, result, workspace, cwd)
    tell_unread(workspace, cwd, console)
    if below:
        console.say([("dim", f"{screens.counted(below, 'less certain finding')}: see --min-confidence low")])
    files = screens.counted(len({finding.manifest.file for finding in wanted}), "file")
    count = f"{screens.counted(len(wanted), 'plaintext secret')} in {files}"
    console.say([("bold", f"{count}, of {len(workspace.discovery.files)} read")])
    if workspace.problems:
        return ExitCode.FAILED
    return ExitCode.SECRETS_REMAIN if wanted else ExitCode.DONE


def nothing_to_do(proposal: Proposal) -> str:
    """The last word of a run that moves nothing."""
    files = screens.counted(len(proposal.workspace.discovery.files), "file")
    stays = [
        (len(proposal.refused), "can't be moved"),
        (len(proposal.waiting), "for a person to decide"),
        (proposal.below, "less certain"),
        (proposal.left_out, "left out by options"),
    ]
    said = ", ".join(f"{number} {words}" for number, words in stays if number)
    return f"Nothing to do in {files}: {said or 'no plaintext secret found'}."


def tell_notes(proposal: Proposal, cwd: Path, console: Console) -> None:
    """What a person should know of the changes that are planned."""
    known = {UNKNOWN_FRAMEWORK}  # the header of each service says what is known of its framework
    for deployment in proposal.workspace.deployments.values():
        known.update(deployment.framework.notes)
    changes = [change for change in proposal.plan.changes if change.writes]
    told = [replace(change, notes=tuple(note for note in change.notes if note not in known)) for change in changes]
    noted = [change for change in told if change.notes]
    if noted:
        console.say("", [("bold", "Notes")], *screens.noted_lines(noted, shown_from(cwd), console.width))


def tell_rest(proposal: Proposal, cwd: Path, console: Console) -> None:
    """What was found and not moved, what was not read, and what went wrong in reading."""
    shown = shown_from(cwd)
    for title, changes in (("Can't be moved", proposal.refused), ("For a person to decide", proposal.waiting)):
        if changes:
            console.say("", [("bold", title)], *screens.noted_lines(changes, shown, console.width))
    for text in proposal.stale:
        console.warn([("warn", "note: "), ("", f"not applied: {text}")])
    if proposal.below:
        console.say([("dim", f"{screens.counted(proposal.below, 'less certain finding')}: see --min-confidence low")])
    tell_unread(proposal.workspace, cwd, console)


def tell_unread(workspace: Workspace, cwd: Path, console: Console) -> None:
    """Files that were not read: those of other kinds, and those with faults."""
    shown = shown_from(cwd)
    if workspace.discovery.not_read:
        names = ", ".join(shown(file) for file in workspace.discovery.not_read)
        console.say(*([("dim", text)] for text in wrap(f"Not read: {names}", console.width, "  ", "")))
    for problem in workspace.problems:
        location = replace(problem.location, file=Path(shown(problem.location.file)))
        console.warn([("bad", "error: "), ("", f"{location}: {problem.message}")])
        if problem.hint:
            console.warn([("dim", f"hint: {problem.hint}")])


def report(options: Options, result: Result, workspace: Workspace, cwd: Path) -> None:
    """Write the report file that was asked for, in the form that its ending names."""
    if options.report is None:
        return
    form, shown = options.report.suffix.removeprefix("."), shown_from(cwd)
    text = _as_page(options, result, workspace, cwd) if form == "html" else _as_text(form, result, shown)
    write_output("--report", options.report, text + "\n")


def _as_page(options: Options, result: Result, workspace: Workspace, cwd: Path) -> str:
    from datetime import UTC, datetime

    from migrate import page

    shown = shown_from(cwd)
    by_file = Plan(page.moving_changes(result)).by_file
    diffs = {shown(file): list(_masked_diff(workspace, file, each, shown)) for file, each in by_file.items()}
    common = Path(os.path.commonpath([(cwd / path).resolve() for path in options.paths]))
    directory = common if common.is_dir() else common.parent
    row = page.from_result(directory.name or str(directory), result, diffs, shown)
    return page.render(page.PageContent((row,), datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")))


def _as_text(form: str, result: Result, shown: Shown) -> str:
    if form != "sarif":
        return to_json(result, shown)
    from migrate.detect.rules import RULES
    from migrate.sarif import RuleHelp, to_sarif

    helps = {row.rule.id: RuleHelp(row.looks_for, row.help) for row in RULES}
    return to_sarif(result.plan.changes, result.problems, helps, shown)

"""The one straight way: read, ask, plan, check, show, put, write, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from migrate.commands.reading import tell_unread, wanted_of
from migrate.files.outputs import write_output
from migrate.framework.deployment import Deployment, with_framework
from migrate.framework.detection import explicit_framework
from migrate.masking import masked_text, unified_diff
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
    Plan,
    Skip,
    Target,
)
from migrate.model.paths import Shown, shown_from
from migrate.plan.eligibility import UNKNOWN_FRAMEWORK
from migrate.plan.planning import plan, rewritten
from migrate.plan.questions import Question, questions
from migrate.reports.files import report
from migrate.reports.json_report import Result, to_json
from migrate.terminal import screens
from migrate.terminal.console import Console, Line
from migrate.text.manifest import decode
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Mode, Options

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.migration.session import Asker
    from migrate.plan.decisions import Entry, Masked

Connect = Callable[[Sequence[Target]], Sequence[tuple[Target, Identity]]]


class Proposal(Struct, frozen=True):
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
    wanted, below, left_out = wanted_of(options, workspace, shown)
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
        from migrate.plan.decisions import entries_of, to_text

        kept = to_text(tuple(entries_of(asked, decided, _named_in(workspace), _masked(workspace))))
        write_output("--save-decisions", options.save_decisions, kept)
    planned = plan(asked, decided, options.placing)
    return Proposal(workspace, asked, decided, planned, below, left_out, stale)


def _read_entries(options: Options) -> Sequence[Entry] | None:
    if options.decisions is None:
        return None
    from migrate.plan.decisions import read_decisions

    return read_decisions(options.decisions)


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
            settled[file] = with_framework(each, explicit_framework(answers[key]))
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
        from migrate.plan.decisions import decide

        return decide(asked, entries, _named_in(workspace), _masked(workspace))
    if options.mode is Mode.SESSION and asker:
        askable = [question for question in asked if question.applicability is not Applicability.SHOW]
        from migrate.migration.session import review

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
    return lambda manifest: masked_text.masked(manifest, workspace.of_file(manifest.file))


def file_diffs(
    workspace: Workspace, by_file: Mapping[Path, Sequence[Change]], shown: Shown, *, show_values: bool
) -> list[Line]:
    """The unified diffs of all files that would change, values masked unless a person asked to see them."""
    lines: list[Line] = []
    for file, changes in by_file.items():
        manifest = changes[0].finding.manifest
        if show_values:
            before, after = manifest.text, decode(rewritten(manifest, changes).result)[0]
            lines += screens.diff_lines(unified_diff.unified(before, after, shown(file)))
        else:
            lines += screens.diff_lines(masked_text.masked_diff(workspace.of_file(file), changes, shown(file)))
    return lines


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

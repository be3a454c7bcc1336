"""The proposal of a single run: read, decided and planned, and shown to a person as far as nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from migrate.commands.reading import print_unread, read_workspace
from migrate.files.outputs import write_output
from migrate.framework.deployment import Deployment, with_framework
from migrate.framework.detection import explicit_framework
from migrate.migration.deciders import (
    Decide,
    Decided,
    everything,
    from_file,
    from_person,
    safe_and_review,
    safe_only,
)
from migrate.migration.single import Place
from migrate.migration.survey import OpenRepository, Source, Survey, as_decided, entries_of, survey
from migrate.model import ExitCode, Family, Finding
from migrate.model.words import counted
from migrate.reports.forms import shows_diffs
from migrate.terminal import run_screens, screens
from migrate.terminal.console import Console, Line
from migrate.workspace.loading import LoadRequest, Workspace
from migrate.workspace.options import Mode, Options

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.migration.results import RepositoryResult
    from migrate.migration.session import Asker
    from migrate.stores.store_pool import StorePool


class Run(Struct, frozen=True):
    """A run of the program: what it was asked to do, where, and on which console."""

    options: Options
    place: Place
    console: Console


def read(run: Run, *, nested: bool = True, sources: Mapping[Path, bytes] | None = None) -> Workspace:
    """Read all that the paths lead to, with work trees that are `nested` or without."""
    place = run.place
    request = LoadRequest(place.paths_to_read, place.cwd, nested=nested, sources=sources or {}, all_cores=True)
    return read_workspace(request, run.options, place.display_path, run.console)


def decider(options: Options, asker: Asker | None) -> Decide:
    """Return who decides: a file, else a person, else what is safe."""
    if options.decisions is not None:
        from migrate.plan.decisions import read_decisions

        return from_file(read_decisions(options.decisions))
    if options.mode is Mode.SESSION and asker:
        return from_person(asker)
    return safe_only if options.mode is Mode.UNATTENDED else safe_and_review


def make_survey(
    run: Run, source: Source, decide: Decide, asker: Asker | None = None, stores: StorePool | None = None
) -> Survey | None:
    """Survey the repository, and show what was found; None where a person quit.

    With `stores` it is shown first who we are in AWS, which is left alone without them.
    """
    options, console = run.options, run.console

    def shown_before(opened: OpenRepository) -> Decided | None:
        if stores is not None:
            _connect(opened, stores, options)
        if not options.machine:
            console.say(*run_screens.header_lines(opened, stores.identities if stores else (), console.width))
        return decide(opened)

    frameworks = _frameworks(asker, source) if options.mode is Mode.SESSION and asker else None
    made = survey(source, options, shown_before, frameworks)
    if made is not None and options.save_decisions:
        from migrate.plan.decisions import to_text

        write_output("--save-decisions", options.save_decisions, to_text(entries_of(made), console.mask))
    return made


def _connect(opened: OpenRepository, stores: StorePool, options: Options) -> None:
    """Open the stores that all findings would go to.

    In a session errors are raised at once, otherwise where the store is needed.
    """
    targets = as_decided(opened, everything(opened)).targets
    if options.mode is Mode.SESSION:
        stores.open_all(targets, options.expect_account)
    else:
        stores.try_all(targets, options.expect_account)


def _frameworks(
    asker: Asker, source: Source
) -> Callable[[tuple[Finding, ...], Mapping[Path, Deployment]], Mapping[Path, Deployment]]:
    """Return a function that asks about each service of an unknown framework."""

    def asked(findings: tuple[Finding, ...], deployments: Mapping[Path, Deployment]) -> Mapping[Path, Deployment]:
        answers: dict[tuple[str, Path], str] = {}
        settled = dict(deployments)
        for file in dict.fromkeys(finding.manifest.file for finding in findings):
            before = settled[file]
            if before.framework.family is not Family.UNKNOWN or before.refusal:
                continue
            key = (before.service, before.directory)
            if key not in answers:
                answers[key] = asker.framework(before.service, source.display_path(file), before.framework.notes)
            if answers[key]:
                settled[file] = with_framework(before, explicit_framework(answers[key]))
        return settled

    return asked


def preview(run: Run) -> ExitCode:
    """Show the plan and the masked diff, and change nothing."""
    from migrate.migration.outcome import planned_result
    from migrate.migration.results import Remaining, exit_code

    options, console, width = run.options, run.console, run.console.width
    made = make_survey(run, run.place.source(read(run)), decider(options, None))
    assert made is not None  # noqa: S101 - only a person quits
    result = planned_result(made, with_diffs=reports_diffs(options))
    print_result(run, result)
    if made.plan.puts:
        console.say("", *screens.plan_table(made.plan, (), (), made.display_path, width))
        console.say(*screens.proposal_lines(options.proposed, width))
        console.say("", *diffs(run, made))
    write_reports(run, result)
    console.say(*run_screens.note_lines(made, width))
    print_rest(run, made)
    if not made.plan.puts:
        console.say(run_screens.nothing_to_do(made))
    return exit_code([result], Remaining.NONE)


# ── what every single run shows ───────────────────────────────────────────────────────────────


def reports_diffs(options: Options) -> bool:
    """Return whether a report is written that shows diffs."""
    return options.report is not None and shows_diffs(options.report)


def diffs(run: Run, made: Survey) -> list[Line]:
    """Return the diffs of all files that would change."""
    show_values = run.options.show_values
    return list(run_screens.diff_lines(made.workspace, made.plan.by_file, made.display_path, show_values=show_values))


def print_rest(run: Run, made: Survey) -> None:
    """Print what was not moved or not read, and what went wrong in reading."""
    console, width = run.console, run.console.width
    console.say(*run_screens.left_lines(made, width))
    for text in made.stale:
        console.warn([("warn", "note: "), ("", f"not applied: {text}")])
    less_certain = made.selection.less_certain
    if less_certain:
        console.say([("dim", f"{counted(less_certain, 'less certain finding')}: see --min-confidence low")])
    print_unread(made.workspace, made.display_path, console)


def print_result(run: Run, result: RepositoryResult) -> None:
    """Print a result for a machine, where that was asked for."""
    if run.options.machine:
        from migrate.migration.masked_results import masked_result
        from migrate.reports.report import Report, render

        report = Report((masked_result(result, run.console.mask),), is_batch=False)
        run.console.output(render(report, f".{run.options.format}"))


def write_reports(run: Run, result: RepositoryResult) -> None:
    """Write the report file that was asked for."""
    if run.options.report is not None:
        from migrate.migration.masked_results import masked_result
        from migrate.reports.report import Report, write_report

        write_report(run.options.report, Report((masked_result(result, run.console.mask),), is_batch=False))

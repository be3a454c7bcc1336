"""`slsmigrate batch`: survey many repositories, decide, carry out, and report the results."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.outputs import write_output
from migrate.migration import batch, equal_secrets
from migrate.migration.batch import BatchRequest, BatchSurvey
from migrate.migration.batch_execute import execute_all
from migrate.migration.batch_session import BatchAsker, ask
from migrate.migration.masked_results import masked_result
from migrate.migration.results import Remaining, RepositoryResult, exit_code, failures_by_kind, totals
from migrate.migration.retry import retry_command
from migrate.model import ExitCode
from migrate.plan import decisions
from migrate.reports.forms import shows_diffs
from migrate.reports.report import Report, render, write_report
from migrate.stores.rate_limit import RateLimits
from migrate.stores.store_pool import StorePool
from migrate.terminal import batch_screens, progress, screens
from migrate.terminal.console import Console, wrap
from migrate.workspace.options import OutputFormat


class Output(Struct, frozen=True):
    """The output that is shown and written. `arguments` are the command line's, for the command that retries."""

    arguments: tuple[str, ...]
    reports: tuple[Path, ...] = ()
    save_decisions: Path | None = None
    format: OutputFormat = OutputFormat.TEXT
    log_format: progress.LogFormat = "text"
    diff: bool = False

    @property
    def holds_diffs(self) -> bool:
        """Return whether a report or the screen shows diffs in the end."""
        return self.diff or any(map(shows_diffs, self.reports))


class BatchRun(Struct, frozen=True):
    """A batch: what it was asked to do, from where, and how it is shown."""

    request: BatchRequest
    output: Output
    cwd: Path
    console: Console


def run_batch(run: BatchRun, asker: BatchAsker | None) -> ExitCode:
    """Survey the repositories, have decided what moves, and carry it out.

    An `asker` decides; without one it is decided already, or only what is safe moves.
    """
    request, output, console = run.request, run.output, run.console
    stop = threading.Event()
    observer = progress.observer(console, log_format=output.log_format, executes=not request.dry_run)
    stores = StorePool(RateLimits(request.put_rate, stop).of, observer.waiting)
    try:
        surveyed = batch.survey(request, run.cwd, observer)
        console.hide(surveyed.name_mask)
        survey = _decided(run, surveyed, observer, stores, asker)
        if survey is None:
            console.say("Nothing was changed.")
            return ExitCode.DONE
        if output.save_decisions:
            entries = [entry for summary in survey.summaries for entry in summary.entries]
            write_output("--save-decisions", output.save_decisions, decisions.to_text(entries, console.mask))
        if request.dry_run:
            _show_proposals(console, survey)
            results = survey.results
        else:
            if asker is None:
                _show_targets(console, survey, stores)
            results = execute_all(request, survey, stores, stop, observer)
    finally:
        observer.close()
    if not output.holds_diffs:
        results = tuple(replace(result, diffs=()) for result in results)
    return _finish(run, results, observer)


def _finish(run: BatchRun, results: tuple[RepositoryResult, ...], observer: progress.Observer) -> ExitCode:
    """Write reports, then print what came of it.

    The reports are first, since they account for the work even where the printed rest has no reader.
    """
    output, console = run.output, run.console
    report = Report(tuple(masked_result(result, console.mask) for result in results))
    for file in output.reports:
        write_report(file, report)
    if isinstance(observer, progress.Bar):
        observer.finish()
    with suppress(BrokenPipeError):
        _print_results(run, results)
    if output.format is not OutputFormat.TEXT:
        console.output(render(report, f".{output.format}"))
    remaining = Remaining.NONE if run.request.dry_run else Remaining.LEFT
    return exit_code(results, remaining, interrupted=_is_interrupted(run, results))


def _is_interrupted(run: BatchRun, results: Sequence[RepositoryResult]) -> bool:
    return not run.request.dry_run and any(result.is_interrupted for result in results)


def _decided(
    run: BatchRun,
    survey: BatchSurvey,
    observer: progress.Observer,
    stores: StorePool,
    asker: BatchAsker | None,
) -> BatchSurvey | None:
    request, console = run.request, run.console

    def before_the_yes(decided: BatchSurvey) -> str:
        console.say("")
        _print_diffs(console, decided.results)
        console.say("")
        _show_targets(console, decided, stores)
        return batch_screens.accounts_in_words(stores.identities)

    if asker is not None:
        observer.close()
        return ask(request, survey, asker, before_the_yes)
    if not request.shared_template:
        return survey
    groups = equal_secrets.groups(survey.summaries, request.shared_template)
    return batch.with_names(request, survey, {group.mark: group.shared for group in groups})


def _show_targets(console: Console, survey: BatchSurvey, stores: StorePool) -> None:
    """Show where parameters go, before anything is put.

    A target that can't be used fails with its repositories.
    """
    repositories = survey.repositories_by_target
    stores.try_all(repositories)
    console.say(*batch_screens.target_lines(stores.identities, repositories, console.width))
    _show_proposals(console, survey)


def _show_proposals(console: Console, survey: BatchSurvey) -> None:
    proposed = {summary.repository.name: summary.proposed for summary in survey.summaries if summary.proposed}
    console.say(*batch_screens.proposal_lines(proposed, console.width))


def _print_diffs(console: Console, results: Sequence[RepositoryResult]) -> None:
    for result in results:
        for diff in result.diffs:
            console.say(*screens.diff_lines(diff.lines))


def _print_results(run: BatchRun, results: Sequence[RepositoryResult]) -> None:
    console, width = run.console, run.console.width
    if run.output.diff:
        _print_diffs(console, results)
    console.say("", *batch_screens.total_lines(totals(results)))
    less, waiting = sum(result.less_certain for result in results), sum(result.waiting for result in results)
    if less or waiting:
        console.say([("dim", f"{less} less certain (--min-confidence), {waiting} that only a person may move")])
    console.say(*batch_screens.note_lines(results, width))
    failures = failures_by_kind(results)
    if failures:
        console.say("", [("bold", "Not done")], *batch_screens.failure_lines(failures, width))
    again = retry_command(run.output.arguments, results)
    if again:
        head = "Go on" if _is_interrupted(run, results) else "Again"
        console.say([("bold", head)], [("key", f"  {again}")])
    if any(result.moved for result in results):
        console.say("", *batch_screens.next_lines(results, width))
    if run.request.dry_run and any(result.planned for result in results):
        text = "Nothing was changed. --yes moves what is listed, --save-decisions FILE keeps it for review."
        console.say(*wrap(text, width, ""))

"""The command `slsmigrate batch`: survey, decide, carry out, and say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from migrate.files.outputs import write_output
from migrate.migration import batch
from migrate.migration.batch import Request, Seen
from migrate.migration.batch_session import BatchAsker, ask
from migrate.migration.results import Row, totals
from migrate.model import ExitCode
from migrate.plan import decisions as kept
from migrate.reports import batch_report
from migrate.terminal import batch_screens, progress
from migrate.terminal.console import Console, wrap
from migrate.terminal.screens import diff_lines


class Output(Struct, frozen=True):
    """What is to be shown and written. `arguments` are the command line's, for the command that retries."""

    arguments: tuple[str, ...]
    reports: tuple[Path, ...] = ()
    save_decisions: Path | None = None
    format: str = "text"
    log_format: str = "text"
    diff: bool = False


def run(
    request: Request, output: Output, cwd: Path, console: Console, asker: BatchAsker | None, *, dry_run: bool
) -> ExitCode:
    """Do what was asked. An `asker` decides; without one it is decided already, or only what is safe moves."""
    watching = progress.watcher(console, log_format=output.log_format, carries=not dry_run)
    try:
        seen = _decided(request, batch.survey(request, cwd, watching), watching, asker)
        if seen is None:
            console.say("Nothing was changed.")
            return ExitCode.DONE
        if output.save_decisions:
            entries = [entry for each in seen.looks for entry in each.entries]
            write_output("--save-decisions", output.save_decisions, kept.to_text(entries))
        done, interrupted = (seen.rows, False) if dry_run else batch.carry_out(request, seen, watching)
    finally:
        watching.close()
    for file in output.reports:  # first, since they tell of the work even where nobody hears the rest
        batch_report.write(file, done)
    if isinstance(watching, progress.Bar):
        watching.finish()
    with suppress(BrokenPipeError):
        _tell(output, done, console, interrupted=interrupted, dry_run=dry_run)
    if output.format == "json":
        console.output(batch_report.to_json(done))
    return batch.exit_code(done, interrupted=interrupted, dry_run=dry_run)


def _decided(request: Request, seen: Seen, watching: progress.Watcher, asker: BatchAsker | None) -> Seen | None:
    if asker is not None:
        watching.close()
        return ask(request, seen, asker)
    if not request.shared_template:
        return seen
    found = batch.groups(seen.looks, request.shared_template)
    return batch.with_names(request, seen, {group.mark: group.shared for group in found})


def _tell(
    output: Output,
    done: Sequence[Row],
    console: Console,
    *,
    interrupted: bool,
    dry_run: bool,
) -> None:
    if output.diff:
        for row in done:
            for each in row.diffs:
                console.say(*diff_lines(each["lines"]))
    console.say("", *batch_screens.total_lines(totals(done)))
    less, waiting = sum(row.less_certain for row in done), sum(row.waiting for row in done)
    if less or waiting:
        console.say([("dim", f"{less} less certain (--min-confidence), {waiting} that only a person may move")])
    why = batch.reasons(done)
    if why:
        console.say("", [("bold", "Not done")], *batch_screens.reason_lines(why, console.width))
    again = batch.retry_command(output.arguments, done)
    if again:
        console.say([("bold", "Again" if not interrupted else "Go on")], [("key", f"  {again}")])
    if any(row.moved for row in done):
        console.say("", *batch_screens.next_lines(done, console.width))
    if dry_run and any(row.moving for row in done):
        text = "Nothing was changed. --yes moves what is listed, --save-decisions FILE keeps it for review."
        console.say(*wrap(text, console.width, ""))


def merge(files: Sequence[Path], to: Path, console: Console) -> ExitCode:
    """`slsmigrate report merge`: reports of several machines become one."""
    done = batch_report.merged([batch_report.read(file) for file in files])
    batch_report.write(to, done)
    console.say(*batch_screens.total_lines(totals(done)))
    return batch.exit_code(done, interrupted=False, dry_run=True)

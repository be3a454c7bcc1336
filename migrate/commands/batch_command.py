"""The command lines of `slsmigrate batch` and `slsmigrate report`, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from migrate.commands.cli_options import (
    CONTEXT_SETTINGS,
    FORMAT,
    GIT,
    NARROWING,
    SANDBOX,
    STORING,
    TARGETS,
    git_options,
    open_console,
    options,
    output_files,
)
from migrate.reports.forms import ANY_ENDING, report_output, shows_diffs

if TYPE_CHECKING:
    from migrate.commands.batch import Output
    from migrate.migration.batch import BatchRequest
    from migrate.model import ExitCode

_FILE = click.Path(dir_okay=False, path_type=Path)
_WHICH = options(
    click.option("--repos", type=_FILE, metavar="FILE", help="More repositories, one path a line."),
    click.option("--shard", metavar="I/N", help="The I-th of N shares, by the repositories' names."),
    click.option("--repository", multiple=True, metavar="NAME", help="Only these; * matches anything."),
)
_DECIDING = options(
    click.option("-n", "--dry-run", is_flag=True, help="Look at all of them; changes nothing, needs no AWS."),
    click.option("--diff", is_flag=True, help="With --dry-run: the masked diffs."),
    click.option("-y", "--yes", is_flag=True, help="Move what is safe, without questions."),
    click.option("--decisions", type=_FILE, metavar="FILE", help="Answers from a file."),
    click.option("--save-decisions", type=_FILE, metavar="FILE", help="Keep the answers, no values."),
    click.option("--shared-template", metavar="T", help="One parameter for a value of many: /shared/{key}."),
)
_RUNNING = options(
    click.option(
        "--on-conflict", type=click.Choice(["fail", "overwrite"]), help="A name with another value; default fail."
    ),
    click.option("--put-rate", type=click.FloatRange(0.01, 1000), metavar="N", help="Puts a second; default 3."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that read; default all cores."),
    click.option("--report", type=_FILE, multiple=True, metavar="FILE", help=f"FILE ends in {ANY_ENDING}."),
    click.option("--log-format", type=click.Choice(["text", "json"]), default="text", help="Progress; default text."),
)


@click.command("slsmigrate batch", context_settings=CONTEXT_SETTINGS)
@_WHICH
@_DECIDING
@SANDBOX
@GIT
@TARGETS
@STORING
@NARROWING
@_RUNNING
@FORMAT
@click.argument("roots", nargs=-1, type=click.Path(path_type=Path), metavar="[ROOT…]")
@click.pass_context
def batch_command(context: click.Context, /, roots: tuple[Path, ...], **given: Any) -> ExitCode:
    """Migrate many repositories: git work trees below ROOTs, folders with manifests.

    Without --yes, --decisions or --dry-run it asks: about each value that several repositories share,
    then about each repository, and once more before anything is changed.
    """
    from migrate.commands.batch import BatchRun, run_batch
    from migrate.commands.sandbox import working_place
    from migrate.model import UsageError
    from migrate.terminal.batch_prompts import TerminalBatchAsker
    from migrate.terminal.console import is_terminal

    asks = not (given["yes"] or given["decisions"] is not None or given["dry_run"])
    request, output = _request(roots, given, asks=asks), _output(given, _words(context))
    if asks and not is_terminal():
        raise UsageError("a session needs a terminal", hint="use --dry-run to look, or --yes to move without questions")
    if given["shared_template"] and given["yes"] and not given["dry_run"]:
        raise UsageError(
            "--shared-template does not go with --yes, since a run that is interrupted must be able to go on",
            hint="--dry-run --save-decisions FILE keeps the shared names, --decisions FILE carries them out",
        )
    console = open_console(given)
    with working_place((*request.roots, *request.listed), given, history=True) as (paths, cwd):
        many = len(request.roots)
        request = replace(request, roots=paths[:many], listed=paths[many:])
        return run_batch(BatchRun(request, output, cwd, console), TerminalBatchAsker(console) if asks else None)


def _words(context: click.Context) -> tuple[str, ...]:
    return tuple(context.obj or ())


def _request(roots: tuple[Path, ...], given: Mapping[str, Any], *, asks: bool) -> BatchRequest:
    from migrate.files import repositories
    from migrate.migration.batch import BatchRequest
    from migrate.plan.decisions import read_decisions
    from migrate.plan.naming import check_template
    from migrate.stores.rate_limit import DEFAULT_RATE

    git = git_options(given)
    if given["shared_template"]:
        check_template(given["shared_template"])
    listed = repositories.read_repository_list(given["repos"]) if given["repos"] else ()
    agrees = asks or given["trust_settings"]
    in_reports = any(map(shows_diffs, given["report"]))
    return BatchRequest(
        roots=roots or (() if listed else (Path(),)),
        listed=listed,
        # A person who is asked sees what settings propose before the yes.
        given={**given, "report": None, "save_decisions": None, "names": (), "trust_settings": agrees},
        git=git,
        shard=repositories.parse_shard(given["shard"]) if given["shard"] else (1, 1),
        names=given["repository"],
        entries=read_decisions(given["decisions"]) if given["decisions"] else None,
        shared_template=given["shared_template"] or "",
        put_rate=given["put_rate"] or DEFAULT_RATE,
        jobs=given["jobs"] or 0,
        dry_run=given["dry_run"],
        with_diffs=asks or given["diff"] or in_reports,
    )


def _output(given: Mapping[str, Any], words: tuple[str, ...]) -> Output:
    from migrate.commands.batch import Output
    from migrate.files.outputs import check_outputs
    from migrate.workspace.options import OutputFormat

    check_outputs(output_files(given["report"], given["save_decisions"]))
    return Output(
        arguments=words,
        reports=given["report"],
        save_decisions=given["save_decisions"],
        format=OutputFormat(given["format_"]),
        log_format=given["log_format"],
        diff=given["diff"],
    )


@click.command("slsmigrate report", context_settings=CONTEXT_SETTINGS)
@click.argument("action", type=click.Choice(["merge"]))
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="REPORT.json…")
@click.option("-o", "--output", type=_FILE, required=True, metavar="FILE", help=f"Ends in {ANY_ENDING}.")
def report_command(action: str, files: tuple[Path, ...], output: Path) -> ExitCode:
    """Make one report of the JSON reports of several batches.

    Such as those of several machines, each with a --shard.
    """
    from migrate.commands.report import merge
    from migrate.files.outputs import check_outputs

    check_outputs([report_output("-o", output)])
    return merge(files, output, open_console())

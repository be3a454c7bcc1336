"""The command lines of `slsmigrate batch` and `slsmigrate report`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate.commands.cli_options import FORMAT, NARROWING, STORING, TARGETS, options

if TYPE_CHECKING:
    from migrate.commands.batch_run import Output
    from migrate.migration.batch import Request
    from migrate.migration.batch_session import BatchAsker
    from migrate.model import ExitCode
    from migrate.terminal.console import Console

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FILE = click.Path(dir_okay=False, path_type=Path)
_WHICH = options(
    click.option("--repos", type=_FILE, metavar="FILE", help="More repositories, one path a line."),
    click.option("--shard", metavar="I/N", help="The I-th of N shares, by the repositories' names."),
    click.option("--repository", multiple=True, metavar="NAME", help="Only these; * matches anything."),
)
_DECIDING = options(
    click.option("-n", "--dry-run", is_flag=True, help="Look at all of them; changes nothing, needs no AWS."),
    click.option("--diff", is_flag=True, help="With --dry-run: the masked diffs."),
    click.option("-y", "--yes", is_flag=True, help="Move what is surely safe, without questions."),
    click.option("--decisions", type=_FILE, metavar="FILE", help="Answers from a file."),
    click.option("--save-decisions", type=_FILE, metavar="FILE", help="Keep the answers, no values."),
    click.option("--shared-template", metavar="T", help="One parameter for a value of many: /shared/{key}."),
)
_GIT = options(
    click.option("--allow-dirty", is_flag=True, help="Also manifests with uncommitted changes."),
    click.option("--commit", is_flag=True, help="One commit in each repository."),
    click.option("--branch", metavar="NAME", help="Commit on a new branch."),
    click.option("--worktree", is_flag=True, help="With --branch: leave the work tree as it is."),
)
_RUNNING = options(
    click.option(
        "--on-conflict", type=click.Choice(["fail", "overwrite"]), help="A name with another value; default fail."
    ),
    click.option("--put-rate", type=click.FloatRange(0.01, 1000), metavar="N", help="Puts a second; default 3."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that read; default all cores."),
    click.option("--report", type=_FILE, multiple=True, metavar="FILE", help="FILE ends in .json, .sarif or .html."),
    click.option("--log-format", type=click.Choice(["text", "json"]), default="text", help="Progress; default text."),
)


@click.command("slsmigrate batch", context_settings=_SETTINGS)
@_WHICH
@_DECIDING
@_GIT
@TARGETS
@STORING
@NARROWING
@_RUNNING
@FORMAT
@click.argument("roots", nargs=-1, type=click.Path(path_type=Path), metavar="[ROOT…]")
@click.pass_context
def batch_command(context: click.Context, /, roots: tuple[Path, ...], **given: Any) -> ExitCode:
    """Migrate many repositories: every git work tree below the ROOTs, and plain folders with manifests.

    Without --yes, --decisions or --dry-run it asks: about each value that several repositories share,
    then about each repository, and once more before anything is changed.
    """
    from migrate.commands import batch_run
    from migrate.model import UsageError

    decided = given["yes"] or given["decisions"] is not None
    request, output = _request(roots, given), _output(given, _words(context))
    asker = None if decided or given["dry_run"] else _asker(request)
    if given["shared_template"] and given["yes"] and not given["dry_run"]:
        raise UsageError(
            "--shared-template does not go with --yes, since a run that is interrupted must be able to go on",
            hint="--dry-run --save-decisions FILE keeps the shared names, --decisions FILE carries them out",
        )
    return batch_run.run(request, output, Path.cwd(), _console(given), asker, dry_run=given["dry_run"])


def _words(context: click.Context) -> tuple[str, ...]:
    return tuple(context.obj or ())


def _request(roots: tuple[Path, ...], given: Mapping[str, Any]) -> Request:
    from migrate.files import repositories
    from migrate.migration.batch import Request
    from migrate.migration.execute import Git
    from migrate.model import UsageError
    from migrate.plan.decisions import read_decisions
    from migrate.plan.naming import check_template
    from migrate.stores.rate_limit import DEFAULT_RATE

    if given["worktree"] and not given["branch"]:
        raise UsageError("--worktree needs a --branch to leave the commit on")
    if given["shared_template"]:
        check_template(given["shared_template"])
    listed = repositories.read_repository_list(given["repos"]) if given["repos"] else ()
    html = any(report.suffix == ".html" for report in given["report"])
    return Request(
        roots=roots or (() if listed else (Path(),)),
        listed=listed,
        given={**given, "report": None, "save_decisions": None, "names": ()},
        git=Git(
            given["allow_dirty"], given["commit"] or bool(given["branch"]), given["branch"] or "", given["worktree"]
        ),
        shard=repositories.parse_shard(given["shard"]) if given["shard"] else (1, 1),
        names=given["repository"],
        entries=read_decisions(given["decisions"]) if given["decisions"] else None,
        shared_template=given["shared_template"] or "",
        put_rate=given["put_rate"] or DEFAULT_RATE,
        jobs=given["jobs"] or 0,
        dry_run=given["dry_run"],
        diffs=given["diff"] or html or any(report.suffix == ".json" for report in given["report"]),
    )


def _output(given: Mapping[str, Any], words: tuple[str, ...]) -> Output:
    from migrate.commands.batch_run import Output
    from migrate.files.outputs import check_outputs
    from migrate.model import UsageError
    from migrate.reports.batch_report import ENDINGS

    for report in given["report"]:
        if report.suffix not in ENDINGS:
            raise UsageError(f"--report {report}: the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    check_outputs([*(("--report", each) for each in given["report"]), ("--save-decisions", given["save_decisions"])])
    return Output(
        arguments=words,
        reports=given["report"],
        save_decisions=given["save_decisions"],
        format=given["format_"],
        log_format=given["log_format"],
        diff=given["diff"],
    )


def _asker(request: Request) -> BatchAsker:
    from migrate.model import UsageError
    from migrate.terminal.batch_prompts import TerminalBatchAsker
    from migrate.terminal.console import Console, is_terminal

    if not is_terminal():
        raise UsageError("a session needs a terminal", hint="use --dry-run to look, or --yes to move without questions")
    return TerminalBatchAsker(Console(color=False if os.environ.get("NO_COLOR") else None))


def _console(given: Mapping[str, Any]) -> Console:
    from migrate.terminal.console import Console

    return Console(color=False if os.environ.get("NO_COLOR") else None, quiet_output=given["format_"] != "text")


@click.command("slsmigrate report", context_settings=_SETTINGS)
@click.argument("action", type=click.Choice(["merge"]))
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="REPORT.json…")
@click.option("-o", "--output", type=_FILE, required=True, metavar="FILE", help="Ends in .json, .sarif or .html.")
def report_command(action: str, files: tuple[Path, ...], output: Path) -> ExitCode:
    """Make one report of the JSON reports of several batches, such as those of several machines."""
    from migrate.commands import batch_run
    from migrate.files.outputs import check_outputs
    from migrate.model import UsageError
    from migrate.reports.batch_report import ENDINGS

    if output.suffix not in ENDINGS:
        raise UsageError(f"-o {output}: the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    check_outputs([("--report", output)])
    return batch_run.merge(files, output, _console({"format_": "text"}))

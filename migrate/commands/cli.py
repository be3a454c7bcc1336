"""The command line: options, the one error boundary, exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate import __version__
from migrate.commands.cli_options import FORMAT, PATHS, READING, TARGETS, WHICH, WRITING

# Everything else is imported where it is used: `--version` and `--help` must not pay for it.
if TYPE_CHECKING:
    from migrate.model import ExitCode
    from migrate.terminal.console import Console
    from migrate.workspace.options import Mode, Options

_EPILOG = """\b
Commands:
  slsmigrate [PATH…]         the interactive session
  slsmigrate scan [PATH…]    findings only
  slsmigrate verify [PATH…]  every ssm reference fits the framework, and can be read
  slsmigrate batch ROOT…     many repositories under one or more roots
  slsmigrate report merge    the reports of several batches as one
  slsmigrate rules           what is looked for
The first word decides; a path that bears a command's name is written ./scan.

\b
Exit codes:
  0    done, or clean
  1    something failed; all that failed is listed
  2    usage
  3    no manifest found
  10   secrets remain
  130  interrupted, by whatever signal
"""


@click.command(
    "slsmigrate",
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="slsmigrate", message="%(prog)s %(version)s")
@WRITING
@READING
@FORMAT
@PATHS
def migrate_command(paths: tuple[Path, ...], **given: Any) -> ExitCode:
    """Move plaintext secrets of serverless.yml to AWS Parameter Store.

    PATH is a directory (default .), a manifest, or any YAML or JSON file. Without --yes or
    --dry-run it asks about each secret and once more before anything is changed.
    """
    from migrate.workspace.options import Mode

    dry_run = given["dry_run"]
    unattended = given["yes"] or given["decisions"] is not None
    mode = Mode.UNATTENDED if unattended else Mode.PREVIEW if dry_run else Mode.SESSION
    with _place(paths, given) as (places, cwd):
        return _migrate(_read_options(places, mode, given, cwd), cwd, dry_run=dry_run, sandbox=given["sandbox"])


def _migrate(options: Options, cwd: Path, *, dry_run: bool, sandbox: bool) -> ExitCode:
    from migrate.commands import reading, run
    from migrate.model import ExitCode, UsageError
    from migrate.terminal.console import is_terminal
    from migrate.workspace.options import Mode

    console = _console(options)
    if options.mode is Mode.SESSION and not is_terminal(machine=options.machine):
        raise UsageError("a session needs a terminal", hint="use --dry-run to look, or --yes to move without questions")
    workspace = reading.read(options, cwd, console)
    if dry_run:
        proposal = run.propose(options, workspace, cwd, console)
        return run.preview(options, proposal, cwd, console) if proposal else ExitCode.DONE
    from migrate.commands.carry import Stores, carry_out
    from migrate.model.paths import shown_from
    from migrate.terminal.prompts import TerminalAsker

    stores = Stores(options.expect_account, console)
    asker = TerminalAsker(console, shown_from(cwd), run.masked_by(workspace))
    connect = stores.connect if options.mode is Mode.SESSION else stores.try_to_connect
    proposal = run.propose(options, workspace, cwd, console, asker, connect)
    if proposal is None:
        console.say("Nothing was changed.")
        return ExitCode.DONE
    return carry_out(options, proposal, cwd, console, stores, asker)


@click.command("slsmigrate scan", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@READING
@click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text", help="Default text.")
@click.option("--placeholders", is_flag=True, help="List stand-ins such as YOUR_API_KEY too; they are no secrets.")
@PATHS
def scan_command(paths: tuple[Path, ...], **given: Any) -> ExitCode:
    """Find plaintext secrets and change nothing; exit 10 while there are any."""
    from migrate.commands.scan import scan
    from migrate.workspace.options import Mode

    cwd = _cwd()
    options = _read_options(paths or (Path(),), Mode.PREVIEW, given, cwd)
    return scan(options, cwd, _console(options))


@click.command("slsmigrate rules", context_settings={"help_option_names": ["-h", "--help"]})
def rules_command() -> ExitCode:
    """List what is looked for."""
    from migrate.commands.rules import rules
    from migrate.terminal.console import Console

    return rules(Console(color=False if os.environ.get("NO_COLOR") else None))


@click.command("slsmigrate verify", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--fix", is_flag=True, help="Rewrite stale syntax, after a preview and a yes.")
@click.option("-y", "--yes", is_flag=True, help="With --fix: rewrite without asking.")
@TARGETS
@WHICH
@PATHS
def verify_command(paths: tuple[Path, ...], **given: Any) -> ExitCode:
    """Check that every ssm reference fits the framework version and can be read from the store."""
    from migrate.commands import reading, run, verify
    from migrate.commands.carry import Stores
    from migrate.model import UsageError
    from migrate.model.paths import shown_from
    from migrate.terminal.console import is_terminal
    from migrate.terminal.prompts import TerminalAsker
    from migrate.workspace.options import Mode

    cwd = _cwd()
    asks = given["fix"] and not given["yes"]
    if asks and not is_terminal(machine=given["format_"] != "text"):
        raise UsageError("--fix asks on a terminal", hint="use --fix --yes to rewrite without asking")
    options = _read_options(paths or (Path(),), Mode.SESSION if asks else Mode.UNATTENDED, given, cwd)
    console = _console(options)
    workspace = reading.read(options, cwd, console, references=True)
    asker = TerminalAsker(console, shown_from(cwd), run.masked_by(workspace)) if asks else None
    return verify.verify(
        options, workspace, cwd, console, Stores(options.expect_account, console), asker, fix=given["fix"]
    )


def _batch() -> click.Command:
    from migrate.commands.batch_cli import batch_command

    return batch_command


def _report() -> click.Command:
    from migrate.commands.batch_cli import report_command

    return report_command


_OUTPUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

_COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "scan": lambda: scan_command,
    "verify": lambda: verify_command,
    "rules": lambda: rules_command,
    "batch": _batch,
    "report": _report,
}


def _console(options: Options) -> Console:
    from migrate.terminal.console import Console

    return Console(color=False if os.environ.get("NO_COLOR") else None, quiet_output=options.machine)


@contextlib.contextmanager
def _place(paths: tuple[Path, ...], given: Mapping[str, Any]) -> Iterator[tuple[tuple[Path, ...], Path]]:
    """The paths to work on and the working directory: with --sandbox, those of a copy."""
    if not given["sandbox"]:
        yield paths or (Path(),), _cwd()
        return
    from migrate.model.visible import visible_line
    from migrate.stores.sandbox import Sandbox
    from migrate.stores.sandbox_copy import create_copy, discard_copy
    from migrate.terminal.console import columns

    with Sandbox(profiles=given["profile"]) as sandbox:
        copy = create_copy(paths or (Path(),), _cwd())
        os.environ.update(sandbox.environment)
        click.echo(
            f"Sandbox: an embedded Parameter Store, and a copy of your files in\n  {visible_line(str(copy.cwd))}",
            err=True,
        )
        try:
            yield copy.paths, copy.cwd
        finally:
            rows = [(each.name, each.type, f"version {each.version}") for each in sandbox.parameters()]
            if not rows:
                discard_copy(copy)
                click.echo("Nothing was put into the sandbox: the copy of your files is removed.", err=True)
        if rows:
            click.echo(
                "Stored in the sandbox, which ends here\n" + "\n".join(columns(rows)), err=given["format_"] != "text"
            )


def _cwd() -> Path:
    from migrate.model import UsageError

    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the working directory is gone", hint="change to one that is there") from None


def _read_options(paths: Sequence[Path], mode: Mode, given: Mapping[str, Any], cwd: Path) -> Options:
    """The options, those of `.slsmigrate.toml` where the command line says nothing."""
    from migrate.files.outputs import check_outputs
    from migrate.model import UsageError
    from migrate.terminal.console import is_read_by_a_person
    from migrate.workspace.options import read_options

    if given.get("show_values") and not is_read_by_a_person(machine=given["format_"] != "text"):
        raise UsageError("--show-values writes secrets, and the output is no terminal")
    report = given.get("report")
    if report and report.suffix not in (".json", ".sarif", ".html"):
        raise UsageError(f"--report {report}: the ending must be .json, .sarif or .html")
    check_outputs([("--report", report), ("--save-decisions", given.get("save_decisions"))])
    return read_options(paths, mode, given, cwd)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first word names. Every error ends here, as two lines and a code."""
    from migrate.files.signals import handle_signals

    try:
        with handle_signals():
            return _run(arguments)
    except Exception as error:
        return _explain(error)


def _run(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    named = _COMMANDS.get(words[0]) if words else None
    command = None
    try:
        command = named() if named else None
        code = (command or migrate_command).main(
            words[1:] if command else words,
            prog_name=command.name if command else "slsmigrate",
            standalone_mode=False,
            obj=words[1:],
        )
        if sys.stdout:  # None where the shell closed it
            sys.stdout.flush()
        return int(code or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        complain("\nInterrupted: nothing was changed.")
        return 130
    except click.ClickException as error:
        return _fail(error.format_message(), f"{command.name if command else 'slsmigrate'} --help", 2)
    except BrokenPipeError:
        # Whoever read our output has gone: say nothing more there, not even when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    from migrate.model import ExitCode, SlsMigrateError, unforeseen

    if isinstance(error, SlsMigrateError):
        return _fail(str(error), error.hint, error.exit_code)
    if isinstance(error, OSError) and error.errno in _OUTPUT_FAILS and error.filename is None:
        return _fail(f"the output can't be written: {error.strerror}", None, ExitCode.FAILED)
    return _fail(unforeseen(error), "please report it", ExitCode.FAILED)


def _fail(message: str, hint: str | None, code: int) -> int:
    from migrate.model.visible import visible_line

    for line in message.split("\n"):
        complain(f"error: {visible_line(line)}")
    if hint:
        complain(f"hint: {visible_line(hint)}")
    return code


def complain(text: str) -> None:
    """Say it on standard error."""
    with contextlib.suppress(OSError):  # nobody is there to read it
        click.echo(text, err=True)

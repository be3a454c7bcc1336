"""The command line: options, the one error boundary, exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate import __version__
from migrate.commands.cli_options import (
    CONTEXT_SETTINGS,
    FORMAT,
    PATHS,
    READING,
    TARGETS,
    WHICH,
    WRITING,
    git_options,
    open_console,
    output_files,
)

# Everything else is imported where it is used: `--version` and `--help` must not pay for it.
if TYPE_CHECKING:
    from migrate.model import ExitCode
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
    context_settings=CONTEXT_SETTINGS,
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
    from migrate.commands.sandbox import working_place

    commits = given["commit"] or bool(given["branch"])
    with working_place(paths or (Path(),), given, history=commits) as (places, cwd):
        return _migrate(places, cwd, given)


def _migrate(paths: tuple[Path, ...], cwd: Path, given: Mapping[str, Any]) -> ExitCode:
    from migrate.commands.proposal import Run, preview
    from migrate.migration.single import place_of
    from migrate.model import UsageError
    from migrate.terminal.console import is_terminal
    from migrate.workspace.options import Mode

    mode = Mode.PREVIEW if given["dry_run"] else Mode.SESSION
    if given["yes"] or given["decisions"] is not None:
        mode = Mode.UNATTENDED
    options = _read_options(paths, mode, given, cwd)
    if mode is Mode.SESSION and not is_terminal(machine=options.machine):
        raise UsageError("a session needs a terminal", hint="use --dry-run to look, or --yes to move without questions")
    git = git_options(given)
    run = Run(options, place_of(paths, cwd, commits=git.commit), open_console(given))
    if given["dry_run"]:
        return preview(run)
    from migrate.commands.migrate import migrate

    return migrate(run, git)


@click.command("slsmigrate scan", context_settings=CONTEXT_SETTINGS)
@READING
@click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text", help="Default text.")
@click.option("--placeholders", is_flag=True, help="List stand-ins such as YOUR_API_KEY too; they are no secrets.")
@PATHS
def scan_command(paths: tuple[Path, ...], **given: Any) -> ExitCode:
    """Find plaintext secrets and change nothing; exit 10 while there are any."""
    from migrate.commands.sandbox import working_directory
    from migrate.commands.scan import scan
    from migrate.workspace.options import Mode

    cwd = working_directory()
    options = _read_options(paths or (Path(),), Mode.PREVIEW, given, cwd)
    return scan(options, cwd, open_console(given))


@click.command("slsmigrate rules", context_settings=CONTEXT_SETTINGS)
def rules_command() -> ExitCode:
    """List what is looked for."""
    from migrate.commands.rules import rules

    return rules(open_console())


@click.command("slsmigrate verify", context_settings=CONTEXT_SETTINGS)
@click.option("--fix", is_flag=True, help="Rewrite stale syntax, after a preview and a yes.")
@click.option("-y", "--yes", is_flag=True, help="With --fix: rewrite without asking.")
@TARGETS
@WHICH
@PATHS
def verify_command(paths: tuple[Path, ...], **given: Any) -> ExitCode:
    """Check that every ssm reference fits the framework, and can be read."""
    from migrate.commands.reading import read_workspace
    from migrate.commands.sandbox import working_directory
    from migrate.commands.verify import Verification, verify
    from migrate.model import UsageError
    from migrate.model.paths import relative_paths
    from migrate.stores.store_pool import StorePool
    from migrate.terminal.console import is_terminal
    from migrate.terminal.prompts import TerminalAsker
    from migrate.workspace.loading import LoadRequest
    from migrate.workspace.masked import masked_texts
    from migrate.workspace.options import Mode

    cwd = working_directory()
    asks = given["fix"] and not given["yes"]
    if asks and not is_terminal(machine=given["format_"] != "text"):
        raise UsageError("--fix asks on a terminal", hint="use --fix --yes to rewrite without asking")
    options = _read_options(paths or (Path(),), Mode.SESSION if asks else Mode.UNATTENDED, given, cwd)
    console, display_path = open_console(given), relative_paths(cwd)
    workspace = read_workspace(LoadRequest(options.paths, cwd, references=True), options, display_path, console)
    asker = TerminalAsker(console, display_path, masked_texts(workspace)) if asks else None
    stores = StorePool(on_slow_call=lambda text: console.warn([("dim", f"  … {text}")]))
    return verify(Verification(options, workspace, stores, console, display_path), asker, fix=given["fix"])


def _batch() -> click.Command:
    from migrate.commands.batch_command import batch_command

    return batch_command


def _report() -> click.Command:
    from migrate.commands.batch_command import report_command

    return report_command


_OUTPUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

_COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "scan": lambda: scan_command,
    "verify": lambda: verify_command,
    "rules": lambda: rules_command,
    "batch": _batch,
    "report": _report,
}


def _read_options(paths: Sequence[Path], mode: Mode, given: Mapping[str, Any], cwd: Path) -> Options:
    """Read the options; `.slsmigrate.toml` fills in what the command line leaves out."""
    from migrate.files.outputs import check_outputs
    from migrate.model import UsageError
    from migrate.terminal.console import is_read_by_a_person
    from migrate.workspace.options import read_options

    if given.get("show_values") and not is_read_by_a_person(machine=given["format_"] != "text"):
        raise UsageError("--show-values writes secrets, and the output is no terminal")
    report = given.get("report")
    check_outputs(output_files((report,) if report else (), given.get("save_decisions")))
    return read_options(paths, mode, given, cwd)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first word names, and return its exit code.

    Every error ends here, as two lines and a code.
    """
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
        # The reader of our output has gone: write nothing more there, not even when Python flushes at exit.
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
    """Print a text on standard error."""
    with contextlib.suppress(OSError):  # it has no reader any more
        click.echo(text, err=True)

"""The options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate.framework import releases
from migrate.reports.forms import ANY_ENDING, report_output

if TYPE_CHECKING:
    from migrate.files.outputs import OutputFile
    from migrate.terminal.console import Console
    from migrate.workspace.options import GitOptions

CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
CONFIDENCES = click.Choice(["high", "medium", "low"])


def options(*rows: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options as one decorator, in this order."""

    def add(command: Any) -> Any:
        for row in reversed(rows):
            command = row(command)
        return command

    return add


FRAMEWORK = click.option(
    "--framework",
    type=click.Choice(releases.WORDS),
    help="Which syntax references have; default auto.",
)
FORMAT = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default text.")
WHICH = options(FRAMEWORK, FORMAT)
TARGETS = options(
    click.option("--profile", multiple=True, metavar="NAME", help="AWS profile; may be given several times."),
    click.option("--region", multiple=True, metavar="REGION", help="Default: the manifest's own."),
    click.option("--stage", multiple=True, metavar="STAGE", help="The stages of a template with ${sls:stage}."),
    click.option("--expect-account", metavar="ID", help="Refuse any other AWS account."),
)
NARROWING = options(
    click.option(
        "--min-confidence", type=CONFIDENCES, help="What is offered: default medium, high with --yes or in batch."
    ),
    click.option("--skip", multiple=True, metavar="KEYPATH", help="Leave this out; * within a segment, ** across."),
    click.option("--only", multiple=True, metavar="KEYPATH", help="Leave all else out."),
    FRAMEWORK,
    click.option("--path-template", metavar="T", help="Parameter names; default /{service}/{key}."),
)
READING = options(
    NARROWING,
    click.option("--name", multiple=True, metavar="'KEYPATH=/param'", help="The parameter for one value."),
    click.option(
        "--report",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help=f"Write a report; FILE ends in {ANY_ENDING}.",
    ),
)
STORING = options(
    click.option("--kms-key-id", metavar="KEY", help="The key that encrypts; default alias/aws/ssm."),
    click.option(
        "--tier",
        type=click.Choice(["Standard", "Advanced", "Intelligent-Tiering"], case_sensitive=False),
        help="Default Standard.",
    ),
    click.option("--tag", multiple=True, metavar="K=V", help="A tag on every parameter that is put."),
    click.option("--trust-settings", is_flag=True, help="Take the key, tier and tags that .slsmigrate.toml proposes."),
)
SANDBOX = click.option("--sandbox", is_flag=True, help="An embedded Parameter Store, on a copy of your files.")
GIT = options(
    click.option("--allow-dirty", is_flag=True, help="Also manifests with uncommitted changes."),
    click.option("--commit", is_flag=True, help="Commit what was rewritten, once in each repository."),
    click.option("--branch", metavar="NAME", help="Commit on a new branch."),
    click.option("--worktree", is_flag=True, help="With --branch: leave the work tree as it is."),
)
WRITING = options(
    click.option("-n", "--dry-run", is_flag=True, help="The plan and a masked diff; changes nothing, needs no AWS."),
    click.option("-y", "--yes", is_flag=True, help="The same work without questions."),
    SANDBOX,
    GIT,
    TARGETS,
    STORING,
    click.option(
        "--on-conflict",
        type=click.Choice(["ask", "fail", "overwrite"]),
        help="A name that holds another value: default ask in a session, else fail.",
    ),
    click.option("--decisions", type=click.Path(path_type=Path), metavar="FILE", help="Answers from a file."),
    click.option(
        "--save-decisions", type=click.Path(path_type=Path), metavar="FILE", help="Keep the answers, no values."
    ),
    click.option("--show-values", is_flag=True, help="Show secrets, on a terminal only."),
)
PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH…]")


def output_files(reports: Sequence[Path], decisions: Path | None) -> list[OutputFile]:
    """Describe the files that a run is to write.

    Raises UsageError for a report of no known form.
    """
    outputs = [report_output("--report", report) for report in reports]
    if decisions is not None:
        from migrate.plan.decisions import decisions_output

        outputs.append(decisions_output(decisions))
    return outputs


def git_options(given: Mapping[str, Any]) -> GitOptions:
    """Return the options of git. Raises UsageError for a worktree without a branch."""
    from migrate.model import UsageError
    from migrate.workspace.options import GitOptions

    if given["worktree"] and not given["branch"]:
        raise UsageError("--worktree needs a --branch to leave the commit on")
    commit = given["commit"] or bool(given["branch"])
    return GitOptions(given["allow_dirty"], commit, given["branch"] or "", given["worktree"])


def open_console(given: Mapping[str, Any] | None = None) -> Console:
    """Open the console, on standard error where standard output is for a machine."""
    from migrate.terminal.console import Console

    is_text = given is None or given["format_"] == "text"
    return Console(color=False if os.environ.get("NO_COLOR") else None, quiet_output=not is_text)

"""The findings alone, for people and machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from migrate.commands.reading import placeholders_of, read, tell_unread, wanted_of
from migrate.model import ExitCode, Finding, Skip
from migrate.model.paths import shown_from
from migrate.terminal import screens
from migrate.terminal.console import Console
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options


def scan(options: Options, cwd: Path, console: Console) -> ExitCode:
    """Show the findings alone."""
    shown = shown_from(cwd)
    for_machines = options.machine or options.report is not None
    workspace = read(options, cwd, console, deployments=for_machines)
    wanted, below, _ = wanted_of(options, workspace, shown)
    if for_machines:
        _tell_machines(options, workspace, wanted, cwd, console)
    if not options.machine:
        console.say(*screens.finding_lines(wanted, shown, console.width))
        _tell_placeholders(options, workspace, cwd, console)
    tell_unread(workspace, cwd, console)
    if below:
        console.say([("dim", f"{screens.counted(below, 'less certain finding')}: see --min-confidence low")])
    files = screens.counted(len({finding.manifest.file for finding in wanted}), "file")
    count = f"{screens.counted(len(wanted), 'plaintext secret')} in {files}"
    console.say([("bold", f"{count}, of {len(workspace.discovery.files)} read")])
    if workspace.problems:
        return ExitCode.FAILED
    return ExitCode.SECRETS_REMAIN if wanted else ExitCode.DONE


def _tell_placeholders(options: Options, workspace: Workspace, cwd: Path, console: Console) -> None:
    found = placeholders_of(options, workspace)
    if found:
        console.say("", [("bold", "Placeholders, which are no secrets")])
        console.say(*screens.place_lines(found, shown_from(cwd), console.width))


def _tell_machines(
    options: Options, workspace: Workspace, wanted: Sequence[Finding], cwd: Path, console: Console
) -> None:
    from migrate.plan.planning import plan, questions
    from migrate.reports import files
    from migrate.reports.json_report import Result

    shown = shown_from(cwd)
    asked = questions(wanted, workspace.deployments, options.placing, lambda finding: options.name_of(finding, shown))
    planned = plan(asked, [Skip() for _ in asked], options.placing)
    placeholders = placeholders_of(options, workspace) if options.placeholders else None
    result = Result(len(workspace.discovery.files), workspace.problems, planned, placeholders=placeholders)
    if options.machine:
        console.output(files.as_text(options.format, result, shown))
    files.report(options, result, workspace, cwd)

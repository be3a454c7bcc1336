"""`slsmigrate scan`: the findings alone, for people and machines."""

from __future__ import annotations

from pathlib import Path

from migrate.commands.reading import print_unread, read_workspace
from migrate.model import ExitCode, Finding, exit_code_of
from migrate.model.paths import DisplayPath, relative_paths
from migrate.model.words import counted
from migrate.terminal import screens
from migrate.terminal.console import Console
from migrate.workspace.loading import LoadRequest, Workspace
from migrate.workspace.options import Options
from migrate.workspace.selection import Selection, select_findings, select_placeholders


def scan(options: Options, cwd: Path, console: Console) -> ExitCode:
    """Show the findings, and change nothing."""
    display_path = relative_paths(cwd)
    for_machines = options.machine or options.report is not None
    request = LoadRequest(options.paths, cwd, deployments=for_machines, all_cores=True)
    workspace = read_workspace(request, options, display_path, console)
    selection = select_findings(options, workspace, display_path)
    if for_machines:
        _report(options, cwd, workspace, console)
    if not options.machine:
        console.say(*screens.finding_lines(selection.findings, display_path, console.width))
        _print_placeholders(select_placeholders(options, workspace), display_path, console)
    print_unread(workspace, display_path, console)
    _print_count(selection, workspace, console)
    return exit_code_of(failed=bool(workspace.problems), remaining=bool(selection.findings))


def _print_placeholders(placeholders: list[Finding], display_path: DisplayPath, console: Console) -> None:
    if placeholders:
        console.say("", [("bold", "Placeholders, which are no secrets")])
        console.say(*screens.place_lines(placeholders, display_path, console.width))


def _print_count(selection: Selection, workspace: Workspace, console: Console) -> None:
    if selection.less_certain:
        console.say([("dim", f"{counted(selection.less_certain, 'less certain finding')}: see --min-confidence low")])
    files = counted(len({finding.manifest.file for finding in selection.findings}), "file")
    count = f"{counted(len(selection.findings), 'plaintext secret')} in {files}"
    console.say([("bold", f"{count}, of {len(workspace.discovery.files)} read")])


def _report(options: Options, cwd: Path, workspace: Workspace, console: Console) -> None:
    """Write what machines read; who reads the text alone does not pay for it."""
    from msgspec.structs import replace

    from migrate.commands.proposal import Run, print_result, write_reports
    from migrate.migration.deciders import nothing
    from migrate.migration.outcome import planned_result
    from migrate.migration.rows import place_row
    from migrate.migration.single import place_of
    from migrate.migration.survey import survey

    place = place_of(options.paths, cwd, commits=False)
    made = survey(place.source(workspace), options, nothing)
    assert made is not None  # noqa: S101 - only a person quits
    result = planned_result(made)
    if options.placeholders:
        placeholders = select_placeholders(options, workspace)
        rows = tuple(place_row(finding, place.display_path) for finding in placeholders)
        result = replace(result, details=replace(result.details, placeholders=rows))
    run = Run(options, place, console)
    print_result(run, result)
    write_reports(run, result)

"""Reading as the options of a run ask, with progress for a person, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from migrate.model import Finding, NoManifestError, UsageError
from migrate.model.paths import DisplayPath
from migrate.terminal.console import Console, wrap
from migrate.workspace.loading import LoadRequest, Workspace, load
from migrate.workspace.masked import name_mask
from migrate.workspace.options import Options


def read_workspace(request: LoadRequest, options: Options, display_path: DisplayPath, console: Console) -> Workspace:
    """Read everything that the paths lead to. Raises NoManifestError for nothing."""
    request = replace(request, release=options.framework, placeholders=options.placeholders)
    if options.names:
        request = replace(request, also=lambda manifest: options.named(manifest, display_path))
    with console.progress("Reading") as progress:
        workspace = load(request, progress)
    if not options.show_values:
        console.hide(name_mask(workspace))
    if not workspace.discovery.files and not workspace.problems:
        raise NoManifestError("no manifest found", hint=_why_none(workspace, display_path))
    _check_names(options, workspace.findings, display_path)
    return workspace


def _why_none(workspace: Workspace, display_path: DisplayPath) -> str:
    unread, ignored = workspace.discovery.not_read, workspace.discovery.ignored
    if workspace.discovery.outside:
        return f"{_outside(workspace, display_path)} leads out of the repository, and is not read"
    if ignored:
        return f"{', '.join(map(display_path, ignored))} is git-ignored: name it outright to have it read"
    if unread:
        return f"{', '.join(map(display_path, unread))} is there, and files of that kind are not read"
    return "name a serverless.yml or a directory that holds one"


def _check_names(options: Options, findings: Sequence[Finding], display_path: DisplayPath) -> None:
    for place, _ in options.names:
        alone = replace(options, names=((place, "/x"),))
        if not any(alone.name_of(finding, display_path) for finding in findings):
            raise UsageError(f"--name {place}: there is no such value", hint="key paths are those of a dry run")


def _outside(workspace: Workspace, display_path: DisplayPath) -> str:
    return ", ".join(each.words(display_path) for each in workspace.discovery.outside)


def print_unread(workspace: Workspace, display_path: DisplayPath, console: Console) -> None:
    """Print which files were not read: those of other kinds, and those with faults."""
    if workspace.discovery.not_read:
        names = ", ".join(display_path(file) for file in workspace.discovery.not_read)
        console.say(*([("dim", text)] for text in wrap(f"Not read: {names}", console.width, "  ", "")))
    if workspace.discovery.outside:
        text = f"Not read, outside of the repository: {_outside(workspace, display_path)}"
        console.say(*([("dim", line)] for line in wrap(text, console.width, "  ", "")))
    for problem in workspace.problems:
        location = replace(problem.location, file=Path(display_path(problem.location.file)))
        console.warn([("bad", "error: "), ("", f"{location}: {problem.message}")])
        if problem.hint:
            console.warn([("dim", f"hint: {problem.hint}")])

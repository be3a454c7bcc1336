"""What a run reads as its options ask, which of it is wanted, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from migrate import detect
from migrate.model import Finding, NoManifestError, UsageError
from migrate.model.paths import Shown, shown_from
from migrate.terminal.console import Console, wrap
from migrate.workspace.loading import Workspace, load
from migrate.workspace.options import Options


def read(
    options: Options,
    cwd: Path,
    console: Console,
    *,
    references: bool = False,
    deployments: bool = True,
) -> Workspace:
    """Everything that the paths lead to. Raises NoManifestError where that is nothing.

    With `references`, what deploys a file is told for every file, and not by the references in it; without
    `deployments` for none.
    """
    shown = shown_from(cwd)
    with console.progress("Reading") as progress:
        workspace = load(
            options.paths,
            cwd,
            release=options.framework,
            references=references,
            deployments=deployments,
            also=(lambda manifest: options.named(manifest, shown)) if options.names else None,
            all_cores=True,
            placeholders=options.placeholders,
            progress=progress,
        )
    if not workspace.discovery.files and not workspace.problems:
        raise NoManifestError("no manifest found", hint=_why_none(workspace, shown))
    _check_names(options, workspace.findings, shown)
    return workspace


def _why_none(workspace: Workspace, shown: Shown) -> str:
    unread, ignored = workspace.discovery.not_read, workspace.discovery.ignored
    if ignored:
        return f"{', '.join(map(shown, ignored))} is git-ignored: name it outright to have it read"
    if unread:
        return f"{', '.join(map(shown, unread))} is there, and files of that kind are not read"
    return "name a serverless.yml or a directory that holds one"


def _check_names(options: Options, findings: Sequence[Finding], shown: Shown) -> None:
    for place, _ in options.names:
        if not any(replace(options, names=((place, "/x"),)).name_of(finding, shown) for finding in findings):
            raise UsageError(f"--name {place}: there is no such value", hint="key paths are those of a dry run")


def wanted_of(options: Options, workspace: Workspace, shown: Shown) -> tuple[list[Finding], int, int]:
    """The findings to decide on, and how many are too uncertain and how many were left out by options.

    What a person named counts, however sure we are of it.
    """
    every = [finding for finding in workspace.findings if finding.rule.id != detect.PLACEHOLDER]
    named = {id(finding) for finding in every if options.names and options.name_of(finding, shown)}
    findings = [finding for finding in every if id(finding) in named or options.wants(finding)]
    wanted = [each for each in findings if id(each) in named or each.confidence >= options.min_confidence]
    return wanted, len(findings) - len(wanted), len(every) - len(findings)


def placeholders_of(options: Options, workspace: Workspace) -> list[Finding]:
    """What stands for a value that is still to come; only where the options ask for it is anything there."""
    return [each for each in workspace.findings if each.rule.id == detect.PLACEHOLDER and options.wants(each)]


def tell_unread(workspace: Workspace, cwd: Path, console: Console) -> None:
    """Files that were not read: those of other kinds, and those with faults."""
    shown = shown_from(cwd)
    if workspace.discovery.not_read:
        names = ", ".join(shown(file) for file in workspace.discovery.not_read)
        console.say(*([("dim", text)] for text in wrap(f"Not read: {names}", console.width, "  ", "")))
    for problem in workspace.problems:
        location = replace(problem.location, file=Path(shown(problem.location.file)))
        console.warn([("bad", "error: "), ("", f"{location}: {problem.message}")])
        if problem.hint:
            console.warn([("dim", f"hint: {problem.hint}")])

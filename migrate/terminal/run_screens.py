"""Screens of a single run, as styled lines: who we are, the plan's notes, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.masking import unified_diff
from migrate.model import Change, Identity, Target
from migrate.model.paths import DisplayPath
from migrate.model.words import counted, phrases
from migrate.plan.eligibility import UNKNOWN_FRAMEWORK
from migrate.plan.planning import rewritten
from migrate.terminal import screens
from migrate.terminal.console import Line, wrap
from migrate.text.manifest import decode
from migrate.workspace.loading import Workspace
from migrate.workspace.masked import masked_diff

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.migration.results import Failure
    from migrate.migration.survey import OpenRepository, Survey


def header_lines(opened: OpenRepository, identities: Sequence[tuple[Target, Identity]], width: int) -> Iterator[Line]:
    """Yield each service with its files and targets, and the count of secrets."""
    deployments = opened.deployments
    services: dict[tuple[str, Path], dict[Path, None]] = {}
    for question in opened.questions:
        for finding in question.findings:
            deployment = deployments[finding.manifest.file]
            services.setdefault((deployment.service, deployment.directory), {})[finding.manifest.file] = None
    for files in services.values():
        deployment = deployments[next(iter(files))]
        own = _own(identities, deployment)
        yield from screens.service_header(deployment, tuple(files), own, opened.display_path, width)
    count = sum(len(question.findings) for question in opened.questions)
    if count:
        total = sum(len(files) for files in services.values())
        yield [("bold", f"{counted(count, 'plaintext secret')} in {counted(total, 'file')}")]


def _own(identities: Sequence[tuple[Target, Identity]], deployment: Deployment) -> Sequence[tuple[Target, Identity]]:
    own = [pair for pair in identities if not deployment.regions or pair[0].region in deployment.regions]
    return own or identities


def diff_lines(
    workspace: Workspace, by_file: Mapping[Path, Sequence[Change]], display_path: DisplayPath, *, show_values: bool
) -> Iterator[Line]:
    """Yield unified diffs, masked unless a person asked to see values."""
    for file, changes in by_file.items():
        manifest = changes[0].finding.manifest
        if show_values:
            after = decode(rewritten(manifest, changes).result)[0]
            lines = unified_diff.unified(manifest.text, after, display_path(file))
        else:
            lines = masked_diff(workspace, file, changes, display_path(file))
        yield from screens.diff_lines(lines)


def note_lines(survey: Survey, width: int) -> Iterator[Line]:
    """Yield what a person should know of the changes that are planned."""
    known = {UNKNOWN_FRAMEWORK}  # the header of each service has what is known of its framework
    for deployment in survey.workspace.deployments.values():
        known.update(deployment.framework.notes)
    noted = []
    for change in survey.plan.changes:
        notes = tuple(note for note in change.notes if note not in known)
        if change.writes and notes:
            noted.append(replace(change, notes=notes))
    if noted:
        yield [("", "")]
        yield [("bold", "Notes")]
        yield from screens.noted_lines(noted, survey.display_path, width)


def left_lines(survey: Survey, width: int) -> Iterator[Line]:
    """Yield what was found and not moved, and who may move it."""
    for title, changes in (("Can't be moved", survey.refused), ("For a person to decide", survey.waiting)):
        if changes:
            yield [("", "")]
            yield [("bold", title)]
            yield from screens.noted_lines(changes, survey.display_path, width)


def withheld_lines(failures: Sequence[Failure], width: int) -> Iterator[Line]:
    """Yield what may not be done, and what would let it be done."""
    for failure in failures:
        where = f"{failure.file}: " if failure.file else ""
        yield from ([("warn", text)] for text in wrap(f"{where}{failure.message}", width, "    ", "  "))
    for hint in dict.fromkeys(failure.hint for failure in failures if failure.hint):
        yield from ([("dim", text)] for text in wrap(f"hint: {hint}", width, "    ", "  "))


def nothing_to_do(survey: Survey) -> str:
    """Return the last word of a run that moves nothing."""
    selection = survey.selection
    stays = phrases(
        (survey.held_back, f"{survey.held_back} in files with uncommitted changes"),
        (survey.refused, f"{len(survey.refused)} can't be moved"),
        (survey.waiting, f"{len(survey.waiting)} for a person to decide"),
        (selection.less_certain, f"{selection.less_certain} less certain"),
        (selection.left_out, f"{selection.left_out} left out by options"),
    )
    files = counted(len(survey.workspace.discovery.files), "file")
    return f"Nothing to do in {files}: {', '.join(stays) or 'no plaintext secret found'}."

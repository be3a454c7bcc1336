"""Paths become what a run works on: manifests that were read, what deploys them, and their findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from migrate.files.discovery import Discovery, SourceFile, discover
from migrate.model import Finding, Location, Manifest, Problem, Role, once_each
from migrate.workspace.scanner import Also, Progress, Reader, search, tasks

# What is clean must not pay for what tells where secrets go.
if TYPE_CHECKING:
    from migrate.framework.deployment import Deployment


class Workspace(Struct, frozen=True):
    """All that was read. `findings` are those of every confidence, in the order of the files.

    `manifests` are the files that were parsed; `deployments` and `roots` hold an entry for each file
    with findings, or for every one where references are what is looked for. A scan tells no `deployments`.
    """

    discovery: Discovery
    manifests: Mapping[Path, Manifest]
    findings: tuple[Finding, ...]
    deployments: Mapping[Path, Deployment]
    roots: Mapping[Path, Path | None]
    problems: tuple[Problem, ...]

    def of_file(self, file: Path) -> tuple[Finding, ...]:
        """A file's findings."""
        return _by_file(self).get(file, ())


@once_each
def _by_file(workspace: Workspace) -> Mapping[Path, tuple[Finding, ...]]:
    found: dict[Path, list[Finding]] = {}
    for finding in workspace.findings:
        found.setdefault(finding.manifest.file, []).append(finding)
    return {file: tuple(findings) for file, findings in found.items()}


def load(
    paths: Sequence[Path],
    cwd: Path,
    *,
    release: str = "auto",
    references: bool = False,
    deployments: bool = True,
    placeholders: bool = False,
    nested: bool = True,
    sources: Mapping[Path, bytes] = MappingProxyType({}),
    also: Also | None = None,
    all_cores: bool = False,
    progress: Progress = lambda done, total: None,
) -> Workspace:
    """Read everything that the paths lead to.

    A file that can't be read is a problem, and the rest goes on. `also` adds findings that a person
    asked for. With `references`, every file's deployment is told, and references tell nothing of it;
    without `deployments` none is. With `placeholders` they are among the findings.
    Without `nested`, work trees of git inside the paths are left out. `sources` are bytes to take for
    those of a file. With `all_cores` processes share the work where the files are many.
    Raises UsageError for a settings file with faults.
    """
    reader = Reader(sources)
    discovery = discover(paths, cwd=cwd, nested=nested)
    todo = tasks(discovery.files, placeholders=placeholders)
    findings = search(todo, reader, also, progress, all_cores=all_cores)
    known = {each.file: each for each in discovery.files}
    order = {file: number for number, file in enumerate(known)}
    manifests = {file: read for file in known if (read := reader.known(file, known[file].role)) is not None}
    hit = dict.fromkeys(manifests if references else (finding.manifest.file for finding in findings))
    told = {file: _deployment(known[file], reader, release, references=references) for file in hit if deployments}
    nameless = _nameless([known[file] for file in hit], reader)  # reads what may be a problem, too
    return Workspace(
        discovery=discovery,
        manifests=manifests,
        findings=tuple(findings),
        deployments=told,
        roots={file: known[file].root for file in hit},
        problems=(
            *discovery.problems,
            *sorted(reader.problems.values(), key=lambda problem: order.get(problem.location.file, len(order))),
            *nameless,
        ),
    )


def _deployment(each: SourceFile, reader: Reader, release: str, *, references: bool) -> Deployment:
    from migrate.framework import detection
    from migrate.framework.deployment import deployment

    manifests = _manifests(each, reader)
    told = [detection.tell(found, each.root, release, by_references=not references) for found in manifests]
    one = detection.together(told) if told or release == "auto" else detection.given(release)
    return deployment(each.file, manifests, one, unwritable="" if each.writable else each.reason)


def _manifests(each: SourceFile, reader: Reader) -> list[Manifest]:
    """The manifests that reach a file, those of them that can be read."""
    return [found for file in each.manifests if (found := reader.manifest(file, Role.MANIFEST)) is not None]


def _nameless(files: Sequence[SourceFile], reader: Reader) -> list[Problem]:
    manifests = dict.fromkeys(file for each in files for file in each.manifests)
    return [
        Problem("names no service, so it is shown and not moved", Location(file, 1), "add `service: name` to it")
        for file in manifests
        if not reader.names_service(file)
    ]

"""Load what a run works on: parsed manifests, their deployments, and their findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from migrate.files.discovery import Discovery, SourceFile, discover
from migrate.files.filters import filter_drivers
from migrate.model import Finding, Framework, Location, Manifest, Problem, memoize_by_identity
from migrate.workspace.scanner import Also, Progress, Reader, search, tasks

# A clean file must not pay for what determines where secrets go.
if TYPE_CHECKING:
    from migrate.framework.deployment import Deployment
    from migrate.framework.resolve import View


class Workspace(Struct, frozen=True):
    """All that was read. `findings` are those of every confidence, in the order of the files.

    `allowed` are those that nobody is asked about: they are masked in what is shown of a file.

    `manifests` are the files that were parsed; `deployments` and `roots` hold an entry for each file
    with findings, or for every one where references are verified. A scan determines no `deployments`.
    """

    discovery: Discovery
    manifests: Mapping[Path, Manifest]
    findings: tuple[Finding, ...]
    deployments: Mapping[Path, Deployment]
    roots: Mapping[Path, Path | None]
    problems: tuple[Problem, ...]
    allowed: tuple[Finding, ...] = ()

    def of_file(self, file: Path) -> tuple[Finding, ...]:
        """Return a file's findings, allowed ones too."""
        return _by_file(self).get(file, ())


@memoize_by_identity
def _by_file(workspace: Workspace) -> Mapping[Path, tuple[Finding, ...]]:
    findings: dict[Path, list[Finding]] = {}
    for finding in (*workspace.findings, *workspace.allowed):
        findings.setdefault(finding.manifest.file, []).append(finding)
    return {file: tuple(some) for file, some in findings.items()}


class LoadRequest(Struct, frozen=True):
    """The paths to read, and what to do with the files.

    `also` adds findings that a person asked for. With `references`, every file's deployment is detected, and
    references are no evidence of it; without `deployments` none is. With `placeholders` they are among the
    findings. Without `nested`, work trees of git inside the paths are left out. `sources` are bytes to take for
    those of a file. With `all_cores` processes share the work where the files are many.
    """

    paths: Sequence[Path]
    cwd: Path
    release: str = "auto"
    references: bool = False
    deployments: bool = True
    placeholders: bool = False
    nested: bool = True
    sources: Mapping[Path, bytes] = MappingProxyType({})
    also: Also | None = None
    all_cores: bool = False


def load(request: LoadRequest, progress: Progress = lambda done, total: None) -> Workspace:
    """Read everything that the paths lead to.

    A file that can't be read is a problem, and the rest goes on. Raises UsageError for a settings file with faults.
    """
    reader = Reader(request.sources)
    discovery = discover(request.paths, cwd=request.cwd, nested=request.nested)
    todo = tasks(discovery.files, placeholders=request.placeholders)
    all_cores = request.all_cores and not request.sources  # other processes read the files as they are
    findings = search(todo, reader, request.also, progress, all_cores=all_cores)
    return _workspace(request, discovery, reader, findings)


def _workspace(request: LoadRequest, discovery: Discovery, reader: Reader, found: Sequence[Finding]) -> Workspace:
    findings = tuple(finding for finding in found if not finding.is_allowed)
    known = {source.file: source for source in discovery.files}
    order = {file: number for number, file in enumerate(known)}
    parsed = {file: reader.known(file, source.role) for file, source in known.items()}
    manifests = {file: manifest for file, manifest in parsed.items() if manifest is not None}
    hit = dict.fromkeys(manifests if request.references else (finding.manifest.file for finding in findings))
    deployments = _deployments([known[file] for file in hit], known, reader, request) if request.deployments else {}
    nameless = _nameless([known[file] for file in hit], reader)  # reads what may be a problem, too
    return Workspace(
        discovery=discovery,
        manifests=manifests,
        findings=findings,
        deployments=deployments,
        roots={file: known[file].root for file in hit},
        problems=(
            *discovery.problems,
            *sorted(reader.problems.values(), key=lambda problem: order.get(problem.location.file, len(order))),
            *nameless,
        ),
        allowed=tuple(finding for finding in found if finding.is_allowed),
    )


def _deployments(
    sources: Sequence[SourceFile], known: Mapping[Path, SourceFile], reader: Reader, request: LoadRequest
) -> Mapping[Path, Deployment]:
    """Determine the deployment of each file, from the manifests that reach it."""
    from migrate.framework.deployment import deployment
    from migrate.framework.detection import detect_framework, explicit_framework, merge_evidence
    from migrate.workspace.views import Views

    @cache  # one manifest may reach thousands of files
    def detected(view: View, root: Path | None) -> Framework:
        return detect_framework(view, root, request.release, by_references=not request.references)

    def framework_of(source: SourceFile, reaching: Sequence[View]) -> Framework:
        if not reaching and request.release != "auto":
            return explicit_framework(request.release)
        return merge_evidence([detected(view, source.root) for view in reaching])

    views = Views(reader, known)
    filters = filter_drivers((source.file, source.root) for source in sources)
    deployments = {}
    for source in sources:
        reaching = views.of_file(source)
        deployments[source.file] = deployment(
            source.file,
            reaching,
            framework_of(source, reaching),
            unwritable="" if source.writable else source.reason,
            git_filter=filters.get(source.file, ""),
        )
    return deployments


def _nameless(files: Sequence[SourceFile], reader: Reader) -> list[Problem]:
    manifests = dict.fromkeys(file for source in files for file in source.manifests)
    return [
        Problem("names no service, so it is shown and not moved", Location(file, 1), "add `service: name` to it")
        for file in manifests
        if not reader.names_service(file)
    ]

"""Paths become what a run works on: manifests that were read, what deploys them, and their findings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from migrate import detect, framework, manifest
from migrate.deployment import Deployment, deployment, service_name
from migrate.discover import Discovery, SourceFile, discover
from migrate.files import read_file
from migrate.model import Finding, Framework, Location, Manifest, ManifestError, Problem, Role, once_each
from migrate.reference import ReferenceRefusedError, read_variable_syntax
from migrate.settings import BASELINE_NAME, FILE_NAME, read_baseline, read_settings
from migrate.variables import DEFAULT, Delimiters

MAX_BYTES = 10_000_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Workspace:
    """All that was read. `findings` are those of every confidence, in the order of the files.

    `manifests` are the files that were parsed; `deployments` and `roots` hold an entry for each file
    with findings, or for every one where references are what is looked for.
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


class _Reader:
    """Reads each file once, and only when something in it is asked for."""

    def __init__(self, sources: Mapping[Path, bytes]) -> None:
        self.problems: dict[Path, Problem] = {}
        self._sources: dict[Path, bytes | None] = dict(sources)
        self._manifests: dict[tuple[Path, Role], Manifest | None] = {}

    def source(self, file: Path) -> bytes | None:
        if file not in self._sources:
            try:
                self._sources[file] = read_file(file, MAX_BYTES)
            except ManifestError as error:
                self._sources[file] = None
                self._problem(file, error)
        return self._sources[file]

    def manifest(self, file: Path, role: Role) -> Manifest | None:
        key = (file, role)
        if key not in self._manifests:
            source = self.source(file)
            try:
                self._manifests[key] = None if source is None else manifest.read(file, source, role)
            except ManifestError as error:
                self._manifests[key] = None
                self._problem(file, error)
        return self._manifests[key]

    def known(self, file: Path, role: Role) -> Manifest | None:
        """A file that was parsed already."""
        return self._manifests.get((file, role))

    def _problem(self, file: Path, error: ManifestError) -> None:
        self.problems.setdefault(file, Problem(error.message, error.location or Location(file), error.hint))


def load(
    paths: Sequence[Path],
    cwd: Path,
    *,
    release: str = "auto",
    thorough: bool = True,
    references: bool = False,
    nested: bool = True,
    sources: Mapping[Path, bytes] = MappingProxyType({}),
    also: Callable[[Manifest], Sequence[Finding]] = lambda _: (),
    progress: Progress = lambda done, total: None,
) -> Workspace:
    """Read everything that the paths lead to.

    A file that can't be read is a problem, and the rest goes on. Without `thorough`, only files
    that may hold a secret and those named outright are parsed. `also` adds findings that a person
    asked for. With `references`, every file's deployment is told, and references tell nothing of it.
    Without `nested`, work trees of git inside the paths are left out. `sources` are bytes to take for
    those of a file.
    Raises UsageError for a settings file with faults.
    """
    discovery = discover(paths, cwd=cwd, nested=nested)
    reader = _Reader(sources)
    settings_of = cache(_settings)
    outright = {Path(os.path.realpath(cwd / path)) for path in paths}
    findings: list[Finding] = []
    for number, each in enumerate(discovery.files):
        if thorough or each.file in outright or _may_hold(each, reader, settings_of(each.root)):
            findings += _findings(each, reader, settings_of(each.root), also)
        progress(number + 1, len(discovery.files))
    known = {each.file: each for each in discovery.files}
    manifests = {file: read for file in known if (read := reader.known(file, known[file].role)) is not None}
    hit = dict.fromkeys(manifests if references else (finding.manifest.file for finding in findings))
    deployments = {file: _deployment(known[file], reader, release, references=references) for file in hit}
    return Workspace(
        discovery=discovery,
        manifests=manifests,
        findings=tuple(findings),
        deployments=deployments,
        roots={file: known[file].root for file in hit},
        problems=(*discovery.problems, *reader.problems.values(), *_nameless(deployments)),
    )


def _settings(root: Path | None) -> detect.Settings:
    if root is None:
        return detect.Settings()
    return replace(read_settings(root / FILE_NAME).detection, root=root, baseline=read_baseline(root / BASELINE_NAME))


def _delimiters(each: SourceFile, reader: _Reader) -> Delimiters:
    """How variables are written in a file: as the manifest that reaches it first says."""
    for file in each.manifests:
        if b"variableSyntax" in (reader.source(file) or b""):
            read = reader.manifest(file, Role.MANIFEST)
            text = read.get("provider", "variableSyntax") if read else None
            with suppress(ReferenceRefusedError):
                return read_variable_syntax(text)[0] if text else DEFAULT
    return DEFAULT


def _may_hold(each: SourceFile, reader: _Reader, settings: detect.Settings) -> bool:
    source = reader.source(each.file)
    return source is not None and (bool(settings.own_rules) or detect.may_hold_secret(source, each.file))


def _findings(
    each: SourceFile, reader: _Reader, settings: detect.Settings, also: Callable[[Manifest], Sequence[Finding]]
) -> Iterator[Finding]:
    read = reader.manifest(each.file, each.role)
    if read is None:
        return
    try:
        found = detect.find(read, replace(settings, delimiters=_delimiters(each, reader)))
    except Exception as error:  # one file's trouble is its own; the message might quote a value
        trouble = ManifestError(f"can't be searched: internal error, {type(error).__name__}", hint="please report it")
        reader.problems.setdefault(each.file, Problem(trouble.message, Location(each.file), trouble.hint))
        return
    yield from found
    known = {finding.scalar.span for finding in found}
    yield from (finding for finding in also(read) if finding.scalar.span not in known)


def _deployment(each: SourceFile, reader: _Reader, release: str, *, references: bool) -> Deployment:
    manifests = [found for file in each.manifests if (found := reader.manifest(file, Role.MANIFEST)) is not None]
    told = [framework.tell(found, each.root, release, by_references=not references) for found in manifests]
    return deployment(each.file, manifests, _together(told, release), unwritable="" if each.writable else each.reason)


def _together(told: Sequence[Framework], release: str) -> Framework:
    if told or release == "auto":
        return framework.together(told)
    return framework.given(release)


def _nameless(deployments: Mapping[Path, Deployment]) -> list[Problem]:
    found = dict.fromkeys(
        each.file for deployment in deployments.values() for each in deployment.manifests if service_name(each) is None
    )
    return [
        Problem("names no service, so it is shown and not moved", Location(file, 1), "add `service: name` to it")
        for file in found
    ]

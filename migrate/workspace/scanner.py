"""The scanner: parse each file and find its secrets, on all cores where the files are many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate import detect
from migrate.files.discovery import SourceFile
from migrate.files.ownership import is_safe
from migrate.files.regular_files import read_file
from migrate.model import MAX_BYTES, Finding, Location, Manifest, ManifestError, Problem, Role
from migrate.text.variables import DEFAULT, Delimiters
from migrate.workspace.settings import BASELINE_NAME, FILE_NAME, read_baseline, read_settings

_MANY = 128  # files; fewer are searched in the time that it takes to start processes
_SHARES = 32  # of the files, for each process: what is handed over at once
_SERVICE = re.compile(rb"^service:[ \t]+[\w\"'$]", re.MULTILINE)
Progress = Callable[[int, int], None]
Also = Callable[[Manifest], Sequence[Finding]]


class Reader:
    """A reader of each file once, and only when something in it is needed."""

    def __init__(self, sources: Mapping[Path, bytes]) -> None:
        self.problems: dict[Path, Problem] = {}
        self._given = sources
        self._sources: dict[Path, bytes | None] = {}
        self._manifests: dict[tuple[Path, Role], Manifest | None] = {}

    def source(self, file: Path) -> bytes | None:
        """Return a file's bytes, None where they can't be read."""
        if file in self._given:
            return self._given[file]
        if file not in self._sources:
            try:
                self._sources[file] = read_file(file, MAX_BYTES)
            except ManifestError as error:
                self._sources[file] = None
                self._problem(file, error)
        return self._sources[file]

    def manifest(self, file: Path, role: Role) -> Manifest | None:
        """Return a file as parsed, None where it can't be."""
        key = (file, role)
        if key not in self._manifests:
            from migrate.text import manifest

            source = self.source(file)
            try:
                self._manifests[key] = None if source is None else manifest.read(file, source, role)
            except ManifestError as error:
                self._manifests[key] = None
                self._problem(file, error)
        return self._manifests[key]

    def names_service(self, file: Path) -> bool:
        """Return whether a manifest names its service.

        It is only parsed where no line of it answers.
        """
        if _SERVICE.search(self.source(file) or b""):
            return True
        read = self.manifest(file, Role.MANIFEST)
        if read is None or read.service is not None:
            return True
        from migrate.framework.deployment import service_name
        from migrate.framework.resolve import View

        return service_name(View(read)) is not None  # behind an alias or a merge

    def known(self, file: Path, role: Role) -> Manifest | None:
        """Return a file that was parsed already, None for any other."""
        return self._manifests.get((file, role))

    def learn(self, searched: Searched) -> None:
        """Take over what another process read."""
        if searched.findings:
            read = searched.findings[0].manifest
            self._manifests[read.file, read.role] = read
        for problem in searched.problems:
            self.problems.setdefault(problem.location.file, problem)

    def _problem(self, file: Path, error: ManifestError) -> None:
        self.problems.setdefault(file, Problem(error.message, error.location or Location(file), error.hint))


class Task(Struct, frozen=True):
    """A file to search."""

    file: SourceFile
    settings: detect.Settings


class Searched(Struct, frozen=True):
    """The findings of another process in a file."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def tasks(files: Iterable[SourceFile], *, placeholders: bool) -> list[Task]:
    """Make a task for each file, with the settings of its repository.

    Raises UsageError for faults in the settings.
    """
    settings_of = cache(lambda root: _settings(root, placeholders=placeholders))
    return [Task(each, settings_of(each.root)) for each in files]


def search(
    todo: Sequence[Task], reader: Reader, also: Also | None, progress: Progress, *, all_cores: bool
) -> list[Finding]:
    """Find the secrets of all files, allowed ones too, in the order of the files.

    Files that can't be read become problems of the reader. `also` adds findings that a person asked for. Without it
    other processes do the work of `all_cores`, if the files are many.
    """
    findings: list[Finding] = []
    if all_cores and also is None and len(todo) >= _MANY:
        searched = _searched_by_others(todo, reader)
    else:
        searched = (_found(task, reader, also) for task in todo)
    for number, found in enumerate(searched):
        findings += found
        progress(number + 1, len(todo))
    order = {task.file.file: number for number, task in enumerate(todo)}
    return sorted(findings, key=lambda finding: order[finding.manifest.file])


def _searched_by_others(todo: Sequence[Task], reader: Reader) -> Iterator[Sequence[Finding]]:
    from migrate.workspace.process_pool import cores, run_in_processes

    _get_ready()
    processes = cores()
    chunk = max(1, len(todo) // (processes * _SHARES))
    for each in run_in_processes(_searched, todo, _crashed, processes=processes, chunk=chunk):
        reader.learn(each)
        yield each.findings


# ── in another process ────────────────────────────────────────────────────────────────────────


def _get_ready() -> None:
    """Load what every search needs, once, before this process is copied."""
    from migrate.text import manifest

    detect.find(manifest.read(Path("env.yml"), b"API_KEY: changeme", Role.INCLUDED), detect.Settings())


def _searched(task: Task) -> Searched:
    reader = Reader({})
    findings = _found(task, reader, None)
    return Searched(tuple(findings), tuple(reader.problems.values()))


def _crashed(task: Task) -> Searched:
    """Report a file that ended the process that searched it."""
    return Searched(problems=(_unsearched(task.file.file, "its process died"),))


# ── one file ──────────────────────────────────────────────────────────────────────────────────


def _settings(root: Path | None, *, placeholders: bool) -> detect.Settings:
    if root is None or not is_safe(root, root / FILE_NAME, root / BASELINE_NAME):
        return detect.Settings(placeholders=placeholders)
    settings = read_settings(root / FILE_NAME).detection
    return replace(settings, root=root, baseline=read_baseline(root / BASELINE_NAME), placeholders=placeholders)


def _found(task: Task, reader: Reader, also: Also | None) -> Sequence[Finding]:
    each = task.file
    read = reader.manifest(each.file, each.role)
    if read is None:
        return ()
    try:
        found = detect.find_all(read, replace(task.settings, delimiters=_delimiters(each, reader)))
    except Exception as error:  # one file's trouble is its own; the message might quote a value
        reader.problems.setdefault(each.file, _unsearched(each.file, type(error).__name__))
        return ()
    if also is None:
        return found
    known = {finding.scalar.span for finding in found if not finding.is_allowed}
    return (*found, *(finding for finding in also(read) if finding.scalar.span not in known))


def _unsearched(file: Path, why: str) -> Problem:
    return Problem(f"can't be searched: internal error, {why}", Location(file), "please report it")


def _delimiters(each: SourceFile, reader: Reader) -> Delimiters:
    """Return the delimiters of variables in a file.

    The first manifest that reaches it decides.
    """
    for file in each.manifests:
        if b"variableSyntax" in (reader.source(file) or b""):
            from migrate.framework.reference import ReferenceRefusedError, read_variable_syntax
            from migrate.framework.resolve import View

            read = reader.manifest(file, Role.MANIFEST)
            text = View(read).written("provider", "variableSyntax") if read else None
            with suppress(ReferenceRefusedError):
                return read_variable_syntax(text)[0] if text else DEFAULT
    return DEFAULT

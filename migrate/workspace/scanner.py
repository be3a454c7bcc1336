"""Files become findings: what may hold a secret is parsed and looked at, on all cores where the files are many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from migrate import detect
from migrate.files.discovery import SourceFile
from migrate.files.regular_files import read_file
from migrate.model import MAX_BYTES, Finding, Location, Manifest, ManifestError, Problem, Role
from migrate.text.variables import DEFAULT, Delimiters
from migrate.workspace.settings import BASELINE_NAME, FILE_NAME, read_baseline, read_settings

if TYPE_CHECKING:
    from migrate.workspace.worker_pool import Pool

_TOGETHER = 64  # files that are looked at together before any is parsed
_SERVICE = re.compile(rb"^service:[ \t]+[\w\"'$]", re.MULTILINE)
Progress = Callable[[int, int], None]
Also = Callable[[Manifest], Sequence[Finding]]


class Reader:
    """Reads each file once, and only when something in it is asked for."""

    def __init__(self, sources: Mapping[Path, bytes]) -> None:
        self.problems: dict[Path, Problem] = {}
        self._given = sources
        self._sources: dict[Path, bytes | None] = {}
        self._manifests: dict[tuple[Path, Role], Manifest | None] = {}

    def source(self, file: Path) -> bytes | None:
        """A file's bytes, None where they can't be read."""
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
        """A file as parsed, None where it can't be."""
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
        """Whether a manifest says what its service is called; it is not parsed for that where a line of it tells."""
        if _SERVICE.search(self.source(file) or b""):
            return True
        read = self.manifest(file, Role.MANIFEST)
        if read is None or read.service is not None:
            return True
        from migrate.framework.deployment import service_name
        from migrate.framework.resolve import View

        return service_name(View(read)) is not None  # behind an alias or a merge

    def known(self, file: Path, role: Role) -> Manifest | None:
        """A file that was parsed already."""
        return self._manifests.get((file, role))

    def forget(self, file: Path) -> None:
        """A file's bytes are not needed for now."""
        self._sources.pop(file, None)

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
    """A file to search. One that is `certain` is parsed whatever its bytes look like."""

    file: SourceFile
    settings: detect.Settings
    certain: bool


class Searched(Struct, frozen=True):
    """What another process found in a file."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def tasks(files: Iterable[SourceFile], certain: Callable[[Path], bool], *, placeholders: bool) -> list[Task]:
    """A task for each file, with the settings of its repository. Raises UsageError for those with faults."""
    settings_of = cache(lambda root: _settings(root, placeholders=placeholders))
    return [Task(each, settings_of(each.root), certain(each.file)) for each in files]


def search(
    todo: Sequence[Task],
    reader: Reader,
    also: Also | None,
    progress: Progress,
    others: Pool[Task, Searched] | None = None,
) -> list[Finding]:
    """The findings of all files, in their order; what can't be read is left as problems of the reader.

    `also` adds findings that a person asked for; without it `others` may do the work.
    """
    done = 0

    def advance(files: int) -> None:
        nonlocal done
        done += files
        progress(done, len(todo))

    findings: list[Finding] = []
    if others is not None:
        for each in others.run(todo):
            reader.learn(each)
            findings += each.findings
            advance(1)
    else:
        for tasks, promising in _promising(todo, reader):
            advance(len(tasks) - len(promising))
            for task in promising:
                findings += _found(task, reader, also)
                advance(1)
    order = {task.file.file: number for number, task in enumerate(todo)}
    return sorted(findings, key=lambda finding: order[finding.manifest.file])


def _promising(todo: Sequence[Task], reader: Reader) -> Iterator[tuple[Sequence[Task], list[Task]]]:
    """Tasks, many at a time, and those of them whose files may hold something."""
    for start in range(0, len(todo), _TOGETHER):
        tasks = todo[start : start + _TOGETHER]
        promising = [task for task, may_hold in zip(tasks, _which_may_hold(tasks, reader), strict=True) if may_hold]
        for file in {task.file.file for task in tasks} - {task.file.file for task in promising}:
            reader.forget(file)
        yield tasks, promising


# ── in another process ────────────────────────────────────────────────────────────────────────


def get_ready() -> None:
    """Load and make what every search needs, while it is not yet known what is to be searched."""
    from migrate.text import manifest
    from migrate.workspace import typical

    detect.may_hold_secret(typical.MANIFEST)
    detect.find(manifest.read(Path("env.yml"), typical.ENVIRONMENT, Role.INCLUDED))


def searched(tasks: Sequence[Task]) -> list[Searched]:
    """What each of the files holds."""
    reader = Reader({})
    found = {task.file.file: _found(task, reader, None) for _, some in _promising(tasks, reader) for task in some}
    problems = tuple(reader.problems.values())
    return [Searched(tuple(found.get(task.file.file, ())), problems) for task in tasks]


def crashed(task: Task) -> Searched:
    """The same of a file that ended the process that searched it."""
    return Searched(problems=(_unsearched(task.file.file, "its process died"),))


# ── one file ──────────────────────────────────────────────────────────────────────────────────


def _settings(root: Path | None, *, placeholders: bool) -> detect.Settings:
    if root is None:
        return detect.Settings(placeholders=placeholders)
    settings = read_settings(root / FILE_NAME).detection
    return replace(settings, root=root, baseline=read_baseline(root / BASELINE_NAME), placeholders=placeholders)


def _found(task: Task, reader: Reader, also: Also | None) -> Sequence[Finding]:
    each = task.file
    read = reader.manifest(each.file, each.role)
    if read is None:
        return ()
    try:
        found = detect.find(read, replace(task.settings, delimiters=_delimiters(each, reader)))
    except Exception as error:  # one file's trouble is its own; the message might quote a value
        reader.problems.setdefault(each.file, _unsearched(each.file, type(error).__name__))
        return ()
    if also is None:
        return found
    known = {finding.scalar.span for finding in found}
    return (*found, *(finding for finding in also(read) if finding.scalar.span not in known))


def _unsearched(file: Path, why: str) -> Problem:
    return Problem(f"can't be searched: internal error, {why}", Location(file), "please report it")


def _which_may_hold(tasks: Sequence[Task], reader: Reader) -> list[bool]:
    asked = [task for task in tasks if not (task.certain or task.settings.own_rules)]
    sources = [(source, task.file.file) for task in asked if (source := reader.source(task.file.file)) is not None]
    told = detect.which_may_hold_secrets(sources, placeholders=any(task.settings.placeholders for task in asked))
    answers = dict(zip((file for _, file in sources), told, strict=True))
    return [task.certain or answers.get(task.file.file, bool(task.settings.own_rules)) for task in tasks]


def _delimiters(each: SourceFile, reader: Reader) -> Delimiters:
    """How variables are written in a file: as the manifest that reaches it first says."""
    for file in each.manifests:
        if b"variableSyntax" in (reader.source(file) or b""):
            from migrate.framework.reference import ReferenceRefusedError, read_variable_syntax
            from migrate.framework.resolve import View

            read = reader.manifest(file, Role.MANIFEST)
            text = View(read).written("provider", "variableSyntax") if read else None
            with suppress(ReferenceRefusedError):
                return read_variable_syntax(text)[0] if text else DEFAULT
    return DEFAULT

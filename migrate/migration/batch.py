"""Survey many repositories, on all cores, and decide about them again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from migrate.files.repositories import Repository, find_repositories, is_in_shard, matches_any
from migrate.masking.name_mask import NameMask
from migrate.migration.equal_secrets import renamed
from migrate.migration.masked_results import masked_result
from migrate.migration.outcome import failed_result
from migrate.migration.repository_survey import RepositorySummary, RepositoryTask, survey_one
from migrate.migration.results import Failure, RepositoryResult
from migrate.model import NoManifestError, Problem, PutDone, Target
from migrate.plan.decisions import Entry
from migrate.stores.rate_limit import DEFAULT_RATE
from migrate.workspace.options import GitOptions
from migrate.workspace.process_pool import cores, run_in_processes


class BatchObserver(Protocol):
    """Callbacks for a progress bar, lines in a pipe, or a log."""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """Begin a phase."""
        ...

    def step(self, result: RepositoryResult) -> None:
        """Count a repository as done with, in this phase; its names may show secrets."""
        ...

    def done(self, result: RepositoryResult) -> None:
        """Take a result, masked with the secrets of all repositories."""
        ...

    def put(self, event: PutDone) -> None:
        """Count a parameter that holds its secret."""
        ...


class BatchRequest(Struct, frozen=True):
    """The task of a batch; `given` are the options that each repository's own settings complete."""

    roots: tuple[Path, ...]
    listed: tuple[Path, ...]
    given: Mapping[str, Any]
    git: GitOptions = field(default_factory=GitOptions)
    shard: tuple[int, int] = (1, 1)
    names: tuple[str, ...] = ()
    entries: tuple[Entry, ...] | None = None
    shared_template: str = ""
    put_rate: float = DEFAULT_RATE
    jobs: int = 0
    with_diffs: bool = False
    dry_run: bool = False


class BatchSurvey(Struct, frozen=True):
    """All repositories before anything is changed. `key` is what the marks were made with.

    `repositories` are all that were found, those too which a part or a pattern leaves out.
    """

    summaries: tuple[RepositorySummary, ...]
    key: bytes
    repositories: tuple[Repository, ...] = ()

    def __repr__(self) -> str:
        return f"BatchSurvey({len(self.summaries)} repositories)"

    @property
    def results(self) -> tuple[RepositoryResult, ...]:
        """Return what would become of each repository."""
        return tuple(summary.result for summary in self.summaries)

    @property
    def name_mask(self) -> NameMask:
        """Return the mask of the secrets of all repositories."""
        return NameMask(secret.reveal() for summary in self.summaries for secret in summary.secrets)

    @property
    def puts(self) -> int:
        """Count the parameters that would be put, each once wherever it is."""
        return len({put.address for summary in self.summaries for put in summary.puts})

    @property
    def put_names(self) -> frozenset[str]:
        """Return the names of the parameters that would be put."""
        return frozenset(put.name for summary in self.summaries for put in summary.puts)

    @property
    def repositories_by_target(self) -> Mapping[Target, int]:
        """Return where parameters would be put, and by how many repositories."""
        targets: dict[Target, int] = {}
        for summary in self.summaries:
            for target in dict.fromkeys(put.target for put in summary.puts):
                targets[target] = targets.get(target, 0) + 1
        return targets


def survey(request: BatchRequest, cwd: Path, observer: BatchObserver) -> BatchSurvey:
    """Survey every repository; one that can't be reached is a result that failed.

    Raises NoManifestError where there is none.
    """
    repositories, problems = find_repositories(request.roots, request.listed, cwd)
    part, of = request.shard
    chosen = [
        repository
        for repository in repositories
        if is_in_shard(repository, part, of) and matches_any(repository, request.names)
    ]
    unreached = [summary for summary in map(_unreached, problems) if matches_any(summary.repository, request.names)]
    if not chosen and not unreached:
        raise NoManifestError("no repository found", hint="name directories that hold git work trees or manifests")
    key = secrets.token_bytes(32)
    tasks = _tasks(request, chosen, key)
    observer.begin("Reading", len(tasks), 0)
    summaries = unreached
    for summary in _surveyed(tasks, request):
        observer.step(summary.result)
        summaries.append(summary)
    made = BatchSurvey(tuple(sorted(summaries, key=lambda summary: summary.repository.name)), key, repositories)
    mask = made.name_mask
    for summary in made.summaries:
        observer.done(masked_result(summary.result, mask))
    return made


def _tasks(request: BatchRequest, chosen: Sequence[Repository], key: bytes) -> list[RepositoryTask]:
    tasks = [_task(request, repository, key) for repository in chosen]
    if request.entries is None:
        return tasks
    entries = entries_by_repository(request.entries, [repository.name for repository in chosen])
    return [replace(task, entries=tuple(entries.get(task.repository.name, ()))) for task in tasks]


def _task(request: BatchRequest, repository: Repository, key: bytes) -> RepositoryTask:
    return RepositoryTask(
        repository=repository,
        given=request.given,
        key=key,
        with_diffs=request.with_diffs,
        executes=not request.dry_run,
        commits=request.git.commit and not request.git.worktree and not request.dry_run,
    )


def _surveyed(tasks: Sequence[RepositoryTask], request: BatchRequest) -> Iterator[RepositorySummary]:
    return run_in_processes(survey_one, tasks, _crashed, processes=request.jobs or cores())


def _unreached(problem: Problem) -> RepositorySummary:
    place = Repository(str(problem.location.file), problem.location.file, in_git=False)
    return RepositorySummary(place, failed_result(place, Failure("a directory can't be reached", problem.message)))


def _crashed(task: RepositoryTask) -> RepositorySummary:
    failure = Failure("internal error", "reading it ended the process that read it", "please report it")
    return RepositorySummary(task.repository, failed_result(task.repository, failure))


def entries_by_repository(entries: Sequence[Entry], names: Sequence[str]) -> dict[str, list[Entry]]:
    """Assign each decision to the repository with the longest name that fits."""
    known = set(names)
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        parents = (parent.as_posix() for parent in Path(entry.file).parents)
        name = next((parent for parent in parents if parent in known), None)
        if name is not None:
            by_name.setdefault(name, []).append(entry)
    return by_name


def with_entries(request: BatchRequest, before: BatchSurvey, entries: Mapping[str, tuple[Entry, ...]]) -> BatchSurvey:
    """Survey some repositories anew, with other decisions."""
    tasks = [
        replace(_task(request, summary.repository, before.key), entries=entries[summary.repository.name])
        for summary in before.summaries
        if summary.repository.name in entries
    ]
    again = {summary.repository.name: summary for summary in _surveyed(tasks, request)}
    return replace(before, summaries=tuple(again.get(summary.repository.name, summary) for summary in before.summaries))


def with_names(request: BatchRequest, before: BatchSurvey, names: Mapping[bytes, str]) -> BatchSurvey:
    """Survey anew with some secrets, by their marks, moved to other parameters."""
    changed = {
        summary.repository.name: renamed(summary, names)
        for summary in before.summaries
        if not names.keys().isdisjoint(summary.marks)
    }
    return with_entries(request, before, changed)

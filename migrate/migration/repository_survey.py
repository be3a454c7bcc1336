"""Survey one repository of many: with its own settings, in any process, and never raising.

What is returned crosses processes of this run, and holds values as `Secret` alone.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.git_state import common_directory
from migrate.files.ownership import require_safe
from migrate.files.repositories import Repository
from migrate.migration.clashes import PlannedPut
from migrate.migration.deciders import Decide, everything, from_file, safe_only
from migrate.migration.outcome import failed_result, planned_result
from migrate.migration.pending import Pending, interrupted_work
from migrate.migration.results import RepositoryResult
from migrate.migration.rows import failure_of, internal_failure
from migrate.migration.survey import OpenRepository, Source, Survey, entries_of, open_repository, survey
from migrate.model import Put, Secret, SlsMigrateError, UsageError
from migrate.plan.decisions import Entry
from migrate.workspace.loading import LoadRequest, load
from migrate.workspace.masked import known_secrets
from migrate.workspace.options import Mode, Options, read_options


class RepositoryTask(Struct, frozen=True):
    """A repository, and what to do with it.

    `given` are the options of the command line. `entries` are decisions, None for moving only what is safe. With
    `executes` it will be carried out, with `commits` it ends in a commit in the very work tree. `key` makes equal
    secrets of different repositories recognisable within this run alone.
    """

    repository: Repository
    given: Mapping[str, Any]
    entries: tuple[Entry, ...] | None = None
    key: bytes = b""
    with_diffs: bool = False
    executes: bool = False
    commits: bool = False

    @property
    def decide(self) -> Decide:
        """Return who decides."""
        return safe_only if self.entries is None else from_file(self.entries)


class RepositorySummary(Struct, frozen=True):
    """The findings of a survey. `marks` are those of the entries' secrets, one each.

    `rewritten` are files in which an earlier run's changes alone are not committed, `pending` those to commit now,
    `held` the parameters that they refer to.
    `secrets` are texts to mask in what is shown of any repository of the run.
    """

    repository: Repository
    result: RepositoryResult
    entries: tuple[Entry, ...] = ()
    marks: tuple[bytes, ...] = ()
    puts: tuple[PlannedPut, ...] = ()
    rewritten: tuple[Path, ...] = ()
    pending: tuple[Path, ...] = ()
    held: tuple[Put, ...] = ()
    git_directory: str = ""
    proposed: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()

    @property
    def has_work(self) -> bool:
        """Return whether there is anything to carry out."""
        return bool(self.puts or self.pending)


def read_repository(
    repository: Repository,
    given: Mapping[str, Any],
    *,
    root: Path | None = None,
    sources: Mapping[Path, bytes] = MappingProxyType({}),
) -> tuple[Source, Options]:
    """Read a repository, or the work tree `root` of it.

    Raises UsageError for settings with faults.

    `sources` are bytes to take for those of a file.
    """
    tree = root or repository.root
    options = read_options((tree,), Mode.UNATTENDED, given, tree)
    workspace = load(LoadRequest((tree,), tree, options.framework, nested=False, sources=sources))

    def path_of(file: Path) -> str:
        return Path(repository.name, os.path.relpath(file, tree)).as_posix()

    return Source(repository, tree, workspace, path_of, path_of), options


def open_one(repository: Repository, given: Mapping[str, Any]) -> OpenRepository:
    """Read a repository up to the questions that it asks."""
    return open_repository(*read_repository(repository, given))


def survey_one(task: RepositoryTask) -> RepositorySummary:
    """Survey a repository. Never raises: its trouble is in the result."""
    try:
        return _survey_one(task)
    except SlsMigrateError as error:
        is_usage = isinstance(error, UsageError)
        failure = failure_of(error, "its settings can't be used" if is_usage else "it belongs to another user")
        return RepositorySummary(task.repository, failed_result(task.repository, failure))
    except Exception as error:
        return RepositorySummary(task.repository, failed_result(task.repository, internal_failure(error)))


def _survey_one(task: RepositoryTask) -> RepositorySummary:
    repository = task.repository
    if task.executes:
        require_safe(repository.root)
    source, options = read_repository(repository, task.given)
    surveyed = _decided(source, options, task.decide)
    pending = Pending()
    if repository.in_git and (task.commits or (task.executes and surveyed.questions)):
        pending = _interrupted(task, surveyed)
        if pending.files and surveyed.questions:
            surveyed = _decided(replace(source, names=pending.names), options, task.decide)
    if task.executes and surveyed.plan.puts:
        options.require_agreement()
    mark = _marker(task.key)
    puts = surveyed.plan.puts
    return RepositorySummary(
        repository=repository,
        result=planned_result(surveyed, with_diffs=task.with_diffs),
        entries=entries_of(surveyed),
        marks=tuple(mark(candidate.secret) for question in surveyed.questions for candidate in question.candidates),
        puts=tuple(PlannedPut(put.target, put.parameter.name, mark(put.parameter.secret)) for put in puts),
        rewritten=pending.files,
        pending=pending.files if task.commits else (),
        held=pending.puts if task.commits else (),
        proposed=options.proposed if puts else (),
        secrets=tuple(map(Secret, known_secrets(surveyed.workspace))),
        git_directory=common_directory(repository.root) if repository.in_git and puts else "",
    )


def _decided(source: Source, options: Options, decide: Decide) -> Survey:
    surveyed = survey(source, options, decide)
    assert surveyed is not None  # noqa: S101 - only a person quits
    return surveyed


def _interrupted(task: RepositoryTask, surveyed: Survey) -> Pending:
    def before(sources: Mapping[Path, bytes]) -> tuple[Source, Options]:
        return read_repository(task.repository, task.given, sources=sources)

    decide = everything if task.entries is None else task.decide
    return interrupted_work(task.repository.root, surveyed.workspace, before, decide)


def _marker(key: bytes) -> Callable[[Secret], bytes]:
    return lambda secret: hmac.digest(key, secret.reveal().encode("utf-8", "surrogatepass"), "sha256")[:16]

"""Execute the surveys of many repositories, several at a time; the trouble of each is its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from migrate.files import signals
from migrate.files.branches import BranchExistsError, require_new_branch
from migrate.migration.batch import BatchObserver, BatchRequest, BatchSurvey
from migrate.migration.clashes import Address, clashes, kept_for_others, without_clashes
from migrate.migration.commits import Commit, goes_on_with_branch, without_uncommitted, work_tree
from migrate.migration.conflicts import Check, resolve_conflicts
from migrate.migration.deciders import from_file
from migrate.migration.execute import execute
from migrate.migration.masked_results import masked_result
from migrate.migration.outcome import failed_result
from migrate.migration.readers import Readers
from migrate.migration.repository_survey import RepositorySummary, read_repository
from migrate.migration.results import RepositoryResult, RepositoryStatus, not_carried_out
from migrate.migration.rows import failure_of, internal_failure
from migrate.migration.store_check import Stores, check
from migrate.migration.survey import survey
from migrate.model import CheckedPut, Event, Plan, PutDone, SlsMigrateError, StoreError
from migrate.plan.decisions import Entry
from migrate.stores.store_pool import StorePool
from migrate.workspace.options import ConflictPolicy, GitOptions

_AT_ONCE = 8  # repositories that are carried out at the same time; they mostly wait for the store


class BatchContext(Struct, frozen=True):
    """The context that all repositories of a batch share.

    `clashes` are the parameters that different repositories want for different values; `readers` knows
    which of them each repository may read; `mask` hides the secrets of all of them; `on_event` is called from the
    thread that does the work.
    """

    given: Mapping[str, Any]
    git: GitOptions
    stores: StorePool
    clashes: frozenset[Address]
    readers: Readers
    mask: Callable[[str], str]
    on_event: Callable[[Event], object] = lambda event: None


def execute_all(
    request: BatchRequest, survey: BatchSurvey, stores: StorePool, stop: threading.Event, observer: BatchObserver
) -> tuple[RepositoryResult, ...]:
    """Put, rewrite and commit what was decided; return a result for each repository.

    A signal sets `stop`: it lets what is under way end, and leaves the rest; from here on none raises.
    """
    signals.replace_handler(stop.set)
    todo = [summary for summary in survey.summaries if summary.has_work]
    observer.begin("Migrating", len(todo), survey.puts)
    mask = survey.name_mask
    context = BatchContext(
        given=request.given,
        git=request.git,
        stores=stores,
        clashes=clashes(put for summary in survey.summaries for put in summary.puts),
        readers=Readers(survey.repositories, survey.put_names),
        mask=mask,
        on_event=partial(_count, observer),
    )
    done: dict[str, RepositoryResult] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(_one_by_one, some, context, stop) for some in _by_git_directory(todo)]
        for future in as_completed(futures):
            for result in future.result():
                done[result.name] = result
                observer.step(result)
                observer.done(masked_result(result, mask))
    return tuple(done.get(summary.repository.name, summary.result) for summary in survey.summaries)


def _count(observer: BatchObserver, event: Event) -> None:
    if isinstance(event, PutDone):
        observer.put(event)


def _by_git_directory(summaries: Sequence[RepositorySummary]) -> list[list[RepositorySummary]]:
    """Group work trees of one repository, the first by name first.

    They share its branches, and so go one after the other.
    """
    groups: dict[str, list[RepositorySummary]] = {}
    for summary in summaries:
        groups.setdefault(summary.git_directory or f"- {summary.repository.name}", []).append(summary)
    return list(groups.values())


def _one_by_one(
    summaries: Sequence[RepositorySummary], context: BatchContext, stop: threading.Event
) -> list[RepositoryResult]:
    return [_unless_stopped(summary, context, stop) for summary in summaries]


def _unless_stopped(summary: RepositorySummary, context: BatchContext, stop: threading.Event) -> RepositoryResult:
    if not stop.is_set():
        try:
            return execute_one(summary, context)
        except KeyboardInterrupt:  # at a place where nothing had been done yet
            pass
    return not_carried_out(summary.result, RepositoryStatus.INTERRUPTED)


def execute_one(summary: RepositorySummary, context: BatchContext) -> RepositoryResult:
    """Carry out what was decided for a repository. Never raises but KeyboardInterrupt."""
    try:
        return _execute_one(summary, context)
    except BranchExistsError as error:
        failure = failure_of(error, "the branch exists already")
        return not_carried_out(summary.result, RepositoryStatus.SKIPPED, failure)
    except SlsMigrateError as error:
        kind = "" if isinstance(error, StoreError) else "it could not be carried out"
        return not_carried_out(summary.result, RepositoryStatus.FAILED, failure_of(error, kind))
    except Exception as error:
        return failed_result(summary.repository, internal_failure(error))


def _execute_one(summary: RepositorySummary, context: BatchContext) -> RepositoryResult:
    """Read the repository anew, and carry out the decisions that were made about it."""
    with work_tree(summary.repository, context.git) as root:
        source, options = read_repository(summary.repository, context.given, root=root)
        in_worktree = context.git.worktree and summary.repository.in_git
        goes_on = in_worktree and goes_on_with_branch(summary.repository.root, context.git)
        surveyed = survey(source, options, from_file(_on_branch(summary.entries) if goes_on else summary.entries))
        assert surveyed is not None  # noqa: S101 - only a person quits
        if goes_on and not surveyed.plan.puts:
            require_new_branch(summary.repository.root, context.git.branch)
        surveyed = without_uncommitted(surveyed, context.git, () if in_worktree else summary.rewritten)
        surveyed = without_clashes(surveyed, context.clashes)
        stores = context.stores.open_all(surveyed.targets, options.expect_account)
        hold: Check = partial(check, stores=stores)
        if options.on_conflict is ConflictPolicy.OVERWRITE:
            others = partial(context.readers.read_by_others, summary.repository.name)
            hold = partial(_check_for_all, stores=stores, read_by_others=others)
        surveyed = resolve_conflicts(surveyed, hold, options.on_conflict)
        result = execute(
            surveyed, context.stores, context.on_event, Commit(context.git, context.mask, summary.pending, summary.held)
        )
    return replace(result, diffs=summary.result.diffs)


def _check_for_all(plan: Plan, stores: Stores, read_by_others: Callable[[], frozenset[str]]) -> tuple[CheckedPut, ...]:
    return kept_for_others(check(plan, stores), read_by_others)


def _on_branch(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return decisions that hold in whatever surroundings.

    An earlier run moved some of what stands around a secret.
    """
    return tuple(replace(entry, context="") for entry in entries)

"""Execute a survey: put, read back, rewrite, commit if asked, and account for all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from migrate.files import atomic_files
from migrate.migration.apply import Files, Observer, apply
from migrate.migration.commits import Commit, make_commit
from migrate.migration.outcome import executed_result
from migrate.migration.results import COMMIT, CONFLICT, UNWRITABLE, Failure, RepositoryResult
from migrate.migration.rows import failure_of
from migrate.migration.store_check import require_held
from migrate.migration.survey import Survey
from migrate.model import ApplyResult, Event, FileFailed, FileWritten, PutState, SlsMigrateError
from migrate.plan import planning
from migrate.stores.store_pool import StorePool


def execute(
    survey: Survey,
    stores: StorePool,
    on_event: Callable[[Event], object] = lambda event: None,
    commit: Commit | None = None,
) -> RepositoryResult:
    """Carry out a survey that was held against the store.

    No fault of parameter, file or git is raised. KeyboardInterrupt ends the work, and is part of the result.
    Raises StoreError where a store can't be used, or lacks what a pending file of the commit refers to.
    """
    if commit:
        held = stores.open_all((put.target for put in commit.held), survey.options.expect_account)
        require_held(commit.held, held)
    outcome = apply(
        survey.plan,
        survey.checks,
        stores.open_all(survey.targets, survey.options.expect_account),
        files=Files(planning.rewritten, survey.workspace.roots.get, atomic_files.replace_file),
        overwrite=survey.overwrite,
        observer=Observer(on_event),
    )
    written = [event.file for event in outcome.events if isinstance(event, FileWritten)]
    failures = list(work_failures(survey, outcome))
    made = ""
    if commit and commit.options.commit and survey.source.repository.in_git and (written or commit.pending):
        try:
            made = make_commit(survey, written, commit)
        except SlsMigrateError as error:
            failures.append(failure_of(error, COMMIT))
            outcome, written = replace(outcome, left=survey.plan.changes), []
    result = executed_result(survey, outcome, failures, stores.identities, made)
    branch = commit.options.branch if commit and made else ""
    return replace(result, written=tuple(map(survey.display_path, written)), branch=branch)


def work_failures(survey: Survey, outcome: ApplyResult) -> Iterable[Failure]:
    """Yield what failed in the work; an interruption is the status alone."""
    if outcome.interrupted:
        return
    conflicts = {check.put for check in survey.checks if check.state is PutState.CONFLICT}
    for event in outcome.failures:
        if isinstance(event, FileFailed):
            yield failure_of(event.error, UNWRITABLE, survey.display_path(event.file))
        else:
            yield failure_of(event.error, CONFLICT if event.put in conflicts else "")

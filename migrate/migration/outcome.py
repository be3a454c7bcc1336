"""Surveys become results, before and after they are carried out; statuses and sums are made here alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from migrate.files.repositories import Repository
from migrate.migration.results import (
    STALE,
    Failure,
    FindingStatus,
    RepositoryResult,
    RepositoryStatus,
    RunDetails,
    status_of,
)
from migrate.migration.rows import (
    check_row,
    diff_rows,
    event_row,
    failure_of,
    finding_row,
    parameter_row,
    problem_failure,
    target_row,
)
from migrate.migration.survey import Survey
from migrate.model import ApplyResult, Identity, Plan, PutDone, PutFailed, SlsMigrateError, Target

Identities = Sequence[tuple[Target, Identity]]


def planned_result(survey: Survey, identities: Identities = (), *, with_diffs: bool = False) -> RepositoryResult:
    """Return what would become of a repository."""
    statuses = [FindingStatus.PLANNED if change.writes else FindingStatus.LEFT for change in survey.plan.changes]
    result = _result(survey, statuses)
    by_file = survey.plan.by_file if with_diffs else {}
    return replace(
        result,
        diffs=tuple(diff_rows(survey.workspace, by_file, survey.display_path)),
        details=replace(result.details, targets=tuple(target_row(*pair) for pair in identities)),
    )


def executed_result(
    survey: Survey, outcome: ApplyResult, failures: Sequence[Failure], identities: Identities, commit: str = ""
) -> RepositoryResult:
    """Return what became of a repository; `failures` are those of the work."""
    left = frozenset(map(id, outcome.left))
    statuses = [FindingStatus.LEFT if id(change) in left else FindingStatus.MOVED for change in survey.plan.changes]
    result = _result(survey, statuses, failures, interrupted=outcome.interrupted, commit=commit)
    done = [event for event in outcome.events if isinstance(event, PutDone)]
    accounts = {target: identity.account for target, identity in identities}
    created = sum(event.created for event in done)
    return replace(
        result,
        put=created,
        existing=len(done) - created,
        overwritten=sum(event.overwritten for event in done),
        parameters=tuple(parameter_row(event, accounts.get(event.put.target, "")) for event in done),
        details=replace(
            result.details,
            targets=tuple(target_row(*pair) for pair in identities),
            checks=tuple(check_row(check, accounts.get(check.put.target, "")) for check in survey.checks),
            events=tuple(event_row(event, survey.display_path) for event in outcome.events),
        ),
    )


def unexecuted_result(survey: Survey, error: SlsMigrateError, identities: Identities) -> RepositoryResult:
    """Return the result of a survey that failed before anything was changed."""
    outcome = ApplyResult(tuple(PutFailed(put, error) for put in survey.plan.puts), survey.plan.changes)
    return executed_result(survey, outcome, [failure_of(error)], identities)


def moved_plan(plan: Plan, result: RepositoryResult) -> Plan:
    """Return the part of a plan that the files hold now."""
    pairs = zip(plan.changes, result.findings, strict=True)
    return Plan(tuple(change for change, finding in pairs if finding.status is FindingStatus.MOVED))


def with_moved_diffs(survey: Survey, result: RepositoryResult) -> RepositoryResult:
    """Return a result with the masked diffs of what the files hold now."""
    by_file = moved_plan(survey.plan, result).by_file
    return replace(result, diffs=tuple(diff_rows(survey.workspace, by_file, survey.display_path)))


def failed_result(repository: Repository, failure: Failure) -> RepositoryResult:
    """Return the result of a repository that nothing more is known of than why."""
    return RepositoryResult(repository.name, str(repository.root), RepositoryStatus.FAILED, failures=(failure,))


def _result(
    survey: Survey,
    statuses: Sequence[FindingStatus],
    failures: Sequence[Failure] = (),
    *,
    interrupted: bool = False,
    commit: str = "",
) -> RepositoryResult:
    display_path, workspace, repository = survey.display_path, survey.workspace, survey.source.repository
    pairs = tuple(zip(survey.plan.changes, statuses, strict=True))
    findings = tuple(finding_row(change, status, display_path) for change, status in pairs)
    every = (
        *(problem_failure(problem, display_path) for problem in workspace.problems),
        *(Failure(STALE, text) for text in survey.stale),
        *failures,
        *survey.withheld,
    )
    outside = workspace.discovery.outside
    refused, waiting = len(survey.refused), len(survey.waiting)
    not_done = sum(change.writes and status is FindingStatus.LEFT for change, status in pairs)
    return RepositoryResult(
        name=repository.name,
        path=str(repository.root),
        status=status_of(findings, every, interrupted=interrupted, committed=bool(commit)),
        files=len(workspace.discovery.files),
        findings=findings,
        failures=every,
        notes=tuple(f"not read, outside of the repository: {each.words(display_path)}" for each in outside),
        moved=statuses.count(FindingStatus.MOVED),
        left=statuses.count(FindingStatus.LEFT),
        commit=commit,
        less_certain=survey.selection.less_certain,
        refused=refused,
        waiting=waiting,
        details=RunDetails(
            rules=tuple(dict.fromkeys(change.finding.rule for change in survey.plan.changes)),
            undecided=refused + not_done + survey.held_back + (waiting if survey.unattended else 0),
        ),
    )

"""Conflicts: names that the store holds with another value are left, overwritten, or asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from migrate.migration.session import Asker, Conflict
from migrate.migration.survey import Survey, redecided
from migrate.model import Accept, CheckedPut, Decision, Finding, Plan, Put, PutState, Skip, Span
from migrate.plan.questions import Question
from migrate.workspace.options import ConflictPolicy

Check = Callable[[Plan], Sequence[CheckedPut]]


def resolve_conflicts(survey: Survey, hold: Check, policy: ConflictPolicy, asker: Asker | None = None) -> Survey:
    """Check a survey against the store, and settle conflicts as the policy demands.

    `hold` reads what the store holds of a plan. Only with an `asker` is a person asked; without one a conflict
    fails where it would be asked about.
    """
    overwrite: set[Put] = set()
    while True:
        checks = tuple(hold(survey.plan))
        conflicts = [check for check in checks if check.state is PutState.CONFLICT and check.put not in overwrite]
        if policy is ConflictPolicy.OVERWRITE:
            overwrite.update(conflict.put for conflict in conflicts if conflict.overwritable)
        if not conflicts or policy is not ConflictPolicy.ASK or asker is None:
            return replace(survey, checks=checks, overwrite=frozenset(overwrite))
        survey = _asked(survey, conflicts[0], overwrite, asker)


def _asked(survey: Survey, conflict: CheckedPut, overwrite: set[Put], asker: Asker) -> Survey:
    """Return the survey as a person settles one conflict.

    A yes to overwriting is added to `overwrite`.
    """
    name, at = conflict.put.parameter.name, _question_of(survey, conflict.put)
    question = survey.questions[at]
    answer = asker.conflict(question, name, conflict.detail, overwritable=conflict.overwritable)
    if answer is Conflict.OVERWRITE:
        overwrite.add(conflict.put)
        return survey
    decisions: list[Decision] = list(survey.decisions)
    if answer is Conflict.SKIP:
        decisions[at] = Skip()
    else:
        new = asker.rename(question, name, {**_names_of_others(survey, question), name: question})
        decisions[at] = Accept(new) if new else decisions[at]
    return redecided(survey, tuple(decisions))


def _question_of(survey: Survey, put: Put) -> int:
    users = {_spot(change.finding) for change in survey.plan.changes if put in change.puts}
    return next(
        number
        for number, question in enumerate(survey.questions)
        if not users.isdisjoint(map(_spot, question.findings)) and isinstance(survey.decisions[number], Accept)
    )


def _spot(finding: Finding) -> tuple[Path, Span]:
    return finding.manifest.file, finding.scalar.span


def _names_of_others(survey: Survey, question: Question) -> dict[str, Question]:
    pairs = zip(survey.questions, survey.decisions, strict=True)
    return {decision.name: other for other, decision in pairs if isinstance(decision, Accept) and other is not question}

"""The questions of a batch: equal secrets of many repositories once, then each repository. Pure, given an asker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec.structs import replace

from migrate.migration import equal_secrets
from migrate.migration.batch import BatchRequest, BatchSurvey, with_entries
from migrate.migration.equal_secrets import Group
from migrate.migration.repository_survey import RepositorySummary, open_one
from migrate.migration.survey import OpenRepository
from migrate.model import Applicability, Decision, Skip
from migrate.model.words import counted
from migrate.plan import decisions
from migrate.plan.decisions import Entry
from migrate.plan.questions import Question

DEFAULT_SHARED = "/shared/{key}"


class GroupAnswer(StrEnum):
    """Answers about one secret in several repositories."""

    EACH = "each"
    SHARED = "shared"
    SKIP = "skip"
    QUIT = "quit"


class Amount(StrEnum):
    """The share of a repository that is moved."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    QUIT = "quit"


class BatchAsker(Protocol):
    """A person at a terminal, or a test."""

    def group(self, group: Group, number: int, total: int) -> GroupAnswer:
        """Ask what to do with a secret that several repositories have."""
        ...

    def repository(self, summary: RepositorySummary, number: int, total: int) -> Amount:
        """Ask how much of a repository to move."""
        ...

    def some(self, opened: OpenRepository, questions: Sequence[Question]) -> tuple[Decision, ...] | None:
        """Ask for each decision about a repository; None where the person quit."""
        ...

    def confirm(self, text: str) -> bool:
        """Ask for the one yes before anything is changed."""
        ...


def ask(
    request: BatchRequest,
    survey: BatchSurvey,
    asker: BatchAsker,
    before_the_yes: Callable[[BatchSurvey], str] = lambda survey: "",
) -> BatchSurvey | None:
    """Return what a person decided; None where they quit or did not confirm.

    `before_the_yes` shows what was decided, and returns for the last question where parameters are put.
    """
    groups = equal_secrets.groups(survey.summaries, request.shared_template or DEFAULT_SHARED)
    answers: dict[bytes, GroupAnswer] = {}
    for number, group in enumerate(groups):
        answers[group.mark] = asker.group(group, number + 1, len(groups))
        if answers[group.mark] is GroupAnswer.QUIT:
            return None
    shared = {group.mark: group.shared for group in groups if answers[group.mark] is GroupAnswer.SHARED}
    left = frozenset(mark for mark, answer in answers.items() if answer is GroupAnswer.SKIP)
    settled = {
        summary.repository.name: _skipping(equal_secrets.renamed(summary, shared), summary.marks, left)
        for summary in survey.summaries
        if not answers.keys().isdisjoint(summary.marks)
    }
    decided = _each_repository(request, survey, settled, frozenset(answers), asker)
    if decided is None:
        return None
    survey = with_entries(request, survey, decided)
    if not any(summary.has_work for summary in survey.summaries):
        return None
    return survey if asker.confirm(_last_question(survey, before_the_yes(survey))) else None


def _skipping(entries: Sequence[Entry], marks: Sequence[bytes], left: frozenset[bytes]) -> tuple[Entry, ...]:
    return tuple(
        replace(entry, decision=Skip()) if mark in left else entry for entry, mark in zip(entries, marks, strict=True)
    )


def _each_repository(
    request: BatchRequest,
    survey: BatchSurvey,
    settled: Mapping[str, tuple[Entry, ...]],
    grouped: frozenset[bytes],
    asker: BatchAsker,
) -> dict[str, tuple[Entry, ...]] | None:
    """Ask for all, some or none of what no group decided; None where the person quit."""
    decided = dict(settled)
    open_ones = [summary for summary in survey.summaries if set(summary.marks) - grouped]
    for number, summary in enumerate(open_ones):
        name = summary.repository.name
        entries = settled.get(name, summary.entries)
        amount = asker.repository(summary, number + 1, len(open_ones))
        if amount is Amount.QUIT:
            return None
        if amount is Amount.NONE:
            decided[name] = _skipping(entries, summary.marks, frozenset(summary.marks) - grouped)
        if amount is Amount.SOME:
            answered = _some(request, summary, entries, grouped, asker)
            if answered is None:
                return None
            decided[name] = answered
    return decided


def _some(
    request: BatchRequest,
    summary: RepositorySummary,
    entries: Sequence[Entry],
    grouped: frozenset[bytes],
    asker: BatchAsker,
) -> tuple[Entry, ...] | None:
    """Ask one question after the other; those of a group keep its answer."""
    opened = open_one(summary.repository, request.given)
    path, masked = opened.decision_path, opened.masked_text
    pairs = zip(summary.entries, summary.marks, strict=True)
    settled = {_place(entry) for entry, mark in pairs if mark in grouped}
    questions = [
        question
        for question in opened.questions
        if question.applicability is not Applicability.SHOW
        and settled.isdisjoint((path(f.manifest.file), str(f.path), f.rule.id) for f in question.findings)
    ]
    answers = asker.some(opened, questions)
    if answers is None:
        return None
    made = decisions.entries_of(questions, answers, path, lambda finding: masked(finding.manifest))
    by_place = {_place(entry): entry.decision for entry in made}
    return tuple(replace(entry, decision=by_place.get(_place(entry), entry.decision)) for entry in entries)


def _place(entry: Entry) -> tuple[str, str, str]:
    return entry.file, entry.key_path, entry.rule


def _last_question(survey: BatchSurvey, where: str) -> str:
    count = sum(summary.has_work for summary in survey.summaries)
    return f"Put up to {counted(survey.puts, 'parameter')}{where} and rewrite {counted(count, 'repository')}?"

"""The questions of a batch: equal secrets of many repositories once, then each repository; pure, given an asker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec.structs import replace

from migrate.migration import batch
from migrate.migration.batch import Group, Request, Seen
from migrate.migration.survey import Look, Opened, open_repository
from migrate.model import Applicability, Decision, Skip
from migrate.plan import decisions as kept
from migrate.plan.questions import Question

DEFAULT_SHARED = "/shared/{key}"


class GroupAnswer(StrEnum):
    """What a person may say of one secret in several repositories."""

    EACH = "each"
    SHARED = "shared"
    SKIP = "skip"
    QUIT = "quit"


class Amount(StrEnum):
    """How much of a repository is moved."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    QUIT = "quit"


class BatchAsker(Protocol):
    """Whoever answers."""

    def group(self, group: Group, number: int, total: int) -> GroupAnswer:
        """What to do with a secret that stands in several repositories."""
        ...

    def repository(self, seen: Look, number: int, total: int) -> Amount:
        """How much of a repository to move."""
        ...

    def some(self, opened: Opened, asked: Sequence[Question]) -> tuple[Decision, ...] | None:
        """A decision for each question of a repository, None where the person quit."""
        ...

    def confirm(self, text: str) -> bool:
        """The one yes before anything is changed."""
        ...


def ask(request: Request, seen: Seen, asker: BatchAsker) -> Seen | None:
    """What a person decided; None where they quit or did not confirm."""
    grouped = batch.groups(seen.looks, request.shared_template or DEFAULT_SHARED)
    answers: dict[bytes, GroupAnswer] = {}
    for number, group in enumerate(grouped):
        answers[group.mark] = asker.group(group, number + 1, len(grouped))
        if answers[group.mark] is GroupAnswer.QUIT:
            return None
    shared = {group.mark: group.shared for group in grouped if answers[group.mark] is GroupAnswer.SHARED}
    left = frozenset(mark for mark, answer in answers.items() if answer is GroupAnswer.SKIP)
    settled = {
        each.repository.name: _skipping(batch.renamed(each, shared), each.marks, left)
        for each in seen.looks
        if not answers.keys().isdisjoint(each.marks)
    }
    decided = _each_repository(request, seen, settled, frozenset(answers), asker)
    if decided is None:
        return None
    seen = batch.with_entries(request, seen, decided)
    if not any(each.has_work for each in seen.looks):
        return None
    return seen if asker.confirm(_question(seen)) else None


def _skipping(entries: Sequence[kept.Entry], marks: Sequence[bytes], left: frozenset[bytes]) -> tuple[kept.Entry, ...]:
    return tuple(
        replace(entry, decision=Skip()) if mark in left else entry for entry, mark in zip(entries, marks, strict=True)
    )


def _each_repository(
    request: Request,
    seen: Seen,
    settled: Mapping[str, tuple[kept.Entry, ...]],
    grouped: frozenset[bytes],
    asker: BatchAsker,
) -> dict[str, tuple[kept.Entry, ...]] | None:
    """All, some or none of what no group decided, repository by repository; None where the person quit."""
    decided = dict(settled)
    open_ones = [each for each in seen.looks if set(each.marks) - grouped]
    for number, each in enumerate(open_ones):
        name = each.repository.name
        entries = settled.get(name, each.entries)
        amount = asker.repository(each, number + 1, len(open_ones))
        if amount is Amount.QUIT:
            return None
        if amount is Amount.NONE:
            decided[name] = _skipping(entries, each.marks, frozenset(each.marks) - grouped)
        if amount is Amount.SOME:
            answered = _some(request, each, entries, grouped, asker)
            if answered is None:
                return None
            decided[name] = answered
    return decided


def _some(
    request: Request, seen: Look, entries: Sequence[kept.Entry], grouped: frozenset[bytes], asker: BatchAsker
) -> tuple[kept.Entry, ...] | None:
    """One question after the other; those of a group keep its answer."""
    opened = open_repository(seen.repository, request.given)
    settled = {_place(entry) for entry, mark in zip(seen.entries, seen.marks, strict=True) if mark in grouped}
    asked = [
        question
        for question in opened.asked
        if question.applicability is not Applicability.SHOW
        and settled.isdisjoint((opened.shown(f.manifest.file), str(f.path), f.rule.id) for f in question.findings)
    ]
    answers = asker.some(opened, asked)
    if answers is None:
        return None
    said = {
        _place(entry): entry.decision for entry in kept.entries_of(asked, answers, opened.shown, opened.masked_texts())
    }
    return tuple(replace(entry, decision=said.get(_place(entry), entry.decision)) for entry in entries)


def _place(entry: kept.Entry) -> tuple[str, str, str]:
    return entry.file, entry.key_path, entry.rule


def _question(seen: Seen) -> str:
    count = sum(each.has_work for each in seen.looks)
    return f"Put up to {seen.puts} parameters and rewrite {count} {'repository' if count == 1 else 'repositories'}?"

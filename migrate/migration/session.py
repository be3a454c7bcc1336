"""The review: one question after the other, each answered, changed or stepped back to. Pure, given an asker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from migrate.model import Accept, Applicability, Decision, Ignore, Skip, Way
from migrate.plan.questions import Question


class Answer(StrEnum):
    """A person's possible answers to one question."""

    MOVE = "move"
    OTHER = "other"
    RENAME = "rename"
    SKIP = "skip"
    IGNORE = "ignore"
    REVEAL = "reveal"
    BACK = "back"
    REST = "rest"
    QUIT = "quit"


class Conflict(StrEnum):
    """A person's possible answers about a name that the store holds with another value."""

    SKIP = "skip"
    RENAME = "rename"
    OVERWRITE = "overwrite"


class Asker(Protocol):
    """The source of answers: a person at a terminal, or a test."""

    def answer(self, question: Question, number: int, total: int, name: str, before: Decision | None) -> Answer:
        """Ask what to do about a question; `name` is the parameter it would move to."""
        ...

    def rename(self, question: Question, name: str, taken: Mapping[str, Question]) -> str | None:
        """Ask for another name for the parameter, None to think again."""
        ...

    def reveal(self, question: Question) -> None:
        """Show the value."""
        ...

    def framework(self, service: str, file: str, notes: Sequence[str]) -> str:
        """Ask which release deploys a service that names none, '' for unknown."""
        ...

    def conflict(self, question: Question, name: str, detail: str, *, overwritable: bool) -> Conflict:
        """Ask what to do about a name that the store holds with another value."""
        ...

    def confirm(self, text: str) -> bool:
        """Ask for the one yes before anything is changed."""
        ...


def review(questions: Sequence[Question], asker: Asker) -> tuple[Decision, ...] | None:
    """Return a decision for each question, in order; None where the person quit."""
    decisions: dict[int, Decision] = {}
    names = {number: question.name for number, question in enumerate(questions)}
    at = 0
    while at < len(questions):
        question = questions[at]
        answer = asker.answer(question, at + 1, len(questions), names[at], decisions.get(at))
        if answer is Answer.QUIT:
            return None
        if answer is Answer.REVEAL:
            asker.reveal(question)
            continue
        if answer is Answer.BACK:
            at = max(at - 1, 0)
            continue
        if answer is Answer.RENAME:
            new = asker.rename(question, names[at], _taken(questions, names, at))
            if new is None:
                continue
            names[at] = new
        if answer is Answer.REST:
            decisions |= {rest: _as_before(decisions.get(rest), names[rest]) for rest in _safe(questions, at)}
        else:
            decisions[at] = _DECISIONS.get(answer) or Accept(names[at], _way(question, answer, decisions.get(at)))
        at = next((number for number in range(len(questions)) if number not in decisions), len(questions))
    return tuple(decisions[number] for number in range(len(questions)))


def _safe(questions: Sequence[Question], start: int) -> list[int]:
    """Return which questions one yes may answer; the others need a person's eye."""
    return [
        number
        for number in range(start, len(questions))
        if number == start or questions[number].applicability is Applicability.SAFE
    ]


def _as_before(before: Decision | None, name: str) -> Decision:
    """Return the decision made before, else to move it."""
    return Accept(name) if before is None else before


def _way(question: Question, answer: Answer, before: Decision | None) -> Way:
    """Return the way to move; another name does not change what was chosen before."""
    if answer is Answer.OTHER:
        return question.choices[-1].way
    return before.way if answer is Answer.RENAME and isinstance(before, Accept) else Way.USUAL


_DECISIONS: Mapping[Answer, Decision] = {Answer.SKIP: Skip(), Answer.IGNORE: Ignore()}


def _taken(questions: Sequence[Question], names: Mapping[int, str], at: int) -> dict[str, Question]:
    """Return the names of the other questions' secrets; equal ones may share one."""
    mine = questions[at].candidates[0].secret
    return {
        names[number]: question
        for number, question in enumerate(questions)
        if number != at and question.candidates[0].secret != mine
    }

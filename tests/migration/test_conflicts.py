"""Names that the store holds with another value: each policy, and the question that a person is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from migrate.migration.conflicts import Check, resolve_conflicts
from migrate.migration.session import Answer, Conflict
from migrate.migration.survey import Survey
from migrate.model import CheckedPut, Decision, Plan, PutState, Skip
from migrate.plan.questions import Question
from migrate.workspace.options import ConflictPolicy
from tests.support.build import finding, manifest
from tests.support.surveys import survey_of

TEXT = "service: {}\nprovider:\n  environment:\n    DB_PASSWORD: {}\n"
TAKEN = "/one/db-password"


class Scripted:
    """Answers conflicts as it was told, and remembers which files were asked about."""

    def __init__(self, *answers: Conflict, name: str | None = None) -> None:
        self.answers = list(answers)
        self.name = name
        self.files: list[str] = []
        self.taken: set[str] = set()

    def conflict(self, question: Question, name: str, detail: str, *, overwritable: bool) -> Conflict:
        self.files.append(question.findings[0].manifest.file.name)
        return self.answers.pop(0)

    def rename(self, question: Question, name: str, taken: Mapping[str, Question]) -> str | None:
        self.taken = set(taken)
        return self.name

    def answer(self, question: Question, number: int, total: int, name: str, before: Decision | None) -> Answer:
        raise AssertionError(name)

    def reveal(self, question: Question) -> None:
        raise AssertionError(question.name)

    def framework(self, service: str, file: str, notes: Sequence[str]) -> str:
        raise AssertionError(service)

    def confirm(self, text: str) -> bool:
        raise AssertionError(text)


def holding(*taken: str, overwritable: bool = True) -> Check:
    """A store that holds other values under these names."""

    def hold(plan: Plan) -> list[CheckedPut]:
        return [
            CheckedPut(put, PutState.CONFLICT, 1, "another value, version 1", overwritable)
            if put.parameter.name in taken
            else CheckedPut(put, PutState.PUT)
            for put in plan.puts
        ]

    return hold


@pytest.fixture
def survey() -> Survey:
    """Two files whose secrets stand at the same place of each."""
    texts = {"two.yml": TEXT.format("two", "aaaa-bbbb-1"), "one.yml": TEXT.format("one", "cccc-dddd-2")}
    found = [finding(manifest(text, name), "provider.environment.DB_PASSWORD") for name, text in texts.items()]
    return survey_of(found, [True, True])


def names(survey: Survey) -> list[str]:
    return [put.parameter.name for put in survey.plan.puts]


def test_plan_without_conflicts_stays_unchanged(survey: Survey) -> None:
    held = resolve_conflicts(survey, holding(), ConflictPolicy.ASK, Scripted())
    assert held.plan == survey.plan
    assert [check.state for check in held.checks] == [PutState.PUT, PutState.PUT]


@pytest.mark.parametrize("policy", [ConflictPolicy.FAIL, ConflictPolicy.ASK])
def test_conflict_stays_if_nobody_can_be_asked(survey: Survey, policy: ConflictPolicy) -> None:
    held = resolve_conflicts(survey, holding(TAKEN), policy)
    assert (names(held), held.overwrite) == (names(survey), frozenset())
    assert [check.state for check in held.checks] == [PutState.PUT, PutState.CONFLICT]


@pytest.mark.parametrize(("overwritable", "count"), [(True, 1), (False, 0)])
def test_only_overwritable_conflicts_are_overwritten(survey: Survey, overwritable: bool, count: int) -> None:
    held = resolve_conflicts(survey, holding(TAKEN, overwritable=overwritable), ConflictPolicy.OVERWRITE)
    assert [put.parameter.name for put in held.overwrite] == [TAKEN] * count


def test_conflict_asks_about_the_secret_whose_name_is_taken(survey: Survey) -> None:
    asker = Scripted(Conflict.SKIP)
    held = resolve_conflicts(survey, holding(TAKEN), ConflictPolicy.ASK, asker)
    assert asker.files == ["one.yml"]
    assert names(held) == ["/two/db-password"]
    assert held.decisions[1] == Skip()


def test_new_name_is_checked_for_conflicts_and_names_of_other_secrets_stay_taken(survey: Survey) -> None:
    asker = Scripted(Conflict.RENAME, Conflict.OVERWRITE, name="/mine")
    held = resolve_conflicts(survey, holding(TAKEN, "/mine"), ConflictPolicy.ASK, asker)
    assert names(held) == ["/two/db-password", "/mine"]
    assert [put.parameter.name for put in held.overwrite] == ["/mine"]
    assert asker.taken == {TAKEN, "/two/db-password"}


def test_rename_without_a_name_asks_again(survey: Survey) -> None:
    asker = Scripted(Conflict.RENAME, Conflict.SKIP)
    assert names(resolve_conflicts(survey, holding(TAKEN), ConflictPolicy.ASK, asker)) == ["/two/db-password"]
    assert asker.files == ["one.yml", "one.yml"]

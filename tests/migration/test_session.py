from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest

from migrate.migration.session import Answer, Conflict, review
from migrate.model import Accept, Decision, Finding, Ignore, Skip, Way
from migrate.plan.naming import ParameterOptions
from migrate.plan.questions import Question, questions
from tests.support.build import deployments, finding, manifest


class Scripted:
    """Answers by one letter a question, as a person would type; `n` takes the next of `names`."""

    LETTERS: ClassVar = {
        "m": Answer.MOVE,
        "o": Answer.OTHER,
        "n": Answer.RENAME,
        "s": Answer.SKIP,
        "i": Answer.IGNORE,
        "v": Answer.REVEAL,
        "b": Answer.BACK,
        "a": Answer.REST,
        "q": Answer.QUIT,
    }

    def __init__(self, letters: str, *names: str | None) -> None:
        self.letters = list(letters)
        self.names = list(names)
        self.seen: list[tuple[int, str, Decision | None]] = []
        self.revealed: list[Question] = []
        self.taken: list[set[str]] = []

    def answer(self, question: Question, number: int, total: int, name: str, before: Decision | None) -> Answer:
        self.seen.append((number, name, before))
        return self.LETTERS[self.letters.pop(0)]

    def rename(self, question: Question, name: str, taken: Mapping[str, Question]) -> str | None:
        self.taken.append(set(taken))
        return self.names.pop(0)

    def reveal(self, question: Question) -> None:
        self.revealed.append(question)

    def framework(self, service: str, file: str, notes: Sequence[str]) -> str:
        raise AssertionError(service)

    def conflict(self, question: Question, name: str, detail: str, *, overwritable: bool) -> Conflict:
        raise AssertionError(name)

    def confirm(self, text: str) -> bool:
        raise AssertionError(text)


def asked() -> tuple[Question, ...]:
    read = manifest("service: s\ncustom:\n  aSecret: one1\n  bSecret: two2\n  cSecret: two2\n")
    found: list[Finding] = [finding(read, f"custom.{key}") for key in ("aSecret", "bSecret", "cSecret")]
    return questions(found, deployments(found), ParameterOptions())


A, B, C = Accept("/s/a-secret"), Accept("/s/b-secret"), Accept("/s/c-secret")


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("mmm", (A, B, C)),
        ("msi", (A, Skip(), Ignore())),
        ("a", (A, B, C)),
        ("sa", (Skip(), B, C)),
        ("mbsmm", (Skip(), B, C)),
        ("bmmm", (A, B, C)),
        ("vmmm", (A, B, C)),
        ("msbma", (A, B, C)),
    ],
)
def test_every_key_gives_the_expected_decisions(letters: str, expected: tuple[Decision, ...]) -> None:
    assert review(asked(), Scripted(letters)) == expected


@pytest.mark.parametrize("letters", ["q", "mmq", "mbq"])
def test_quitting_returns_no_decisions(letters: str) -> None:
    assert review(asked(), Scripted(letters)) is None


def test_new_name_accepts_the_secret() -> None:
    assert review(asked(), Scripted("nmm", "/other")) == (Accept("/other"), B, C)


def test_cancelled_name_asks_again() -> None:
    assert review(asked(), Scripted("nmmm", None)) == (A, B, C)


def test_names_of_other_secrets_are_taken_and_names_of_equal_secrets_are_not() -> None:
    script = Scripted("mnm", "/other")
    review(asked(), script)
    assert script.taken == [{"/s/a-secret"}]


def test_stepping_back_shows_the_earlier_answer_and_name() -> None:
    script = Scripted("nbmmm", "/other")
    assert review(asked(), script) == (Accept("/other"), B, C)
    assert script.seen[2] == (1, "/other", Accept("/other"))


def test_showing_a_value_asks_the_question_again() -> None:
    script = Scripted("vmmm")
    review(asked(), script)
    assert [number for number, _, _ in script.seen] == [1, 1, 2, 3]
    assert len(script.revealed) == 1


def test_no_questions_give_no_decisions() -> None:
    assert review((), Scripted("")) == ()


def test_choice_to_move_only_the_part_is_kept_in_the_decision() -> None:
    read = manifest("service: s\ncustom:\n  dbUrl: postgres://a:pw1pw1@h/x\n")
    found = [finding(read, "custom.dbUrl", "pw1pw1")]
    (question,) = questions(found, deployments(found), ParameterOptions())
    assert [way.way for way in question.choices] == [Way.USUAL, Way.PART]
    assert review([question], Scripted("o")) == (Accept("/s/db-url", Way.PART),)


def test_accepting_all_keeps_answers_and_still_asks_about_doubtful_findings() -> None:
    lines = "".join(f"    {line}\n" for line in ("A_KEY: one1", "B_KEY: two2", "C_PIN: 0123", "D_KEY: four4"))
    read = manifest(f"service: s\nprovider:\n  name: aws\n  environment:\n{lines}")
    found = [finding(read, f"provider.environment.{key}") for key in ("A_KEY", "B_KEY", "C_PIN", "D_KEY")]
    asked = questions(found, deployments(found), ParameterOptions())
    script = Scripted("msbbas")
    assert review(asked, script) == (Accept("/s/a-key"), Skip(), Skip(), Accept("/s/d-key"))
    assert [number for number, _, _ in script.seen] == [1, 2, 3, 2, 1, 3]


def test_new_name_keeps_the_chosen_way_of_moving() -> None:
    read = manifest("service: s\ncustom:\n  dbUrl: postgres://a:pw1pw1@h/x\n  aSecret: one1\n")
    found = [finding(read, "custom.dbUrl", "pw1pw1"), finding(read, "custom.aSecret")]
    asked = questions(found, deployments(found), ParameterOptions())
    assert review(asked, Scripted("obnm", "/other"))[0] == Accept("/other", Way.PART)  # type: ignore[index]

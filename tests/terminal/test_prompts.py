"""The questions, answered through a real prompt_toolkit input."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from migrate.migration.session import Answer, Conflict
from migrate.model import Accept, Decision, Skip, Way
from migrate.plan.naming import ParameterOptions
from migrate.plan.questions import Question, questions
from migrate.terminal.console import Console
from migrate.terminal.prompts import TerminalAsker
from tests.support.build import deployments, finding, manifest

READ = manifest("service: shop\ncustom:\n  apiSecret: hunter2\x07\n".replace("\x07", "x"))
FOUND = [finding(READ, "custom.apiSecret")]
ENTER, DOWN, CTRL_C, CTRL_U = "\r", "\x1b[B", "\x03", "\x15"


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


@pytest.fixture
def asker() -> TerminalAsker:
    return TerminalAsker(Console(), lambda file: file.name, lambda manifest: "masked\ntext\n")


@pytest.fixture
def question() -> Question:
    (only,) = questions(FOUND, deployments(FOUND), ParameterOptions())
    return only


@pytest.mark.parametrize(
    ("typed", "number", "before", "expected"),
    [
        (ENTER, 1, None, Answer.MOVE),
        ("s" + ENTER, 1, None, Answer.SKIP),
        ("n" + ENTER, 1, None, Answer.RENAME),
        ("i" + ENTER, 1, None, Answer.IGNORE),
        ("v" + ENTER, 1, None, Answer.REVEAL),
        ("b" + ENTER, 2, None, Answer.BACK),
        ("a" + ENTER, 1, None, Answer.REST),
        ("q" + ENTER, 1, None, Answer.QUIT),
        (DOWN + DOWN + ENTER, 1, None, Answer.SKIP),
        (ENTER, 1, Skip(), Answer.SKIP),
        ("b" + ENTER, 1, None, Answer.MOVE),
    ],
)
def test_letter_or_arrow_keys_choose_an_answer(
    keys: PipeInput,
    asker: TerminalAsker,
    question: Question,
    typed: str,
    number: int,
    before: Decision | None,
    expected: Answer,
) -> None:
    keys.send_text(typed)
    assert asker.answer(question, number, 2, "/shop/api-secret", before) is expected


@pytest.mark.parametrize(
    ("typed", "before", "expected"), [("o" + ENTER, None, Answer.OTHER), (ENTER, Accept("/x", Way.PART), Answer.OTHER)]
)
def test_part_alone_can_be_moved(
    keys: PipeInput, asker: TerminalAsker, typed: str, before: Decision | None, expected: Answer
) -> None:
    keys.send_text(typed)
    assert asker.answer(url_question(), 1, 1, "/x", before) is expected


def test_reveal_shows_the_whole_and_the_part(asker: TerminalAsker, capsys: pytest.CaptureFixture[str]) -> None:
    asker.reveal(url_question())
    assert capsys.readouterr().out == "       whole  postgres://a:pw1pw1@h/x\n        part  pw1pw1\n"


def test_reveal_shows_the_deployed_and_the_written_number(
    asker: TerminalAsker, capsys: pytest.CaptureFixture[str]
) -> None:
    read = manifest("service: s\nprovider:\n  name: aws\n  environment:\n    PIN: 0123\n")
    found = [finding(read, "provider.environment.PIN")]
    (only,) = questions(found, deployments(found), ParameterOptions())
    asker.reveal(only)
    assert capsys.readouterr().out == "    deployed  123\n     written  0123\n"


def url_question() -> Question:
    read = manifest("service: s\ncustom:\n  dbUrl: postgres://a:pw1pw1@h/x\n")
    found = [finding(read, "custom.dbUrl", "pw1pw1")]
    (only,) = questions(found, deployments(found), ParameterOptions())
    return only


def test_ctrl_c_raises_keyboard_interrupt(keys: PipeInput, asker: TerminalAsker, question: Question) -> None:
    keys.send_text(CTRL_C)
    with pytest.raises(KeyboardInterrupt):
        asker.answer(question, 1, 1, "/x", None)


def test_invalid_or_taken_name_is_rejected_as_it_is_typed(
    keys: PipeInput, asker: TerminalAsker, question: Question
) -> None:
    keys.send_text(CTRL_U + "/bad name" + ENTER + CTRL_U + "/taken" + ENTER + CTRL_U + "/good" + ENTER)
    assert asker.rename(question, "/shop/api-secret", {"/taken": question}) == "/good"


def test_empty_name_returns_none(keys: PipeInput, asker: TerminalAsker, question: Question) -> None:
    keys.send_text(CTRL_U + ENTER)
    assert asker.rename(question, "/x", {}) is None


def test_reveal_shows_the_value(asker: TerminalAsker, question: Question, capsys: pytest.CaptureFixture[str]) -> None:
    asker.reveal(question)
    assert "hunter2x" in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "expected"), [(ENTER, ""), ("3" + ENTER, "3"), ("r" + ENTER, "2-modern")])
def test_framework_is_asked_and_may_be_unknown(
    keys: PipeInput, asker: TerminalAsker, typed: str, expected: str
) -> None:
    keys.send_text(typed)
    assert asker.framework("shop", "serverless.yml", ["a note"]) == expected


@pytest.mark.parametrize(
    ("typed", "expected"), [(ENTER, Conflict.SKIP), ("o" + ENTER, Conflict.OVERWRITE), ("n" + ENTER, Conflict.RENAME)]
)
def test_conflict_is_skipped_by_default(
    keys: PipeInput, asker: TerminalAsker, question: Question, typed: str, expected: Conflict
) -> None:
    keys.send_text(typed)
    assert asker.conflict(question, "/x", "holds another value", overwritable=True) is expected


def test_overwriting_is_not_offered_if_impossible(keys: PipeInput, asker: TerminalAsker, question: Question) -> None:
    keys.send_text("o" + ENTER)
    assert asker.conflict(question, "/x", "is there as String", overwritable=False) is Conflict.SKIP


@pytest.mark.parametrize(("typed", "expected"), [(ENTER, False), ("y", True), ("n", False)])
def test_confirmation_defaults_to_no(keys: PipeInput, asker: TerminalAsker, typed: str, expected: bool) -> None:
    keys.send_text(typed)
    assert asker.confirm("Put 1 parameter?") is expected

"""The questions of a batch: one for a value of many repositories, then all, some or none of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from migrate.migration import batch
from migrate.migration.batch import BatchRequest, BatchSurvey
from migrate.migration.batch_session import Amount, GroupAnswer, ask
from migrate.migration.equal_secrets import Group, groups
from migrate.migration.repository_survey import RepositorySummary
from migrate.migration.results import RepositoryResult
from migrate.migration.survey import OpenRepository
from migrate.model import Accept, Decision, PutDone, Skip
from migrate.plan.questions import Question
from tests.support.gitrepos import manifest, repository, secret


class Nobody:
    """Watches nothing."""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        pass

    def step(self, result: RepositoryResult) -> None:
        pass

    def done(self, result: RepositoryResult) -> None:
        pass

    def put(self, event: PutDone) -> None:
        pass


@dataclass
class Scripted:
    """Answers as it was told, and remembers what it was asked."""

    groups: list[GroupAnswer] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    yes: bool = True
    asked: list[str] = field(default_factory=list)

    def group(self, group: Group, number: int, total: int) -> GroupAnswer:
        self.asked.append(f"{number}/{total} {group.shared} in {', '.join(group.repositories)}")
        return self.groups.pop(0)

    def repository(self, summary: RepositorySummary, number: int, total: int) -> Amount:
        self.asked.append(f"{number}/{total} {summary.repository.name}")
        return self.amounts.pop(0)

    def some(self, opened: OpenRepository, questions: Sequence[Question]) -> tuple[Decision, ...] | None:
        self.asked += [question.name for question in questions]
        return tuple(self.decisions.pop(0) for _ in questions) if self.decisions else None

    def confirm(self, text: str) -> bool:
        self.asked.append(text)
        return self.yes


@pytest.fixture
def request_(tmp_path: Path) -> BatchRequest:
    for number in range(3):
        values = {"API_KEY": secret("one for all"), "DB_PASSWORD": secret(f"own {number}")}
        repository(tmp_path / f"s{number}", {"serverless.yml": manifest(f"s{number}", values)})
    repository(tmp_path / "clean", {"serverless.yml": manifest("clean", {})})
    return BatchRequest((tmp_path,), (), {"format_": "text"}, jobs=1)


def seen_of(request: BatchRequest) -> BatchSurvey:
    return batch.survey(request, Path("/"), Nobody())


def names(seen: BatchSurvey | None) -> list[str]:
    assert seen is not None
    return sorted({put.name for each in seen.summaries for put in each.puts})


def test_value_of_many_repositories_can_move_to_one_shared_parameter(request_: BatchRequest) -> None:
    asker = Scripted([GroupAnswer.SHARED], [Amount.ALL, Amount.NONE, Amount.ALL])
    decided = ask(request_, seen_of(request_), asker)
    assert names(decided) == ["/s0/db-password", "/s2/db-password", "/shared/api-key"]
    assert asker.asked == [
        "1/1 /shared/api-key in s0, s1, s2",
        "1/3 s0",
        "2/3 s1",
        "3/3 s2",
        "Put up to 3 parameters and rewrite 3 repositories?",
    ]
    assert decided is not None
    finding = next(each.result.findings[0] for each in decided.summaries if each.repository.name == "s1")
    assert finding.reference == "${ssm(raw):/shared/api-key}"


def test_shared_value_can_stay_or_get_one_parameter_per_repository(request_: BatchRequest) -> None:
    everything = [Amount.ALL] * 3
    own = [f"/s{number}/db-password" for number in range(3)]
    assert names(ask(request_, seen_of(request_), Scripted([GroupAnswer.SKIP], list(everything)))) == own
    each = names(ask(request_, seen_of(request_), Scripted([GroupAnswer.EACH], list(everything))))
    assert each == sorted([*own, *(f"/s{number}/api-key" for number in range(3))])


def test_answer_some_asks_about_every_secret_that_no_group_decided(request_: BatchRequest) -> None:
    asker = Scripted([GroupAnswer.SKIP], [Amount.SOME, Amount.NONE, Amount.SOME], [Accept("/mine"), Skip()])
    assert names(ask(request_, seen_of(request_), asker)) == ["/mine"]
    assert [each for each in asker.asked if each.startswith("/")] == ["/s0/db-password", "/s2/db-password"]


@pytest.mark.parametrize(
    "asker",
    [
        Scripted([GroupAnswer.QUIT]),
        Scripted([GroupAnswer.EACH], [Amount.QUIT]),
        Scripted([GroupAnswer.EACH], [Amount.SOME]),
        Scripted([GroupAnswer.SKIP], [Amount.NONE] * 3),
        Scripted([GroupAnswer.EACH], [Amount.ALL] * 3, yes=False),
    ],
    ids=["at a group", "at a repository", "at a question", "nothing is left", "not confirmed"],
)
def test_quitting_or_declining_changes_nothing(request_: BatchRequest, asker: Scripted) -> None:
    assert ask(request_, seen_of(request_), asker) is None


def test_different_values_get_different_shared_names(tmp_path: Path) -> None:
    for number in range(4):
        values = {"API_KEY": secret(f"shared by two {number // 2}")}
        repository(tmp_path / f"s{number}", {"serverless.yml": manifest(f"s{number}", values)})
    found = groups(seen_of(BatchRequest((tmp_path,), (), {"format_": "text"}, jobs=1)).summaries, "/shared/{key}")
    assert [(each.shared, each.repositories) for each in found] == [
        ("/shared/api-key", ("s0", "s1")),
        ("/shared/api-key-2", ("s2", "s3")),
    ]


def test_marks_differ_between_runs_and_hide_the_value(request_: BatchRequest) -> None:
    first, second = seen_of(request_), seen_of(request_)
    assert first.summaries[1].marks != second.summaries[1].marks
    assert secret("one for all") not in repr(first)

"""What a person reads of a batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from migrate.migration.results import (
    Failure,
    FindingStatus,
    RepositoryResult,
    RepositoryStatus,
    failures_by_kind,
    totals,
)
from migrate.model import Identity, Target
from migrate.terminal import batch_screens, pull_requests
from migrate.terminal.console import plain
from tests.support import pages
from tests.support.gitrepos import manifest, repository, secret, service
from tests.support.program import Program
from tests.support.storestub import StubStore

MIGRATED = RepositoryResult(
    "a",
    "/r/a",
    RepositoryStatus.MIGRATED,
    moved=3,
    put=1,
    existing=2,
    left=1,
    commit="0123456789abcdef",
    branch="topic",
)
FINDINGS = (pages.finding(0, FindingStatus.PLANNED), pages.finding(1))


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (MIGRATED, "  ✓ a   3 moved, 1 put, 2 were there, 1 left, 0123456789 on topic"),
        (replace(MIGRATED, put=3, overwritten=1),
         "  ✓ a   3 moved, 2 put, 1 overwritten, 2 were there, 1 left, 0123456789 on topic"),
        (RepositoryResult("b", "", RepositoryStatus.CLEAN), "  · b"),
        (RepositoryResult("c", "", RepositoryStatus.PLANNED, findings=FINDINGS, left=1),
         "  › c   1 secret to move, 1 left"),
        (RepositoryResult("d", "", RepositoryStatus.FAILED, failures=(Failure("x", "y"), Failure("z", "y"))),
         "  ✗ d   x and 1 more"),
    ],
)  # fmt: skip
def test_repository_result_is_one_line(row: RepositoryResult, line: str) -> None:
    assert plain(batch_screens.result_line(row)) == line


def test_totals_and_failure_reasons_are_listed() -> None:
    rows = [
        MIGRATED,
        *(
            RepositoryResult(f"f{n}", "", RepositoryStatus.FAILED, failures=(Failure("same", "why", "do it"),))
            for n in range(7)
        ),
    ]
    said = [plain(line) for line in batch_screens.total_lines(totals(rows))]
    assert said == [
        "8 repositories: 7 failed, 1 migrated",
        "0 secrets found in 0 files, 3 moved, 1 parameter put, 2 were there, 1 left",
    ]
    lines = [plain(line) for line in batch_screens.failure_lines(failures_by_kind(rows), 80)]
    assert lines[0] == "  7 × same"
    assert lines[-2:] == ["      and 2 more", "      hint: do it"]


def test_first_notes_are_listed_and_the_others_counted() -> None:
    rows = [replace(MIGRATED, name=f"r{number}", notes=("not read: ~/x",)) for number in range(7)]
    said = [plain(line) for line in batch_screens.note_lines(rows, 80)]
    assert said[0] == "  r0: not read: ~/x"
    assert said[5:] == ["and 2 more notes, which a --report lists"]


def test_totals_tell_what_was_overwritten_from_what_was_put() -> None:
    said = [plain(line) for line in batch_screens.total_lines(totals([replace(MIGRATED, put=3, overwritten=1)]))]
    assert "2 parameters put, 1 parameter overwritten, 2 were there" in said[1]


def test_pull_request_commands_are_quoted_for_the_shell() -> None:
    rows = [
        MIGRATED,
        RepositoryResult("b", "/r/it's b", RepositoryStatus.MIGRATED, moved=1, commit="1", branch="topic"),
    ]
    assert list(pull_requests.pull_request_commands(rows)) == [
        "for repo in /r/a '/r/it'\"'\"'s b'; do",
        '  (cd "$repo" && git push --set-upstream origin topic && gh pr create --fill --head topic)',
        "done",
    ]
    said = "\n".join(plain(line) for line in batch_screens.next_lines(rows, 80))
    assert "a pull request's diff" in said
    assert "rotate, then redeploy" in " ".join(said.split())


def test_account_is_shown_on_one_line_with_its_regions() -> None:
    def place(region: str, account: str = "123456789012", profile: str = "prod") -> tuple[Target, Identity]:
        return Target(profile, region), Identity(account, "", region, profile=profile)

    identities = [place("us-east-1"), place("eu-west-1"), place("us-east-1", "210987654321", "test")]
    repositories = {identities[0][0]: 8, identities[1][0]: 7, identities[2][0]: 1}
    assert [plain(line) for line in batch_screens.target_lines(identities, repositories, 100)] == [
        "  account 123456789012 · us-east-1 (8 repositories), eu-west-1 (7) · profile prod",
        "  account 210987654321 · us-east-1 (1 repository) · profile test",
    ]
    assert batch_screens.accounts_in_words(identities) == " in 123456789012 and 210987654321"
    assert batch_screens.accounts_in_words(()) == ""


def test_run_ends_with_a_summary_of_everything(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    service(tmp_path, "h", ["DB_PASSWORD"], hook="exit 1")
    repository(tmp_path / "c", {"serverless.yml": manifest("c", {})})
    ran = slsmigrate("batch", tmp_path, "--yes", "--branch", "topic", "--put-rate", "500")
    assert ran.code == 1
    assert "3 repositories: 1 failed, 1 migrated, 1 clean" in ran.out
    assert "1 × the commit was refused" in ran.out
    assert f"slsmigrate batch {tmp_path} --yes --branch topic --put-rate 500 --repository h" in ran.out
    assert "gh pr create" in ran.out
    assert secret("h DB_PASSWORD") not in ran.out + ran.err


def test_dry_run_shows_masked_diffs(tmp_path: Path, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    ran = slsmigrate("batch", tmp_path, "-n", "--diff")
    assert ran.code == 0
    assert "-    DB_PASSWORD: ••••••" in ran.out
    assert "Nothing was changed." in ran.out


def test_json_log_is_written_to_standard_error(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    ran = slsmigrate("batch", tmp_path, "--yes", "--log-format", "json", "--put-rate", "500")
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert [each["event"] for each in events] == ["begin", "repository", "begin", "put", "repository"]
    assert events[-1]["outcome"] == "migrated"

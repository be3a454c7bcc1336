"""What a person reads of a batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.migration import batch
from migrate.migration.results import Outcome, Reason, Row, totals
from migrate.terminal import batch_screens
from migrate.terminal.console import plain
from tests.support.gitrepos import manifest, repository, secret, service
from tests.support.program import Program
from tests.support.storestub import StubStore

MIGRATED = Row(
    "a", "/r/a", Outcome.MIGRATED, moved=3, put=1, there=2, left=1, commit="0123456789abcdef", branch="topic"
)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (MIGRATED, "  ✓ a   3 moved, 1 put, 2 were there, 1 left, 0123456789 on topic"),
        (Row("b", "", Outcome.CLEAN), "  · b"),
        (Row("c", "", Outcome.PLANNED, findings=[{"fate": "planned"}, {"fate": "left"}], left=1),
         "  › c   1 secret to move, 1 left"),
        (Row("d", "", Outcome.FAILED, reasons=[Reason("x", "y"), Reason("z", "y")]), "  ✗ d   x and 1 more"),
    ],
)  # fmt: skip
def test_a_repository_in_a_line(row: Row, line: str) -> None:
    assert plain(batch_screens.row_line(row)) == line


def test_totals_and_reasons() -> None:
    rows = [MIGRATED, *(Row(f"f{n}", "", Outcome.FAILED, reasons=[Reason("same", "why", "do it")]) for n in range(7))]
    said = [plain(line) for line in batch_screens.total_lines(totals(rows))]
    assert said == [
        "8 repositories: 7 failed, 1 migrated",
        "0 secrets found in 0 files, 3 moved, 1 parameter put, 2 were there, 1 left",
    ]
    lines = [plain(line) for line in batch_screens.reason_lines(batch.reasons(rows), 80)]
    assert lines[0] == "  7 × same"
    assert lines[-2:] == ["      and 2 more", "      hint: do it"]


def test_pull_requests_are_ready_to_paste_whatever_the_names() -> None:
    rows = [MIGRATED, Row("b", "/r/it's b", Outcome.MIGRATED, moved=1, commit="1", branch="topic")]
    assert list(batch_screens.pull_request_lines(rows)) == [
        "for repo in /r/a '/r/it'\"'\"'s b'; do",
        '  (cd "$repo" && git push --set-upstream origin topic && gh pr create --fill --head topic)',
        "done",
    ]
    said = "\n".join(plain(line) for line in batch_screens.next_lines(rows, 80))
    assert "a pull request's diff" in said
    assert "rotate, then redeploy" in " ".join(said.split())


def test_a_run_tells_of_everything_in_the_end(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
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


def test_a_dry_run_shows_masked_diffs(tmp_path: Path, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    ran = slsmigrate("batch", tmp_path, "-n", "--diff")
    assert ran.code == 0
    assert "-    DB_PASSWORD: ••••••" in ran.out
    assert "Nothing was changed." in ran.out


def test_a_log_for_machines_is_on_standard_error(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    ran = slsmigrate("batch", tmp_path, "--yes", "--log-format", "json", "--put-rate", "500")
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert [each["event"] for each in events] == ["begin", "repository", "begin", "put", "repository"]
    assert events[-1]["outcome"] == "migrated"

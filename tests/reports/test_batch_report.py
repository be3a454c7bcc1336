"""Reports of a batch: JSON that is read again, SARIF, the page, and several as one."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from migrate.commands.cli import main
from migrate.files.outputs import check_outputs
from migrate.migration.results import Failure, RepositoryResult, RepositoryStatus
from migrate.model import UsageError
from migrate.reports.forms import ENDINGS, report_output
from migrate.reports.report import Report, merged, read_report, render, write_report
from tests.reports.test_sarif import SCHEMA
from tests.support.gitrepos import manifest, repository, secret
from tests.support.program import Program

BROKEN = Failure("a file can't be read", "not YAML", "mend it", "b/x.yml", 3, 1)
FAILED = RepositoryResult("b", "/r/b", RepositoryStatus.FAILED, failures=(BROKEN,))
CLEAN = RepositoryResult("a", "/r/a", RepositoryStatus.CLEAN, files=2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    repository(tmp_path / "root" / "<script>alert(1)<", {"serverless.yml": manifest("x", {"DB_PASSWORD": secret("x")})})
    repository(tmp_path / "root" / "broken", {"serverless.yml": "service: x\nprovider: [\n  password: hunter2-Xk9Qz\n"})
    return tmp_path / "root"


def test_report_of_every_format_is_written_without_values(root: Path, slsmigrate: Program) -> None:
    files = [root.parent / f"r{ending}" for ending in ENDINGS]
    assert slsmigrate("batch", root, "-n", *(word for file in files for word in ("--report", file))).code == 1
    texts = {file.suffix: file.read_text() for file in files}
    assert not [ending for ending, text in texts.items() if secret("x") in text]
    assert json.loads(texts[".json"])["totals"]["findings"] == 1
    jsonschema.validate(json.loads(texts[".sarif"]), SCHEMA)
    log = json.loads(texts[".sarif"])["runs"][0]
    assert log["results"][0]["ruleId"] == "password"
    assert log["invocations"][0]["toolExecutionNotifications"]
    assert "<script>alert(1)" not in texts[".html"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), (CLEAN, FAILED)])
def test_later_report_replaces_an_earlier_one(
    tmp_path: Path, ending: str, results: tuple[RepositoryResult, ...]
) -> None:
    file = tmp_path / f"r{ending}"
    write_report(file, Report(results))
    check_outputs([report_output("--report", file)])
    file.write_text("somebody else's findings of slsmigrate\n")
    with pytest.raises(UsageError, match="is not ours"):
        check_outputs([report_output("--report", file)])


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_form_shows_failures(ending: str) -> None:
    assert BROKEN.message in render(Report((CLEAN, FAILED)), ending)


def test_json_on_standard_output_is_the_report(root: Path, slsmigrate: Program) -> None:
    ran = slsmigrate("batch", root, "-n", "--format", "json")
    assert [row["name"] for row in ran.json["repositories"]] == ["<script>alert(1)<", "broken"]
    assert "repositories" in ran.err


def test_written_report_is_read_back_unchanged(tmp_path: Path) -> None:
    report = Report((CLEAN, FAILED))
    write_report(tmp_path / "r.json", report)
    again = Report(read_report(tmp_path / "r.json"))
    assert again == report
    assert render(again, ".json") == render(report, ".json")


def test_latest_report_of_a_repository_wins() -> None:
    later = RepositoryResult("b", "/r/b", RepositoryStatus.MIGRATED, moved=1)
    assert merged([[FAILED, CLEAN], [later]]) == (CLEAN, later)


def test_merge_prints_totals_and_returns_the_exit_code_of_a_run(tmp_path: Path, slsmigrate: Program) -> None:
    write_report(tmp_path / "1.json", Report((CLEAN,)))
    write_report(tmp_path / "2.json", Report((FAILED,)))
    ran = slsmigrate("report", "merge", tmp_path / "1.json", tmp_path / "2.json", "-o", tmp_path / "all.html")
    assert ran.code == 1
    assert "2 repositories: 1 failed, 1 clean" in ran.out
    assert "not YAML" in (tmp_path / "all.html").read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "findings": []}', '{"version": 1, "kind": "batch"}'])
def test_file_that_is_not_a_batch_report_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(UsageError, match="not a JSON report"):
        read_report(tmp_path / "r.json")
    with pytest.raises(UsageError, match="No such file"):
        read_report(tmp_path / "gone.json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--yes", "--worktree"], "--worktree needs a --branch"),
        (["--yes", "--shared-template", "/shared/{key}"], "does not go with --yes"),
        (["-n", "--shared-template", "/shared/{colour}"], "unknown field"),
        (["-n", "--report", "r.none"], "the ending must be"),
        (["-n", "--shard", "9/8"], "must be written as 2/8"),
        (["-n", "--repository", "nothing"], "no repository found"),
        (["-n", "--repos", "gone"], "No such file"),
        (["--decisions", "gone"], "can't be read"),
    ],
)
def test_impossible_request_is_refused(
    root: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", str(root), *words]) in (2, 3)
    assert said in capsys.readouterr().err


def test_merged_report_requires_a_known_file_ending(tmp_path: Path, slsmigrate: Program) -> None:
    write_report(tmp_path / "1.json", Report((CLEAN,)))
    ran = slsmigrate("report", "merge", tmp_path / "1.json", "-o", tmp_path / "all.none")
    assert ran.code == 2
    assert "the ending must be" in ran.err

"""A manifest that a filter of git keeps out of the repository is moved by a person alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, repository, secret
from tests.support.program import Program
from tests.support.storestub import StubStore
from tests.support.terminal import ENTER, Terminal

REASON = "git-crypt encrypts this file in the repository already"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose driver would tell if it ran."""
    files = {
        "serverless.yml": manifest("a", {"DB_PASSWORD": secret("filtered")}),
        ".gitattributes": "serverless.yml filter=git-crypt diff=git-crypt\n",
    }
    root = repository(tmp_path / "a", files)
    for setting in ("clean", "smudge"):
        git(root, "config", f"filter.git-crypt.{setting}", f"touch '{tmp_path}/ran'; cat")
    git(root, "config", "filter.git-crypt.required", "true")
    return root


def test_scan_reports_that_only_a_person_may_move_it(root: Path, slsmigrate: Program) -> None:
    (row,) = slsmigrate("scan", root, "--format", "json").json["findings"]
    assert row["applicability"] == "review"
    assert REASON in row["notes"]


@pytest.mark.parametrize(
    "words", [["--yes"], ["batch", "--yes"], ["--yes", "--commit"], ["batch", "--yes", "--commit"]]
)
def test_run_without_a_person_leaves_it(root: Path, stub: StubStore, slsmigrate: Program, words: list[str]) -> None:
    before = (root / "serverless.yml").read_bytes()
    ran = slsmigrate(*words, root)
    assert ran.code == ExitCode.SECRETS_REMAIN, ran
    assert not stub.writes
    assert (root / "serverless.yml").read_bytes() == before
    assert not (root.parent / "ran").exists()


@pytest.mark.parametrize("words", [["--yes"], ["batch", "--yes"]])
def test_run_without_a_person_leaves_it_where_the_attributes_stand_in_the_index_alone(
    root: Path, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    git(root, "update-index", "--skip-worktree", ".gitattributes")
    (root / ".gitattributes").unlink()
    assert slsmigrate(*words, root).code == ExitCode.SECRETS_REMAIN
    assert not stub.writes


def test_dry_run_says_why(root: Path, slsmigrate: Program) -> None:
    assert REASON in " ".join(slsmigrate(root, "--dry-run").out.split())
    assert not (root.parent / "ran").exists()


def test_person_may_move_and_commit_it(root: Path, stub: StubStore) -> None:
    terminal = Terminal("--commit", cwd=root)
    terminal.wait_for("Move to /a/db-password")
    terminal.wait_for("git-crypt encrypts")
    terminal.type("m" + ENTER)
    terminal.wait_for("(y/N)")
    terminal.type("y")
    assert terminal.end() == ExitCode.DONE
    assert "${ssm" in git(root, "show", "HEAD:serverless.yml")
    assert git(root, "status", "--porcelain") == ""
    assert (root.parent / "ran").exists()

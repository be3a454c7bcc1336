"""A batch in the sandbox: copies of all roots, and commits in them alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, secret, service, state
from tests.support.program import Program, write


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "tmp"
    directory.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(directory))
    return directory


def test_batch_in_the_sandbox_changes_only_its_copies(tmp_path: Path, temporary: Path, slsmigrate: Program) -> None:
    root = tmp_path / "root"
    for name in ("a", "b"):
        service(root, name, ["DB_PASSWORD"])
    git(root / "a", "worktree", "add", "--quiet", str(root / "linked"), "-b", "linked")
    write(root, {"plain/serverless.yml": manifest("plain", {"API_KEY": secret("plain")})})
    before = state(root)
    ran = slsmigrate("batch", root, "--sandbox", "--yes", "--commit", "--put-rate", "500")
    assert ran.code == ExitCode.DONE, ran
    assert state(root) == before
    (copy,) = temporary.iterdir()
    assert f"a copy of your files in\n  {copy}" in ran.err
    assert "account 123456789012 · us-east-1 (4 repositories)" in ran.out
    assert "4 repositories: 4 migrated" in ran.out
    for name in ("a", "b", "linked"):
        tree = copy / "root" / name
        assert "${ssm" in git(tree, "show", "HEAD:serverless.yml")
        assert git(tree, "rev-list", "--count", "HEAD").strip() == "2"
    assert git(copy / "root" / "linked", "branch", "--show-current").strip() == "linked"
    assert "/a/db-password" in ran.out


def test_dry_run_in_the_sandbox_leaves_nothing_behind(tmp_path: Path, temporary: Path, slsmigrate: Program) -> None:
    service(tmp_path / "root", "a", ["DB_PASSWORD"])
    assert slsmigrate("batch", tmp_path / "root", "--sandbox", "--dry-run").code == ExitCode.DONE
    assert list(temporary.iterdir()) == []


def test_batch_in_the_sandbox_does_not_require_commit(tmp_path: Path, temporary: Path, slsmigrate: Program) -> None:
    service(tmp_path / "root", "a", ["DB_PASSWORD"])
    ran = slsmigrate("batch", tmp_path / "root", "--sandbox", "--yes", "--put-rate", "500")
    assert ran.code == ExitCode.DONE, ran
    assert "1 repository: 1 migrated" in ran.out

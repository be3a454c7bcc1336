"""A single run that ends in a commit: on the branch, on a new one, or beside the work tree."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, missing, repository, secret, service
from tests.support.program import Program, write
from tests.support.storestub import StubStore
from tests.support.terminal import ENTER, Terminal


def branches(root: Path) -> list[str]:
    return git(root, "branch", "--format=%(refname:short)").split()


@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic"]], ids=["commit", "branch"])
def test_run_commits_only_the_files_it_rewrote(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    secrets = service(tmp_path, "a", ["DB_PASSWORD"])
    write(tmp_path / "a", {"notes.txt": "mine"})
    ran = slsmigrate(tmp_path / "a", "--yes", *words)
    assert ran.code == ExitCode.DONE, ran
    assert "Done: 1 put, 1 file rewritten." in ran.out
    root = tmp_path / "a"
    assert git(root, "status", "--porcelain") == "?? notes.txt\n"
    assert git(root, "diff", "--stat", "main~1" if words == ["--commit"] else "main", "HEAD").count("|") == 1
    assert f"✓ commit {git(root, 'rev-parse', 'HEAD')[:10]}" in ran.out
    assert ("git push --set-upstream origin topic" in ran.out) is (words[0] == "--branch")
    assert not missing(secrets, stub)


def test_worktree_option_leaves_the_work_tree_unchanged(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    root = tmp_path / "a"
    before = (root / "serverless.yml").read_bytes()
    git(root, "commit", "--quiet", "--allow-empty", "--message=more")
    write(root, {"notes.txt": "mine"})
    monkeypatch.chdir(root)
    ran = slsmigrate("--yes", "--branch", "topic", "--worktree", "--format", "json")
    assert ran.code == ExitCode.DONE, ran
    assert [finding["file"] for finding in ran.json["findings"]] == ["serverless.yml"]
    assert "${ssm" in git(root, "show", "topic:serverless.yml")
    assert (root / "serverless.yml").read_bytes() == before
    assert git(root, "status", "--porcelain") == "?? notes.txt\n"
    assert git(root, "worktree", "list").count("\n") == 1


def test_file_with_uncommitted_changes_is_left_unless_allowed(
    tmp_path: Path, stub: StubStore, slsmigrate: Program
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    file = tmp_path / "a" / "serverless.yml"
    write(tmp_path / "a", {"serverless.yml": file.read_text() + "# mine\n"})
    ran = slsmigrate(tmp_path / "a", "--yes", "--commit")
    assert ran.code == ExitCode.SECRETS_REMAIN
    assert "has uncommitted changes" in ran.out
    assert "--allow-dirty" in ran.out
    assert "Nothing to do in 1 file: 1 in files with uncommitted changes." in ran.out
    assert not stub.writes
    assert slsmigrate(tmp_path / "a", "--yes", "--commit", "--allow-dirty").code == ExitCode.DONE
    assert git(tmp_path / "a", "status", "--porcelain") == ""


@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic"], ["--branch", "topic", "--worktree"]])
def test_refusing_hook_leaves_the_files_unchanged(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"], hook=f"echo {secret('a DB_PASSWORD')} >&2; exit 1")
    root = tmp_path / "a"
    before = (root / "serverless.yml").read_bytes()
    report = tmp_path / "r.json"
    ran = slsmigrate(root, "--yes", *words, "--report", report)
    assert ran.code == ExitCode.FAILED
    assert "✗ the commit was refused" in ran.out
    assert "Done: 1 put, 0 files rewritten, 1 secret left, 1 failed." in ran.out
    assert (root / "serverless.yml").read_bytes() == before
    assert (branches(root), git(root, "status", "--porcelain")) == (["main"], "")
    assert secret("a DB_PASSWORD") not in ran.out + ran.err + report.read_text()
    assert '"left": [\n      {' in report.read_text()


def test_existing_branch_is_refused_before_any_put(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    git(tmp_path / "a", "branch", "topic")
    ran = slsmigrate(tmp_path / "a", "--yes", "--branch", "topic")
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.FAILED, "error: branch topic exists already")
    assert not stub.calls


def test_rewrite_left_by_a_killed_run_is_committed(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD", "API_KEY"])
    assert slsmigrate(tmp_path / "a", "--yes").code == ExitCode.DONE
    puts = len(stub.writes)
    ran = slsmigrate(tmp_path / "a", "--yes", "--commit")
    assert ran.code == ExitCode.DONE, ran
    assert len(stub.writes) == puts
    assert git(tmp_path / "a", "status", "--porcelain") == ""
    assert "${ssm" in git(tmp_path / "a", "show", "HEAD:serverless.yml")


def test_commit_requires_one_work_tree(tmp_path: Path, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    service(tmp_path, "b", ["DB_PASSWORD"])
    ran = slsmigrate(tmp_path / "a", tmp_path / "b", "--yes", "--commit")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: --commit needs all paths in one git work tree")
    assert slsmigrate(tmp_path / "a", "--yes", "--worktree").code == 2


def test_nested_work_trees_are_skipped(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    service(tmp_path, "a/inner", ["API_KEY"])
    assert slsmigrate(tmp_path / "a", "--yes", "--commit").code == ExitCode.DONE
    assert stub.names() == ["/a/db-password"]


def test_directory_inside_a_repository_is_committed_in_that_repository(
    tmp_path: Path, stub: StubStore, slsmigrate: Program
) -> None:
    values = {"DB_PASSWORD": secret("deep")}
    root = repository(tmp_path / "mono", {"services/shop/serverless.yml": manifest("shop", values)})
    assert slsmigrate(root / "services" / "shop", "--yes", "--commit").code == ExitCode.DONE
    assert git(root, "show", "--stat", "--format=", "HEAD").count("services/shop/serverless.yml") == 1


def test_sandbox_run_commits_in_its_copy(tmp_path: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    ran = slsmigrate(tmp_path / "a", "--sandbox", "--yes", "--branch", "topic")
    assert ran.code == ExitCode.DONE, ran
    (copy,) = (each.parent for each in temporary.rglob(".git"))
    assert branches(copy) == ["main", "topic"]
    assert "${ssm" in git(copy, "show", "topic:serverless.yml")
    assert git(copy, "log", "--format=%s", "main") == "initial\n"
    assert branches(tmp_path / "a") == ["main"]


def test_session_asks_to_confirm_the_commit(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    terminal = Terminal("--branch", "topic", cwd=tmp_path / "a")
    terminal.wait_for("Move to /a/db-password")
    terminal.type("m" + ENTER)
    terminal.wait_for("Put 1 parameter, rewrite 1 file and commit on branch topic? (y/N)")
    assert not stub.writes
    terminal.type("y")
    assert terminal.end() == ExitCode.DONE
    assert branches(tmp_path / "a") == ["main", "topic"]


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
@pytest.mark.parametrize("words", ["--commit", "--commit --allow-dirty", "--branch topic"])
def test_file_whose_changes_git_overlooks_is_left(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: str, flag: str
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    file = tmp_path / "a" / "serverless.yml"
    git(tmp_path / "a", "update-index", flag, "serverless.yml")
    write(tmp_path / "a", {"serverless.yml": file.read_text() + "# mine\n"})
    for command in ([], ["batch"]):
        ran = slsmigrate(*command, tmp_path / "a", "--yes", *words.split())
        assert ran.code == ExitCode.SECRETS_REMAIN, ran
        assert "overlook its changes" in " ".join(ran.out.split())
    assert not stub.writes
    assert git(tmp_path / "a", "log", "--all", "--format=%s") == "initial\n"


@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic"], ["--branch", "topic", "--worktree"]])
def test_run_refuses_to_commit_in_the_middle_of_a_bisect_before_any_put(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    service(tmp_path, "b", ["DB_PASSWORD"])
    git(tmp_path / "a", "bisect", "start")
    ran = slsmigrate(tmp_path / "a", "--yes", *words)
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.FAILED, "error: a bisect is under way here")
    assert not stub.writes
    ran = slsmigrate("batch", tmp_path, "--yes", *words)
    assert ran.code == ExitCode.FAILED
    assert "a: a bisect is under way here" in ran.out
    assert stub.names() == ["/b/db-password"]
    assert slsmigrate(tmp_path / "a", "--yes").code == ExitCode.DONE


@pytest.mark.parametrize("is_linked", [False, True])
def test_left_over_lock_of_the_index_is_refused_before_any_put(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, *, is_linked: bool
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    root, lock = tmp_path / "a", tmp_path / "a" / ".git" / "index.lock"
    if is_linked:
        root, lock = tmp_path / "linked", tmp_path / "a" / ".git" / "worktrees" / "linked" / "index.lock"
        git(tmp_path / "a", "worktree", "add", "--quiet", str(root))
    lock.touch()
    for words in (["--commit"], ["--branch", "topic"]):
        ran = slsmigrate(root, "--yes", *words)
        assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.FAILED, "error: git's index is locked here"), ran
        assert "if no git is running there, remove" in ran.err
        assert str(lock) in "".join(ran.err.split())
        assert not stub.writes
    beside = slsmigrate(root, "--yes", "--branch", "topic", "--worktree")
    assert beside.code == ExitCode.DONE, beside


def test_refusing_hook_leaves_a_file_that_is_new_to_git_unknown(
    tmp_path: Path, stub: StubStore, slsmigrate: Program
) -> None:
    root = repository(tmp_path / "a", {"notes.txt": "x"}, hook="exit 1")
    write(root, {"serverless.yml": manifest("a", {"DB_PASSWORD": secret("new")})})
    assert slsmigrate(root, "--yes", "--commit", "--allow-dirty").code == ExitCode.FAILED
    assert git(root, "status", "--porcelain") == "?? serverless.yml\n"


def look_unchanged_by_a_replaced_object(root: Path, changed: bytes) -> None:
    old = git(root, "rev-parse", "HEAD:serverless.yml").strip()
    (root / "serverless.yml").write_bytes(changed)
    git(root, "replace", old, git(root, "hash-object", "-w", "serverless.yml").strip())


def look_unchanged_by_size_and_time(root: Path, changed: bytes) -> None:
    file = root / "serverless.yml"
    git(root, "config", "core.checkStat", "minimal")
    git(root, "config", "core.trustctime", "false")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    git(root, "update-index", "--refresh")
    time.sleep(1.1)  # git compares seconds
    file.write_bytes(changed)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("look_unchanged", [look_unchanged_by_a_replaced_object, look_unchanged_by_size_and_time])
@pytest.mark.parametrize("words", [["--yes", "--commit"], ["batch", "--yes", "--commit"]], ids=["single", "batch"])
def test_changes_that_settings_of_the_repository_hide_are_uncommitted(
    tmp_path: Path,
    stub: StubStore,
    slsmigrate: Program,
    look_unchanged: Callable[[Path, bytes], None],
    words: list[str],
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    file = tmp_path / "a" / "serverless.yml"
    changed = file.read_bytes().replace(b"service: a", b"service: b")
    assert changed != file.read_bytes()
    look_unchanged(tmp_path / "a", changed)
    ran = slsmigrate(*words, tmp_path / "a")
    assert "has uncommitted changes" in ran.out
    assert file.read_bytes() == changed
    assert not stub.writes


def test_run_that_commits_takes_names_from_the_manifest_on_disk_as_its_preview_does(
    tmp_path: Path, stub: StubStore, slsmigrate: Program
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    file = tmp_path / "a" / "serverless.yml"
    file.write_bytes(file.read_bytes().replace(b"service: a", b"service: fresh"))
    assert "/fresh/db-password" in slsmigrate(tmp_path / "a", "--dry-run", "--allow-dirty", "--commit").out
    assert slsmigrate(tmp_path / "a", "--yes", "--allow-dirty", "--commit").code == ExitCode.DONE
    assert stub.names() == ["/fresh/db-password"]


@pytest.mark.parametrize("stored", [None, "another"], ids=["nothing", "another value"])
@pytest.mark.parametrize(
    "words", [["--yes", "--commit"], ["batch", "--yes", "--branch", "topic"]], ids=["single", "batch"]
)
def test_reference_that_a_person_wrote_is_committed_only_if_the_store_holds_its_value(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: list[str], stored: str | None
) -> None:
    (held,) = service(tmp_path, "a", ["DB_PASSWORD"])
    file = tmp_path / "a" / "serverless.yml"
    file.write_text(file.read_text().replace(held.value, "${ssm(raw):/a/db-password}"))
    before = file.read_bytes()
    if stored:
        stub.seed("/a/db-password", stored)
    ran = slsmigrate(*words, tmp_path / "a")
    assert ran.code == ExitCode.FAILED
    assert "/a/db-password" in ran.out + ran.err
    assert "does not hold the value" in " ".join((ran.out + ran.err).split())
    assert file.read_bytes() == before
    assert git(tmp_path / "a", "log", "--all", "--format=%s") == "initial\n"

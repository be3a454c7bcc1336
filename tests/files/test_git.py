"""git of a repository: one commit of the given files, and everything back where it is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from migrate.files.branches import (
    BranchExistsError,
    abandoned_branch_origin,
    branch_exists,
    new_branch,
    put_on_branch,
    require_new_branch,
)
from migrate.files.commits import commit_files, committed_content, restore_files, uncommitted_files
from migrate.files.git import GitError
from migrate.files.git_state import common_directory, current_branch, head_commit
from migrate.files.worktrees import temporary_worktree
from tests.support.gitrepos import git, repository

FILES = {"serverless.yml": "a: 1\n", "other.txt": "x\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "r", FILES)


def test_commit_takes_its_files_and_leaves_staged_changes(root: Path) -> None:
    (root / "serverless.yml").write_text("a: 2\n")
    (root / "other.txt").write_text("y\n")
    git(root, "add", "other.txt")
    made = commit_files(root, [root / "serverless.yml"], "A message\n\nwith a body")
    assert git(root, "show", "--format=%H %s", "--name-only", "HEAD").split() == [
        made,
        "A",
        "message",
        "serverless.yml",
    ]
    assert git(root, "status", "--porcelain") == "M  other.txt\n"


def test_untracked_file_can_be_committed(root: Path) -> None:
    (root / "new.yml").write_text("a: 1\n")
    commit_files(root, [root / "new.yml"], "new")
    assert git(root, "status", "--porcelain") == ""


def test_files_that_differ_from_the_last_commit_are_uncommitted(root: Path) -> None:
    files = [root / name for name in (*FILES, "new.yml")]
    (root / "new.yml").write_text("a: 1\n")
    (root / "serverless.yml").write_text("a: 2\n")
    assert uncommitted_files(root, files) == (root / "serverless.yml", root / "new.yml")
    git(root, "add", "serverless.yml")
    assert uncommitted_files(root, files) == (root / "serverless.yml", root / "new.yml")
    assert uncommitted_files(root, []) == ()


def test_before_the_first_commit_everything_is_uncommitted(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--template=", "new")
    (tmp_path / "new" / "a.yml").write_text("a: 1\n")
    git(tmp_path / "new", "add", "a.yml")
    assert uncommitted_files(tmp_path / "new", [tmp_path / "new" / "a.yml"]) == (tmp_path / "new" / "a.yml",)


def test_refusing_hook_is_reported_without_its_output(root: Path) -> None:
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho quoted-secret >&2\nexit 1\n")
    hook.chmod(0o755)
    (root / "serverless.yml").write_text("a: 2\n")
    with pytest.raises(GitError, match="a hook or a signing setting refused it") as raised:
        commit_files(root, [root / "serverless.yml"], "x")
    assert "quoted-secret" not in f"{raised.value.message} {raised.value.hint}"
    assert git(root, "diff", "--cached") == ""


def test_failing_signing_program_refuses_the_commit(root: Path) -> None:
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "gpg.program", "/bin/false")
    (root / "serverless.yml").write_text("a: 2\n")
    with pytest.raises(GitError):
        commit_files(root, [root / "serverless.yml"], "x")


def _refused_on_branch(root: Path) -> str:
    """The branch that a commit was refused on."""
    on = ""
    with suppress(GitError), new_branch(root, "topic"):
        on = current_branch(root)
        raise GitError("no")
    return on


def test_new_branch_holds_the_commit_and_is_removed_on_failure(root: Path) -> None:
    assert _refused_on_branch(root) == "topic"
    assert current_branch(root) == "main"
    assert not branch_exists(root, "topic")
    with new_branch(root, "topic"):
        (root / "serverless.yml").write_text("a: 2\n")
        commit_files(root, [root / "serverless.yml"], "x")
    assert current_branch(root) == "topic"
    assert abandoned_branch_origin(root, "topic") is None
    with pytest.raises(BranchExistsError):
        require_new_branch(root, "main")
    with pytest.raises(GitError, match="no name"):
        require_new_branch(root, "a..b")


@pytest.mark.parametrize("steps", [["switch --create topic"], ["switch --create topic", "switch main"]])
def test_branch_left_by_a_killed_run_is_reused(root: Path, steps: list[str]) -> None:
    for step in steps:
        git(root, *step.split(), "--quiet")
    assert abandoned_branch_origin(root, "topic") == "main"
    assert _refused_on_branch(root) == "topic"
    assert current_branch(root) == "main"
    assert not branch_exists(root, "topic")


def test_branch_made_by_somebody_else_is_not_abandoned(root: Path) -> None:
    git(root, "branch", "topic")
    assert abandoned_branch_origin(root, "topic") is None
    assert abandoned_branch_origin(root, "none") is None


def test_detached_head_is_restored_after_a_refused_commit(root: Path) -> None:
    git(root, "switch", "--quiet", "--detach")
    _refused_on_branch(root)
    assert current_branch(root) == ""
    assert head_commit(root) == git(root, "rev-parse", "main").strip()


def test_temporary_worktree_and_leftovers_of_a_killed_run_are_removed(root: Path) -> None:
    left = root / ".git" / "slsmigrate-left"
    left.mkdir()
    with temporary_worktree(root) as tree:
        assert not left.exists()
        assert (tree / "serverless.yml").read_text() == FILES["serverless.yml"]
        with temporary_worktree(root) as second:
            assert tree.exists()
            assert second != tree
        (tree / "serverless.yml").write_text("a: 2\n")
        made = commit_files(tree, [tree / "serverless.yml"], "x")
    put_on_branch(root, "topic", made, "x")
    assert git(root, "rev-parse", "topic").strip() == made
    assert git(root, "worktree", "list").count("\n") == 1
    assert not list((root / ".git").glob("slsmigrate-*"))
    assert git(root, "status", "--porcelain") == ""


def test_commit_waits_for_the_index_lock_and_then_fails(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.files.commits._LOCK_SECONDS", 0.3)
    (root / "serverless.yml").write_text("a: 2\n")
    (root / ".git" / "index.lock").touch()
    with pytest.raises(GitError, match="holds the index"):
        commit_files(root, [root / "serverless.yml"], "x")


def test_commit_of_already_committed_files_returns_the_head(root: Path) -> None:
    assert commit_files(root, [root / "serverless.yml"], "x") == git(root, "rev-parse", "HEAD").strip()


def test_restored_files_have_their_given_bytes(root: Path) -> None:
    restore_files({root / "serverless.yml": b"b: 3\n"}, root)
    assert (root / "serverless.yml").read_bytes() == b"b: 3\n"


def test_committed_content_has_the_work_trees_line_ends(root: Path) -> None:
    (root / ".gitattributes").write_text("*.yml eol=crlf\n")
    assert committed_content(root, root / "serverless.yml") == b"a: 1\r\n"
    assert committed_content(root, root / "gone.yml") is None


def test_linked_work_trees_share_the_repository_directory(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other")
    assert common_directory(tmp_path / "tree") == common_directory(root) == str(root / ".git")

"""Temporary work trees: what a hostile git directory may not lead their removal to."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.files.git import GitError
from migrate.files.worktrees import remove_stale_worktrees
from tests.support.gitrepos import git, repository, service
from tests.support.program import Program, write
from tests.support.storestub import StubStore

NAME = "slsmigrate-tool"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A file of a neighbour whose directory is called as a leftover is."""
    write(tmp_path / "work" / NAME, {"important.txt": "precious"})
    return tmp_path / "work" / NAME / "important.txt"


@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic"], ["--branch", "topic", "--worktree"]])
def test_run_that_commits_removes_nothing_behind_a_link(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, precious: Path, words: list[str]
) -> None:
    service(tmp_path, "evil", ["DB_PASSWORD"])
    (tmp_path / "evil" / ".git" / "worktrees").symlink_to(tmp_path / "work")
    (tmp_path / "evil" / ".git" / NAME).mkdir()
    for command in ([], ["batch"]):
        slsmigrate(*command, tmp_path / "evil", "--yes", *words)
        assert precious.read_text() == "precious"


@pytest.mark.parametrize("link", ["worktrees", f"worktrees/{NAME}", NAME, f"{NAME}/{NAME}"])
@pytest.mark.parametrize("has_both_ends", [False, True])
def test_leftover_is_never_removed_through_a_link(
    tmp_path: Path, precious: Path, monkeypatch: pytest.MonkeyPatch, link: str, *, has_both_ends: bool
) -> None:
    # The repository is refused before that; a removal must not rest on it alone.
    monkeypatch.setattr("migrate.files.worktrees.require_own_repository", lambda _: None)
    root = repository(tmp_path / "evil", {"a.txt": "x\n"})
    directory = root / ".git"
    if has_both_ends:
        (precious.parent / "gitdir").write_text(f"{directory}/{NAME}/{NAME}/.git\n")
    targets = {"worktrees": precious.parents[1], f"{NAME}/{NAME}": precious.parent}
    (directory / link).parent.mkdir(exist_ok=True)
    (directory / link).symlink_to(targets.get(link, precious.parent))
    if link != NAME:
        (directory / NAME).mkdir(exist_ok=True)
    remove_stale_worktrees(root)
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("named", ["", "{root}/elsewhere/.git\n", "../../../elsewhere/.git\n"])
def test_entry_that_names_no_leftover_of_ours_stays(tmp_path: Path, named: str) -> None:
    root = repository(tmp_path / "r", {"a.txt": "x\n"})
    entry = root / ".git" / "worktrees" / NAME
    write(entry, {"gitdir": named.format(root=root)})
    write(root / "elsewhere", {"mine.txt": "x"})
    (root / ".git" / NAME).mkdir()
    remove_stale_worktrees(root)
    assert entry.exists()
    assert (root / "elsewhere" / "mine.txt").exists()
    assert not (root / ".git" / NAME).exists()


def test_leftover_of_a_neighbours_git_directory_stays(tmp_path: Path) -> None:
    victim = repository(tmp_path / "victim", {"a.txt": "x\n"})
    (victim / ".git" / NAME).mkdir()
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / ".git").symlink_to(victim / ".git")
    with pytest.raises(GitError):
        remove_stale_worktrees(tmp_path / "evil")
    assert (victim / ".git" / NAME).exists()


def test_leftover_of_a_linked_work_tree_is_removed_with_its_entry(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.txt": "x\n"})
    git(root, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    left = root / ".git" / "worktrees" / "linked" / NAME
    git(root, "worktree", "add", "--quiet", "--detach", str(left / NAME))
    remove_stale_worktrees(tmp_path / "linked")
    assert not left.exists()
    assert git(root, "worktree", "list").count("\n") == 2

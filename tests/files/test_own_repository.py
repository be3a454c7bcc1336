"""Whose repository a `.git` is: a neighbour's is never committed to, whoever wrote what leads there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.files.git import GitError
from migrate.files.own_repository import require_own_repository
from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, repository, secret
from tests.support.program import Program, write
from tests.support.storestub import StubStore

FILES = {"serverless.yml": manifest("shop", {"DB_PASSWORD": secret("own")})}
LINKED = ("HEAD", "index", "config", "packed-refs", "COMMIT_EDITMSG", "objects", "objects/ab", "objects/pack", "refs",
          "refs/heads", "refs/heads/main", "refs/heads/topic", "logs", "logs/HEAD", "logs/refs/heads/main",
          "worktrees")  # fmt: skip


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    return repository(tmp_path / "work" / "victim", FILES)


@pytest.fixture
def evil(tmp_path: Path, victim: Path) -> Path:
    """A directory beside the victim with the same files."""
    write(tmp_path / "work" / "evil", {**FILES})
    return tmp_path / "work" / "evil"


def with_common_directory(evil: Path) -> None:
    write(evil / ".git", {"HEAD": "ref: refs/heads/main\n", "commondir": "../../victim/.git\n"})
    shutil.copy(evil.parent / "victim" / ".git" / "index", evil / ".git")


def with_links(evil: Path) -> None:
    git(evil, "init", "--quiet", "--template=", "--initial-branch=main")
    for name in ("refs/heads", "objects"):
        shutil.rmtree(evil / ".git" / name)
        (evil / ".git" / name).symlink_to(evil.parent / "victim" / ".git" / name)
    shutil.copy(evil.parent / "victim" / ".git" / "index", evil / ".git")


def with_both_ends(evil: Path) -> None:
    write(evil, {".git": "gitdir: adm\n"})
    write(evil / "adm", {"HEAD": "ref: refs/heads/main\n", "commondir": "../../victim/.git\n"})
    write(evil / "adm", {"gitdir": f"{evil}/.git\n"})
    shutil.copy(evil.parent / "victim" / ".git" / "index", evil / "adm")


def with_both_ends_below_worktrees(evil: Path) -> None:
    with_both_ends(evil)
    (evil / "worktrees").mkdir()
    (evil / "adm").rename(evil / "worktrees" / "adm")
    write(evil, {".git": "gitdir: worktrees/adm\n", "worktrees/adm/commondir": "../../../victim/.git\n"})


def with_settings_that_name_it(evil: Path) -> None:
    with_both_ends(evil)
    (evil / "adm" / "gitdir").unlink()
    write(evil / "adm", {"config.worktree": f"[core]\n\tworktree = {evil}\n"})
    git(evil.parent / "victim", "config", "extensions.worktreeConfig", "true")


def with_a_link_to_a_linked_work_trees_file(evil: Path) -> None:
    git(evil.parent / "victim", "worktree", "add", "--quiet", str(evil.parent / "linked"))
    (evil / ".git").symlink_to(evil.parent / "linked" / ".git")


@pytest.mark.parametrize(
    "lead",
    [
        with_common_directory,
        with_links,
        with_both_ends,
        with_both_ends_below_worktrees,
        with_settings_that_name_it,
        with_a_link_to_a_linked_work_trees_file,
    ],
)
@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic", "--worktree"]])
def test_run_never_commits_to_a_neighbour_and_puts_nothing(
    evil: Path, victim: Path, stub: StubStore, slsmigrate: Program, lead: Callable[[Path], None], words: list[str]
) -> None:
    lead(evil)
    before = git(victim, "for-each-ref")
    for command in ([], ["batch"]):
        ran = slsmigrate(*command, evil, "--yes", *words)
        assert ran.code == ExitCode.FAILED, ran
    assert git(victim, "for-each-ref") == before
    assert not stub.writes


@pytest.mark.parametrize("name", LINKED)
@pytest.mark.parametrize("is_linked_tree", [False, True])
def test_link_where_a_commit_writes_is_refused(tmp_path: Path, name: str, *, is_linked_tree: bool) -> None:
    root = tree = repository(tmp_path / "r", FILES)
    if is_linked_tree:
        tree = tmp_path / "linked"
        git(root, "worktree", "add", "--quiet", str(tree))
    place = root / ".git" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(place):
        place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    with pytest.raises(GitError):
        require_own_repository(tree)


@pytest.mark.parametrize("name", ["COMMIT_EDITMSG", "logs/HEAD", "logs/refs/heads/main"])
def test_hard_link_through_which_a_commit_writes_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    root = repository(tmp_path / "r", FILES)
    place, victim = root / ".git" / name, tmp_path / "victim"
    victim.write_text("precious\n")
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.link(victim, place)
    with pytest.raises(GitError, match="leads to another place"):
        require_own_repository(root)


def test_clone_that_shares_its_objects_by_hard_links_is_its_own(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", FILES)
    git(tmp_path, "clone", "--quiet", "--local", str(root), "clone")
    require_own_repository(tmp_path / "clone")


@pytest.mark.parametrize("name", ["HEAD", "index", "logs", "refs"])
def test_link_in_the_directory_of_a_linked_work_tree_is_refused(tmp_path: Path, name: str) -> None:
    root = repository(tmp_path / "r", FILES)
    git(root, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    place = root / ".git" / "worktrees" / "linked" / name
    if place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    with pytest.raises(GitError):
        require_own_repository(tmp_path / "linked")


def test_references_that_settings_keep_elsewhere_are_refused(evil: Path, victim: Path) -> None:
    repository(evil, FILES)
    git(evil, "config", "extensions.refStorage", f"files://{victim}/.git")
    with pytest.raises(GitError, match="another work tree"):
        require_own_repository(evil)
    git(evil, "config", "extensions.refStorage", "files")
    require_own_repository(evil)


def test_directory_that_cannot_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "r", FILES)

    def forbidden(_: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr("os.scandir", forbidden)
    with pytest.raises(GitError, match="can't be searched for links"):
        require_own_repository(root)


def test_links_that_no_commit_writes_through_and_an_odd_place_are_fine(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", FILES)
    (tmp_path / "hooks").mkdir()
    (root / ".git" / "hooks").symlink_to(tmp_path / "hooks")
    (tmp_path / "link").symlink_to(root)
    (tmp_path / "disk").mkdir()
    git(root, "worktree", "add", "--quiet", str(tmp_path / "disk" / "linked"), "-b", "a/b/c")
    git(root, "pack-refs", "--all")
    for tree in (root, tmp_path / "link", tmp_path / "disk" / "linked"):
        require_own_repository(tree)

"""git of a repository: one commit of the given files, and everything back where it is refused."""

from __future__ import annotations

import subprocess
import threading
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
from migrate.files.commits import commit_files, committed_content, overlooked_files, restore_files, uncommitted_files
from migrate.files.git import GitError
from migrate.files.git_state import (
    common_directory,
    current_branch,
    head_commit,
    require_nothing_under_way,
    require_unlocked_index,
)
from migrate.files.own_repository import require_own_repository
from migrate.files.worktrees import remove_stale_worktrees, temporary_worktree
from tests.support.gitrepos import git, repository
from tests.support.program import write

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
    git(root, "switch", "--quiet", "topic")
    git(root, "commit", "--quiet", "--allow-empty", "--message=mine")
    git(root, "switch", "--quiet", "topic")  # from topic to topic, as the reflog says
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


# ── what git overlooks, what is under way, what is left of a refused commit ───────────────────


def test_refused_commit_leaves_the_index_as_it_was(root: Path) -> None:
    write(root, {"new.yml": "a: 1\n", "announced.yml": "a: 1\n", "staged.yml": "a: 1\n", "serverless.yml": "a: 2\n"})
    git(root, "add", "--intent-to-add", "announced.yml")
    git(root, "add", "staged.yml")
    write(root / ".git" / "hooks", {"pre-commit": "#!/bin/sh\nexit 1\n"})
    (root / ".git" / "hooks" / "pre-commit").chmod(0o755)
    before = git(root, "ls-files", "--stage"), git(root, "status", "--short")
    names = ["new.yml", "announced.yml", "staged.yml", "serverless.yml"]
    with pytest.raises(GitError):
        commit_files(root, [root / name for name in names], "x")
    assert (git(root, "ls-files", "--stage"), git(root, "status", "--short")) == before


def test_commit_takes_no_file_that_a_name_matches_as_a_pattern(root: Path) -> None:
    write(root, {"s*.yml": "a: 1\n", "second.yml": "a: 1\n", "serverless.yml": "a: 2\n"})
    commit_files(root, [root / "s*.yml"], "x")
    assert git(root, "show", "--format=", "--name-only", "HEAD") == "s*.yml\n"
    assert git(root, "status", "--short") == " M serverless.yml\n?? second.yml\n"


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_file_whose_changes_git_overlooks_is_uncommitted_and_never_committed(root: Path, flag: str) -> None:
    git(root, "update-index", flag, "serverless.yml")
    write(root, {"serverless.yml": "a: 2\n", "other.txt": "y\n"})
    files = [root / "serverless.yml", root / "other.txt"]
    assert uncommitted_files(root, files) == tuple(files)
    assert overlooked_files(root, files) == (root / "serverless.yml",)
    head = head_commit(root)
    with pytest.raises(GitError, match="overlook"):
        commit_files(root, files, "x")
    assert head_commit(root) == head


def test_commit_that_does_not_move_the_head_is_a_failure(root: Path) -> None:
    write(root, {"serverless.yml": "a: 2\n"})
    write(root / ".git" / "hooks", {"post-commit": "#!/bin/sh\ngit reset --quiet --soft HEAD~1\n"})
    (root / ".git" / "hooks" / "post-commit").chmod(0o755)
    with pytest.raises(GitError, match="the commit failed"):
        commit_files(root, [root / "serverless.yml"], "x")


def test_work_tree_of_a_person_on_an_absent_disk_is_not_forgotten(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", str(tmp_path / "disk" / "mine"), "-b", "mine")
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    with temporary_worktree(root):
        pass
    (tmp_path / "unplugged").rename(tmp_path / "disk")
    assert git(tmp_path / "disk" / "mine", "symbolic-ref", "--short", "HEAD") == "mine\n"
    assert git(root, "worktree", "list").count("\n") == 2


def test_work_tree_of_a_killed_run_is_forgotten_with_its_directory(root: Path) -> None:
    left = root / ".git" / "slsmigrate-left"
    git(root, "worktree", "add", "--quiet", "--detach", str(left / left.name))
    git(root, "worktree", "lock", str(left / left.name))
    remove_stale_worktrees(root)
    assert not left.exists()
    assert git(root, "worktree", "list").count("\n") == 1


@pytest.mark.parametrize("step", ["rebase", "merge", "cherry-pick", "revert", "am"])
def test_conflict_that_a_person_is_resolving_is_under_way(root: Path, step: str) -> None:
    write(root, {"other.txt": "second\n"})
    git(root, "commit", "--quiet", "--all", "--message=second")
    git(root, "switch", "--quiet", "--create", "side", "HEAD~1")
    write(root, {"other.txt": "side\n"})
    git(root, "commit", "--quiet", "--all", "--message=side")
    require_nothing_under_way(root)
    git(root, "format-patch", "--quiet", "--output-directory", str(root), "main~1..main")
    words = {"am": ["am", "--quiet", "0001-second.patch"], "revert": ["revert", "--no-edit", "main"]}
    with pytest.raises(subprocess.CalledProcessError):
        git(root, *words.get(step, [step, "main"]))
    with pytest.raises(GitError, match="is under way here"):
        require_nothing_under_way(root)


def test_bisect_is_under_way(root: Path) -> None:
    git(root, "bisect", "start")
    with pytest.raises(GitError, match="a bisect is under way here"):
        require_nothing_under_way(root)


def test_lock_of_the_index_that_another_git_gives_up_is_waited_for(root: Path) -> None:
    lock = root / ".git" / "index.lock"
    lock.touch()
    other = threading.Timer(0.3, lock.unlink)
    other.start()
    require_unlocked_index(root)
    assert not lock.exists()
    other.join()


# ── whose repository it is ────────────────────────────────────────────────────────────────────


def test_linked_work_tree_and_submodule_are_their_own(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "sub")
    for tree in (root, tmp_path / "linked", root / "sub"):
        require_own_repository(tree)


@pytest.mark.parametrize("way", ["a file", "a link", "settings"])
def test_repository_of_a_neighbour_is_never_committed_to(root: Path, tmp_path: Path, way: str) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    if way == "a file":
        (hostile / ".git").write_text(f"gitdir: {root}/.git\n")
    elif way == "a link":
        (hostile / ".git").symlink_to(root / ".git")
    else:
        git(hostile, "init", "--quiet")
        git(hostile, "config", "core.worktree", str(root))
    with pytest.raises(GitError, match="another work tree"):
        require_own_repository(hostile)

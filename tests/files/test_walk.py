import os
import subprocess
import time
from pathlib import Path

import pytest

from migrate.files.walk import Walk, repository_root, walk
from tests.support.posix import make_pipe


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def git(directory: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=directory, check=True, capture_output=True)


def names(found: Walk, root: Path) -> set[str]:
    return {each.path.relative_to(root).as_posix() for each in found.named}


def test_manifests_variants_and_unsupported_files_are_found_by_name(tmp_path: Path) -> None:
    wanted = {
        "serverless.yml",
        "a/serverless.yaml",
        "b/c/serverless.json",
        "d/serverless.dev.yml",
        "d/serverless-prod.yaml",
        "d/serverless.template.yml",
        "e/serverless.ts",
        "e/serverless.cjs",
        "e/.env",
        "e/.env.production",
    }
    put(tmp_path, *wanted, "x.yml", "serverless", "serverless.txt", "serverless.test.ts", "e/.env.example")
    assert names(walk(tmp_path), tmp_path) == wanted


@pytest.mark.parametrize("pruned", ["node_modules", ".git", ".serverless"])
def test_excluded_directories_are_never_entered(tmp_path: Path, pruned: str) -> None:
    put(tmp_path, f"a/{pruned}/x/serverless.yml", "a/serverless.yml")
    assert names(walk(tmp_path), tmp_path) == {"a/serverless.yml"}


def test_dotenv_file_is_found_only_beside_a_service(tmp_path: Path) -> None:
    put(tmp_path, "web/.env", "api/.env", "api/serverless.yml")
    assert names(walk(tmp_path), tmp_path) == {"api/.env", "api/serverless.yml"}


def test_cyclic_directory_link_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/serverless.yml")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert names(walk(tmp_path), tmp_path) == {"a/serverless.yml"}


def test_directory_that_cannot_be_listed_is_reported_and_the_others_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "locked/serverless.yml", "open/serverless.yml")
    scandir = os.scandir

    def refusing(directory: str) -> object:
        if directory.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(directory)

    monkeypatch.setattr(os, "scandir", refusing)
    found = walk(tmp_path)
    assert names(found, tmp_path) == {"open/serverless.yml"}
    assert [str(each.location) for each in found.problems] == [str(tmp_path / "locked")]
    assert "Permission denied" in found.problems[0].message


# ── what git ignores ──────────────────────────────────────────────────────────────────────────

IGNORES = "build/\n*.local.yml\n/serverless.ts\n!keep.local.yml\n"


@pytest.fixture(params=["git", "no git program", "no work tree", "git declines"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with ignore files, in a work tree or not: all must come to the same."""
    if request.param != "no work tree":
        git(tmp_path, "init", "-q")
    if request.param == "no git program":
        monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    if request.param == "git declines":
        (tmp_path / ".git" / "config").write_text("[core\n")
    (tmp_path / ".gitignore").write_text(IGNORES)
    return tmp_path


def test_ignored_files_are_left_out_and_listed(tree: Path) -> None:
    put(tree, "serverless.yml", "build/serverless.yml", "a/serverless.local.yml", "a/serverless.yml")
    found = walk(tree)
    assert names(found, tree) == {"serverless.yml", "a/serverless.yml"}
    assert sorted(found.ignored) == [tree / "a/serverless.local.yml", tree / "build/serverless.yml"]


def test_deeper_ignore_file_overrules_a_higher_one(tree: Path) -> None:
    put(tree, "a/serverless.local.yml", "build/b/serverless.yml", "a/c/serverless.local.yml")
    (tree / "a" / ".gitignore").write_text("!serverless.local.yml\n")
    (tree / "build" / ".gitignore").write_text("!*\n")
    assert names(walk(tree), tree) == {"a/serverless.local.yml", "a/c/serverless.local.yml"}


def test_ignored_dotenv_is_listed_but_ignored_code_is_not(tree: Path) -> None:
    (tree / ".gitignore").write_text(IGNORES + ".env\n")
    put(tree, "serverless.yml", ".env", "serverless.ts")
    found = walk(tree)
    assert names(found, tree) == {"serverless.yml", ".env"}
    assert found.ignored == []


def test_ignore_file_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    put(tmp_path, "a/serverless.yml")
    make_pipe(tmp_path / ".gitignore")
    assert names(walk(tmp_path), tmp_path) == {"a/serverless.yml"}


def test_tracked_file_is_found_though_it_matches_an_ignore_rule(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path, "serverless.yml", "new/serverless.yml")
    git(tmp_path, "add", "serverless.yml")
    (tmp_path / ".gitignore").write_text("serverless.yml\n")
    assert names(walk(tmp_path), tmp_path) == {"serverless.yml"}


def test_nested_repository_applies_its_own_ignore_rules(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path, "serverless.yml", "inner/serverless.yml", "inner/deep/serverless.yml")
    git(tmp_path / "inner", "init", "-q")
    (tmp_path / ".gitignore").write_text("inner/\n")
    (tmp_path / "inner" / ".gitignore").write_text("deep/\n")
    found = walk(tmp_path)
    assert {each.path.parent.name: each.root for each in found.named} == {
        tmp_path.name: tmp_path,
        "inner": tmp_path / "inner",
    }


def test_ignore_rules_of_a_repository_apply_below_its_root(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("old/\n")
    put(tmp_path, "services/serverless.yml", "services/old/serverless.yml")
    found = walk(tmp_path / "services")
    assert [(each.path, each.root) for each in found.named] == [(tmp_path / "services/serverless.yml", tmp_path)]


@pytest.mark.parametrize("is_there", [True, False])
def test_ignore_file_that_is_a_link_is_not_followed_as_in_git(tree: Path, is_there: bool) -> None:
    private = tree / "private"
    private.write_text("serverless.yml\n" if is_there else "")
    (tree / ".gitignore").unlink()
    (tree / ".gitignore").symlink_to(private)
    put(tree, "serverless.yml")
    assert names(walk(tree), tree) == {"serverless.yml"}


def test_unusual_file_names_do_not_confuse_git(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    odd = {
        ":!x/serverless.yml",
        ":(top)x/serverless.yml",
        "a*b/serverless.yml",
        "é\n/serverless.yml",
        "-f/serverless.yml",
    }
    put(tmp_path, *odd)
    git(tmp_path, "add", ".")
    put(tmp_path, "axb/serverless.yml")
    (tmp_path / ".gitignore").write_text("*\n")
    assert names(walk(tmp_path), tmp_path) == odd


def test_git_hook_variables_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path, "a/serverless.yml")
    git(tmp_path, "add", ".")
    put(tmp_path, "b/serverless.yml")
    (tmp_path / ".gitignore").write_text("serverless.yml\n")
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent/index")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert names(walk(tmp_path), tmp_path) == {"a/serverless.yml"}


def test_git_settings_of_a_repository_run_no_program(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path, "serverless.yml")
    git(tmp_path, "add", ".")
    program = tmp_path / "monitor"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    program.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(program))
    assert names(walk(tmp_path), tmp_path) == {"serverless.yml"}
    assert not (tmp_path / "ran").exists()


def test_worktree_with_a_git_file_is_a_root(tmp_path: Path) -> None:
    put(tmp_path, "deep/down/x", ".git")
    assert repository_root(tmp_path / "deep" / "down") == tmp_path


def test_five_thousand_directories_are_walked_within_seconds(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number % 50}" / f"{number}").mkdir(parents=True)
    put(tmp_path, "1/1/serverless.yml")
    started = time.monotonic()
    assert names(walk(tmp_path), tmp_path) == {"1/1/serverless.yml"}
    assert time.monotonic() - started < 5

"""Where we say that nothing is ignored, git says so too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from migrate.files import ignore_files
from migrate.files.ignore_files import may_ignore
from tests.support.gitrepos import git, repository

FILES = ("serverless.yml", "services/api/serverless.yml", "services/api/serverless.prod.yml", "a b/serverless.json")
# Patterns of gitignore(5), and whether they could leave out one of FILES.
PATTERNS = {
    "node_modules": False,
    "*.log\n/dist/\n.serverless/": False,
    "# serverless.yml\n!serverless.yml\n": False,
    "serverless.yml": True,
    "SERVERLESS.YML": True,
    "/services/": True,
    "services/**": True,
    "**/api": True,
    "*.json   ": True,
    "server?ess.*": True,
    "[s]erverless.yml": True,
    "\\serverless.yml": True,
    "api/serverless.prod.yml": True,
    " leading": False,
}


@pytest.fixture(autouse=True)
def _forgets() -> None:
    ignore_files._everywhere.cache_clear()


@pytest.mark.parametrize(("pattern", "may"), PATTERNS.items())
def test_ignore_pattern_is_skipped_only_if_it_can_match_nothing(tmp_path: Path, pattern: str, may: bool) -> None:
    root = repository(tmp_path / "r", {**dict.fromkeys(FILES, "x"), ".gitignore": "x"})
    (root / ".gitignore").write_text(pattern + "\n")
    assert may_ignore([root / each for each in FILES], root) is may
    said = subprocess.run(["git", "-C", root, "check-ignore", "--no-index", *FILES], capture_output=True, check=False)
    assert may or not said.stdout


@pytest.mark.parametrize("file", [".git/info/exclude", "services/.gitignore", "services/api/.gitignore"])
def test_every_ignore_file_location_is_read(tmp_path: Path, file: str) -> None:
    root = repository(tmp_path / "r", dict.fromkeys(FILES, "x"))
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text("serverless.yml\n")
    assert may_ignore([root / FILES[1]], root)


def test_excludes_file_setting_leaves_the_answer_to_git(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", dict.fromkeys(FILES, "x"))
    assert not may_ignore([root / FILES[0]], root)
    git(root, "config", "core.excludesFile", "/nowhere")
    assert may_ignore([root / FILES[0]], root)


def test_ignore_file_of_the_user_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "r", dict.fromkeys(FILES, "x"))
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "ignore").write_text("serverless.*\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert may_ignore([root / FILES[0]], root)


def test_linked_work_tree_is_left_to_git(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", dict.fromkeys(FILES, "x"))
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other")
    assert may_ignore([tmp_path / "tree" / FILES[0]], tmp_path / "tree")


def test_missing_git_means_files_may_be_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "r", dict.fromkeys(FILES, "x"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert may_ignore([root / FILES[0]], root)

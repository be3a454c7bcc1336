"""Filters of git are told from attributes, wherever these stand, and git agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.files.filters import filter_drivers
from tests.support.gitrepos import git, repository
from tests.support.program import write

FILE = "deep/serverless.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "r", {FILE: "a: 1\n", "other.yml": "a: 1\n"})


def drivers(root: Path) -> dict[str, str]:
    found = filter_drivers([(root / FILE, root), (root / "other.yml", root)])
    return {file.relative_to(root).as_posix(): driver for file, driver in found.items()}


@pytest.mark.parametrize("place", [".gitattributes", "deep/.gitattributes", ".git/info/attributes"])
def test_driver_is_told_from_attributes_wherever_they_stand(root: Path, place: str) -> None:
    write(root, {place: "serverless.yml filter=git-crypt diff=git-crypt\n"})
    assert drivers(root) == {FILE: "git-crypt"}


def test_driver_of_a_macro_is_told(root: Path) -> None:
    write(root, {".gitattributes": "[attr]secret filter=lfs\ndeep/* secret\n"})
    assert drivers(root) == {FILE: "lfs"}


def test_deeper_attributes_take_a_filter_away(root: Path) -> None:
    write(root, {".gitattributes": "*.yml filter=lfs\n", "deep/.gitattributes": "*.yml -filter\n"})
    assert drivers(root) == {"other.yml": "lfs"}


def test_driver_is_told_from_the_users_own_attributes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"config": f"[core]\n\tattributesFile = {tmp_path}/own\n", "own": "deep/* filter=crypt\n"})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    assert drivers(root) == {FILE: "crypt"}


@pytest.mark.parametrize("version", ["2", "4"])
@pytest.mark.parametrize("place", [".gitattributes", "deep/.gitattributes"])
def test_driver_is_told_from_attributes_that_stand_in_the_index_alone(root: Path, place: str, version: str) -> None:
    write(root, {place: "serverless.yml filter=git-crypt\n"})
    git(root, "add", "--all")
    git(root, "update-index", "--skip-worktree", "--index-version", version, place)
    (root / place).unlink()
    assert drivers(root) == {FILE: "git-crypt"}


def test_driver_is_told_in_a_sparse_checkout(root: Path) -> None:
    write(root, {".gitattributes": "serverless.yml filter=lfs\n"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "attributes")
    git(root, "sparse-checkout", "set", "--no-cone", "*.yml")
    assert not (root / ".gitattributes").exists()
    assert drivers(root) == {FILE: "lfs"}


def test_linked_work_tree_is_asked(root: Path, tmp_path: Path) -> None:
    write(root, {".git/info/attributes": "*.yml filter=lfs\n"})
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other")
    assert drivers(tmp_path / "tree") == {FILE: "lfs", "other.yml": "lfs"}


@pytest.mark.parametrize("attributes", ["", "* text=auto\n", "* filter\n", "* -filter\n"])
def test_file_without_a_driver_passes_none(root: Path, attributes: str) -> None:
    write(root, {".gitattributes": attributes})
    assert drivers(root) == {}


@pytest.mark.parametrize(
    ("attributes", "name"),
    [("* filter=", ""), ("* filter=set", "set"), ("* filter=unset", "unset"), ("* filter=unspecified", "unspecified")],
)
def test_driver_named_like_no_driver_counts_where_the_settings_have_one(root: Path, attributes: str, name: str) -> None:
    write(root, {".gitattributes": f"{attributes}\n"})
    assert drivers(root) == {}
    with (root / ".git" / "config").open("a") as config:
        config.write(f'[filter "{name}"]\n\tclean = cat\n')
    assert set(drivers(root)) == {FILE, "other.yml"}
    assert all(drivers(root).values())  # '' would say that there is none


def test_directory_outside_git_has_no_filters(tmp_path: Path) -> None:
    write(tmp_path, {".gitattributes": "* filter=lfs\n", "serverless.yml": "a: 1\n"})
    assert filter_drivers([(tmp_path / "serverless.yml", tmp_path), (tmp_path / "other.yml", None)]) == {}

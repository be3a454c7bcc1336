"""Every work tree once, plain folders that hold manifests, and stable shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.files.repositories import (
    Repository,
    find_repositories,
    is_in_shard,
    matches_any,
    parse_shard,
    read_repository_list,
)
from migrate.model import UsageError
from tests.support.gitrepos import git, repository
from tests.support.program import write

MANIFEST = {"serverless.yml": "service: x\n"}


def names(*roots: Path, listed: tuple[Path, ...] = (), cwd: Path | None = None) -> list[str]:
    found, problems = find_repositories(roots, listed, cwd or roots[0])
    assert not problems
    return [each.name for each in found]


def test_nested_repositories_and_work_trees_are_found_once(tmp_path: Path) -> None:
    repository(tmp_path / "a", MANIFEST)
    repository(tmp_path / "a" / "vendor" / "b", MANIFEST)
    git(tmp_path / "a", "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other")
    assert names(tmp_path) == ["a", "a/vendor/b", "tree"]
    assert names(tmp_path, tmp_path / ".." / tmp_path.name, tmp_path / "a") == ["a", "a/vendor/b", "tree"]


def test_plain_directory_with_a_manifest_outside_git_is_a_repository(tmp_path: Path) -> None:
    write(tmp_path, {"plain/deep/serverless.yml": "service: x", "none/readme": "", "plain/other/serverless.json": "{}"})
    repository(tmp_path / "plain" / "inner", MANIFEST)
    found, _ = find_repositories((tmp_path,), (), tmp_path)
    assert found == (
        Repository("plain", tmp_path / "plain", False),
        Repository("plain/inner", tmp_path / "plain" / "inner", True),
    )


def test_manifest_in_the_root_makes_the_root_a_repository(tmp_path: Path) -> None:
    write(tmp_path, {"serverless.yml": "service: x", "sub/serverless.yml": "service: y"})
    assert names(tmp_path) == [tmp_path.name]


def test_directory_inside_a_work_tree_is_limited_to_that_part(tmp_path: Path) -> None:
    repository(tmp_path / "mono", {"services/a/serverless.yml": "service: a"})
    found, _ = find_repositories((tmp_path / "mono" / "services",), (), tmp_path)
    assert found == (Repository("services", tmp_path / "mono" / "services", True),)


def test_tool_directories_and_links_are_skipped(tmp_path: Path) -> None:
    repository(tmp_path / "node_modules" / "x", MANIFEST)
    repository(tmp_path / "a", MANIFEST)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "link") == ["a"]


def test_duplicate_names_below_several_roots_become_paths(tmp_path: Path) -> None:
    for root in ("one", "two"):
        repository(tmp_path / root / "api", MANIFEST)
    assert names(tmp_path / "one", tmp_path / "two", cwd=tmp_path) == ["one/api", "two/api"]


def test_listed_repositories_keep_the_names_of_the_list(tmp_path: Path) -> None:
    repository(tmp_path / "x" / "api", MANIFEST)
    (tmp_path / "list").write_text("# ours\n\nx/api\n  x/api/  \n")
    listed = read_repository_list(tmp_path / "list")
    found, problems = find_repositories((), (*listed, Path("gone")), tmp_path)
    assert [each.name for each in found] == ["x/api"]
    assert [str(each.location.file) for each in problems] == [str(tmp_path / "gone")]


def test_invalid_list_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_repository_list(tmp_path / "list")
    (tmp_path / "list").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        read_repository_list(tmp_path / "list")


def test_shards_are_disjoint_complete_and_depend_only_on_the_name() -> None:
    all_of_them = [Repository(f"team/{number}", Path("/x"), True) for number in range(400)]
    shares = [[each.name for each in all_of_them if is_in_shard(each, part, 8)] for part in range(1, 9)]
    assert sorted(name for share in shares for name in share) == sorted(each.name for each in all_of_them)
    assert all(25 <= len(share) <= 75 for share in shares)
    assert is_in_shard(Repository("shop-api", Path("/a"), True), 1, 3) == is_in_shard(
        Repository("shop-api", Path("/b"), False), 1, 3
    )


def test_shard_of_a_repository_is_stable_across_versions() -> None:
    assert [part for part in range(1, 9) if is_in_shard(Repository("shop-api", Path("/x"), True), part, 8)] == [7]


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/", "-1/3"])
def test_invalid_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="2/8"):
        parse_shard(text)


def test_repository_filter_matches_names_and_patterns() -> None:
    api = Repository("team/api", Path("/x"), True)
    assert matches_any(api, ())
    assert matches_any(api, ("team/*",))
    assert matches_any(Repository("a[1]", Path("/x"), True), ("a[1]",))
    assert not matches_any(api, ("other", "ap"))


def test_repository_root_agrees_with_git(tmp_path: Path) -> None:
    found = repository(tmp_path / "a", MANIFEST)
    assert (
        str(find_repositories((tmp_path,), (), tmp_path)[0][0].root)
        == git(found, "rev-parse", "--show-toplevel").strip()
    )

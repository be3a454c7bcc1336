"""The command that tries again completes what a conflict left, whatever the first run wrote and committed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, repository, secret, service
from tests.support.program import Program, Ran, write
from tests.support.storestub import StubStore

WAYS = {
    "files": ("--yes",),
    "commit": ("--yes", "--commit"),
    "branch": ("--yes", "--branch", "topic"),
    "worktree": ("--yes", "--branch", "topic", "--worktree"),
}
KEYS = ["API_KEY", "DB_PASSWORD"]
COMMAND = "slsmigrate batch "


def printed_command(ran: Ran) -> list[str]:
    """The words of the command that a batch prints for what failed."""
    line = next(line.strip() for line in ran.out.splitlines() if line.strip().startswith(COMMAND))
    return shlex.split(line)[1:]


def references(root: Path, commit: str) -> int:
    return git(root, "show", f"{commit}:serverless.yml").count("${ssm")


@pytest.fixture
def root(tmp_path: Path, stub: StubStore) -> Path:
    """A repository of two secrets, one of whose parameters holds another value."""
    service(tmp_path, "a", KEYS)
    stub.seed("/a/db-password", "something else")
    return tmp_path / "a"


@pytest.mark.parametrize("way", WAYS)
def test_printed_command_completes_once_the_conflict_is_resolved(
    root: Path, stub: StubStore, slsmigrate: Program, way: str
) -> None:
    first = slsmigrate("batch", root.parent, *WAYS[way])
    assert first.code == ExitCode.FAILED, first
    stub.delete("/a/db-password")
    again = slsmigrate(*printed_command(first))
    assert again.code == ExitCode.DONE, again
    assert {name: stub.value(name) for name in stub.names()} == {
        f"/a/{key.lower().replace('_', '-')}": secret(f"a {key}") for key in KEYS
    }
    if way == "files":
        assert (root / "serverless.yml").read_text().count("${ssm") == 2
        return
    head = "HEAD" if way == "commit" else "topic"
    assert [references(root, commit) for commit in (f"{head}~2", f"{head}~1", head)] == [0, 1, 2]
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("way", WAYS)
def test_single_run_completes_when_it_is_repeated(root: Path, stub: StubStore, slsmigrate: Program, way: str) -> None:
    assert slsmigrate(root, *WAYS[way]).code == ExitCode.FAILED
    stub.delete("/a/db-password")
    again = slsmigrate(root, *WAYS[way])
    assert again.code == ExitCode.DONE, again
    if way != "files":
        head = "HEAD" if way == "commit" else "topic"
        assert [references(root, commit) for commit in (f"{head}~2", f"{head}~1", head)] == [0, 1, 2]


@pytest.mark.parametrize("way", ["branch", "worktree"])
@pytest.mark.parametrize("own", ["commit", "amend", "reset"])
def test_branch_on_which_a_person_did_anything_is_not_continued(
    root: Path, stub: StubStore, slsmigrate: Program, way: str, own: str
) -> None:
    slsmigrate("batch", root.parent, *WAYS[way])
    stub.delete("/a/db-password")
    git(root, "switch", "--quiet", "topic")
    words = {"commit": ("commit", "--allow-empty", "--message=mine"), "amend": ("commit", "--amend", "--no-edit")}
    git(root, *words.get(own, ("reset", "--soft", "HEAD")), *(() if own == "reset" else ("--quiet",)))
    git(root, "commit", "--quiet", "--allow-empty", "--message=mine")
    tip = git(root, "rev-parse", "topic")
    if way == "worktree":
        git(root, "switch", "--quiet", "main")
    again = slsmigrate("batch", root.parent, *WAYS[way])
    assert "exists already" in again.out
    assert git(root, "rev-parse", "topic") == tip


def test_changes_of_a_person_beside_those_of_the_first_run_are_left(
    root: Path, stub: StubStore, slsmigrate: Program
) -> None:
    first = slsmigrate("batch", root.parent, "--yes")
    stub.delete("/a/db-password")
    write(root, {"serverless.yml": (root / "serverless.yml").read_text() + "# mine\n"})
    again = slsmigrate(*printed_command(first))
    assert "has uncommitted changes" in again.out
    assert (root / "serverless.yml").read_text().count("${ssm") == 1


def test_refused_second_commit_keeps_the_branch_with_the_first(
    root: Path, stub: StubStore, slsmigrate: Program
) -> None:
    first = slsmigrate("batch", root.parent, *WAYS["branch"])
    stub.delete("/a/db-password")
    write(root / ".git" / "hooks", {"pre-commit": "#!/bin/sh\nexit 1\n"})
    (root / ".git" / "hooks" / "pre-commit").chmod(0o755)
    again = slsmigrate(*printed_command(first))
    assert again.code == ExitCode.FAILED
    assert git(root, "symbolic-ref", "--short", "HEAD") == "topic\n"
    assert references(root, "topic") == 1
    assert git(root, "status", "--porcelain") == ""


STYLES = {"plain": "{}", "single": "'{}'", "double": '"{}"', "block": "|-\n      {}"}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("way", ["files", "commit", "branch", "worktree"])
def test_decisions_file_completes_once_the_conflict_is_resolved(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, way: str, style: str
) -> None:
    values = {key: STYLES[style].format(secret(f"a {key}")) for key in KEYS}
    root = repository(tmp_path / "r" / "a", {"serverless.yml": manifest("a", values)})
    decisions = tmp_path / "decisions.toml"
    slsmigrate("batch", root.parent, "--dry-run", "--save-decisions", decisions)
    stub.seed("/a/db-password", "something else")
    first = slsmigrate("batch", root.parent, "--decisions", decisions, *WAYS[way][1:])
    assert first.code == ExitCode.FAILED, first
    stub.delete("/a/db-password")
    again = slsmigrate(*printed_command(first))
    assert again.code == ExitCode.DONE, again

"""A pipe that a repository lets git read, and into which nobody writes, costs each run one short wait."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from migrate.files import git as git_module
from migrate.files.git import GitError, run_git
from migrate.model import ExitCode
from tests.support.gitrepos import git, service
from tests.support.program import Program
from tests.support.storestub import StubStore

assert sys.platform != "win32"  # a file system there holds no pipes

LIMIT = 1.0
SETTINGS = ("include.path", "core.attributesFile", "core.excludesFile")
FILES = ("config", "index", "HEAD", "packed-refs", "info/attributes", "info/exclude")
COMMANDS = ("scan", "--dry-run", "--yes", "verify", "--yes --commit", "--yes --branch topic", "batch --dry-run",
            "batch --yes", "batch --yes --commit", "batch --yes --branch topic --worktree")  # fmt: skip


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "_LOOK_SECONDS", LIMIT)
    monkeypatch.setattr(git_module, "_silent", set())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    service(tmp_path, "a", ["DB_PASSWORD"])
    return tmp_path / "a"


def lead_into_a_pipe(root: Path, place: str) -> None:
    """Make a pipe of a setting's file, or of a file of git's own."""
    pipe = root / ".git" / ("pipe" if place in SETTINGS else place)
    if place in SETTINGS:
        git(root, "config", place, str(pipe))
    pipe.parent.mkdir(exist_ok=True)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)


def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the time that each git takes which does not answer."""
    taken: list[float] = []
    start = git_module._start

    def timed(*arguments: object) -> object:
        began = time.monotonic()
        try:
            return start(*arguments)  # type: ignore[arg-type]
        except GitError:
            taken.append(time.monotonic() - began)
            raise

    monkeypatch.setattr(git_module, "_start", timed)
    return taken


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("place", ["include.path", "core.attributesFile"])
def test_command_waits_once_at_most(
    root: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, place: str, words: str
) -> None:
    lead_into_a_pipe(root, place)
    taken = waits(monkeypatch)
    ran = slsmigrate(*words.split(), root)
    assert len(taken) <= 1, ran
    assert "internal error" not in ran.out + ran.err
    if "--yes" in words:  # a filter such as git-crypt may keep the file
        assert ran.code in (ExitCode.FAILED, ExitCode.SECRETS_REMAIN)
        assert "batch" in words or "git does not answer" in " ".join((ran.out + ran.err).split())
        assert not stub.writes


@pytest.mark.parametrize("place", [*SETTINGS, *FILES])
def test_commit_waits_once_at_most_wherever_the_pipe_is(
    root: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    lead_into_a_pipe(root, place)
    taken = waits(monkeypatch)
    ran = slsmigrate("batch", "--yes", "--commit", root)
    assert len(taken) <= 1, ran
    assert "internal error" not in ran.out + ran.err


def test_repository_whose_git_does_not_answer_is_not_asked_again(root: Path, tmp_path: Path) -> None:
    service(tmp_path, "b", ["DB_PASSWORD"])
    lead_into_a_pipe(root, "include.path")
    for _ in range(20):
        began = time.monotonic()
        with pytest.raises(GitError, match="git does not answer"):
            run_git(root, "rev-parse", "HEAD")
    assert time.monotonic() - began < LIMIT / 2
    assert run_git(tmp_path / "b", "rev-parse", "HEAD").returncode == 0


def test_hook_may_take_its_time(root: Path) -> None:
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nsleep {2 * LIMIT}\n")
    hook.chmod(0o755)
    words = ("commit", "--quiet", "--allow-empty", "--message", "slow")
    assert run_git(root, *words, programs=git_module.Programs.HOOKS_AND_FILTERS).returncode == 0

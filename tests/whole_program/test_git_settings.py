"""Settings of a repository start no program while it is only looked at, whichever command of git looks."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.files import git as git_module
from migrate.files.git import run_git
from migrate.model import ExitCode
from tests.support.gitrepos import service
from tests.support.hostile_git import Traps, hostile_repository
from tests.support.program import Program
from tests.support.storestub import StubStore
from tests.support.terminal import Terminal

PACKAGE = Path(__file__).parents[2] / "migrate"
# A call of every git command that looks without the programs of the settings; the words that matter are the program's.
LOOKS = {
    "cat-file": ("cat-file", "--filters", "HEAD:./b.txt"),
    "check-attr": ("check-attr", "-z", "filter", "a.txt"),
    "check-ignore": ("check-ignore", "-q", "new/serverless.yml"),
    "check-ref-format": ("check-ref-format", "--branch", "topic"),
    "config": ("config", "--type=path", "--get", "core.excludesFile"),
    "diff": ("diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "HEAD"),
    "log": ("log", "--walk-reflogs", "--max-count=1", "--format=%gs", "HEAD"),
    "for-each-ref": ("for-each-ref", "--format=%(worktreepath)", "refs/heads/main"),
    "ls-files": ("ls-files", "-v", "-z", "--full-name"),
    "merge-base": ("merge-base", "--is-ancestor", "HEAD", "HEAD"),
    "rev-parse": ("rev-parse", "HEAD"),
    "show-ref": ("show-ref", "--verify", "--quiet", "refs/heads/main"),
    "symbolic-ref": ("symbolic-ref", "--short", "-q", "HEAD"),
}
# They change the repository: what a person asks for with --commit, or what makes up for it.
CHANGES = {"add", "branch", "commit", "switch", "update-index", "update-ref", "worktree"}


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    return Traps(tmp_path / "traps")


@pytest.fixture
def root(tmp_path: Path, traps: Traps) -> Path:
    made = hostile_repository(tmp_path / "r", traps)
    traps.sprung()
    return made


def _calls() -> Iterator[ast.Call]:
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run_git":
                yield node


def test_table_lists_every_git_command_of_the_program() -> None:
    texts = {node.value for file in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    firsts = {call.args[1].value for call in _calls() if isinstance(call.args[1], ast.Constant)}
    assert {str(word) for word in firsts} <= {*LOOKS, *CHANGES}
    assert {*LOOKS, *CHANGES} <= texts
    assert git_module._CHANGES == CHANGES


def test_no_other_module_starts_git() -> None:
    starting = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "subprocess" in (getattr(node, "module", None), *(name.name for name in node.names))
    }
    assert starting == {"files/git.py"}
    systems = re.compile(r"os\.(exec|spawn|popen|system|posix_spawn)")
    assert [file.name for file in PACKAGE.rglob("*.py") if systems.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("command", LOOKS)
def test_look_at_a_hostile_repository_runs_none_of_its_programs(root: Path, traps: Traps, command: str) -> None:
    run_git(root, *LOOKS[command])
    assert traps.sprung() == set()


def test_settings_of_the_hostile_repository_do_run_programs_of_a_bare_git(root: Path, traps: Traps) -> None:
    for words in LOOKS.values():
        subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    assert {
        *("core.fsmonitor", "core.sshCommand", "gpg.program"),
        *("filter.trap.clean", "filter.trap.smudge", "filter.process.process"),
        *("filter.included.clean", "filter.own.clean"),
        *("filter..clean", "filter.a=b.clean", "filter.set.clean"),
    } <= traps.sprung()


@pytest.mark.parametrize("suffix", ["txt", "none", "same", "set"])
def test_file_is_read_without_its_filter_whatever_the_filters_name(root: Path, traps: Traps, suffix: str) -> None:
    assert run_git(root, "cat-file", "--filters", f"HEAD:./b.{suffix}").stdout == b"x\n"
    assert traps.sprung() == set()


def test_variables_of_the_user_start_no_program_in_a_look(
    root: Path, traps: Traps, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_ASKPASS", "GIT_PAGER", "GIT_EDITOR"):
        monkeypatch.setenv(name, traps.lay(name))
    for words in LOOKS.values():
        run_git(root, *words)
    assert traps.sprung() == set()


@pytest.mark.parametrize(
    "words",
    [["scan"], ["scan", "--format", "json"], ["--dry-run"], ["--yes"], ["verify"], ["--dry-run", "--sandbox"],
     ["batch", "--dry-run"], ["batch", "--yes"], ["batch", "--dry-run", "--commit"]],
    ids=" ".join,
)  # fmt: skip
def test_command_that_does_not_commit_runs_no_program_of_a_hostile_repository(
    root: Path, traps: Traps, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    ran = slsmigrate(*words, root)
    assert ran.code in (ExitCode.DONE, ExitCode.SECRETS_REMAIN), ran
    assert traps.sprung() == set()


@pytest.mark.parametrize("words", [["batch", "--branch", "topic"], ["--branch", "topic"]], ids=["batch", "single"])
def test_session_runs_no_program_of_a_hostile_repository_before_its_first_question(
    root: Path, traps: Traps, stub: StubStore, words: list[str]
) -> None:
    terminal = Terminal(*words, cwd=root)
    terminal.wait_for("Move")
    assert traps.sprung() == set()
    terminal.type("\x03")
    terminal.end()
    assert traps.sprung() == set()


@pytest.mark.parametrize("words", [["--commit"], ["--branch", "topic"], ["--branch", "topic", "--worktree"]])
def test_commit_runs_hooks_filters_and_signing_and_no_other_program(
    root: Path, traps: Traps, stub: StubStore, slsmigrate: Program, words: list[str]
) -> None:
    for hook in ("pre-commit", "prepare-commit-msg", "commit-msg", "reference-transaction"):  # they refuse
        (traps.directory / hook).unlink()
    slsmigrate(root, "--yes", *words)
    allowed = {"gpg.program", "post-checkout", "post-index-change", "post-commit"}
    assert {name for name in traps.sprung() if not name.startswith("filter.")} <= allowed


@pytest.mark.parametrize("words", ["scan", "--dry-run", "--yes", "batch --dry-run", "batch --yes", "--yes --commit",
                                   "batch --yes --commit", "batch --yes --branch topic --worktree"])  # fmt: skip
def test_repository_of_another_user_which_git_refuses_crashes_no_command(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ran = slsmigrate(*words.split(), tmp_path / "a")
    assert ran.code in (ExitCode.DONE, ExitCode.FAILED, ExitCode.SECRETS_REMAIN)
    assert "internal error" not in ran.out + ran.err
    assert bool(stub.writes) is (words == "--yes")

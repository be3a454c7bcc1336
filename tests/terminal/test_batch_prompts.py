"""The questions of a batch and its progress, on a real terminal."""

from __future__ import annotations

from pathlib import Path

from tests.support.gitrepos import manifest, repository, secret
from tests.support.storestub import ACCOUNT, StubStore
from tests.support.terminal import ENTER, Terminal


def repositories(root: Path) -> None:
    for number in range(3):
        values = {"API_KEY": secret("one for all"), "DB_PASSWORD": secret(f"own {number}")}
        repository(root / f"s{number}", {"serverless.yml": manifest(f"s{number}", values)})


def test_session_moves_all_some_or_none_and_confirms_once(tmp_path: Path, stub: StubStore) -> None:
    repositories(tmp_path)
    terminal = Terminal("batch", ".", "--put-rate", "200", cwd=tmp_path)
    terminal.wait_for("the same value in 3 repositories")
    terminal.type("h" + ENTER)
    terminal.wait_for("1/3  s0")
    terminal.type("a" + ENTER)
    terminal.wait_for("2/3  s1")
    terminal.type("s" + ENTER)
    terminal.wait_for("Move to /s1/db-password")
    terminal.type("s" + ENTER)
    terminal.wait_for("3/3  s2")
    terminal.type("n" + ENTER)
    terminal.wait_for(f"Put up to 2 parameters in {ACCOUNT} and rewrite 3 repositories? (y/N)")
    assert f"account {ACCOUNT} · us-east-1 (3 repositories)" in terminal.screen()
    assert terminal.screen().count("+    API_KEY: ${ssm(raw):/shared/api-key}") == 3
    assert not stub.writes
    terminal.type("y")
    assert terminal.end() == 10  # two secrets stay
    assert stub.names() == ["/s0/db-password", "/shared/api-key"]
    said = "\n".join(terminal.everything())
    assert "4 moved" in said
    assert not [name for name in ("one for all", "own 0", "own 1", "own 2") if secret(name) in terminal.said]


def test_progress_bar_shows_repositories_and_parameters(tmp_path: Path, stub: StubStore) -> None:
    repositories(tmp_path)
    terminal = Terminal("batch", ".", "--yes", "--put-rate", "4", cwd=tmp_path)
    terminal.wait_for("Migrating repositories")
    terminal.wait_for("Parameters")
    assert terminal.end() == 0
    assert "Migrating" not in terminal.screen()
    assert "✓ s0   2 moved, 2 put" in terminal.screen()


def test_session_without_a_terminal_is_refused(tmp_path: Path) -> None:
    from migrate.commands.cli import main

    repositories(tmp_path)
    assert main(["batch", str(tmp_path)]) == 2

"""Signals at the worst moments: all is whole, the person and the shell are told, and a second run completes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from migrate.files import signals
from migrate.model import ExitCode
from tests.support.gitrepos import state
from tests.support.program import Program, write
from tests.support.sample import slow
from tests.support.shops import ROOT, assert_completed, assert_whole, shop, start
from tests.support.storestub import StubStore, first
from tests.support.terminal import CTRL_C, Terminal

assert sys.platform != "win32"

INT, TERM, HUP = ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


# ── without a person ──────────────────────────────────────────────────────────────────────────

MOMENTS = {"look": ("GetParameters", 0), "put": ("PutParameter", 1), "read-back": ("GetParameters", 1)}


@pytest.mark.parametrize(
    ("number", "moment"), [slow((INT, "look")), (INT, "put"), slow((TERM, "put")), slow((HUP, "read-back"))]
)
def test_signal_during_a_run_reports_what_was_done_and_the_next_run_completes(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, number: signal.Signals, moment: str
) -> None:
    secrets = shop(tmp_path)
    operation, after = MOMENTS[moment]
    running: list[subprocess.Popen[str]] = []
    stub.fault(operation, first(lambda: running[0].send_signal(number)), after=after, times=1)
    running.append(start("--yes", cwd=tmp_path / "shop"))
    said, _ = running[0].communicate(timeout=30)
    assert running[0].returncode == ExitCode.INTERRUPTED
    assert_whole(secrets, stub, said)
    assert ("Interrupted: nothing was changed." if moment == "look" else "Interrupted: ") in said
    assert all(name in said for name in stub.names())
    assert_completed(secrets, stub, slsmigrate("--yes", tmp_path / "shop").code)


def test_signal_during_a_batch_finishes_work_under_way_and_the_next_run_completes(
    tmp_path: Path, slsmigrate: Program, stub: StubStore
) -> None:
    secrets = [each for name in ("a", "b", "c") for each in shop(tmp_path / "root", name)]
    running: list[subprocess.Popen[str]] = []
    stub.fault("PutParameter", first(lambda: running[0].send_signal(TERM)), after=2, times=1)
    words = ("batch", "root", "--yes", "--commit", "--put-rate", "20", "--report", "report.json")
    running.append(start(*words, cwd=tmp_path))
    said, _ = running[0].communicate(timeout=30)
    assert running[0].returncode == ExitCode.INTERRUPTED
    assert_whole(secrets, stub, said)
    assert "Go on" in said
    assert '"outcome": "interrupted"' in (tmp_path / "report.json").read_text()
    again = slsmigrate("batch", tmp_path / "root", "--yes", "--commit", "--put-rate", "500")
    assert_completed(secrets, stub, again.code)
    assert not [text for text in state(tmp_path / "root").values() if isinstance(text, tuple) and text[3]]


def test_ignored_hangup_does_not_end_the_run(tmp_path: Path, stub: StubStore) -> None:
    secrets = shop(tmp_path)
    running: list[subprocess.Popen[str]] = []
    stub.fault("PutParameter", first(lambda: running[0].send_signal(HUP)), times=1)
    ignoring = lambda: signal.signal(HUP, signal.SIG_IGN)  # noqa: E731 - what nohup does
    running.append(start("--yes", cwd=tmp_path / "shop", before=ignoring))
    said, _ = running[0].communicate(timeout=30)
    assert "Done: 3 put" in said
    assert_completed(secrets, stub, running[0].returncode)


# ── with a person ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "keys", "at"),
    [slow((INT, "", "Move to")), (TERM, "a\r", "Put 3"), slow((HUP, "n\r", "Parameter name"))],
)
def test_signal_at_a_prompt_restores_the_terminal_and_changes_nothing(
    tmp_path: Path, stub: StubStore, number: signal.Signals, keys: str, at: str
) -> None:
    secrets = shop(tmp_path)
    terminal = Terminal(cwd=tmp_path / "shop")
    terminal.wait_for("Move to /shop/db-password")
    terminal.type(keys)
    terminal.wait_for(at)
    terminal.send_signal(number)
    terminal.wait_for("Interrupted: nothing was changed.")
    assert terminal.end() == ExitCode.INTERRUPTED
    assert terminal.is_as_it_was
    assert_whole(secrets, stub, terminal.said)
    assert stub.names() == []


@pytest.mark.parametrize(("how", "code"), [("key", 130), slow(("signal", 130))])
def test_interrupted_session_lists_what_was_put_and_restores_the_terminal(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, how: str, code: int
) -> None:
    secrets = shop(tmp_path)
    terminal = Terminal(cwd=tmp_path / "shop")

    def interrupt() -> None:
        terminal.type(CTRL_C) if how == "key" else terminal.send_signal(TERM)
        time.sleep(0.2)  # while the put is under way

    stub.fault("PutParameter", first(interrupt), after=1, times=1)
    terminal.wait_for("Move to /shop/db-password")
    terminal.type("a\r")
    terminal.wait_for("Put 3 parameters")
    terminal.type("y")
    terminal.wait_for("Interrupted: ")
    assert terminal.end() == code
    assert terminal.is_as_it_was
    assert_whole(secrets, stub, terminal.said)
    assert "put, but not read back" in terminal.said
    assert_completed(secrets, stub, slsmigrate("--yes", tmp_path / "shop").code)


def test_closed_terminal_during_a_run_loses_nothing(tmp_path: Path, slsmigrate: Program, stub: StubStore) -> None:
    """The system sends a hangup, and every further word to the terminal fails."""
    secrets = shop(tmp_path)
    terminal = Terminal("--yes", cwd=tmp_path / "shop")
    reached, gone = threading.Event(), threading.Event()

    def wait_for_the_hangup() -> None:
        reached.set()
        gone.wait(1)

    stub.fault("PutParameter", first(wait_for_the_hangup), after=1, times=1)
    assert reached.wait(20)
    code = terminal.hang_up()
    gone.set()
    assert code in (ExitCode.INTERRUPTED, ExitCode.FAILED)
    assert_whole(secrets, stub, terminal.said)
    assert_completed(secrets, stub, slsmigrate("--yes", tmp_path / "shop").code)


# ── after the work, and twice ─────────────────────────────────────────────────────────────────


def sending(number: signal.Signals, call: Callable[..., Any], words: str = "") -> Callable[..., Any]:
    """A function of a library or the system, with a signal before each call whose first argument holds words."""

    def act(*arguments: Any, **options: Any) -> Any:
        if words in str(arguments[0]):
            signal.raise_signal(number)
        return call(*arguments, **options)

    return act


def test_signal_after_the_work_does_not_lose_the_summary_and_the_report(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = shop(tmp_path)
    monkeypatch.setattr(click, "echo", sending(INT, click.echo, "Done: "))
    ran = slsmigrate("--yes", tmp_path / "shop", "--report", tmp_path / "report.json")
    assert "Done: 3 put, 1 file rewritten." in ran.out
    assert '"values": 3' in (tmp_path / "report.json").read_text()
    assert "nothing was changed" not in ran.err
    assert_completed(secrets, stub, ran.code)


def test_signal_during_the_batch_summary_does_not_lose_the_report(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = shop(tmp_path / "root")
    monkeypatch.setattr(click, "echo", sending(TERM, click.echo, "1 repository: "))
    monkeypatch.setattr(json, "dumps", sending(HUP, json.dumps, "'repositories'"))
    ran = slsmigrate("batch", tmp_path / "root", "--yes", "--report", tmp_path / "report.json")
    assert "1 migrated" in ran.out
    assert (tmp_path / "report.json").exists()
    assert_completed(secrets, stub, ran.code)


def test_two_signals_at_once_do_not_lose_the_summary(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that is closed sends a hangup twice: its shell's and the system's."""
    secrets = shop(tmp_path)
    monkeypatch.setattr(click, "echo", sending(HUP, click.echo, "✗"))
    stub.fault("PutParameter", first(lambda: os.kill(os.getpid(), HUP)), after=1, times=1)
    ran = slsmigrate("--yes", tmp_path / "shop")
    assert ran.code == ExitCode.INTERRUPTED
    assert "Interrupted: " in ran.out
    assert "nothing was changed" not in ran.err
    assert all(name in ran.out for name in stub.names())
    assert_completed(secrets, stub, slsmigrate("--yes", tmp_path / "shop").code)


def test_signal_while_references_are_fixed_lists_the_fixed_files(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = "service: {0}\nframeworkVersion: '3'\ncustom:\n  password: ${{ssm:/shop/password~true}}\n"
    write(tmp_path, {f"{name}/serverless.yml": stale.format(name) for name in "abc"})
    stub.seed("/shop/password", "hunter2")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", sending(TERM, os.fsync))
        ran = slsmigrate("verify", "--fix", "--yes", tmp_path)
    assert ran.code == ExitCode.INTERRUPTED
    mended = [name for name in "abc" if "~true" not in (tmp_path / name / "serverless.yml").read_text()]
    assert mended == ["a"]
    assert "✓" in ran.out
    assert "nothing was changed" not in ran.err
    assert slsmigrate("verify", "--fix", "--yes", tmp_path).code == ExitCode.DONE


def test_signal_while_code_is_loaded_sets_the_exit_code(tmp_path: Path) -> None:
    """Such as that of a dataclass in an import: `python -m` would end itself by SIGINT, whatever was caught."""
    code = """
import sys
from migrate.commands import cli
def run(_):
    try:
        exec("import os; os.kill(os.getpid(), 15)")
    except KeyboardInterrupt:
        return 130
cli._run = run
sys.exit(cli.main())
"""
    write(tmp_path, {"probe.py": code})
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    done = subprocess.run([sys.executable, "-m", "probe"], env=environment, check=False)
    assert done.returncode == ExitCode.INTERRUPTED


def test_ctrl_c_while_the_program_is_loaded_ends_it_silently() -> None:
    code = """
import os, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "click":
            os.kill(os.getpid(), 2)
sys.meta_path.insert(0, Finder())
from migrate.__main__ import start
start()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-INT, "", "")


def test_signal_handlers_are_restored_after_the_run() -> None:
    before = [signal.getsignal(each) for each in ENDING]
    with signals.handle_signals(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(TERM)
    assert [signal.getsignal(each) for each in ENDING] == before


def test_signal_dropped_by_python_is_raised_again() -> None:
    class Fragile:
        def __del__(self) -> None:
            signal.raise_signal(TERM)

    def drop_and_wait() -> None:
        Fragile()
        time.sleep(5)

    hook = sys.unraisablehook
    with signals.handle_signals(), pytest.raises(KeyboardInterrupt):
        drop_and_wait()
    assert sys.unraisablehook is hook


def test_signal_handlers_are_not_replaced_outside_the_main_thread() -> None:
    handlers: list[Any] = []

    def look() -> None:
        with signals.handle_signals():
            signals.replace_handler()
            handlers.extend(signal.getsignal(each) for each in ENDING)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(each) for each in ENDING]

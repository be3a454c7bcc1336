"""Signals at random instants of sessions, of runs without questions and of batches; the seeds are fixed."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import Held, missing, state
from tests.support.program import Program, left_behind
from tests.support.shops import assert_completed, shop, start
from tests.support.storestub import StubStore
from tests.support.terminal import Terminal

assert sys.platform != "win32"

INSTANTS = int(os.environ.get("SLSMIGRATE_TEST_INSTANTS", "24"))  # of each kind
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
STEPS = (("Move to /shop/db-password", "m\r"), ("Move to /shop/api-key", "a\r"), ("Put 3 parameters", "y"))
BATCH = ("batch", ".", "--yes", "--commit", "--put-rate", "60")


@dataclass(frozen=True)
class Ended:
    """How a run ended. `is_restored` says whether the terminal is as it was."""

    code: int
    said: str
    is_restored: bool = True


Kill = Callable[[Callable[[int], object]], None]


def run(words: Sequence[str], root: Path, kill: Kill) -> Ended:
    """A run without a person; `kill` is given the way to send it a signal once it has begun."""
    process = start(*words, cwd=root)
    kill(process.send_signal)
    said, _ = process.communicate(timeout=60)
    return Ended(process.returncode, said)


def session(root: Path, kill: Kill) -> Ended:
    """A person who moves everything, as far as it comes."""
    terminal, steps = Terminal(cwd=root / "shop"), list(STEPS)
    kill(terminal.send_signal)
    deadline = time.monotonic() + 60
    while terminal.is_alive and time.monotonic() < deadline:
        terminal.read()
        if steps and steps[0][0] in terminal.screen():
            terminal.type(steps.pop(0)[1])
    return Ended(terminal.end(), terminal.said, terminal.is_as_it_was)


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Path, Kill], Ended]]] = {
    "session": (("shop",), session),
    "yes": (("shop", "more"), lambda root, kill: run(("--yes",), root, kill)),
    "batch": (("a", "b", "c", "d"), lambda root, kill: run(BATCH, root, kill)),
}


def no_signal(send: Callable[[int], object]) -> None:
    """The run is not disturbed."""


def at(instant: float, number: int) -> Kill:
    """The signal after some seconds, if the run is still there."""

    def kill(send: Callable[[int], object]) -> None:
        timer = threading.Timer(instant, send, (number,))
        timer.daemon = True
        timer.start()

    return kill


def assert_true_account(ended: Ended, number: int, secrets: list[Held], stub: StubStore) -> None:
    """What the person and the shell were told is so."""
    assert not [each for each in secrets if each.value in ended.said]
    if "Traceback" in ended.said:  # of Python itself, which had not come to us yet
        assert (number, stub.calls, "in start" in ended.said) == (signal.SIGINT, [], False), ended.said
        return
    assert "internal error" not in ended.said
    assert ended.code in (ExitCode.DONE, ExitCode.INTERRUPTED, -number), ended.said
    if ended.code == ExitCode.INTERRUPTED:
        assert "nterrupted" in ended.said
    if "nothing was changed" in ended.said:
        assert stub.names() == []
    assert ended.is_restored or number == signal.SIGKILL


def assert_nothing_lost(secrets: list[Held], stub: StubStore) -> None:
    """Every secret is in its file or in the store, every file whole, and nothing that tells one lies beside it."""
    assert missing(secrets, stub) == []
    for file in {each.file for each in secrets}:
        inside = [each.value in file.read_text() for each in secrets if each.file == file]
        assert all(inside) or not any(inside)
        beside = [each for each in file.parent.iterdir() if each.name not in (".git", "serverless.yml")]
        assert not [each for each in secrets if any(each.value in left.read_text() for left in beside)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_run_ended_at_any_instant_loses_nothing_and_the_next_one_completes(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    names, play = KINDS[kind]
    source, codes, lasted = random.Random(kind), Counter[tuple[int, int]](), 0.0
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    for turn in range(INSTANTS + 1):
        root = tmp_path / str(turn)
        secrets = [each for name in names for each in shop(root, name)]
        stub.reset()
        stub.latency = 0.01
        if turn == 0:
            begun = time.monotonic()
            assert play(root, no_signal).code == ExitCode.DONE
            lasted = time.monotonic() - begun
            continue
        number = SIGNALS[turn % len(SIGNALS)]
        ended = play(root, at(source.uniform(0.05, lasted * 0.9), number))
        codes[number, ended.code] += 1
        assert_true_account(ended, number, secrets, stub)
        assert_nothing_lost(secrets, stub)
        assert not [each for each in secrets if each.value.encode() in left_behind(temporary)]
        words = (BATCH[0], root, *BATCH[2:]) if kind == "batch" else ("--yes", root)
        assert_completed(secrets, stub, slsmigrate(*words).code)
        assert not [text for text in state(root).values() if kind == "batch" and isinstance(text, tuple) and text[3]]
    assert {number for number, code in codes if code != ExitCode.DONE} == set(SIGNALS)

"""The signals that end a run: each interrupts it like Ctrl-C, with the same account of what was done and exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A terminal that is closed sends a hangup twice, and so does who is impatient: one interrupt is enough.
_AS_ONE = 0.5
_AGAIN = 0.02


class Interrupt(KeyboardInterrupt):
    """What a signal raises: the very KeyboardInterrupt has Python end itself by SIGINT where it left an `exec`."""


class Heard:
    """What came, and what is done about it."""

    def __init__(self) -> None:
        self.act: Callable[[], object] | None = None
        self._first = 0
        self._raised = float("-inf")

    def hear(self, number: int, _: object) -> None:
        """The handler of a signal."""
        self._first = self._first or number
        now = time.monotonic()
        if self.act is not None:
            self.act()
        elif now - self._raised > _AS_ONE:
            self._raised = now
            raise Interrupt

    def hear_again(self) -> None:
        """Have it raised once more: the first time was where Python drops what is raised, as in a destructor."""
        self._raised = float("-inf")
        again = threading.Timer(_AGAIN, os.kill, (os.getpid(), self._first or signal.SIGINT))
        again.daemon = True
        again.start()


_heard: Heard | None = None


@contextlib.contextmanager
def handle_signals() -> Iterator[Heard]:
    """While it lasts each of the signals raises KeyboardInterrupt in the main thread.

    One that was ignored when we were started stays so: nohup asks for it that way, and shells for background jobs.
    """
    global _heard
    heard = Heard()
    if not _in_main_thread():
        yield heard
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    hook = sys.unraisablehook
    try:
        _heard, sys.unraisablehook = heard, _unless_interrupt(hook, heard)
        for number in ours:
            signal.signal(number, heard.hear)
        yield heard
    finally:
        _heard, sys.unraisablehook = None, hook
        for number in ours:
            signal.signal(number, before[number])


def _unless_interrupt(
    hook: Callable[[sys.UnraisableHookArgs], object], heard: Heard
) -> Callable[[sys.UnraisableHookArgs], object]:
    return lambda lost: heard.hear_again() if issubclass(lost.exc_type, Interrupt) else hook(lost)


@contextlib.contextmanager
def on_signal(act: Callable[[], object]) -> Iterator[None]:
    """While it lasts they call `act` and raise nothing; in another thread than the main one none raises anyway."""
    heard = _heard if _in_main_thread() else None
    if heard is None:
        yield
        return
    before, heard.act = heard.act, act
    try:
        yield
    finally:
        heard.act = before


def replace_handler(act: Callable[[], object] = lambda: None) -> None:
    """The same, from now on: for work that may be ended early and never torn off, and for telling of it."""
    if _heard is not None and _in_main_thread():
        _heard.act = act


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()

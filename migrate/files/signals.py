"""Signals that end a run: each interrupts it like Ctrl-C, with that account of what was done and that exit code."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

from migrate.files.platform import SYSTEM

# A terminal that is closed sends a hangup twice, and so does who is impatient: one interrupt is enough.
_AS_ONE_SECONDS = 0.5
_AGAIN_SECONDS = 0.02


class Interrupt(KeyboardInterrupt):
    """The exception that a signal raises.

    The very KeyboardInterrupt makes Python end itself by SIGINT where it left an `exec`.
    """


class SignalHandler:
    """Handle the signals of a run: call `action` where one is set, else raise Interrupt."""

    def __init__(self) -> None:
        self.action: Callable[[], object] | None = None
        self._first = 0
        self._raised = float("-inf")

    def __call__(self, number: int, _: object) -> None:
        """Handle one signal."""
        self._first = self._first or number
        now = time.monotonic()
        if self.action is not None:
            self.action()
        elif now - self._raised > _AS_ONE_SECONDS:
            self._raised = now
            raise Interrupt

    def raise_again(self) -> None:
        """Raise Interrupt once more.

        The first was raised where Python drops it, as in a destructor.
        """
        self._raised = float("-inf")
        again = threading.Timer(_AGAIN_SECONDS, SYSTEM.send_signal, (self._first or signal.SIGINT,))
        again.daemon = True
        again.start()


_current: SignalHandler | None = None


@contextlib.contextmanager
def handle_signals() -> Iterator[None]:
    """Make each of the signals raise KeyboardInterrupt in the main thread for a block.

    A signal that was ignored when we were started stays ignored: nohup asks for it that way, and shells for
    background jobs.
    """
    global _current
    if not _in_main_thread():
        yield
        return
    handler = SignalHandler()
    before = {number: signal.getsignal(number) for number in SYSTEM.ending_signals}
    ours = [number for number, former in before.items() if former not in (signal.SIG_IGN, None)]
    hook = sys.unraisablehook
    try:
        _current, sys.unraisablehook = handler, _unless_interrupt(hook, handler)
        for number in ours:
            signal.signal(number, handler)
        yield
    finally:
        _current, sys.unraisablehook = None, hook
        for number in ours:
            signal.signal(number, before[number])


def _unless_interrupt(
    hook: Callable[[sys.UnraisableHookArgs], object], handler: SignalHandler
) -> Callable[[sys.UnraisableHookArgs], object]:
    return lambda lost: handler.raise_again() if issubclass(lost.exc_type, Interrupt) else hook(lost)


@contextlib.contextmanager
def on_signal(action: Callable[[], object]) -> Iterator[None]:
    """Make signals call `action` and raise nothing for a block.

    Outside of the main thread this changes nothing, since signals reach the main thread alone.
    """
    handler = _current if _in_main_thread() else None
    if handler is None:
        yield
        return
    before, handler.action = handler.action, action
    try:
        yield
    finally:
        handler.action = before


def replace_handler(action: Callable[[], object] = lambda: None) -> None:
    """Make signals call `action` from now on instead of raising.

    For work that must finish its current step.
    """
    if _current is not None and _in_main_thread():
        _current.action = action


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()

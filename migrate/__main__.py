"""The console script, and `python -m migrate`: quiet about Ctrl-C from the first instant."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading


def start() -> None:
    """Run the program.

    Until the program handles signals, Ctrl-C ends it as it ends any other: silently, by the signal.
    """
    _silence_messages()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_streams()
    _disable_core_dumps()
    # Start-up makes many objects that live to the end; collecting among them costs a tenth of a short run.
    gc.set_threshold(200_000)
    from migrate.commands.cli import main

    _leave(main())


def _open_streams() -> None:
    """Open standard streams that were closed at our start to the null device.

    Otherwise a file or pipe of ours could get their number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _last_words(error: BaseException | None) -> None:
    """Report an error that was raised outside of `main`, without a traceback.

    Such errors come from a thread, a destructor, or the very end.
    """
    with contextlib.suppress(Exception):
        from migrate.commands.cli import complain
        from migrate.model import unforeseen

        complain("Interrupted" if isinstance(error, KeyboardInterrupt) else f"error: {unforeseen(error)}")


def _silence_messages() -> None:
    """Report no message of an error that nothing foresaw: it may hold a value."""
    sys.excepthook = lambda kind, error, trace: _last_words(error)
    sys.unraisablehook = lambda lost: _last_words(lost.exc_value)
    threading.excepthook = lambda lost: _last_words(lost.exc_value)


def _disable_core_dumps() -> None:
    """Leave no file of our memory if we crash: it may hold a value."""
    from migrate.files.platform import SYSTEM

    SYSTEM.disable_core_dumps()


def _leave(code: int) -> None:
    """End the process at once, as mypy does.

    Destroying all objects first would take a tenth of a short run.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # its reader has gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    start()

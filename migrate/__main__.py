"""The console script, and `python -m migrate`: quiet about Ctrl-C from the first instant."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
import threading


def start() -> None:
    """Run the program. Until it heeds signals, Ctrl-C ends it as it ends any other: in silence, by the signal."""
    _keep_to_ourselves()
    _open_streams()
    # Start-up makes many objects that live to the end; collecting among them costs a tenth of a short run.
    gc.set_threshold(200_000)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from migrate.commands.cli import main

    _leave(main())


def _open_streams() -> None:
    """Those that were closed when we were started lead nowhere now: no file or pipe of ours may get their number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _last_words(error: BaseException | None) -> None:
    """Instead of a traceback, for what comes up outside of `main`: in a thread, in a destructor, at the very end."""
    with contextlib.suppress(Exception):
        from migrate.commands.cli import complain
        from migrate.model import unforeseen

        said = "Interrupted" if isinstance(error, KeyboardInterrupt) else f"error: {unforeseen(error)}"
        complain(said)


def _keep_to_ourselves() -> None:
    """No file of our memory if we crash, and no message of an error that nobody foresaw: either may hold a value."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    sys.excepthook = lambda kind, error, trace: _last_words(error)
    sys.unraisablehook = lambda told: _last_words(told.exc_value)
    threading.excepthook = lambda told: _last_words(told.exc_value)


def _leave(code: int) -> None:
    """End at once, as mypy does: to take all objects apart first would be a tenth of a short run."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # whoever read it has gone, and was told of
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    start()

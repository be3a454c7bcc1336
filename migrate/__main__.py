"""The console script, and `python -m migrate`: quiet about Ctrl-C from the first instant."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys


def start() -> None:
    """Run the program. Until it heeds signals, Ctrl-C ends it as it ends any other: in silence, by the signal."""
    # Start-up makes many objects that live to the end; collecting among them costs a tenth of a short run.
    gc.set_threshold(200_000)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from migrate.cli import entry

    _leave(entry())


def _leave(code: int) -> None:
    """End at once, as mypy does: to take all objects apart first would be a tenth of a short run."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # whoever read it has gone, and was told of
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    start()

"""The console script, and `python -m migrate`: quiet about Ctrl-C from the first instant."""

from __future__ import annotations

import gc
import signal


def start() -> None:
    """Run the program. Until it heeds signals, Ctrl-C ends it as it ends any other: in silence, by the signal."""
    # Start-up makes many objects that live to the end; collecting among them costs a tenth of a short run.
    gc.set_threshold(200_000)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from migrate.cli import entry

    entry()


if __name__ == "__main__":
    start()

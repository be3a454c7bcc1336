"""Limits on the processor time of a piece of work, wide enough for a busy machine and a watched run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Coverage doubles what work costs, and a busy machine trebles it.
# What a limit guards against took hundreds of times as long.
SECONDS = 30.0


class HangError(Exception):
    """A piece of work took more processor time than it may."""


def _hang(number: int, frame: FrameType | None) -> None:
    raise HangError


@contextmanager
def seconds(most: float = SECONDS) -> Iterator[None]:
    """HangError in the midst of whatever takes longer, in processor time of this process.

    Windows has no such timer: there nothing is limited.
    """
    if sys.platform != "win32":
        before = signal.signal(signal.SIGVTALRM, _hang)
        signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

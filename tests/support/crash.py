"""Makes any function of the program raise when it is called for the first time, in whatever thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import migrate

_PACKAGE = str(Path(migrate.__file__).parent)
# What ends the run itself, and what is no function that a line of ours calls.
_ENDS = ("main", "entry", "<module>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@contextmanager
def _profiled(see: Any) -> Iterator[None]:
    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@contextmanager
def called() -> Iterator[dict[CodeType, None]]:
    """The functions of the program that are called, in their order."""
    seen: dict[CodeType, None] = {}

    def see(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code not in seen and code.co_filename.startswith(_PACKAGE) and code.co_name not in _ENDS:
            seen[code] = None

    with _profiled(see):
        yield seen


@contextmanager
def crashing(at: CodeType, error: BaseException) -> Iterator[None]:
    """The function raises as it is entered, once."""
    left = [error]

    def see(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is at and left:
            raise left.pop()

    with _profiled(see):
        yield

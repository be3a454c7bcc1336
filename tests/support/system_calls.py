"""System calls that fail or are counted, for what must survive each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

OLD, NEW = b"password: hunter2\r\n", b"password: ${ssm:/a/password~true}\r\n"
STEPS = (
    "open", "fstat", "stat", "link", "access", "read", "write", "fchown", "fchmod", "listxattr", "fsync", "replace",
    "close", "scandir",
)  # fmt: skip


def fails(error: BaseException) -> Callable[..., Any]:
    def act(*_: Any, **__: Any) -> Any:
        raise error

    return act


class Nth:
    """Lets the system calls of a replacement through, but for the n-th."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, instead: Callable[[], Any]) -> None:
        self.left = number
        self.instead = instead
        for name in STEPS:
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.instead()
            return call(*arguments, **options)

        return counted


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act

"""A process that gets ready to search while this one still reads its command line.

Half of a scan's time would go by until the first file is looked at: Python starts, and modules are loaded one by one.
On a second core what a search needs is loaded meanwhile. That process shares the files out to copies of itself, one
for each core, which are as ready as it is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

TYPE_CHECKING = False  # of which `typing` alone would take two milliseconds to tell
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from migrate.workspace.scanner import Searched, Task
    from migrate.workspace.worker_pool import Pool

_MANY = 64  # files; fewer are searched in the time that it takes to start a process
_ROUND = 512  # files that are given to it at a time
_SHARE = 32
_AT_FIRST = 2  # copies; others are made when there is something to do for them
_early: tuple[int, int, int] | None = None
_copies: Pool[Task, Searched] | None = None


def begin(words: Sequence[str]) -> None:
    """Start it where the words of a command line ask for a scan of a directory, and a core is free for it."""
    paths = [word for word in words[1:] if not word.startswith("-")]
    if words[:1] != ["scan"] or (paths and not any(map(os.path.isdir, paths))):
        return
    if sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
        with contextlib.suppress(OSError):  # the system gives us none: one is asked for again if there is work for it
            _fork()


def _fork() -> None:
    global _early
    theirs, tasks = os.pipe()
    results, told = os.pipe()
    pid = os.fork()
    if not pid:
        _get_ready_for(theirs, told, (tasks, results))
    os.close(theirs)
    os.close(told)
    _early = pid, tasks, results


def _get_ready_for(tasks: int, results: int, not_ours: Sequence[int]) -> NoReturn:
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in not_ours:
            os.close(number)
        _load_quickly()
        from migrate.workspace import worker_pool

        worker_pool.serve(_share_out, _get_ready, tasks, results)
    finally:
        os._exit(1)


def _load_quickly() -> None:
    """msgspec makes do with `typing`: `typing_extensions`, where it is installed, loads half the standard library."""
    if "typing_extensions" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
        import msgspec  # noqa: F401

        del sys.modules["typing_extensions"]


class Help:
    """Other processes that share a search, once so many files are expected that it pays; they end with this block."""

    def __init__(self) -> None:
        self.pool: Pool[Task, Searched] | None = None

    def __enter__(self) -> Help:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.__exit__()

    def expect(self, files: int) -> None:
        """So many files, or more, are going to be searched."""
        if files < _MANY:
            return
        from migrate.workspace.worker_pool import cores

        if cores() > 1:
            self.pool = _searchers()
            self.pool.start()


def _searchers() -> Pool[Task, Searched]:
    global _early
    from migrate.workspace import worker_pool

    pool = worker_pool.Pool(_share_out, _crashed, 1, chunk=_ROUND, get_ready=_get_ready)
    if _early is not None:
        pool.adopt(*_early)
        _early = None
    return pool


# ── in the other process ──────────────────────────────────────────────────────────────────────


def _get_ready() -> None:
    global _copies
    from migrate.workspace import worker_pool
    from migrate.workspace.scanner import get_ready

    _copies = worker_pool.Pool(_searched, _crashed, worker_pool.cores(), chunk=_SHARE)
    try:
        get_ready()
    finally:
        for _ in range(_AT_FIRST):
            _copies.start()


def _share_out(tasks: Sequence[Task]) -> Sequence[Searched]:
    """What the copies find. Where no other process could live this is the one that was asked, and has none."""
    return list(_copies.run(tasks)) if _copies is not None else _searched(tasks)


def _searched(tasks: Sequence[Task]) -> Sequence[Searched]:
    from migrate.workspace.scanner import searched

    return searched(tasks)


def _crashed(task: Task) -> Searched:
    from migrate.workspace.scanner import crashed

    return crashed(task)

"""One function over many tasks on all cores, in processes that end with us."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_CHUNK = 8
_AHEAD = 3  # chunks that wait for each worker; more would only lie in memory


def cores() -> int:
    """How many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    function: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    crashed: Callable[[_Task], _Result],
    jobs: int,
) -> Iterator[_Result]:
    """The results, in the order in which they come; `crashed` is that of a task whose process died.

    With one job, or few tasks, it all happens in this process.
    """
    if jobs < 2 or len(tasks) <= _CHUNK:
        yield from map(function, tasks)
        return
    chunks = [tasks[start : start + _CHUNK] for start in range(0, len(tasks), _CHUNK)]
    lost: list[_Task] = []
    yield from _run_chunks(function, chunks, lost, jobs)
    for task in lost:  # one of them killed its process: each gets one of its own
        again: list[_Task] = []
        yield from _run_chunks(function, [[task]], again, 1)
        yield from map(crashed, again)


def _run_chunks(
    function: Callable[[_Task], _Result], chunks: Sequence[Sequence[_Task]], lost: list[_Task], jobs: int
) -> Iterator[_Result]:
    """What became of the chunks; `lost` takes the tasks of which nothing is known."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    todo = list(reversed(chunks))
    under_way: dict[Future[list[_Result]], Sequence[_Task]] = {}
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin) as pool:
        try:
            while todo or under_way:
                while todo and len(under_way) < jobs * _AHEAD:
                    chunk = todo.pop()
                    under_way[pool.submit(_all, function, chunk)] = chunk
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    chunk = under_way.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        lost.extend(chunk)
                    else:
                        yield from future.result()
                if lost:
                    break
        except BrokenProcessPool:
            lost.extend(chunk)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if lost:
            lost.extend(task for chunk in (*under_way.values(), *todo) for task in chunk)


def _all(function: Callable[[_Task], _Result], chunk: Sequence[_Task]) -> list[_Result]:
    return [function(task) for task in chunk]


def _begin() -> None:
    """Ctrl-C is for our parent to heed; when that one is gone, so are we."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(20_000)  # a parse makes many objects and no circles
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)

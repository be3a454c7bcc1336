"""A pool of processes for many tasks; a task that ends its process costs only itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from migrate.files.platform import SYSTEM

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class _Done(Struct, Generic[_Result], frozen=True):
    """The outcome of a task."""

    result: _Result


# None for a task whose function raised: what it raised may quote a value, and stays in the other process.
_Outcomes = list[_Done[_Result] | None]


def cores() -> int:
    """Count the processors that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_in_processes(
    function: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    on_crash: Callable[[_Task], _Result],
    *,
    processes: int,
    chunk: int = 8,
) -> Iterator[_Result]:
    """Yield the function's result for each task, in the order of completion.

    `processes` share the tasks. `on_crash` makes the result of a task whose function raises or ends its process. With
    less than two processes, with a single chunk of tasks, and where the system gives us no process, all is done in
    this one. Processes end with the iteration and with us, and leave Ctrl-C to us.
    """
    chunks = [tasks[start : start + chunk] for start in range(0, len(tasks), chunk)]
    if processes < 2 or len(chunks) < 2:
        yield from map(function, tasks)
        return
    attempt = partial(_attempt, function)
    while chunks:
        with _executor(processes) as executor:
            if executor is None:
                yield from map(function, chain.from_iterable(chunks))
                return
            chunk_of = dict(_submitted(executor, attempt, chunks))
            for future in as_completed(chunk_of):
                if future.exception() is None:
                    yield from _results(chunk_of[future], future.result(), on_crash)
        lost = [chunk for future, chunk in chunk_of.items() if future.exception() is not None]
        lost += chunks[len(chunk_of) :]
        # Chunks are taken in their order, one by each process: what ended its process is among the first.
        suspects, chunks = lost[:processes], lost[processes:]
        yield from _one_by_one(attempt, deque(chain.from_iterable(suspects)), on_crash)


def _submitted(
    executor: ProcessPoolExecutor,
    attempt: Callable[[Sequence[_Task]], _Outcomes[_Result]],
    chunks: Sequence[Sequence[_Task]],
) -> Iterator[tuple[Future[_Outcomes[_Result]], Sequence[_Task]]]:
    """Submit chunks, as many as can be before a process ends."""
    with suppress(BrokenProcessPool):
        for chunk in chunks:
            yield executor.submit(attempt, chunk), chunk


def _results(
    tasks: Sequence[_Task], outcomes: _Outcomes[_Result], on_crash: Callable[[_Task], _Result]
) -> Iterator[_Result]:
    for task, outcome in zip(tasks, outcomes, strict=True):
        yield on_crash(task) if outcome is None else outcome.result


def _one_by_one(
    attempt: Callable[[Sequence[_Task]], _Outcomes[_Result]], tasks: deque[_Task], on_crash: Callable[[_Task], _Result]
) -> Iterator[_Result]:
    """Do tasks one at a time, in a new process after each that ended one."""
    while tasks:
        with _executor(1) as executor:
            outcomes: _Outcomes[_Result] | None = []
            while tasks and outcomes is not None:
                task = tasks.popleft()
                outcomes = None if executor is None else _outcomes(executor, attempt, task)
                yield from _results([task], outcomes or [None], on_crash)


def _outcomes(
    executor: ProcessPoolExecutor, attempt: Callable[[Sequence[_Task]], _Outcomes[_Result]], task: _Task
) -> _Outcomes[_Result] | None:
    """Do one task; None where that ended the process."""
    try:
        return executor.submit(attempt, [task]).result()
    except BrokenProcessPool:
        return None


@contextmanager
def _executor(processes: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield an executor with live processes, and end them after the block.

    Yield None where no process can be started.
    """
    context = multiprocessing.get_context(SYSTEM.process_start)
    try:
        gate = context.Semaphore(0)
        executor = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(gate,))
    except (OSError, ImportError, NotImplementedError):  # no semaphore to be had, as where there is no shared memory
        yield None
        return
    try:
        yield executor if _start(executor, processes, gate) else None
    finally:
        processes_left = multiprocessing.active_children()
        for process in processes_left:
            process.kill()
        with suppress(RuntimeError):  # its thread was never started
            executor.shutdown(wait=True, cancel_futures=True)
        for process in processes_left:
            process.join()


def _start(executor: ProcessPoolExecutor, processes: int, gate: Semaphore) -> bool:
    """Start an executor's processes; return False where that is impossible.

    Signals are blocked in them until their handlers are set. None begins before all are started: an executor that
    spawns another process for a task while one ends breaks within its own thread.
    """
    try:
        with SYSTEM.without_signals():
            begun = [executor.submit(os.getpid) for _ in range(processes)]
    except (OSError, RuntimeError):  # no process or no thread to be had
        return False
    for _ in begun:
        gate.release()
    return all(future.exception() is None for future in begun)


# ── in the other process ──────────────────────────────────────────────────────────────────────


def _begin(gate: Semaphore) -> None:
    SYSTEM.leave_interrupts()
    gc.freeze()
    gc.set_threshold(100_000)  # a parse makes few circles, and yet memory has to stay flat for however many files
    with suppress(RuntimeError):  # no thread to be had: then the next read or write ends it
        threading.Thread(target=_end_with_parent, daemon=True).start()
    gate.acquire()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _attempt(function: Callable[[_Task], _Result], tasks: Sequence[_Task]) -> _Outcomes[_Result]:
    return [_attempted(function, task) for task in tasks]


def _attempted(function: Callable[[_Task], _Result], task: _Task) -> _Done[_Result] | None:
    try:
        return _Done(function(task))
    except Exception:
        return None

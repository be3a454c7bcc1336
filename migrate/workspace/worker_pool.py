"""One function over many tasks on all cores, in processes that may be started before the tasks are known.

`concurrent.futures` would do the same, and takes as long to begin as a scan of a hundred files.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_LENGTH = 8  # bytes that say how long a message is
# Elsewhere a copy of this process is not safe to go on in: system libraries start threads of their own.
_FORKS = sys.platform == "linux"
_SPAWNED = (
    "import sys; sys.path[:] = {path!r}; from migrate.workspace.worker_pool import serve_spawned; serve_spawned()"
)


def cores() -> int:
    """How many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool(Generic[_Task, _Result]):
    """Processes that all apply one function of a module's to chunks of tasks, and end with us.

    `function` makes a result of every task; one that raises ends its process, like any other death.
    `crashed` is the result of a task that does so even in a process of its own. `get_ready` is what a process
    does first. There are at most `processes`, and none before there is more than one chunk to do.
    """

    def __init__(
        self,
        function: Callable[[Sequence[_Task]], Sequence[_Result]],
        crashed: Callable[[_Task], _Result],
        processes: int,
        *,
        chunk: int = 8,
        get_ready: Callable[[], object] | None = None,
    ) -> None:
        self._function, self._crashed, self._processes = function, crashed, processes
        self._chunk, self._get_ready = chunk, get_ready
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool[_Task, _Result]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def start(self) -> bool:
        """Start one more process; False where there are enough, or the system gives us none."""
        if len(self._workers) >= self._processes:
            return False
        try:
            self._workers.append(self._started())
        except OSError:
            return False
        return True

    def run(self, tasks: Sequence[_Task]) -> Iterator[_Result]:
        """The results, in the order in which they come. Where there is no process this one makes them."""
        chunks = [tasks[start : start + self._chunk] for start in range(0, len(tasks), self._chunk)]
        while 1 < len(chunks) > len(self._workers) and self.start():
            pass
        lost: list[_Task] = []
        yield from self._spread(deque(chunks), lost)
        again: list[_Task] = []
        if lost and not self._workers and not self.start():
            again = lost  # they ended a process, and there is none to be had but this
        else:
            yield from self._spread(deque([task] for task in lost), again)
        yield from map(self._crashed, again)

    def _spread(self, todo: deque[Sequence[_Task]], lost: list[_Task]) -> Iterator[_Result]:
        """What became of the chunks; `lost` takes the tasks that ended a process."""
        under_way: dict[int, tuple[_Worker, Sequence[_Task]]] = {}
        self._hand_out(todo, under_way)
        while under_way:
            results: list[_Result] = []
            for number in _readable(under_way):
                worker, chunk = under_way[number]
                received = worker.receive()
                if received is not None and not worker.ready:
                    worker.ready = True
                    continue
                del under_way[number]
                if received is not None:
                    results += received
                elif worker.ready:
                    lost.extend(chunk)
                    self._replace(worker)
                else:  # no fault of the tasks': here a process can't live
                    todo.appendleft(chunk)
                    self._remove(worker)
                    self._processes = len(self._workers)
            self._hand_out(todo, under_way)
            yield from results  # by now nobody waits for us
        while todo:
            yield from self._function(todo.popleft())

    def _hand_out(self, todo: deque[Sequence[_Task]], under_way: dict[int, tuple[_Worker, Sequence[_Task]]]) -> None:
        for worker in self._workers:
            if todo and worker.results not in under_way:
                under_way[worker.results] = worker, todo.popleft()
                worker.send(under_way[worker.results][1])

    def _replace(self, dead: _Worker) -> None:
        self._remove(dead)
        self.start()

    def _remove(self, dead: _Worker) -> None:
        dead.end()
        self._workers.remove(dead)

    def adopt(self, pid: int, tasks: int, results: int) -> None:
        """Take over a process that was started already, and that `serve`s us."""
        self._workers.append(_Worker(pid, tasks, results))

    def _started(self) -> _Worker:
        _reap()
        theirs, tasks = os.pipe()
        results, told = os.pipe()
        try:
            pid = self._fork(theirs, told, (tasks, results)) if _FORKS else self._spawn(theirs, told)
        except OSError:
            os.close(tasks)
            os.close(results)
            raise
        finally:
            os.close(theirs)
            os.close(told)
        worker = _Worker(pid, tasks, results)
        if not _FORKS:
            worker.send((self._function, self._get_ready))
        return worker

    def _fork(self, tasks: int, results: int, ours: Sequence[int]) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            # Else a worker could not tell from its tasks' end that we are gone: its siblings would hold it open.
            for number in (*ours, *(each for worker in self._workers for each in (worker.tasks, worker.results))):
                os.close(number)
            serve(self._function, self._get_ready, tasks, results)
        finally:
            os._exit(1)

    def _spawn(self, tasks: int, results: int) -> int:
        ends = [(os.POSIX_SPAWN_DUP2, tasks, 0), (os.POSIX_SPAWN_DUP2, results, 1)]
        command = [sys.executable, "-c", _SPAWNED.format(path=sys.path)]
        return os.posix_spawn(sys.executable, command, os.environ, file_actions=ends)


class _Worker:
    """A process, with our ends of two pipes: what it is told, and what it tells."""

    def __init__(self, pid: int, tasks: int, results: int) -> None:
        self.pid, self.tasks, self.results = pid, tasks, results
        self.ready = False  # its first word is that it is

    def send(self, message: object) -> None:
        """Tell it something; of one that is dead that shows when it is listened to."""
        with contextlib.suppress(BrokenPipeError):
            _write(self.tasks, message)

    def receive(self) -> Sequence[Any] | None:
        """What it says next, None if it died."""
        try:
            return cast("Sequence[Any]", _read(self.results))
        except (EOFError, OSError, pickle.UnpicklingError):
            return None

    def end(self) -> None:
        """End it, whatever it does: it only reads. That takes a while, for which nobody need wait."""
        os.close(self.tasks)
        os.close(self.results)
        os.kill(self.pid, signal.SIGKILL)
        _ended.append(self.pid)


_ended: list[int] = []


def _reap() -> None:
    for pid in tuple(_ended):
        if os.waitpid(pid, os.WNOHANG)[0]:
            _ended.remove(pid)


def _readable(numbers: Iterable[int]) -> list[int]:
    listening = select.poll()
    for number in numbers:
        listening.register(number, select.POLLIN)
    return [number for number, _ in listening.poll()]


def _write(number: int, message: object) -> None:
    content = pickle.dumps(message)
    rest = memoryview(len(content).to_bytes(_LENGTH, "big") + content)
    while rest:
        rest = rest[os.write(number, rest) :]


def _read(number: int) -> Any:
    """The next message, and not a byte of the one after, which could not be waited for then. EOFError at the end."""
    length = int.from_bytes(_bytes(number, _LENGTH), "big")
    return pickle.loads(_bytes(number, length))  # noqa: S301 - of our own process


def _bytes(number: int, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        piece = os.read(number, length - len(content))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)


# ── in the other process ──────────────────────────────────────────────────────────────────────


def serve_spawned() -> None:
    """What a process does that began anew: it is told first what to do."""
    tasks, results = os.dup(0), os.dup(1)
    function, get_ready = _read(tasks)
    serve(function, get_ready, tasks, results)


def serve(
    function: Callable[[Any], Sequence[Any]], get_ready: Callable[[], object] | None, tasks: int, results: int
) -> None:
    """Make results of chunks of tasks, from one pipe to the other.

    Ctrl-C is for our parent to heed, and so is what there is to say; when that one is gone, so are we.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    _ended.clear()  # they were our parent's
    gc.freeze()
    with contextlib.suppress(RuntimeError):  # no thread to be had: then the next read or write ends it
        threading.Thread(target=_end_with_parent, args=(tasks,), daemon=True).start()
    if get_ready is not None:
        with contextlib.suppress(Exception):  # what it could not make ready fails where it is used
            get_ready()
    with contextlib.suppress(EOFError, BrokenPipeError):
        _write(results, ())  # ready
        while True:
            _write(results, function(_read(tasks)))


def _end_with_parent(tasks: int) -> None:
    gone = select.poll()
    gone.register(tasks, 0)  # nothing but that the other end is closed
    gone.poll()
    os._exit(1)

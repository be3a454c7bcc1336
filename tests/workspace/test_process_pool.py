"""All cores, and a task that ends its process costs only itself."""

from __future__ import annotations

import multiprocessing.synchronize
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.workspace import process_pool
from migrate.workspace.process_pool import run_in_processes

assert sys.platform != "win32"

ROOT = Path(__file__).parents[2]
METHODS = ["fork", "spawn"] if sys.platform == "linux" else ["spawn"]
TASKS = """
import os, signal, time
def work(task):
    open(f"at-{{os.getpid()}}", "w").close()
    if task == {deadly}:
        {death}
    time.sleep({pause})
    return task * 2
def crashed(task):
    return -1
"""
PROGRAM = """
import work
from migrate.files.platform import SYSTEM
from migrate.workspace import process_pool
type(SYSTEM).process_start = {method!r}
if __name__ == "__main__":
    for _ in range(2):
        run = process_pool.run_in_processes(work.work, range(40), work.crashed, processes={processes}, chunk={chunk})
        print(sorted(run), flush=True)
"""


# Counts processes that are forks of our parent; what tracks resources for spawned ones runs another function.
COUNT_SIBLINGS = """
        pids = open(f"/proc/{os.getppid()}/task/{os.getppid()}/children").read().split()
        lines = [open(f"/proc/{pid}/cmdline").read() for pid in pids]
        open(f"siblings-{sum('resource_tracker' not in line for line in lines)}", "w").close()
"""


def program(
    tmp_path: Path,
    *,
    method: str = METHODS[0],
    deadly: int = -1,
    death: str = "os._exit(7)",
    pause: float = 0.0,
    processes: int = 2,
    chunk: int = 8,
) -> subprocess.Popen[str]:
    (tmp_path / "work.py").write_text(TASKS.format(deadly=deadly, death=death, pause=pause))
    (tmp_path / "program.py").write_text(PROGRAM.format(method=method, processes=processes, chunk=chunk))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "program.py"]
    return subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True)


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=300)
    assert err == ""
    return out.splitlines()


@pytest.mark.parametrize("method", METHODS)
def test_every_task_has_a_result(tmp_path: Path, method: str) -> None:
    assert lines_of(program(tmp_path, method=method)) == [str([task * 2 for task in range(40)])] * 2


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("death", ["os._exit(7)", "raise ValueError", "os.kill(os.getpid(), signal.SIGKILL)"])
@pytest.mark.parametrize("processes", [2, 3])
def test_task_that_kills_its_process_fails_alone(tmp_path: Path, method: str, death: str, processes: int) -> None:
    lines = lines_of(program(tmp_path, method=method, deadly=13, death=death, processes=processes))
    assert lines == [str([-1, *(task * 2 for task in range(40) if task != 13)])] * 2


def test_several_tasks_that_kill_their_processes_fail_alone() -> None:
    found = sorted(run_in_processes(_deadly_thirds, range(40), _minus, processes=2, chunk=4))
    assert found == [*([-1] * 14), *(task for task in range(40) if task % 3)]


@pytest.mark.parametrize("method", METHODS)
def test_all_processes_are_started_before_the_first_task(tmp_path: Path, method: str) -> None:
    process = program(tmp_path, method=method, deadly=0, death=COUNT_SIBLINGS, processes=4, chunk=1)
    assert lines_of(process)[1] == str([task * 2 for task in range(40)])
    assert {path.name for path in tmp_path.glob("siblings-*")} == {"siblings-4"}


@pytest.mark.parametrize("method", METHODS)
def test_processes_end_when_their_parent_is_killed(tmp_path: Path, method: str) -> None:
    process = program(tmp_path, method=method, pause=0.5)
    children = _eventually(lambda: list(tmp_path.glob("at-*")) and _children(process.pid))
    process.kill()
    process.communicate()
    assert children
    assert _eventually(lambda: not any(map(_is_alive, children)))


def test_ctrl_c_in_a_worker_is_ignored(tmp_path: Path) -> None:
    process = program(tmp_path, pause=0.01)
    for child in _eventually(lambda: list(tmp_path.glob("at-*")) and _children(process.pid)):
        os.kill(child, signal.SIGINT)
    assert lines_of(process)[1] == str([task * 2 for task in range(40)])


def test_ctrl_c_ends_parent_and_children_quickly(tmp_path: Path) -> None:
    process = program(tmp_path, pause=30)
    children = _eventually(lambda: list(tmp_path.glob("at-*")) and _children(process.pid))
    began = time.monotonic()
    for pid in (*children, process.pid):  # as a terminal does
        os.kill(pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert err.count("Traceback") == 1  # of the parent, which here has no handler of its own
    assert _eventually(lambda: not any(map(_is_alive, children)))


def test_no_process_outlives_its_iteration() -> None:
    assert sorted(run_in_processes(_double, range(20), _minus, processes=2)) == [task * 2 for task in range(20)]
    assert multiprocessing.active_children() == []


def test_closed_iteration_ends_its_processes() -> None:
    run = run_in_processes(_double, range(400), _minus, processes=2)
    assert next(run) % 2 == 0
    assert multiprocessing.active_children() != []
    run.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_results_larger_than_a_pipe_buffer_are_returned() -> None:
    found = run_in_processes(_long, ["x" * 200_000] * 9, str, processes=2, chunk=2)
    assert [len(result) for result in found] == [400_000] * 9


@pytest.mark.parametrize(("tasks", "processes"), [(8, 4), (40, 0), (40, 1)])
def test_single_chunk_or_process_runs_in_the_parent(tasks: int, processes: int) -> None:
    assert set(run_in_processes(_pid, range(tasks), _minus, processes=processes)) == {os.getpid()}


def test_several_processes_share_the_work() -> None:
    assert len(set(run_in_processes(_slow_pid, range(40), _minus, processes=2)) - {-1, os.getpid()}) == 2


def test_refused_fork_runs_all_tasks_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", _refused)
    assert set(run_in_processes(_pid, range(40), _minus, processes=2)) == {os.getpid()}


def test_missing_semaphores_run_all_tasks_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing.synchronize.SemLock, "__init__", _not_implemented)
    assert set(run_in_processes(_pid, range(40), _minus, processes=2)) == {os.getpid()}


def test_missing_threads_run_all_tasks_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", _no_thread)
    assert set(run_in_processes(_pid, range(40), _minus, processes=2)) == {os.getpid()}
    assert multiprocessing.active_children() == []


def test_failing_workers_run_all_tasks_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "_begin", _unable)
    assert set(run_in_processes(_pid, range(40), _minus, processes=2)) == {os.getpid()}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_task_that_killed_the_only_process_is_not_run_in_the_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = run_in_processes(_deadly_elsewhere, range(20), _minus, processes=2)
    fork = getattr(os, "fork")  # noqa: B009 - a type checker for Windows knows none
    forks = iter(range(100))
    monkeypatch.setattr(os, "fork", lambda: fork() if next(forks) < 2 else _refused())
    assert sorted(run) == [-1] * 16 + list(range(16, 20))


def _double(task: int) -> int:
    return task * 2


def _long(task: str) -> str:
    return task * 2


def _pid(task: int) -> int:
    return os.getpid()


def _slow_pid(task: int) -> int:
    time.sleep(0.01)
    return os.getpid()


def _deadly_thirds(task: int) -> int:
    if task % 3 == 0:
        os._exit(7)
    return task


_HERE = os.getpid()


def _deadly_elsewhere(task: int) -> int:
    if os.getpid() != _HERE:
        os._exit(7)
    return task


def _unable(_: object) -> None:
    os._exit(1)


def _not_implemented(*_: object, **__: object) -> None:
    raise OSError(38, "Function not implemented")


def _no_thread(_: object) -> None:
    raise RuntimeError("can't start new thread")


def _minus(task: object) -> int:
    return -1


def _refused() -> int:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def _eventually(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return held


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

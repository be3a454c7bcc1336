"""All cores, and a task that ends its process costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from migrate.workspace import worker_pool

ROOT = Path(__file__).parents[2]
FORKED, SPAWNED = True, False
TASKS = """
import os, signal, time
def work(tasks):
    for task in tasks:
        if task == {deadly}:
            {death}
        time.sleep({pause})
    return [task * 2 for task in tasks]
def crashed(task):
    return -1
def get_ready():
    print("nobody hears this")
    with open("ready", "a") as file:
        file.write("x")
"""
PROGRAM = """
import work
from migrate.workspace import worker_pool
worker_pool._FORKS = {forks}
with worker_pool.Pool(work.work, work.crashed, {processes}, chunk={chunk}, get_ready=work.get_ready) as pool:
    print(sorted(pool.run(range(40))), flush=True)
    print(sum(pool.run(range(40))), flush=True)
"""


def program(
    tmp_path: Path,
    *,
    forks: bool = FORKED,
    deadly: int = -1,
    death: str = "os._exit(7)",
    pause: float = 0.0,
    processes: int = 2,
    chunk: int = 8,
) -> subprocess.Popen[str]:
    (tmp_path / "work.py").write_text(TASKS.format(deadly=deadly, death=death, pause=pause))
    (tmp_path / "program.py").write_text(PROGRAM.format(forks=forks, processes=processes, chunk=chunk))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "program.py"]
    return subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True)


def said(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=60)
    assert err == ""
    return out.splitlines()


@pytest.mark.parametrize("forks", [FORKED, SPAWNED])
def test_every_task_has_its_result(tmp_path: Path, forks: bool) -> None:
    assert said(program(tmp_path, forks=forks)) == [str([each * 2 for each in range(40)]), str(39 * 40)]
    assert (tmp_path / "ready").read_text() == "xx"


@pytest.mark.parametrize("forks", [FORKED, SPAWNED])
@pytest.mark.parametrize("death", ["os._exit(7)", "raise ValueError", "os.kill(os.getpid(), signal.SIGKILL)"])
@pytest.mark.parametrize("processes", [1, 3])
def test_a_task_that_ends_its_process_costs_only_itself(
    tmp_path: Path, forks: bool, death: str, processes: int
) -> None:
    lines = said(program(tmp_path, forks=forks, deadly=13, death=death, processes=processes))
    assert lines[0] == str([-1, *(each * 2 for each in range(40) if each != 13)])
    assert lines[1] == str(39 * 40 - 26 - 1)


@pytest.mark.parametrize("forks", [FORKED, SPAWNED])
def test_workers_end_when_their_parent_is_killed(tmp_path: Path, forks: bool) -> None:
    process = program(tmp_path, forks=forks, pause=0.5)
    children = _eventually(lambda: _children(process.pid))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert children
    assert _eventually(lambda: not any(map(_is_alive, children)))


def test_ctrl_c_is_for_the_parent_to_heed(tmp_path: Path) -> None:
    process = program(tmp_path, pause=0.01)
    for child in _eventually(lambda: (tmp_path / "ready").exists() and _children(process.pid)):
        os.kill(child, signal.SIGINT)
    assert said(process)[1] == str(39 * 40)


def test_what_can_not_be_made_ready_ends_no_process() -> None:
    with worker_pool.Pool(_pids, _minus, 2, get_ready=_refused) as pool:
        assert len(set(pool.run(range(40))) - {-1, os.getpid()}) == 2


def test_no_process_outlives_its_pool(tmp_path: Path) -> None:
    with worker_pool.Pool(_double, _minus, 2) as pool:
        assert sorted(pool.run(range(20))) == [each * 2 for each in range(20)]
        children = [worker.pid for worker in pool._workers]
        assert len(children) == 2
    assert _eventually(lambda: not any(map(_is_alive, children)))


def test_results_larger_than_a_pipe_holds_come_through() -> None:
    with worker_pool.Pool(_long, str, 2, chunk=2) as pool:
        assert sorted(len(each) for each in pool.run(["x" * 200_000] * 9)) == [400_000] * 9


@pytest.mark.parametrize(("tasks", "processes"), [(8, 4), (40, 0)])
def test_a_single_chunk_or_no_process_is_done_here(tasks: int, processes: int) -> None:
    with worker_pool.Pool(_pids, _minus, processes) as pool:
        assert set(pool.run(range(tasks))) == {os.getpid()}


def test_where_the_system_gives_no_process_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", _refused)
    with worker_pool.Pool(_pids, _minus, 2) as pool:
        assert set(pool.run(range(40))) == {os.getpid()}


def test_a_task_that_ended_the_only_process_to_be_had_is_not_let_near_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with worker_pool.Pool(_deadly_elsewhere, _minus, 1) as pool:
        assert pool.start()
        monkeypatch.setattr(os, "fork", _refused)
        assert sorted(pool.run(range(20))) == [-1] * 8 + list(range(8, 20))


def test_where_no_process_can_live_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "serve", _unable)
    with worker_pool.Pool(_pids, _minus, 2) as pool:
        assert set(pool.run(range(40))) == {os.getpid()}


def test_a_process_without_a_thread_to_watch_its_parent_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", _no_thread)
    with worker_pool.Pool(_pids, _minus, 2) as pool:
        assert len(set(pool.run(range(40))) - {-1, os.getpid()}) == 2


def _double(tasks: Sequence[int]) -> list[int]:
    return [task * 2 for task in tasks]


def _long(tasks: Sequence[str]) -> list[str]:
    return [task * 2 for task in tasks]


def _pids(tasks: Sequence[int]) -> list[int]:
    return [os.getpid() for _ in tasks]


_HERE = os.getpid()


def _deadly_elsewhere(tasks: Sequence[int]) -> list[int]:
    if os.getpid() != _HERE:
        os._exit(7)
    return list(tasks)


def _unable(*_: object) -> None:
    raise RuntimeError("can't start new thread")


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

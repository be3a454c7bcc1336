"""All cores, and a task that kills its process costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrate import workers

ROOT = Path(__file__).parent.parent
PROGRAM = """
import os, sys, time
from migrate import workers
def work(task):
    if task == {deadly}:
        os._exit(7)
    time.sleep({pause})
    return task * 2
if __name__ == "__main__":
    print(sorted(workers.run(work, range(40), lambda task: -1, 2)), flush=True)
"""


def run(tmp_path: Path, deadly: int, pause: float = 0.0) -> subprocess.Popen[str]:
    (tmp_path / "program.py").write_text(PROGRAM.format(deadly=deadly, pause=pause))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, tmp_path / "program.py"], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_every_task_has_its_result(tmp_path: Path) -> None:
    assert run(tmp_path, -1).communicate()[0] == f"{[each * 2 for each in range(40)]}\n"


def test_a_task_that_ends_its_process_costs_only_itself(tmp_path: Path) -> None:
    assert run(tmp_path, 13).communicate()[0] == f"{[-1, *(each * 2 for each in range(40) if each != 13)]}\n"


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    process = run(tmp_path, -1, pause=0.5)
    deadline = time.monotonic() + 10
    children: list[int] = []
    while not children and time.monotonic() < deadline:
        children = _children(process.pid)
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while any(_is_alive(each) for each in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children
    assert not any(_is_alive(each) for each in children)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("tasks", "jobs"), [(3, 4), (40, 1)])
def test_few_tasks_or_one_job_need_no_process(tasks: int, jobs: int) -> None:
    assert set(workers.run(lambda _: os.getpid(), range(tasks), lambda _: 0, jobs)) == {os.getpid()}

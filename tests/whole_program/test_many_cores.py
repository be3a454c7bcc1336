"""A scan on several cores: it changes nothing of what is told, and no process of it stays."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

ROOT = Path(__file__).parents[2]
MANY: dict[str, str | bytes] = {
    f"service{number}/serverless.yml": f"service: s{number}\nprovider: {{name: aws}}\ncustom:\n  "
    + ("DB_PASSWORD: tiger-99-lynx\n" if number % 7 == 0 else "table: orders\n")
    for number in range(300)
}
PROGRAM = (sys.executable, "-m", "migrate", "scan")


def on_one_core() -> None:
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def scan(directory: Path, *words: str, one_core: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=on_one_core if one_core else None,
    )


@pytest.mark.parametrize("words", [[], ["--format", "json"], ["--format", "sarif", "."], ["service7/serverless.yml"]])
def test_output_is_equal_on_one_core_and_on_all(tmp_path: Path, words: list[str]) -> None:
    broken = {f"broken{number}/serverless.yml": "service: x\npassword: [\n" for number in range(40)}
    write(tmp_path, {**MANY, **broken})
    together, alone = scan(tmp_path, *words), scan(tmp_path, *words, one_core=True)
    assert (together.returncode, together.stdout, together.stderr) == (
        alone.returncode,
        alone.stdout,
        alone.stderr,
    )
    assert "DB_PASSWORD" in together.stdout


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_affect_the_report(tmp_path: Path, closed: str) -> None:
    write(tmp_path / "tree", MANY)
    command = f"{' '.join(PROGRAM)} tree --report told.json {closed}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, check=False, timeout=60)
    told = json.loads((tmp_path / "told.json").read_text())
    assert (done.returncode, len(told["findings"]), told["errors"]) == (10, 43, [])


@pytest.mark.parametrize("words", [["."], ["--nonsense"], ["--help"], ["nowhere"]])
def test_no_process_is_left_running(tmp_path: Path, words: list[str]) -> None:
    """None holds the output either, for whose end a reader waits."""
    write(tmp_path, {"serverless.yml": "service: x\nprovider: {name: aws}\n"})
    mark = f"SLSMIGRATE_TEST_MARK={tmp_path.name}"
    command = [*PROGRAM, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLSMIGRATE_TEST_MARK": tmp_path.name}
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60)
    deadline = time.monotonic() + 10
    while (left := list(marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []


def marked(mark: str) -> Iterator[int]:
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (directory / "environ").read_bytes():
                yield int(directory.name)

"""The program dies, or is failed by the system, at every system call of a write: old or new, whole, nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import manifest, secret
from tests.support.program import Program
from tests.support.sample import slow
from tests.support.storestub import StubStore
from tests.support.system_calls import STEPS

assert sys.platform != "win32"

ROOT = Path(__file__).parents[2]
MOVED, KEPT = "DB_PASSWORD", "API_KEY"
WORDS = ("--yes", "--skip", f"**.{KEPT}")


@dataclass(frozen=True)
class Case:
    """A service of which one secret is moved and one is left, so that a file that is left behind could tell it."""

    directory: Path

    @property
    def file(self) -> Path:
        return self.directory / "serverless.yml"

    @property
    def parameter(self) -> str:
        return f"/{self.directory.name}/db-password"

    @property
    def values(self) -> dict[str, str]:
        return {key: secret(f"shop {key}") + self.directory.name[-3:] for key in (MOVED, KEPT)}

    @property
    def before(self) -> str:
        return manifest(self.directory.name, self.values)

    @property
    def after(self) -> str:
        return self.before.replace(self.values[MOVED], f"${{ssm(raw):{self.parameter}}}")

    @property
    def left(self) -> list[Path]:
        """What lies beside the file."""
        return [each for each in self.directory.iterdir() if each != self.file]


def case(root: Path, name: str) -> Case:
    made = Case(root / name)
    made.directory.mkdir()
    made.file.write_text(made.before)
    made.file.chmod(0o640)
    return made


def assert_whole(each: Case, stub: StubStore) -> None:
    """The old file, or the new one with all that it refers to in the store."""
    now = each.file.read_text()
    assert now in (each.before, each.after)
    assert now == each.before or stub.value(each.parameter) == each.values[MOVED]
    assert stub.version(each.parameter) in (None, 1)


def assert_told_no_more_than_the_file(each: Case) -> None:
    """What a run that died left beside the file, complete and for the same eyes, is what would have been the file."""
    for left in each.left:
        assert left.read_text() == each.after
        assert left.stat().st_mode == each.file.stat().st_mode


def assert_second_run_completes(each: Case, slsmigrate: Program, stub: StubStore) -> None:
    assert slsmigrate(*WORDS, each.directory).code == ExitCode.DONE
    assert each.file.read_text() == each.after
    assert (stub.value(each.parameter), stub.version(each.parameter)) == (each.values[MOVED], 1)
    assert each.left == []


# ── without strace: every call of the module os ───────────────────────────────────────────────

# Forks in a process of its own, since this one has threads.
_DIE_AT_EVERY_CALL = """
import os, sys
from botocore.loaders import create_loader
import botocore.session
from migrate.commands import cli, migrate
from migrate.files import atomic_files
from migrate.stores import registry
from migrate.text import manifest
models = create_loader()
botocore.session.create_loader = lambda *_: models
write = atomic_files.replace_file

def dying_at(number):
    left = number
    def counted(call):
        def act(*arguments, **options):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(9)
            return call(*arguments, **options)
        return act
    def replace_file(*arguments, **options):
        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        write(*arguments, **options)
        os._exit(0)
    return replace_file

first, *others = sorted(os.listdir("."))
cli.main([*WORDS, first])  # loads for all children what they need
for number, directory in zip(range(1, 40 * EVERY, EVERY), others):
    child = os.fork()
    if child == 0:
        atomic_files.replace_file = dying_at(number)
        cli.main([*WORDS, directory])
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 9:
        break
"""


@pytest.mark.parametrize(("nameless", "every"), [(True, 4), slow((True, 1)), slow((False, 1))])
def test_death_at_any_call_of_a_write_loses_nothing_and_the_next_run_completes(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, nameless: bool, every: int
) -> None:
    cases = [case(tmp_path, f"shop-{number:02}") for number in range(1, 40 // every + 2)]
    without = "" if nameless else "\ndel os.O_TMPFILE"
    script = f"import os\nSTEPS, WORDS, EVERY = {STEPS!r}, {WORDS!r}, {every}{without}\n{_DIE_AT_EVERY_CALL}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    assert not [each for each in cases if each.values[KEPT].encode() in done.stdout + done.stderr]
    reached = [each for each in cases if stub.value(each.parameter)]
    for each in reached:
        assert_whole(each, stub)
        if nameless:
            assert_told_no_more_than_the_file(each)
    left_behind = sum(len(each.left) for each in reached)
    if every == 1:
        assert left_behind == 1 if nameless else left_behind > 1
    assert {each.file.read_text() == each.after for each in reached} == {True, False}
    assert 20 // every < len(reached) < len(cases)
    for each in reached[::4]:
        assert_second_run_completes(each, slsmigrate, stub)


# ── with strace: every system call ────────────────────────────────────────────────────────────

ERRORS = {
    "EIO": ("openat", "flock", "getdents64", "faccessat2", "read", "fchmod", "flistxattr", "fsync", "renameat"),
    "ENOSPC": ("openat", "write", "fsync", "linkat"),
    "EINTR": ("openat", "read", "write"),
}


@dataclass(frozen=True)
class Call:
    """A system call of the write: the `number`-th of its name since the program began."""

    name: str
    number: int


def traced(*, cwd: Path, into: Path, inject: str = "") -> subprocess.CompletedProcess[str]:
    which = ["-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}"] if inject else ["-e", "%file,%desc"]
    strace = ["strace", "-o", str(into), *which]
    return subprocess.run(
        [*strace, sys.executable, "-m", "migrate", *WORDS], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def calls_of_the_write(trace: Path) -> Iterator[Call]:
    """From the opening of the directory, the last time, to the closing after the file has its name."""
    lines = trace.read_text().split("\n")
    first = max(at for at, line in enumerate(lines) if "O_NOFOLLOW|O_CLOEXEC|O_DIRECTORY" in line and "openat" in line)
    renamed = next(at for at, line in enumerate(lines) if line.startswith("rename"))
    synced = next(at for at, line in enumerate(lines) if at > renamed and line.startswith("fsync"))
    counts: Counter[str] = Counter()
    for at, line in enumerate(lines[: synced + 2]):
        name = re.match(r"\w+", line)
        if name:
            counts[name[0]] += 1
            if at >= first:
                yield Call(name[0], counts[name[0]])


@pytest.fixture
def calls(tmp_path: Path, stub: StubStore) -> list[Call]:
    """Those of an undisturbed run."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    undisturbed = case(tmp_path, "undisturbed")
    traced(cwd=undisturbed.directory, into=tmp_path / "warm")  # compiles what is not compiled yet
    undisturbed.file.write_text(undisturbed.before)
    done = traced(cwd=undisturbed.directory, into=tmp_path / "trace")
    if done.returncode:
        pytest.skip(f"strace can't trace here: {done.stderr[-200:]}")
    assert undisturbed.file.read_text() == undisturbed.after
    return list(calls_of_the_write(tmp_path / "trace"))


def inject_each(root: Path, injections: Sequence[str]) -> list[tuple[Case, str, subprocess.CompletedProcess[str]]]:
    """A run for each, two at a time."""
    cases = [case(root, f"shop-{number:03}") for number in range(len(injections))]

    def run(each: Case, inject: str) -> subprocess.CompletedProcess[str]:
        return traced(cwd=each.directory, into=root / f"{each.directory.name}.trace", inject=inject)

    with ThreadPoolExecutor(2) as pool:
        return list(zip(cases, injections, pool.map(run, cases, injections), strict=True))


@pytest.mark.slow
def test_kill_at_any_system_call_of_a_write_loses_nothing_and_the_next_run_completes(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, calls: list[Call]
) -> None:
    done = inject_each(tmp_path, [f"{call.name}:signal=KILL:when={call.number}" for call in calls])
    assert [ran.returncode for _, _, ran in done] == [-9] * len(done)
    for each, _, ran in done:
        assert_whole(each, stub)
        assert_told_no_more_than_the_file(each)
        assert each.values[KEPT] not in ran.stdout + ran.stderr
    assert {each.file.read_text() == each.after for each, _, _ in done} == {True, False}
    assert sum(len(each.left) for each, _, _ in done) <= 1
    assert len(done) > 30
    for each, _, _ in done:
        assert_second_run_completes(each, slsmigrate, stub)


@pytest.mark.slow
def test_error_of_any_system_call_of_a_write_is_reported_or_harmless(
    tmp_path: Path, slsmigrate: Program, stub: StubStore, calls: list[Call]
) -> None:
    injections = [
        f"{call.name}:error={error}:when={call.number}"
        for error, names in ERRORS.items()
        for call in calls
        if call.name in names
    ]
    for each, inject, ran in inject_each(tmp_path, injections):
        assert "(INJECTED)" in (tmp_path / f"{each.directory.name}.trace").read_text()
        assert_whole(each, stub)
        assert each.left == []
        said = ran.stdout + ran.stderr
        assert "Traceback" not in said
        assert "internal error" not in said
        assert not [value for value in each.values.values() if value in said]
        written = each.file.read_text() == each.after
        assert ran.returncode == (ExitCode.DONE if written else ExitCode.FAILED), f"{inject}: {said}"
        assert written or any(
            words in said for words in ("the disk is full", "Input/output error", "it is read-only", "is not written")
        )
        assert "EINTR" not in inject or written
        assert_second_run_completes(each, slsmigrate, stub)

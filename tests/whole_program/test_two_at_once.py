"""Two runs at the same time: no update is lost, no file torn, and no file refers to another's value unsaid."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.gitrepos import git, manifest, repository, secret, state
from tests.support.program import write
from tests.support.storestub import Answer, Call, Serve, StubStore

SHARED, OTHER = "/shared/db-password", "/shop/api-key"
VALUES = {"DB_PASSWORD": secret("DB_PASSWORD"), "API_KEY": secret("API_KEY")}
TEXT = manifest("shop", VALUES)
REFERENCE = f"${{ssm(raw):{SHARED}}}"
OVERWROTE = f"{SHARED}: overwrote version 2 too, which somebody else put"
WORDS = ("--yes", "--name", f"provider.environment.DB_PASSWORD={SHARED}")
# Where both runs are made to wait for one another, so that what follows is a race in every round.
MEETINGS = {
    "at the check": ("GetParameters", 0),
    "at the put": ("PutParameter", 0),
    "after the first put": ("PutParameter", 2),
    "at the read-back": ("GetParameters", 2),
}
RACES = [
    pytest.param(name, marks=() if name == "at the put" else pytest.mark.slow, id=name) for name in [*MEETINGS, "never"]
]


@dataclass(frozen=True)
class Ended:
    """What a run said, and its exit code."""

    code: int
    said: str


def moved(text: str, *, api_key: bool = True) -> str:
    for key, name in (("DB_PASSWORD", SHARED), *([("API_KEY", OTHER)] if api_key else [])):
        value = next(line.partition(": ")[2] for line in text.split("\n") if line.strip().startswith(f"{key}:"))
        text = text.replace(value, f"${{ssm(raw):{name}}}")
    return text


def meet(stub: StubStore, race: str) -> None:
    """Holds the first run at a request until the second one makes it too."""
    stub.latency = random.uniform(0, 0.01)
    if race not in MEETINGS:
        return
    barrier, (operation, after) = threading.Barrier(2), MEETINGS[race]

    def effect(call: Call, serve: Serve) -> Answer:
        with suppress(threading.BrokenBarrierError):  # a run that ended early does not come
            barrier.wait(3)
        return serve()

    stub.fault(operation, effect, times=2, after=after)


def run_both(directories: Sequence[Path], words: Sequence[str]) -> tuple[list[Ended], set[tuple[str, ...]]]:
    """Two programs started together, and every state of the manifests that could be read while they ran."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "migrate", *words],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for directory in directories
    ]
    files = [directory / "serverless.yml" for directory in dict.fromkeys(directories)]
    seen: set[tuple[str, ...]] = set()
    while any(run.poll() is None for run in runs):
        seen.add(tuple(file.read_text() for file in files))
        threading.Event().wait(0.002)
    seen.add(tuple(file.read_text() for file in files))
    ended = [Ended(run.returncode, " ".join(run.communicate()[0].split())) for run in runs]
    assert not any("Traceback" in each.said or "internal error" in each.said for each in ended), ended
    return ended, seen


def check_clean(stub: StubStore, directories: Sequence[Path], names: Sequence[str]) -> None:
    """Nothing lies about, and no parameter was put twice."""
    for directory in directories:
        assert [each.name for each in directory.iterdir()] == ["serverless.yml"]
    assert {name: stub.version(name) for name in stub.names()} == dict.fromkeys(sorted(names), 1)


@pytest.mark.parametrize("race", RACES)
def test_two_runs_on_one_repository_move_it_once(tmp_path: Path, stub: StubStore, race: str) -> None:
    write(tmp_path, {"serverless.yml": TEXT})
    meet(stub, race)
    ended, seen = run_both([tmp_path, tmp_path], WORDS)
    assert seen <= {(TEXT,), (moved(TEXT),)}
    assert (tmp_path / "serverless.yml").read_text() == moved(TEXT)
    assert (stub.value(SHARED), stub.value(OTHER)) == tuple(VALUES.values())
    check_clean(stub, [tmp_path], [SHARED, OTHER])
    assert 0 in [each.code for each in ended]
    for each in ended:
        assert each.code == 0 or "it has changed since it was read" in each.said, each


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES)
def test_two_repositories_with_an_equal_value_share_the_parameter(tmp_path: Path, stub: StubStore, race: str) -> None:
    texts = [manifest(name, {"DB_PASSWORD": VALUES["DB_PASSWORD"]}) for name in ("one", "two")]
    directories = [tmp_path / "one", tmp_path / "two"]
    for directory, text in zip(directories, texts, strict=True):
        write(directory, {"serverless.yml": text})
    meet(stub, race)
    ended, seen = run_both(directories, WORDS)
    after = [moved(text, api_key=False) for text in texts]
    assert all(now in (old, new) for state in seen for now, old, new in zip(state, texts, after, strict=True))
    assert [each.code for each in ended] == [0, 0], ended
    assert [(directory / "serverless.yml").read_text() for directory in directories] == after
    assert stub.value(SHARED) == VALUES["DB_PASSWORD"]
    check_clean(stub, directories, [SHARED])


@dataclass(frozen=True)
class Rival:
    """One of two repositories that want the same parameter for different values."""

    directory: Path
    value: str
    text: str

    @property
    def now(self) -> str:
        return (self.directory / "serverless.yml").read_text()

    @property
    def refers(self) -> bool:
        return REFERENCE in self.now


def rivals(root: Path) -> list[Rival]:
    made = []
    for name in ("one", "two"):
        value = secret(name)
        made.append(Rival(root / name, value, manifest(name, {"DB_PASSWORD": value})))
        write(root / name, {"serverless.yml": made[-1].text})
    return made


@pytest.mark.parametrize("race", RACES)
def test_one_of_two_different_values_wins_and_the_other_file_is_unchanged(
    tmp_path: Path, stub: StubStore, race: str
) -> None:
    both = rivals(tmp_path)
    meet(stub, race)
    ended, _ = run_both([each.directory for each in both], WORDS)
    won = next(number for number, each in enumerate(both) if each.value == stub.value(SHARED))
    lost = 1 - won
    assert [ended[won].code, ended[lost].code] == [0, 1], ended
    assert both[won].now == moved(both[won].text, api_key=False)
    assert both[lost].now == both[lost].text
    assert SHARED in ended[lost].said
    assert "another value" in ended[lost].said
    assert not any(each.value in run.said for each in both for run in ended)
    check_clean(stub, [each.directory for each in both], [SHARED])


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES)
def test_concurrent_overwrites_are_always_reported(tmp_path: Path, stub: StubStore, race: str) -> None:
    both = rivals(tmp_path)
    stub.seed(SHARED, "old")
    meet(stub, race)
    ended, _ = run_both([each.directory for each in both], (*WORDS, "--on-conflict", "overwrite"))
    for mine, run, other in ((both[0], ended[0], ended[1]), (both[1], ended[1], ended[0])):
        assert mine.now in (mine.text, moved(mine.text, api_key=False))
        assert mine.refers == (run.code == 0), ended
        if mine.refers and stub.value(SHARED) != mine.value:
            saw_it = "another value, version 2" in other.said  # it came later, and did what it was asked for
            assert saw_it or (OVERWROTE in other.said and other.code == 1), ended
    if race == "at the put":
        assert [OVERWROTE in run.said for run in ended].count(True) == 1
        assert stub.version(SHARED) == 3


@pytest.mark.slow
def test_concurrent_batches_commit_every_repository_once(tmp_path: Path, stub: StubStore) -> None:
    for number in range(5):
        name = f"service-{number}"
        text = manifest(name, {"DB_PASSWORD": secret(name)})
        repository(tmp_path / name, {"serverless.yml": text})
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-m", "migrate", "batch", str(tmp_path), "--yes", "--commit", "--put-rate", "60"]
    stub.latency = 0.01
    runs = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert not any("Traceback" in each or "internal error" in each for each in said), said
    last = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stdout + last.stderr
    found = state(tmp_path)
    for number in range(5):
        name = f"service-{number}"
        assert stub.value(f"/{name}/db-password") == secret(name)
        assert stub.version(f"/{name}/db-password") == 1
        assert f"${{ssm(raw):/{name}/db-password}}".encode() in bytes(found[f"{name}/serverless.yml"])  # type: ignore[call-overload]
        assert git(tmp_path / name, "status", "--porcelain") == ""
        assert git(tmp_path / name, "rev-list", "--count", "HEAD").strip() == "2"

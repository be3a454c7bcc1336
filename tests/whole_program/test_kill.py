"""A run that is killed at any instant and started again ends where an undisturbed one does."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import Held, kill_again_and_again, manifest, repository, secret, service, started, state
from tests.support.gitrepos import held as held_in
from tests.support.storestub import StubStore

WAYS = {
    "plain": ("--yes",),
    "commit": ("--yes", "--commit"),
    "branch": ("--yes", "--branch", "secrets"),
    "worktree": ("--yes", "--branch", "secrets", "--worktree"),
}


def repositories(root: Path, count: int) -> list[Held]:
    """Repositories of which some have nothing to move, two files, a refusing hook, or two like values to tell apart."""
    found: list[Held] = []
    for number in range(count):
        name = f"service-{number:02}"
        kind = number % 6
        if kind == 0:
            repository(root / name, {"serverless.yml": manifest(name, {})})
        elif kind == 1:
            files = {}
            for part in ("api", "worker"):
                secrets = {"DB_PASSWORD": secret(f"{name} {part}"), "API_KEY": secret(f"{name} {part} key")}
                files[f"{part}/serverless.yml"] = manifest(f"{name}-{part}", secrets)
                found += held_in(root / name / part / "serverless.yml", f"{name}-{part}", secrets)
            repository(root / name, files)
        elif kind == 2:
            found += service(root, name, ["DB_PASSWORD"], hook="exit 1")
        else:
            found += service(root, name, ["DB_PASSWORD", "STRIPE_API_KEY"][: 1 + number % 2])
    return found


def survives(tmp_path: Path, stub: StubStore, words: tuple[str, ...], kills: int, seed: int, count: int) -> int:
    """Kills until a run ends, again and again over fresh repositories; gives how many kills it came to."""
    template, root, source = tmp_path / "template", tmp_path / "root", random.Random(seed)
    found = repositories(template, count)
    words = (*words, "--put-rate", "60")
    stub.latency = 0.005
    shutil.copytree(template, root)
    secrets = [replace(each, file=root / each.file.relative_to(template)) for each in found]
    begun = time.monotonic()
    code = started(root, *words).wait(120)
    lasted = time.monotonic() - begun
    undisturbed, parameters = state(root), {name: stub.value(name) for name in stub.names()}
    assert parameters
    done = 0
    while done < kills:
        shutil.rmtree(root)
        shutil.copytree(template, root)
        stub.reset()
        stub.latency = 0.005
        killed, ended = kill_again_and_again(root, words, secrets, stub, kills - done, source, lasted)
        done += killed
        now = state(root)
        assert {k: now.get(k) for k in now.keys() | undisturbed.keys() if now.get(k) != undisturbed.get(k)} == {}
        assert {name: stub.value(name) for name in stub.names()} == parameters
        assert ended in (code, ExitCode.DONE)
    return done


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_killed_batch_is_completed_by_running_it_again(tmp_path: Path, stub: StubStore, way: str) -> None:
    assert survives(tmp_path, stub, WAYS[way], kills=3, seed=len(way), count=18) == 3

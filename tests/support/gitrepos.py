"""Real git repositories of every outcome that a batch knows, and what must be true of them at every instant."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.program import write
from tests.support.storestub import StubStore

PROGRAM = (sys.executable, "-m", "migrate", "batch")
_HERE = Path(__file__).parents[2]


def git(root: Path, *words: str) -> str:
    """What git says; its failure is the test's."""
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout


def secret(name: str) -> str:
    """A value that looks like a secret, always the same for a name."""
    source = random.Random(name)
    return "".join(source.choice("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789") for _ in range(24))


def manifest(service: str, secrets: Mapping[str, str], tail: str = "") -> str:
    """A manifest of Serverless 3 with these values in its environment."""
    lines = "".join(f"    {key}: {value}\n" for key, value in secrets.items())
    head = f"service: {service}\nframeworkVersion: '3'\nprovider:\n  name: aws\n"
    return f"{head}  environment:\n    STAGE: dev\n{lines}{tail}"


def repository(root: Path, files: Mapping[str, str], *, hook: str = "") -> Path:
    """A repository with one commit; `hook` is the shell text of its pre-commit hook."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", "--template=", str(root)], check=True)
    write(root, dict(files))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=initial")
    if hook:
        write(root / ".git" / "hooks", {"pre-commit": f"#!/bin/sh\n{hook}\n"})
        (root / ".git" / "hooks" / "pre-commit").chmod(0o755)
    return root


@dataclass(frozen=True)
class Held:
    """A secret that must stand in its file or in the store, whatever happens."""

    file: Path
    parameter: str
    value: str


def service(root: Path, name: str, keys: Sequence[str], **options: str) -> list[Held]:
    """A repository that would be migrated, with the secrets that it holds."""
    secrets = {key: secret(f"{name} {key}") for key in keys}
    repository(root / name, {"serverless.yml": manifest(name.rpartition("/")[2], secrets)}, **options)
    return held(root / name / "serverless.yml", name.rpartition("/")[2], secrets)


def held(file: Path, service_name: str, secrets: Mapping[str, str]) -> list[Held]:
    """The secrets of a file with the parameters that they move to."""
    return [Held(file, f"/{service_name}/{key.lower().replace('_', '-')}", value) for key, value in secrets.items()]


def missing(secrets: Sequence[Held], stub: StubStore) -> list[Held]:
    """Those that stand neither in their file nor in the store."""
    return [
        each for each in secrets if each.value not in each.file.read_text() and stub.value(each.parameter) != each.value
    ]


def state(root: Path) -> dict[str, object]:
    """Every repository's files, branches with the trees that they name, and what is not committed."""
    found: dict[str, object] = {}
    for place in sorted(each.parent for each in root.rglob(".git")):
        name = place.relative_to(root).as_posix()
        found[name] = (
            git(place, "for-each-ref", "--format=%(refname) %(tree)"),
            git(place, "rev-list", "--all", "--count"),
            git(place, "symbolic-ref", "HEAD"),
            git(place, "status", "--porcelain"),
            git(place, "worktree", "list", "--porcelain").count("worktree "),
        )
    for file in sorted(root.rglob("*")):
        if file.is_file() and ".git" not in file.relative_to(root).parts:
            found[file.relative_to(root).as_posix()] = file.read_bytes()
    return found


def started(root: Path, *words: str) -> subprocess.Popen[bytes]:
    """The program over a root, as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(_HERE)}
    return subprocess.Popen(
        [*PROGRAM, str(root), *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def kill_again_and_again(root: Path, words: Sequence[str], secrets: Sequence[Held], stub: StubStore, most: int,
                         seed: random.Random, longest: float = 2.0) -> tuple[int, int]:  # fmt: skip
    """Runs the program and kills it at random instants until a run ends by itself; how often, and its exit code.

    After every kill no secret may be missing, and no parameter be at another version than its first.
    """
    kills = 0
    while True:
        process = started(root, *words)
        if kills < most:
            time.sleep(seed.uniform(0.1, longest))
        else:
            process.wait(120)
        code = process.poll()
        if code is None:
            process.kill()
            kills += 1
        process.wait()
        lost = missing(secrets, stub)
        assert not lost, f"lost after {kills} kills: {lost[0].parameter}"
        again = [name for name in stub.names() if stub.version(name) != 1]
        assert not again, f"put again: {again}"
        if code is not None:
            return kills, code

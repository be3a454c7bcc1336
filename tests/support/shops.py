"""A service with three secrets, the program that moves them in a process of its own, and what must hold after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migrate.model import ExitCode
from tests.support.gitrepos import Held, held, manifest, missing, repository, secret
from tests.support.storestub import StubStore

ROOT = Path(__file__).parents[2]
KEYS = ("DB_PASSWORD", "API_KEY", "SESSION_SECRET")


def shop(root: Path, name: str = "shop") -> list[Held]:
    """A service with three secrets in a repository of its own."""
    values = {key: secret(f"{name} {key}") for key in KEYS}
    repository(root / name, {"serverless.yml": manifest(name, values)})
    return held(root / name / "serverless.yml", name, values)


def start(*words: str, cwd: Path, before: Callable[[], Any] | None = None) -> subprocess.Popen[str]:
    """The program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "migrate", *words], cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=before,
    )  # fmt: skip


def assert_whole(secrets: list[Held], stub: StubStore, said: str) -> None:
    """Nothing is lost, torn, left over or told."""
    assert missing(secrets, stub) == []
    for file in {each.file for each in secrets}:
        inside = [each.value in file.read_text() for each in secrets if each.file == file]
        assert all(inside) or not any(inside)
        assert {entry.name for entry in file.parent.iterdir()} == {".git", "serverless.yml"}
    assert not [each for each in secrets if each.value in said]
    assert "Traceback" not in said


def assert_completed(secrets: list[Held], stub: StubStore, again: int) -> None:
    """The second run did all that was left, and nothing twice."""
    assert again == ExitCode.DONE
    assert not [each for each in secrets if each.value in each.file.read_text()]
    assert {each.parameter: stub.value(each.parameter) for each in secrets} == {
        each.parameter: each.value for each in secrets
    }
    assert {stub.version(name) for name in stub.names()} == {1}

"""Every test starts without the machine's AWS, Serverless and colour settings."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.leaks import TALLY
from tests.support.privileges import like_anybody
from tests.support.program import Program
from tests.support.storestub import hurried, service_models, store_server, stub

__all__ = ["hurried", "service_models", "store_server", "stub"]

# Modules that say so at their top test what Windows has not.
_POSIX_ONLY = 'assert sys.platform != "win32"'
_FOREIGN = ("AWS_", "SLS", "SERVERLESS_")
# Without the last, each of the hundred programs that are started would compile all modules again.
_ALSO_FOREIGN = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONDONTWRITEBYTECODE")


def pytest_configure() -> None:
    """Have the tests, and what they start, end by a hangup even under nohup."""
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what can't be imported on this system."""
    is_module = sys.platform == "win32" and collection_path.name.startswith("test_")
    return True if is_module and _POSIX_ONLY in collection_path.read_text(encoding="utf-8") else None


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _ALSO_FOREIGN:
            monkeypatch.delenv(name)
    nowhere = tmp_path_factory.getbasetemp() / "no-aws-files"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": str(nowhere / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "COLUMNS": "80",
        "GIT_CONFIG_GLOBAL": str(nowhere / "gitconfig"),
        "XDG_CONFIG_HOME": str(nowhere / "settings"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.com",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def slsmigrate(capsys: pytest.CaptureFixture[str]) -> Program:
    """The program, run in this process."""
    return Program(capsys)


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[Path]:
    """A directory of ours, where we meet permissions as anybody does who is not root."""
    with like_anybody():
        yield tmp_path


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands on how much it searched for leaks."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leaks"] = asdict(TALLY)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The count of a worker that has ended."""
    TALLY.add(**getattr(node, "workeroutput", {}).get("leaks", {"runs": 0, "places": 0, "octets": 0}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how much was searched for leaks."""
    if TALLY.runs:
        terminalreporter.write_line(f"leaks: {TALLY}")

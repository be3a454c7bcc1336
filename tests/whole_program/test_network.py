"""No connection but to the AWS that is configured, none at all where nothing asks AWS, and no telemetry."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import git, manifest, repository, secret
from tests.support.program import write
from tests.support.storestub import StubStore

PACKAGE = Path(__file__).parents[2] / "migrate"
# Imported before anything else by every Python process of a run, the workers of a batch included. What is not on
# loopback is refused, so that no test of this file can reach out either.
WATCH = """\
import os, sys

_LOG = os.open(os.environ["HEARD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _asked(event, arguments):
    if event == "socket.getaddrinfo":
        return arguments[:2]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        return arguments[1][:2]
    if event in ("socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"):
        return arguments[0], ""
    return None


def _watch(event, arguments):
    asked = _asked(event, arguments)
    if asked is not None:
        os.write(_LOG, "{}:{}\\n".format(*asked).encode())
        if asked[0] != "127.0.0.1":
            raise ConnectionRefusedError(f"{event} {asked[0]}")


sys.addaudithook(_watch)
"""
OFFLINE = (
    ["--version"],
    ["rules"],
    ["scan", ".", "--format", "json", "--report", "found.html"],
    [".", "--dry-run", "--report", "found.sarif"],
    ["batch", ".", "--dry-run", "--jobs", "2", "--report", "part.json"],
    ["report", "merge", "part.json", "-o", "all.html"],
)
# The standard library's ways out, beside the rooms that may hold them.
_WAYS_OUT = frozenset(
    {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "telnetlib", "xmlrpc", "asyncio"}
)


@dataclass(frozen=True)
class Watched:
    """Runs of the program under watch, in a directory."""

    root: Path

    def __call__(self, *arguments: str) -> tuple[int, str, set[str]]:
        """Its exit code, what it said, and every `host:port` that it asked for."""
        return self.python("-m", "migrate", *arguments)

    def python(self, *arguments: str) -> tuple[int, str, set[str]]:
        """The same for any Python program."""
        heard = self.root / ".heard"
        heard.write_bytes(b"")
        path = os.pathsep.join([str(self.root / ".watch"), str(PACKAGE.parent)])
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root / "work",
            env={**os.environ, "PYTHONPATH": path, "HEARD": str(heard), "HOME": str(self.root)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr, set(heard.read_text().split())


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Two repositories with a secret each, on a machine without any AWS setting."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name)
    write(tmp_path / ".watch", {"sitecustomize.py": WATCH})
    for name in ("shop", "mail"):
        repository(tmp_path / "work" / name, {"serverless.yml": manifest(name, {"DB_PASSWORD": secret(name)})})
    return Watched(tmp_path)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that AWS would not know."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_watch_records_and_blocks_outgoing_connections(watched: Watched) -> None:
    code, said, heard = watched.python("-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)")
    assert (code, heard) == (1, {"192.0.2.1:80"})
    assert "ConnectionRefusedError" in said


def test_offline_commands_connect_to_nothing(watched: Watched) -> None:
    for arguments in OFFLINE:
        code, said, heard = watched(*arguments)
        assert heard == set(), arguments
        assert code == (ExitCode.SECRETS_REMAIN if arguments[0] == "scan" else ExitCode.DONE), said


def test_store_commands_connect_only_to_the_configured_endpoint(watched: Watched, stub: StubStore) -> None:
    endpoint = {urlsplit(stub.url).netloc}
    assert watched("shop", "--yes")[0::2] == (ExitCode.DONE, endpoint)
    assert watched("verify", "shop")[0::2] == (ExitCode.DONE, endpoint)
    git(watched.root / "work" / "shop", "commit", "--quiet", "--all", "--message=moved")
    assert watched("batch", ".", "--yes")[0::2] == (ExitCode.DONE, endpoint)
    assert stub.names() == ["/mail/db-password", "/shop/db-password"]


def test_default_endpoints_are_sts_and_the_parameter_store_of_the_region(watched: Watched, account: None) -> None:
    asks = "SsmStore(Target(None, 'eu-west-1'), attempts=1, patience=0)"
    program = "from migrate.model import Target; from migrate.stores.ssm import SsmStore; {}.{}"
    looked = watched.python("-c", program.format(asks, "get(['/a'])"))
    identified = watched.python("-c", program.format(asks, "identity()"))
    assert looked[2] == {"ssm.eu-west-1.amazonaws.com:443"}
    assert identified[2] in ({"sts.eu-west-1.amazonaws.com:443"}, {"sts.amazonaws.com:443"})  # of an older botocore


def test_missing_credentials_connect_only_to_the_instance_metadata_service(watched: Watched) -> None:
    code, said, heard = watched("shop", "--yes")
    assert code == ExitCode.FAILED
    assert "credentials" in said
    assert heard == {"169.254.169.254:80"}


def test_sandbox_connects_only_to_loopback(watched: Watched) -> None:
    code, said, heard = watched("shop", "--sandbox", "--yes")
    assert code == ExitCode.DONE, said
    assert {host.rpartition(":")[0] for host in heard} == {"127.0.0.1"}


def imported(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.stem, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((file.stem, name) for name in (node.module or "", *_below(node)))


def _below(node: ast.ImportFrom) -> Iterator[str]:
    return (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_the_standard_network_modules() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert [found for found in imported(files) if found[1] in _WAYS_OUT or found[1].split(".")[0] in _WAYS_OUT] == []

"""Whole processes, watched: what they start, hold for a while, tell the system and log, under every environment."""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pytest

from migrate.model import Parameter, Secret
from tests.support import leaks
from tests.support.gitrepos import repository
from tests.support.leaks import Search
from tests.support.program import Program, write
from tests.support.sample import slow
from tests.support.storestub import Answer, Call, Serve, StubStore, first
from tests.support.terminal import CTRL_C, CTRL_U, ENTER, Terminal
from tests.support.watched import Watch, Watched


@pytest.fixture
def watch(tmp_path: Path, stub: StubStore) -> Watch:
    """A place for watched runs, with the service that holds every secret."""
    found = Watch(tmp_path)
    write(found.work, dict(leaks.project()))
    return found


def good(ran: Watched) -> Watched:
    """The run, in which nothing was told, and no temporary file was wider than what it became."""
    assert Search().leaks(ran.places) == []
    assert "Traceback" not in ran.said
    for row in ran.rows:
        if row["event"] == "os.rename" and row["to mode"] is not None:
            assert row["mode"] & ~row["to mode"] == 0, row["file"]
        if row["event"] == "socket.connect":
            assert "127.0.0.1" in row["address"]
    return ran


DEBUG_LOG = """
import logging
import os
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
for name in ("botocore", "botocore.endpoint", "botocore.parsers", "boto3", "urllib3", "moto", "werkzeug"):
    logging.getLogger(name).setLevel(logging.DEBUG)
"""
WIRE_LOG = "\nimport http.client\nhttp.client.HTTPConnection.debuglevel = 1\n"
STREAM_LOG = "\nimport boto3\nboto3.set_stream_logger('')\n"
LOUD: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "quiet": ("", {}),
    "debug log": (DEBUG_LOG, {}),
    "wire log": (WIRE_LOG, {}),
    "boto3's stream logger": (STREAM_LOG, {}),
    "development mode": ("", {"PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1"}),
    "fault handler": ("", {"PYTHONFAULTHANDLER": "1"}),
    "all warnings": ("", {"PYTHONWARNINGS": "always"}),
    "warnings are errors": ("", {"PYTHONWARNINGS": "error"}),
    "locals in tracebacks": ("\nfrom rich.traceback import install\ninstall(show_locals=True)\n", {}),
}


_ELSEWHERE = [
    ("debug log", "--yes --sandbox"),
    ("development mode", "--yes --sandbox"),
    ("debug log", "batch . --yes --put-rate 1000"),
    ("development mode", "batch . --yes --put-rate 1000"),
    ("locals in tracebacks", "verify"),
]


def _loud(watch: Watch, loud: str, *words: str) -> Watched:
    startup, environment = LOUD[loud]
    ran = good(watch.run(*words, startup=startup, environment=environment))
    assert ran.code in (0, 10), ran.said
    return ran


@pytest.mark.parametrize("loud", ["debug log", slow("wire log")])
def test_log_of_aws_requests_shows_no_secret(watch: Watch, loud: str) -> None:
    ran = _loud(watch, loud, "--yes", "--report", "r.html")
    assert "DEBUG" in ran.said or loud == "wire log"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loud", "words"),
    [*((loud, "--yes --format json --report r.html") for loud in LOUD), *_ELSEWHERE],
)
def test_no_environment_setting_makes_a_run_show_a_secret(watch: Watch, loud: str, words: str) -> None:
    _loud(watch, loud, *words.split())


def test_logger_created_during_a_call_shows_no_secret(stub: StubStore, caplog: pytest.LogCaptureFixture) -> None:
    def speak(call: Call, serve: Serve) -> Answer:
        logging.getLogger(f"botocore.made.{len(stub.calls)}").debug("sending %s", call.asked)
        return serve()

    stub.fault("PutParameter", speak)
    with caplog.at_level(logging.DEBUG):
        stub.open().put(Parameter("/shop/key", Secret(leaks.PLAIN)), overwrite=False)
    assert Search().leaks({"log": caplog.text}) == []


# ── what the system shows of a process ────────────────────────────────────────────────────────


def _shown_by_the_system(marker: str) -> dict[str, bytes]:
    """Command lines, environments and limits of all processes whose environment holds the marker."""
    found: dict[str, bytes] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environ = (process / "environ").read_bytes()
            if marker.encode() in environ:
                found[f"{process.name} environ"] = environ
                found[f"{process.name} cmdline"] = (process / "cmdline").read_bytes()
                found[f"{process.name} limits"] = (process / "limits").read_bytes()
    return found


@pytest.mark.parametrize("words", ["--yes", slow("batch . --yes --put-rate 1000")])
def test_running_process_exposes_no_secret_and_writes_no_core_file(watch: Watch, stub: StubStore, words: str) -> None:
    shown: dict[str, bytes] = {}
    stub.fault("PutParameter", first(lambda: shown.update(_shown_by_the_system(str(watch.root)))))
    assert good(watch.run(*words.split())).code in (0, 10)
    assert [name for name in shown if name.endswith("cmdline")]
    assert Search().leaks(shown) == []
    for name, content in shown.items():
        if name.endswith("limits"):
            assert re.search(rb"^Max core file size +0 ", content, re.MULTILINE), content.decode()


_HOOK = """\
#!/bin/sh
for place in cmdline environ limits; do cat /proc/[0-9]*/$place; done > "$SEEN.$$" 2>/dev/null
git diff --cached --name-only >> "$SEEN.$$"
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["--commit", "--branch secrets", "--branch secrets --worktree"])
def test_commit_exposes_no_secret(watch: Watch, stub: StubStore, way: str) -> None:
    for name in ("shop", "depot"):
        files = leaks.project(copies=False)
        files["serverless.yml"] = files["serverless.yml"].replace("service: shop", f"service: {name}")
        root = repository(watch.work / "repos" / name, files)
        for hook in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout"):
            write(root / ".git" / "hooks", {hook: _HOOK})
            (root / ".git" / "hooks" / hook).chmod(0o755)
    before = {root: leaks.objects(root) for root in sorted((watch.work / "repos").iterdir())}
    seen = watch.root / "seen"
    seen.mkdir()
    words = ("batch", "repos", "--yes", "--put-rate", "1000", *way.split(), "--report", "r.html", "--report", "r.json")
    ran = good(watch.run(*words, environment={"SEEN": str(seen / "by")}))
    assert ran.code in (0, 10), ran.said
    told = {file.name: file.read_bytes() for file in seen.iterdir()}
    assert len(told) >= 4
    assert b"Max core file size        0 " in b"".join(told.values())
    for root, known in before.items():
        told |= {key: text for key, text in leaks.objects(root).items() if key not in known}
    assert Search().leaks(told, but=IN_COMMENTS) == []


# The copies in comments stay where they are, in the next version of the file as well.
IN_COMMENTS = ("plain", "double-quoted", "in a comment", "a key")


_IN_WORKERS = {
    "raises": f"raise ValueError({leaks.PLAIN!r} + repr({leaks.KEY!r}))",
    "aborts": f"held = {leaks.KEY!r}; import os; os.abort()",
    "ends": "import os; os._exit(3)",
}


@pytest.mark.slow
@pytest.mark.parametrize("how", _IN_WORKERS)
def test_crashing_worker_shows_no_secret_and_leaves_no_core_file(watch: Watch, how: str) -> None:
    for number in range(10):
        write(watch.work / f"shop-{number}", dict(leaks.project()))
    startup = f"""
import migrate.plan.planning

def _broken(*_):
    {_IN_WORKERS[how]}

migrate.plan.planning.plan = _broken
"""
    words = ("batch", *(f"shop-{number}" for number in range(10)), "--dry-run", "--jobs", "2", "--report", "r.html")
    ran = good(watch.run(*words, startup=startup, environment={"PYTHONFAULTHANDLER": "1"}))
    assert ran.code == 1
    assert "internal error" in ran.said
    assert [file.name for file in watch.files() if file.name.startswith("core")] == []


_OUTSIDE = f"""
import signal, threading

class Held:
    def __del__(self):
        raise ValueError({leaks.PLAIN!r})

def _raise(*_):
    raise RuntimeError({leaks.PLAIN!r} + repr({leaks.KEY!r}))

def _broken(*_):
    Held()
    thread = threading.Thread(target=_raise)
    thread.start()
    thread.join()
    _raise()

signal.signal = _broken
"""


def test_error_outside_the_error_boundary_shows_no_secret(watch: Watch) -> None:
    ran = good(watch.run("--yes", startup=_OUTSIDE))
    assert ran.code == 1
    told = re.findall(r"^error: internal error, (\w+) at sitecustomize\.py:\d+$", ran.said, re.MULTILINE)
    assert (set(told), told.count("RuntimeError") > 1) == ({"RuntimeError", "ValueError"}, True)


# ── streams that fail ─────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize(
    "redirect", [">&-", "2>&-", ">&- 2>&-", "| true", "2>&1 | head -c 10", ">/dev/full", "2>/dev/full"]
)
@pytest.mark.parametrize("words", ["scan --format json", "--yes"])
def test_failing_streams_show_no_secret(watch: Watch, redirect: str, words: str) -> None:
    shell = ["/bin/bash", "-c", f"set -o pipefail; {sys.executable} -m migrate {words} {redirect}"]
    done = subprocess.run(
        shell, cwd=watch.work, env=watch.environment(), capture_output=True, stdin=subprocess.DEVNULL, timeout=60
    )
    ran = good(watch.watched(done.returncode, {"stdout": done.stdout, "stderr": done.stderr}))
    assert "internal error" not in ran.said


# ── on a terminal ─────────────────────────────────────────────────────────────────────────────

Keys = Sequence[tuple[str, str]]  # what to wait for, and what to type then
SESSIONS: Mapping[str, tuple[str, Keys, int]] = {
    "accepting all": ("", [("Move to", "a" + ENTER), ("(y/N)", "y"), ("Done:", "")], 0),
    "quitting": ("", [("1/8", ""), ("Move to", "q" + ENTER), ("Nothing was changed", "")], 0),
    "Ctrl-C": ("", [("1/8", ""), ("Move to", CTRL_C), ("nothing was changed", "")], 130),
    "Ctrl-C at the end": ("", [("Move to", "a" + ENTER), ("(y/N)", CTRL_C), ("nothing was changed", "")], 130),
    "back, skip, ignore": (
        "",
        [
            ("1/8", "s" + ENTER),
            ("2/8", "b" + ENTER),
            ("» s) Skip", "i" + ENTER),
            ("2/8", "n" + ENTER),
            ("Parameter name", CTRL_U + "/other" + ENTER),
            ("3/8", "a" + ENTER),
            ("(y/N)", "y"),
            ("Done:", ""),
        ],
        0,
    ),
    "saying no": ("--report r.html", [("Move to", "a" + ENTER), ("(y/N)", "n"), ("Nothing was changed", "")], 0),
    "as JSON": ("--format json", [("Move to", "a" + ENTER), ("(y/N)", "y"), ('"left": []', "")], 0),
    "verify --fix": ("verify --fix", [("reference", "")], 0),
    "batch": ("batch .", [("secrets of", "a" + ENTER), ("(y/N)", "y"), ("1 migrated", "")], 0),
    "batch, one by one": (
        "batch .",
        [("secrets of", "s" + ENTER), ("1/7", "m" + ENTER), ("2/7", "a" + ENTER), ("(y/N)", "y"), ("1 migrated", "")],
        0,
    ),
    "batch, quitting": ("batch .", [("secrets of", "q" + ENTER), ("Nothing was changed", "")], 0),
    "batch, Ctrl-C": ("batch .", [("secrets of", CTRL_C), ("nothing was changed", "")], 130),
}


def _session(watch: Watch, words: str, keys: Keys, environment: Mapping[str, str] = MappingProxyType({})) -> Watched:
    terminal = Terminal(*words.split(), cwd=watch.work, environment=watch.environment(more=environment))
    for text, typed in keys:
        terminal.wait_for(text)
        terminal.type(typed)
    code = terminal.end()
    screen = "\n".join(terminal.everything()).encode()
    return watch.watched(code, {"stdout": terminal.said.encode(), "stderr": screen})


@pytest.mark.slow
@pytest.mark.parametrize("session", SESSIONS)
def test_no_session_shows_a_secret(watch: Watch, session: str) -> None:
    words, keys, code = SESSIONS[session]
    ran = good(_session(watch, words, keys))
    assert ran.code == code, ran.said


@pytest.mark.slow
def test_session_in_development_mode_shows_no_secret(watch: Watch) -> None:
    words, keys, code = SESSIONS["accepting all"]
    assert good(_session(watch, words, keys, {"PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1"})).code == code


@pytest.mark.slow
def test_session_shows_only_the_requested_value(watch: Watch) -> None:
    keys = [("1/8", "v" + ENTER), ("value", "q" + ENTER), ("Nothing was changed", "")]
    ran = _session(watch, "", keys)
    assert leaks.JSON in ran.said
    assert Search().leaks(ran.places, but=["in JSON"]) == []
    assert Search().leaks({name: text for name, text in ran.places.items() if not name.startswith("std")}) == []


# ── the sandbox's copy ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["--dry-run", "--yes --skip **", "--yes --region nowhere", "nothing-there"])
def test_sandbox_run_that_moves_nothing_leaves_no_copy(
    service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    (service / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(service / "tmp"))
    monkeypatch.setattr("os.environ", dict(os.environ))
    write(service / "shop", dict(leaks.project()))
    slsmigrate("shop", "--sandbox", *words.split())
    assert list((service / "tmp").iterdir()) == []


def test_sandbox_copy_is_accessible_to_its_owner_only(
    service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (service / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(service / "tmp"))
    monkeypatch.setattr("os.environ", dict(os.environ))
    write(service / "shop", dict(leaks.project()))
    assert slsmigrate("shop", "--sandbox", "--yes").code in (0, 10)
    (copy,) = (service / "tmp").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700

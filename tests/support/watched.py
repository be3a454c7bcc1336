"""The program as a process that is watched from within: what it starts, renames, removes and connects to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.support.leaks import is_source

_HERE = Path(__file__).parents[2]
# Put in as `sitecustomize`: tells of what a process starts, writes, renames and removes, just before it does.
_WATCH = """\
import base64, json, os, sys, threading

_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_busy = threading.local()


def _place(path, directory=-1):
    path = os.fsdecode(path)
    return path if directory in (-1, None) else os.path.join(os.readlink(f"/proc/self/fd/{directory}"), path)


def _seen(path):
    status = os.lstat(path)
    with open(path, "rb") as file:
        content = base64.b64encode(file.read()).decode()
    return {"file": path, "mode": status.st_mode & 0o777, "content": content}


def _row(event, args):
    if event == "subprocess.Popen":
        return {"argv": [os.fsdecode(word) for word in args[1]], "environ": {**(args[3] or os.environ)}}
    if event == "os.rename":
        target = _place(args[1], args[3])
        mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else None
        return {**_seen(_place(args[0], args[2])), "to": target, "to mode": mode}
    if event == "os.remove":
        return _seen(_place(args[0], args[1]))
    if event == "socket.connect":
        return {"address": repr(args[1])}
    return None


def _saw(event, args):
    if getattr(_busy, "yes", False):
        return
    _busy.yes = True
    try:
        row = _row(event, args)
        if row:
            os.write(_log, json.dumps({"event": event, **row}).encode() + b"\\n")
    except OSError:
        pass
    finally:
        _busy.yes = False


sys.addaudithook(_saw)
"""


def _with_core_files() -> None:
    """As on a developer's machine, as far as this one allows."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


@dataclass(frozen=True)
class Watched:
    """What a process said and did. `rows` are what it started, renamed, removed and connected to."""

    code: int
    places: Mapping[str, bytes]
    rows: Sequence[Mapping[str, Any]]

    @property
    def said(self) -> str:
        """Standard output and error."""
        return (self.places["stdout"] + self.places["stderr"]).decode("utf-8", "replace")


@dataclass(frozen=True)
class Watch:
    """A place for watched runs: `work` is the working directory, `TMPDIR` is beside it."""

    root: Path

    @property
    def work(self) -> Path:
        """Where the run starts."""
        return self.root / "work"

    @property
    def temporary(self) -> Path:
        """Its TMPDIR."""
        return self.root / "tmp"

    def environment(self, *, startup: str = "", more: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
        """The environment of a watched process; `startup` is Python that it runs first."""
        for directory in (self.work, self.temporary, self.root / "site"):
            directory.mkdir(parents=True, exist_ok=True)
        (self.root / "site" / "sitecustomize.py").write_text(_WATCH + startup)
        (self.root / "log").write_bytes(b"")
        watch = {"TMPDIR": str(self.temporary), "WATCH_LOG": str(self.root / "log")}
        return {**os.environ, **watch, "PYTHONPATH": f"{self.root / 'site'}:{_HERE}", **more}

    def run(
        self, *arguments: str, startup: str = "", environment: Mapping[str, str] = MappingProxyType({}), **options: Any
    ) -> Watched:
        """The program as a process of its own; `options` are those of `subprocess.run`."""
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        done = subprocess.run(
            [sys.executable, "-m", "migrate", *arguments],
            cwd=self.work,
            env=self.environment(startup=startup, more=environment),
            check=False,
            timeout=120,
            preexec_fn=_with_core_files,
            **given,
        )
        return self.watched(done.returncode, {"stdout": done.stdout or b"", "stderr": done.stderr or b""})

    def watched(self, code: int, said: Mapping[str, bytes]) -> Watched:
        """What is known of a run that has ended, with the files that it made or only held for a while."""
        rows = [json.loads(line) for line in (self.root / "log").read_bytes().splitlines()]
        places = dict(said)
        for number, row in enumerate(rows):
            if row["event"] == "subprocess.Popen":
                places[f"argv {number}"] = "\0".join(row["argv"]).encode()
                places[f"environ {number}"] = json.dumps(row["environ"], ensure_ascii=False).encode()
            elif "content" in row and not is_source(Path(row["file"])):
                places[f"{row['event']} {number} {row['file']}"] = b64decode(row["content"])
        places |= {f"file {file}": file.read_bytes() for file in self.files() if not is_source(file)}
        places["file names"] = "\n".join(map(str, self.files())).encode("utf-8", "surrogateescape")
        return Watched(code, places, rows)

    def files(self) -> list[Path]:
        """All files below the working directory and TMPDIR, but for what git keeps."""
        found = [file for top in (self.work, self.temporary) for file in sorted(top.rglob("*"))]
        return [file for file in found if file.is_file() and ".git" not in file.parts]

"""Marked secrets, the forms in which they could leak, and the search for them in all that a run leaves behind."""

from __future__ import annotations

import html
import json
import os
import random
import string
import subprocess
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

PIECE = 6  # characters; fewer would turn up by accident
_CHARACTERS = string.ascii_letters + string.digits


def marked(name: str, length: int = 24) -> str:
    """A value that no text holds by accident, not even a piece of it; always the same for a name."""
    source = random.Random(f"marked {name}")
    return "".join(source.choice(_CHARACTERS) for _ in range(length))


def _spiced(name: str) -> str:
    """One whose every form differs: quotes, markup, what URLs and YAML escape, and beyond ASCII."""
    value = marked(name, 28)
    return f"{value[:4]}\"{value[4:8]}<&>{value[8:12]}'{value[12:16]}\\{value[16:20]}%é+{value[20:24]}/={value[24:]}"


def _key_block(name: str) -> str:
    body = "\n".join(f"MIIE{marked(f'{name} {line}', 56)}" for line in range(4))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"


PLAIN, QUOTED, SINGLE = marked("plain"), _spiced("double"), _spiced("single").replace("\\", "-")
PASSWORD, FALLBACK, JSON, OLD, STORED = (marked(name) for name in ("url", "fallback", "json", "old", "stored"))
KEY = _key_block("key")
SECRETS: Mapping[str, str] = {
    "plain": PLAIN,
    "double-quoted": QUOTED,
    "single-quoted": SINGLE,
    "in a URL": PASSWORD,
    "a fallback": FALLBACK,
    "in JSON": JSON,
    "in a comment": OLD,
    "stored": STORED,
    "a key": KEY,
}

# ── forms ─────────────────────────────────────────────────────────────────────────────────────

Form = Callable[[str], Iterable[bytes]]


def _pieces(encode: Callable[[str], str]) -> Form:
    """Every piece of the value, put in some other way."""

    def form(value: str) -> Iterator[bytes]:
        for at in range(max(len(value) - PIECE, 0) + 1):
            yield encode(value[at : at + PIECE]).encode()

    return form


def _base64(encode: Callable[[bytes], bytes]) -> Form:
    """What of base64 tells the value wherever it begins in what was encoded."""

    def form(value: str) -> Iterator[bytes]:
        for ahead in range(3):
            told = encode(b"\0" * ahead + value.encode()).rstrip(b"=")[-(-ahead * 8 // 6) :]
            told = told[: len(told) - 1]  # the last character may hold bits of what follows
            yield from (told[at : at + 8] for at in range(max(len(told) - 8, 0) + 1))

    return form


FORMS: Mapping[str, Form] = {
    "as it is": _pieces(str),
    "reversed": _pieces(lambda piece: piece[::-1]),
    "URL-encoded": _pieces(lambda piece: quote(piece, safe="")),
    "form-encoded": _pieces(quote_plus),
    "hex": _pieces(lambda piece: piece.encode().hex()),
    "HEX": _pieces(lambda piece: piece.encode().hex().upper()),
    "base64": _base64(b64encode),
    "base64url": _base64(urlsafe_b64encode),
    "JSON": _pieces(lambda piece: json.dumps(piece)[1:-1]),
    "YAML, single-quoted": _pieces(lambda piece: piece.replace("'", "''")),
    "YAML, double-quoted": _pieces(lambda piece: json.dumps(piece, ensure_ascii=False)[1:-1]),
    "HTML": _pieces(html.escape),
    "HTML, numbered": _pieces(lambda piece: html.escape(piece).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")),
    "repr": _pieces(lambda piece: repr(f"'{piece}")[2:-1]),
}


@dataclass(frozen=True)
class Leak:
    """A secret that was found where it must not be."""

    secret: str
    form: str
    place: str
    around: bytes


@cache
def _needles() -> Mapping[bytes, tuple[tuple[bytes, str, str], ...]]:
    """What is searched for, with the secret and the form, by its first six bytes."""
    found: dict[bytes, dict[bytes, tuple[bytes, str, str]]] = {}
    for name, value in SECRETS.items():
        lines = [line for line in value.split("\n") if line and not line.startswith("-----")]
        for form, encoded in FORMS.items():
            for needle in (each for line in lines for each in encoded(line)):
                assert len(needle) >= PIECE
                found.setdefault(needle[:PIECE], {}).setdefault(needle, (needle, name, form))
    return {start: tuple(several.values()) for start, several in found.items()}


@dataclass
class Tally:
    """How much was searched: a search is one secret in one form in one place of one run."""

    runs: int = 0
    places: int = 0
    octets: int = 0

    @property
    def searches(self) -> int:
        """Runs times places times forms, for every secret."""
        return self.places * len(SECRETS) * len(FORMS)

    def __str__(self) -> str:
        return (
            f"{self.runs:,} runs, {self.places:,} places ({self.octets:,} bytes), "
            f"{len(SECRETS)} secrets in {len(FORMS)} forms: {self.searches:,} searches"
        )


@dataclass
class Search:
    """Looks for the secrets in what a run leaves; `tally` counts over all runs."""

    tally: Tally = field(default_factory=Tally)

    def leaks(self, places: Mapping[str, bytes | str], *, but: Iterable[str] = ()) -> list[Leak]:
        """Every secret that one of the places tells, one leak each; `but` names secrets that may stand there."""
        self.tally.runs += 1
        found: list[Leak] = []
        for place, content in places.items():
            octets = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
            self.tally.places += 1
            self.tally.octets += len(octets)
            found += _leaks_in(place, octets, frozenset(but))
        return found


def _leaks_in(place: str, content: bytes, but: frozenset[str]) -> Iterator[Leak]:
    needles, told = _needles(), set()
    starts = {content[at : at + PIECE] for at in range(len(content) - PIECE + 1)}
    for start in needles.keys() & starts:
        for needle, secret, form in needles[start]:
            if secret not in but and secret not in told and needle in content:
                told.add(secret)
                at = content.index(needle)
                yield Leak(secret, form, place, content[max(0, at - 60) : at + 40])


# ── what is searched ──────────────────────────────────────────────────────────────────────────

MOVED = ("plain", "double-quoted", "single-quoted", "in a URL", "a fallback", "in JSON", "a key")


def project(*, copies: bool = True) -> dict[str, str]:
    """A service that holds every secret, by file; with `copies` of some in values that nothing tells for secrets."""
    key = "".join(f"      {line}\n" for line in KEY.splitlines())
    commented = "".join(f"    # {line}\n" for line in KEY.splitlines())
    double = json.dumps(QUOTED, ensure_ascii=False)
    single = SINGLE.replace("'", "''")
    return {
        "serverless.yml": f"""\
service: shop
frameworkVersion: '3'
provider:
  name: aws
  environment:
    DB_PASSWORD: {PLAIN}  # it was {PLAIN} before
    # DB_PASSWORD: {OLD}
    API_TOKEN: {double}
    # API_TOKEN: {double}
    SIGNING_SECRET: '{single}'
    DATABASE_URL: postgres://app:{PASSWORD}@db.internal:5432/shop
    STRIPE_SECRET_KEY: ${{env:STRIPE, '{FALLBACK}'}}
    PRIVATE_KEY: |
{key}    # the same as
{commented}    HOOK: https://hooks.internal/in?auth={quote(QUOTED, safe="")}
    BASIC: "{b64encode(SINGLE.encode()).decode() if copies else ""}"
custom: ${{file(./config.json)}}
""",
        "config.json": json.dumps(
            {"clientSecret": JSON, "note": f"client secret is {JSON if copies else ''}"}, indent=2
        )
        + "\n",
    }


# ── a run that is watched ─────────────────────────────────────────────────────────────────────

_HERE = Path(__file__).parent.parent
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
            [sys.executable, "-m", "migrate.cli", *arguments],
            cwd=self.work,
            env=self.environment(startup=startup, more=environment),
            check=False,
            timeout=120,
            **given,
        )
        return self.watched(done.returncode, {"stdout": done.stdout or b"", "stderr": done.stderr or b""})

    def watched(self, code: int, said: Mapping[str, bytes]) -> Watched:
        """What is known of a run that has ended, its files included: those that it made or that it only held for a while."""
        rows = [json.loads(line) for line in (self.root / "log").read_bytes().splitlines()]
        places = dict(said)
        for number, row in enumerate(rows):
            if row["event"] == "subprocess.Popen":
                places[f"argv {number}"] = "\0".join(row["argv"]).encode()
                places[f"environ {number}"] = json.dumps(row["environ"], ensure_ascii=False).encode()
            elif "content" in row and not _is_source(Path(row["file"])):
                places[f"{row['event']} {number} {row['file']}"] = b64decode(row["content"])
        places |= {f"file {file}": file.read_bytes() for file in self.files() if not _is_source(file)}
        places["file names"] = "\n".join(map(str, self.files())).encode("utf-8", "surrogateescape")
        return Watched(code, places, rows)

    def files(self) -> list[Path]:
        """All files below the working directory and TMPDIR, but for what git keeps."""
        found = [file for top in (self.work, self.temporary) for file in sorted(top.rglob("*"))]
        return [file for file in found if file.is_file() and ".git" not in file.parts]


def _is_source(file: Path) -> bool:
    """Whether it is a file that holds secrets of itself, or one on the way to be its next version."""
    name = file.name.split(".slsmigrate-")[0].removeprefix(".") if ".slsmigrate-" in file.name else file.name
    return name in project()


def objects(root: Path) -> dict[str, bytes]:
    """Every object of a repository by its id, uncompressed."""
    listed = subprocess.run(
        ["git", "-C", str(root), "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return {
        name: subprocess.run(["git", "-C", str(root), "cat-file", "-p", name], check=True, capture_output=True).stdout
        for name in listed
    }

"""Call the programs that are compared."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.detection.peers import CACHE

ROOT = Path(__file__).resolve().parents[2]
PEERS = ("detect-secrets", "kingfisher")
HINT = "pip install 'slsmigrate[benchmarks]'"


class MissingPeerError(Exception):
    """A program to compare with is not installed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A call of a program, and the exit codes that mean success."""

    label: str
    words: tuple[str, ...]
    codes: tuple[int, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def scan(*paths: str) -> Command:
    """Call `slsmigrate scan` of this checkout; 10 stands for secrets."""
    return _ours("scan", ("scan", *paths), (0, 10))


def dry_run(*paths: str) -> Command:
    """Call `slsmigrate --dry-run` of this checkout; 1 stands for refused findings."""
    return _ours("dry run", (*paths, "--dry-run"), (0, 1))


def detect_secrets(*paths: str) -> Command:
    """Call `detect-secrets scan`; a directory is read whole, whatever git knows of it."""
    return Command("detect-secrets", (find("detect-secrets"), "scan", "--all-files", *paths), (0,))


def kingfisher(*paths: str) -> Command:
    """Call `kingfisher scan` without the network; 200 and 205 stand for secrets.

    Its compiled rules are kept between runs, in a home of its own.
    """
    home = CACHE / "kingfisher"
    home.mkdir(parents=True, exist_ok=True)
    words = (find("kingfisher"), "scan", "--no-validate", "--no-update-check", *paths)
    return Command("kingfisher", words, (0, 200, 205), {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")})


def find(program: str) -> str:
    """Return the path of a peer beside this Python, or on PATH. Raises MissingPeerError."""
    beside = str(Path(sys.executable).parent)
    path = shutil.which(program, path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    if path is None:
        raise MissingPeerError(f"{program} is not installed")
    return path


def _ours(label: str, words: Sequence[str], codes: tuple[int, ...]) -> Command:
    # A checkout holds no byte code, and what is installed does: the first run, which is not counted, writes it.
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),
    }
    return Command(label, (sys.executable, "-m", "migrate", *words), codes, environment)

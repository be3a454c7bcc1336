"""Run slsmigrate or a peer and collect its findings as hits."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrate.model import Confidence, Finding, Lines, Role

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding. Tools that know lines only leave `key_path` empty; `lines` count from 1."""

    file: str
    lines: tuple[int, ...]
    key_path: str = ""
    kind: str = ""
    confidence: Confidence = Confidence.HIGH
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All findings of a tool in a directory, and the median of its seconds."""

    tool: str
    hits: tuple[Hit, ...]
    seconds: float


Engine = Callable[[Path], tuple[Hit, ...]]


def ask(tool: str, engine: Engine, root: Path, repeat: int) -> Answer:
    """Run a tool over a directory several times."""
    spent = []
    hits: tuple[Hit, ...] = ()
    for _ in range(repeat):
        began = time.perf_counter()
        hits = engine(root)
        spent.append(time.perf_counter() - began)
    return Answer(tool, hits, statistics.median(spent))


def by_command_line(root: Path) -> tuple[Hit, ...]:
    """Run `slsmigrate scan` as a user does. Raises CalledProcessError."""
    command = [sys.executable, "-m", "migrate", "scan", "--format", "json", "--min-confidence", "low", "."]
    ran = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in (0, 10):
        raise subprocess.CalledProcessError(ran.returncode, command, stderr=ran.stderr)
    report = json.loads(ran.stdout)
    for error in report["errors"]:
        print(f"not read: {error['file']}: {error['message']}", file=sys.stderr)
    return tuple(_hit_of_report(finding) for finding in report["findings"])


def in_process(root: Path) -> tuple[Hit, ...]:
    """Run the reader and the detector alone, on every file of the directory."""
    from migrate import detect
    from migrate.text import manifest

    hits: list[Hit] = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        role = Role.MANIFEST if file.stem == "serverless" else Role.INCLUDED
        findings = detect.find(manifest.read(file, file.read_bytes(), role), detect.Settings())
        hits += (_hit(root, finding) for finding in findings)
    return tuple(hits)


ENGINES: dict[str, Engine] = {"cli": by_command_line, "inprocess": in_process}


def _hit_of_report(finding: dict[str, Any]) -> Hit:
    part = tuple(finding["part"]) if finding["part"] else None
    lines = tuple(range(finding["line"], finding["end_line"] + 1))
    confidence = Confidence[finding["confidence"].upper()]
    return Hit(finding["file"], lines, finding["key_path"], finding["kind"], confidence, part)


def _hit(root: Path, finding: Finding) -> Hit:
    lines = Lines(finding.manifest.text)
    first, last = lines.position(finding.scalar.span.start)[0], lines.position(finding.scalar.span.end)[0]
    part = (finding.part.start, finding.part.end) if finding.part else None
    file = finding.manifest.file.relative_to(root).as_posix()
    return Hit(file, tuple(range(first, last + 1)), str(finding.path), str(finding.rule.kind), finding.confidence, part)

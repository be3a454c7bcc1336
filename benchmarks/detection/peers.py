"""Other scanners, with the settings that did best on the development part."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.detection.hits import Hit

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slsmigrate-bench"

Read = Callable[[Any, Path], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Peer:
    """A scanner of PyPI: its command, in which `{root}` and `{report}` stand for paths, and how its JSON is read.

    `variants` are settings by name; `best` names the one of them with the highest F1 on the development part.
    """

    name: str
    version: str
    command: tuple[str, ...]
    read: Read
    variants: dict[str, tuple[str, ...]]
    best: str

    def install(self) -> Path:
        """Return the `bin` of an environment of its own, made on first use."""
        home = CACHE / f"{self.name}-{self.version}"
        if not (home / "installed").exists():
            venv.create(home, with_pip=True, clear=True)
            pip = [
                str(home / "bin" / "pip"),
                "install",
                "--quiet",
                "--disable-pip-version-check",
                f"{self.name}=={self.version}",
            ]
            subprocess.run(pip, check=True, capture_output=True)
            (home / "installed").touch()
        return home / "bin"

    def engine(self, variant: str) -> Callable[[Path], tuple[Hit, ...]]:
        """Return a function that runs it with the named settings."""
        program = self.install() / self.name

        def run(root: Path) -> tuple[Hit, ...]:
            with tempfile.TemporaryDirectory() as folder:
                report = Path(folder) / "report.json"
                words = [word.format(root=root, report=report) for word in (*self.command, *self.variants[variant])]
                ran = subprocess.run([str(program), *words], cwd=root, capture_output=True, text=True, check=False)
                text = report.read_text() if report.exists() else ran.stdout
            try:
                return tuple(self.read(json.loads(text or "[]"), root))
            except ValueError:
                raise RuntimeError(f"{self.name} ended with {ran.returncode} and no report") from None

        return run


def _detect_secrets(report: Any, root: Path) -> Iterator[Hit]:
    for file, findings in report["results"].items():
        for finding in findings:
            yield Hit(Path(file).as_posix(), (finding["line_number"],))


def _credsweeper(report: Any, root: Path) -> Iterator[Hit]:
    for finding in report:
        lines = finding["line_data_list"]
        file = Path(lines[0]["path"]).resolve().relative_to(root.resolve()).as_posix()
        yield Hit(file, tuple(line["line_num"] for line in lines))


def _whispers(report: Any, root: Path) -> Iterator[Hit]:
    for finding in report:
        yield Hit(Path(finding["file"]).resolve().relative_to(root.resolve()).as_posix(), (finding["line"],))


_NO_ENTROPY = ("--disable-plugin", "Base64HighEntropyString", "--disable-plugin", "HexHighEntropyString")
_NO_KEY_IDS = ("--disable-plugin", "AWSKeyDetector")

PEERS = (
    Peer(
        "detect-secrets",
        "1.5.0",
        ("scan", "--all-files", "--no-verify", "."),
        _detect_secrets,
        {
            "defaults": (),
            "no entropy": _NO_ENTROPY,
            "no entropy, no AWS ids": (*_NO_ENTROPY, *_NO_KEY_IDS),
            "entropy 5.0/3.6, no AWS ids": ("--base64-limit", "5.0", "--hex-limit", "3.6", *_NO_KEY_IDS),
            "entropy 4.0/2.8": ("--base64-limit", "4.0", "--hex-limit", "2.8"),
            "no AWS ids": _NO_KEY_IDS,
            "entropy 4.0/2.8, no AWS ids": ("--base64-limit", "4.0", "--hex-limit", "2.8", *_NO_KEY_IDS),
        },
        "entropy 4.0/2.8, no AWS ids",
    ),
    Peer(
        "credsweeper",
        "1.19.5",
        ("--path", "{root}", "--save-json", "{report}", "--no-stdout"),
        _credsweeper,
        {
            "defaults": (),
            "severity low": ("--severity", "low"),
            "severity medium": ("--severity", "medium"),
            "severity low, ML lowest": ("--severity", "low", "--ml_threshold", "lowest"),
            "severity low, no ML": ("--severity", "low", "--ml_threshold", "0"),
            "severity low, ML high": ("--severity", "low", "--ml_threshold", "high"),
            "severity low, documents": ("--severity", "low", "--doc"),
            "severity low, depth 2": ("--severity", "low", "--depth", "2"),
        },
        "severity low, ML lowest",
    ),
    Peer(
        "whispers",
        "2.4.0",
        ("{root}", "--output", "{report}"),
        _whispers,
        {
            "defaults": (),
            "no ids, no file names": ("--xrules", "aws-account,aws-id,file-known"),
            "high and critical": ("--severity", "High,Critical"),
            "no ids, no file names, AST": ("--ast", "--xrules", "aws-account,aws-id,file-known"),
        },
        "no ids, no file names",
    ),
)

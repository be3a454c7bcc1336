"""The README's help texts and pictures, made by running the program: `python -m docs.pictures` renews the pictures."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyte.screens import Char
from rich.console import Console
from rich.text import Text

from migrate.stores.sandbox import Sandbox
from tests.support.terminal import ENTER, Terminal

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_COLOURS = {"brown": "yellow", "default": ""}


def help_text(*command: str) -> str:
    """What `--help` prints."""
    return _run([*command, "--help"])


def dry_run_text(path: str) -> str:
    """What a dry run prints in a pipe."""
    return _run([path, "--dry-run"])


def _run(arguments: Sequence[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "migrate", *arguments],
        cwd=ROOT,
        env={**environment, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip()


def dry_run_picture() -> str:
    """A dry run on a terminal, as SVG."""
    with _service("connection-strings") as directory:
        terminal = Terminal("--dry-run", cwd=directory)
        terminal.wait_for("MasterUserPassword: ${")
        terminal.end()
        return _svg(terminal, "slsmigrate --dry-run")


def session_picture() -> str:
    """A session on a terminal, from the first question to the last yes, as SVG."""
    with _service("stage-maps") as directory, Sandbox() as sandbox:
        terminal = Terminal("--only", "custom.*.dbPassword", cwd=directory, environment=sandbox.environment)
        for name in ("/orders-api/dev/db-password", "/orders-api/prod/db-password"):
            terminal.wait_for(f"Move to {name}")
            terminal.type("m" + ENTER)
        terminal.wait_for("Put 2 parameters")
        terminal.type("y")
        terminal.wait_for("Lambda configuration")
        terminal.end()
        return _svg(terminal, "slsmigrate")


@contextmanager
def _service(sample: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / sample
        shutil.copytree(ROOT / "samples" / sample, copy)
        yield copy


def _svg(terminal: Terminal, title: str) -> str:
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
    for row in terminal.rows():
        console.print(_styled(row), no_wrap=True, crop=True)
    return console.export_svg(title=title, unique_id=title.replace(" ", "")) + "\n"


def _styled(row: Mapping[int, Char]) -> Text:
    text = Text()
    for column in range(80):
        char = row[column]
        colour = _COLOURS.get(char.fg, char.fg)
        colour = f"#{colour}" if re.fullmatch("[0-9a-f]{6}", colour) else colour
        text.append(char.data, style=" ".join([*(["bold"] if char.bold else []), colour]).strip())
    text.rstrip()
    plain = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:4566", text.plain)
    return text if plain == text.plain else Text(plain, style="dim")


PICTURES = {"dry-run.svg": dry_run_picture, "session.svg": session_picture}


def main() -> None:
    """Write the pictures anew."""
    for name, draw in PICTURES.items():
        (DOCS / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Running the program in this process, and searching all that it leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrate.commands.cli import main


@dataclass(frozen=True)
class Ran:
    """What a run said and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The object on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """The command line, with what it prints."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Ran:
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)


def write(directory: Path, files: dict[str, str | bytes]) -> None:
    """Files by their path below a directory."""
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def left_behind(directory: Path, but: frozenset[str] = frozenset()) -> bytes:
    """All bytes of all files below a directory, but for those named."""
    return b"\n".join(
        str(file).encode() + b"\n" + file.read_bytes()
        for file in sorted(directory.rglob("*"))
        if file.is_file() and file.name not in but
    )

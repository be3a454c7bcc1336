"""Run commands by turns, so that whatever else runs slows all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.speed.programs import Command


class FailedRunError(Exception):
    """A command ended with an exit code that stands for failure."""


def medians(commands: Sequence[Command], cwd: Path, rounds: int) -> Mapping[str, float]:
    """Return the median seconds of each command by its label.

    Every command runs once before that, so that caches are warm, and each round begins with another one. Raises
    FailedRunError.
    """
    seconds: dict[str, list[float]] = {command.label: [] for command in commands}
    for command in commands:
        _run(command, cwd)
    for number in range(rounds):
        first = number % len(commands)
        for command in (*commands[first:], *commands[:first]):
            seconds[command.label].append(_run(command, cwd))
    return {label: statistics.median(measured) for label, measured in seconds.items()}


def _run(command: Command, cwd: Path) -> float:
    """Run a command once and return its seconds; its output goes to a file."""
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        ran = subprocess.run(
            command.words,
            cwd=cwd,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if ran.returncode not in command.codes:
            output.seek(0)
            end = output.read()[-2000:].decode("utf-8", "replace")
            raise FailedRunError(f"{command.label} ended with {ran.returncode}\n{end}")
    return seconds

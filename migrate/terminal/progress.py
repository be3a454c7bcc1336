"""How far a batch is: a bar on a terminal, a line a repository in a pipe, JSON lines for machines."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import click

from migrate.migration.results import Outcome, Row
from migrate.model import PutDone
from migrate.terminal.batch_screens import row_line
from migrate.terminal.console import Console, OutputError


class Lines:
    """Each repository in a line as it is done; of those that were only read, what needs no more work is told."""

    def __init__(self, console: Console, *, carries: bool) -> None:
        self._console = console
        self._carries = carries
        self._phase = ""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `Observer`."""
        self._phase = phase

    def done(self, row: Row) -> None:
        """See `Observer`."""
        if self._carries and self._phase == "Reading" and row.moving:
            return
        with suppress(BrokenPipeError, OutputError):
            self._console.say(row_line(row))

    def put(self, event: PutDone) -> None:
        """See `Observer`."""

    def close(self) -> None:
        """Nothing is open."""


class JsonLog:
    """One JSON object a line on standard error."""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `Observer`."""
        self._log(event="begin", phase=phase.lower(), repositories=repositories, puts=puts)

    def done(self, row: Row) -> None:
        """See `Observer`."""
        counts = {name: getattr(row, name) for name in ("files", "moved", "left", "put", "there", "commit", "branch")}
        reasons = [reason.kind for reason in row.reasons]
        self._log(event="repository", name=row.name, outcome=row.outcome, secrets=len(row.findings), **counts,
                  reasons=reasons)  # fmt: skip

    def put(self, event: PutDone) -> None:
        """See `Observer`."""
        target = event.put.target
        self._log(event="put" if event.created else "there", parameter=event.put.parameter.name,
                  region=target.region, version=event.version)  # fmt: skip

    def close(self) -> None:
        """Nothing is open."""

    def _log(self, **content: Any) -> None:
        with suppress(OSError):
            click.echo(json.dumps({"time": round(time.time(), 3), **content}), err=True)


class Bar:
    """A bar of repositories with the secrets seen so far, and one of the puts with the time left."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Any = None
        self._secrets = 0
        self._rows: list[Row] = []
        self._lock = threading.Lock()
        self._tasks: list[Any] = []

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `Observer`."""
        from rich import progress
        from rich.console import Console as RichConsole

        self.close()
        self._secrets = 0
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[said]}"),
            progress.TimeRemainingColumn(),
            console=RichConsole(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self._tasks = [self._bar.add_task(f"{phase} repositories", total=repositories, said="")]
        if puts:
            self._tasks.append(self._bar.add_task("Parameters", total=puts, said=""))
        self._bar.start()

    def done(self, row: Row) -> None:
        """See `Observer`."""
        with self._lock:
            self._secrets += len(row.findings)
            self._rows = [each for each in self._rows if each.name != row.name]
            if row.outcome is not Outcome.CLEAN:
                self._rows.append(row)
            self._bar.update(self._tasks[0], advance=1, said=f"{self._secrets} secrets")

    def put(self, event: PutDone) -> None:
        """See `Observer`."""
        if len(self._tasks) > 1:
            self._bar.update(self._tasks[1], advance=1)

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def finish(self) -> None:
        """The repositories that are not clean, in a line each."""
        self._console.say(*(row_line(row) for row in sorted(self._rows, key=lambda row: row.name)))


Watcher = Lines | JsonLog | Bar


def watcher(console: Console, *, log_format: str, carries: bool) -> Watcher:
    """The one that fits where we are."""
    if log_format == "json":
        return JsonLog()
    return Bar(console) if sys.stderr.isatty() else Lines(console, carries=carries)

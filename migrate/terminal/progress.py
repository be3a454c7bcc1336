"""The progress of a batch: a bar on a terminal, a line a repository in a pipe, JSON lines for machines."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Literal

import click

from migrate.migration.results import RepositoryResult, RepositoryStatus
from migrate.model import PutDone
from migrate.model.words import counted
from migrate.terminal.batch_screens import result_line
from migrate.terminal.console import Console, OutputError


class Lines:
    """A printer of a line for each repository as it is done; of those only read, for what needs no further work."""

    def __init__(self, console: Console, *, executes: bool) -> None:
        self._console = console
        self._executes = executes
        self._phase = ""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `BatchObserver`."""
        self._phase = phase

    def step(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""

    def done(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""
        if self._executes and self._phase == "Reading" and result.planned:
            return
        with suppress(BrokenPipeError, OutputError):
            self._console.say(result_line(result))

    def put(self, event: PutDone) -> None:
        """See `BatchObserver`."""

    def waiting(self, text: str) -> None:
        """Print that a call takes long."""
        with suppress(BrokenPipeError, OutputError):
            self._console.warn([("dim", f"  … {text}")])

    def close(self) -> None:
        """Do nothing: nothing is open."""


class JsonLog:
    """One JSON object a line on standard error."""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `BatchObserver`."""
        self._log(event="begin", phase=phase.lower(), repositories=repositories, puts=puts)

    def step(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""

    def done(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""
        self._log(
            event="repository",
            name=result.name,
            outcome=result.status,
            secrets=len(result.findings),
            files=result.files,
            moved=result.moved,
            left=result.left,
            put=result.put,
            overwritten=result.overwritten,
            there=result.existing,
            commit=result.commit,
            branch=result.branch,
            reasons=[failure.kind for failure in result.failures],
        )

    def put(self, event: PutDone) -> None:
        """See `BatchObserver`."""
        target = event.put.target
        self._log(event=event.word, parameter=event.put.parameter.name,
                  region=target.region, version=event.version)  # fmt: skip

    def waiting(self, text: str) -> None:
        """Log that a call takes long."""
        self._log(event="waiting", message=text)

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _log(self, **content: Any) -> None:
        with suppress(OSError):
            click.echo(json.dumps({"time": round(time.time(), 3), **content}), err=True)


class Bar:
    """A bar of repositories with the secrets seen so far, and one of the puts with the time left."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Any = None
        self._secrets = 0
        self._results: dict[str, RepositoryResult] = {}
        self._lock = threading.Lock()
        self._tasks: list[Any] = []

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """See `BatchObserver`."""
        from rich import progress
        from rich.console import Console as RichConsole

        self.close()
        self._secrets = 0
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[secrets]}"),
            progress.TimeRemainingColumn(),
            console=RichConsole(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self._tasks = [self._bar.add_task(f"{phase} repositories", total=repositories, secrets="")]
        if puts:
            self._tasks.append(self._bar.add_task("Parameters", total=puts, secrets=""))
        self._bar.start()

    def step(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""
        with self._lock:
            self._secrets += len(result.findings)
            self._bar.update(self._tasks[0], advance=1, secrets=counted(self._secrets, "secret"))

    def done(self, result: RepositoryResult) -> None:
        """See `BatchObserver`."""
        with self._lock:
            self._results.pop(result.name, None)
            if result.status is not RepositoryStatus.CLEAN:
                self._results[result.name] = result

    def put(self, event: PutDone) -> None:
        """See `BatchObserver`."""
        if len(self._tasks) > 1:
            self._bar.update(self._tasks[1], advance=1)

    def waiting(self, text: str) -> None:
        """Print above the bar that a call takes long."""
        if self._bar is not None:
            self._bar.console.print(f"  … {text}", style="dim", markup=False, highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def finish(self) -> None:
        """Print a line for each repository that is not clean."""
        self._console.say(*(result_line(self._results[name]) for name in sorted(self._results)))


Observer = Lines | JsonLog | Bar
LogFormat = Literal["text", "json"]


def observer(console: Console, *, log_format: LogFormat, executes: bool) -> Observer:
    """Return the observer that fits where the output goes."""
    if log_format == "json":
        return JsonLog()
    return Bar(console) if sys.stderr.isatty() else Lines(console, executes=executes)

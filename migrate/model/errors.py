"""Exit codes, places in files, and the errors that a user reads.

Every error of the program, with the module of its class and the exit code that it ends a run with where nothing
catches it:

- SlsMigrateError                model.errors            1
  - ManifestError                model.errors            1
  - NoManifestError              model.errors            3
  - UsageError                   model.errors            2
  - GitError                     files.git               1
    - BranchExistsError          files.branches          1
    - NoAnswerError              files.git               1
  - StoreError                   model.errors            1
    - TargetError                stores.errors           1
    - DeniedError                stores.errors           1
    - ExistsError                stores.errors           1
  - ReferenceRefusedError        framework.reference     1
  - OutputError                  terminal.console        1
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from msgspec import Struct


class ExitCode(IntEnum):
    """The exit codes of the command line's contract."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_MANIFEST = 3
    SECRETS_REMAIN = 10
    INTERRUPTED = 130


def exit_code_of(*, failed: bool, remaining: bool = False, interrupted: bool = False) -> ExitCode:
    """Return the worst that holds: interrupted, then failed, then secrets that remain."""
    codes = (
        (interrupted, ExitCode.INTERRUPTED),
        (failed, ExitCode.FAILED),
        (remaining, ExitCode.SECRETS_REMAIN),
    )
    return next((code for holds, code in codes if holds), ExitCode.DONE)


class Location(Struct, frozen=True):
    """A place in a file as people read it; line and column count from 1."""

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class SlsMigrateError(Exception):
    """Something a user can read and act on. Neither message nor hint ever quotes a value."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class ManifestError(SlsMigrateError):
    """A file that can't be read as a manifest or an included file."""


class StoreError(SlsMigrateError):
    """The Parameter Store refused or could not be reached; names the action and the parameter."""


class NoManifestError(SlsMigrateError):
    """The paths lead to nothing that could be read as a manifest."""

    exit_code = ExitCode.NO_MANIFEST


class UsageError(SlsMigrateError):
    """The command line or a settings file asks for something that can't be."""

    exit_code = ExitCode.USAGE


class Problem(Struct, frozen=True):
    """A file that was passed over, and why, in one line."""

    message: str
    location: Location
    hint: str | None = None


def unforeseen(error: BaseException | None) -> str:
    """Describe an unforeseen error by type and place: its message may quote a value."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "unknown"
    return f"internal error, {type(error).__name__} at {place}"

"""OutputFile files for the user: checked before anything else happens, and never written over foreign files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from migrate.files.atomic_files import write_file
from migrate.model import SlsMigrateError, UsageError

_HEAD = 20_000  # characters


class OutputFile(NamedTuple):
    """A file to write, by the option that names it.

    An earlier one of ours has this `beginning`, and all `marks` near it.
    """

    option: str
    file: Path
    beginning: str = ""
    marks: tuple[str, ...] = ()


def check_outputs(outputs: Iterable[OutputFile]) -> None:
    """Raise UsageError for an output that can't be written or is a foreign file.

    A file that is not ours is never replaced.
    """
    for output in outputs:
        option, file = output.option, output.file
        if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
            raise UsageError(f"{option} {file}: its directory does not exist or can't be written")
        if _exists(option, file) and not _is_ours(output):
            raise UsageError(f"{option} {file}: exists already, and is not ours", hint="name another file")


def _exists(option: str, file: Path) -> bool:
    try:
        file.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {file}: {getattr(error, 'strerror', 'not a file name')}") from None
    return True


def _is_ours(output: OutputFile) -> bool:
    try:
        if output.file.is_symlink() or not output.file.is_file():
            return False
        with output.file.open(encoding="utf-8") as opened:
            head = opened.read(_HEAD)
    except (OSError, UnicodeDecodeError):
        return False
    return head.startswith(output.beginning) and all(mark in head for mark in output.marks)


def write_output(option: str, file: Path, text: str) -> None:
    """Write a file whole or not at all. Raises SlsMigrateError where it can't be."""
    try:
        write_file(file, text.encode("utf-8", "backslashreplace"))  # the name of a file may hold what is no UTF-8
    except SlsMigrateError as error:
        raise SlsMigrateError(f"{option} {file}: {error.message}", hint=error.hint) from None

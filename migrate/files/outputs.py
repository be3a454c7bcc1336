"""Output files for the user: checked before anything else happens, and never written over foreign files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from migrate.files.atomic_files import write_file
from migrate.model import SlsMigrateError, UsageError

DECISIONS_HEAD = "# slsmigrate decisions"
# What a file must hold to be taken for an earlier one of ours, by its ending.
_MARKS: Mapping[str, str] = {
    ".json": '"version": 1',
    ".sarif": '"name": "slsmigrate"',
    ".html": "slsmigrate",
}
_HEAD = 20_000


def check_outputs(outputs: Iterable[tuple[str, Path | None]]) -> None:
    """Raise UsageError for an output that can't be written or is a foreign file.

    `outputs` are pairs of an option's name and the file that it names. A file that is not ours is never replaced.
    """
    for option, file in outputs:
        if file is None:
            continue
        if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
            raise UsageError(f"{option} {file}: its directory does not exist or can't be written")
        if _exists(option, file) and not _is_ours(option, file):
            raise UsageError(f"{option} {file}: exists already, and is not ours", hint="name another file")


def _exists(option: str, file: Path) -> bool:
    try:
        file.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {file}: {getattr(error, 'strerror', 'not a file name')}") from None
    return True


def _is_ours(option: str, file: Path) -> bool:
    mark = DECISIONS_HEAD if option == "--save-decisions" else _MARKS.get(file.suffix)
    try:
        if file.is_symlink() or not file.is_file() or mark is None:
            return False
        with file.open(encoding="utf-8") as opened:
            head = opened.read(_HEAD)
    except (OSError, UnicodeDecodeError):
        return False
    return (
        head.startswith(mark)
        if option == "--save-decisions"
        else mark in head and ("findings" in head or file.suffix != ".json")
    )


def write_output(option: str, file: Path, text: str) -> None:
    """Write a file whole or not at all. Raises SlsMigrateError where it can't be."""
    try:
        write_file(file, text.encode("utf-8", "backslashreplace"))  # the name of a file may hold what is no UTF-8
    except SlsMigrateError as error:
        raise SlsMigrateError(f"{option} {file}: {error.message}", hint=error.hint) from None

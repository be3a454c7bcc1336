"""Destinations: the real directory of a file to write, held open and locked, and the file's name in it."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from msgspec import Struct

from migrate.files.platform import SYSTEM, Directory
from migrate.model import Location, SlsMigrateError

_LOCK_SECONDS = 10.0
_PAUSE_SECONDS = 0.02
_LONGEST_PREFIX = 200  # bytes of a name; most file systems allow 255


class Destination(Struct, frozen=True):
    """A file as its user named it, and where it lies. `directory` is locked where its file system has locks."""

    file: Path
    directory: Directory
    name: str

    @property
    def temporary_prefix(self) -> str:
        """Return the prefix of our temporary files for this destination.

        It is cut so that the temporary name of a file with a long name still fits.
        """
        return "." + os.fsdecode(os.fsencode(self.name)[:_LONGEST_PREFIX]) + ".slsmigrate-"

    def temporary_name(self) -> str:
        """Return a name for a temporary file of ours."""
        return self.temporary_prefix + os.urandom(6).hex()

    def error(self, message: str, hint: str | None = None) -> SlsMigrateError:
        """Return an error at this file."""
        return SlsMigrateError(message, hint=hint, location=Location(self.file))

    @contextlib.contextmanager
    def opened(self) -> Iterator[int]:
        """Open the file itself for reading, while the block lasts."""
        descriptor = self.directory.open_file(self.name)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def target_of(file: Path, root: Path | None) -> Iterator[Destination]:
    """Hold the destination of an existing file, symbolic links resolved.

    Raises SlsMigrateError where the target lies outside `root`.
    """
    target = Path(os.path.realpath(file, strict=True))
    if root is not None and not target.is_relative_to(os.path.realpath(root)):
        raise SlsMigrateError(
            f"is not written: it lies outside {root}",
            hint="run slsmigrate in the repository that the file belongs to",
            location=Location(file),
        )
    with _held(file, target) as destination:
        yield destination


def place_of(file: Path) -> AbstractContextManager[Destination]:
    """Hold the destination of a file that may not exist yet.

    A symbolic link of that name is not followed: it is what gets replaced.
    """
    return _held(file, Path(os.path.realpath(file.parent, strict=True), file.name))


@contextlib.contextmanager
def _held(file: Path, target: Path) -> Iterator[Destination]:
    directory = SYSTEM.open_directory(target.parent)
    try:
        destination = Destination(file, directory, target.name)
        if _lock(destination):
            _remove_leftovers(destination)
        yield destination
    finally:
        directory.close()


def _lock(destination: Destination) -> bool:
    """Lock the directory, so that no concurrent run's change is lost.

    Returns False where the file system has no locks. Raises SlsMigrateError where another run keeps the lock.
    """
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return destination.directory.lock()
        except BlockingIOError:
            if time.monotonic() >= deadline:
                break
        time.sleep(_PAUSE_SECONDS)
    raise destination.error(
        "is not written: another run is writing in its directory", "run again when the other one has ended"
    )


def _remove_leftovers(destination: Destination) -> None:
    """Remove the temporary files of killed runs.

    No other run can be using them: it would hold the lock.
    """
    ours = re.compile(re.escape(destination.temporary_prefix) + "[0-9a-f]{12}")
    for name in filter(ours.fullmatch, destination.directory.names()):
        with contextlib.suppress(OSError):
            destination.directory.remove(name)

"""Operating systems behind one surface: POSIX, or else Windows as far as it can follow.

Nothing else in the program asks which system it runs on. The two sides make equal promises as far as their systems
have them; the module of a side documents where it falls short.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class TemporaryFile(Protocol):
    """A new file in a directory, which nothing refers to until it takes the name of another."""

    @property
    def descriptor(self) -> int:
        """Return the descriptor to write to."""
        ...

    def take_name(self, name: str) -> None:
        """Become the file of this name, in one step for all who read it."""
        ...


class Directory(Protocol):
    """A directory that is held open while a file in it is replaced; names are those of its entries."""

    def lock(self) -> bool:
        """Lock it against other runs until it is closed; False where there are no locks.

        Raises BlockingIOError where another run holds it.
        """
        ...

    def is_writable(self) -> bool:
        """Return whether we may make and replace files here."""
        ...

    def is_file_writable(self, name: str) -> bool:
        """Return whether we may write a file that is here."""
        ...

    def names(self) -> list[str]:
        """List the names of all entries."""
        ...

    def status(self, name: str) -> os.stat_result:
        """Return the status of an entry, of a symbolic link's its own."""
        ...

    def open_file(self, name: str) -> int:
        """Open a file for reading. Raises OSError for a symbolic link."""
        ...

    def temporary_file(self, name: str, mode: int) -> AbstractContextManager[TemporaryFile]:
        """Make a new file of our own under an unused `name`.

        It is removed at the end of the block unless it took another name.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a file."""
        ...

    def close(self) -> None:
        """Let go of it, and of its lock."""
        ...


class OperatingSystem(Protocol):
    """The needs of the program that Python does not make alike on every system."""

    @property
    def read_flags(self) -> int:
        """Return the flags to open a file for reading.

        They give bytes as they are, never wait, and let no child process inherit the descriptor.
        """
        ...

    @property
    def ending_signals(self) -> tuple[signal.Signals, ...]:
        """Return the signals that end a run."""
        ...

    @property
    def process_group_flags(self) -> int:
        """Return creation flags that keep a Ctrl-C from a child process.

        `subprocess` needs them in addition to `start_new_session`.
        """
        ...

    @property
    def process_start(self) -> str:
        """Return the start method of `multiprocessing`.

        It is `fork` where a copy of this process can safely continue.
        """
        ...

    def without_signals(self) -> AbstractContextManager[None]:
        """Block the signals that end a run for a block.

        This holds in this process and in those that begin in the block.
        """
        ...

    def leave_interrupts(self) -> None:
        """Leave Ctrl-C to our parent; whatever else ends a run ends this process."""
        ...

    def open_directory(self, path: Path) -> Directory:
        """Open a directory. Raises OSError, for a symbolic link too."""
        ...

    def set_mode(self, descriptor: int, status: os.stat_result) -> None:
        """Give an open file the mode of another."""
        ...

    def set_owner(self, descriptor: int, status: os.stat_result) -> None:
        """Give an open file the owner and group of another. Raises PermissionError."""
        ...

    def owns(self, status: os.stat_result) -> bool:
        """Return whether a file is this user's, or under sudo the caller's.

        Where files have no owners, all are.
        """
        ...

    def copy_access_list(self, descriptor: int, source: int) -> None:
        """Copy access list and extended attributes from one open file to another."""
        ...

    def disable_core_dumps(self) -> None:
        """Prevent a file made of our memory if we crash."""
        ...

    def send_signal(self, number: int) -> None:
        """Send a signal to this very process."""
        ...


def _detect() -> OperatingSystem:
    if sys.platform != "win32":
        with contextlib.suppress(ImportError):  # a system that has no `fcntl` or `resource`
            from migrate.files.posix import Posix

            return Posix()
    from migrate.files.windows import Windows

    return Windows()


SYSTEM = _detect()


@contextlib.contextmanager
def locked_directory(path: Path) -> Iterator[bool]:
    """Lock a directory against other runs for a block; yield whether we got the lock.

    Where the system has no locks, yield False.
    """
    directory = SYSTEM.open_directory(path)
    try:
        try:
            is_ours = directory.lock()
        except BlockingIOError:
            is_ours = False
        yield is_ours
    finally:
        directory.close()

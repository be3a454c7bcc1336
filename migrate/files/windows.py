"""Windows, and any system without POSIX's own: the same promises, as far as paths and Python can keep them.

What POSIX has and this has not:
- A directory is known by its path alone: who may rename a directory above it could lead a write elsewhere.
- A new file gets owner and access list from its directory, as with most editors: a list that the old file had of
  its own is not kept. There are no modes but the read-only attribute, and a file with that is refused.
- A file without a name can't be made: a run that is killed leaves a temporary file, which the next one removes.
- A rename is not known to be on the disk when the program ends.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# The bytes as they are, and nothing for child processes.
_OWN_FLAGS: int = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)


class WindowsDirectory:
    """A directory by its path."""

    def __init__(self, path: Path) -> None:
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        self._path = path
        self._lock: int | None = None

    def lock(self) -> bool:
        """Lock a file that represents the directory; the system releases it if we die.

        It lies among the user's temporary files, so that none is left next to a manifest: two users do not see each
        other's locks.
        """
        name = hashlib.sha256(os.fsencode(os.path.normcase(self._path))).hexdigest()[:32]
        self._lock = _locked(Path(tempfile.gettempdir(), f"slsmigrate-{name}.lock"))
        return self._lock is not None

    def is_writable(self) -> bool:
        """Return whether the directory is writable by its read-only attribute.

        That its access list forbids more shows when a write is tried.
        """
        return os.access(self._path, os.W_OK)

    def is_file_writable(self, name: str) -> bool:
        """Return whether a file that is here is read-only."""
        return os.access(self._path / name, os.W_OK)

    def names(self) -> list[str]:
        """List the names of all entries."""
        return [entry.name for entry in self._path.iterdir()]

    def status(self, name: str) -> os.stat_result:
        """Return the status of an entry, of a symbolic link's its own."""
        return (self._path / name).lstat()

    def open_file(self, name: str) -> int:
        """Open a file for reading.

        Raises OSError for a symbolic link, or one that took the file's place just now.
        """
        before = self.status(name)
        if stat.S_ISLNK(before.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        descriptor = os.open(self._path / name, os.O_RDONLY | _OWN_FLAGS)
        if not os.path.samestat(before, os.fstat(descriptor)):
            os.close(descriptor)
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return descriptor

    @contextlib.contextmanager
    def temporary_file(self, name: str, mode: int) -> Iterator[WindowsTemporaryFile]:
        """Make a file that is ours alone."""
        path = self._path / name
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OWN_FLAGS
            made = WindowsTemporaryFile(path, os.open(path, flags, mode))
            try:
                yield made
            finally:
                made.close()
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self._path / name).unlink()

    def close(self) -> None:
        """Let go of its lock."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.close(self._lock)
            self._lock = None


class WindowsTemporaryFile:
    """A new file under a name of its own."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.descriptor = descriptor
        self._path = path
        self._is_open = True

    def take_name(self, name: str) -> None:
        """Rename the temporary file to this name.

        Raises OSError where a program has the existing file open and does not share it.
        """
        self.close()  # what is open can't be renamed
        self._path.replace(self._path.with_name(name))

    def close(self) -> None:
        """Close the descriptor, once: all is synced before."""
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(OSError):
                os.close(self.descriptor)


class Windows:
    """Windows, by what Python's library has there."""

    read_flags = os.O_RDONLY | _OWN_FLAGS
    # Ctrl-C; what ends a process politely; Ctrl-Break, which is also how another program asks for the end.
    ending_signals = tuple(
        signal.Signals(getattr(signal, name)) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
    )
    process_group_flags = 0x200 if sys.platform == "win32" else 0  # CREATE_NEW_PROCESS_GROUP

    process_start = "spawn"

    @contextlib.contextmanager
    def without_signals(self) -> Iterator[None]:
        """Do nothing: no process begins as a copy of this one."""
        yield

    def leave_interrupts(self) -> None:
        """Leave Ctrl-C to our parent."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def open_directory(self, path: Path) -> WindowsDirectory:
        """Open a directory. Raises OSError, for a symbolic link too."""
        return WindowsDirectory(path)

    def set_mode(self, descriptor: int, status: os.stat_result) -> None:
        """Do nothing, since the only mode here is the read-only attribute.

        A file with that attribute is never written.
        """

    def set_owner(self, descriptor: int, status: os.stat_result) -> None:
        """Do nothing: who makes a file owns it."""

    def owns(self, status: os.stat_result) -> bool:
        """Return True: owners are another matter here."""
        return True

    def copy_access_list(self, descriptor: int, source: int) -> None:
        """Do nothing: the directory's access list holds for the new file."""

    def disable_core_dumps(self) -> None:
        """Do nothing, since dumps are made by a service of the system.

        Its owner turned that on.
        """

    def send_signal(self, number: int) -> None:
        """Raise a signal in this process, where `os.kill` would end it at once."""
        signal.raise_signal(number)


def _locked(file: Path) -> int | None:
    """Open a file and lock it; return None where there are no locks.

    Raises BlockingIOError where another run holds the lock.
    """
    if sys.platform == "win32":
        import msvcrt

        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | _OWN_FLAGS)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(descriptor)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
        return descriptor
    else:  # noqa: RET505 - without it a type checker for Windows finds the rest unreachable
        return None

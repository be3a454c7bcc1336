"""POSIX: directories held by descriptor and locked, files without a name, owners, modes and access lists."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101 - and so type checkers read no further there

_ACCESS_LIST = "system.posix_acl_access"
_OWN_FILES = "/proc/self/fd"
# Errors of a file system that makes no file without a name.
_NOT_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)
# A pipe that takes the place of a file must not have us wait, nor a terminal become ours.
_READ_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK


class PosixDirectory:
    """A directory by its descriptor: whatever its path leads to by now, it is this one that is read and written."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def lock(self) -> bool:
        """Lock the directory itself.

        No lock file is left that way, and the kernel releases the lock if we die.
        """
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return False
        return True

    def is_writable(self) -> bool:
        """Return whether the effective user may make and replace files here."""
        return os.access(".", os.W_OK | os.X_OK, dir_fd=self._descriptor, effective_ids=True)

    def is_file_writable(self, name: str) -> bool:
        """Return whether the effective user may write a file that is here."""
        return os.access(name, os.W_OK, dir_fd=self._descriptor, effective_ids=True)

    def names(self) -> list[str]:
        """List the names of all entries."""
        with os.scandir(self._descriptor) as entries:
            return [entry.name for entry in entries]

    def status(self, name: str) -> os.stat_result:
        """Return the status of an entry, of a symbolic link's its own."""
        return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)

    def open_file(self, name: str) -> int:
        """Open a file for reading. Raises OSError for a symbolic link."""
        return os.open(name, _READ_FLAGS | os.O_NOFOLLOW, dir_fd=self._descriptor)

    @contextlib.contextmanager
    def temporary_file(self, name: str, mode: int) -> Iterator[PosixTemporaryFile]:
        """Make a new file of our own, without a name where the file system can.

        Such a file is gone if we are killed.
        """
        try:
            made = self._create(name, mode)
            try:
                yield made
            finally:
                _close(made.descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                self.remove(name)
            raise
        with contextlib.suppress(OSError):  # the file is new by now, whether or not that is on the disk yet
            os.fsync(self._descriptor)

    def _create(self, name: str, mode: int) -> PosixTemporaryFile:
        flags = os.O_WRONLY | os.O_CLOEXEC
        if hasattr(os, "O_TMPFILE") and os.path.isdir(_OWN_FILES):  # noqa: PTH112 - one system call
            try:
                descriptor = os.open(".", flags | os.O_TMPFILE, mode, dir_fd=self._descriptor)
                return PosixTemporaryFile(self._descriptor, name, descriptor, is_nameless=True)
            except OSError as error:
                if error.errno not in _NOT_NAMELESS:
                    raise
        flags |= os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(name, flags, mode, dir_fd=self._descriptor)
        return PosixTemporaryFile(self._descriptor, name, descriptor, is_nameless=False)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self._descriptor)

    def close(self) -> None:
        """Let go of it, and of its lock."""
        _close(self._descriptor)


class PosixTemporaryFile:
    """A new file, which has `name` or is to get it on the way to the name that it takes."""

    def __init__(self, directory: int, name: str, descriptor: int, *, is_nameless: bool) -> None:
        self.descriptor = descriptor
        self._directory = directory
        self._name = name
        self._is_nameless = is_nameless

    def take_name(self, name: str) -> None:
        """Become the file of this name, in one step for all who read it."""
        if self._is_nameless:
            own = f"{_OWN_FILES}/{self.descriptor}"
            os.link(own, self._name, dst_dir_fd=self._directory, follow_symlinks=True)
        os.replace(self._name, name, src_dir_fd=self._directory, dst_dir_fd=self._directory)


class Posix:
    """Linux, macOS and whatever else has what this module imports."""

    read_flags = _READ_FLAGS
    ending_signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    process_group_flags = 0
    # On macOS system libraries start threads of their own.
    process_start = "fork" if sys.platform == "linux" else "spawn"

    @contextlib.contextmanager
    def without_signals(self) -> Iterator[None]:
        """Block the signals that end a run for a block.

        This holds in this process and in those that begin in the block.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, self.ending_signals)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def leave_interrupts(self) -> None:
        """Leave Ctrl-C to our parent; whatever else ends a run ends this process."""
        for number in self.ending_signals:
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self.ending_signals)

    def open_directory(self, path: Path) -> PosixDirectory:
        """Open a directory. Raises OSError, for a symbolic link too."""
        return PosixDirectory(path)

    def set_mode(self, descriptor: int, status: os.stat_result) -> None:
        """Give an open file the mode of another."""
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))

    def set_owner(self, descriptor: int, status: os.stat_result) -> None:
        """Give an open file the owner and group of another.

        Raises PermissionError. A change of owner clears bits of the mode.
        """
        ours = os.fstat(descriptor)
        if (status.st_uid, status.st_gid) != (ours.st_uid, ours.st_gid):
            os.fchown(descriptor, status.st_uid, status.st_gid)

    def owns(self, status: os.stat_result) -> bool:
        """Return whether a file is this user's, as git sees it: under sudo the caller's."""
        own, caller = os.geteuid(), os.environ.get("SUDO_UID", "")
        return status.st_uid == own or (own == 0 and caller.isdecimal() and status.st_uid == int(caller))

    def copy_access_list(self, descriptor: int, source: int) -> None:
        """Give an open file the access list and extended attributes of another.

        A list that is lost, or that the directory gives new files, could open the file to more people. macOS has
        lists of its own kind, which Python does not reach: they are the directory's.
        """
        if sys.platform == "linux":
            names = os.listxattr(source)
            if _ACCESS_LIST not in names and _ACCESS_LIST in os.listxattr(descriptor):
                os.removexattr(descriptor, _ACCESS_LIST)
            for name in names:
                # All others, such as labels, are the system's own.
                with contextlib.nullcontext() if name == _ACCESS_LIST else contextlib.suppress(OSError):
                    os.setxattr(descriptor, name, os.getxattr(source, name))

    def disable_core_dumps(self) -> None:
        """Prevent a file made of our memory if we crash."""
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    def send_signal(self, number: int) -> None:
        """Send a signal to this very process."""
        os.kill(os.getpid(), number)


def _close(descriptor: int) -> None:
    """Close a descriptor; ignore errors.

    The content is synced before, so an error here would only report a file as unwritten that is the new one.
    """
    with contextlib.suppress(OSError):
        os.close(descriptor)

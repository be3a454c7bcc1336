"""Reads files with care, and replaces one so that it is whole, the old or the new, at every instant."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from migrate.files.regular_files import SAFE_OPEN, read_bytes, require_regular
from migrate.files.system_errors import explained
from migrate.model import Location, SlsMigrateError

_LOCK_SECONDS = 10.0
_ACCESS_LIST = "system.posix_acl_access"

# Errors of a file system that makes no file without a name.
_NOT_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)
_OWN_FILES = "/proc/self/fd"


def check_replaceable(file: Path, *, expected: bytes, root: Path | None) -> None:
    """Raises what `replace_file` would raise, as far as that can be told without writing."""
    with explained(file, "write", SlsMigrateError), _held(file, root) as place:
        _require_as_read(place, expected)
        if not os.access(".", os.W_OK | os.X_OK, dir_fd=place.directory, effective_ids=True):
            raise PermissionError(errno.EACCES, "")


def replace_file(file: Path, *, expected: bytes, new: bytes, root: Path | None) -> None:
    """Puts `new` in the place of `expected`; other readers see the one or the other, always whole.

    A symbolic link stays and its target changes. Owner, group, mode, access list and attributes
    are kept. Raises SlsMigrateError, with the file as it was, where that can't be done, where the
    target lies outside `root`, has further hard links, or no longer holds `expected`.
    """
    with explained(file, "write", SlsMigrateError), _held(file, root) as place:
        _require_as_read(place, expected)
        if new != expected:
            _put(place, new, 0o600, lambda made: _take_after(place, made), lambda: _require_as_read(place, expected))


def create_file(file: Path, content: bytes) -> None:
    """Makes a file, whole or not at all. Raises SlsMigrateError where there is one by then."""
    with explained(file, "write", SlsMigrateError), _held_for_ours(file) as place:
        _put(place, content, 0o666, lambda made: None, lambda: _require_absent(place))


def write_file(file: Path, content: bytes) -> None:
    """Makes a file that is ours alone, or replaces an earlier one, whose mode stays; whole or not at all.

    Whatever has its name is replaced, a symbolic link too. Raises SlsMigrateError.
    """
    with explained(file, "write", SlsMigrateError), _held_for_ours(file) as place:
        _put(place, content, 0o666, lambda made: _take_mode(place, made), lambda: None)


def _put(place: _Place, new: bytes, mode: int, finish: Callable[[int], None], check: Callable[[], None]) -> None:
    """Writes beside the file and has that take its place; `finish` gets the descriptor, `check` may refuse last."""
    temporary = place.prefix + os.urandom(6).hex()
    try:
        with _opened_beside(place, temporary, mode) as (descriptor, is_nameless):
            rest = memoryview(new)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            finish(descriptor)
            os.fsync(descriptor)
            check()
            if is_nameless:
                os.link(f"{_OWN_FILES}/{descriptor}", temporary, dst_dir_fd=place.directory, follow_symlinks=True)
            os.replace(temporary, place.name, src_dir_fd=place.directory, dst_dir_fd=place.directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=place.directory)
        raise
    with contextlib.suppress(OSError):  # the file is new by now, whether or not that is on the disk yet
        os.fsync(place.directory)


class _Place(Struct, frozen=True):
    """Where a file really lies: its directory, opened and locked where it has locks, and its name there."""

    file: Path
    directory: int
    name: str

    @property
    def prefix(self) -> str:
        """What the names of our temporary files for it begin with; cut so that a long name still fits."""
        return "." + os.fsdecode(os.fsencode(self.name)[:200]) + ".slsmigrate-"

    def refuse(self, message: str, hint: str | None = None) -> SlsMigrateError:
        """An error at this file."""
        return SlsMigrateError(message, hint=hint, location=Location(self.file))


@contextlib.contextmanager
def _held(file: Path, root: Path | None) -> Iterator[_Place]:
    target = Path(os.path.realpath(file, strict=True))
    if root is not None and not target.is_relative_to(os.path.realpath(root)):
        raise SlsMigrateError(
            f"is not written: it lies outside {root}",
            hint="run slsmigrate in the repository that the file belongs to",
            location=Location(file),
        )
    with _held_at(file, target) as place:
        yield place


def _held_for_ours(file: Path) -> contextlib.AbstractContextManager[_Place]:
    return _held_at(file, Path(os.path.realpath(file.parent, strict=True), file.name))


@contextlib.contextmanager
def _held_at(file: Path, target: Path) -> Iterator[_Place]:
    directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        place = _Place(file, directory, target.name)
        if _lock(directory, file):
            _remove_leftovers(place)
        yield place
    finally:
        _close(directory)


def _lock(directory: int, file: Path) -> bool:
    """Keeps two runs from losing each other's change; False where the file system has no locks.

    The directory itself is locked: that leaves no lock file, and the kernel lets go of it if we die.
    """
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            raise SlsMigrateError(
                "is not written: another run is writing in its directory",
                hint="run again when the other one has ended",
                location=Location(file),
            ) from None
        except OSError:
            return False
        return True


def _require_as_read(place: _Place, expected: bytes) -> None:
    """The file is still the one that was read, and one that may be replaced."""
    with _opened(place) as descriptor:
        status = os.fstat(descriptor)
        require_regular(status, place.file, SlsMigrateError)
        if status.st_nlink > 1:
            raise place.refuse(
                "is not written: it has further hard links, under which the secret would stay",
                f"find them with: find . -inum {status.st_ino}",
            )
        if not os.access(place.name, os.W_OK, dir_fd=place.directory, effective_ids=True):
            raise place.refuse("is not written: it is read-only", "make it writable and run again")
        if read_bytes(descriptor, len(expected) + 1) != expected:
            raise place.refuse("is not written: it has changed since it was read", "run again to see it as it is now")


@contextlib.contextmanager
def _opened(place: _Place) -> Iterator[int]:
    descriptor = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW | SAFE_OPEN, dir_fd=place.directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _require_absent(place: _Place) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)
        raise place.refuse("is not written: it was made meanwhile", "run again to see it as it is now")


@contextlib.contextmanager
def _opened_beside(place: _Place, temporary: str, mode: int) -> Iterator[tuple[int, bool]]:
    descriptor, is_nameless = _open_beside(place, temporary, mode)
    try:
        yield descriptor, is_nameless
    finally:
        _close(descriptor)


def _open_beside(place: _Place, temporary: str, mode: int) -> tuple[int, bool]:
    """A new file, and whether it has no name yet: what has none is gone when we are killed."""
    flags = os.O_WRONLY | os.O_CLOEXEC
    if hasattr(os, "O_TMPFILE") and Path(_OWN_FILES).is_dir():
        try:
            return os.open(".", flags | os.O_TMPFILE, mode, dir_fd=place.directory), True
        except OSError as error:
            if error.errno not in _NOT_NAMELESS:
                raise
    return os.open(temporary, flags | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=place.directory), False


def _take_mode(place: _Place, descriptor: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        status = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)
        if stat.S_ISREG(status.st_mode):
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _take_after(place: _Place, descriptor: int) -> None:
    with _opened(place) as like:
        _take_owner_and_mode(place, descriptor, like)
        _take_attributes(descriptor, like)


def _take_owner_and_mode(place: _Place, descriptor: int, like: int) -> None:
    """Owner and group first, since a change of them clears mode bits."""
    wanted, made = os.fstat(like), os.fstat(descriptor)
    if (wanted.st_uid, wanted.st_gid) != (made.st_uid, made.st_gid):
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise place.refuse(
                "is not written: you can't keep its owner and group", "run slsmigrate as the file's owner"
            ) from None
    os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))


def _take_attributes(descriptor: int, like: int) -> None:
    """An access list that is lost, or that the directory gives new files, could open the file to more people."""
    if not hasattr(os, "listxattr"):
        return
    names = os.listxattr(like)
    if _ACCESS_LIST not in names and _ACCESS_LIST in os.listxattr(descriptor):
        os.removexattr(descriptor, _ACCESS_LIST)
    for name in names:
        # All others, such as labels, are the system's own.
        with contextlib.nullcontext() if name == _ACCESS_LIST else contextlib.suppress(OSError):
            os.setxattr(descriptor, name, os.getxattr(like, name))


def _remove_leftovers(place: _Place) -> None:
    """Temporary files of runs that were killed: whoever still lived would hold the lock."""
    ours = re.compile(re.escape(place.prefix) + "[0-9a-f]{12}")
    with os.scandir(place.directory) as entries:
        leftovers = [entry.name for entry in entries if ours.fullmatch(entry.name)]
    for name in leftovers:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=place.directory)


def _close(descriptor: int) -> None:
    """All is synced before: an error now would only call a file unwritten that is new."""
    with contextlib.suppress(OSError):
        os.close(descriptor)

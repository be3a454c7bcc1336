"""Atomic writes: at every instant a file is whole, either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from migrate.files.destinations import Destination, place_of, target_of
from migrate.files.platform import SYSTEM
from migrate.files.regular_files import read_bytes, require_regular
from migrate.files.system_errors import explained
from migrate.model import SlsMigrateError

_OURS_ALONE = 0o600
_AS_THE_UMASK_SAYS = 0o666


def check_replaceable(file: Path, *, expected: bytes, root: Path | None) -> None:
    """Raise what `replace_file` would raise, as far as that shows without writing."""
    with explained(file, "write", SlsMigrateError), target_of(file, root) as target:
        _require_unchanged(target, expected)
        if not target.directory.is_writable():
            raise PermissionError(errno.EACCES, "")


def replace_file(file: Path, *, expected: bytes, new: bytes, root: Path | None) -> None:
    """Replace the content `expected` of a file by `new`, atomically.

    Other readers see the old content or the new, always whole. A symbolic link stays and its target changes. Owner,
    group, mode, access list and attributes are kept. Raises SlsMigrateError, with the file as it was, where that
    can't be done, where the target lies outside `root`, has further hard links, or no longer holds `expected`.
    """
    with explained(file, "write", SlsMigrateError), target_of(file, root) as target:
        _require_unchanged(target, expected)
        if new != expected:
            _put(
                target,
                new,
                _OURS_ALONE,
                finish=lambda descriptor: _copy_metadata(target, descriptor),
                check=lambda: _require_unchanged(target, expected),
            )


def create_file(file: Path, content: bytes) -> None:
    """Create a file, whole or not at all. Raises SlsMigrateError if it exists by then."""
    with explained(file, "write", SlsMigrateError), place_of(file) as place:
        _put(place, content, _AS_THE_UMASK_SAYS, check=lambda: _require_absent(place))


def write_file(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all: a new one, or in place of an earlier one.

    An earlier file's mode is kept. Anything of that name is replaced, a symbolic link too. Raises SlsMigrateError.
    """
    with explained(file, "write", SlsMigrateError), place_of(file) as place:
        _put(place, content, _AS_THE_UMASK_SAYS, finish=lambda descriptor: _copy_mode(place, descriptor))


def _put(
    destination: Destination,
    content: bytes,
    mode: int,
    *,
    finish: Callable[[int], None] = lambda descriptor: None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write a temporary file in the same directory, then rename it over the file.

    `finish` gets the descriptor of the temporary file; `check` is the last step before the rename and may raise.
    """
    with destination.directory.temporary_file(destination.temporary_name(), mode) as temporary:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(temporary.descriptor, rest) :]
        finish(temporary.descriptor)
        os.fsync(temporary.descriptor)
        check()
        temporary.take_name(destination.name)


def _require_unchanged(target: Destination, expected: bytes) -> None:
    """Raise SlsMigrateError if a file has changed since it was read.

    Likewise if it may not be replaced: it is no regular file, is read-only, or has further hard links.
    """
    with target.opened() as descriptor:
        status = os.fstat(descriptor)
        require_regular(status, target.file, SlsMigrateError)
        if status.st_nlink > 1:
            raise target.error(
                "is not written: it has further hard links, under which the secret would stay",
                f"find them with: find . -inum {status.st_ino}",
            )
        if not target.directory.is_file_writable(target.name):
            raise target.error("is not written: it is read-only", "make it writable and run again")
        if read_bytes(descriptor, len(expected) + 1) != expected:
            raise target.error("is not written: it has changed since it was read", "run again to see it as it is now")


def _require_absent(place: Destination) -> None:
    with contextlib.suppress(FileNotFoundError):
        place.directory.status(place.name)
        raise place.error("is not written: it was made meanwhile", "run again to see it as it is now")


def _copy_mode(place: Destination, descriptor: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        status = place.directory.status(place.name)
        if stat.S_ISREG(status.st_mode):
            SYSTEM.set_mode(descriptor, status)


def _copy_metadata(target: Destination, descriptor: int) -> None:
    with target.opened() as source:
        status = os.fstat(source)
        try:
            SYSTEM.set_owner(descriptor, status)
        except PermissionError:
            raise target.error(
                "is not written: you can't keep its owner and group", "run slsmigrate as the file's owner"
            ) from None
        SYSTEM.set_mode(descriptor, status)  # after the owner, a change of whom clears bits of it
        SYSTEM.copy_access_list(descriptor, source)

"""Bounded reads of regular files alone: anything else of that name is refused before it is opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from migrate.files.platform import SYSTEM
from migrate.files.system_errors import explained
from migrate.model import Location, ManifestError, SlsMigrateError

_CHUNK = 1 << 16
_OTHER_KINDS = (
    (stat.S_ISDIR, "is a directory, not a file"),
    (stat.S_ISFIFO, "is a named pipe, not a regular file"),
    (stat.S_ISSOCK, "is a socket, not a regular file"),
    (stat.S_ISCHR, "is a device, not a regular file"),
    (stat.S_ISBLK, "is a device, not a regular file"),
)


def read_file(file: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes; symbolic links are followed.

    Raises ManifestError where it is missing, forbidden, too large, or no regular file: a pipe or
    a device is refused before it is opened, since opening or reading one may never return.
    """
    with explained(file, "read", ManifestError):
        require_regular(file.stat(), file, ManifestError)
        descriptor = os.open(file, SYSTEM.read_flags)
        try:
            status = os.fstat(descriptor)
            require_regular(status, file, ManifestError)
            content = b"" if status.st_size > limit else read_bytes(descriptor, limit + 1)
        finally:
            os.close(descriptor)
        if max(status.st_size, len(content)) > limit:
            raise ManifestError(f"is too large: over {limit:,} bytes", location=Location(file))
        return content


def leads_outside(file: Path, root: Path) -> bool:
    """Return whether a path leads out of a directory, its own links followed."""
    try:
        return not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root))
    except ValueError:  # a NUL in it
        return True


def read_bytes(descriptor: int, limit: int) -> bytes:
    """Read an open file to its end, or to `limit` bytes."""
    content = bytearray()
    while len(content) < limit and (chunk := os.read(descriptor, min(_CHUNK, limit - len(content)))):
        content += chunk
    return bytes(content)


def require_regular(status: os.stat_result, file: Path, kind: type[SlsMigrateError]) -> None:
    """Raise an error of this kind for a file that is no regular one."""
    if stat.S_ISREG(status.st_mode):
        return
    for is_kind, message in _OTHER_KINDS:
        if is_kind(status.st_mode):
            raise kind(message, location=Location(file))

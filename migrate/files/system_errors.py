"""Errors of the operating system in words that explain what to do."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from migrate.model import Location, SlsMigrateError

# What an errno means to the person who reads it, and what to do.
_REASONS = {
    errno.ENOENT: ("does not exist", None),
    errno.ENOTDIR: ("does not exist", None),
    errno.ELOOP: ("is a symbolic link that leads nowhere, round in a circle", None),
    errno.EISDIR: ("is a directory, not a file", None),
    errno.ENXIO: ("is not a regular file", None),
    errno.EROFS: ("lies on a read-only file system", None),
    errno.ENAMETOOLONG: ("has a name that is too long", None),
    errno.ENOSPC: ("can't be written: the disk is full", "free some space and run again; the file is unchanged"),
    errno.EDQUOT: ("can't be written: your disk quota is used up", "free some space and run again"),
    errno.EFBIG: ("can't be written: larger than this system allows", None),
}


@contextlib.contextmanager
def explained(file: Path, verb: str, kind: type[SlsMigrateError]) -> Iterator[None]:
    """Turn the system's errors in a block into errors of `kind` about a file.

    `verb` is what was to be done with the file.
    """
    try:
        yield
    except PermissionError:
        hint = "its directory must be writable too" if verb == "write" else None
        raise kind(f"no permission to {verb} it", hint=hint, location=Location(file)) from None
    except OSError as failure:
        message, hint = _REASONS.get(failure.errno or 0, (f"can't {verb} it: {failure.strerror}", None))
        raise kind(message, hint=hint, location=Location(file)) from None
    except ValueError:  # a NUL or a lone surrogate in the path
        raise kind("has a name that no file can have", location=Location(file)) from None

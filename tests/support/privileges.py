"""What root may beyond a file's permissions, laid down for a while (Linux, capabilities(7))."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.posix import IS_ROOT

_VERSION_3 = 0x20080522  # _LINUX_CAPABILITY_VERSION_3 of linux/capability.h
_CHOWN, _DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = (1 << number for number in range(4))


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def like_anybody() -> Iterator[None]:
    """This thread meets permissions as anybody does.

    The user stays who they are: another one could not load what stands in a private directory of ours.
    """
    if not IS_ROOT:
        yield
        return
    if not hasattr(ctypes.CDLL(None), "capset"):
        pytest.skip("root's privileges can't be laid down here")
    before = _effective()
    _set_effective(before & ~(_CHOWN | _DAC_OVERRIDE | _DAC_READ_SEARCH | _FOWNER))
    try:
        yield
    finally:
        _set_effective(before)


def _effective() -> int:
    return int(_called("capget")[0].effective)


def _set_effective(effective: int) -> None:
    sets = _called("capget")
    sets[0].effective = effective
    _called("capset", sets)


def _called(name: str, sets: ctypes.Array[_Sets] | None = None) -> ctypes.Array[_Sets]:
    sets = sets or (_Sets * 2)()
    if getattr(ctypes.CDLL(None, use_errno=True), name)(ctypes.byref(_Header(_VERSION_3, 0)), sets) != 0:
        raise OSError(ctypes.get_errno(), name)
    return sets

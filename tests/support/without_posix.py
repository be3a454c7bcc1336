"""Take away what Windows has not, before the program is loaded: `python -m tests.support.without_posix WORD…`."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import popen_fork
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MODULES = ("fcntl", "grp", "pwd", "pty", "resource", "syslog", "termios", "tty")
CALLS = (
    *("chown", "chroot", "fchmod", "fchown", "fork", "forkpty", "fwalk", "getpgid", "getpriority", "getsid", "killpg"),
    *("getxattr", "lchown", "listxattr", "mkfifo", "mknod", "nice", "posix_fadvise", "posix_spawn", "posix_spawnp"),
    *("pread", "pwrite", "register_at_fork", "removexattr", "sched_getaffinity", "sched_setaffinity", "sched_yield"),
    *("sendfile", "setpgid", "setsid", "setxattr", "statvfs", "sync", "uname", "wait", "wait3", "wait4"),
    *("getegid", "geteuid", "getgid", "getgroups", "getuid"),
)
FLAGS = (
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOATIME",
    "O_NOCTTY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_PATH",
    "O_SYNC",
    "O_TMPFILE",
)
SIGNALS = ("SIGALRM", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGXFSZ")
SIGNAL_CALLS = ("alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "sigpending", "sigwait")
# What of a call only some systems can, as Python documents it.
OPTIONS = ("dir_fd", "src_dir_fd", "dst_dir_fd", "effective_ids")


def hide() -> None:
    """Have this process lack it all: modules, calls, flags, signals, options, and to rename what is open."""
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in (*CALLS, *FLAGS):
        if hasattr(os, name):
            delattr(os, name)
    # Where Windows ends a process in its own way, Python's library here needs the signals.
    popen_fork.signal = SimpleNamespace(SIGTERM=signal.SIGTERM, SIGKILL=signal.SIGKILL)  # type: ignore[attr-defined]
    for name in (*SIGNALS, *SIGNAL_CALLS):
        if hasattr(signal, name):
            delattr(signal, name)
    for name in sorted(each.__name__ for each in os.supports_dir_fd | os.supports_effective_ids):
        if hasattr(os, name):
            setattr(os, name, _without_options(getattr(os, name)))
    for supported in (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd):
        supported.clear()
    os.open = _files_alone(os.open)
    os.scandir = _paths_alone(os.scandir)
    for name in ("rename", "replace", "unlink", "remove"):
        setattr(os, name, _nothing_that_is_open(getattr(os, name)))


def _without_options(call: Callable[..., Any]) -> Callable[..., Any]:
    def act(*arguments: Any, **options: Any) -> Any:
        if any(options.get(name) for name in OPTIONS):
            raise NotImplementedError(f"{call.__name__}: {', '.join(options)} unavailable on this platform")
        return call(*arguments, **options)

    return act


def _files_alone(call: Callable[..., Any]) -> Callable[..., Any]:
    def act(path: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(path, str | bytes | os.PathLike) and os.path.isdir(path):  # noqa: PTH112
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return call(path, *arguments, **options)

    return act


def _paths_alone(call: Callable[..., Any]) -> Callable[..., Any]:
    def act(path: Any = ".") -> Any:
        if isinstance(path, int):
            raise TypeError("scandir: path should be string, bytes, os.PathLike or None, not int")
        return call(path)

    return act


def _nothing_that_is_open(call: Callable[..., Any]) -> Callable[..., Any]:
    """A file can't be renamed, replaced or removed while we have it open."""

    def act(*paths: Any, **options: Any) -> Any:
        files = {os.path.realpath(path) for path in paths}
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                opened = str(descriptor.readlink())
            except OSError:
                continue
            if opened in files:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return call(*paths, **options)

    return act


def _main() -> None:
    """Run the program, or with `--names` print which system's side it chose and all its modules, once loaded."""
    hide()
    if sys.argv[1:] != ["--names"]:
        from migrate.__main__ import start

        start()
        return
    import importlib
    import pkgutil

    import migrate
    from migrate.files.platform import SYSTEM

    names = [module.name for module in pkgutil.walk_packages(migrate.__path__, "migrate.")]
    for name in names:
        if name not in ("migrate.files.posix", "migrate.__main__"):
            importlib.import_module(name)
    print(  # noqa: T201
        type(SYSTEM).__name__, *(name for name in sys.modules if name.startswith("migrate."))
    )


if __name__ == "__main__":
    _main()

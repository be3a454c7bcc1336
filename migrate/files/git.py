"""The git program, started here alone: under one list of guards, each call in a process of its own."""

from __future__ import annotations

import os
from enum import Enum, auto
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from migrate.files.platform import SYSTEM
from migrate.model import SlsMigrateError

# A walk that needs no git must not pay for what starts it.
if TYPE_CHECKING:
    import subprocess


class GitError(SlsMigrateError):
    """git did not do what was asked. Its own words are left out, since hooks like to quote what they refuse."""


class NoAnswerError(GitError):
    """A look at the repository took too long."""


class Programs(Enum):
    """The programs of a repository's settings that git may start: none in a look, the user's own with a commit."""

    NONE = auto()
    FILTERS = auto()
    HOOKS_AND_FILTERS = auto()


# Variables that lead git to another repository or change how it reads names; a hook that starts us has them set.
_LEADING = frozenset(
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "IMPLICIT_WORK_TREE", "INDEX_FILE", "COMMON_DIR", "PREFIX", "NAMESPACE", "SHALLOW_FILE"),
        *("OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES", "GRAFT_FILE", "NO_REPLACE_OBJECTS", "REPLACE_REF_BASE"),
        *("CONFIG", "CONFIG_PARAMETERS", "CONFIG_COUNT", "INTERNAL_SUPER_PREFIX", "ATTR_SOURCE"),
        *("LITERAL_PATHSPECS", "GLOB_PATHSPECS", "NOGLOB_PATHSPECS", "ICASE_PATHSPECS"),
    )
)
_STARTING = frozenset({"GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND"})

_ALWAYS = MappingProxyType(
    {
        "LC_ALL": "C",
        "GIT_EDITOR": "true",
        "GIT_SEQUENCE_EDITOR": "true",
        "GIT_PAGER": "cat",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "true",  # a commit is what its name says, whatever refs/replace holds
        "GIT_NO_LAZY_FETCH": "true",  # what git before 2.45 fetches in spite of it, GIT_ALLOW_PROTOCOL refuses
    }
)
# A hook may fetch what it needs, so that these are not for calls that run hooks.
_OFFLINE = MappingProxyType(
    {
        "GIT_ALLOW_PROTOCOL": "none",  # stronger than any protocol.*.allow of a .git/config
        "GIT_SSH_COMMAND": "false",
        "GIT_ASKPASS": "",
    }
)

_EMPTY = "SLSMIGRATE_EMPTY"  # a variable for --config-env
_LOOKING = MappingProxyType({"GIT_OPTIONAL_LOCKS": "0", _EMPTY: ""})

_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
_NO_PROGRAMS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
_NO_BLIND_EYE = ("-c", "core.checkStat=default", "-c", "core.trustctime=true")  # for a file that only looks unchanged
_CONVERTING = frozenset({"diff", "cat-file"})  # looks that send files through clean or smudge filters
# What a person asked for, or what makes up for it. A hook may take its time, and git must not be ended half-way.
_CHANGES = frozenset({"add", "branch", "commit", "switch", "update-index", "update-ref", "worktree"})
_LOOK_SECONDS = 10.0  # longer than honest repositories need
_silent: set[Path] = set()  # where a look took longer, as where settings lead git into a pipe
_FILTER = ("clean", "smudge", "process", "required")


def run_git(
    root: Path,
    *words: str,
    check: str = "",
    programs: Programs = Programs.NONE,
    given: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run one git command, which reads `given`.

    Raises GitError where it can't be run, or, with the text `check` if one is given, where it fails. A look that takes
    too long is a GitError as well, and so is every later look in the same place. The process is a session of its own: a
    Ctrl-C at the terminal is ours to handle, not git's.
    """
    is_look = words[0] not in _CHANGES
    if is_look and root in _silent:
        raise _no_answer(root)
    filters_off = _filters_off(root) if programs is Programs.NONE and words[0] in _CONVERTING else ()
    limit = _LOOK_SECONDS if is_look else None
    done = _start(root, (*_guards(programs), *filters_off, *words), _environment(programs), given, limit)
    if check and done.returncode:
        raise GitError(check, hint=f"see what git says: git -C {root} {' '.join(words[:2])} …")
    return done


def _guards(programs: Programs) -> tuple[str, ...]:
    always = (*_NO_PROGRAMS, *_NO_BLIND_EYE)
    return always if programs is Programs.HOOKS_AND_FILTERS else (*always, *_NO_HOOKS)


def _environment(programs: Programs) -> dict[str, str]:
    if programs is Programs.HOOKS_AND_FILTERS:
        return {**_without(_LEADING), **_ALWAYS}
    looking = _LOOKING if programs is Programs.NONE else {}
    return {**_without(_LEADING | _STARTING), **_ALWAYS, **_OFFLINE, **looking}


def _without(names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in names}


def filter_names(root: Path) -> frozenset[str]:
    """Return the names of all filters that the user or the repository sets.

    A name may be empty.
    """
    told = run_git(root, "config", "-z", "--name-only", "--get-regexp", r"^filter\.").stdout
    keys = (os.fsdecode(key).removeprefix("filter.").rpartition(".") for key in told.split(b"\0"))
    return frozenset(name for name, has_name, _ in keys if has_name)


def _filters_off(root: Path) -> tuple[str, ...]:
    """Return words that switch off every filter of user and repository."""
    return tuple(word for name in sorted(filter_names(root)) for way in _FILTER for word in _emptied(name, way))


def _emptied(name: str, way: str) -> tuple[str, ...]:
    """Return words that make one setting of a filter empty.

    An empty program is none, and `required` is then false.
    """
    key = f"filter.{name}.{way}"
    # `-c` ends the key at its first =, `--config-env` at its last; a git that knows only the first refuses to start.
    return (f"--config-env={key}={_EMPTY}",) if "=" in key else ("-c", f"{key}=")


def _start(
    root: Path, words: tuple[str, ...], environment: dict[str, str], given: bytes, seconds: float | None
) -> subprocess.CompletedProcess[bytes]:
    import subprocess

    try:
        return subprocess.run(
            ("git", "-C", str(root), *words),
            env=environment,
            input=given,
            capture_output=True,
            check=False,
            timeout=seconds,
            start_new_session=True,
            creationflags=SYSTEM.process_group_flags,
        )
    except OSError as error:
        raise GitError(f"git can't be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        _silent.add(root)
        raise _no_answer(root) from None


def _no_answer(root: Path) -> NoAnswerError:
    # In a large work tree that was just copied this also spares the next look its reading of every file.
    return NoAnswerError("git does not answer", hint=f"see what it waits for: git -C {root} status")

"""The git program: one command in a process of its own, and questions about a work tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from migrate.files.platform import SYSTEM
from migrate.files.walk import GIT_HOOK_VARIABLES
from migrate.model import SlsMigrateError


class GitError(SlsMigrateError):
    """git did not do what was asked. Its own words are left out, since hooks like to quote what they refuse."""


def run_git(root: Path, *words: str, check: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run one git command.

    Raises GitError where it can't be run, or, with the text `check` if one is given, where it fails. The process is a
    session of its own: a Ctrl-C at the terminal is ours to handle, not git's.
    """
    environment = {name: value for name, value in os.environ.items() if name not in GIT_HOOK_VARIABLES}
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(
            command,
            env={**environment, "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            start_new_session=True,
            creationflags=SYSTEM.process_group_flags,
        )
    except OSError as error:
        raise GitError(f"git can't be run: {error.strerror}") from None
    if check and done.returncode:
        raise GitError(check, hint=f"see what git says: git -C {root} {' '.join(words[:2])} …")
    return done


def current_branch(root: Path) -> str:
    """Return the branch that a work tree is on, '' for none."""
    done = run_git(root, "symbolic-ref", "--short", "-q", "HEAD")
    return os.fsdecode(done.stdout.strip())


def head_commit(root: Path) -> str:
    """Return the last commit."""
    return run_git(root, "rev-parse", "HEAD", check="there is no commit").stdout.decode().strip()


def common_directory(root: Path) -> str:
    """Return the directory of the repository itself, which all its work trees share."""
    if (root / ".git").is_dir():
        return str(root / ".git")
    done = run_git(root, "rev-parse", "--path-format=absolute", "--git-common-dir", check="git names no directory")
    return os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n")))


def is_ignored(directory: Path, name: str) -> bool | None:
    """Return whether git ignores a name in a directory, None where git can't answer."""
    try:
        done = subprocess.run(
            ["git", "-C", str(directory), "check-ignore", "-q", "--no-index", "--", name],
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(done.returncode)

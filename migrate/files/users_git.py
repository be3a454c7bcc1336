"""The user's own settings of git, which hold in every repository."""

from __future__ import annotations

import os
from pathlib import Path

from migrate.files.git import GitError, run_git


def users_file(setting: str, usual: str) -> Path | None:
    """Return the user's file that a setting names, or the usual one.

    None where that can't be determined.
    """
    try:
        answer = run_git(Path("/"), "config", "--type=path", "--get", setting)
    except GitError:
        return None
    if answer.returncode not in (0, 1):
        return None
    configured = os.fsdecode(answer.stdout).rstrip("\n")
    return Path(configured) if configured else settings_directory() / "git" / usual


def settings_directory() -> Path:
    """Return the directory of the user's own settings, as XDG and git place it."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 - never raises
    return Path(home)

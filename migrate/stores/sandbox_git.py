"""The `.git` of a sandbox copy: enough for what a run asks git, and no way for a write back to the original."""

from __future__ import annotations

import shutil
from pathlib import Path

from migrate.files.git import run_git

_NOT_OF_A_COPY = ("objects", "worktrees", "modules", "logs", "lfs", "*.lock", "slsmigrate-*")  # in a git directory


def copy_git(original: Path, copy: Path) -> None:
    """Copy a repository without its history.

    It still has the work tree's root, tracked and ignored files.
    """
    git, common = _git_directories(original)
    for name in ("objects", "refs", "info"):
        (copy / name).mkdir(parents=True)
    (copy / "HEAD").write_text("ref: refs/heads/main\n", "ascii")
    for directory, name in ((git, "index"), (common, "info/exclude")):
        if (directory / name).is_file():
            shutil.copyfile(directory / name, copy / name)


def _git_directories(original: Path) -> tuple[Path, Path]:
    """Return the git directory of a `.git`, and the one that all its work trees share."""
    git = original
    if original.is_file():  # a linked work tree or a submodule
        git = original.parent / original.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
    common = git / (git / "commondir").read_text("utf-8", "replace").strip() if (git / "commondir").is_file() else git
    return git, common


def copy_git_with_history(original: Path, copy: Path) -> None:
    """Copy a repository with its history, read where it is.

    New commits stay in the copy.
    """
    git, common = _git_directories(original)
    shutil.copytree(common, copy, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_OF_A_COPY))
    for own in ("HEAD", "index"):  # a linked work tree has its own
        if (git / own).is_file():
            shutil.copyfile(git / own, copy / own)
    (copy / "objects" / "info").mkdir(parents=True)
    (copy / "objects" / "info" / "alternates").write_text(f"{(common / 'objects').resolve()}\n", "utf-8")
    # That of a submodule leads back to the original.
    run_git(copy, "config", "--file", str(copy / "config"), "--unset-all", "core.worktree")

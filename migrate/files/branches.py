"""Branches: a new one for a run's commit, gone again where that comes to nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.files.git import GitError, current_branch, head_commit, run_git


class BranchExistsError(GitError):
    """The branch that was asked for exists already."""


def require_new_branch(root: Path, name: str) -> None:
    """Raise BranchExistsError for a branch that exists, or GitError for a name that is none."""
    run_git(root, "check-ref-format", "--branch", name, check=f"{name} is no name for a branch")
    if run_git(root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0:
        raise BranchExistsError(f"branch {name} exists already", hint="name another --branch, or delete that one")


@contextmanager
def new_branch(root: Path, name: str) -> Iterator[None]:
    """Switch a work tree to a new branch, and back, as if it had never been, where the block raises."""
    back = abandoned_branch_origin(root, name)
    if back is None:
        back = current_branch(root) or head_commit(root)
        run_git(root, "switch", "--quiet", "--create", name, check=f"git can't switch to a new branch {name}")
    elif current_branch(root) != name:
        run_git(root, "switch", "--quiet", name, check=f"git can't switch to branch {name}")
    try:
        yield
    except BaseException:
        detach = () if branch_exists(root, back) else ("--detach",)
        run_git(root, "switch", "--quiet", *detach, back)
        run_git(root, "branch", "--quiet", "-D", name)
        raise


def abandoned_branch_origin(root: Path, name: str) -> str | None:
    """Return the branch or commit that a killed run made a branch from and put no commit on; None for any other.

    Such a branch is where HEAD is, and HEAD's reflog says that we just came from the other one, or just went back.
    """
    now, tip = current_branch(root), run_git(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    if tip.returncode or tip.stdout.decode().strip() != head_commit(root):
        return None
    if now == name:
        before = run_git(root, "rev-parse", "--verify", "--quiet", "@{-1}").stdout
        named = run_git(root, "rev-parse", "--abbrev-ref", "@{-1}").stdout
        return os.fsdecode(named.strip() or before.strip()) if before == tip.stdout else None
    came = run_git(root, "log", "--walk-reflogs", "--max-count=1", "--format=%gs", "HEAD").stdout
    return now if came.decode("utf-8", "replace").strip() == f"checkout: moving from {name} to {now}" else None


def branch_exists(root: Path, name: str) -> bool:
    """Return whether there is a branch of this name."""
    return run_git(root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0


def create_branch(root: Path, name: str, at: str) -> None:
    """Make a branch at a commit, without switching to it."""
    run_git(root, "branch", "--no-track", name, at, check=f"git can't make branch {name}")

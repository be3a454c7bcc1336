"""Git branches: a new one for a run's commit, removed again if the run fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.files.git import GitError, current_branch, head_commit, run_git


class BranchExistsError(GitError):
    """The branch that was asked for exists already."""


def require_new_branch(root: Path, name: str) -> None:
    """Raise BranchExistsError for an existing branch, GitError for an invalid name."""
    run_git(root, "check-ref-format", "--branch", name, check=f"{name} is no name for a branch")
    if run_git(root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0:
        raise BranchExistsError(f"branch {name} exists already", hint="name another --branch, or delete that one")


@contextmanager
def new_branch(root: Path, name: str) -> Iterator[None]:
    """Switch a work tree to a new branch for a block.

    If the block raises, switch back and delete the branch, so that nothing is left of it.
    """
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
    """Return where a killed run branched off without a commit, or None.

    The result is a branch or a commit, None for any other branch. Such a branch points to HEAD, and HEAD's reflog
    shows that we just came from the other one, or just went back to it.
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

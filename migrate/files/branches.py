"""Git branches: a new one for a run's commit, removed again if the run fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.files.git import GitError, Programs, run_git
from migrate.files.git_state import current_branch, head_commit


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
    origin = abandoned_branch_origin(root, name)
    back = (current_branch(root) or head_commit(root)) if origin is None else origin
    detach = () if branch_exists(root, back) else ("--detach",)  # asked now: after a failure git may not answer
    if origin is None:
        _switch(root, "--create", name, check=f"git can't switch to a new branch {name}")
    elif current_branch(root) != name:
        _switch(root, name, check=f"git can't switch to branch {name}")
    try:
        yield
    except BaseException:
        _switch(root, *detach, back)
        run_git(root, "branch", "--quiet", "-D", name, programs=Programs.HOOKS_AND_FILTERS)
        raise


def _switch(root: Path, *words: str, check: str = "") -> None:
    run_git(root, "switch", "--quiet", *words, check=check, programs=Programs.HOOKS_AND_FILTERS)


def abandoned_branch_origin(root: Path, name: str) -> str | None:
    """Return where a killed run branched off without a commit, or None.

    The result is a branch or a commit, None for any other branch. Such a branch points to HEAD and was only made, and
    HEAD's reflog shows that we just came from the other one, or just went back to it.
    """
    now, tip = current_branch(root), run_git(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    if tip.returncode or tip.stdout.decode().strip() != head_commit(root) or _acts_on(root, name) != []:
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


def put_on_branch(root: Path, name: str, commit: str, subject: str) -> None:
    """Let a branch, new or not, end in a commit without switching to it."""
    ref, check = f"refs/heads/{name}", f"git can't put the commit on branch {name}"
    before = run_git(root, "rev-parse", "--verify", "--quiet", ref).stdout.decode().strip()
    noted = ("--create-reflog", "-m", f"commit: {subject}")
    run_git(root, "update-ref", *noted, ref, commit, before, check=check, programs=Programs.HOOKS_AND_FILTERS)


def holds_only_commits_of(root: Path, name: str, subject: str) -> bool:
    """Return whether a branch got commits of one subject alone since it was made.

    False as well where it does not lead on from HEAD. Its reflog tells, so that a branch on which a person did anything
    is never taken for such a one.
    """
    acts = _acts_on(root, name)
    if not acts or any(act != f"commit: {subject}" for act in acts):
        return False
    return run_git(root, "merge-base", "--is-ancestor", "HEAD", f"refs/heads/{name}").returncode == 0


def _acts_on(root: Path, name: str) -> list[str] | None:
    """Return what was done on a branch since it was made.

    The reflog tells; None where it says nothing.
    """
    told = run_git(root, "log", "--walk-reflogs", "--format=%gs", f"refs/heads/{name}", "--").stdout
    acts = told.decode("utf-8", "replace").splitlines()
    if acts and acts[-1].startswith("branch: Created from "):
        return acts[:-1]
    return acts or None


def is_checked_out(root: Path, name: str) -> bool:
    """Return whether any work tree is on a branch."""
    done = run_git(root, "for-each-ref", "--format=%(worktreepath)", f"refs/heads/{name}")
    return bool(done.stdout.strip())

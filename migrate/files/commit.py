"""A repository's git: what is not committed yet, one commit, a branch, a work tree of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from migrate.files.atomic_files import read_file, replace_file
from migrate.files.walk import GIT_HOOK_VARIABLES
from migrate.model import MAX_BYTES, SlsMigrateError

_LOCK_SECONDS = 20.0
_PREFIX = "slsmigrate-"
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")


class CommitError(SlsMigrateError):
    """git did not do what was asked; what it said is not told, since hooks like to quote what they refuse."""


class BranchExistsError(SlsMigrateError):
    """The branch that was asked for is there already."""


def _git(root: Path, *words: str, check: str = "") -> subprocess.CompletedProcess[bytes]:
    """One git command; with `check`, CommitError says that in words where it fails.

    It is a session of its own: a Ctrl-C at the terminal is ours to heed, not git's.
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
        )
    except OSError as error:
        raise CommitError(f"git can't be run: {error.strerror}") from None
    if check and done.returncode:
        raise CommitError(check, hint=f"see what git says: git -C {root} {' '.join(words[:2])} …")
    return done


def uncommitted(root: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    """Those of the files that differ from the last commit, or that git does not know."""
    if not files:
        return ()
    known = _git(root, "ls-files", "-z", "--full-name", "--", *map(str, files), check="git can't list its files")
    top = _top(root)
    tracked = {top / os.fsdecode(name) for name in known.stdout.split(b"\0") if name}
    changed = modified(root)
    return tuple(file for file in files if file not in tracked or file in changed)


def modified(root: Path) -> frozenset[Path]:
    """The tracked files that differ from the last commit, staged or not; all of them before the first one."""
    top = _top(root)
    done = _git(root, "diff", "--name-only", "-z", "--no-ext-diff", "--ignore-submodules=all", "HEAD")
    if done.returncode:
        done = _git(root, "ls-files", "-z", "--full-name", check="git can't tell what has changed")
    return frozenset(top / os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _top(root: Path) -> Path:
    done = _git(root, "rev-parse", "--show-toplevel", check="git does not take this for a work tree")
    return Path(os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n"))))


def committed(root: Path, file: Path) -> bytes | None:
    """What the last commit holds of a file, as it would stand in the work tree; None where it holds none."""
    name = os.path.relpath(file, root)
    done = _git(root, "cat-file", "--filters", f"HEAD:./{name}")
    return None if done.returncode else done.stdout


def branch(root: Path) -> str:
    """The branch that a work tree is on, '' for none."""
    done = _git(root, "symbolic-ref", "--short", "-q", "HEAD")
    return os.fsdecode(done.stdout.strip())


def require_new(root: Path, name: str) -> None:
    """Raises BranchExistsError, or CommitError for a name that is none."""
    _git(root, "check-ref-format", "--branch", name, check=f"{name} is no name for a branch")
    if _git(root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0:
        raise BranchExistsError(f"branch {name} exists already", hint="name another --branch, or delete that one")


def commit(root: Path, files: Sequence[Path], message: str) -> str:
    """Commits these files and nothing else, by the user's hooks and signing settings; gives the commit.

    What is staged beside them stays staged. Raises CommitError where git or a hook refuses.
    """
    names = [str(file) for file in files]
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        # A file that only --allow-dirty lets in may be new to git.
        _git(root, "add", "--intent-to-add", "--", *names)
        done = _git(root, "commit", "--quiet", "--message", message, "--only", "--", *names)
        if done.returncode == 0 or not set(files) & set(modified(root)):
            return head(root)
        # Another git is at work here; that of a run that was killed goes on without it.
        if not _is_locked(root) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    what = "another git process holds the index" if _is_locked(root) else "a hook or a signing setting refused it"
    raise CommitError(f"the commit failed: {what}", hint=f"see what it says: git -C {root} commit")


def _is_locked(root: Path) -> bool:
    done = _git(root, "rev-parse", "--absolute-git-dir")
    return (Path(os.fsdecode(done.stdout.rstrip(b"\n"))) / "index.lock").exists()


def directory(root: Path) -> str:
    """The directory of the repository itself, which all its work trees share."""
    if (root / ".git").is_dir():
        return str(root / ".git")
    done = _git(root, "rev-parse", "--path-format=absolute", "--git-common-dir", check="git tells no directory")
    return os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n")))


def head(root: Path) -> str:
    """The last commit."""
    return _git(root, "rev-parse", "HEAD", check="there is no commit").stdout.decode().strip()


def put_back(files: dict[Path, bytes], root: Path) -> None:
    """Gives files the bytes that they had. Raises SlsMigrateError for the first that can't be."""
    for file, before in files.items():
        replace_file(file, expected=read_file(file, MAX_BYTES), new=before, root=root)


@contextmanager
def new_branch(root: Path, name: str) -> Iterator[None]:
    """Switches a work tree to a new branch, and back, as if it had never been, where that comes to nothing."""
    back = unfinished(root, name)
    if back is None:
        back = branch(root) or head(root)
        _git(root, "switch", "--quiet", "--create", name, check=f"git can't switch to a new branch {name}")
    elif branch(root) != name:
        _git(root, "switch", "--quiet", name, check=f"git can't switch to branch {name}")
    try:
        yield
    except BaseException:
        detach = () if branch_known(root, back) else ("--detach",)
        _git(root, "switch", "--quiet", *detach, back)
        _git(root, "branch", "--quiet", "-D", name)
        raise


def unfinished(root: Path, name: str) -> str | None:
    """Where to go back to from a branch that a killed run made and put no commit on; None for any other.

    Such a branch is where HEAD is, and HEAD's reflog says that we just came from the other one, or just went back.
    """
    now, tip = branch(root), _git(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    if tip.returncode or tip.stdout.decode().strip() != head(root):
        return None
    if now == name:
        before = _git(root, "rev-parse", "--verify", "--quiet", "@{-1}").stdout
        named = _git(root, "rev-parse", "--abbrev-ref", "@{-1}").stdout
        return os.fsdecode(named.strip() or before.strip()) if before == tip.stdout else None
    came = _git(root, "log", "--walk-reflogs", "--max-count=1", "--format=%gs", "HEAD").stdout
    return now if came.decode("utf-8", "replace").strip() == f"checkout: moving from {name} to {now}" else None


def branch_known(root: Path, name: str) -> bool:
    """Whether there is a branch of this name."""
    return _git(root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0


def create_branch(root: Path, name: str, at: str) -> None:
    """A branch at a commit, without switching to it."""
    _git(root, "branch", "--no-track", name, at, check=f"git can't make branch {name}")


def sweep(root: Path) -> Path:
    """Removes the temporary work trees that killed runs left; gives the work tree's git directory."""
    done = _git(root, "rev-parse", "--path-format=absolute", "--git-dir", check="git does not tell its directory")
    git_dir = Path(os.fsdecode(done.stdout.rstrip(b"\n")))
    for left in git_dir.glob(f"{_PREFIX}*"):
        with _alone_in(left) as alone:
            if alone:
                _remove(root, left)
    return git_dir


@contextmanager
def separate(root: Path) -> Iterator[Path]:
    """A temporary work tree of the last commit, inside the repository's own git directory, gone at the end.

    Those that a killed run left are removed first.
    """
    git_dir = sweep(root)
    place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=git_dir))
    with _alone_in(place):
        yield from _tree_in(place, root)


def _tree_in(place: Path, root: Path) -> Iterator[Path]:
    try:
        tree = place / "tree"
        _git(root, *_NO_HOOKS, "worktree", "add", "--quiet", "--detach", str(tree), check="git can't make a worktree")
        yield tree
    finally:
        _remove(root, place)


@contextmanager
def _alone_in(directory: Path) -> Iterator[bool]:
    """Holds a directory against other runs; says whether none held it before."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _remove(root: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    _git(root, "worktree", "prune")

"""Git commits: files not committed yet, one commit of given files, and undoing a write."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from migrate.files.atomic_files import replace_file
from migrate.files.git import GitError, Programs, run_git
from migrate.files.git_state import head_commit
from migrate.files.regular_files import read_file
from migrate.model import MAX_BYTES

_LOCK_SECONDS = 20.0


def uncommitted_files(root: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that differ from the last commit, or may differ unseen.

    Those that git does not know, or is told to overlook, count.
    """
    if not files:
        return ()
    tags, changed = _tags(root, files), modified_files(root)
    return tuple(file for file in files if file in changed or _is_overlooked(tags.get(file, "h")))


def overlooked_files(root: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files in which git is told to see no change.

    They are marked assume-unchanged or skip-worktree.
    """
    tags = _tags(root, files) if files else {}
    return tuple(file for file in files if _is_overlooked(tags.get(file, "H")))


def _is_overlooked(tag: str) -> bool:
    return tag.islower() or tag == "S"


def _tags(root: Path, files: Sequence[Path]) -> Mapping[Path, str]:
    """Return the tag of `git ls-files -v` of each file that git knows."""
    words = ("ls-files", "-v", "-z", "--full-name", "--", *_pathspecs(files))
    known = run_git(root, *words, check="git can't list its files")
    top = _top(root)
    lines = (line.partition(b" ") for line in known.stdout.split(b"\0") if line)
    return {top / os.fsdecode(name): tag.decode("ascii") for tag, _, name in lines}


def _pathspecs(files: Sequence[Path]) -> list[str]:
    """Return patterns that match these files alone, whatever their names hold."""
    return [f":(literal){file}" for file in files]


def modified_files(root: Path) -> frozenset[Path]:
    """Return the tracked files that differ from the last commit, staged or not.

    Before the first commit these are all tracked files. No filter runs, so that a file that passes one counts as
    modified until git has compared it itself.
    """
    top = _top(root)
    plain = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative", "--ignore-submodules=all")
    done = run_git(root, "diff", "--name-only", "-z", *plain, "HEAD")
    if done.returncode:
        done = run_git(root, "ls-files", "-z", "--full-name", check="git can't list what has changed")
    return frozenset(top / os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _top(root: Path) -> Path:
    done = run_git(root, "rev-parse", "--show-toplevel", check="git does not take this for a work tree")
    return Path(os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n"))))


def committed_content(root: Path, file: Path) -> bytes | None:
    """Return a file as the last commit holds it, with the work tree's line ends.

    No filter runs. None where it holds none.
    """
    name = os.path.relpath(file, root)
    done = run_git(root, "cat-file", "--filters", f"HEAD:./{name}")
    return None if done.returncode else done.stdout


def commit_files(root: Path, files: Sequence[Path], message: str) -> str:
    """Commit these files and nothing else; return the commit.

    The user's hooks, filters and signing settings apply. Other staged changes stay staged. Raises GitError where git
    or a hook refuses; the index is then as it was.
    """
    if overlooked_files(root, files):
        raise GitError("git is told to overlook changes of a file", hint="see git update-index --no-skip-worktree")
    tags = _tags(root, files)
    new = [file for file in files if file not in tags]  # only --allow-dirty lets such a file in
    try:
        return _commit(root, files, new, message)
    except BaseException:
        _forget(root, new)
        raise


def _commit(root: Path, files: Sequence[Path], new: Sequence[Path], message: str) -> str:
    before = _tip(root)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        if new:
            run_git(root, "add", "--intent-to-add", "--", *_pathspecs(new))
        words = ("commit", "--quiet", "--message", message, "--only", "--", *_pathspecs(files))
        done = run_git(root, *words, programs=Programs.HOOKS_AND_FILTERS)
        is_made = done.returncode == 0 and _tip(root) != before
        if is_made or not uncommitted_files(root, files):
            return head_commit(root)
        # Another git is at work here; that of a run that was killed goes on without it.
        if not _is_locked(root) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    what = "another git process holds the index" if _is_locked(root) else "a hook or a signing setting refused it"
    raise GitError(f"the commit failed: {what}", hint=f"see what it says: git -C {root} commit")


def _forget(root: Path, files: Sequence[Path]) -> None:
    """Remove entries of the index that say that a file is going to be added."""
    if files:
        names = b"\0".join(os.fsencode(os.path.relpath(file, root)) for file in files)
        run_git(root, "update-index", "--force-remove", "-z", "--stdin", given=names)


def _tip(root: Path) -> bytes:
    """Return the last commit, b'' before the first."""
    return run_git(root, "rev-parse", "--verify", "--quiet", "HEAD").stdout


def _is_locked(root: Path) -> bool:
    done = run_git(root, "rev-parse", "--absolute-git-dir")
    return (Path(os.fsdecode(done.stdout.rstrip(b"\n"))) / "index.lock").exists()


def restore_files(files: dict[Path, bytes], root: Path) -> None:
    """Write the earlier bytes of files back.

    Raises SlsMigrateError for the first file that can't be written.
    """
    for file, before in files.items():
        replace_file(file, expected=read_file(file, MAX_BYTES), new=before, root=root)

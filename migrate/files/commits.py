"""Git commits: files not committed yet, one commit of given files, and undoing a write."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from migrate.files.atomic_files import replace_file
from migrate.files.git import GitError, head_commit, run_git
from migrate.files.regular_files import read_file
from migrate.model import MAX_BYTES

_LOCK_SECONDS = 20.0


def uncommitted_files(root: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that differ from the last commit or are unknown to git."""
    if not files:
        return ()
    known = run_git(root, "ls-files", "-z", "--full-name", "--", *map(str, files), check="git can't list its files")
    top = _top(root)
    tracked = {top / os.fsdecode(name) for name in known.stdout.split(b"\0") if name}
    changed = modified_files(root)
    return tuple(file for file in files if file not in tracked or file in changed)


def modified_files(root: Path) -> frozenset[Path]:
    """Return the tracked files that differ from the last commit, staged or not.

    Before the first commit these are all tracked files.
    """
    top = _top(root)
    done = run_git(root, "diff", "--name-only", "-z", "--no-ext-diff", "--ignore-submodules=all", "HEAD")
    if done.returncode:
        done = run_git(root, "ls-files", "-z", "--full-name", check="git can't list what has changed")
    return frozenset(top / os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _top(root: Path) -> Path:
    done = run_git(root, "rev-parse", "--show-toplevel", check="git does not take this for a work tree")
    return Path(os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\n"))))


def committed_content(root: Path, file: Path) -> bytes | None:
    """Return a file as the last commit would check it out; None where it holds none."""
    name = os.path.relpath(file, root)
    done = run_git(root, "cat-file", "--filters", f"HEAD:./{name}")
    return None if done.returncode else done.stdout


def commit_files(root: Path, files: Sequence[Path], message: str) -> str:
    """Commit these files and nothing else; return the commit.

    The user's hooks and signing settings apply. Other staged changes stay staged. Raises GitError where git or a hook
    refuses.
    """
    names = [str(file) for file in files]
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        # A file that only --allow-dirty lets in may be new to git.
        run_git(root, "add", "--intent-to-add", "--", *names)
        done = run_git(root, "commit", "--quiet", "--message", message, "--only", "--", *names)
        if done.returncode == 0 or not set(files) & set(modified_files(root)):
            return head_commit(root)
        # Another git is at work here; that of a run that was killed goes on without it.
        if not _is_locked(root) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    what = "another git process holds the index" if _is_locked(root) else "a hook or a signing setting refused it"
    raise GitError(f"the commit failed: {what}", hint=f"see what it says: git -C {root} commit")


def _is_locked(root: Path) -> bool:
    done = run_git(root, "rev-parse", "--absolute-git-dir")
    return (Path(os.fsdecode(done.stdout.rstrip(b"\n"))) / "index.lock").exists()


def restore_files(files: dict[Path, bytes], root: Path) -> None:
    """Write the earlier bytes of files back.

    Raises SlsMigrateError for the first file that can't be written.
    """
    for file, before in files.items():
        replace_file(file, expected=read_file(file, MAX_BYTES), new=before, root=root)

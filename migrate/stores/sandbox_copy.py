"""A private copy of the files that a sandbox run may change, whatever symbolic links lead where."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.files.regular_files import leads_outside
from migrate.model import SlsMigrateError, UsageError
from migrate.stores.sandbox_git import copy_git, copy_git_with_history

_LEFT_OUT = (".git", ".serverless", "node_modules")
_EVIDENCE = ("node_modules/serverless/package.json", "node_modules/osls/package.json")
_PREFIX = "slsmigrate-sandbox-"
_LARGEST_FILE = 32 * 1024 * 1024  # none that the program would read is larger


class Limits(Struct, frozen=True):
    """The most files and bytes that a tree may hold to be copied whole."""

    files: int = 20_000
    size: int = 256 * 1024 * 1024


class SandboxCopy(Struct, frozen=True):
    """The copies of the paths that were asked for, in their order, and of the working directory.

    Where the working directory was not copied, `cwd` is the directory that holds all copies.
    """

    paths: tuple[Path, ...]
    cwd: Path


_LIMITS = Limits()


def create_copy(paths: Sequence[Path], cwd: Path, limits: Limits = _LIMITS, *, history: bool = False) -> SandboxCopy:
    """Copy what a run on these paths could use to a new directory, mode 0700.

    Anything that it could read or write is copied: the git work tree around a path, so that included files come
    along, or, outside git or where the work tree is over `limits`, the path's directory. Relative paths start at
    `cwd`. Symbolic links stay links, but none in the copy leads back to an original; one that leads out of what is
    copied leads nowhere. `node_modules`, `.git` and
    `.serverless` are left out, except for what shows the framework's version and which files git knows; with
    `history` a commit can be made in the copy. Raises UsageError for a path that is missing or too large.
    """
    places = [_place(cwd / path) for path in paths]
    trees = {_tree(place, limits) for place in places}
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    try:
        copier = _Copier(root, limits, history=history)
        for tree in sorted(trees, key=lambda tree: (len(tree.parts), tree)):
            copier.add(tree)
        for place in places:  # a link that a person names is followed wherever it leads
            copier.add(place.resolve())
        copier.run()
        return SandboxCopy(tuple(copier.path_of(place) for place in places), copier.copied(cwd.resolve()) or root)
    except BaseException as failure:
        shutil.rmtree(root, ignore_errors=True)
        if isinstance(failure, OSError):
            raise SlsMigrateError(f"the sandbox copy can't be made: {failure.strerror}") from None
        raise


def discard_copy(copy: SandboxCopy) -> None:
    """Remove a copy: it holds every secret that the originals hold."""
    root = next(path for path in (copy.cwd, *copy.cwd.parents) if path.name.startswith(_PREFIX))
    shutil.rmtree(root, ignore_errors=True)


def _place(path: Path) -> Path:
    """Return where a path really lies, except that a link to a file stays that link."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _tree(place: Path, limits: Limits) -> Path:
    directory = place if place.is_dir() else place.parent
    work_tree = next((path for path in (directory, *directory.parents) if (path / ".git").exists()), directory)
    for tree in dict.fromkeys((work_tree, directory)):
        if _fits(tree, limits):
            return tree
    raise UsageError(
        f"{place} is too large to be copied for the sandbox",
        hint=f"name one service's directory: at most {limits.files:,} files and {limits.size >> 20} MB",
    )


def _fits(tree: Path, limits: Limits) -> bool:
    size = 0
    for number, entry in enumerate(_entries(tree), 1):
        size += entry.lstat().st_size
        if number > limits.files or size > limits.size:
            return False
    return True


def _entries(tree: Path) -> Iterator[Path]:
    """List the files and links of a tree that belong in a copy, and every `.git`."""
    for name, directories, files in os.walk(tree):
        here = Path(name)
        links = [directory for directory in directories if (here / directory).is_symlink()]
        if ".git" in (*directories, *files):
            yield here / ".git"
        entries = [here / name for name in (*files, *links) if name not in _LEFT_OUT]
        yield from filter(_is_wanted, entries)
        evidence = (here / file for file in _EVIDENCE if (here / file).is_file())
        yield from (file for file in evidence if not leads_outside(file, tree))
        directories[:] = [directory for directory in directories if directory not in (*_LEFT_OUT, *links)]


def _is_wanted(file: Path) -> bool:
    status = file.lstat()
    return stat.S_ISLNK(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_FILE)


class _Copier:
    """Copy trees.

    What their links lead to outside of them is not read by a run, so it is not copied.
    """

    def __init__(self, root: Path, limits: Limits, *, history: bool) -> None:
        self._copy_git = copy_git_with_history if history else copy_git
        self._root = root
        self._limits = limits
        self._copies: dict[Path, Path] = {}
        self._pending: list[Path] = []

    def copied(self, original: Path) -> Path | None:
        """Return the path of the copy of a file or directory, made or still to come.

        None where it is not copied.
        """
        for tree, copy in self._copies.items():
            if original.is_relative_to(tree):
                return copy / original.relative_to(tree)
        return None

    def add(self, original: Path) -> Path | None:
        """Return where the copy lies, or will from now on; None where it can't be copied."""
        known = self.copied(original)
        if known is not None:
            return known
        around_us = any(tree.is_relative_to(original) for tree in self._copies)
        if around_us or not (original.is_file() or (original.is_dir() and _fits(original, self._limits))):
            return None
        copy = self._root / original.name
        if copy in self._copies.values():
            copy = self._root / str(len(self._copies) + 1) / original.name
        self._copies[original] = copy
        self._pending.append(original)
        return copy

    def path_of(self, original: Path) -> Path:
        """Return the path of the copy of a file or directory that is known to be copied."""
        path = self.copied(original)
        assert path is not None  # noqa: S101
        if original.is_dir():  # which was not copied if it is empty
            path.mkdir(parents=True, exist_ok=True)
        return path

    def run(self) -> None:
        """Copy all that was added, and all that turns up on the way."""
        while self._pending:
            original = self._pending.pop()
            copy = self._copies[original]
            for entry in _entries(original) if original.is_dir() else (original,):
                made = copy / entry.relative_to(original)
                made.parent.mkdir(parents=True, exist_ok=True)
                if entry.name == ".git":
                    self._copy_git(entry, made)
                elif entry.is_symlink() and entry.parent.parent.name != "node_modules":
                    made.symlink_to(self._link_text(entry, original))
                else:
                    _copy_file(entry, made)

    def _link_text(self, link: Path, tree: Path) -> Path:
        text = link.readlink()
        lexical = Path(os.path.normpath(link.parent / text))
        if not text.is_absolute() and lexical.is_relative_to(tree):
            return text
        real = Path(os.path.realpath(link))
        return self.copied(real) or self._root / "not-copied" / real.name


def _copy_file(original: Path, copy: Path) -> None:
    try:
        shutil.copy2(original, copy)
    except PermissionError:  # the copy shall be as unreadable
        copy.unlink(missing_ok=True)
        copy.touch(mode=0)

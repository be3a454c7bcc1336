"""Repositories below roots: every git work tree once, and plain folders that hold manifests."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.walk import PRUNED, listed, may_be_manifest, repository_root
from migrate.model import Location, Problem, UsageError


class Repository(Struct, frozen=True, order=True):
    """A unit of migration: `name` is its path below the root that it was found under."""

    name: str
    root: Path
    in_git: bool


def find_repositories(
    roots: Sequence[Path], listed: Sequence[Path], cwd: Path
) -> tuple[tuple[Repository, ...], tuple[Problem, ...]]:
    """Find the repositories below `roots` and at `listed`, each work tree once.

    Returns them by name, and the problems of paths that can't be reached.
    """
    repositories: dict[Path, Repository] = {}
    problems: list[Problem] = []
    for root in roots:
        real = _directory(cwd / root, problems)
        for repository in _below(real, problems) if real else ():
            repositories.setdefault(repository.root, repository)
    for path in listed:
        real = _directory(cwd / path, problems)
        if real:
            repositories.setdefault(real, Repository(os.path.normpath(path), real, (real / ".git").exists()))
    return tuple(sorted(_with_unique_names(tuple(repositories.values()), cwd))), tuple(problems)


def _directory(path: Path, problems: list[Problem]) -> Path | None:
    real = Path(os.path.realpath(path))
    if real.is_dir():
        return real
    problems.append(Problem("is no directory that can be reached", Location(path)))
    return None


def _below(root: Path, problems: list[Problem]) -> Iterator[Repository]:
    """Yield the work trees below a directory, and plain folders with manifests.

    A plain folder is the first one below the directory on the way to a manifest outside of any work tree.
    """
    plain: set[Path] = set()
    if not (root / ".git").exists() and repository_root(root):
        yield Repository(root.name, root, True)  # part of a work tree that begins above
    for directory, in_git, is_work_tree, holds in _walk(root, problems):
        if is_work_tree:
            yield Repository(_name(directory, root), directory, True)
        elif holds and not in_git:
            parts = directory.relative_to(root).parts
            plain.add(root / parts[0] if parts else root)
    for folder in {root} if root in plain else plain:
        yield Repository(_name(folder, root), folder, False)


def _walk(root: Path, problems: list[Problem]) -> Iterator[tuple[Path, bool, bool, bool]]:
    """Yield directories that are work trees, or hold manifests outside of any.

    With each: whether it lies in a work tree, is one, and holds a manifest. Links are not followed.
    """
    todo = [(str(root), repository_root(root) is not None)]
    while todo:
        directory, in_git = todo.pop()
        entries = listed(directory, problems)
        is_work_tree = any(entry.name == ".git" for entry in entries)
        in_git = in_git or is_work_tree
        todo += [(e.path, in_git) for e in entries if e.name not in PRUNED and e.is_dir(follow_symlinks=False)]
        holds = not in_git and any(may_be_manifest(e.name) for e in entries)
        if is_work_tree or holds:
            yield Path(directory), in_git, is_work_tree, holds


def _name(directory: Path, root: Path) -> str:
    return directory.name if directory == root else directory.relative_to(root).as_posix()


def _with_unique_names(repositories: Sequence[Repository], cwd: Path) -> Iterator[Repository]:
    """Make names unique: those that several roots share become relative paths.

    The paths start at the working directory.
    """
    times = Counter(repository.name for repository in repositories)
    for repository in repositories:
        is_unique = times[repository.name] == 1
        yield repository if is_unique else replace(repository, name=os.path.relpath(repository.root, cwd))


def read_repository_list(file: Path) -> tuple[Path, ...]:
    """Read the paths of a file, one a line.

    Blank lines and those that begin with # are skipped. Raises UsageError where the file can't be read.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"--repos {file}: {reason}") from None
    return tuple(Path(line.strip()) for line in lines if line.strip() and not line.lstrip().startswith("#"))


def parse_shard(text: str) -> tuple[int, int]:
    """`2/8` of `--shard`."""
    part, slash, of = text.partition("/")
    if not (slash and part.isdecimal() and of.isdecimal() and 1 <= int(part) <= int(of)):
        raise UsageError(f"--shard {text}: must be written as 2/8, the second of eight shares")
    return int(part), int(of)


def is_in_shard(repository: Repository, part: int, of: int) -> bool:
    """Return whether a repository belongs to part `part` of `of`.

    Its name alone decides, so that other repositories don't matter.
    """
    from hashlib import sha256  # a single run must not pay for it

    return int.from_bytes(sha256(os.fsencode(repository.name)).digest()[:8]) % of == part - 1


def matches_any(repository: Repository, patterns: Sequence[str]) -> bool:
    """Return whether a repository matches one of the patterns, or there are none."""
    name = repository.name
    return not patterns or any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns)

"""Search of directories for files whose names concern Serverless, without those that git ignores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from migrate.files.git import GitError, run_git
from migrate.files.ignore_files import may_ignore
from migrate.files.regular_files import read_file
from migrate.model import Location, ManifestError, Problem

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

PRUNED = frozenset({"node_modules", ".git", ".serverless"})
SUFFIXES = (".yml", ".yaml", ".json")
MANIFESTS = frozenset(f"serverless{suffix}" for suffix in SUFFIXES)
_IN_CODE = frozenset({"serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs"})
_NO_DOTENV = frozenset({"example", "sample", "template", "dist"})
_MAX_BYTES = 1_000_000


def may_be_manifest(name: str) -> bool:
    """Return whether a file is named like a manifest: `serverless.yml`.

    Variants for a stage count too: `serverless.prod.yml`.
    """
    return name.startswith(("serverless.", "serverless-")) and name.endswith(SUFFIXES)


def is_never_read(name: str) -> bool:
    """Return whether a file is named like a manifest in code, or like a `.env`.

    A `.env` whose ending marks an example does not count.
    """
    stage = name.removeprefix(".env.")
    return name in _IN_CODE or name == ".env" or (stage not in ("", name) and stage not in _NO_DOTENV)


class NamedFile(Struct, frozen=True):
    """A file whose name concerns us. `root` is its repository's, or the directory that was walked.

    A file that is not `linked` is no symbolic link, and its path is the real one.
    """

    path: Path
    root: Path
    linked: bool


class Walk(Struct):
    """The files below a directory; `ignored` are manifests that git leaves out."""

    named: list[NamedFile] = field(default_factory=list)
    ignored: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def holds_git(directory: Path) -> bool:
    """Return whether a directory is the top of a work tree: it holds a `.git`.

    The `.git` may be a directory or a worktree's file.
    """
    return os.path.exists(os.path.join(directory, ".git"))  # noqa: PTH110, PTH118 - several times as fast as Path


def repository_root(directory: Path, is_top: Callable[[Path], bool] = holds_git) -> Path | None:
    """Return the nearest directory upwards that is a work tree of git's."""
    return next((path for path in (directory, *directory.parents) if is_top(path)), None)


def walk(top: Path, *, nested: bool = True) -> Walk:
    """Find the files below a real directory that bear a name of ours.

    Links to directories are not followed. Without `nested`, work trees of git that lie deeper are left out.
    """
    repository = repository_root(top)
    result = Walk()
    around = _Surroundings()
    found = [
        (Path(entry.path), root, entry.is_symlink())
        for entry, root in _named_below(top, repository, around, nested=nested)
    ]
    result.problems += around.problems
    for root in dict.fromkeys(root for _, root, _ in found):
        files = [(path, linked) for path, at, linked in found if at == root]
        ignored = _ignored([path for path, _ in files], root or top, in_git=root is not None, around=around)
        result.named += [
            NamedFile(path, root or top, linked) for path, linked in files if path not in ignored or _is_dotenv(path)
        ]
        result.ignored += [path for path, _ in files if path in ignored and not is_never_read(path.name)]
    return result


class _Surroundings(Struct):
    """By-products of a walk: whether any `.gitignore` exists, and directories that can't be listed."""

    gitignore: bool = False
    problems: list[Problem] = field(default_factory=list)


def _named_below(
    top: Path, repository: Path | None, around: _Surroundings, *, nested: bool
) -> Iterator[tuple[os.DirEntry[str], Path | None]]:
    todo = [(str(top), repository)]
    while todo:
        directory, root = todo.pop()
        entries = listed(directory, around.problems)
        all_names = {entry.name for entry in entries}
        around.gitignore = around.gitignore or ".gitignore" in all_names
        if ".git" in all_names:
            root = Path(directory)
            if not nested and root != top:
                continue
        concern = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in PRUNED:
                    todo.append((entry.path, root))
            elif may_be_manifest(entry.name) or is_never_read(entry.name):
                concern.append(entry)
        yield from ((entry, root) for entry in _with_a_service(concern))


def listed(directory: str, problems: list[Problem]) -> Sequence[os.DirEntry[str]]:
    """List the entries of a directory.

    A directory that can't be listed gives no entries and is added to `problems`.
    """
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        problems.append(Problem(f"can't be listed: {os.strerror(error.errno or 0)}", Location(Path(directory))))
        return ()


def _with_a_service(entries: Sequence[os.DirEntry[str]]) -> Iterable[os.DirEntry[str]]:
    """Return the entries, none where they are only `.env` files without a service."""
    if all(entry.name.startswith(".env") for entry in entries):
        return ()
    return entries


def _is_dotenv(path: Path) -> bool:
    return path.name.startswith(".env")


# ── what git ignores ──────────────────────────────────────────────────────────────────────────


def _ignored(files: Sequence[Path], root: Path, *, in_git: bool, around: _Surroundings) -> frozenset[Path]:
    """Return the files that are neither tracked nor would be taken by `git add`."""
    if not (may_ignore(files, root) if in_git else around.gitignore):
        return frozenset()
    answer = _git_ignored(files, root) if in_git and files else None
    if answer is not None:
        return answer
    specs = cache(_spec)
    return frozenset(file for file in files if _is_ignored(file.relative_to(root).parts, root, specs))


def _git_ignored(files: Sequence[Path], root: Path) -> frozenset[Path] | None:
    """Return git's own answer in one call, None without git or where it declines."""
    names = b"\0".join(b"./" + os.fsencode(file.relative_to(root)) for file in files)
    try:
        answer = run_git(root, "check-ignore", "-z", "--stdin", given=names)
    except GitError:
        return None
    if answer.returncode not in (0, 1):
        return None
    return frozenset(root / os.fsdecode(name) for name in answer.stdout.split(b"\0") if name)


def _is_ignored(parts: tuple[str, ...], root: Path, specs: Callable[[Path], GitIgnoreSpec | None]) -> bool:
    """Return whether the `.gitignore` files on the way ignore a file.

    Below an ignored directory no pattern brings a file back, as in git.
    """
    for depth in range(1, len(parts) + 1):
        verdict = None
        for above in range(depth):
            spec = specs(root.joinpath(*parts[:above]))
            name = "/".join(parts[above:depth]) + ("/" if depth < len(parts) else "")
            include = spec.check_file(name).include if spec else None
            verdict = verdict if include is None else include
        if verdict:
            return True
    return False


def _spec(directory: Path) -> GitIgnoreSpec | None:
    file = directory / ".gitignore"
    try:
        if file.is_symlink():  # which git does not follow either
            return None
        source = read_file(file, _MAX_BYTES)
    except ManifestError:
        return None
    from pathspec import GitIgnoreSpec

    lines = source.decode("utf-8", "replace").splitlines()
    return GitIgnoreSpec.from_lines(lines, backend="re2")  # Python's own expressions may backtrack for ever

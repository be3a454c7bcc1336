"""Discovery: from paths to the manifests and included files that a run reads, and which of them it may write."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from migrate.files.includes import included
from migrate.files.matching import MAX_MATCHES, Matches, is_file, matching_files, real_path
from migrate.files.regular_files import read_file
from migrate.files.walk import MANIFESTS, PRUNED, SUFFIXES, holds_git, is_never_read, repository_root, walk
from migrate.model import MAX_BYTES, Location, ManifestError, Problem, Role
from migrate.model.paths import DisplayPath


class SourceFile(Struct, frozen=True):
    """A file to read, by its real path.

    `manifests` are those that reach it, itself among them if it is one. `root` is the repository's, or outside git
    the directory that was given. `reason` explains why it is never written, '' where it may be.
    """

    file: Path
    role: Role
    manifests: tuple[Path, ...]
    root: Path | None
    reason: str = ""

    @property
    def writable(self) -> bool:
        """Return whether a run may change the file."""
        return not self.reason


class Outside(Struct, frozen=True, order=True):
    """Something that leads out of the repository and is not looked at: a manifest's link, or a path `written` in it."""

    file: Path
    written: str = ""

    def words(self, display_path: DisplayPath) -> str:
        """Name it as it is written, and where; no path of it is resolved."""
        return f"{self.written} ({display_path(self.file)})" if self.written else display_path(self.file)


class Discovery(Struct, frozen=True):
    """The files that the paths lead to, sorted by path.

    `outside` is what leads out of their repositories. `not_read` are files that may hold secrets in a form that is
    never read (`serverless.ts`, `.env`, included `.js`); `ignored` are manifests that were left out because git
    ignores them.
    """

    files: tuple[SourceFile, ...]
    not_read: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored: tuple[Path, ...] = ()
    outside: tuple[Outside, ...] = ()


def discover(paths: Sequence[Path], *, cwd: Path, nested: bool = True) -> Discovery:
    """Find the manifests at the paths and every YAML or JSON file that they include.

    A path is a directory, a manifest, or any YAML or JSON file. What can't be is a problem, and the rest goes on.
    Without `nested`, work trees of git that lie inside a directory given are left out.
    """
    crawl = _Crawl(nested=nested)
    for path in sorted((cwd / path for path in paths), key=_files_last):
        crawl.take(path)
    crawl.follow()
    files = sorted(crawl.source_files(), key=lambda each: _in_order(each.file))
    return Discovery(
        files=tuple(files),
        not_read=tuple(sorted(crawl.not_read)),
        problems=tuple(crawl.problems),
        ignored=tuple(sorted(crawl.ignored - {each.file for each in files})),
        outside=tuple(sorted(crawl.outside)),
    )


def _in_order(path: Path) -> tuple[str, ...]:
    return path.parts


def _resolve(directory: Path) -> Path:
    return directory.resolve(strict=True)


def _files_last(path: Path) -> bool:
    """Return a sort key that puts directories first.

    The root of a file is the given directory above it, so directories must be known before files.
    """
    return not os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where a parent is locked


class _Service(Struct, frozen=True):
    """A manifest as the framework meets it: `directory` is the one that holds the symbolic link to it, if any.

    A manifest that is `inside` is known to lie below its root.
    """

    file: Path
    directory: Path
    root: Path
    inside: bool = False


class _Crawl:
    """The files found so far."""

    def __init__(self, *, nested: bool) -> None:
        self._nested = nested
        self.not_read: set[Path] = set()
        self.ignored: set[Path] = set()
        self.outside: set[Outside] = set()
        self.problems: list[Problem] = []
        self._services: dict[Path, list[_Service]] = {}
        self._loose: dict[Path, tuple[_Service, bool]] = {}
        self._reached: dict[Path, set[Path]] = {}
        self._given: list[Path] = []
        self._text = cache(_text)
        self._family = cache(self._matching)
        self._repository = cache(partial(repository_root, is_top=cache(holds_git)))
        self._real_directory = cache(_resolve)

    # ── the paths given ──

    def take(self, path: Path) -> None:
        """Take a path of the command line."""
        try:
            real = self._real_path(path)
        except (OSError, RuntimeError):
            self.problems.append(Problem("does not exist or can't be reached", Location(path)))
            return
        if real.is_dir():
            self._take_directory(real)
        elif is_never_read(path.name):
            self.not_read.add(real)
        elif path.suffix not in SUFFIXES:
            self.problems.append(Problem("is neither YAML nor JSON", Location(path), "name a directory or a manifest"))
        else:
            place = path if path == real else path.parent.resolve() / path.name
            self._take_file(_Service(real, place.parent, self._root_of_file(place)), path.name, outright=True)

    def _real_path(self, path: Path) -> Path:
        """Resolve a path as `Path.resolve(strict=True)`, each directory only once."""
        if path.name in ("", "..") or path.is_symlink():
            return path.resolve(strict=True)
        path.lstat()
        return self._real_directory(path.parent) / path.name

    def _take_directory(self, directory: Path) -> None:
        self._given.append(directory)
        found = walk(directory, nested=self._nested)
        self.problems += found.problems
        self.ignored |= set(found.ignored)
        for each in found.named:
            if is_never_read(each.path.name):
                self.not_read.add(each.path)
            else:
                real = real_path(each.path) if each.linked else each.path
                if each.linked and not self._is_inside(each.root, real):
                    self.outside.add(Outside(each.path))
                    continue
                service = _Service(real, each.path.parent, each.root, inside=not each.linked)
                self._take_file(service, each.path.name, outright=False)

    def _take_file(self, found: _Service, name: str, *, outright: bool) -> None:
        if name in MANIFESTS or _is_service(self._text(found.file), found.file.suffix == ".json"):
            places = self._services.setdefault(found.file, [])
            places += [] if found in places else [found]
        elif outright or found.file not in self._loose:
            self._loose[found.file] = (found, outright)

    def _root_of_file(self, place: Path) -> Path:
        repository = self._repository(place.parent)
        if repository:
            return repository
        above = (each for each in self._given if place.is_relative_to(each))
        nearest = next(_manifests_above(place, Path(place.anchor)), place)  # where it stands, wherever it leads
        return next(above, nearest.parent)

    # ── what they include ──

    def follow(self) -> None:
        """Follow the includes of every manifest, and those of included files."""
        for service in [each for places in self._services.values() for each in places]:
            todo, seen = [service.file], {service.file}
            while todo:
                for file in self._included(todo.pop(), service):
                    if file.suffix not in SUFFIXES:
                        self.not_read.add(file)
                    elif file not in seen:
                        seen.add(file)
                        todo.append(file)
                        self._reached.setdefault(file, set()).add(service.file)

    def _included(self, file: Path, service: _Service) -> Iterator[Path]:
        text = self._text(file)
        if "file(" not in text:
            return
        includes = included(text, context=self._text(service.file))
        for pattern, written in {pattern: each.written for each in includes for pattern in each.patterns}.items():
            # The framework starts from the service's directory alone; people often write from the file's own.
            found = self._family(service.directory, pattern, service.root)
            if not found.files:
                nearer = self._family(file.parent, pattern, service.root)
                found = Matches(nearer.files, found.outside and not nearer.files)
            if found.outside:
                self.outside.add(Outside(file, written))
            if len(found.files) > MAX_MATCHES:
                self._too_many(file)
            yield from (each for each in found.files[:MAX_MATCHES] if not _is_pruned(each, service.root))

    def _matching(self, directory: Path, pattern: str, root: Path) -> Matches:
        return matching_files(directory, pattern, partial(self._is_inside, root))

    def _is_inside(self, root: Path, file: Path) -> bool:
        """Return whether a real path is one that a manifest of this root may lead to.

        Outside git that is any directory given, since people name several.
        """
        if file == root or _is_below(root, file):
            return True
        given = any(file == each or _is_below(each, file) for each in self._given)
        return given and not self._repository(root) and not self._repository(file.parent)

    def _too_many(self, file: Path) -> None:
        message = f"more than {MAX_MATCHES} files match one of its includes; the others are not read"
        problem = Problem(message, Location(file), "name them outright")
        self.problems += [] if problem in self.problems else [problem]

    # ── what may be written ──

    def source_files(self) -> Iterator[SourceFile]:
        """Yield every file once."""
        for file in self._services.keys() | self._reached.keys():
            yield self._source_file(file)
        for file, (found, outright) in self._loose.items():
            if file not in self._reached:
                reason = self._outside(file, [found.root]) or ("" if outright else "no manifest includes it")
                above = map(real_path, _manifests_above(found.directory / file.name, found.root))
                manifests = tuple(each for each in above if self._is_inside(found.root, each))[:1]
                yield SourceFile(file, Role.INCLUDED, manifests, found.root, reason)

    def _source_file(self, file: Path) -> SourceFile:
        own, reached = self._services.get(file, []), self._reached.get(file, set())
        is_manifest = bool(own) or file.name in MANIFESTS
        manifests = sorted({*reached, file}, key=_in_order) if is_manifest else sorted(reached, key=_in_order)
        roots = [each.root for each in own]
        roots += [each.root for manifest in manifests if manifest != file for each in self._services.get(manifest, ())]
        reason = "" if any(each.inside for each in own) else self._outside(file, roots)
        role = Role.MANIFEST if is_manifest else Role.INCLUDED
        return SourceFile(file, role, tuple(manifests), roots[0], reason)

    def _outside(self, file: Path, roots: Iterable[Path]) -> str:
        """Why a file is out of bounds, or ''."""
        repository = self._repository(file.parent)
        if repository:
            return "" if repository in roots else "it lies outside the repository"
        plain = [root for root in roots if not self._repository(root)]
        if any(_is_below(root, file) for root in (*plain, *self._given) if plain):
            return ""
        return f"it lies outside the {'directory given' if plain else 'repository'}"


def _manifests_above(place: Path, root: Path) -> Iterator[Path]:
    """Yield the manifests in the directories above a file, up to the root.

    The nearest comes first. The file's directory is a real one.
    """
    for directory in (each for each in place.parents if each.is_relative_to(root)):
        for suffix in SUFFIXES:
            manifest = directory / f"serverless{suffix}"
            if is_file(manifest):
                yield manifest


def _is_pruned(file: Path, root: Path) -> bool:
    return _is_below(root, file) and not PRUNED.isdisjoint(file.relative_to(root).parts)


def _is_below(directory: Path, file: Path) -> bool:
    return str(file).startswith(os.path.join(directory, ""))  # noqa: PTH118 - a few times as fast as Path's own


def _is_service(text: str, is_json: bool) -> bool:
    """Return whether a text has the keys of every manifest: `service`, `provider`."""
    line = r'"{}"\s*:' if is_json else r"""^["']?{}["']?[ \t]*:"""
    return all(re.search(line.format(key), text, re.MULTILINE) for key in ("service", "provider"))


def _text(file: Path) -> str:
    """Return the file's text, or '' where it can't be read.

    The error is reported when the file is parsed.
    """
    try:
        source = read_file(file, MAX_BYTES)
    except ManifestError:
        return ""
    is_wide = source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return source.decode("utf-16" if is_wide else "utf-8-sig", "replace")

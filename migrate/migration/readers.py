"""Parameters that other repositories of a batch read: none of them is overwritten."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

from migrate.files.discovery import discover
from migrate.files.regular_files import read_file
from migrate.files.repositories import Repository
from migrate.framework.mentions import mentions
from migrate.masking.text_as_read import TextAsRead
from migrate.model import MAX_BYTES, ManifestError
from migrate.model.globs import matches_glob
from migrate.model.lazy_pattern import LazyPattern

_SLASH = LazyPattern("/")
_MOST_PATTERNS = 1_000  # of one repository; one with more may read anything


class Readers:
    """Which of some parameters each repository reads, in any region.

    All repositories of the batch are read when this is asked first, which no run does that meets no conflict.
    """

    def __init__(self, repositories: Sequence[Repository], names: frozenset[str]) -> None:
        self._repositories = repositories
        self._names = names
        self._lock = Lock()
        self._read: Mapping[str, frozenset[str]] | None = None

    def read_by_others(self, repository: str) -> frozenset[str]:
        """Return the parameters that all repositories but this one may read."""
        with self._lock:
            if self._read is None:
                self._read = {each.name: frozenset(self._read_by(each)) for each in self._repositories}
        return frozenset().union(*(names for name, names in self._read.items() if name != repository))

    def _read_by(self, repository: Repository) -> Iterator[str]:
        try:
            patterns = {mention for text in _texts(repository.root) for mention in mentions(text)}
        except ManifestError:
            yield from self._names  # what can't be read may read anything
            return
        below = {f"{pattern.rstrip('/')}/" for pattern in patterns}  # a path is read with all below it
        yield from (name for name in self._names if name in patterns or not below.isdisjoint(_above(name)))
        open_patterns = [each for pattern in patterns if "*" in pattern for each in (pattern, f"{pattern}/*")]
        if len(open_patterns) > _MOST_PATTERNS:
            yield from self._names
            return
        for pattern in open_patterns:
            yield from (name for name in self._names if matches_glob(name, pattern))


def _above(name: str) -> Iterator[str]:
    """Yield the paths that a parameter is below, each with its slash."""
    return (name[: slash.end()] for slash in _SLASH.finditer(name) if slash.start())


def _texts(root: Path) -> Iterator[str]:
    """Yield the texts of a repository's files, as written and as read.

    Those of programs count too. Raises ManifestError for a file that can't be read.
    """
    found = discover((root,), cwd=root, nested=False)
    for file in (*(source.file for source in found.files), *found.not_read, *found.ignored):
        content = read_file(file, MAX_BYTES)
        is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if is_wide else "utf-8", "replace")
        yield text
        yield TextAsRead(text).text

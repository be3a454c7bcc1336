"""Parameters that other repositories of a batch read: none of them is overwritten."""

from __future__ import annotations

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

_MOST_PATTERNS = 500  # of one repository; one with more may read anything


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
        patterns = {mention for text in _texts(repository.root) for mention in mentions(text)}
        yield from self._names & patterns
        open_patterns = [pattern for pattern in patterns if "*" in pattern]
        if len(open_patterns) > _MOST_PATTERNS:
            yield from self._names
            return
        for pattern in open_patterns:
            yield from (name for name in self._names if matches_glob(name, pattern))


def _texts(root: Path) -> Iterator[str]:
    """Yield the texts of a repository's files, as written and as read."""
    for source in discover((root,), cwd=root, nested=False).files:
        try:
            text = read_file(source.file, MAX_BYTES).decode("utf-8", "replace")
        except ManifestError:
            continue
        yield text
        yield TextAsRead(text).text

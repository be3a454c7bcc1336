"""Views of manifests, which read included files as the run does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from migrate.files.discovery import SourceFile
from migrate.files.matching import matching_files
from migrate.files.walk import SUFFIXES
from migrate.framework.resolve import View
from migrate.model import Manifest, Role
from migrate.workspace.scanner import Reader


class Views:
    """Views of manifests, each made once. They read nothing outside of the repository."""

    def __init__(self, reader: Reader, files: Mapping[Path, SourceFile]) -> None:
        self._reader = reader
        self._files = files
        self._views: dict[Path, View] = {}

    def of_file(self, source: SourceFile) -> list[View]:
        """List the views of the readable manifests that reach a file."""
        views = []
        for file in source.manifests:
            manifest = self._reader.manifest(file, Role.MANIFEST)
            if manifest is not None:
                views.append(self._views.setdefault(file, View(manifest, partial(self._included, source.root))))
        return views

    def _included(self, root: Path | None, directory: Path, pattern: str) -> list[Manifest | None]:
        within = root or directory
        found = matching_files(directory, pattern, lambda file: file in self._files or file.is_relative_to(within))
        return [*map(self._read, found.files), *([None] if found.outside else [])]

    def _read(self, file: Path) -> Manifest | None:
        """Read an included file; None for one that is never read."""
        source = self._files.get(file)
        if source is not None:
            return self._reader.manifest(file, source.role) if source.writable else None
        return self._reader.manifest(file, Role.INCLUDED) if file.suffix in SUFFIXES else None

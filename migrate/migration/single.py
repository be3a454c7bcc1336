"""The one repository of a single run: which directory it is, how its files are named, where they are read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from migrate.files.repositories import Repository
from migrate.files.walk import repository_root
from migrate.migration.survey import Source
from migrate.model import UsageError
from migrate.model.paths import DisplayPath, relative_paths
from migrate.workspace.loading import Workspace


class Place(Struct, frozen=True):
    """Paths that a run works on, as they were given from `cwd`, and the repository that holds them all.

    `tree` is the work tree to read in their stead, the repository's own or a temporary one.
    """

    paths: tuple[Path, ...]
    cwd: Path
    repository: Repository
    tree: Path

    @property
    def paths_to_read(self) -> tuple[Path, ...]:
        """Return the paths as they are in the work tree that is read."""
        if self.tree == self.repository.root:
            return self.paths
        root = self.repository.root
        return tuple(self.tree / Path(os.path.realpath(self.cwd / path)).relative_to(root) for path in self.paths)

    @property
    def display_path(self) -> DisplayPath:
        """Return how files are named to people: from the working directory.

        Wherever they were read: those of a temporary work tree as of the own one.
        """
        display, tree, root = relative_paths(self.cwd), self.tree, self.repository.root
        if tree == root:
            return display
        return lambda file: display(root / file.relative_to(tree) if file.is_relative_to(tree) else file)

    def source(self, workspace: Workspace) -> Source:
        """Return the repository as it was read.

        Decisions name files from the root of each one's repository.
        """

        def decision_path(file: Path) -> str:
            return file.relative_to(workspace.roots.get(file) or file.parent).as_posix()

        return Source(self.repository, self.tree, workspace, self.display_path, decision_path)


def place_of(paths: Sequence[Path], cwd: Path, *, commits: bool) -> Place:
    """Find the directory that holds all paths.

    Where a run `commits`, that is the git work tree around them.

    Raises UsageError where there is none.
    """
    common = Path(os.path.commonpath([os.path.realpath(cwd / path) for path in paths]))
    directory = common if common.is_dir() else common.parent
    root = repository_root(directory) if commits else None
    if commits and root is None:
        raise UsageError(
            "--commit needs all paths in one git work tree",
            hint="slsmigrate batch makes a commit in each of many repositories",
        )
    repository = Repository(directory.name or str(directory), root or directory, root is not None)
    return Place(tuple(paths), cwd, repository, repository.root)

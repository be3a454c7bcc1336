"""Work that an earlier run left, killed or failed in part: files that it rewrote and did not commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from migrate.files.commits import committed_content, modified_files
from migrate.files.git import GitError
from migrate.migration.deciders import Decide, content_now
from migrate.migration.survey import FindingKey, Source, finding_key, survey
from migrate.model import Change, SlsMigrateError
from migrate.plan import planning
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options

Before = Callable[[Mapping[Path, bytes]], tuple[Source, Options]]  # reads again, with these bytes for those of files


class Pending(Struct, frozen=True):
    """The files that an earlier run rewrote, and the names that it gave to all findings."""

    files: tuple[Path, ...] = ()
    names: Mapping[FindingKey, str] = MappingProxyType({})


def interrupted_work(root: Path, workspace: Workspace, before: Before, decide: Decide) -> Pending:
    """Find the files that an earlier run of ours rewrote and did not commit.

    There is no state but the manifests: such a file is recognised by being the very one that this run would
    write if it started from the last commit.
    """
    ours = {source.file for source in workspace.discovery.files}
    try:
        modified = modified_files(root)
    except GitError:  # such as for a repository of another user's: nothing is known to be ours
        return Pending()
    held = {file: committed_content(root, file) for file in modified if file in ours}
    sources = {file: content for file, content in held.items() if content is not None}
    if not sources:
        return Pending()
    then = survey(*before(sources), decide)
    if then is None:
        return Pending()
    files = tuple(
        file
        for file, changes in then.plan.by_file.items()
        if file in sources and _is_rewritten(changes, content_now(file))
    )
    if len(files) < len(sources):  # what a person changed may be what names are made of
        return Pending(files)
    names = {finding_key(finding): question.name for question in then.questions for finding in question.findings}
    return Pending(files, names)


def _is_rewritten(changes: Sequence[Change], now: bytes) -> bool:
    """Return whether a file's bytes are what some of the changes make of it."""
    done = tuple(change for change in changes if change.reference.encode() in now)
    try:
        return bool(done) and planning.rewritten(done[0].finding.manifest, done).result == now
    except SlsMigrateError:
        return False

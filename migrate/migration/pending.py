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
from migrate.model import Change, Put, SlsMigrateError
from migrate.plan import planning
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options

Before = Callable[[Mapping[Path, bytes]], tuple[Source, Options]]  # reads again, with these bytes for those of files


class Pending(Struct, frozen=True):
    """The files that an earlier run rewrote, and the names that it gave to all findings.

    `puts` are the parameters that the files refer to since: a person may have written the references as well, so the
    store is to be asked.
    """

    files: tuple[Path, ...] = ()
    puts: tuple[Put, ...] = ()
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
    done = {file: _done(changes, content_now(file)) for file, changes in then.plan.by_file.items() if file in sources}
    files = tuple(file for file, changes in done.items() if changes)
    puts = tuple(dict.fromkeys(put for changes in done.values() for change in changes for put in change.puts))
    if len(files) < len(sources):  # what a person changed may be what names are made of
        return Pending(files, puts)
    names = {finding_key(finding): question.name for question in then.questions for finding in question.findings}
    return Pending(files, puts, names)


def _done(changes: Sequence[Change], now: bytes) -> tuple[Change, ...]:
    """Return the changes that gave a file these bytes, if nothing else did."""
    done = tuple(change for change in changes if change.reference.encode() in now)
    try:
        return done if done and planning.rewritten(done[0].finding.manifest, done).result == now else ()
    except SlsMigrateError:
        return ()

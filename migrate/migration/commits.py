"""The commit of a run: on which work tree, of which files, and what is put back where it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from msgspec import Struct

from migrate.files import branches, commits, worktrees
from migrate.files.repositories import Repository
from migrate.migration.results import DIRTY, Failure
from migrate.migration.survey import Survey, withhold
from migrate.model import SlsMigrateError
from migrate.workspace.options import GitOptions


class Commit(Struct, frozen=True):
    """A commit to make of what was written, and of the `pending` files that a killed run wrote."""

    options: GitOptions
    pending: tuple[Path, ...] = ()


@contextmanager
def work_tree(repository: Repository, options: GitOptions) -> Iterator[Path]:
    """Give the work tree to write in: the own one, or a temporary one of HEAD.

    Raises BranchExistsError, and GitError for a branch's name that is none.
    """
    root = repository.root
    if not repository.in_git:
        yield root
        return
    worktrees.remove_stale_worktrees(root)
    if options.branch and (options.worktree or branches.abandoned_branch_origin(root, options.branch) is None):
        branches.require_new_branch(root, options.branch)
    if not options.worktree:
        yield root
        return
    with worktrees.temporary_worktree(root) as tree:
        yield tree


def without_uncommitted(survey: Survey, options: GitOptions, pending: Sequence[Path] = ()) -> Survey:
    """Skip what is in files with uncommitted changes that are not ours.

    Those of `pending` files are a killed run's.
    """
    repository = survey.source.repository
    if options.allow_dirty or not repository.in_git:
        return survey
    here = {_in_repository(survey, file): file for file in survey.plan.by_file}
    dirty = commits.uncommitted_files(repository.root, [file for file in here if file not in frozenset(pending)])
    files = frozenset(here[file] for file in dirty)
    skipped = [any(finding.manifest.file in files for finding in question.findings) for question in survey.questions]
    hint = "commit them, or --allow-dirty"
    failures = (Failure(DIRTY, "has uncommitted changes", hint, survey.display_path(here[file])) for file in dirty)
    return withhold(survey, skipped, failures)


def _in_repository(survey: Survey, file: Path) -> Path:
    """Return a file of the work tree that was read as it is in the repository's own."""
    source = survey.source
    return source.repository.root / file.relative_to(source.root)


def make_commit(survey: Survey, written: Sequence[Path], step: Commit) -> str:
    """Commit what was written, and what a killed run wrote; return the commit.

    Raises SlsMigrateError; the files are then as they were before.
    """
    root, repository, options = survey.source.root, survey.source.repository, step.options
    files = tuple(dict.fromkeys((*written, *step.pending)))
    on_branch = partial(branches.new_branch, root, options.branch) if options.branch and not options.worktree else None
    try:
        with on_branch() if on_branch else nullcontext():
            made = commits.commit_files(
                root, files, commit_message([file.relative_to(root).as_posix() for file in files])
            )
    except SlsMigrateError:
        commits.restore_files(_before(survey, written, step.pending), root)
        raise
    if options.branch and options.worktree:
        branches.create_branch(repository.root, options.branch, made)
    return made


def _before(survey: Survey, written: Sequence[Path], pending: Sequence[Path]) -> dict[Path, bytes]:
    """Return what files held before: as they were read, pending ones as committed."""
    read = {file: survey.workspace.manifests[file].source for file in written if file not in pending}
    held = {file: commits.committed_content(survey.source.root, file) for file in pending}
    return {**read, **{file: content for file, content in held.items() if content is not None}}


def commit_message(files: Sequence[str]) -> str:
    """Return the message of the commit."""
    listed = "\n".join(f"- {file}" for file in sorted(set(files)))
    return (
        "Move plaintext secrets to AWS Parameter Store\n\n"
        f"Secrets in these files are references to SecureString parameters now:\n\n{listed}\n\n"
        "The old values are still in the history, and a pull request's diff\n"
        "shows them: rotate them, then redeploy.\n"
    )

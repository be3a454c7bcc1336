"""The commit of a run: on which work tree, of which files, and what is put back where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from msgspec import Struct

from migrate.files import branches, commits, worktrees
from migrate.files.git_state import current_branch, require_nothing_under_way, require_unlocked_index
from migrate.files.own_repository import require_own_repository
from migrate.files.repositories import Repository
from migrate.migration.results import DIRTY, Failure
from migrate.migration.survey import Survey, withhold
from migrate.model import Put, SlsMigrateError
from migrate.workspace.options import GitOptions

# Even --allow-dirty takes no changes along that a person keeps from every commit.
_NOT_OVERLOOKED = "git update-index --no-assume-unchanged --no-skip-worktree, then commit them"
_SUBJECT = "Move plaintext secrets to AWS Parameter Store"


class Commit(Struct, frozen=True):
    """A commit to make of what was written, and of the `pending` files that a killed run wrote.

    `mask` hides the secrets of the run in its message. `held` are the parameters that the pending files refer to.
    """

    options: GitOptions
    mask: Callable[[str], str]
    pending: tuple[Path, ...] = ()
    held: tuple[Put, ...] = ()


@contextmanager
def work_tree(repository: Repository, options: GitOptions) -> Iterator[Path]:
    """Give the work tree to write in: the own one, or a temporary one of HEAD.

    Raises BranchExistsError, and GitError for a branch's name that is none, for another's repository, where a person is
    in the middle of a rebase, a merge or the like, or where git's index is locked.
    """
    root = repository.root
    if not (repository.in_git and options.commit):
        yield root
        return
    require_own_repository(root)
    require_nothing_under_way(root)
    if not options.worktree:  # a temporary one has an index of its own
        require_unlocked_index(root)
    worktrees.remove_stale_worktrees(root)
    goes_on = goes_on_with_branch(root, options)
    if options.branch and not goes_on and not _is_abandoned(root, options):
        branches.require_new_branch(root, options.branch)
    if not options.worktree:
        yield root
        return
    with worktrees.temporary_worktree(root, f"refs/heads/{options.branch}" if goes_on else "HEAD") as tree:
        yield tree


def goes_on_with_branch(root: Path, options: GitOptions) -> bool:
    """Return whether the branch is an earlier run's, so that this one continues it."""
    name = options.branch
    if not name or not branches.holds_only_commits_of(root, name, _SUBJECT):
        return False
    return not branches.is_checked_out(root, name) if options.worktree else current_branch(root) == name


def _is_abandoned(root: Path, options: GitOptions) -> bool:
    return not options.worktree and branches.abandoned_branch_origin(root, options.branch) is not None


def without_uncommitted(survey: Survey, options: GitOptions, pending: Sequence[Path] = ()) -> Survey:
    """Skip what is in files with uncommitted changes that are not ours.

    Those of `pending` files are an earlier run's.
    """
    repository = survey.source.repository
    if not repository.in_git:
        return survey
    here = {_in_repository(survey, file): file for file in survey.plan.by_file}
    others = [file for file in here if file not in frozenset(pending)]
    overlooked = commits.overlooked_files(repository.root, others) if options.commit and not options.worktree else ()
    dirty = () if options.allow_dirty else commits.uncommitted_files(repository.root, others)
    failures = {
        **{here[file]: ("has uncommitted changes", "commit them, or --allow-dirty") for file in dirty},
        **{here[file]: ("git is told to overlook its changes", _NOT_OVERLOOKED) for file in overlooked},
    }
    skipped = [any(finding.manifest.file in failures for finding in question.findings) for question in survey.questions]
    rows = (Failure(DIRTY, *words, survey.display_path(file)) for file, words in failures.items())
    return withhold(survey, skipped, rows)


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
    is_new = options.branch and not options.worktree and not goes_on_with_branch(root, options)
    try:
        with branches.new_branch(root, options.branch) if is_new else nullcontext():
            made = commits.commit_files(
                root, files, commit_message([step.mask(file.relative_to(root).as_posix()) for file in files])
            )
    except SlsMigrateError:
        commits.restore_files(_before(survey, written, step.pending), root)
        raise
    if options.branch and options.worktree:
        branches.put_on_branch(repository.root, options.branch, made, _SUBJECT)
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
        f"{_SUBJECT}\n\n"
        f"Secrets in these files are references to SecureString parameters now:\n\n{listed}\n\n"
        "The old values are still in the history, and a pull request's diff\n"
        "shows them: rotate them, then redeploy.\n"
    )

"""One repository carried out: read anew, put, rewritten and committed; its trouble is its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.branches import (
    BranchExistsError,
    abandoned_branch_origin,
    create_branch,
    new_branch,
    require_new_branch,
)
from migrate.files.commits import commit_files, committed_content, restore_files, uncommitted_files
from migrate.files.worktrees import remove_stale_worktrees, temporary_worktree
from migrate.migration.apply import apply, check
from migrate.migration.results import Fate, Outcome, Reason, Row, reason_of, undone
from migrate.migration.survey import (
    CHANGED,
    Look,
    Opened,
    Planned,
    failed_row,
    finding_object,
    internal,
    open_repository,
    problems,
)
from migrate.model import (
    Applicability,
    CheckedPut,
    Decision,
    Event,
    FileFailed,
    FileWritten,
    Plan,
    Put,
    PutDone,
    PutFailed,
    PutState,
    Skip,
    SlsMigrateError,
    StoreError,
    Target,
)
from migrate.model import Outcome as Applied
from migrate.plan.planning import plan, rewritten
from migrate.stores.protocol import ParameterStore, require_account
from migrate.stores.rate_limit import RateLimits
from migrate.stores.registry import open_store

CLASH = "a name is wanted for different values"
CONFLICT = "a parameter holds another value"
COMMIT = "the commit was refused"
DIRTY = "uncommitted changes"
_UNWRITABLE = "a file can't be written"


class Git(Struct, frozen=True):
    """What is done beyond rewriting files."""

    allow_dirty: bool = False
    commit: bool = False
    branch: str = ""
    worktree: bool = False


class Accounts:
    """The stores of a run for all its threads; a target that can't be used is tried once."""

    def __init__(self, rate_limits: RateLimits) -> None:
        self._rate_limits = rate_limits
        self._lock = threading.Lock()
        self._stores: dict[Target, ParameterStore] = {}
        self._refused: dict[Target, tuple[type[StoreError], str, str | None]] = {}

    def open(self, target: Target, expected: str | None) -> ParameterStore:
        """The store of a target. Raises StoreError, or SlsMigrateError for another account than `expected`."""
        with self._lock:
            if target in self._refused:
                kind, message, hint = self._refused[target]
                raise kind(message, hint=hint)
            if target not in self._stores:
                try:
                    self._stores[target] = open_store(target, self._rate_limits.of)
                except StoreError as error:
                    self._refused[target] = (type(error), error.message, error.hint)
                    raise
            identity = self._stores[target].identity()
        require_account(identity, expected)
        return self._stores[target]


class Delivery(Struct, frozen=True):
    """What all repositories of a run have in common.

    `clashes` are the parameters that different repositories want for different values; `heard` is told
    of what is done, from the thread that does it.
    """

    given: Mapping[str, Any]
    git: Git
    accounts: Accounts
    clashes: frozenset[tuple[str | None, str | None, str]]
    heard: Callable[[Event], None] = lambda event: None

    def clashing(self, puts: Iterable[Put]) -> Put | None:
        """The first of the puts that may not be."""
        return next((put for put in puts if place_of(put) in self.clashes), None)


def place_of(put: Put | Planned) -> tuple[str | None, str | None, str]:
    """Where a parameter lies, as far as that is known without AWS."""
    if isinstance(put, Planned):
        return put.profile, put.region, put.name
    return put.target.profile, put.target.region, put.parameter.name


def deliver(seen: Look, delivery: Delivery) -> Row:
    """Carry out what was decided for a repository. Never raises but KeyboardInterrupt."""
    repository = seen.repository
    try:
        return _deliver(seen, delivery)
    except BranchExistsError as error:
        return undone(seen.row, Outcome.SKIPPED, reason_of(error, "the branch exists already"))
    except SlsMigrateError as error:
        kind = "" if isinstance(error, StoreError) else "it could not be carried out"
        return undone(seen.row, Outcome.FAILED, reason_of(error, kind))
    except Exception as error:
        return failed_row(repository, internal(error))


def _deliver(seen: Look, delivery: Delivery) -> Row:
    repository, git = seen.repository, delivery.git
    root = repository.root
    if repository.in_git:
        remove_stale_worktrees(root)
    if repository.in_git and git.branch and (git.worktree or abandoned_branch_origin(root, git.branch) is None):
        require_new_branch(root, git.branch)
    with ExitStack() as stack:
        if repository.in_git and git.worktree:
            root = stack.enter_context(temporary_worktree(root))
        opened = open_repository(repository, delivery.given, root=root)
        decided, stale = opened.decided(seen.entries)
        skipped: list[Reason] = []
        planned = _allowed(opened, decided, seen, delivery, skipped)
        outcome, checked = _applied(opened, planned, delivery)
        written = [event.file for event in outcome.events if isinstance(event, FileWritten)]
        reasons = [*problems(opened), *(Reason(CHANGED, text) for text in stale), *_failures(outcome, checked)]
        made = ""
        if repository.in_git and git.commit and (written or seen.pending):
            try:
                made = _committed(opened, outcome, written, seen.pending, git)
            except SlsMigrateError as error:
                reasons.append(reason_of(error, COMMIT))
                outcome, written = Applied(outcome.events, planned.changes, outcome.interrupted), []
    return _row(seen.row, planned, outcome, reasons, skipped, written, opened, made, git)


# ── what may be done ──────────────────────────────────────────────────────────────────────────


def _allowed(
    opened: Opened, decided: Sequence[Decision], seen: Look, delivery: Delivery, skipped: list[Reason]
) -> Plan:
    """The plan without what clashes with another repository, and without files that people are working on."""
    planned = plan(opened.asked, decided, opened.options.placing)
    dirty = _dirty(opened, planned, seen, delivery.git)
    skipped += [Reason(DIRTY, "has uncommitted changes", "commit them, or --allow-dirty", each) for each in dirty]
    keep: list[Decision] = []
    for question, decision in zip(opened.asked, decided, strict=True):
        puts = [put for change in planned.changes for put in change.puts if change.finding in question.findings]
        clash = delivery.clashing(puts)
        if clash is not None:
            hint = "give them names that differ: --path-template, or --decisions"
            skipped.append(Reason(CLASH, f"{clash.parameter.name}: another repository wants it too", hint))
        touched = any(opened.shown(finding.manifest.file) in dirty for finding in question.findings)
        keep.append(Skip() if clash is not None or touched else decision)
    return plan(opened.asked, keep, opened.options.placing)


def _dirty(opened: Opened, planned: Plan, seen: Look, git: Git) -> list[str]:
    repository = seen.repository
    if git.allow_dirty or not repository.in_git:
        return []
    files = [repository.root / file.relative_to(opened.root) for file in planned.by_file]
    pending = frozenset(seen.pending)
    dirty = uncommitted_files(repository.root, [file for file in files if file not in pending])
    return [Path(repository.name, file.relative_to(repository.root)).as_posix() for file in dirty]


# ── putting and writing ───────────────────────────────────────────────────────────────────────


def _applied(opened: Opened, planned: Plan, delivery: Delivery) -> tuple[Applied, tuple[CheckedPut, ...]]:
    options = opened.options
    targets = dict.fromkeys(put.target for put in planned.puts)
    stores = {target: delivery.accounts.open(target, options.expect_account) for target in targets}
    checked = check(planned, stores)
    overwrite = [each.put for each in checked if each.state is PutState.CONFLICT and each.overwritable]
    outcome = apply(
        planned,
        checked,
        stores,
        overwrite=frozenset(overwrite if options.on_conflict == "overwrite" else ()),
        rewrite=rewritten,
        root_of=lambda file: opened.workspace.roots.get(file),
        emit=delivery.heard,
    )
    return outcome, checked


def _failures(outcome: Applied, checked: Sequence[CheckedPut]) -> list[Reason]:
    if outcome.interrupted:
        return []
    conflicts = {each.put for each in checked if each.state is PutState.CONFLICT}
    kinds: Mapping[type, Callable[[Any], str]] = {
        PutFailed: lambda failure: CONFLICT if failure.put in conflicts else "",
        FileFailed: lambda failure: _UNWRITABLE,
    }
    return [reason_of(failure.error, kinds[type(failure)](failure)) for failure in outcome.failures]


# ── the commit ────────────────────────────────────────────────────────────────────────────────


def _committed(opened: Opened, outcome: Applied, written: Sequence[Path], pending: Sequence[Path], git: Git) -> str:
    """The commit of what was written, and of what a killed run wrote. Where it fails the files are as before."""
    root, repository = opened.root, opened.repository
    sources = {file: opened.workspace.manifests[file].source for file in written if file not in pending}
    message = commit_message([opened.shown(file).removeprefix(f"{repository.name}/") for file in (*written, *pending)])
    files = tuple(dict.fromkeys((*written, *pending)))
    on_branch = partial(new_branch, root, git.branch) if git.branch and not git.worktree else nullcontext
    try:
        with on_branch():
            made = commit_files(root, files, message)
    except SlsMigrateError:
        held = {file: committed_content(root, file) for file in pending}
        restore_files({**sources, **{file: each for file, each in held.items() if each is not None}}, root)
        raise
    if git.branch and git.worktree:
        create_branch(repository.root, git.branch, made)
    return made


def commit_message(files: Sequence[str]) -> str:
    """What the commit says."""
    listed = "\n".join(f"- {file}" for file in sorted(set(files)))
    return (
        "Move plaintext secrets to AWS Parameter Store\n\n"
        f"Secrets in these files are references to SecureString parameters now:\n\n{listed}\n\n"
        "The old values still stand in the history, and a pull request's diff\n"
        "shows them: rotate them, then redeploy.\n"
    )


# ── what came of it ───────────────────────────────────────────────────────────────────────────


def _row(
    before: Row,
    planned: Plan,
    outcome: Applied,
    reasons: Sequence[Reason],
    skipped: Sequence[Reason],
    written: Sequence[Path],
    opened: Opened,
    made: str,
    git: Git,
) -> Row:
    done = [event for event in outcome.events if isinstance(event, PutDone)]
    moved = sum(event.values for event in outcome.events if isinstance(event, FileWritten) and event.file in written)
    left = len(planned.changes) - moved
    clash = any(reason.kind == CLASH for reason in skipped)
    table = (
        (outcome.interrupted, Outcome.INTERRUPTED),
        (bool(reasons) or clash, Outcome.FAILED),
        (bool(skipped), Outcome.SKIPPED),
        (bool(moved or made), Outcome.LEFT if left and not moved and not made else Outcome.MIGRATED),
        (bool(left), Outcome.LEFT),
    )
    kept_back = {id(change) for change in outcome.left}
    return replace(
        before,
        findings=[
            finding_object(opened, change, Fate.LEFT if id(change) in kept_back else Fate.MOVED)
            for change in planned.changes
        ],
        outcome=next((value for holds, value in table if holds), Outcome.CLEAN),
        reasons=[*reasons, *skipped],
        moved=moved,
        left=left,
        put=sum(event.created for event in done),
        there=sum(not event.created for event in done),
        written=[opened.shown(file) for file in written],
        parameters=[
            {
                "name": each.put.parameter.name,
                "profile": each.put.target.profile,
                "region": each.put.target.region,
                "version": each.version,
                "created": each.created,
            }
            for each in done
        ],
        commit=made,
        branch=git.branch if made and git.branch else "",
        refused=sum(change.applicability is Applicability.SHOW for change in planned.changes),
    )

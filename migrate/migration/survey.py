"""One repository, read and decided but not touched; what is told of it holds neither text nor value."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from migrate.files import commit
from migrate.files.atomic_files import read_file
from migrate.files.repositories import Repository
from migrate.masking import masked_text
from migrate.migration.results import Fate, Outcome, Reason, Row, reason_of
from migrate.migration.rows import change_row
from migrate.model import (
    MAX_BYTES,
    Accept,
    Applicability,
    Change,
    Decision,
    Finding,
    ManifestError,
    Plan,
    Problem,
    Secret,
    Skip,
    SlsMigrateError,
    unforeseen,
)
from migrate.plan import decisions as kept
from migrate.plan.planning import Question, plan, questions, rewritten
from migrate.workspace.loading import Workspace, load
from migrate.workspace.options import Mode, Options, read_options

_Place = tuple[Path, str, str]
UNREADABLE = "a file can't be read"
CHANGED = "a decision no longer fits"


class Task(Struct, frozen=True):
    """What to do with a repository.

    `given` are the options of the command line. `entries` are decisions, None for moving what is surely
    safe. `carries` says that it will be carried out, `commits` that it ends in a commit in the very work tree.
    `key` makes equal secrets of different repositories recognisable within this run alone.
    """

    repository: Repository
    given: Mapping[str, Any]
    entries: tuple[kept.Entry, ...] | None = None
    key: bytes = b""
    diff: bool = False
    carries: bool = False
    commits: bool = False


class Planned(Struct, frozen=True):
    """A parameter that a repository would put, and a mark of its value."""

    profile: str | None
    region: str | None
    name: str
    mark: bytes


class Look(Struct, frozen=True):
    """What was seen. `marks` are those of the entries' secrets, one each."""

    repository: Repository
    row: Row
    entries: tuple[kept.Entry, ...] = ()
    marks: tuple[bytes, ...] = ()
    puts: tuple[Planned, ...] = ()
    pending: tuple[Path, ...] = ()
    git_directory: str = ""

    @property
    def has_work(self) -> bool:
        """Whether there is anything to carry out."""
        return bool(self.puts or self.pending)


class Opened(Struct, frozen=True):
    """A repository in memory."""

    repository: Repository
    root: Path
    options: Options
    workspace: Workspace
    asked: tuple[Question, ...]
    below: int

    def shown(self, file: Path) -> str:
        """A file by its repository's name and its path in it, in reports and decisions alike."""
        return Path(self.repository.name, os.path.relpath(file, self.root)).as_posix()

    def decided(self, entries: Sequence[kept.Entry] | None) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
        """A decision for each question, and the entries that no longer fit, in words."""
        if entries is None:
            safe = [question.applicability is Applicability.SAFE for question in self.asked]
            return tuple(
                Accept(question.name) if each else Skip() for question, each in zip(self.asked, safe, strict=True)
            ), ()
        done = self._done()
        left = [entry for entry in entries if not done(entry)]
        return kept.decide(self.asked, left, self.shown, self.masked_texts())

    def _done(self) -> Callable[[kept.Entry], bool]:
        """Tells whether what an entry decides has been done already: the finding is gone, its parameter referred to."""
        places = {(self.shown(each.manifest.file), str(each.path)) for each in self.workspace.findings}
        now = cache(_now)
        files: dict[str, list[Path]] = {}
        for each in self.workspace.discovery.files:
            files.setdefault(self.shown(each.file), []).append(each.file)

        def done(entry: kept.Entry) -> bool:
            if not isinstance(entry.decision, Accept) or (entry.file, entry.key_path) in places:
                return False
            return any(entry.decision.name.encode() in now(file) for file in files.get(entry.file, ()))

        return done

    def masked_texts(self) -> kept.Masked:
        """Gives the text of a finding's file with all that was found in it masked."""
        manifests, of_file = self.workspace.manifests, self.workspace.of_file
        texts = cache(lambda file: masked_text.masked(manifests[file], of_file(file)))
        return lambda finding: texts(finding.manifest.file)


def open_repository(
    repository: Repository,
    given: Mapping[str, Any],
    *,
    root: Path | None = None,
    sources: Mapping[Path, bytes] = MappingProxyType({}),
    names: Mapping[_Place, str] = MappingProxyType({}),
) -> Opened:
    """Reads a repository, or the work tree `root` of it. Raises UsageError for settings with faults.

    `sources` are bytes to take for those of a file, `names` parameters that are settled already.
    """
    root = root or repository.root
    options = read_options((root,), Mode.UNATTENDED, given, root)
    workspace = load((root,), root, release=options.framework, nested=False, sources=sources)
    found = [finding for finding in workspace.findings if options.wants(finding)]
    wanted = [finding for finding in found if finding.confidence >= options.min_confidence]
    asked = questions(wanted, workspace.deployments, options.placing, lambda finding: names.get(_place(finding)))
    return Opened(repository, root, options, workspace, asked, len(found) - len(wanted))


def _place(finding: Finding) -> _Place:
    return finding.manifest.file, str(finding.path), finding.rule.id


def look(task: Task) -> Look:
    """What a repository holds and what would become of it. Never raises: its trouble is in its row."""
    try:
        return _look(task)
    except SlsMigrateError as error:
        return Look(task.repository, failed_row(task.repository, reason_of(error, "its settings can't be used")))
    except Exception as error:
        return Look(task.repository, failed_row(task.repository, internal(error)))


def _look(task: Task) -> Look:
    opened = open_repository(task.repository, task.given)
    pending: tuple[Path, ...] = ()
    if task.repository.in_git and (task.commits or (task.carries and opened.asked)):
        pending, names = _interrupted_work(task, opened)
        opened = open_repository(task.repository, task.given, names=names) if pending and opened.asked else opened
    decided, stale = opened.decided(task.entries)
    planned = plan(opened.asked, decided, opened.options.placing)
    mark = _marker(task.key)
    return Look(
        repository=task.repository,
        row=_row(opened, planned, stale, task.diff),
        entries=tuple(kept.entries_of(opened.asked, decided, opened.shown, opened.masked_texts())),
        marks=tuple(mark(candidate.secret) for question in opened.asked for candidate in question.candidates),
        puts=tuple(
            Planned(put.target.profile, put.target.region, put.parameter.name, mark(put.parameter.secret))
            for put in planned.puts
        ),
        pending=pending if task.commits else (),
        git_directory=commit.directory(task.repository.root) if task.repository.in_git and planned.puts else "",
    )


def _marker(key: bytes) -> Callable[[Secret], bytes]:
    return lambda secret: hmac.digest(key, secret.reveal().encode("utf-8", "surrogatepass"), "sha256")[:16]


def _row(opened: Opened, planned: Plan, stale: Sequence[str], with_diff: bool) -> Row:
    reasons = [*problems(opened), *(Reason(CHANGED, text) for text in stale)]
    moves = sum(1 for change in planned.changes if change.writes)
    left = len(planned.changes) - moves
    outcome = Outcome.FAILED if reasons else Outcome.PLANNED if moves else Outcome.LEFT if left else Outcome.CLEAN
    return Row(
        name=opened.repository.name,
        path=str(opened.repository.root),
        outcome=outcome,
        files=len(opened.workspace.discovery.files),
        findings=[
            finding_object(opened, change, Fate.PLANNED if change.writes else Fate.LEFT) for change in planned.changes
        ],
        reasons=reasons,
        left=left,
        less_certain=opened.below,
        refused=sum(change.applicability is Applicability.SHOW for change in planned.changes),
        waiting=sum(change.applicability is Applicability.REVIEW and not change.writes for change in planned.changes),
        diffs=list(_diffs(opened, planned.by_file)) if with_diff else [],
    )


def finding_object(opened: Opened, change: Change, fate: Fate) -> dict[str, Any]:
    """A finding as reports tell it."""
    return {**change_row(change, opened.shown), "title": change.finding.rule.title, "fate": str(fate)}


def problems(opened: Opened) -> list[Reason]:
    """The files that were passed over."""
    return [_problem(opened, problem) for problem in opened.workspace.problems]


def _problem(opened: Opened, problem: Problem) -> Reason:
    at = problem.location
    return Reason(UNREADABLE, problem.message, problem.hint or "", opened.shown(at.file), at.line, at.column)


def _diffs(opened: Opened, by_file: Mapping[Path, Sequence[Change]]) -> Iterator[dict[str, Any]]:
    """The masked diffs of the files that would change."""
    for file, changes in by_file.items():
        name = opened.shown(file)
        yield {"file": name, "lines": list(masked_text.masked_diff(opened.workspace.of_file(file), changes, name))}


def _interrupted_work(task: Task, opened: Opened) -> tuple[tuple[Path, ...], Mapping[_Place, str]]:
    """The files that a killed run of ours rewrote and that are not committed, and the names that it gave to all.

    There is no state but the manifests: such a file is told by being the very one that this run would
    write if it started from the last commit.
    """
    root = task.repository.root
    ours = {each.file for each in opened.workspace.discovery.files}
    changed = [file for file in commit.modified(root) if file in ours]
    held = {file: commit.committed(root, file) for file in changed}
    sources = {file: source for file, source in held.items() if source is not None}
    if not sources:
        return (), {}
    before = open_repository(task.repository, task.given, sources=sources)
    decided: tuple[Decision, ...] = tuple(Accept(question.name) for question in before.asked)
    if task.entries is not None:
        decided = before.decided(task.entries)[0]
    planned = plan(before.asked, decided, before.options.placing)
    pending = tuple(
        file for file, changes in planned.by_file.items() if file in sources and _is_rewritten(changes, _now(file))
    )
    return pending, {_place(finding): question.name for question in before.asked for finding in question.findings}


def _now(file: Path) -> bytes:
    try:
        return read_file(file, MAX_BYTES)
    except ManifestError:
        return b""


def _is_rewritten(changes: Sequence[Change], now: bytes) -> bool:
    """Whether a file's bytes are those that some of the changes make of it."""
    done = tuple(change for change in changes if change.reference.encode() in now)
    try:
        return bool(done) and rewritten(done[0].finding.manifest, done).result == now
    except SlsMigrateError:
        return False


def failed_row(repository: Repository, reason: Reason) -> Row:
    """A repository that nothing more is known of than why."""
    return Row(repository.name, str(repository.root), Outcome.FAILED, reasons=[reason])


def internal(error: BaseException) -> Reason:
    """An error of our own as a reason."""
    return Reason("internal error", unforeseen(error), "please report it")

"""Many repositories: look at all, decide, then carry out those with something to do; one row each."""

from __future__ import annotations

import secrets
import shlex
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from migrate.files import signals
from migrate.files.repositories import Repository, find, is_in_shard, is_named
from migrate.migration.execute import Accounts, Delivery, Git, deliver, place_of
from migrate.migration.results import Outcome, Reason, Row, undone
from migrate.migration.survey import Look, Task, failed_row, look
from migrate.model import Accept, Event, ExitCode, NoManifestError, Problem, PutDone
from migrate.plan import decisions as kept
from migrate.plan import naming
from migrate.stores.rate_limit import DEFAULT_RATE, Paces
from migrate.workspace.process_pool import cores, run_in_processes

_AT_ONCE = 8  # repositories that are carried out at the same time; they mostly wait for the store


class Observer(Protocol):
    """Whoever watches: a progress bar, lines in a pipe, a log."""

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        """A phase begins."""
        ...

    def done(self, row: Row) -> None:
        """A repository is done with, in this phase."""
        ...

    def put(self, event: PutDone) -> None:
        """A parameter holds its secret."""
        ...


class Request(Struct, frozen=True):
    """What a batch was asked to do; `given` are the options that each repository's own settings complete."""

    roots: tuple[Path, ...]
    listed: tuple[Path, ...]
    given: Mapping[str, Any]
    git: Git = field(default_factory=Git)
    shard: tuple[int, int] = (1, 1)
    names: tuple[str, ...] = ()
    entries: tuple[kept.Entry, ...] | None = None
    shared_template: str = ""
    put_rate: float = DEFAULT_RATE
    jobs: int = 0
    diffs: bool = False
    dry_run: bool = False


class Seen(Struct, frozen=True):
    """What was seen of all repositories, before anything is changed. `key` is what its marks were made with."""

    looks: tuple[Look, ...]
    key: bytes

    def __repr__(self) -> str:
        return f"Seen({len(self.looks)} repositories)"

    @property
    def rows(self) -> tuple[Row, ...]:
        """A row each."""
        return tuple(each.row for each in self.looks)

    @property
    def puts(self) -> int:
        """How many parameters would be put, each once wherever it is."""
        return len({place_of(put) for each in self.looks for put in each.puts})


def survey(request: Request, cwd: Path, observer: Observer) -> Seen:
    """Look at every repository, on all cores; what can't be reached is told as one that failed.

    Raises NoManifestError where there is none.
    """
    found, problems = find(request.roots, request.listed, cwd)
    part, of = request.shard
    chosen = [each for each in found if is_in_shard(each, part, of) and is_named(each, request.names)]
    unreached = [each for each in map(_unreached, problems) if is_named(each.repository, request.names)]
    if not chosen and not unreached:
        raise NoManifestError("no repository found", hint="name directories that hold git work trees or manifests")
    key = secrets.token_bytes(32)
    tasks = _tasks(request, chosen, key)
    observer.begin("Reading", len(tasks), 0)
    looks = unreached
    for each in _looked_at(tasks, request):
        observer.done(each.row)
        looks.append(each)
    return Seen(tuple(sorted(looks, key=lambda each: each.repository.name)), key)


def _tasks(request: Request, chosen: Sequence[Repository], key: bytes) -> list[Task]:
    tasks = [_task(request, each, key) for each in chosen]
    if request.entries is None:
        return tasks
    entries = entries_by_repository(request.entries, [each.name for each in chosen])
    return [replace(task, entries=tuple(entries.get(task.repository.name, ()))) for task in tasks]


def _task(request: Request, repository: Repository, key: bytes) -> Task:
    return Task(
        repository=repository,
        given=request.given,
        key=key,
        diff=request.diffs,
        carries=not request.dry_run,
        commits=request.git.commit and not request.git.worktree and not request.dry_run,
    )


def _looked_at(tasks: Sequence[Task], request: Request) -> Iterator[Look]:
    return run_in_processes(look, tasks, _crashed, processes=request.jobs or cores())


def _unreached(problem: Problem) -> Look:
    place = Repository(str(problem.location.file), problem.location.file, in_git=False)
    return Look(place, failed_row(place, Reason("a directory can't be reached", problem.message)))


def _crashed(task: Task) -> Look:
    reason = Reason("internal error", "reading it ended the process that read it", "please report it")
    return Look(task.repository, failed_row(task.repository, reason))


def entries_by_repository(entries: Sequence[kept.Entry], names: Sequence[str]) -> dict[str, list[kept.Entry]]:
    """Each decision to the repository that its file lies in: the one with the longest name that fits."""
    known = set(names)
    found: dict[str, list[kept.Entry]] = {}
    for entry in entries:
        parents = (parent.as_posix() for parent in Path(entry.file).parents)
        name = next((parent for parent in parents if parent in known), None)
        if name is not None:
            found.setdefault(name, []).append(entry)
    return found


# ── equal secrets of many repositories ────────────────────────────────────────────────────────


class Group(Struct, frozen=True):
    """One secret that stands in several repositories; `shared` is the one parameter that all could read."""

    mark: bytes
    repositories: tuple[str, ...]
    entries: tuple[kept.Entry, ...]
    shared: str


def groups(looks: Sequence[Look], template: str) -> tuple[Group, ...]:
    """The secrets of more than one repository that may be moved, the most widespread first."""
    places: dict[bytes, list[tuple[str, kept.Entry]]] = {}
    for each in looks:
        for entry, mark in zip(each.entries, each.marks, strict=True):
            if isinstance(entry.decision, Accept):
                places.setdefault(mark, []).append((each.repository.name, entry))
    several = [(mark, found) for mark, found in places.items() if len({name for name, _ in found}) > 1]
    several.sort(key=lambda pair: (-len({name for name, _ in pair[1]}), pair[1][0][1].file, pair[1][0][1].key_path))
    taken: Counter[str] = Counter()
    made = []
    for mark, found in several:
        name = _shared_name([entry for _, entry in found], template)
        taken[name] += 1
        name += f"-{taken[name]}" if taken[name] > 1 else ""
        repositories = tuple(dict.fromkeys(each for each, _ in found))
        made.append(Group(mark, repositories, tuple(entry for _, entry in found), name))
    return tuple(made)


def _shared_name(entries: Sequence[kept.Entry], template: str) -> str:
    """The template with the key by which most of the repositories call the secret."""
    names = [entry.decision.name.rpartition("/")[2] for entry in entries if isinstance(entry.decision, Accept)]
    key = max(sorted(set(names)), key=names.count)
    raw = key.upper().replace("-", "_").replace(".", "_")
    return naming.render(template, naming.Place("", "", "", key, raw, "", ()))


def with_entries(request: Request, seen: Seen, entries: Mapping[str, tuple[kept.Entry, ...]]) -> Seen:
    """The same with other decisions for some repositories, which are looked at anew."""
    tasks = [
        replace(_task(request, each.repository, seen.key), entries=entries[each.repository.name])
        for each in seen.looks
        if each.repository.name in entries
    ]
    again = {each.repository.name: each for each in _looked_at(tasks, request)}
    return replace(seen, looks=tuple(again.get(each.repository.name, each) for each in seen.looks))


def with_names(request: Request, seen: Seen, names: Mapping[bytes, str]) -> Seen:
    """The same with some secrets, by their marks, moved to other parameters."""
    changed = {
        each.repository.name: renamed(each, names) for each in seen.looks if not names.keys().isdisjoint(each.marks)
    }
    return with_entries(request, seen, changed)


def renamed(seen: Look, names: Mapping[bytes, str]) -> tuple[kept.Entry, ...]:
    """A repository's decisions with other parameters."""
    return tuple(
        replace(entry, decision=replace(entry.decision, name=names[mark]))
        if mark in names and isinstance(entry.decision, Accept)
        else entry
        for entry, mark in zip(seen.entries, seen.marks, strict=True)
    )


def clashes(looks: Sequence[Look]) -> frozenset[tuple[str | None, str | None, str]]:
    """The parameters that several secrets of the run want to be."""
    marks: dict[tuple[str | None, str | None, str], set[bytes]] = {}
    for each in looks:
        for put in each.puts:
            marks.setdefault(place_of(put), set()).add(put.mark)
    return frozenset(place for place, found in marks.items() if len(found) > 1)


# ── carrying out ──────────────────────────────────────────────────────────────────────────────


def carry_out(request: Request, seen: Seen, observer: Observer) -> tuple[tuple[Row, ...], bool]:
    """Put, rewrite and commit what was decided; a row for each repository, and whether one was interrupted.

    A signal lets what is under way end, and leaves the rest; from here on none raises.
    """
    stop = threading.Event()
    signals.instead(stop.set)
    todo = [each for each in seen.looks if each.has_work]
    observer.begin("Migrating", len(todo), seen.puts)
    delivery = Delivery(
        given=request.given,
        git=request.git,
        accounts=Accounts(Paces(request.put_rate, stop)),
        clashes=clashes(seen.looks),
        heard=_heard(observer),
    )
    done: dict[str, Row] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(_one_by_one, each, delivery, stop) for each in _by_git_directory(todo)]
        for future in as_completed(futures):
            for row in future.result():
                done[row.name] = row
                observer.done(row)
    rows = tuple(done.get(each.repository.name, each.row) for each in seen.looks)
    return rows, any(row.outcome is Outcome.INTERRUPTED for row in rows)


def _by_git_directory(looks: Sequence[Look]) -> list[list[Look]]:
    """Work trees of one repository together: they share its branches, and the first by name goes first."""
    found: dict[str, list[Look]] = {}
    for each in looks:
        found.setdefault(each.git_directory or f"- {each.repository.name}", []).append(each)
    return list(found.values())


def _one_by_one(looks: Sequence[Look], delivery: Delivery, stop: threading.Event) -> list[Row]:
    return [_unless_stopped(each, delivery, stop) for each in looks]


def _unless_stopped(seen: Look, delivery: Delivery, stop: threading.Event) -> Row:
    if not stop.is_set():
        try:
            return deliver(seen, delivery)
        except KeyboardInterrupt:  # at a place where nothing had been done yet
            pass
    return undone(seen.row, Outcome.INTERRUPTED)


def _heard(observer: Observer) -> Callable[[Event], None]:
    def heard(event: Event) -> None:
        if isinstance(event, PutDone):
            observer.put(event)

    return heard


# ── the end ───────────────────────────────────────────────────────────────────────────────────


def exit_code(done: Sequence[Row], *, interrupted: bool, dry_run: bool) -> ExitCode:
    """What the run says to the shell."""
    if interrupted:
        return ExitCode.INTERRUPTED
    if any(row.has_failed for row in done):
        return ExitCode.FAILED
    return ExitCode.SECRETS_REMAIN if not dry_run and any(row.left for row in done) else ExitCode.DONE


def retry_command(arguments: Sequence[str], done: Sequence[Row]) -> str:
    """The command that runs just the repositories that failed; '' where none did."""
    failed = [row.name for row in done if row.has_failed or row.outcome is Outcome.INTERRUPTED]
    names = [word for name in failed for word in ("--repository", name)]
    return shlex.join(["slsmigrate", "batch", *_without_names(arguments), *names]) if failed else ""


def _without_names(arguments: Sequence[str]) -> Iterator[str]:
    words = iter(arguments)
    for word in words:
        if word == "--repository":
            next(words, None)
        elif not word.startswith("--repository="):
            yield word


def reasons(done: Sequence[Row]) -> dict[str, list[tuple[Row, Reason]]]:
    """Why things were not done, by what many have in common, the most common first."""
    found: dict[str, list[tuple[Row, Reason]]] = {}
    for row in done:
        if row.outcome in (Outcome.FAILED, Outcome.SKIPPED):
            for reason in row.reasons:
                found.setdefault(reason.kind, []).append((row, reason))
    return dict(sorted(found.items(), key=lambda pair: -len({row.name for row, _ in pair[1]})))

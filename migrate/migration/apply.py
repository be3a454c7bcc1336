"""Carry a plan out: put, read back and compare, then write the files whose every reference was proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.files.atomic_files import check_replaceable, replace_file
from migrate.files.regular_files import read_file
from migrate.files.signals import replace_handler
from migrate.migration.store_check import Stores, holds, read_all
from migrate.model import (
    ApplyResult,
    Change,
    CheckedPut,
    Event,
    FileFailed,
    FileWritten,
    Manifest,
    Plan,
    Put,
    PutDone,
    PutFailed,
    PutState,
    Rewrite,
    SlsMigrateError,
    StoredParameter,
    StoreError,
    Target,
)
from migrate.stores.errors import DeniedError, TargetError
from migrate.stores.limits import SECURE_STRING
from migrate.stores.protocol import ParameterStore

# Seconds to wait before a read-back is made again: the store may answer from before our put.
_SETTLING = (0.2, 0.5, 1.0, 2.0)


class Files(Struct, frozen=True):
    """The rewriting of files: `rewrite` proves new bytes, `replace` writes them.

    `root_of` gives the directory that a file must lie in to be written.
    """

    rewrite: Callable[[Manifest, tuple[Change, ...]], Rewrite]
    root_of: Callable[[Path], Path | None]
    replace: Callable[..., None] = replace_file


class Observer(Struct, frozen=True):
    """Callbacks for what was done, and for what is about to be put."""

    on_event: Callable[[Event], object] = lambda event: None
    on_put: Callable[[Put], object] = lambda put: None


def apply(
    plan: Plan,
    checks: Sequence[CheckedPut],
    stores: Stores,
    *,
    files: Files,
    overwrite: frozenset[Put] = frozenset(),
    observer: Observer = Observer(),  # noqa: B008 - it is frozen
) -> ApplyResult:
    """Put what the store lacks, read everything back, and rewrite what is then proved.

    A fault costs only the changes that need what failed. `overwrite` are the conflicts that a person or an option
    agreed to overwrite. KeyboardInterrupt is not raised: it ends the work, with every file whole, and is part of the
    outcome. After the work signals are ignored, since a second one must not cost the account of what was done.
    """
    run = _Run(plan, checks, stores, overwrite, files, observer)
    try:
        run.prove()
        run.put()
        run.read_back()
        run.write()
        replace_handler()
        return run.outcome(interrupted=False)
    except KeyboardInterrupt:
        replace_handler()
        run.account_for_the_rest()
        return run.outcome(interrupted=True)


class _Run:
    """One application of a plan. What it remembers is what an interrupt must be able to account for."""

    def __init__(
        self,
        plan: Plan,
        checks: Sequence[CheckedPut],
        stores: Stores,
        overwrite: frozenset[Put],
        files: Files,
        observer: Observer,
    ) -> None:
        self._plan = plan
        self._checks = {check.put: check for check in checks}
        self._stores = stores
        self._overwrite = overwrite
        self._files = files
        self._observer = observer
        self._events: list[Event] = []
        self._rewrites: dict[Path, Rewrite] = {}
        self._users: dict[Put, list[tuple[Put, ...]]] = {}  # all that a change needs, by each part of it
        self._replaced: set[Put] = set()
        self._sent: dict[Put, int] = {}  # with the version that the store gave, 0 while on its way
        self._failed: set[Put] = set()

    # ── the four steps ────────────────────────────────────────────────────────────────────────

    def prove(self) -> None:
        """Prove every file's new bytes, and that they could be written, before any put."""
        for file, changes in self._plan.by_file.items():
            manifest = changes[0].finding.manifest
            try:
                check_replaceable(file, expected=manifest.source, root=self._files.root_of(file))
                self._rewrites[file] = self._files.rewrite(manifest, changes)
            except SlsMigrateError as error:
                self._record(FileFailed(file, error))
                continue
            for change in changes:
                for put in change.puts:
                    self._users.setdefault(put, []).append(change.puts)

    def put(self) -> None:
        """Put what the store lacks, unless its target is certain to refuse again."""
        refused: dict[Target, StoreError] = {}
        # Conflicts first: what they cost need not be put anywhere else.
        for put in sorted(self._users, key=lambda put: not self._is(put, PutState.CONFLICT)):
            if self._is(put, PutState.EXISTS) or not self._is_needed(put):
                continue
            if put.target in refused:
                self._fail(put, _not_put(put, refused[put.target]))
                continue
            try:
                self._put_one(put)
            except StoreError as error:
                self._fail(put, error)
                hopeless = isinstance(error, DeniedError) and not self._accepted_any(put.target)
                if hopeless or isinstance(error, TargetError):
                    refused[put.target] = error

    def read_back(self) -> None:
        """Compare what the store returns now with every secret, existing ones included."""
        left = [put for put in self._users if put not in self._failed and (put in self._sent or self._is_needed(put))]
        for target in dict.fromkeys(put.target for put in left):
            puts = [put for put in left if put.target == target]
            found, unreadable = self._read_settled(target, puts)
            for put in puts:
                error = unreadable.get(put.parameter.name)
                verdict = self._unread(put, error) if error else self._verdict(put, found.get(put.parameter.name))
                if isinstance(verdict, PutDone):
                    self._record(verdict)
                else:
                    self._fail(put, verdict)

    def write(self) -> None:
        """Write each file, with those of its changes whose parameters are all proved."""
        proved = {event.put for event in self._events if isinstance(event, PutDone)}
        for file, rewrite in tuple(self._rewrites.items()):
            ready = tuple(change for change in rewrite.changes if proved.issuperset(change.puts))
            if not ready:
                continue
            try:
                if len(ready) < len(rewrite.changes):
                    self._rewrites[file] = self._files.rewrite(rewrite.manifest, ready)
                new = self._rewrites[file].result
                before, root = rewrite.manifest.source, self._files.root_of(file)
                self._files.replace(file, expected=before, new=new, root=root)
            except SlsMigrateError as error:
                self._record(FileFailed(file, error))
            else:
                self._record(FileWritten(file, len(ready)))

    # ── parts of them ─────────────────────────────────────────────────────────────────────────

    def _put_one(self, put: Put) -> None:
        store, seen = self._stores[put.target], None
        if self._is(put, PutState.CONFLICT):
            now = self._agreed(put, store)
            if holds(now, put):
                return
            seen = now.version if now else None
        self._observer.on_put(put)
        self._sent[put] = 0
        if seen is not None:
            self._replaced.add(put)
        self._sent[put] = store.put(put.parameter, overwrite=seen is not None, expected_version=seen)

    def _agreed(self, put: Put, store: ParameterStore) -> StoredParameter | None:
        """Return what is there now in place of a conflict; StoreError where it must stay.

        The yes was to what was on the screen: a parameter that was changed after that is not overwritten.
        """
        name, check = put.parameter.name, self._checks[put]
        if check.version is None:
            raise StoreError(f"{name}: not put, since {check.detail}", hint=check.hint or None)
        if put not in self._overwrite or not check.overwritable:
            usual = "give it another --name" + (", or allow --on-conflict overwrite" if check.overwritable else "")
            raise self._refusal(put, check.detail, check.hint or usual)
        now = store.get([name]).get(name)
        if now is not None and now.version != check.version and not holds(now, put):
            why = f"not overwritten, since somebody changed it from version {check.version} to {now.version}"
            raise self._refusal(put, why, "run again to see it as it is now")
        return now

    def _read_settled(
        self, target: Target, puts: Sequence[Put]
    ) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
        """Read again as long as the store answers from before our puts."""
        found, unreadable = read_all(self._stores[target], [put.parameter.name for put in puts])
        for pause in _SETTLING:
            behind = [
                put.parameter.name
                for put in puts
                if put.parameter.name not in unreadable and self._is_behind(put, found.get(put.parameter.name))
            ]
            if not behind:
                break
            time.sleep(pause)
            found_now, unreadable_now = read_all(self._stores[target], behind)
            found |= found_now
            unreadable |= unreadable_now
        return found, unreadable

    def _is_behind(self, put: Put, stored: StoredParameter | None) -> bool:
        return put in self._sent and (stored is None or stored.version < self._sent[put])

    def _unread(self, put: Put, error: StoreError) -> StoreError:
        version = self._sent.get(put)
        message = f"{error.message}; put as version {version}, but not read back" if version else error.message
        return type(error)(message, hint=error.hint)

    def _verdict(self, put: Put, stored: StoredParameter | None) -> PutDone | StoreError:
        if holds(stored, put):
            return PutDone(put, stored.version, put in self._sent, put in self._replaced)
        if stored is None:
            return self._refusal(put, "not there when it was read back", "run again")
        if stored.type != SECURE_STRING:
            return self._refusal(put, f"reads back as {stored.type}, not as {SECURE_STRING}", "choose another name")
        if put in self._sent and stored.version == self._sent[put]:
            return self._refusal(put, "reads back different from what was put", "the file is left as it was")
        meanwhile = f"somebody else gave it another value meanwhile, version {stored.version}"
        return self._refusal(put, meanwhile, "run again to see it as it is now")

    def _refusal(self, put: Put, why: str, hint: str) -> StoreError:
        place = self._stores[put.target].identity().place
        return StoreError(f"{put.parameter.name}: {why} [{place}]", hint=hint)

    def _is(self, put: Put, state: PutState) -> bool:
        return put in self._checks and self._checks[put].state is state

    def _is_needed(self, put: Put) -> bool:
        """Return whether a change that can still succeed needs this put."""
        return any(self._failed.isdisjoint(needed) for needed in self._users[put])

    def _accepted_any(self, target: Target) -> bool:
        return any(put.target == target and put not in self._failed for put in self._sent)

    def _fail(self, put: Put, error: SlsMigrateError) -> None:
        self._failed.add(put)
        self._record(PutFailed(put, error))

    def _record(self, event: Event) -> None:
        self._events.append(event)
        self._observer.on_event(event)

    # ── the end ───────────────────────────────────────────────────────────────────────────────

    def account_for_the_rest(self) -> None:
        """Record, after an interrupt, files that are new and parameters that may be."""
        known = {event.file for event in self._events if isinstance(event, FileWritten | FileFailed)}
        for file, rewrite in self._rewrites.items():
            if file not in known and _reads(file, rewrite.result):
                self._record(FileWritten(file, len(rewrite.changes)))
        settled = {event.put for event in self._events if isinstance(event, PutDone | PutFailed)}
        for put, version in self._sent.items():
            if put not in settled:
                what = "put, but not read back" if version else "may have been put or not"
                hint = "run again: a parameter that holds the secret counts as done"
                self._record(PutFailed(put, StoreError(f"{put.parameter.name}: interrupted, {what}", hint=hint)))

    def outcome(self, *, interrupted: bool) -> ApplyResult:
        """Return what was done, and which changes were not."""
        done = {
            id(change)
            for event in self._events
            if isinstance(event, FileWritten)
            for change in self._rewrites[event.file].changes
        }
        left = tuple(change for change in self._plan.changes if id(change) not in done)
        return ApplyResult(tuple(self._events), left, interrupted)


def _not_put(put: Put, error: StoreError) -> StoreError:
    return type(error)(f"{put.parameter.name}: not put, since {error.message}", hint=error.hint)


def _reads(file: Path, content: bytes) -> bool:
    try:
        return read_file(file, len(content)) == content
    except SlsMigrateError:
        return False

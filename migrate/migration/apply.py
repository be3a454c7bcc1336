"""Carries a plan out: puts, reads back and compares, then writes the files whose every reference was proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

from migrate.files.atomic_files import check_replaceable, replace_file
from migrate.files.regular_files import read_file
from migrate.files.signals import replace_handler
from migrate.model import (
    Change,
    CheckedPut,
    Event,
    FileFailed,
    FileWritten,
    Manifest,
    Outcome,
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
from migrate.stores.limits import MAX_NAMES_PER_READ, SECURE_STRING
from migrate.stores.protocol import ParameterStore

Stores = Mapping[Target, ParameterStore]
# Seconds to wait before a read-back is made again: the store may answer from before our put.
_SETTLING = (0.2, 0.5, 1.0, 2.0)


def check(plan: Plan, stores: Stores) -> tuple[CheckedPut, ...]:
    """Holds every planned parameter against the store; no call that writes.

    Raises StoreError where so little can be read that no change could come about. A single parameter
    that can't be read is a conflict without a version.
    """
    answers = {target: _read_all(stores[target], names) for target, names in _names_by_target(plan.puts).items()}
    found, errors = {}, {}
    for put in plan.puts:
        stored, unreadable = answers[put.target]
        name = put.parameter.name
        found[put] = stored.get(name)
        if name in unreadable:
            errors[put] = unreadable[name]
    if errors and all(not errors.keys().isdisjoint(change.puts) for change in plan.changes if change.writes):
        raise next(iter(errors.values()))
    return tuple(_compared(put, found[put], errors.get(put)) for put in plan.puts)


def apply(
    plan: Plan,
    checked: Sequence[CheckedPut],
    stores: Stores,
    *,
    overwrite: frozenset[Put],
    rewrite: Callable[[Manifest, tuple[Change, ...]], Rewrite],
    root_of: Callable[[Path], Path | None],
    emit: Callable[[Event], None],
    sending: Callable[[Put], None] = lambda put: None,
) -> Outcome:
    """Puts what the store lacks, reads everything back, and rewrites what is then proved; in this order.

    A fault costs only the changes that need what failed. `overwrite` are the conflicts that a person
    or an option said yes to; `root_of` gives the directory that a file must lie in to be written;
    `rewrite` proves a file's new bytes; `emit` hears what was done, `sending` what is about to be put.
    KeyboardInterrupt does not leave: it ends the work, with every file whole, and is told in the outcome. After
    the work no signal is heeded any more, since a second one must not cost the account of what was done.
    """
    run = _Run(plan, checked, stores, overwrite, rewrite, root_of, emit, sending)
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
    """One application of a plan. What it remembers is what an interrupt must be able to tell."""

    def __init__(
        self,
        plan: Plan,
        checked: Sequence[CheckedPut],
        stores: Stores,
        overwrite: frozenset[Put],
        rewrite: Callable[[Manifest, tuple[Change, ...]], Rewrite],
        root_of: Callable[[Path], Path | None],
        emit: Callable[[Event], None],
        sending: Callable[[Put], None],
    ) -> None:
        self._plan = plan
        self._checked = {each.put: each for each in checked}
        self._stores = stores
        self._overwrite = overwrite
        self._rewrite = rewrite
        self._root_of = root_of
        self._emit = emit
        self._sending = sending
        self._events: list[Event] = []
        self._rewrites: dict[Path, Rewrite] = {}
        self._users: dict[Put, list[tuple[Put, ...]]] = {}  # all that a change needs, by each part of it
        self._sent: dict[Put, int] = {}  # with the version that the store gave, 0 while on its way
        self._failed: set[Put] = set()

    # ── the four steps ────────────────────────────────────────────────────────────────────────

    def prove(self) -> None:
        """Every file's new bytes, and that they could be written, before anything is put."""
        for file, changes in self._plan.by_file.items():
            manifest = changes[0].finding.manifest
            try:
                check_replaceable(file, expected=manifest.source, root=self._root_of(file))
                self._rewrites[file] = self._rewrite(manifest, changes)
            except SlsMigrateError as error:
                self._tell(FileFailed(file, error))
                continue
            for change in changes:
                for put in change.puts:
                    self._users.setdefault(put, []).append(change.puts)

    def put(self) -> None:
        """What the store lacks; a target that refuses what it would refuse again is left in peace."""
        refused: dict[Target, StoreError] = {}
        # Conflicts first: what they cost need not be put anywhere else.
        for put in sorted(self._users, key=lambda put: not self._is(put, PutState.CONFLICT)):
            if self._is(put, PutState.THERE) or not self._is_needed(put):
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
        """Compares what the store gives now, decrypted, with every secret, those that were there included."""
        left = [put for put in self._users if put not in self._failed and (put in self._sent or self._is_needed(put))]
        for target in dict.fromkeys(put.target for put in left):
            puts = [put for put in left if put.target == target]
            found, unreadable = self._read_settled(target, puts)
            for put in puts:
                error = unreadable.get(put.parameter.name)
                verdict = self._unread(put, error) if error else self._verdict(put, found.get(put.parameter.name))
                if isinstance(verdict, PutDone):
                    self._tell(verdict)
                else:
                    self._fail(put, verdict)

    def write(self) -> None:
        """Each file, with those of its changes whose parameters are all proved."""
        proved = {event.put for event in self._events if isinstance(event, PutDone)}
        for file, rewrite in tuple(self._rewrites.items()):
            ready = tuple(change for change in rewrite.changes if proved.issuperset(change.puts))
            if not ready:
                continue
            try:
                if len(ready) < len(rewrite.changes):
                    self._rewrites[file] = self._rewrite(rewrite.manifest, ready)
                new = self._rewrites[file].result
                replace_file(file, expected=rewrite.manifest.source, new=new, root=self._root_of(file))
            except SlsMigrateError as error:
                self._tell(FileFailed(file, error))
            else:
                self._tell(FileWritten(file, len(ready)))

    # ── parts of them ─────────────────────────────────────────────────────────────────────────

    def _put_one(self, put: Put) -> None:
        store, seen = self._stores[put.target], None
        if self._is(put, PutState.CONFLICT):
            now = self._agreed(put, store)
            if _holds(now, put):
                return
            seen = now.version if now else None
        self._sending(put)
        self._sent[put] = 0
        self._sent[put] = store.put(put.parameter, overwrite=seen is not None, expected_version=seen)

    def _agreed(self, put: Put, store: ParameterStore) -> StoredParameter | None:
        """What is there now in place of a conflict; StoreError where it may not be overwritten.

        The yes was to what was shown: a parameter that was changed after that is not overwritten.
        """
        name, shown = put.parameter.name, self._checked[put]
        if shown.version is None:
            raise StoreError(f"{name}: not put, since {shown.detail}", hint=shown.hint or None)
        if put not in self._overwrite or not shown.overwritable:
            hint = "give it another --name" + (", or allow --on-conflict overwrite" if shown.overwritable else "")
            raise self._refusal(put, shown.detail, hint)
        now = store.get([name]).get(name)
        if now is not None and now.version != shown.version and not _holds(now, put):
            why = f"not overwritten, since somebody changed it from version {shown.version} to {now.version}"
            raise self._refusal(put, why, "run again to see it as it is now")
        return now

    def _read_settled(
        self, target: Target, puts: Sequence[Put]
    ) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
        """What can be read, asked again as long as the store answers from before our puts."""
        found, unreadable = _read_all(self._stores[target], [put.parameter.name for put in puts])
        for pause in _SETTLING:
            behind = [
                put.parameter.name
                for put in puts
                if put.parameter.name not in unreadable and self._is_behind(put, found.get(put.parameter.name))
            ]
            if not behind:
                break
            time.sleep(pause)
            found_now, unreadable_now = _read_all(self._stores[target], behind)
            found |= found_now
            unreadable |= unreadable_now
        return found, unreadable

    def _is_behind(self, put: Put, stored: StoredParameter | None) -> bool:
        return put in self._sent and (stored is None or stored.version < self._sent[put])

    def _unread(self, put: Put, error: StoreError) -> StoreError:
        version = self._sent.get(put)
        said = f"{error.message}; put as version {version}, but not read back" if version else error.message
        return type(error)(said, hint=error.hint)

    def _verdict(self, put: Put, stored: StoredParameter | None) -> PutDone | StoreError:
        if _holds(stored, put):
            return PutDone(put, stored.version, created=put in self._sent)
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
        return put in self._checked and self._checked[put].state is state

    def _is_needed(self, put: Put) -> bool:
        """Whether a change can still come true that needs it."""
        return any(self._failed.isdisjoint(needed) for needed in self._users[put])

    def _accepted_any(self, target: Target) -> bool:
        return any(put.target == target and put not in self._failed for put in self._sent)

    def _fail(self, put: Put, error: SlsMigrateError) -> None:
        self._failed.add(put)
        self._tell(PutFailed(put, error))

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        self._emit(event)

    # ── the end ───────────────────────────────────────────────────────────────────────────────

    def account_for_the_rest(self) -> None:
        """After an interrupt: a file that is new all the same, and parameters of which it is not known."""
        told = {event.file for event in self._events if isinstance(event, FileWritten | FileFailed)}
        for file, rewrite in self._rewrites.items():
            if file not in told and _reads(file, rewrite.result):
                self._tell(FileWritten(file, len(rewrite.changes)))
        settled = {event.put for event in self._events if isinstance(event, PutDone | PutFailed)}
        for put, version in self._sent.items():
            if put not in settled:
                what = "put, but not read back" if version else "may have been put or not"
                hint = "run again: a parameter that holds the secret counts as done"
                self._tell(PutFailed(put, StoreError(f"{put.parameter.name}: interrupted, {what}", hint=hint)))

    def outcome(self, *, interrupted: bool) -> Outcome:
        """What was done, and which changes were not."""
        done = {
            id(change)
            for event in self._events
            if isinstance(event, FileWritten)
            for change in self._rewrites[event.file].changes
        }
        left = tuple(change for change in self._plan.changes if id(change) not in done)
        return Outcome(tuple(self._events), left, interrupted)


def read_each(store: ParameterStore, names: Sequence[str]) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
    """What the store holds, and why some of it can't be read. Raises TargetError.

    One parameter that can't be decrypted fails a call for ten, so those are then asked for one by one;
    but where the first ten are all denied, the rest is taken to be so too.
    """
    found: dict[str, StoredParameter] = {}
    unreadable: dict[str, StoreError] = {}
    answered = False
    wanted = tuple(dict.fromkeys(names))
    batches = [wanted[start : start + MAX_NAMES_PER_READ] for start in range(0, len(wanted), MAX_NAMES_PER_READ)]
    while batches:
        some = batches.pop(0)
        try:
            found.update(store.get(some))
            answered = True
        except TargetError:
            raise
        except StoreError as error:
            if len(some) > 1:
                batches[:0] = [(name,) for name in some]
                continue
            unreadable[some[0]] = error
            if isinstance(error, DeniedError) and not answered and len(unreadable) == MAX_NAMES_PER_READ:
                return found, dict.fromkeys(wanted, error)
    return found, unreadable


def _read_all(store: ParameterStore, names: Sequence[str]) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
    """The same, where a store that can't be read at all is what is wrong with each of them."""
    try:
        return read_each(store, names)
    except StoreError as error:
        return {}, dict.fromkeys(names, error)


def _not_put(put: Put, error: StoreError) -> StoreError:
    return type(error)(f"{put.parameter.name}: not put, since {error.message}", hint=error.hint)


def _compared(put: Put, stored: StoredParameter | None, error: StoreError | None) -> CheckedPut:
    if error is not None:
        why = f"it can't be read: {error.message}"
        return CheckedPut(put, PutState.CONFLICT, None, why, overwritable=False, hint=error.hint or "")
    if stored is None:
        return CheckedPut(put, PutState.PUT)
    if stored.type != SECURE_STRING:
        detail = f"is there as {stored.type}, version {stored.version}, not as {SECURE_STRING}"
        return CheckedPut(put, PutState.CONFLICT, stored.version, detail, overwritable=False)
    same = _holds(stored, put)
    detail = f"{'same' if same else 'another'} value, version {stored.version}"
    return CheckedPut(put, PutState.THERE if same else PutState.CONFLICT, stored.version, detail)


def _holds(stored: StoredParameter | None, put: Put) -> TypeGuard[StoredParameter]:
    return stored is not None and stored.type == SECURE_STRING and stored.secret == put.parameter.secret


def _reads(file: Path, content: bytes) -> bool:
    try:
        return read_file(file, len(content)) == content
    except SlsMigrateError:
        return False


def _names_by_target(puts: Sequence[Put]) -> dict[Target, list[str]]:
    names: dict[Target, list[str]] = {}
    for put in puts:
        names.setdefault(put.target, []).append(put.parameter.name)
    return names

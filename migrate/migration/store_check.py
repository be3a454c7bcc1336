"""Check a plan against the store, with calls that only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from migrate.model import CheckedPut, Plan, Put, PutState, StoredParameter, StoreError, Target
from migrate.stores.errors import DeniedError, TargetError
from migrate.stores.limits import MAX_NAMES_PER_READ, SECURE_STRING
from migrate.stores.protocol import ParameterStore

Stores = Mapping[Target, ParameterStore]


def check(plan: Plan, stores: Stores) -> tuple[CheckedPut, ...]:
    """Check every planned parameter against the store, with calls that only read.

    Raises StoreError where so little can be read that no change could come about. A single parameter
    that can't be read is a conflict without a version.
    """
    answers = {target: read_all(stores[target], names) for target, names in _names_by_target(plan.puts).items()}
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


def require_held(puts: Sequence[Put], stores: Stores) -> None:
    """Raise StoreError unless each parameter holds its secret already."""
    for target, names in _names_by_target(puts).items():
        found, unreadable = read_each(stores[target], names)
        for put in puts:
            name = put.parameter.name
            if put.target != target or holds(found.get(name), put):
                continue
            if name in unreadable:
                raise unreadable[name]
            why = "a manifest with uncommitted changes refers to it, and it does not hold the value committed there"
            raise StoreError(f"{name} in {target.region}: {why}", hint="undo the changes, or commit them yourself")


def read_each(store: ParameterStore, names: Sequence[str]) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
    """Return what the store holds, and why some of it can't be read.

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


def read_all(store: ParameterStore, names: Sequence[str]) -> tuple[dict[str, StoredParameter], dict[str, StoreError]]:
    """Read like `read_each`; a store-wide failure becomes one error per name."""
    try:
        return read_each(store, names)
    except StoreError as error:
        return {}, dict.fromkeys(names, error)


def _compared(put: Put, stored: StoredParameter | None, error: StoreError | None) -> CheckedPut:
    if error is not None:
        why = f"it can't be read: {error.message}"
        return CheckedPut(put, PutState.CONFLICT, None, why, overwritable=False, hint=error.hint or "")
    if stored is None:
        return CheckedPut(put, PutState.PUT)
    if stored.type != SECURE_STRING:
        detail = f"is there as {stored.type}, version {stored.version}, not as {SECURE_STRING}"
        return CheckedPut(put, PutState.CONFLICT, stored.version, detail, overwritable=False)
    same = holds(stored, put)
    detail = f"{'same' if same else 'another'} value, version {stored.version}"
    return CheckedPut(put, PutState.EXISTS if same else PutState.CONFLICT, stored.version, detail)


def holds(stored: StoredParameter | None, put: Put) -> TypeGuard[StoredParameter]:
    """Return whether a parameter is a SecureString with the secret that is to be put."""
    return stored is not None and stored.type == SECURE_STRING and stored.secret == put.parameter.secret


def _names_by_target(puts: Sequence[Put]) -> dict[Target, list[str]]:
    names: dict[Target, list[str]] = {}
    for put in puts:
        names.setdefault(put.target, []).append(put.parameter.name)
    return names

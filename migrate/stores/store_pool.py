"""The stores of a run, each opened once, whoever of its threads asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from migrate.model import Identity, SlsMigrateError, StoreError, Target
from migrate.stores.parameter_store import Pace, ParameterStore, open_store, require_account


class StorePool:
    """Opens the store of a target once; one that can't be used is refused again without being asked again.

    `pace_of` gives the pace of puts to an account and region, `on_wait` hears of calls that take long.
    """

    def __init__(
        self, pace_of: Callable[[Identity], Pace] | None = None, on_wait: Callable[[str], None] | None = None
    ) -> None:
        self._pace_of = pace_of
        self._on_wait = on_wait
        self._lock = threading.Lock()
        self._stores: dict[Target, ParameterStore] = {}
        self._refused: dict[Target, tuple[type[StoreError], str, str | None]] = {}
        self._identities: dict[Target, Identity] = {}

    @property
    def identities(self) -> tuple[tuple[Target, Identity], ...]:
        """Who we are at each target that is in use, in the order of first use."""
        with self._lock:
            return tuple(self._identities.items())

    def open(self, target: Target, expected: str | None = None) -> ParameterStore:
        """Return the store of a target. Raises StoreError, or SlsMigrateError for an account that is not `expected`."""
        with self._lock:
            store = self._opened(target)
            identity = store.identity()
            require_account(identity, expected)
            self._identities.setdefault(target, identity)
            return store

    def open_all(self, targets: Iterable[Target], expected: str | None = None) -> Mapping[Target, ParameterStore]:
        """Return the stores of several targets. Raises as `open` for the first that can't be used."""
        return {target: self.open(target, expected) for target in dict.fromkeys(targets)}

    def try_all(self, targets: Iterable[Target], expected: str | None = None) -> None:
        """Open what can be opened, so that `identities` holds it; what can't is raised by the next `open`."""
        for target in dict.fromkeys(targets):
            try:
                self.open(target, expected)
            except SlsMigrateError:
                continue

    def _opened(self, target: Target) -> ParameterStore:
        if target in self._refused:
            kind, message, hint = self._refused[target]
            raise kind(message, hint=hint)
        if target not in self._stores:
            try:
                store = open_store(target, self._pace_of, self._on_wait)
                store.identity()
            except StoreError as error:
                self._refused[target] = type(error), error.message, error.hint
                raise
            self._stores[target] = store
        return self._stores[target]

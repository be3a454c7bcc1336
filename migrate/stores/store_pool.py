"""The stores of a run, each opened once, whichever of its threads is first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from migrate.model import Identity, SlsMigrateError, StoreError, Target
from migrate.stores.protocol import ParameterStore, require_account
from migrate.stores.rate_limit import RateLimit
from migrate.stores.registry import open_store


class StorePool:
    """Open the store of a target once; one that can't be used is refused again without being asked again.

    `rate_limit_of` gives the rate limit of puts to an account and region; `on_slow_call` receives, from another
    thread, a line on each call that takes long.
    """

    def __init__(
        self,
        rate_limit_of: Callable[[Identity], RateLimit] | None = None,
        on_slow_call: Callable[[str], None] | None = None,
    ) -> None:
        self._rate_limit_of = rate_limit_of
        self._on_slow_call = on_slow_call
        self._lock = threading.Lock()
        self._stores: dict[Target, ParameterStore] = {}
        self._refused: dict[Target, tuple[type[StoreError], str, str | None]] = {}
        self._identities: dict[Target, Identity] = {}

    @property
    def identities(self) -> tuple[tuple[Target, Identity], ...]:
        """Return who we are at each target that is in use, in the order of first use."""
        with self._lock:
            return tuple(self._identities.items())

    def open(self, target: Target, expected: str | None = None) -> ParameterStore:
        """Return the store of a target.

        Raises StoreError, or SlsMigrateError for an account that is not `expected`.
        """
        with self._lock:
            store = self._opened(target)
            identity = store.identity()
            require_account(identity, expected)
            self._identities.setdefault(target, identity)
            return store

    def open_all(self, targets: Iterable[Target], expected: str | None = None) -> Mapping[Target, ParameterStore]:
        """Return the stores of several targets.

        Raises as `open` does, for the first that can't be opened.
        """
        return {target: self.open(target, expected) for target in dict.fromkeys(targets)}

    def try_all(self, targets: Iterable[Target], expected: str | None = None) -> None:
        """Open what can be opened, so that `identities` holds it; defer errors.

        The next `open` of a target raises its error.
        """
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
                store = open_store(target, self._rate_limit_of, self._on_slow_call)
                store.identity()
            except StoreError as error:
                self._refused[target] = type(error), error.message, error.hint
                raise
            self._stores[target] = store
        return self._stores[target]

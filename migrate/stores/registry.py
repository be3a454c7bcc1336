"""The registry of stores: one dict of implementations, and the opening of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from migrate.model import Identity, Target
from migrate.stores.protocol import ParameterStore
from migrate.stores.rate_limit import RateLimit
from migrate.stores.ssm import SsmStore

StoreName = Literal["ssm"]


class RateLimitedStore(ParameterStore, Protocol):
    """A store whose puts can be made to wait their turn."""

    def use_rate_limit(self, rate_limit: RateLimit) -> None:
        """Make every put wait for the rate limit, retries included.

        Each response is reported to the rate limit.
        """
        ...


class StoreType(Protocol):
    """A function that opens a store of one kind and connects to nothing.

    Raises StoreError where the settings can't be used.
    """

    def __call__(self, target: Target, *, on_slow_call: Callable[[str], None] | None = None) -> RateLimitedStore:
        """Open the store of a target.

        `on_slow_call` receives a line on each call that takes long.
        """
        ...


STORES: Mapping[StoreName, StoreType] = {"ssm": SsmStore}


def open_store(
    target: Target,
    rate_limit_of: Callable[[Identity], RateLimit] | None = None,
    on_slow_call: Callable[[str], None] | None = None,
    name: StoreName = "ssm",
) -> ParameterStore:
    """Open a store.

    `rate_limit_of` gives the rate limit of puts to an account and region; `on_slow_call` receives, from another
    thread, a line on each call that takes long. Raises StoreError where its settings can't be used, or where our
    identity is needed and can't be determined.
    """
    store = STORES[name](target, on_slow_call=on_slow_call)
    if rate_limit_of is not None:
        store.use_rate_limit(rate_limit_of(store.identity()))
    return store

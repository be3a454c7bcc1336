"""The stores that there are: one dict of implementations, and how one of them is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from migrate.model import Identity, Target
from migrate.stores.protocol import ParameterStore
from migrate.stores.rate_limit import RateLimit
from migrate.stores.ssm import SsmStore

StoreName = Literal["ssm"]
# A new store is a module with a class of this signature, a row here, and a row of the contract test's worlds.
STORES: Mapping[StoreName, type[SsmStore]] = {"ssm": SsmStore}


def open_store(
    target: Target,
    rate_limit_of: Callable[[Identity], RateLimit] | None = None,
    on_slow_call: Callable[[str], None] | None = None,
    name: StoreName = "ssm",
) -> ParameterStore:
    """Open the store of a profile and region. Raises StoreError where the AWS settings can't be used.

    `rate_limit_of` gives the rate limit of puts to an account and region; `on_slow_call` receives, from
    another thread, a line on each call that takes long.
    """
    store = STORES[name](target, on_slow_call=on_slow_call)
    if rate_limit_of is not None:
        store.use_rate_limit(rate_limit_of(store.identity()))
    return store

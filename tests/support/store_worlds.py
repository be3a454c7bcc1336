"""For each kind of store a server that misbehaves on demand, in the words of the contract that all of them keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from migrate.model import Target
from migrate.stores.registry import RateLimitedStore, StoreName
from migrate.stores.ssm import SsmStore
from tests.support.faults import NO_DECRYPTION, page
from tests.support.storestub import REGION, Effect, StubStore, deny, drop, first, lose_reply, refuse

Kind = Literal["read", "put"]


class World(Protocol):
    """A server of one kind of store, empty at first."""

    # What a person must be allowed to do, as the error names it.
    permissions: Mapping[Kind, str]

    def open(self) -> RateLimitedStore:
        """Open a store there that does not wait for better times."""
        ...

    def seed(self, name: str, value: str) -> None:
        """Have somebody else put a value, as a new version if there is one."""
        ...

    def stored(self, name: str) -> tuple[str, int] | None:
        """Return the value and version that the server holds."""
        ...

    def lose_replies(self, kind: Kind, times: int) -> None:
        """Do what is asked, and break off before the answer."""
        ...

    def deny(self, kind: Kind) -> None:
        """Refuse for want of a permission."""
        ...

    def throttle(self, kind: Kind, times: float) -> None:
        """Want everybody slower, so many times."""
        ...

    def break_down(self, kind: Kind) -> None:
        """Answer with a page of somebody else's, from now on."""
        ...

    def disconnect(self, kind: Kind) -> None:
        """Break every connection off, from now on."""
        ...

    def lose_key(self) -> None:
        """No value can be decrypted from now on."""
        ...

    def before_put(self, act: Callable[[], object]) -> None:
        """Do something just before the next put is served."""
        ...


class SsmWorld:
    """The sandbox's Parameter Store behind settable faults."""

    permissions: Mapping[Kind, str] = {"read": "ssm:GetParameters", "put": "ssm:PutParameter"}
    _operations: Mapping[Kind, str] = {"read": "GetParameters", "put": "PutParameter"}

    def __init__(self, stub: StubStore) -> None:
        self._stub = stub

    def open(self) -> SsmStore:
        """Open a store there that does not wait for better times."""
        return SsmStore(Target(None, REGION), attempts=3, patience=0.0)

    def seed(self, name: str, value: str) -> None:
        """Have somebody else put a value, as a new version if there is one."""
        self._stub.seed(name, value)

    def stored(self, name: str) -> tuple[str, int] | None:
        """Return the value and version that the server holds."""
        value, version = self._stub.value(name), self._stub.version(name)
        return None if value is None or version is None else (value, version)

    def lose_replies(self, kind: Kind, times: int) -> None:
        """Do what is asked, and break off before the answer."""
        self._fault(kind, lose_reply, times)

    def deny(self, kind: Kind) -> None:
        """Refuse for want of a permission."""
        self._fault(kind, deny(self.permissions[kind]))

    def throttle(self, kind: Kind, times: float) -> None:
        """Want everybody slower, so many times."""
        self._fault(kind, refuse("ThrottlingException", "Rate exceeded"), times)

    def break_down(self, kind: Kind) -> None:
        """Answer with a page of somebody else's, from now on."""
        self._fault(kind, page(200))

    def disconnect(self, kind: Kind) -> None:
        """Break every connection off, from now on."""
        self._fault(kind, drop)

    def lose_key(self) -> None:
        """No value can be decrypted from now on."""
        self._fault("read", NO_DECRYPTION)

    def before_put(self, act: Callable[[], object]) -> None:
        """Do something just before the next put is served."""
        self._fault("put", first(act), times=1)

    def _fault(self, kind: Kind, effect: Effect, times: float = float("inf")) -> None:
        self._stub.fault(self._operations[kind], effect, times=times)


# A new store has its row here: what makes its world, from pytest's fixture of that name.
WORLDS: Mapping[StoreName, tuple[str, Callable[[Any], World]]] = {"ssm": ("stub", SsmWorld)}

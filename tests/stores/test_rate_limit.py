"""Puts follow one another at the account's pace."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pytest

from migrate.model import Identity, Parameter, Secret, Target
from migrate.stores.rate_limit import RateLimit, RateLimits
from migrate.stores.registry import open_store
from tests.support.storestub import REGION, StubStore


@dataclass
class Still(threading.Event):
    """A stop that nobody sets, on a clock that only waiting moves."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        self.waits.append(timeout or 0.0)
        return self.is_set()


def paced(rate: float) -> tuple[RateLimit, Still]:
    still = Still()
    return RateLimit(rate, still, lambda: still.now), still


def test_puts_are_spaced_by_the_rate_and_the_first_is_immediate() -> None:
    pace, still = paced(4)
    for _ in range(5):
        pace.wait()
    assert still.waits == [0, 0.25, 0.25, 0.25, 0.25]


def test_idle_time_is_not_made_up_for() -> None:
    pace, still = paced(2)
    pace.wait()
    still.now += 10
    pace.wait()
    pace.wait()
    assert still.waits == [0, 0, 0.5]


def test_throttle_lowers_the_rate_once_a_second_and_success_raises_it_to_the_limit() -> None:
    pace, still = paced(10)
    still.now = 5
    pace.on_response(throttled=True)
    pace.on_response(throttled=True)
    assert pace.rate == pytest.approx(7)
    still.now += 1
    pace.on_response(throttled=True)
    assert pace.rate == pytest.approx(4.9)
    for _ in range(100):
        pace.on_response(throttled=False)
    assert pace.rate == 10


def test_rate_never_falls_to_zero() -> None:
    pace, still = paced(3)
    for _ in range(100):
        still.now += 1
        pace.on_response(throttled=True)
    assert pace.rate == pytest.approx(0.1)


def test_waiting_put_is_interrupted_when_the_run_stops() -> None:
    stop = threading.Event()
    pace = RateLimit(0.5, stop)
    pace.wait()
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(KeyboardInterrupt):
        pace.wait()


def test_account_has_one_rate_limit_per_region_for_all_profiles() -> None:
    paces = RateLimits(3, threading.Event())
    one = paces.of(Identity("1", "arn:a", "eu-west-1"))
    assert paces.of(Identity("1", "arn:b", "eu-west-1")) is one
    assert paces.of(Identity("1", "arn:a", "us-east-1")) is not one
    assert paces.of(Identity("2", "arn:a", "eu-west-1")) is not one


def test_throttled_store_completes_every_put_at_the_stores_rate(stub: StubStore) -> None:
    stub.rate = 20
    paces = RateLimits(40, threading.Event())
    store = open_store(Target(None, REGION), paces.of)
    begun = time.monotonic()
    for number in range(30):
        store.put(Parameter(f"/paced/{number}", Secret("x")), overwrite=False)
    assert len(stub.names()) == 30
    assert time.monotonic() - begun >= 0.5  # twenty at once, the other ten as the store takes them

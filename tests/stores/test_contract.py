"""What every store keeps to, whatever stands behind it: one test for all of them."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from migrate.model import Parameter, Secret, StoreError
from migrate.stores.errors import DeniedError, ExistsError, TargetError
from migrate.stores.protocol import ParameterStore
from migrate.stores.rate_limit import RateLimit
from migrate.stores.registry import STORES, RateLimitedStore
from tests.support.store_worlds import WORLDS, Kind, World

NAME, OTHER = "/shop/db-password", "/shop/api-key"
VALUE = "hunter2-" + "marked-" * 3
PEM = "-----BEGIN PRIVATE KEY-----\n" + "ab/+" * 16 + "\n-----END PRIVATE KEY-----\n"
CALLS: dict[Kind, Callable[[ParameterStore], object]] = {
    "read": lambda store: store.get([NAME]),
    "put": lambda store: store.put(parameter(), overwrite=False),
}
KINDS = tuple(CALLS)


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    """A server of each kind of store."""
    fixture, make = WORLDS[request.param]
    return make(request.getfixturevalue(fixture))


@pytest.fixture
def store(world: World) -> RateLimitedStore:
    return world.open()


def parameter(name: str = NAME, value: str = VALUE) -> Parameter:
    return Parameter(name, Secret(value))


def message_of(caught: pytest.ExceptionInfo[StoreError]) -> str:
    """The error's message, after a look that neither it nor anything it drags along tells the value."""
    error = caught.value
    text = "".join(traceback.format_exception(error)) + repr(error) + str(error.hint)
    assert not any(VALUE[at : at + 6] in text for at in range(len(VALUE) - 5))
    return error.message


def test_every_store_has_a_test_world() -> None:
    assert set(WORLDS) == set(STORES)


# ── reading and putting ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "a\n",
        "a\r\nb",
        " a ",
        "\t",
        "ü😀",
        "\u2028",
        "'\"\\",
        "true",
        "0123",
        '{"a": 1}',
        "$" + "{a}",
        PEM,
        "x" * 4096,
    ],
)
def test_value_is_read_back_exactly(store: ParameterStore, value: str) -> None:
    version = store.put(parameter(value=value), overwrite=False)
    stored = store.get([NAME])[NAME]
    assert (stored.name, stored.version, stored.secret.reveal()) == (NAME, version, value)


def test_missing_parameter_is_absent_from_the_answer(store: ParameterStore, world: World) -> None:
    assert store.get([]) == {}
    world.seed(OTHER, "x")
    assert list(store.get([NAME, OTHER, "/shop/none"])) == [OTHER]


def test_more_names_than_one_call_takes_are_read(store: ParameterStore, world: World) -> None:
    names = [f"/shop/key-{number}" for number in range(45)]
    for name in names:
        world.seed(name, f"value of {name}")
    assert {name: stored.secret.reveal() for name, stored in store.get([*names, *names]).items()} == {
        name: f"value of {name}" for name in names
    }


def test_other_value_is_not_overwritten_without_overwrite(store: ParameterStore, world: World) -> None:
    world.seed(NAME, "older")
    with pytest.raises(ExistsError) as caught:
        store.put(parameter(), overwrite=False)
    assert NAME in message_of(caught)
    assert world.stored(NAME) == ("older", 1)


def test_other_value_put_just_before_ours_is_not_overwritten(store: ParameterStore, world: World) -> None:
    world.before_put(lambda: world.seed(NAME, "somebody else's"))
    with pytest.raises(ExistsError):
        store.put(parameter(), overwrite=False)
    assert world.stored(NAME) == ("somebody else's", 1)


def test_equal_value_counts_as_stored(store: ParameterStore, world: World) -> None:
    world.seed(NAME, VALUE)
    assert store.put(parameter(), overwrite=False) == 1
    assert world.stored(NAME) == (VALUE, 1)


def test_overwrite_puts_the_next_version(store: ParameterStore, world: World) -> None:
    world.seed(NAME, "older")
    assert store.put(parameter(), overwrite=True, expected_version=1) == 2
    assert world.stored(NAME) == (VALUE, 2)


def test_overwrite_of_an_unexpected_version_raises_an_error(store: ParameterStore, world: World) -> None:
    world.seed(NAME, "older")
    world.before_put(lambda: world.seed(NAME, "somebody else's"))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True, expected_version=1)
    assert NAME in message_of(caught)


def test_identity_is_stable_and_has_an_account(store: ParameterStore) -> None:
    assert store.identity() == store.identity()
    assert store.identity().account


# ── faults ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("losses", [1, 2])
def test_put_whose_reply_is_lost_is_put_once(store: ParameterStore, world: World, losses: int, hurried: None) -> None:
    world.lose_replies("put", losses)
    assert store.put(parameter(), overwrite=False) == 1
    assert world.stored(NAME) == (VALUE, 1)


def test_overwrite_whose_reply_is_lost_succeeds(store: ParameterStore, world: World, hurried: None) -> None:
    world.seed(NAME, "older")
    world.lose_replies("put", 1)
    version = store.put(parameter(), overwrite=True, expected_version=1)
    assert world.stored(NAME) == (VALUE, version)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_permission_is_named(store: ParameterStore, world: World, kind: Kind) -> None:
    world.seed(OTHER, "x")
    world.deny(kind)
    with pytest.raises(DeniedError) as caught:
        CALLS[kind](store)
    assert world.permissions[kind] in message_of(caught)
    assert world.permissions[kind] in str(caught.value.hint)
    assert world.stored(NAME) is None


@pytest.mark.parametrize("kind", KINDS)
def test_throttled_call_is_retried(store: ParameterStore, world: World, kind: Kind, hurried: None) -> None:
    world.throttle(kind, times=2)
    CALLS[kind](store)
    assert world.stored(NAME) == ((VALUE, 1) if kind == "put" else None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["throttle", "break_down", "disconnect"])
def test_unusable_store_raises_a_target_error(
    store: ParameterStore, world: World, kind: Kind, fault: str, hurried: None
) -> None:
    faults: dict[str, Callable[[], None]] = {
        "throttle": lambda: world.throttle(kind, float("inf")),
        "break_down": lambda: world.break_down(kind),
        "disconnect": lambda: world.disconnect(kind),
    }
    faults[fault]()
    with pytest.raises(TargetError) as caught:
        CALLS[kind](store)
    assert message_of(caught)
    assert caught.value.hint


def test_value_that_cannot_be_decrypted_is_an_error_and_not_missing(store: ParameterStore, world: World) -> None:
    world.seed(NAME, VALUE)
    world.lose_key()
    with pytest.raises(StoreError) as caught:
        store.get([NAME])
    assert NAME in message_of(caught)


# ── rate limit ────────────────────────────────────────────────────────────────────────────────


class Turns(RateLimit):
    """A rate limit that never waits and counts."""

    def __init__(self) -> None:
        self.waited = 0
        self.throttled: list[bool] = []

    def wait(self) -> None:
        self.waited += 1

    def on_response(self, *, throttled: bool) -> None:
        self.throttled.append(throttled)


def test_every_attempt_of_a_put_waits_for_the_rate_limit(store: RateLimitedStore, world: World, hurried: None) -> None:
    turns = Turns()
    store.use_rate_limit(turns)
    world.throttle("put", times=2)
    store.put(parameter(), overwrite=False)
    store.get([NAME])
    assert (turns.waited, turns.throttled) == (3, [True, True, False])

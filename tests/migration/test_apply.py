"""Carrying a plan out against a real store over HTTP, with every kind of fault."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from msgspec.structs import replace

from migrate.files.atomic_files import replace_file
from migrate.files.signals import handle_signals
from migrate.migration.apply import Files, Observer, apply
from migrate.migration.store_check import check
from migrate.model import (
    Applicability,
    ApplyResult,
    Change,
    CheckedPut,
    Confidence,
    Event,
    FileWritten,
    Finding,
    Identity,
    Kind,
    Manifest,
    ManifestError,
    Parameter,
    Plan,
    Put,
    PutDone,
    PutFailed,
    PutState,
    Rewrite,
    Role,
    Rule,
    Secret,
    Span,
    StoredParameter,
    StoreError,
    Target,
)
from migrate.plan.planning import rewritten
from migrate.stores.errors import TargetError
from migrate.stores.protocol import ParameterStore
from migrate.text.manifest import read
from tests.support.sample import slow
from tests.support.storestub import ACCOUNT, StubStore, altered, deny, drop, first, lose_reply, refuse

HERE, FAR = Target(None, "us-east-1"), Target(None, "eu-central-1")
RULE = Rule("password-key", "Named like a password", Kind.PASSWORD, Confidence.HIGH)
Stores = Mapping[Target, ParameterStore]


@pytest.fixture
def stores(stub: StubStore) -> Stores:
    return {HERE: stub.quick()}


@dataclass
class Service:
    """Files of `key: value` lines, each value a secret that goes to `/app/<key>`."""

    directory: Path
    targets: Sequence[Target] = (HERE,)
    manifests: list[Manifest] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    heard: list[Event] = field(default_factory=list)

    def add(self, name: str, **secrets: str) -> Path:
        """Writes a file and plans every value of it."""
        file = self.directory / name
        file.write_bytes("".join(f"{key}: {value}\n" for key, value in secrets.items()).encode())
        manifest = read(file, file.read_bytes(), Role.MANIFEST)
        self.manifests.append(manifest)
        self.changes += [self._change(manifest, key, value) for key, value in secrets.items()]
        return file

    def _change(self, manifest: Manifest, key: str, value: str) -> Change:
        scalar = next(each for each in manifest.scalars if each.path.parts == (key,))
        secret = Secret(value)
        name = f"/app/{key}"
        return Change(
            Finding(RULE, manifest, scalar, secret, Confidence.HIGH, "named like a password"),
            Applicability.SAFE,
            Span(0, len(value)),
            secret,
            name,
            f"${{ssm:{name}~true}}",
            tuple(Put(target, Parameter(name, secret)) for target in self.targets),
        )

    @property
    def plan(self) -> Plan:
        return Plan(tuple(self.changes))

    def run(
        self,
        stores: Stores,
        checked: Sequence[CheckedPut] | None = None,
        overwrite: frozenset[Put] = frozenset(),
        rewrite: Callable[[Manifest, tuple[Change, ...]], Rewrite] = rewritten,
        emit: Callable[[Event], None] | None = None,
        root: Path | None = None,
        sending: Callable[[Put], None] = lambda put: None,
        write: Callable[..., None] = replace_file,
    ) -> ApplyResult:
        """Checks, unless that was done, and applies."""
        return apply(
            self.plan,
            check(self.plan, stores) if checked is None else checked,
            stores,
            overwrite=overwrite,
            files=Files(rewrite, lambda file: root or self.directory, write),
            observer=Observer(emit or self.heard.append, sending),
        )


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def told(outcome: ApplyResult) -> list[tuple[str, str]]:
    """The events of a run in short: what, and of which parameter or file."""
    return [
        (type(event).__name__, event.put.parameter.name if isinstance(event, PutDone | PutFailed) else event.file.name)
        for event in outcome.events
    ]


def messages(outcome: ApplyResult) -> list[str]:
    """Why things failed, without the account and the region behind it."""
    return [failure.error.message.partition(" [")[0] for failure in outcome.failures]


def left(outcome: ApplyResult) -> list[str]:
    return [change.name for change in outcome.left]


# ── the check ─────────────────────────────────────────────────────────────────────────────────


def test_check_reads_the_store_and_changes_nothing(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", new="hunter2", same="hunter3", other="hunter4", plain="hunter5")
    stub.seed("/app/same", "older")
    stub.seed("/app/same", "hunter3")
    stub.seed("/app/other", "hunter4 ")
    stub.seed("/app/plain", "hunter5", kind="String")
    found = check(service.plan, stores)
    assert [(each.state, each.version, each.detail) for each in found] == [
        (PutState.PUT, None, ""),
        (PutState.EXISTS, 2, "same value, version 2"),
        (PutState.CONFLICT, 1, "another value, version 1"),
        (PutState.CONFLICT, 1, "is there as String, version 1, not as SecureString"),
    ]
    assert stub.writes == []
    assert len(stub.calls) == 1


def test_check_asks_every_target(service: Service, stub: StubStore) -> None:
    service.targets = (HERE, FAR)
    service.add("serverless.yml", key="hunter2")
    stub.seed("/app/key", "hunter2", region="eu-central-1")
    stores = {HERE: stub.open(), FAR: stub.open("eu-central-1")}
    assert [each.state for each in check(service.plan, stores)] == [PutState.PUT, PutState.EXISTS]


def test_check_of_a_plan_without_puts_returns_nothing(service: Service) -> None:
    assert check(service.plan, {}) == ()


def test_parameter_that_cannot_be_read_does_not_hide_the_others(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", **{f"k{number}": "hunter2" for number in range(12)})
    stub.seed("/app/k0", "hunter2")
    stub.fault("GetParameters", refuse("InvalidKeyId"), name="/app/k3")
    found = check(service.plan, stores)
    assert [each.state for each in found] == [
        {0: PutState.EXISTS, 3: PutState.CONFLICT}.get(number, PutState.PUT) for number in range(12)
    ]
    assert found[3].version is None
    assert found[3].detail.startswith("it can't be read: ssm:GetParameters /app/k3: the KMS key is missing")


@pytest.mark.parametrize("count", [1, 3, 40])
def test_store_that_denies_every_read_raises_an_error_after_few_calls(
    service: Service, stub: StubStore, stores: Stores, count: int
) -> None:
    service.add("serverless.yml", **{f"k{number}": "hunter2" for number in range(count)})
    stub.fault("GetParameters", deny("ssm:GetParameters"))
    with pytest.raises(StoreError, match="access denied"):
        check(service.plan, stores)
    assert len(stub.calls) <= 11


def test_denial_after_a_successful_read_is_a_conflict_of_that_parameter_only(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", **{f"k{number}": "hunter2" for number in range(25)})
    for number in range(10, 25):
        stub.fault("GetParameters", deny("ssm:GetParameters"), name=f"/app/k{number}")
    states = [each.state for each in check(service.plan, stores)]
    assert states == [PutState.PUT] * 10 + [PutState.CONFLICT] * 15


def test_unreachable_target_does_not_stop_changes_that_need_another(
    service: Service, stub: StubStore, both: Stores
) -> None:
    service.targets = (HERE,)
    service.add("serverless.yml", a="hunter2")
    service.targets = (FAR,)
    file = service.add("env.yml", b="hunter3")
    stub.fault("GetParameters", refuse("ExpiredTokenException"), region="us-east-1")
    outcome = service.run(both)
    assert messages(outcome)[0].startswith(
        "/app/a: not put, since it can't be read: ssm:GetParameters /app/a: the cred"
    )
    assert (left(outcome), file.read_bytes()) == (["/app/a"], b"b: ${ssm:/app/b~true}\n")


def test_unreachable_target_that_every_change_needs_raises_an_error(
    service: Service, stub: StubStore, both: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.fault("GetParameters", refuse("ExpiredTokenException"), region="us-east-1")
    with pytest.raises(TargetError, match="expired"):
        check(service.plan, both)


def test_unreachable_store_raises_an_error_after_one_call(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.fault("GetParameters", refuse("ExpiredTokenException"))
    with pytest.raises(TargetError, match="expired"):
        check(service.plan, stores)
    assert len(stub.calls) == 1


# ── the work ──────────────────────────────────────────────────────────────────────────────────


def test_values_are_put_into_the_store_and_references_into_the_files(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    one = service.add("serverless.yml", a="hunter2", b="hunter3")
    two = service.add("env.yml", c="hunter4")
    outcome = service.run(stores)
    assert one.read_bytes() == b"a: ${ssm:/app/a~true}\nb: ${ssm:/app/b~true}\n"
    assert two.read_bytes() == b"c: ${ssm:/app/c~true}\n"
    assert [stub.value(f"/app/{key}") for key in "abc"] == ["hunter2", "hunter3", "hunter4"]
    assert told(outcome) == [
        ("PutDone", "/app/a"),
        ("PutDone", "/app/b"),
        ("PutDone", "/app/c"),
        ("FileWritten", "serverless.yml"),
        ("FileWritten", "env.yml"),
    ]
    assert [event.values for event in outcome.events if isinstance(event, FileWritten)] == [2, 1]
    assert all(event.created and event.version == 1 for event in outcome.events if isinstance(event, PutDone))
    assert (outcome.left, outcome.failures, outcome.interrupted) == ((), (), False)
    assert list(outcome.events) == service.heard


def test_everything_is_put_then_read_back_then_written(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", **{f"k{number}": f"hunter{number}" for number in range(12)})
    before = file.read_bytes()
    states: list[tuple[int, bool]] = []
    checked = check(service.plan, stores)
    stub.calls.clear()
    service.run(stores, checked, emit=lambda event: states.append((len(stub.calls), file.read_bytes() == before)))
    assert [call.operation for call in stub.calls] == ["PutParameter"] * 12 + ["GetParameters"] * 2
    assert states == [(14, True)] * 12 + [(14, False)]


def test_observer_is_called_before_every_put(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.seed("/app/a", "hunter2")
    heard: list[tuple[str, int]] = []
    service.run(stores, sending=lambda put: heard.append((put.parameter.name, len(stub.made("PutParameter")))))
    assert heard == [("/app/b", 0)]


def test_run_after_a_death_before_the_file_write_puts_nothing(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "hunter2")
    outcome = service.run(stores)
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\n"
    assert stub.writes == []
    assert [event.created for event in outcome.events if isinstance(event, PutDone)] == [False]


def test_plan_without_changes_does_nothing(service: Service) -> None:
    assert service.run({}) == ApplyResult()


def test_change_that_is_only_shown_is_not_applied(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    service.changes[1] = replace(service.changes[1], applicability=Applicability.SHOW, puts=())
    outcome = service.run(stores)
    assert left(outcome) == ["/app/b"]
    assert stub.names() == ["/app/a"]


def test_parameter_of_two_files_is_put_once(service: Service, stub: StubStore, stores: Stores) -> None:
    files = [service.add(name, a="hunter2") for name in ("serverless.yml", "env.yml")]
    outcome = service.run(stores)
    assert {file.read_bytes() for file in files} == {b"a: ${ssm:/app/a~true}\n"}
    assert (len(stub.made("PutParameter")), len(outcome.events)) == (1, 3)


def test_unchecked_put_overwrites_nothing(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    outcome = service.run(stores, checked=())
    assert told(outcome) == [("PutFailed", "/app/a")]
    assert stub.value("/app/a") == "theirs"


# ── faults of the store ───────────────────────────────────────────────────────────────────────


def test_failed_put_blocks_only_the_changes_that_need_it(service: Service, stub: StubStore, stores: Stores) -> None:
    one = service.add("serverless.yml", a="hunter2", b="hunter3")
    two = service.add("env.yml", b="hunter3")
    stub.fault("PutParameter", refuse("ParameterMaxVersionLimitExceeded"), name="/app/b")
    outcome = service.run(stores)
    assert one.read_bytes() == b"a: ${ssm:/app/a~true}\nb: hunter3\n"
    assert two.read_bytes() == b"b: hunter3\n"
    assert told(outcome) == [("PutFailed", "/app/b"), ("PutDone", "/app/a"), ("FileWritten", "serverless.yml")]
    assert left(outcome) == ["/app/b", "/app/b"]


def test_second_run_after_a_fault_completes_the_work(
    service: Service, stub: StubStore, stores: Stores, tmp_path: Path
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.fault("PutParameter", refuse("InternalServerError", status=500), name="/app/b")
    service.run(stores)
    stub.faults.clear()
    again = Service(tmp_path)
    file = again.add("env.yml", b="hunter3")
    assert left(again.run(stores)) == []
    assert file.read_bytes() == b"b: ${ssm:/app/b~true}\n"
    assert (stub.version("/app/a"), stub.version("/app/b")) == (1, 1)


def test_denial_of_the_first_put_stops_the_other_puts(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")
    before = file.read_bytes()
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    outcome = service.run(stores)
    assert len(stub.made("PutParameter")) == 1
    assert told(outcome) == [("PutFailed", "/app/a"), ("PutFailed", "/app/b"), ("PutFailed", "/app/c")]
    reason = messages(outcome)[0]
    assert messages(outcome)[1:] == [f"/app/{key}: not put, since {reason}" for key in "bc"]
    assert file.read_bytes() == before


def test_denial_after_a_successful_put_fails_that_parameter_only(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")
    stub.fault("PutParameter", deny("ssm:PutParameter"), name="/app/b")
    service.run(stores)
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\nb: hunter3\nc: ${ssm:/app/c~true}\n"


@pytest.mark.parametrize("code", ["ExpiredTokenException", "ParameterLimitExceeded", "InternalServerError"])
def test_error_common_to_every_put_ends_the_puts_and_keeps_what_was_done(
    service: Service, stub: StubStore, stores: Stores, code: str
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")
    stub.fault("PutParameter", refuse(code), after=1)
    outcome = service.run(stores)
    assert len(stub.made("PutParameter")) == 2
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\nb: hunter3\nc: hunter4\n"
    assert left(outcome) == ["/app/b", "/app/c"]


def test_credentials_that_expire_before_the_read_back_leave_the_files_unchanged(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    before = file.read_bytes()
    checked = check(service.plan, stores)
    stub.fault("GetParameters", refuse("ExpiredTokenException"))
    outcome = service.run(stores, checked)
    assert [message.partition(": ")[2].partition(" (")[0] for message in messages(outcome)] == [
        "the credentials have expired"
    ] * 2
    assert file.read_bytes() == before
    assert stub.names() == ["/app/a", "/app/b"]


@pytest.mark.parametrize("effect", [deny("ssm:GetParameters"), deny("kms:Decrypt")])
def test_denied_read_back_leaves_the_files_unchanged_and_a_later_run_completes(
    service: Service, stub: StubStore, stores: Stores, effect: Any
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    before = file.read_bytes()
    checked = check(service.plan, stores)
    stub.fault("GetParameters", effect)
    assert told(service.run(stores, checked)) == [("PutFailed", "/app/a"), ("PutFailed", "/app/b")]
    assert file.read_bytes() == before
    stub.faults.clear()
    assert service.run(stores).left == ()
    assert (stub.version("/app/a"), stub.version("/app/b")) == (1, 1)


def test_failed_read_back_blocks_only_the_changes_that_need_it(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", deny("kms:Decrypt"), name="/app/b")
    service.run(stores, checked)
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\nb: hunter3\n"


@pytest.mark.parametrize("value", ["hunter2\n", "Hunter2", "", "AQICAHh"])
def test_read_back_of_another_value_leaves_the_file_unchanged(
    service: Service, stub: StubStore, stores: Stores, value: str
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(lambda body: body["Parameters"][0].update(Value=value)))
    outcome = service.run(stores, checked)
    assert messages(outcome) == ["/app/a: reads back different from what was put"]
    assert file.read_bytes() == b"a: hunter2\n"


def test_read_back_of_another_type_leaves_the_file_unchanged(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(lambda body: body["Parameters"][0].update(Type="String")))
    assert messages(service.run(stores, checked)) == ["/app/a: reads back as String, not as SecureString"]
    assert file.read_bytes() == b"a: hunter2\n"


def absent(body: dict[str, Any]) -> None:
    body.update(InvalidParameters=[each["Name"] for each in body["Parameters"]], Parameters=[])


@pytest.mark.parametrize("change", [absent, lambda body: body["Parameters"][0].update(Version=0, Value="older")])
def test_stale_read_back_is_retried(
    service: Service, stub: StubStore, stores: Stores, change: Callable[[dict[str, Any]], None], hurried: None
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(change), times=2)
    assert service.run(stores, checked).left == ()
    assert b"hunter" not in file.read_bytes()


def test_parameter_missing_at_the_read_back_leaves_the_file_unchanged(
    service: Service, stub: StubStore, stores: Stores, hurried: None
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(absent))
    assert messages(service.run(stores, checked)) == ["/app/a: not there when it was read back"]
    assert file.read_bytes() == b"a: hunter2\n"


def test_unreadable_or_plain_string_parameter_is_not_overwritable(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")
    stub.seed("/app/b", "another")
    stub.seed("/app/c", "another", kind="String")
    stub.fault("GetParameters", deny("ssm:GetParameters"), name="/app/a")
    checked = check(service.plan, stores)
    assert [each.state for each in checked] == [PutState.CONFLICT] * 3
    assert [each.overwritable for each in checked] == [False, True, False]


def test_pauses_between_read_backs_of_a_lagging_store_grow(
    service: Service, stub: StubStore, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(absent))
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    service.run(stores, checked)
    assert pauses == [0.2, 0.5, 1.0, 2.0]


def test_parameter_unreadable_at_a_second_read_is_reported(
    service: Service, stub: StubStore, stores: Stores, hurried: None
) -> None:
    service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", altered(absent), times=1)
    stub.fault("GetParameters", deny("ssm:GetParameters"))
    (message,) = messages(service.run(stores, checked))
    assert message.startswith("ssm:GetParameters /app/a: access denied")


def test_concurrent_change_before_the_read_back_leaves_the_file_unchanged(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", first(lambda: stub.seed("/app/a", "theirs")), times=1)
    assert messages(service.run(stores, checked)) == [
        "/app/a: somebody else gave it another value meanwhile, version 2"
    ]
    assert file.read_bytes() == b"a: hunter2\n"


def test_existing_parameter_is_read_again_before_its_file_is_written(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "hunter2")
    checked = check(service.plan, stores)
    stub.seed("/app/a", "theirs")
    assert messages(service.run(stores, checked)) == [
        "/app/a: somebody else gave it another value meanwhile, version 2"
    ]
    assert file.read_bytes() == b"a: hunter2\n"


def test_parameter_created_by_somebody_else_after_the_check_is_not_overwritten(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    checked = check(service.plan, stores)
    stub.seed("/app/a", "theirs")
    stub.seed("/app/b", "hunter3")
    outcome = service.run(stores, checked)
    assert (stub.value("/app/a"), stub.version("/app/a"), stub.version("/app/b")) == ("theirs", 1, 1)
    assert left(outcome) == ["/app/a"]


def test_lost_reply_to_a_put_makes_no_second_version(service: Service, stub: StubStore, hurried: None) -> None:
    file = service.add("serverless.yml", a="hunter2")
    stub.fault("PutParameter", lose_reply, times=1)
    assert service.run({HERE: stub.open()}).left == ()
    assert (stub.version("/app/a"), file.read_bytes()) == (1, b"a: ${ssm:/app/a~true}\n")


def test_store_that_drops_every_connection_leaves_the_files_unchanged(
    service: Service, stub: StubStore, stores: Stores, hurried: None
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    before = file.read_bytes()
    checked = check(service.plan, stores)
    stub.fault("PutParameter", drop)
    outcome = service.run(stores, checked)
    assert all("the connection broke off" in message for message in messages(outcome))
    assert file.read_bytes() == before


# ── conflicts ─────────────────────────────────────────────────────────────────────────────────


def test_unconfirmed_conflict_is_a_failure(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.seed("/app/a", "theirs")
    outcome = service.run(stores)
    assert messages(outcome) == ["/app/a: another value, version 1"]
    assert "--on-conflict overwrite" in str(outcome.failures[0].error.hint)
    assert file.read_bytes() == b"a: hunter2\nb: ${ssm:/app/b~true}\n"
    assert stub.value("/app/a") == "theirs"


def test_confirmed_conflict_becomes_a_new_version(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    outcome = service.run(stores, overwrite=frozenset(service.plan.puts))
    assert (stub.value("/app/a"), stub.version("/app/a")) == ("hunter2", 2)
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\n"
    assert told(outcome)[0] == ("PutDone", "/app/a")


def test_local_refusal_is_reported_with_account_and_region(
    service: Service, stub: StubStore, stores: Stores, hurried: None
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")
    stub.seed("/app/a", "theirs")
    checked = check(service.plan, stores)
    stub.fault("GetParameters", first(lambda: stub.delete("/app/b")), times=1)
    outcome = service.run(stores, checked)
    place = f"[account {ACCOUNT}, us-east-1, {stub.url}]"
    assert [failure.error.message for failure in outcome.failures] == [
        f"/app/a: another value, version 1 {place}",
        f"/app/b: not there when it was read back {place}",
    ]


def test_confirmation_covers_only_the_version_that_was_shown(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    checked = check(service.plan, stores)
    stub.seed("/app/a", "theirs, newer")
    outcome = service.run(stores, checked, overwrite=frozenset(service.plan.puts))
    assert messages(outcome) == ["/app/a: not overwritten, since somebody changed it from version 1 to 2"]
    assert stub.value("/app/a") == "theirs, newer"


def test_conflict_that_now_holds_the_wanted_value_is_not_overwritten(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    checked = check(service.plan, stores)
    stub.seed("/app/a", "hunter2")
    assert service.run(stores, checked, overwrite=frozenset(service.plan.puts)).left == ()
    assert stub.version("/app/a") == 2


def test_conflict_that_was_deleted_is_put_as_new(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    checked = check(service.plan, stores)
    stub.delete("/app/a")
    assert service.run(stores, checked, overwrite=frozenset(service.plan.puts)).left == ()
    assert (stub.value("/app/a"), stub.version("/app/a")) == ("hunter2", 1)


def test_confirmation_does_not_cover_a_parameter_that_replaced_a_deleted_conflict(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "theirs")
    checked = check(service.plan, stores)
    stub.delete("/app/a")
    stub.fault("PutParameter", first(lambda: stub.seed("/app/a", "theirs, newer")))
    outcome = service.run(stores, checked, overwrite=frozenset(service.plan.puts))
    assert "a parameter of this name with another value is there" in messages(outcome)[0]
    assert (stub.value("/app/a"), file.read_bytes()) == ("theirs, newer", b"a: hunter2\n")


def test_unreadable_parameter_is_not_overwritten_even_if_confirmed(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.seed("/app/a", "theirs")
    stub.fault("GetParameters", deny("kms:Decrypt"), name="/app/a")
    outcome = service.run(stores, overwrite=frozenset(service.plan.puts))
    assert messages(outcome)[0].startswith("/app/a: not put, since it can't be read: ssm:GetParameters /app/a")
    assert outcome.failures[0].error.hint == "allow kms:Decrypt on the KMS key"
    assert stub.version("/app/a") == 1


def test_plain_string_parameter_is_not_overwritten_even_if_confirmed(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2")
    stub.seed("/app/a", "hunter2", kind="String")
    outcome = service.run(stores, overwrite=frozenset(service.plan.puts))
    assert messages(outcome) == ["/app/a: is there as String, version 1, not as SecureString"]
    assert stub.writes == []
    assert stub.stored("/app/a").parameter_type == "String"


# ── several targets ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def both(stub: StubStore, service: Service) -> Stores:
    service.targets = (HERE, FAR)
    return {HERE: stub.open(patience=0.0, attempts=1), FAR: stub.open("eu-central-1", patience=0.0, attempts=1)}


def test_file_is_written_when_every_target_holds_the_secret(service: Service, stub: StubStore, both: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2")
    assert service.run(both).left == ()
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\n"
    assert [stub.value("/app/a", region) for region in ("us-east-1", "eu-central-1")] == ["hunter2"] * 2


def test_failing_target_keeps_the_change_out_of_the_file(service: Service, stub: StubStore, both: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    stub.fault("PutParameter", refuse("InvalidKeyId"), name="/app/a", region="eu-central-1")
    outcome = service.run(both)
    assert file.read_bytes() == b"a: hunter2\nb: ${ssm:/app/b~true}\n"
    assert [failure.put.target for failure in outcome.failures if isinstance(failure, PutFailed)] == [FAR]
    assert left(outcome) == ["/app/a"]


def test_failed_read_back_at_one_target_keeps_the_change_out_of_the_file(
    service: Service, stub: StubStore, both: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, both)
    stub.fault("GetParameters", deny("kms:Decrypt"), region="eu-central-1")
    outcome = service.run(both, checked)
    assert told(outcome) == [("PutDone", "/app/a"), ("PutFailed", "/app/a")]
    assert file.read_bytes() == b"a: hunter2\n"


def test_target_that_refuses_puts_is_not_asked_again_and_its_changes_are_left(
    service: Service, stub: StubStore, both: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    service.targets = (FAR,)
    service.add("env.yml", c="hunter4")
    stub.fault("PutParameter", refuse("ExpiredTokenException"), region="us-east-1")
    outcome = service.run(both)
    assert [(call.region, call.names) for call in stub.made("PutParameter")] == [
        ("us-east-1", ["/app/a"]),
        ("eu-central-1", ["/app/c"]),
    ]
    assert [(type(event), event.put.target) for event in outcome.events if isinstance(event, PutDone | PutFailed)] == [
        (PutFailed, HERE),
        (PutFailed, HERE),
        (PutDone, FAR),
    ]


# ── faults of the files ───────────────────────────────────────────────────────────────────────


def test_changed_file_is_reported_before_any_put(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2")
    other = service.add("env.yml", b="hunter3")
    file.write_bytes(b"a: hunter2 # edited\n")
    outcome = service.run(stores)
    assert told(outcome) == [("FileFailed", "serverless.yml"), ("PutDone", "/app/b"), ("FileWritten", "env.yml")]
    assert file.read_bytes() == b"a: hunter2 # edited\n"
    assert other.read_bytes() == b"b: ${ssm:/app/b~true}\n"
    assert stub.names() == ["/app/b"]


def test_file_edited_during_the_puts_is_not_overwritten(service: Service, stub: StubStore, stores: Stores) -> None:
    file = service.add("serverless.yml", a="hunter2")
    checked = check(service.plan, stores)
    stub.fault("PutParameter", first(lambda: file.write_bytes(b"edited\n")))
    outcome = service.run(stores, checked)
    assert told(outcome) == [("PutDone", "/app/a"), ("FileFailed", "serverless.yml")]
    assert file.read_bytes() == b"edited\n"


def test_file_outside_the_root_is_reported_before_any_put(
    service: Service, stub: StubStore, stores: Stores, tmp_path: Path
) -> None:
    service.add("serverless.yml", a="hunter2")
    (tmp_path / "inner").mkdir()
    outcome = service.run(stores, root=tmp_path / "inner")
    assert "lies outside" in messages(outcome)[0]
    assert stub.writes == []


def test_unproved_rewrite_is_reported_before_any_put(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2")
    service.add("env.yml", b="hunter3")

    def doubtful(manifest: Manifest, changes: tuple[Change, ...]) -> Rewrite:
        if manifest.file.name == "serverless.yml":
            raise ManifestError("the rewrite would change more than values")
        return rewritten(manifest, changes)

    outcome = service.run(stores, rewrite=doubtful)
    assert told(outcome) == [("FileFailed", "serverless.yml"), ("PutDone", "/app/b"), ("FileWritten", "env.yml")]
    assert stub.names() == ["/app/b"]


def test_unproved_rewrite_of_the_remaining_changes_leaves_the_file_unchanged(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    file = service.add("serverless.yml", a="hunter2", b="hunter3")
    before = file.read_bytes()

    def all_or_nothing(manifest: Manifest, changes: tuple[Change, ...]) -> Rewrite:
        if len(changes) < 2:
            raise ManifestError("the rewrite would change more than values")
        return rewritten(manifest, changes)

    stub.fault("PutParameter", refuse("InvalidKeyId"), name="/app/a")
    outcome = service.run(stores, rewrite=all_or_nothing)
    assert told(outcome)[-1] == ("FileFailed", "serverless.yml")
    assert file.read_bytes() == before


# ── interrupts ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Shelf:
    """A store in memory, for runs by the hundred."""

    kept: dict[str, StoredParameter] = field(default_factory=dict)

    def identity(self) -> Identity:
        return Identity("123456789012", "", "us-east-1")

    def get(self, names: Sequence[str]) -> dict[str, StoredParameter]:
        return {name: self.kept[name] for name in names if name in self.kept}

    def put(self, parameter: Parameter, *, overwrite: bool, expected_version: int | None = None) -> int:
        self.kept[parameter.name] = StoredParameter(parameter.name, "SecureString", 1, parameter.secret)
        return 1


INTERRUPTED = tuple(
    f"migrate/{module}.py"
    for module in (
        "migration/apply",
        *("files/atomic_files", "files/destinations", "files/posix", "files/regular_files", "files/system_errors"),
    )
)


def interrupted_at(number: int) -> Callable[[FrameType, str, Any], Any]:
    """A trace function that has Ctrl-C come at the n-th line that our code runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.endswith(INTERRUPTED):
            return None
        if event == "line":
            count += 1
            if count == number:
                raise KeyboardInterrupt
        return trace

    return trace


# Python 3.13 tells of an interrupt between the last entry of a directory and its being closed.
@pytest.mark.filterwarnings("ignore:unclosed scandir iterator:ResourceWarning")
@pytest.mark.parametrize("every", [9, slow(1)])
def test_interrupt_at_any_line_leaves_whole_files_and_a_true_result(tmp_path: Path, every: int) -> None:
    done = set()
    for number in itertools.count(1, every):
        (tmp_path / str(number)).mkdir()
        service, shelf = Service(tmp_path / str(number)), Shelf()
        files = [service.add("serverless.yml", a="hunter2", b="hunter3"), service.add("env.yml", c="hunter4")]
        old = {file: file.read_bytes() for file in files}
        checked = check(service.plan, {HERE: shelf})
        before, tracer = sys.gettrace(), interrupted_at(number)
        sys.settrace(tracer)
        try:
            outcome = service.run({HERE: shelf}, checked)
        except KeyboardInterrupt:
            outcome = None
        finally:
            sys.settrace(before)
        assert sorted(service.directory.iterdir()) == sorted(files)
        if outcome is None:
            assert (shelf.kept, {file: file.read_bytes() for file in files}) == ({}, old)
            continue
        _assert_true(service, shelf, outcome, old)
        done.add(sum(isinstance(event, FileWritten) for event in outcome.events))
        if not outcome.interrupted:
            break
    assert number > 250
    assert done == {0, 1, 2}


def _assert_true(service: Service, shelf: Shelf, outcome: ApplyResult, old: Mapping[Path, bytes]) -> None:
    new = {file for file in old if file.read_bytes() != old[file]}
    assert all(b"hunter" not in file.read_bytes() for file in new)
    assert {event.file for event in outcome.events if isinstance(event, FileWritten)} == new
    assert {id(change) for change in outcome.left} == {
        id(change) for change in service.changes if change.finding.manifest.file not in new
    }
    told_of = [event.put.parameter.name for event in outcome.events if isinstance(event, PutDone | PutFailed)]
    assert set(shelf.kept) <= set(told_of)
    assert len(told_of) == len(set(told_of))


def test_interrupt_reports_parameters_that_were_not_read_back(
    service: Service, stub: StubStore, stores: Stores
) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3", c="hunter4")

    def interrupt(put: Put) -> None:
        if put.parameter.name == "/app/c":
            raise KeyboardInterrupt

    outcome = service.run(stores, sending=interrupt)
    assert outcome.interrupted
    assert messages(outcome) == [
        "/app/a: interrupted, put, but not read back",
        "/app/b: interrupted, put, but not read back",
    ]
    assert left(outcome) == ["/app/a", "/app/b", "/app/c"]


def test_file_replaced_just_before_an_interrupt_counts_as_written(service: Service) -> None:
    file = service.add("serverless.yml", a="hunter2")

    def interrupt_after(*arguments: Any, **options: Any) -> None:
        replace_file(*arguments, **options)
        raise KeyboardInterrupt

    outcome = service.run({HERE: Shelf()}, write=interrupt_after)
    assert told(outcome) == [("PutDone", "/app/a"), ("FileWritten", "serverless.yml")]
    assert (outcome.interrupted, outcome.left) == (True, ())
    assert file.read_bytes() == b"a: ${ssm:/app/a~true}\n"


def test_put_under_way_at_an_interrupt_is_reported_as_uncertain(service: Service) -> None:
    class Slow(Shelf):
        def put(self, parameter: Parameter, *, overwrite: bool, expected_version: int | None = None) -> int:
            super().put(parameter, overwrite=overwrite, expected_version=expected_version)
            raise KeyboardInterrupt

    service.add("serverless.yml", a="hunter2")
    assert messages(service.run({HERE: Slow()})) == ["/app/a: interrupted, may have been put or not"]


def test_second_interrupt_does_not_lose_the_result(service: Service) -> None:
    service.add("serverless.yml", a="hunter2", b="hunter3")
    events: list[Event] = []

    def impatient(event: Event) -> None:
        events.append(event)
        os.kill(os.getpid(), signal.SIGINT)

    with handle_signals():
        outcome = service.run({HERE: Shelf()}, emit=impatient)
    assert outcome.interrupted
    assert told(outcome) == [("PutDone", "/app/a"), ("PutFailed", "/app/b")]
    assert list(outcome.events) == events


def test_run_in_a_thread_can_be_interrupted(service: Service) -> None:
    service.add("serverless.yml", a="hunter2")
    outcomes: list[ApplyResult] = []

    def interrupt(put: Put) -> None:
        raise KeyboardInterrupt

    thread = threading.Thread(target=lambda: outcomes.append(service.run({HERE: Shelf()}, sending=interrupt)))
    thread.start()
    thread.join()
    assert outcomes[0].interrupted


def test_file_deleted_before_an_interrupt_counts_as_not_written(service: Service) -> None:
    file = service.add("serverless.yml", a="hunter2")

    def interrupt(put: Put) -> None:
        file.unlink()
        raise KeyboardInterrupt

    outcome = service.run({HERE: Shelf()}, sending=interrupt)
    assert told(outcome) == []
    assert left(outcome) == ["/app/a"]


# ── silence ───────────────────────────────────────────────────────────────────────────────────


def test_no_event_of_a_run_shows_a_value(service: Service, stub: StubStore, stores: Stores) -> None:
    service.add("serverless.yml", a="hunter2-marked", b="hunter3-marked", c="hunter4-marked")
    stub.seed("/app/a", "theirs-marked")
    stub.fault("PutParameter", refuse("ValidationException", "hunter3-marked"), name="/app/b")
    outcome = service.run(stores)
    checked = check(service.plan, stores)
    text = " ".join(f"{error.message} {error.hint}" for error in (failure.error for failure in outcome.failures))
    text += " ".join(each.detail for each in checked) + repr([each.put for each in checked])
    assert len(outcome.failures) == 2
    assert "marked" not in text

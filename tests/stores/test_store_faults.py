"""The whole program against a store that fails in every way: what is said, put, written, and completed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.faults import (
    NO_DECRYPTION,
    Clock,
    closed_port,
    over_tls,
    page,
    reset_midway,
    resetting_port,
    stall,
    throttled_for,
    trailing_newline,
    undecryptable,
)
from tests.support.faults import clock as clock
from tests.support.gitrepos import manifest, secret
from tests.support.program import Program, Ran, write
from tests.support.sample import sampled
from tests.support.storestub import ACCOUNT, Effect, StubStore, cut_short, deny, drop, first, lose_reply, refuse

VALUES = {key: secret(key) for key in ("DB_PASSWORD", "API_KEY", "WEBHOOK_SECRET")}
NAMES = {"DB_PASSWORD": "/shop/db-password", "API_KEY": "/shop/api-key", "WEBHOOK_SECRET": "/shop/webhook-secret"}
DB, KEY, HOOK = NAMES.values()
ALL, NONE = frozenset(NAMES.values()), frozenset[str]()
PLACE = f"[account {ACCOUNT}, us-east-1, "
FILES = {
    "serverless.yml": manifest("shop", {"DB_PASSWORD": VALUES["DB_PASSWORD"], "API_KEY": VALUES["API_KEY"]})
    + "custom: ${file(./vars.yml)}\n",
    "vars.yml": f"WEBHOOK_SECRET: {VALUES['WEBHOOK_SECRET']} # ours\n",
}


@dataclass
class World:
    """A service, a store, and what a fault may use."""

    directory: Path
    stub: StubStore
    clock: Clock
    patch: pytest.MonkeyPatch
    slsmigrate: Program
    stack: ExitStack
    mend: list[Callable[[], object]] = field(default_factory=list)

    def run(self, *words: str) -> Ran:
        return self.slsmigrate("--yes", "--report", "report.json", *words)

    @property
    def report(self) -> Any:
        return json.loads((self.directory / "report.json").read_text())

    def files(self) -> dict[str, bytes]:
        return {name: (self.directory / name).read_bytes() for name in FILES}

    def ours(self) -> frozenset[str]:
        """The parameters that hold our values, as SecureString."""
        return frozenset(
            name
            for key, name in NAMES.items()
            if self.stub.value(name) == VALUES[key] and self.stub.stored(name).parameter_type == "SecureString"
        )


@pytest.fixture
def world(
    service: Path, stub: StubStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, slsmigrate: Program
) -> Iterator[World]:
    write(service, dict(FILES))
    with ExitStack() as stack:
        yield World(service, stub, clock, monkeypatch, slsmigrate, stack)


def expected(moved: frozenset[str]) -> dict[str, bytes]:
    """The files with these parameters' values replaced, every other byte as it was."""
    texts = dict(FILES)
    for key, name in NAMES.items():
        if name in moved:
            texts = {file: text.replace(VALUES[key], f"${{ssm(raw):{name}}}") for file, text in texts.items()}
    return {file: text.encode() for file, text in texts.items()}


@dataclass(frozen=True)
class Case:
    """A fault and what must come of it.

    `says` is what the person reads, `put` what the store holds of ours afterwards, `moved` what the files refer to,
    `versions` those that are not at version 1 in the end.
    """

    fault: Callable[[World], object]
    says: tuple[str, ...] = ()
    put: frozenset[str] = NONE
    moved: frozenset[str] = NONE
    code: int = 1
    words: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)


def on(operation: str, effect: Effect, **options: Any) -> Callable[[World], object]:
    return lambda world: world.stub.fault(operation, effect, **options)


def both(*faults: Callable[[World], object]) -> Callable[[World], object]:
    def arrange(world: World) -> None:
        for fault in faults:
            fault(world)

    return arrange


def throttled(operation: str, code: str, seconds: float = 60) -> Callable[[World], object]:
    return lambda world: world.stub.fault(operation, throttled_for(world.clock, seconds, code))


def nobody_listens(world: World) -> None:
    world.patch.setenv("AWS_ENDPOINT_URL_SSM", world.stack.enter_context(closed_port()))
    world.mend.append(lambda: world.patch.delenv("AWS_ENDPOINT_URL_SSM"))


def all_are_reset(world: World) -> None:
    world.patch.setenv("AWS_ENDPOINT_URL_SSM", world.stack.enter_context(resetting_port()))
    world.mend.append(lambda: world.patch.delenv("AWS_ENDPOINT_URL_SSM"))


def untrusted(world: World) -> None:
    url, trusted = world.stack.enter_context(over_tls(world.stub, world.directory))
    world.patch.setenv("AWS_ENDPOINT_URL", url)
    world.mend.append(lambda: world.patch.setenv("AWS_CA_BUNDLE", str(trusted)))


def too_slow(operation: str, **options: Any) -> Callable[[World], object]:
    def arrange(world: World) -> None:
        world.patch.setattr("migrate.stores.aws_clients._READ_SECONDS", 0.05)
        world.mend.append(lambda: world.patch.setattr("migrate.stores.aws_clients._READ_SECONDS", 20))
        world.stub.fault(operation, stall(0.15), **options)

    return arrange


def somebody(value: str, kind: str = "SecureString", name: str = DB) -> Callable[[World], object]:
    """Another writer who is there first, and gives way later."""

    def arrange(world: World) -> None:
        world.stub.seed(name, value, kind=kind)
        world.mend.append(lambda: world.stub.delete(name))

    return arrange


def between(operation: str, value: str, kind: str = "SecureString", after: int = 0) -> Callable[[World], object]:
    """Another writer who comes just before a request of ours is served."""

    def arrange(world: World) -> None:
        act = first(lambda: world.stub.seed(DB, value, kind=kind))
        world.stub.fault(operation, act, times=1, name=DB, after=after)
        world.mend.append(lambda: world.stub.delete(DB))

    return arrange


ONCE_READ = 1  # the check has been answered
EXPIRED = refuse("ExpiredTokenException", "The security token included in the request is expired")
KMS_GONE = refuse("KMSInvalidStateException", "arn:aws:kms:us-east-1:1:key/x is pending deletion.")
NO_KEY = refuse("InvalidKeyId", "arn:aws:kms:us-east-1:1:key/x is disabled.")
TAGS = ("--tag", "team=shop")
NAMED_KEY = ("--kms-key-id", "alias/shop")

SURVIVED = {
    "throttled for a minute": Case(throttled("PutParameter", "ThrottlingException")),
    "throttled for a minute at every call": Case(
        both(*(throttled(each, "ThrottlingException") for each in ("GetParameters", "PutParameter")))
    ),
    "a throttle of another name": Case(throttled("PutParameter", "RequestThrottledException")),
    "too many updates for half a minute": Case(throttled("PutParameter", "TooManyUpdates", 30)),
    "a lost reply": Case(on("PutParameter", lose_reply, times=1)),
    "three lost replies": Case(on("PutParameter", lose_reply, times=3)),
    "a reply that is cut off": Case(on("PutParameter", cut_short, times=1)),
    "a reply that is reset midway": Case(on("PutParameter", reset_midway, times=1)),
    "a read that is reset midway": Case(on("GetParameters", reset_midway, times=2)),
    "a read that is cut off": Case(on("GetParameters", cut_short, times=2)),
    "a reply that comes too late": Case(too_slow("PutParameter", times=1)),
    "errors of the service for a while": Case(on("PutParameter", refuse("InternalServerError", status=500), times=4)),
    "no service for a while": Case(on("GetParameters", refuse("ServiceUnavailable", status=503), times=4)),
    "a gateway that times out for a while": Case(on("PutParameter", page(504), times=4)),
    "connections that break off for a while": Case(on("PutParameter", drop, times=4)),
    "somebody puts the same value between our look and our put": Case(between("PutParameter", VALUES["DB_PASSWORD"])),
    "describing is not allowed": Case(on("DescribeParameters", deny("ssm:DescribeParameters"))),
    "reading one by one is not allowed": Case(on("GetParameter", deny("ssm:GetParameter"))),
    "adding tags is not allowed and not asked for": Case(on("AddTagsToResource", deny("ssm:AddTagsToResource"))),
}

FAILED = {
    "throttled for good": Case(
        throttled("PutParameter", "ThrottlingException", 1e9),
        (f"ssm:PutParameter {DB}: throttled again and again (ThrottlingException) {PLACE}", "run again later"),
    ),
    "too many updates for good": Case(
        on("PutParameter", refuse("TooManyUpdates"), name=KEY),
        (f"ssm:PutParameter {KEY}: too many updates of this parameter at once (TooManyUpdates) {PLACE}",),
        put=ALL - {KEY},
        moved=ALL - {KEY},
    ),
    "nobody listens": Case(
        nobody_listens, (f"ssm:GetParameters {DB} and 2 more: can't connect (EndpointConnectionError)", "us-east-1")
    ),
    "every connection is reset before a word": Case(
        all_are_reset, (f"ssm:GetParameters {DB} and 2 more: the connection broke off (ConnectionClosedError)",)
    ),
    "every connection breaks off": Case(
        on("GetParameters", drop),
        (f"ssm:GetParameters {DB} and 2 more: the connection broke off (ConnectionClosedError) {PLACE}",),
    ),
    "every connection breaks off after the first put": Case(
        both(on("PutParameter", drop, after=1), on("GetParameters", drop, after=ONCE_READ)),
        (
            f"ssm:PutParameter {KEY}: the connection broke off (ConnectionClosedError), it may have been put or not",
            f"{DB} ssm:GetParameters {DB}: the connection broke off (ConnectionClosedError) {PLACE}",
            "put as version 1, but not read back",
        ),
        put=frozenset({DB}),
    ),
    "every reply to one put is lost": Case(
        on("PutParameter", lose_reply, name=HOOK),
        (f"ssm:PutParameter {HOOK}: the connection broke off (ConnectionClosedError), it may have been put or not",),
        put=ALL,
        moved=ALL - {HOOK},
    ),
    "a certificate that nobody signed": Case(
        untrusted,
        (f"ssm:GetParameters {DB} and 2 more: TLS failed (SSLError) [account unknown, us-east-1, https://127.0.0.1",),
    ),
    "no answer in time": Case(
        too_slow("GetParameters"),
        (f"ssm:GetParameters {DB} and 2 more: no answer in time (ReadTimeoutError) {PLACE}",),
    ),
    "errors of the service for good": Case(
        on("PutParameter", refuse("InternalServerError", status=500), name=KEY),
        (f"ssm:PutParameter {KEY}: the service has an internal error (InternalServerError)",),
        put=frozenset({DB}),
        moved=frozenset({DB}),
    ),
    "no service for good": Case(
        on("GetParameters", refuse("ServiceUnavailable", status=503)),
        (f"ssm:GetParameters {DB} and 2 more: the service has an internal error (ServiceUnavailable) {PLACE}",),
    ),
    "every reply is cut off": Case(
        on("GetParameters", cut_short),
        (f"ssm:GetParameters {DB} and 2 more: the answer is no whole answer of AWS",),
    ),
    "every read-back is cut off": Case(
        on("GetParameters", cut_short, after=ONCE_READ),
        (
            f"ssm:GetParameters {DB} and 2 more: the answer is no whole answer of AWS",
            "put as version 1, but not read back",
        ),
        put=ALL,
    ),
    "a proxy that answers itself": Case(
        on("GetParameters", page(200)),
        (f"ssm:GetParameters {DB} and 2 more: the answer is no whole answer of AWS", "check proxy"),
    ),
    "a proxy that refuses": Case(
        on("GetParameters", page(403)),
        (f"ssm:GetParameters {DB} and 2 more: the answer is no whole answer of AWS (403) {PLACE}", "check proxy"),
    ),
    "a gateway's time-out at a put": Case(
        on("PutParameter", page(504), name=KEY),
        (f"ssm:PutParameter {KEY}: the service has an internal error (504), it may have been put or not {PLACE}",),
        put=frozenset({DB}),
        moved=frozenset({DB}),
    ),
    "a clock that is wrong": Case(
        on("GetParameters", refuse("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier")),
        ("this machine's clock is wrong, as AWS sees it (InvalidSignatureException)", "set the clock"),
    ),
    "putting is not allowed": Case(
        on("PutParameter", deny("ssm:PutParameter")),
        (
            f"{DB} ssm:PutParameter {DB}: access denied, ssm:PutParameter is missing {PLACE}",
            f"allow ssm:PutParameter on arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{DB}",
            f"{KEY} not put, since ssm:PutParameter {DB}: access denied",
        ),
    ),
    "putting one is not allowed": Case(
        on("PutParameter", deny("ssm:PutParameter"), name=KEY),
        (f"ssm:PutParameter {KEY}: access denied, ssm:PutParameter is missing {PLACE}",),
        put=ALL - {KEY},
        moved=ALL - {KEY},
    ),
    "putting is allowed and reading is not": Case(
        on("GetParameters", deny("ssm:GetParameters")),
        ("access denied, ssm:GetParameters is missing", PLACE, "allow ssm:GetParameters on arn:aws:ssm:us-east-1"),
    ),
    "reading is forbidden after the check": Case(
        on("GetParameters", deny("ssm:GetParameters"), after=ONCE_READ),
        (
            f"ssm:GetParameters {DB}: access denied, ssm:GetParameters is missing {PLACE}",
            "put as version 1, but not read back",
        ),
        put=ALL,
    ),
    "reading is allowed without decryption": Case(
        on("GetParameters", NO_DECRYPTION),
        (
            f"ssm:GetParameters {DB}: access denied, kms:Decrypt is missing {PLACE}",
            "put as version 1, but not read back",
            "allow kms:Decrypt on the KMS key",
        ),
        put=ALL,
    ),
    "encrypting is not allowed": Case(
        on("PutParameter", deny("kms:Encrypt")),
        (f"ssm:PutParameter {DB}: access denied, kms:Encrypt is missing", "allow kms:Encrypt on the KMS key"),
    ),
    "making a data key is not allowed": Case(
        on("PutParameter", deny("kms:GenerateDataKey")),
        ("access denied, kms:GenerateDataKey is missing", "allow kms:GenerateDataKey on the KMS key"),
        words=("--tier", "advanced"),
    ),
    "tagging is not allowed": Case(
        on("PutParameter", deny("ssm:AddTagsToResource")),
        (f"ssm:PutParameter {DB}: access denied, ssm:AddTagsToResource is missing",),
        words=TAGS,
    ),
    "the credentials are those of nobody": Case(
        on("GetParameters", refuse("UnrecognizedClientException", "The security token is invalid.")),
        ("AWS does not accept the credentials (UnrecognizedClientException)", "aws sts get-caller-identity"),
    ),
    "the session expires before the check": Case(
        on("GetParameters", EXPIRED), (f"the credentials have expired (ExpiredTokenException) {PLACE}", "aws sso login")
    ),
    "the session expires between two puts": Case(
        both(on("PutParameter", EXPIRED, after=1), on("GetParameters", EXPIRED, after=ONCE_READ)),
        (
            f"{DB} ssm:GetParameters {DB}: the credentials have expired (ExpiredTokenException) {PLACE}",
            "put as version 1, but not read back",
            f"{KEY} ssm:PutParameter {KEY}: the credentials have expired",
            f"{HOOK} not put, since ssm:PutParameter {KEY}: the credentials have expired",
        ),
        put=frozenset({DB}),
    ),
    "the session expires before the read-back": Case(
        on("GetParameters", EXPIRED, after=ONCE_READ),
        ("the credentials have expired (ExpiredTokenException)", "put as version 1, but not read back"),
        put=ALL,
    ),
    "a disabled key": Case(
        on("PutParameter", NO_KEY),
        (f"ssm:PutParameter {DB}: the KMS key is missing, disabled, to be deleted, or of another region",),
        words=NAMED_KEY,
    ),
    "a key to be deleted, which only the read-back meets": Case(
        on("GetParameters", undecryptable(KMS_GONE)),
        (
            f"ssm:GetParameters {DB}: the KMS key is missing, disabled, to be deleted",
            "put as version 1, but not read back",
        ),
        put=ALL,
    ),
    "no room for more parameters": Case(
        on("PutParameter", refuse("ParameterLimitExceeded"), after=1),
        (
            f"ssm:PutParameter {KEY}: the account's number of parameters in this region is used up",
            f"{HOOK} not put, since ssm:PutParameter {KEY}: the account's number",
        ),
        put=frozenset({DB}),
        moved=frozenset({DB}),
    ),
    "a labelled oldest version": Case(
        both(
            on("PutParameter", refuse("ParameterMaxVersionLimitExceeded"), name=DB),
            somebody("theirs"),
        ),
        (f"ssm:PutParameter {DB}: 100 versions are kept and the oldest one has a label",),
        put=ALL - {DB},
        moved=ALL - {DB},
        words=("--on-conflict", "overwrite"),
    ),
    "a String of that name": Case(
        somebody(VALUES["DB_PASSWORD"], "String"),
        (f"{DB} is there as String, version 1, not as SecureString {PLACE}", "give it another --name"),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "a String of that name, and a yes to overwriting": Case(
        somebody(VALUES["DB_PASSWORD"], "String"),
        (f"{DB} is there as String, version 1, not as SecureString {PLACE}",),
        put=ALL - {DB},
        moved=ALL - {DB},
        words=("--on-conflict", "overwrite"),
    ),
    "another value of that name": Case(
        somebody("theirs"),
        (f"{DB} another value, version 1 {PLACE}", "allow --on-conflict overwrite"),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "somebody puts another value between our look and our put": Case(
        between("PutParameter", "theirs"),
        (f"ssm:PutParameter {DB}: a parameter of this name with another value is there (ParameterAlreadyExists)",),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "somebody puts another value between our look and our put, and a yes to overwriting": Case(
        between("PutParameter", "theirs"),
        (f"ssm:PutParameter {DB}: a parameter of this name with another value is there (ParameterAlreadyExists)",),
        put=ALL - {DB},
        moved=ALL - {DB},
        words=("--on-conflict", "overwrite"),
    ),
    "somebody makes a String between our look and our put": Case(
        between("PutParameter", VALUES["DB_PASSWORD"], kind="String"),
        (f"ssm:PutParameter {DB}: it is there as String",),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "somebody changes it between our put and the read-back": Case(
        between("GetParameters", "theirs", after=ONCE_READ),
        (f"{DB} somebody else gave it another value meanwhile, version 2 {PLACE}", "run again to see it as it is now"),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "somebody deletes it between our put and the read-back": Case(
        lambda world: world.stub.fault("GetParameters", first(lambda: world.stub.delete(DB)), times=1, after=ONCE_READ),
        (f"{DB} not there when it was read back {PLACE}",),
        put=ALL - {DB},
        moved=ALL - {DB},
    ),
    "a read-back with a newline more": Case(
        on("GetParameters", trailing_newline, after=ONCE_READ),
        (f"{DB} reads back different from what was put {PLACE}", "the file is left as it was"),
        put=ALL,
    ),
}


def said(ran: Ran) -> str:
    """All that a person reads, as one line."""
    return " ".join((ran.out + ran.err).split())


def check_silence(world: World, ran: Ran) -> None:
    text = ran.out + ran.err + (world.directory / "report.json").read_text()
    for value in (*VALUES.values(), "theirs"):
        assert value not in text
    assert "Traceback" not in text


def check_report(world: World, case: Case) -> None:
    """The report says the same as the person read and the store holds."""
    outcome = world.report["outcome"]
    proved = {each["name"] for each in outcome["events"] if each["event"] in ("put", "there")}
    failed = {each["name"]: each for each in outcome["events"] if each["event"] == "put-failed"}
    assert case.moved <= proved <= case.put
    assert proved | failed.keys() == ALL
    assert not proved & failed.keys()
    assert {each["key_path"].rpartition(".")[2] for each in outcome["left"]} == {
        key for key, name in NAMES.items() if name not in case.moved
    }
    text = " ".join(
        f"{name} {each['message'].removeprefix(f'{name}: ')} hint: {each['hint']}" for name, each in failed.items()
    )
    for phrase in case.says:
        assert phrase in text


@pytest.mark.parametrize("name", sampled(FAILED, every=3))
def test_fault_is_reported_with_limited_damage_and_a_second_run_completes(name: str, world: World) -> None:
    case = FAILED[name]
    case.fault(world)
    ran = world.run(*case.words)
    for phrase in case.says:
        assert phrase in said(ran)
    assert ran.code == case.code, ran
    assert world.ours() == case.put
    assert world.files() == expected(case.moved)
    check_silence(world, ran)
    check_report(world, case)
    complete(world, case)


def complete(world: World, case: Case) -> None:
    """The fault is gone, and a second run does what is left."""
    world.stub.faults.clear()
    for mend in world.mend:
        mend()
    ran = world.run(*case.words)
    assert ran.code == 0, ran
    assert world.files() == expected(ALL)
    assert world.ours() == ALL
    assert {name: world.stub.version(name) for name in ALL} == dict.fromkeys(ALL, 1)
    assert case.words != TAGS or all(world.stub.tags(name) == {"team": "shop"} for name in ALL)


def test_denied_tags_at_an_overwrite_keep_the_old_value_and_a_second_run_sets_both(world: World) -> None:
    world.stub.seed(DB, "theirs")
    world.stub.fault("AddTagsToResource", deny("ssm:AddTagsToResource"))
    ran = world.run(*TAGS, "--on-conflict", "overwrite")
    assert f"{DB} ssm:AddTagsToResource {DB}: access denied, ssm:AddTagsToResource is missing {PLACE}" in said(ran)
    assert (ran.code, world.stub.value(DB)) == (1, "theirs")
    world.stub.faults.clear()
    assert world.run(*TAGS, "--on-conflict", "overwrite").code == 0
    assert world.files() == expected(ALL)
    assert (world.stub.tags(DB), world.stub.version(DB)) == ({"team": "shop"}, 2)


def test_overwrite_that_also_hit_another_value_is_reported_and_no_file_refers_to_it(world: World) -> None:
    world.stub.seed(DB, "old")
    world.stub.fault("PutParameter", first(lambda: world.stub.seed(DB, "theirs")), times=1, name=DB)
    ran = world.run("--on-conflict", "overwrite")
    assert f"{DB} ssm:PutParameter {DB}: overwrote version 2 too, which somebody else put after" in said(ran)
    assert ran.code == 1
    assert world.files() == expected(ALL - {DB})
    check_silence(world, ran)
    again = world.run()
    assert (again.code, world.files(), world.stub.version(DB)) == (0, expected(ALL), 3)


def test_slow_call_is_reported_while_it_lasts(world: World) -> None:
    world.stub.fault("PutParameter", drop, times=1)
    assert "still trying" not in world.run("--only", "WEBHOOK_SECRET").err
    world.patch.setattr("migrate.stores.aws_calls._SLOW_SECONDS", 0.05)
    world.stub.fault("PutParameter", stall(0.4), times=1, name=KEY)
    ran = world.run("--format", "json")
    assert f"  … ssm:PutParameter {KEY}: no success yet, still trying\n" in ran.err
    assert (ran.code, world.files()) == (0, expected(ALL))


@pytest.mark.parametrize("fault", ["putting is not allowed", "the session expires before the check"])
def test_json_on_standard_output_equals_the_report(fault: str, world: World) -> None:
    FAILED[fault].fault(world)
    ran = world.run("--format", "json")
    assert ran.code == 1
    assert ran.json == world.report
    assert [each["event"] for each in ran.json["outcome"]["events"]] == ["put-failed"] * 3


@pytest.mark.parametrize("name", sampled(SURVIVED, every=3))
def test_transient_fault_is_survived_with_every_parameter_at_its_first_version(name: str, world: World) -> None:
    SURVIVED[name].fault(world)
    ran = world.run()
    assert ran.code == 0, ran
    assert "Done: 3 put, 2 files rewritten." in ran.out
    assert world.files() == expected(ALL)
    assert world.ours() == ALL
    assert {each: world.stub.version(each) for each in ALL} == dict.fromkeys(ALL, 1)
    assert [each["event"] for each in world.report["outcome"]["events"]] == ["put"] * 3 + ["written"] * 2
    check_silence(world, ran)


def in_batch(phrase: str) -> str:
    """The same as a batch says it: the parameter stands in the reason, not before it."""
    name, _, rest = phrase.partition(" ")
    if name not in ALL:
        return phrase
    return rest if rest.startswith("ssm:") else f"{name}: {rest}"


@pytest.mark.slow
@pytest.mark.parametrize("name", FAILED)
def test_batch_reports_and_survives_every_fault_as_a_single_run_does(name: str, world: World) -> None:
    case = FAILED[name]
    world.patch.setattr("migrate.stores.rate_limit._SLOWEST", 1000.0)  # its waiting is not by the clock that is patched
    case.fault(world)
    words = ("batch", ".", "--yes", "--put-rate", "1000", "--report", "report.json", *case.words)
    ran = world.slsmigrate(*words)
    reasons = " ".join(f"{each['message']} hint: {each['hint']}" for each in world.report["repositories"][0]["reasons"])
    for phrase in map(in_batch, case.says):
        assert phrase in said(ran)
        assert phrase in reasons
    assert ran.code == case.code, ran
    assert world.ours() == case.put
    assert world.files() == expected(case.moved)
    check_silence(world, ran)
    world.stub.faults.clear()
    for mend in world.mend:
        mend()
    assert world.slsmigrate(*words).code == 0
    assert (world.files(), world.ours()) == (expected(ALL), ALL)
    assert {each: world.stub.version(each) for each in ALL} == dict.fromkeys(ALL, 1)

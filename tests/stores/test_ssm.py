"""The store over real HTTP, and its errors in our words."""

from __future__ import annotations

import io
import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as aws
from botocore.exceptions import ClientError

from migrate.model import Identity, Parameter, Secret, StoredParameter, StoreError, Target, Tier
from migrate.stores.aws_error_table import THROTTLES
from migrate.stores.aws_errors import explain
from migrate.stores.call_context import CallContext
from migrate.stores.errors import DeniedError, ExistsError, TargetError
from migrate.stores.protocol import UNKNOWN_ACCOUNT
from migrate.stores.rate_limit import RateLimit
from migrate.stores.registry import open_store
from migrate.stores.ssm import SsmStore
from tests.support.sample import sampled
from tests.support.storestub import (
    ACCOUNT,
    REGION,
    Answer,
    Call,
    Effect,
    Serve,
    StubStore,
    altered,
    cut_short,
    deny,
    drop,
    first,
    lose_reply,
    refuse,
    wait,
)

VALUE = "hunter2-" + "marked-" * 3
NAME = "/shop/db-password"


def parameter(name: str = NAME, value: str = VALUE, **options: Any) -> Parameter:
    return Parameter(name, Secret(value), **options)


def failure(caught: pytest.ExceptionInfo[StoreError]) -> str:
    """The error's message, after a look that neither it nor anything it drags along tells the value."""
    error = caught.value
    assert error.__context__ is None or isinstance(error.__context__, StoreError)
    text = "".join(traceback.format_exception(error)) + repr(error) + str(error.hint)
    assert VALUE not in text
    assert not any(VALUE[at : at + 6] in text for at in range(len(VALUE) - 5))
    return error.message


@pytest.fixture
def store(stub: StubStore) -> SsmStore:
    return stub.quick()


# ── looking and putting ───────────────────────────────────────────────────────────────────────


def test_put_value_can_be_read(store: SsmStore) -> None:
    assert store.put(parameter(), overwrite=False) == 1
    assert store.get([NAME]) == {NAME: StoredParameter(NAME, "SecureString", 1, Secret(VALUE))}


@pytest.mark.parametrize(
    "value", ["a\n", "\r\n", " x ", "\t", "ü😀", "'\"\\", "true", "0123", "-----BEGIN\nx\n-----\n"]
)
def test_value_is_read_back_exactly(store: SsmStore, value: str) -> None:
    store.put(parameter(value=value), overwrite=False)
    assert store.get([NAME])[NAME].secret.reveal() == value


def test_missing_parameter_is_absent_from_the_answer(store: SsmStore, stub: StubStore) -> None:
    stub.seed("/a", "x")
    assert list(store.get(["/none", "/a", "/nothing"])) == ["/a"]


def test_reading_no_names_makes_no_call(store: SsmStore, stub: StubStore) -> None:
    assert store.get([]) == {}
    assert stub.calls == []


@pytest.mark.parametrize(("names", "calls"), [(1, 1), (10, 1), (11, 2), (25, 3)])
def test_ten_names_are_read_with_one_call(store: SsmStore, stub: StubStore, names: int, calls: int) -> None:
    wanted = [f"/a/{number}" for number in range(names)]
    for name in wanted:
        stub.seed(name, name)
    assert {name: each.secret.reveal() for name, each in store.get(wanted).items()} == dict(
        zip(wanted, wanted, strict=True)
    )
    assert len(stub.made("GetParameters")) == calls
    assert all(call.asked["WithDecryption"] is True for call in stub.calls)


def test_name_given_twice_is_requested_once(store: SsmStore, stub: StubStore) -> None:
    store.get(["/a", "/a"])
    assert [call.names for call in stub.calls] == [["/a"]]


def test_put_sends_every_property_of_the_parameter(store: SsmStore, stub: StubStore) -> None:
    asked = parameter(key_id="alias/shop", tier=Tier.ADVANCED, tags=(("team", "shop"), ("env", "prod")))
    store.put(asked, overwrite=False)
    assert stub.calls[0].asked == {
        "Name": NAME,
        "Value": VALUE,
        "Type": "SecureString",
        "Tier": "Advanced",
        "Overwrite": False,
        "KeyId": "alias/shop",
        "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "env", "Value": "prod"}],
    }
    assert stub.tags(NAME) == {"team": "shop", "env": "prod"}
    assert len(stub.calls) == 1


def test_key_and_tags_are_sent_only_if_given(store: SsmStore, stub: StubStore) -> None:
    store.put(parameter(), overwrite=False)
    assert set(stub.calls[0].asked) == {"Name", "Value", "Type", "Tier", "Overwrite"}


def test_overwrite_makes_a_new_version_and_adds_tags_first(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    assert store.put(parameter(tags=(("team", "shop"),)), overwrite=True) == 2
    assert [call.operation for call in stub.calls] == ["GetParameterHistory", "AddTagsToResource", "PutParameter"]
    assert "Tags" not in stub.calls[2].asked
    assert (stub.value(NAME), stub.tags(NAME)) == (VALUE, {"team": "shop"})


def test_overwrite_without_tags_reads_the_history_and_puts(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    store.put(parameter(), overwrite=True)
    assert [call.operation for call in stub.calls] == ["GetParameterHistory", "PutParameter"]
    assert stub.calls[0].asked["WithDecryption"] is False


def test_own_value_that_is_there_already_counts_as_put(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "older")
    stub.seed(NAME, VALUE)
    assert store.put(parameter(), overwrite=False) == 2
    assert stub.version(NAME) == 2


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("other", "SecureString", "a parameter of this name with another value is there"),
        (VALUE, "String", "it is there as String, not as SecureString"),
        (VALUE + "\n", "SecureString", "a parameter of this name with another value is there"),
    ],
)
def test_other_parameter_of_that_name_is_not_overwritten(
    store: SsmStore, stub: StubStore, value: str, kind: str, words: str
) -> None:
    stub.seed(NAME, value, kind=kind)
    with pytest.raises(ExistsError) as caught:
        store.put(parameter(), overwrite=False)
    assert failure(caught).startswith(f"ssm:PutParameter {NAME}: {words}")
    assert (stub.value(NAME), stub.version(NAME)) == (value, 1)


def test_regions_have_separate_parameters(stub: StubStore) -> None:
    near, far = stub.open("us-east-1"), stub.open("eu-central-1")
    near.put(parameter(), overwrite=False)
    assert far.get([NAME]) == {}
    far.put(parameter(value="other"), overwrite=False)
    assert (stub.value(NAME, "us-east-1"), stub.value(NAME, "eu-central-1")) == (VALUE, "other")


@pytest.mark.parametrize("invalid", [[], [NAME]])
def test_value_that_is_not_decrypted_is_an_error_and_not_absent(
    store: SsmStore, stub: StubStore, invalid: list[str]
) -> None:
    def without_value(body: dict[str, Any]) -> None:
        body["Parameters"][0].update(Value=None)
        body["InvalidParameters"] += invalid

    stub.seed(NAME, VALUE)
    stub.fault("GetParameters", altered(without_value))
    with pytest.raises(StoreError) as caught:
        store.get([NAME, "/none"])
    assert failure(caught) == (f"ssm:GetParameters {NAME}: it is there but was not decrypted [us-east-1, {stub.url}]")


def test_name_left_out_of_the_answer_is_an_error_and_not_absent(store: SsmStore, stub: StubStore) -> None:
    stub.fault("GetParameters", altered(lambda body: body.update(InvalidParameters=[])))
    with pytest.raises(StoreError, match="left out"):
        store.get([NAME])


def test_parameter_that_was_not_requested_is_ignored(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, VALUE)
    stub.fault("GetParameters", altered(lambda body: body["Parameters"][0].update(Name="/other")))
    with pytest.raises(StoreError, match="left out"):
        store.get([NAME])


# ── what stays of a parameter that is overwritten ─────────────────────────────────────────────


def test_overwrite_keeps_key_tier_description_and_pattern(store: SsmStore, stub: StubStore) -> None:
    settings = {"keyid": "alias/shop", "tier": "Advanced", "description": "of the shop", "allowed_pattern": "^h"}
    stub.seed(NAME, "hunter", **settings)
    store.put(parameter(), overwrite=True, expected_version=1)
    (sent,) = stub.made("PutParameter")
    assert sent.asked == {
        "Name": NAME,
        "Value": VALUE,
        "Type": "SecureString",
        "Overwrite": True,
        "KeyId": "alias/shop",
        "Tier": "Advanced",
        "Description": "of the shop",
        "AllowedPattern": "^h",
        "DataType": "text",
    }
    assert stub.value(NAME) == VALUE


def test_overwrite_of_a_parameter_under_the_managed_key_names_that_key(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    store.put(parameter(), overwrite=True)
    assert stub.made("PutParameter")[0].asked["KeyId"] == "alias/aws/ssm"


@pytest.mark.parametrize(("stored", "asked"), [("Advanced", Tier.STANDARD), ("Standard", Tier.ADVANCED)])
def test_tier_stays_whatever_the_option_says(store: SsmStore, stub: StubStore, stored: str, asked: Tier) -> None:
    stub.seed(NAME, "old", tier=stored)
    store.put(parameter(tier=asked), overwrite=True)
    assert stub.made("PutParameter")[0].asked["Tier"] == stored


def test_newest_version_of_a_history_of_many_pages_counts(store: SsmStore, stub: StubStore) -> None:
    for number in range(60):
        stub.seed(NAME, f"old-{number}", keyid=f"alias/key-{number}")
    store.put(parameter(), overwrite=True)
    assert len(stub.made("GetParameterHistory")) == 2
    assert stub.made("PutParameter")[0].asked["KeyId"] == "alias/key-59"


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ("alias/shop", "alias/shop"),
        ("alias/shop", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/shop"),
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234-abcd", "1234-abcd"),
    ],
)
def test_key_given_in_another_form_is_the_key_that_stays(
    store: SsmStore, stub: StubStore, stored: str, given: str
) -> None:
    stub.seed(NAME, "old", keyid=stored)
    assert store.put(parameter(key_id=given), overwrite=True) == 2
    assert stub.made("PutParameter")[0].asked["KeyId"] == stored


def test_overwrite_under_another_key_than_the_stored_one_is_refused(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old", keyid="alias/theirs")
    with pytest.raises(StoreError) as caught:
        store.put(parameter(key_id="alias/ours", tags=(("a", "b"),)), overwrite=True)
    assert "it is encrypted with alias/theirs, which stays, and not with the --kms-key-id given" in failure(caught)
    assert caught.value.hint == "leave out --kms-key-id to keep its key, or give it another --name"
    assert (stub.value(NAME), stub.tags(NAME), stub.writes) == ("old", {}, [])


def test_value_too_long_for_the_tier_that_stays_is_refused(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    with pytest.raises(StoreError) as caught:
        store.put(parameter(value=VALUE * 200, tier=Tier.ADVANCED), overwrite=True)
    assert "the value is too long for its tier, Standard, which stays" in failure(caught)
    assert stub.writes == []


def test_denied_history_overwrites_nothing_and_is_no_denial_of_the_target(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    stub.fault("GetParameterHistory", deny("ssm:GetParameterHistory"))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True)
    assert type(caught.value) is StoreError
    assert "access denied, ssm:GetParameterHistory is missing" in failure(caught)
    assert "not overwritten, since its key must stay" in failure(caught)
    assert str(caught.value.hint).startswith("allow ssm:GetParameterHistory on arn:aws:ssm:us-east-1:")
    assert stub.writes == []


@pytest.mark.parametrize(
    "change", [lambda body: body.update(Parameters=[]), lambda body: body["Parameters"][0].pop("KeyId")]
)
def test_history_without_a_key_overwrites_nothing(store: SsmStore, stub: StubStore, change: Any) -> None:
    stub.seed(NAME, "old")
    stub.fault("GetParameterHistory", altered(change))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True)
    assert "its history does not name the key that must stay" in failure(caught)
    assert stub.writes == []


def test_history_that_never_ends_overwrites_nothing(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    stub.fault("GetParameterHistory", altered(lambda body: body.update(NextToken="0")))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True)
    assert "its history never ends" in failure(caught)
    assert stub.writes == []


def test_parameter_that_was_deleted_meanwhile_is_not_overwritten(store: SsmStore, stub: StubStore) -> None:
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True, expected_version=1)
    assert "it is not there any more (ParameterNotFound)" in failure(caught)
    assert stub.writes == []


@pytest.mark.parametrize(
    ("permission", "kind"),
    [("kms:Encrypt", StoreError), ("kms:GenerateDataKey", StoreError), ("ssm:PutParameter", DeniedError)],
)
def test_denied_key_of_one_parameter_is_no_denial_of_the_target(
    store: SsmStore, stub: StubStore, permission: str, kind: type[StoreError]
) -> None:
    stub.seed(NAME, "old", keyid="alias/theirs")
    stub.fault("PutParameter", deny(permission))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=True)
    assert type(caught.value) is kind
    assert f"access denied, {permission} is missing" in failure(caught)


def test_new_parameter_needs_no_history(store: SsmStore, stub: StubStore) -> None:
    store.put(parameter(), overwrite=False)
    assert stub.made("GetParameterHistory") == []


# ── who we are ────────────────────────────────────────────────────────────────────────────────


def test_identity_has_account_region_and_a_foreign_endpoint(stub: StubStore, store: SsmStore) -> None:
    assert store.identity() == Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:user/moto", "us-east-1", stub.url)


def test_identity_is_requested_once(store: SsmStore, stub: StubStore) -> None:
    assert store.identity() is store.identity()
    assert len(stub.made("GetCallerIdentity")) == 1


def test_foreign_sts_endpoint_gives_no_account_for_an_aws_store(
    stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", stub.url)
    arn = f"arn:aws:sts::{ACCOUNT}:user/moto"
    assert stub.open("eu-central-1").identity() == Identity(UNKNOWN_ACCOUNT, arn, "eu-central-1", sts_endpoint=stub.url)


def test_credentials_in_an_endpoint_are_not_shown(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", stub.url.replace("//", f"//me:{VALUE}@"))
    assert stub.open().identity().endpoint == stub.url


@pytest.mark.parametrize("effect", [refuse("InvalidClientTokenId", status=403), drop])
def test_loopback_store_does_not_require_sts(stub: StubStore, effect: Effect, hurried: None) -> None:
    stub.fault("GetCallerIdentity", effect)
    assert stub.open().identity() == Identity(UNKNOWN_ACCOUNT, "", "us-east-1", stub.url)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://[::1]:1", "http://ssm.localhost:1", "http://127.9.9.9:1"]
)
def test_loopback_endpoint_is_recognized_by_every_name(
    stub: StubStore, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", url)
    stub.fault("GetCallerIdentity", refuse("InvalidClientTokenId", status=403))
    assert stub.open().identity().account == UNKNOWN_ACCOUNT


@pytest.mark.parametrize("url", ["https://ssm.example.com", "http://localhost.example.com", "http://10.0.0.1"])
def test_remote_store_requires_a_known_account(stub: StubStore, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", url)
    stub.fault("GetCallerIdentity", refuse("InvalidClientTokenId", status=403))
    with pytest.raises(TargetError) as caught:
        stub.open().identity()
    assert failure(caught) == (
        f"sts:GetCallerIdentity: AWS does not accept the credentials (InvalidClientTokenId) [us-east-1, {url}]"
    )


# ── settings ──────────────────────────────────────────────────────────────────────────────────


def test_target_region_overrides_the_environment(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert stub.open("us-west-2").identity().region == "us-west-2"
    assert stub.open(None).identity().region == "eu-west-1"
    monkeypatch.delenv("AWS_REGION")
    assert stub.open(None).identity().region == "us-east-1"


def test_profile_sets_credentials_and_region(stub: StubStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
    config.write_text(f"[profile shop]\nregion = ap-south-1\n{keys}endpoint_url = {stub.url}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    store = SsmStore(Target("shop", None))
    assert (store.identity().region, store.identity().endpoint) == ("ap-south-1", stub.url)


def unopened(target: Target) -> str:
    with pytest.raises(TargetError) as caught:
        open_store(target)
    message = failure(caught)
    assert caught.value.hint
    return message


def test_unknown_profile_is_reported(stub: StubStore) -> None:
    assert unopened(Target("none", "us-east-1")) == (
        "AWS settings: there is no such AWS profile (ProfileNotFound) [profile none, us-east-1]"
    )


def test_missing_region_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert unopened(Target()) == "AWS settings: no region (NoRegionError)"


def test_invalid_region_is_reported(stub: StubStore) -> None:
    assert unopened(Target(None, "us east/1")).startswith("AWS settings: not the name of a region (InvalidRegionError)")


def test_invalid_endpoint_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "ssm.example.com")
    assert unopened(Target(None, "us-east-1")).startswith("AWS settings: the AWS settings can't be used (ValueError)")


def test_broken_config_file_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile\nx")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert "can't be parsed (ConfigParseError)" in unopened(Target(None, "us-east-1"))


def test_missing_credentials_are_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(TargetError) as caught:
        stub.open().get([NAME])
    assert f"ssm:GetParameters {NAME}: no AWS credentials found (NoCredentialsError)" in failure(caught)
    assert "aws sso login" in str(caught.value.hint)


# ── waiting ───────────────────────────────────────────────────────────────────────────────────


def test_put_with_a_lost_reply_succeeds(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", lose_reply, times=1)
    assert stub.open().put(parameter(), overwrite=False) == 1
    assert (stub.version(NAME), len(stub.made("PutParameter"))) == (1, 2)


def test_truncated_reply_is_retried(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", cut_short, times=1)
    stub.fault("GetParameters", cut_short, times=1)
    store = stub.open()
    assert store.put(parameter(), overwrite=False) == 1
    assert store.get([NAME])[NAME].secret.reveal() == VALUE


def test_throttled_put_is_retried(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", refuse("ThrottlingException", "Rate exceeded"), times=5)
    assert stub.open().put(parameter(), overwrite=False) == 1
    assert len(stub.calls) == 6


def test_many_throttled_puts_do_not_exhaust_the_retries(stub: StubStore, hurried: None) -> None:
    """botocore's retry quota is spent after about a hundred retries."""
    store = stub.open()
    stub.fault("PutParameter", refuse("ThrottlingException", "Rate exceeded"), times=130)
    assert store.put(parameter(), overwrite=False) == 1


def test_too_many_updates_error_is_retried(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", refuse("TooManyUpdates"), times=4)
    assert stub.open().put(parameter(), overwrite=False) == 1


def test_pauses_double_up_to_a_maximum_and_are_randomized(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore does not retry TooManyUpdates, so that all pauses are ours."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    stub.fault("PutParameter", refuse("TooManyUpdates"), times=6)
    assert stub.open().put(parameter(), overwrite=False) == 1
    longest = [0.5, 1, 2, 4, 8, 8]
    assert len(pauses) == len(longest)
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))
    assert pauses != longest


class Turns(RateLimit):
    """A pace that never waits and remembers."""

    def __init__(self) -> None:
        self.waited = 0
        self.throttled: list[bool] = []

    def wait(self) -> None:
        self.waited += 1

    def on_response(self, *, throttled: bool) -> None:
        self.throttled.append(throttled)


def test_every_attempt_of_a_put_waits_for_the_rate_limit_and_reports_its_end(stub: StubStore, hurried: None) -> None:
    turns = Turns()
    stub.fault("PutParameter", refuse("ThrottlingException", "Rate exceeded"), times=1)
    stub.fault("PutParameter", refuse("TooManyUpdates"), times=1)
    store = open_store(Target(None, REGION), lambda identity: turns)
    assert store.put(parameter(), overwrite=False) == 1
    assert (turns.waited, turns.throttled) == (3, [True, True, False])


def test_store_without_a_rate_limit_requests_no_identity(stub: StubStore) -> None:
    assert open_store(Target(None, REGION)).put(parameter(), overwrite=False) == 1
    assert [call.operation for call in stub.calls] == ["PutParameter"]


def test_missing_version_is_read_as_zero(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, VALUE)
    stub.fault("GetParameters", altered(lambda answer: answer["Parameters"][0].pop("Version")), times=1)
    assert store.get([NAME])[NAME].version == 0


def test_store_slower_than_the_rate_still_takes_every_put(stub: StubStore, hurried: None) -> None:
    stub.rate = 100.0
    store = stub.open()
    for number in range(120):
        store.put(parameter(f"/a/{number}"), overwrite=False)
    assert stub.version("/a/119") == 1


def test_server_errors_are_retried(stub: StubStore, hurried: None) -> None:
    stub.fault("GetParameters", refuse("InternalServerError", status=500), times=2)
    stub.fault("GetParameters", refuse("ServiceUnavailable", status=503), times=2)
    assert stub.open().get([NAME]) == {}


def test_retries_end_with_an_error(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", refuse("ThrottlingException", "Rate exceeded"))
    with pytest.raises(TargetError) as caught:
        stub.open(attempts=2, patience=0.01).put(parameter(), overwrite=False)
    assert "throttled again and again (ThrottlingException)" in failure(caught)


def test_missing_answer_times_out(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.stores.aws_clients._READ_SECONDS", 0.05)
    stub.fault("GetParameters", wait(0.3), times=2)
    with pytest.raises(TargetError) as caught:
        stub.open(attempts=2).get([NAME])
    assert "no answer in time (ReadTimeoutError)" in failure(caught)


# ── refusals ──────────────────────────────────────────────────────────────────────────────────

PUT_ERRORS = [
    ("ExpiredTokenException", "the credentials have expired", TargetError),
    ("UnrecognizedClientException", "AWS does not accept the credentials", TargetError),
    ("InvalidSignatureException", "AWS does not accept the credentials", TargetError),
    ("InternalServerError", "the service has an internal error", TargetError),
    ("ParameterLimitExceeded", "the account's number of parameters in this region is used up", TargetError),
    ("TooManyUpdates", "too many updates of this parameter at once", StoreError),
    ("ParameterMaxVersionLimitExceeded", "100 versions are kept and the oldest one has a label", StoreError),
    ("HierarchyLevelLimitExceededException", "the name has too many levels", StoreError),
    ("HierarchyTypeMismatchException", "it is there with another type", StoreError),
    ("ParameterPatternMismatchException", "the value does not match the pattern", StoreError),
    ("InvalidKeyId", "the KMS key is missing, disabled", StoreError),
    ("KMSInvalidStateException", "the KMS key is missing, disabled", StoreError),
    ("BrandNewException", "AWS refuses", StoreError),
]


@pytest.mark.parametrize(("code", "words", "kind"), PUT_ERRORS)
def test_refusal_is_reported_without_the_value(
    store: SsmStore, stub: StubStore, code: str, words: str, kind: type[StoreError]
) -> None:
    store.identity()
    stub.fault("PutParameter", refuse(code, f"No good: {VALUE}"))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=False)
    message = failure(caught)
    assert message.startswith(f"ssm:PutParameter {NAME}: {words}")
    assert f" ({code})" in message
    assert message.endswith(f" [account {ACCOUNT}, us-east-1, {stub.url}]")
    assert type(caught.value) is kind


VALIDATION = [
    ('Parameter name: can\'t be prefixed with "ssm" (case-insensitive).', "AWS does not take the name"),
    ("Standard tier parameters support a maximum parameter value of 4096 characters.", "the value is too long"),
    ("You can't downgrade a parameter from the advanced-parameter tier", "it has the advanced tier"),
    ("Parameter value can't nest another parameter.", "the value holds {{"),
    ("Value '' at 'value' failed: Member must have length greater than or equal to 1", "the value is empty"),
    ("Value 'x y' at 'keyId' failed to satisfy constraint", "the KMS key is missing"),
    ("Something else", "AWS does not take the request"),
]


@pytest.mark.parametrize(("text", "words"), VALIDATION)
def test_validation_error_is_reported_by_its_kind(store: SsmStore, stub: StubStore, text: str, words: str) -> None:
    stub.fault("PutParameter", refuse("ValidationException", f"{text} {VALUE}"))
    with pytest.raises(StoreError) as caught:
        store.put(parameter(), overwrite=False)
    assert failure(caught).startswith(f"ssm:PutParameter {NAME}: {words}")


def test_invalid_key_of_the_run_raises_a_target_error(store: SsmStore, stub: StubStore) -> None:
    stub.fault("PutParameter", refuse("InvalidKeyId"))
    with pytest.raises(TargetError):
        store.put(parameter(key_id="alias/none"), overwrite=False)


DENIED = [
    ("PutParameter", deny("ssm:PutParameter"), "ssm:PutParameter", "allow ssm:PutParameter on {arn}"),
    ("PutParameter", deny("ssm:AddTagsToResource"), "ssm:AddTagsToResource", "allow ssm:AddTagsToResource on {arn}"),
    ("PutParameter", deny("kms:GenerateDataKey"), "kms:GenerateDataKey", "allow kms:GenerateDataKey on the KMS key"),
    ("PutParameter", refuse("AccessDeniedException", "KMS says no"), "kms:Encrypt", "allow kms:Encrypt"),
    ("PutParameter", refuse("AccessDenied"), "ssm:PutParameter", "allow ssm:PutParameter on {arn}"),
    ("GetParameters", deny("ssm:GetParameters"), "ssm:GetParameters", "allow ssm:GetParameters on {arn}"),
    ("GetParameters", deny("kms:Decrypt"), "kms:Decrypt", "allow kms:Decrypt on the KMS key"),
    (
        "GetParameters",
        refuse("AccessDeniedException", "The ciphertext refers to a customer master key that does not exist"),
        "kms:Decrypt",
        "allow kms:Decrypt on the KMS key",
    ),
]


@pytest.mark.parametrize(("operation", "effect", "permission", "hint"), DENIED)
def test_denial_names_the_missing_permission(
    store: SsmStore, stub: StubStore, operation: str, effect: Effect, permission: str, hint: str
) -> None:
    store.identity()
    stub.fault(operation, effect)
    with pytest.raises(DeniedError) as caught:
        store.put(parameter(), overwrite=False) if operation == "PutParameter" else store.get([NAME])
    assert f"ssm:{operation} {NAME}: access denied, {permission}" in failure(caught)
    arn = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{NAME}"
    assert str(caught.value.hint).startswith(hint.format(arn=arn))


def test_denial_of_several_names_reports_all_of_them(store: SsmStore, stub: StubStore) -> None:
    stub.fault("GetParameters", deny("ssm:GetParameters"))
    with pytest.raises(DeniedError) as caught:
        store.get(["/a/x", "/a/y", "/a/z"])
    assert "ssm:GetParameters /a/x and 2 more: access denied" in failure(caught)
    assert caught.value.hint == "allow ssm:GetParameters on arn:aws:ssm:us-east-1:*:parameter/*"


def test_explicit_denial_is_reported_as_explicit(store: SsmStore, stub: StubStore) -> None:
    text = "not authorized to perform: ssm:PutParameter with an explicit deny in a service control policy"
    stub.fault("PutParameter", refuse("AccessDeniedException", text))
    with pytest.raises(DeniedError) as caught:
        store.put(parameter(), overwrite=False)
    assert str(caught.value.hint).endswith("; some policy denies it explicitly")


def test_denied_tags_overwrite_nothing(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, "old")
    stub.fault("AddTagsToResource", deny("ssm:AddTagsToResource"))
    with pytest.raises(DeniedError) as caught:
        store.put(parameter(tags=(("a", "b"),)), overwrite=True)
    assert f"ssm:AddTagsToResource {NAME}: access denied" in failure(caught)
    assert (stub.value(NAME), stub.version(NAME)) == ("old", 1)


@pytest.mark.parametrize("losses", [0, 1, 3])
def test_overwrite_with_lost_replies_succeeds(stub: StubStore, hurried: None, losses: int) -> None:
    stub.seed(NAME, "old")
    stub.fault("PutParameter", lose_reply, times=losses)
    assert stub.open().put(parameter(), overwrite=True, expected_version=1) == 2 + losses
    assert stub.value(NAME) == VALUE


@pytest.mark.parametrize("then", [lambda call, serve: serve(), lose_reply])
def test_overwritten_version_of_somebody_else_is_reported(stub: StubStore, hurried: None, then: Effect) -> None:
    """AWS has no put on condition: what comes between our look and our put is seen by the version alone."""

    def theirs_first(call: Call, serve: Serve) -> Answer:
        stub.seed(NAME, "theirs")
        return then(call, serve)

    stub.seed(NAME, "old")
    stub.fault("PutParameter", theirs_first, times=1)
    with pytest.raises(StoreError) as caught:
        stub.open().put(parameter(), overwrite=True, expected_version=1)
    assert f"ssm:PutParameter {NAME}: overwrote version 2 too, which somebody else put" in failure(caught)
    assert "theirs" not in failure(caught)


def test_denial_of_the_identity_names_no_parameter(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "https://ssm.example.com")
    stub.fault("GetCallerIdentity", refuse("AccessDenied", status=403))
    with pytest.raises(DeniedError) as caught:
        stub.open().identity()
    assert failure(caught).startswith("sts:GetCallerIdentity: access denied, sts:GetCallerIdentity is missing")
    assert caught.value.hint == "allow sts:GetCallerIdentity on *"


@pytest.mark.parametrize("code", sampled([*THROTTLES, "TooManyUpdates"], every=4))
def test_every_kind_of_throttle_error_is_retried(stub: StubStore, hurried: None, code: str) -> None:
    stub.fault("PutParameter", refuse(code), times=25)
    assert stub.open().put(parameter(), overwrite=False) == 1


def test_denied_read_after_a_lost_reply_is_reported(stub: StubStore, hurried: None) -> None:
    stub.fault("PutParameter", lose_reply, times=1)
    stub.fault("GetParameters", deny("ssm:GetParameters"))
    with pytest.raises(DeniedError) as caught:
        stub.open().put(parameter(), overwrite=False)
    assert f"ssm:GetParameters {NAME}: access denied" in failure(caught)


def test_parameter_deleted_before_it_is_compared_is_reported(store: SsmStore, stub: StubStore) -> None:
    stub.seed(NAME, VALUE)
    stub.fault("GetParameters", first(lambda: stub.delete(NAME)))
    with pytest.raises(ExistsError):
        store.put(parameter(), overwrite=False)


def test_connection_that_always_breaks_off_is_reported(stub: StubStore, hurried: None) -> None:
    stub.fault("GetParameters", drop)
    with pytest.raises(TargetError) as caught:
        stub.open(attempts=2).get([NAME])
    assert f"ssm:GetParameters {NAME}: the connection broke off" in failure(caught)
    assert len(stub.calls) == 2


@pytest.mark.parametrize("operation", ["GetParameters", "PutParameter"])
def test_answer_that_is_always_truncated_is_reported(stub: StubStore, operation: str, hurried: None) -> None:
    """botocore itself takes it for one, and every parameter for absent; older ones tell of a broken connection."""
    stub.seed(NAME, "old")
    stub.fault(operation, cut_short)
    store = stub.open()
    with pytest.raises(TargetError) as caught:
        store.get([NAME]) if operation == "GetParameters" else store.put(parameter(), overwrite=True)
    said = failure(caught).partition(f"ssm:{operation} {NAME}: ")[2]
    if not said.startswith("the connection broke off (ConnectionClosedError)"):
        assert said.startswith("the answer is no whole answer of AWS (BrokenAnswerError)")
        assert len(stub.made(operation)) == 3


def test_truncated_identity_answer_is_retried(stub: StubStore, hurried: None) -> None:
    stub.fault("GetCallerIdentity", cut_short, times=2)
    assert stub.open().identity().account == ACCOUNT


def test_refused_connection_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch, hurried: None) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1")
    with pytest.raises(TargetError) as caught:
        stub.open(attempts=2).put(parameter(), overwrite=False)
    assert failure(caught) == (
        f"ssm:PutParameter {NAME}: can't connect (EndpointConnectionError) [us-east-1, http://127.0.0.1:1]"
    )


def test_tls_failure_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch, hurried: None) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", stub.url.replace("http:", "https:"))
    with pytest.raises(TargetError) as caught:
        stub.open(attempts=1).put(parameter(), overwrite=False)
    assert "TLS failed (SSLError)" in failure(caught)


def test_malformed_answer_is_reported(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(call: object, serve: object) -> Any:
        return Answer("200 OK", [], f"<html>{VALUE}".encode())

    stub.fault("GetCallerIdentity", nonsense)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", stub.url)
    with pytest.raises(StoreError) as caught:
        stub.open().identity()
    assert "sts:GetCallerIdentity: the answer is no whole answer of AWS (ResponseParserError)" in failure(caught)


def test_value_that_botocore_refuses_is_not_echoed(store: SsmStore) -> None:
    with pytest.raises(StoreError) as caught:
        store.put(Parameter(NAME, Secret([VALUE])), overwrite=False)  # type: ignore[arg-type]
    assert f"ssm:PutParameter {NAME}: AWS does not take the request (ParamValidationError)" in failure(caught)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aws.SSOTokenLoadError(error_msg=VALUE), "there is no valid sign-in session (SSOTokenLoadError)"),
        (aws.UnauthorizedSSOTokenError(), "there is no valid sign-in session"),
        (aws.TokenRetrievalError(provider="sso", error_msg=VALUE), "there is no valid sign-in session"),
        (aws.CredentialRetrievalError(provider="p", error_msg=VALUE), "the program or service that gives"),
        (aws.PartialCredentialsError(provider="env", cred_var="x"), "the AWS credentials are incomplete"),
        (aws.ConnectTimeoutError(endpoint_url=VALUE), "no answer in time (ConnectTimeoutError)"),
        (aws.ProxyConnectionError(proxy_url=VALUE), "can't connect to the proxy"),
        (aws.HTTPClientError(error=VALUE), "the connection failed"),
        (UnicodeEncodeError("utf-8", VALUE, 0, 1, "surrogates"), "AWS does not take the request"),
        (RuntimeError(VALUE), "AWS's client failed (RuntimeError)"),
        (ClientError({"Error": {"Code": f"{VALUE} x", "Message": VALUE}}, "PutParameter"), "AWS refuses (Unknown)"),
    ],
)
def test_client_exception_is_reported_without_its_text(error: Exception, words: str) -> None:
    told = explain(error, CallContext("PutParameter", (NAME,), profile="shop", region="us-east-1"))
    assert words in told.message
    assert told.message.endswith("[profile shop, us-east-1]")
    assert VALUE not in f"{told.message} {told.hint}"


def test_sign_in_hint_names_the_profile() -> None:
    expired = ClientError({"Error": {"Code": "ExpiredToken"}}, "PutParameter")
    assert "`aws sso login --profile shop`" in str(explain(expired, CallContext("PutParameter", profile="shop")).hint)
    assert "`aws sso login`" in str(explain(expired, CallContext("PutParameter")).hint)


def test_partition_of_the_identity_is_used_in_arns(stub: StubStore) -> None:
    stub.fault(
        "GetCallerIdentity",
        lambda call, serve: _with(serve(), b"arn:aws:", b"arn:aws-cn:"),
    )
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    store = stub.open()
    store.identity()
    with pytest.raises(DeniedError) as caught:
        store.put(parameter(), overwrite=False)
    assert "arn:aws-cn:ssm:us-east-1" in str(caught.value.hint)


def _with(answer: Any, old: bytes, new: bytes) -> Any:
    headers = [header for header in answer.headers if header[0].lower() != "content-length"]
    return type(answer)(answer.status, headers, answer.body.replace(old, new))


# ── silence ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def debug_log() -> Iterator[io.StringIO]:
    """All that is logged while everybody logs everything."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("botocore", "boto3", "urllib3"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)
    for name in ("botocore", "boto3", "urllib3"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_debug_log_shows_no_value(stub: StubStore, debug_log: io.StringIO) -> None:
    store = stub.open()
    logging.getLogger("shop").debug("the log is on")
    store.put(parameter(), overwrite=False)
    store.get([NAME])
    store.put(parameter(value=VALUE + "2"), overwrite=True)
    assert "the log is on" in debug_log.getvalue()
    assert VALUE not in debug_log.getvalue()
    assert "hunter2" not in debug_log.getvalue()


def test_warnings_of_the_client_are_still_logged(stub: StubStore, debug_log: io.StringIO) -> None:
    stub.open().get([NAME])
    logging.getLogger("botocore.credentials").warning("the credentials are about to expire")
    assert "about to expire" in debug_log.getvalue()

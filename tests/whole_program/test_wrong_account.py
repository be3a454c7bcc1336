"""Which account and region parameters go to: shown, and refused before anything is put where not the one wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from migrate.stores.sandbox_server import serve
from tests.support.gitrepos import manifest, repository, secret
from tests.support.program import Program, Ran, write
from tests.support.storestub import ACCOUNT, StubStore, altered, deny, refuse
from tests.support.terminal import Terminal

VALUE = secret("DB_PASSWORD")
NAME = "/shop/db-password"
TEXT = manifest("shop", {"DB_PASSWORD": VALUE})
MOVED = TEXT.replace(VALUE, f"${{ssm(raw):{NAME}}}")
OTHER = "999999999999"


@pytest.fixture
def shop(service: Path, stub: StubStore) -> Path:
    write(service, {"serverless.yml": TEXT})
    return service


@pytest.fixture
def elsewhere(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store at another place than STS."""
    with serve(stub) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", url)
        yield url


@pytest.fixture
def remote(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """STS and store on another machine, as far as the program can tell: a proxy leads to ours."""
    url = "http://aws.example.test"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    return url


def said(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def check_refused(shop: Path, stub: StubStore, ran: Ran) -> None:
    """Nothing was put nor even looked at, and both the person and the report are told."""
    assert ran.code == 1
    assert [call.operation for call in stub.calls] == ["GetCallerIdentity"]
    assert (shop / "serverless.yml").read_text() == TEXT
    assert "nothing was put" in said(ran)
    assert VALUE not in ran.out + ran.err


REFUSALS = {
    "another": ("--expect-account", OTHER),
    "not even nearly": ("--expect-account", ACCOUNT[:-1]),
}


@pytest.mark.parametrize("words", REFUSALS.values(), ids=REFUSALS)
def test_unexpected_account_is_refused_before_any_store_call(
    shop: Path, stub: StubStore, slsmigrate: Program, words: tuple[str, ...]
) -> None:
    ran = slsmigrate("--yes", "--report", "r.json", *words)
    check_refused(shop, stub, ran)
    told = f"this is account {ACCOUNT}, not {words[1]} as --expect-account requires"
    assert told in said(ran)
    (event,) = json.loads((shop / "r.json").read_text())["outcome"]["events"]
    assert (event["event"], event["name"], event["message"]) == ("put-failed", NAME, told)


def test_session_with_an_unexpected_account_is_refused_before_the_first_question(shop: Path, stub: StubStore) -> None:
    terminal = Terminal("--expect-account", OTHER, cwd=shop)
    assert terminal.end() == 1
    assert f"this is account {ACCOUNT}" in terminal.said
    assert "Move it" not in terminal.said
    assert [call.operation for call in stub.calls] == ["GetCallerIdentity"]


def test_batch_refuses_an_unexpected_account_for_every_repository(
    tmp_path: Path, stub: StubStore, slsmigrate: Program
) -> None:
    for name in ("one", "two"):
        repository(tmp_path / name, {"serverless.yml": TEXT})
    ran = slsmigrate("batch", tmp_path, "--yes", "--expect-account", OTHER)
    assert ran.code == 1
    assert f"this is account {ACCOUNT}, not {OTHER}" in said(ran)
    assert [call.operation for call in stub.calls] == ["GetCallerIdentity"]
    assert {(tmp_path / name / "serverless.yml").read_text() for name in ("one", "two")} == {TEXT}


def test_verify_refuses_an_unexpected_account(shop: Path, stub: StubStore, slsmigrate: Program) -> None:
    write(shop, {"serverless.yml": MOVED})
    ran = slsmigrate("verify", "--expect-account", OTHER)
    assert (ran.code, [call.operation for call in stub.calls]) == (1, ["GetCallerIdentity"])
    assert f"this is account {ACCOUNT}, not {OTHER}" in said(ran)


# ── a store somewhere else than STS ───────────────────────────────────────────────────────────


def test_foreign_store_is_shown_with_its_endpoint_and_an_unknown_account(
    shop: Path, stub: StubStore, slsmigrate: Program, elsewhere: str
) -> None:
    ran = slsmigrate("--yes", "--report", "r.json")
    line = f"account unknown · us-east-1 · {elsewhere} · STS at {stub.url} · credentials of account {ACCOUNT}"
    assert said(ran).count(line) == 2
    assert f"Plan {line}" in said(ran)
    assert all(len(each) <= 80 for each in ran.out.splitlines())
    (target,) = json.loads((shop / "r.json").read_text())["targets"]
    assert (target["account"], target["endpoint"], target["arn"]) == (
        "unknown",
        elsewhere,
        f"arn:aws:sts::{ACCOUNT}:user/moto",
    )
    assert (ran.code, (shop / "serverless.yml").read_text()) == (0, MOVED)


def test_foreign_store_does_not_match_an_expected_account(
    shop: Path, stub: StubStore, slsmigrate: Program, elsewhere: str
) -> None:
    ran = slsmigrate("--yes", "--expect-account", ACCOUNT)
    check_refused(shop, stub, ran)
    assert f"cannot verify that this is account {ACCOUNT}: the store is {elsewhere}" in said(ran)


def test_batch_refuses_a_foreign_store_if_an_account_is_expected(
    shop: Path, stub: StubStore, slsmigrate: Program, elsewhere: str
) -> None:
    ran = slsmigrate("batch", shop, "--yes", "--expect-account", ACCOUNT)
    check_refused(shop, stub, ran)
    assert f"cannot verify that this is account {ACCOUNT}" in said(ran)


def test_foreign_sts_does_not_vouch_for_an_aws_store(
    shop: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", stub.url)
    ran = slsmigrate("--yes", "--expect-account", ACCOUNT)
    check_refused(shop, stub, ran)
    assert f"the store is AWS while STS is asked at {stub.url}" in said(ran)
    assert [call.operation for call in stub.calls] == ["GetCallerIdentity"]


@pytest.mark.parametrize("names", [["AWS_ENDPOINT_URL"], ["AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_STS"]])
def test_sts_and_store_on_one_server_share_an_account(
    shop: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for name in names:
        monkeypatch.setenv(name, stub.url)
    ran = slsmigrate("--yes", "--expect-account", ACCOUNT)
    assert (ran.code, (shop / "serverless.yml").read_text()) == (0, MOVED)
    assert f"Plan account {ACCOUNT} · us-east-1 · {stub.url} put" in said(ran)


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        (deny("sts:GetCallerIdentity"), "access denied, sts:GetCallerIdentity is missing"),
        (refuse("ExpiredToken", status=403), "the credentials have expired (ExpiredToken)"),
    ],
)
def test_remote_store_requires_a_known_identity(
    shop: Path, stub: StubStore, slsmigrate: Program, remote: str, effect: Any, told: str
) -> None:
    stub.fault("GetCallerIdentity", effect)
    ran = slsmigrate("--yes", "--report", "r.json")
    assert f"error: sts:GetCallerIdentity: {told} [us-east-1, {remote}]" in said(ran)
    assert "Nothing was changed." in ran.out
    assert (ran.code, (shop / "serverless.yml").read_text()) == (1, TEXT)
    assert {call.operation for call in stub.calls} == {"GetCallerIdentity"}
    assert told in json.loads((shop / "r.json").read_text())["outcome"]["events"][0]["message"]
    stub.faults.clear()
    assert slsmigrate("--yes").code == 0
    assert ((shop / "serverless.yml").read_text(), stub.version(NAME)) == (MOVED, 1)


def test_loopback_store_without_sts_does_not_match_an_expected_account(
    shop: Path, stub: StubStore, slsmigrate: Program
) -> None:
    stub.fault("GetCallerIdentity", deny("sts:GetCallerIdentity"))
    check_refused(shop, stub, slsmigrate("--yes", "--expect-account", ACCOUNT))
    ran = slsmigrate("--yes")
    assert f"account unknown · us-east-1 · {stub.url}" in said(ran)
    assert ran.code == 0


def test_policy_for_an_unknown_account_names_no_account(
    shop: Path, stub: StubStore, slsmigrate: Program, elsewhere: str
) -> None:
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    ran = slsmigrate("--yes")
    assert f"allow ssm:PutParameter on arn:aws:ssm:us-east-1:*:parameter{NAME}" in said(ran)


def of_another_account(body: dict[str, Any]) -> None:
    for each in body["Parameters"]:
        each["ARN"] = each["ARN"].replace(ACCOUNT, OTHER)


def test_store_whose_answers_name_another_account_is_refused(shop: Path, stub: StubStore, slsmigrate: Program) -> None:
    stub.seed(NAME, VALUE)
    stub.fault("GetParameters", altered(of_another_account))
    ran = slsmigrate("--yes", "--expect-account", ACCOUNT)
    told = f"ssm:GetParameters {NAME}: it belongs to account {OTHER}, not to the one that STS named [account {ACCOUNT},"
    assert told in said(ran)
    assert (ran.code, stub.writes, (shop / "serverless.yml").read_text()) == (1, [], TEXT)


def test_renewed_credentials_of_another_account_leave_the_file_unchanged(
    shop: Path, stub: StubStore, slsmigrate: Program
) -> None:
    stub.fault("GetParameters", altered(of_another_account), after=1)
    ran = slsmigrate("--yes", "--expect-account", ACCOUNT)
    assert f"it belongs to account {OTHER}, not to the one that STS named" in said(ran)
    assert "put as version 1, but not read back" in said(ran)
    assert (ran.code, (shop / "serverless.yml").read_text()) == (1, TEXT)


# ── regions and profiles ──────────────────────────────────────────────────────────────────────

REGIONS = {
    "the manifest's own": ({}, (), "us-west-2", ""),
    "not the environment's": ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, (), "us-west-2", ""),
    "that of the command line": ({"AWS_REGION": "eu-west-1"}, ("--region", "ap-south-1"), "ap-south-1", "ap-south-1, "),
    "the same on the command line": ({}, ("--region", "us-west-2"), "us-west-2", ""),
    "not the profile's": ({"AWS_PROFILE": "prod"}, (), "us-west-2", ""),
}


@pytest.mark.parametrize(("environment", "words", "region", "named"), REGIONS.values(), ids=REGIONS)
def test_region_is_shown_and_the_reference_names_it_if_it_differs_from_the_manifest(
    shop: Path,
    stub: StubStore,
    slsmigrate: Program,
    monkeypatch: pytest.MonkeyPatch,
    profiles: None,
    environment: dict[str, str],
    words: tuple[str, ...],
    region: str,
    named: str,
) -> None:
    text = TEXT.replace("  name: aws\n", "  name: aws\n  region: us-west-2\n")
    write(shop, {"serverless.yml": text})
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = slsmigrate("--yes", *words)
    assert ran.code == 0, ran
    assert f"Plan account {ACCOUNT} · {region} · {stub.url}" in said(ran)
    assert {each.region for each in stub.made("PutParameter")} == {region}
    assert stub.value(NAME, region) == VALUE
    reference = f"${{ssm({named}raw):{NAME}}}"
    assert (shop / "serverless.yml").read_text() == text.replace(VALUE, reference)


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two profiles besides the keys of the environment."""
    keys = "region = eu-central-1\naws_access_key_id = of-{0}\naws_secret_access_key = x\n"
    config = tmp_path / "aws-config"
    config.write_text("".join(f"[profile {name}]\n" + keys.format(name) for name in ("prod", "dev")))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


PROFILES = {
    "keys of the environment": ({}, (), None, True),
    "a profile of the environment": ({"AWS_PROFILE": "prod"}, (), "prod", False),
    "the older variable": ({"AWS_DEFAULT_PROFILE": "dev"}, (), "dev", False),
    "both variables": ({"AWS_PROFILE": "prod", "AWS_DEFAULT_PROFILE": "dev"}, (), "dev", False),
    "keys go before a profile of the environment": ({"AWS_PROFILE": "prod"}, (), None, True),
    "a profile of the command line": ({"AWS_PROFILE": "prod"}, ("--profile", "dev"), "dev", False),
    "it goes before keys": ({}, ("--profile", "dev"), "dev", True),
}


@pytest.mark.parametrize(("environment", "words", "profile", "keys"), PROFILES.values(), ids=PROFILES)
def test_profile_in_use_is_shown_whatever_its_source(
    shop: Path,
    stub: StubStore,
    slsmigrate: Program,
    monkeypatch: pytest.MonkeyPatch,
    profiles: None,
    environment: dict[str, str],
    words: tuple[str, ...],
    profile: str | None,
    *,
    keys: bool,
) -> None:
    if not keys:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    credentials: Any = boto3.Session(profile_name=words[1] if words else None).get_credentials()
    assert credentials.access_key == (f"of-{profile}" if profile else "testing")
    ran = slsmigrate("--yes", "--report", "r.json", *words)
    told = f" · profile {profile}" if profile else ""
    assert f"Plan account {ACCOUNT} · us-east-1{told} · {stub.url}" in said(ran)
    assert json.loads((shop / "r.json").read_text())["targets"][0]["profile"] == profile


def test_missing_profile_of_the_environment_is_reported(
    shop: Path, stub: StubStore, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "prdo")
    ran = slsmigrate("--yes")
    assert "AWS settings: there is no such AWS profile (ProfileNotFound) [profile prdo, us-east-1]" in said(ran)
    assert (ran.code, stub.calls) == (1, [])

"""A repository's settings file, and what it may decide: only what narrows a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.gitrepos import manifest, repository, secret
from tests.support.program import Program, Ran, write
from tests.support.storestub import StubStore
from tests.support.terminal import Terminal

assert sys.platform != "win32"

VALUE = secret("DB_PASSWORD")
NAME = "/shop/db-password"
TEXT = manifest("shop", {"DB_PASSWORD": VALUE})
FOREIGN_KEY = "arn:aws:kms:eu-west-1:999999999999:key/11111111-2222-3333-4444-555555555555"
FOREIGN = (
    'on-conflict = "overwrite"',
    'profile = ["theirs"]',
    'path-template = "/payments/prod/{key}"',
    'path-template = "/payments/{service}-{key}"',
    "path-template = \"/${opt:stage, '/{service}/'}/{key}\"\nstage = ['payments']",
    'path-template = "/{key}/{service}/x"',
)


@pytest.fixture
def shop(service: Path, stub: StubStore) -> Path:
    write(service, {"serverless.yml": TEXT})
    return service


def said(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write(tmp_path / "config", {"slsmigrate/config.toml": text})


@pytest.mark.parametrize("line", FOREIGN)
@pytest.mark.parametrize("command", [("--yes",), ("batch", "--yes", ".")], ids=["single", "batch"])
def test_repository_cannot_say_what_only_the_person_may(
    shop: Path, stub: StubStore, slsmigrate: Program, line: str, command: tuple[str, ...]
) -> None:
    stub.seed("/payments/prod/db-password", "theirs")
    write(shop, {".slsmigrate.toml": line + "\n"})
    ran = slsmigrate(*command)
    assert ran.code in (1, 2)
    assert ".slsmigrate.toml:1" in said(ran)
    assert "for the person to say" in said(ran)
    assert stub.value("/payments/prod/db-password") == "theirs"
    assert not stub.writes
    assert (shop / "serverless.yml").read_text() == TEXT


FAULTS = [
    f'tag = ["{VALUE}"]',
    f'stage = ["/{VALUE}"]',
    f'region = ["{VALUE}"]',
    f'skip = ["{VALUE}["]',
    f'path-template = "/{{service}}/{{{VALUE}}}"',
    f'expect-account = "{VALUE}"',
]


@pytest.mark.parametrize("line", FAULTS)
def test_fault_in_the_settings_does_not_quote_them(shop: Path, slsmigrate: Program, line: str) -> None:
    write(shop, {".slsmigrate.toml": f"{line}\n"})
    ran = slsmigrate("--dry-run")
    assert ran.code == 2
    assert VALUE not in ran.out + ran.err


@pytest.mark.parametrize("template", ["/${sls:stage}/{service}/{key}", "/team/{stage}/{service}/{key}"])
def test_stage_may_stand_before_the_service(shop: Path, slsmigrate: Program, template: str) -> None:
    write(shop, {".slsmigrate.toml": f'path-template = "{template}"\nstage = ["dev"]\n'})
    assert slsmigrate("--dry-run").code == 0


def test_repository_may_ask_for_more_caution(shop: Path, stub: StubStore, slsmigrate: Program) -> None:
    write(shop, {".slsmigrate.toml": 'on-conflict = "fail"\npath-template = "/team/{service}/{key}"\n'})
    assert slsmigrate("--yes").code == 0
    assert stub.value("/team/shop/db-password") == VALUE


def test_word_of_the_person_settles_what_the_repository_may_not_say(
    shop: Path, stub: StubStore, slsmigrate: Program
) -> None:
    write(shop, {".slsmigrate.toml": 'on-conflict = "overwrite"\n'})
    stub.seed(NAME, "theirs")
    assert slsmigrate("--yes", "--on-conflict", "fail").code == 1
    assert stub.value(NAME) == "theirs"


def test_own_settings_file_completes_the_command_line(
    shop: Path, stub: StubStore, slsmigrate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings(tmp_path, monkeypatch, 'on-conflict = "overwrite"\ntag = ["owner=me"]\n')
    write(shop, {".slsmigrate.toml": 'tag = ["owner=them"]\n'})
    stub.seed(NAME, "old")
    assert slsmigrate("--yes").code == 0
    assert stub.value(NAME) == VALUE
    assert stub.tags(NAME) == {"owner": "me"}


def test_fault_in_the_own_settings_file_is_reported_with_its_place(
    shop: Path, slsmigrate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings(tmp_path, monkeypatch, "\nprofile = 3\n")
    ran = slsmigrate("--yes")
    assert ran.code == 2
    assert "config.toml:2: profile must be a list of texts" in ran.err.replace("\n", "")


# ── a region ──────────────────────────────────────────────────────────────────────────────────


def test_region_of_the_settings_must_be_the_manifests_own(shop: Path, stub: StubStore, slsmigrate: Program) -> None:
    write(shop, {".slsmigrate.toml": 'region = ["ap-south-1"]\n'})
    ran = slsmigrate("--yes")
    assert "pass --region" in said(ran)
    assert not stub.writes
    assert (shop / "serverless.yml").read_text() == TEXT
    write(shop, {".slsmigrate.toml": 'region = ["us-east-1"]\n'})
    assert slsmigrate("--yes").code == 0


def test_region_of_the_settings_does_not_matter_beside_the_persons(
    shop: Path, stub: StubStore, slsmigrate: Program
) -> None:
    write(shop, {".slsmigrate.toml": 'region = ["ap-south-1"]\n'})
    assert slsmigrate("--yes", "--region", "us-east-1").code == 0
    assert stub.value(NAME) == VALUE


# ── what is proposed ──────────────────────────────────────────────────────────────────────────

PROPOSAL = f'kms-key-id = "{FOREIGN_KEY}"\ntag = ["team=shop"]\n'


@pytest.mark.parametrize("command", [("--yes",), ("batch", "--yes", ".")], ids=["single", "batch"])
def test_proposed_key_is_not_taken_without_an_agreement(
    shop: Path, stub: StubStore, slsmigrate: Program, command: tuple[str, ...]
) -> None:
    write(shop, {".slsmigrate.toml": PROPOSAL})
    ran = slsmigrate(*command)
    assert ran.code in (1, 2)
    assert "--trust-settings" in said(ran)
    assert not stub.writes
    assert (shop / "serverless.yml").read_text() == TEXT


@pytest.mark.parametrize("command", [("--yes",), ("batch", "--yes", ".")], ids=["single", "batch"])
def test_proposed_key_and_tags_are_shown_and_taken_with_trust_settings(
    shop: Path, stub: StubStore, slsmigrate: Program, command: tuple[str, ...]
) -> None:
    write(shop, {".slsmigrate.toml": PROPOSAL})
    ran = slsmigrate(*command, "--trust-settings")
    assert ran.code == 0
    assert "--tag team=shop, as" in said(ran)
    (put,) = stub.made("PutParameter")
    assert put.asked["KeyId"] == FOREIGN_KEY
    assert stub.tags(NAME) == {"team": "shop"}


@pytest.mark.parametrize("command", [("--dry-run",), ("batch", "--dry-run", ".")], ids=["single", "batch"])
def test_preview_shows_what_is_proposed(shop: Path, slsmigrate: Program, command: tuple[str, ...]) -> None:
    write(shop, {".slsmigrate.toml": PROPOSAL})
    ran = slsmigrate(*command)
    assert ran.code == 0
    assert "--tag team=shop, as" in said(ran)
    assert FOREIGN_KEY in said(ran).replace(" ", "")


def test_key_of_the_person_replaces_the_proposed_one(shop: Path, stub: StubStore, slsmigrate: Program) -> None:
    write(shop, {".slsmigrate.toml": f'kms-key-id = "{FOREIGN_KEY}"\n'})
    assert slsmigrate("--yes", "--kms-key-id", "alias/aws/ssm").code == 0
    (put,) = stub.made("PutParameter")
    assert put.asked["KeyId"] == "alias/aws/ssm"


def test_yes_of_a_session_is_an_agreement_to_what_was_shown(shop: Path, stub: StubStore) -> None:
    write(shop, {".slsmigrate.toml": 'tag = ["team=shop"]\n'})
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move it")
    terminal.type("\r")
    terminal.wait_for("rewrite 1 file?")
    assert "--tag team=shop, as .slsmigrate.toml proposes" in terminal.said
    terminal.type("y")
    assert terminal.end() == 0
    assert stub.tags(NAME) == {"team": "shop"}


# ── another user's ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def foreign(shop: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(shop, 4242, 4242)
    return shop


@pytest.mark.parametrize("command", [("--yes",), ("batch", "--yes", ".")], ids=["single", "batch"])
def test_repository_of_another_user_is_left_alone(
    foreign: Path, stub: StubStore, slsmigrate: Program, command: tuple[str, ...]
) -> None:
    ran = slsmigrate(*command)
    assert ran.code == 1
    assert "belongs to another user" in said(ran)
    assert "safe.directory" in said(ran)
    assert not stub.writes
    assert (foreign / "serverless.yml").read_text() == TEXT


def test_directory_that_git_trusts_is_worked_on(foreign: Path, stub: StubStore, slsmigrate: Program) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).parent.mkdir(exist_ok=True)
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text(f"[safe]\n\tdirectory = {foreign}/\n")
    try:
        assert slsmigrate("--yes").code == 0
    finally:
        Path(os.environ["GIT_CONFIG_GLOBAL"]).unlink()
    assert stub.value(NAME) == VALUE


def test_settings_of_another_user_are_not_taken(shop: Path, slsmigrate: Program) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    write(shop, {".slsmigrate.toml": '[[allow]]\nfile = "serverless.yml"\n'})
    assert slsmigrate("scan").code == 0
    os.chown(shop / ".slsmigrate.toml", 4242, 4242)
    assert slsmigrate("scan").code == 10


@pytest.mark.parametrize("paths", [("a", "b"), (".",)], ids=["named", "nested"])
def test_settings_of_one_repository_do_not_reach_its_neighbour(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, paths: tuple[str, ...]
) -> None:
    for name in ("a", "b"):
        repository(tmp_path / name, {"serverless.yml": manifest(name, {"DB_PASSWORD": VALUE})})
    write(tmp_path / "a", {".slsmigrate.toml": 'expect-account = "999999999999"\n'})
    ran = slsmigrate("--yes", *(tmp_path / path for path in paths))
    assert ran.code == 2
    assert "several repositories" in ran.err
    assert not stub.writes


def test_parameter_is_never_put_under_a_name_that_tells_a_secret(
    shop: Path, stub: StubStore, slsmigrate: Program
) -> None:
    write(shop, {".slsmigrate.toml": f'path-template = "/{VALUE}/{{service}}/{{key}}"\n'})
    slsmigrate("--yes")
    assert not stub.writes

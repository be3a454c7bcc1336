"""A secret that stands elsewhere too: in another file, or as a name. No output shows it there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.gitrepos import git, repository
from tests.support.program import Program, Ran, write
from tests.support.storestub import StubStore

SECRET = "-".join(("Quartz7", "heron", "9k2P", "vela"))
HEAD = "service: shop\nprovider:\n  name: aws\n  region: us-east-1\n  runtime: nodejs18.x\n"
WITH_SECRET = f"{HEAD}  environment:\n    DB_PASSWORD: {SECRET}\n"
OTHER = "".join(("T0ucan", "Marble", "44x"))


def check_hidden(ran: Ran, *files: Path, secret: str = SECRET) -> None:
    said = ran.out + ran.err + "".join(file.read_text(encoding="utf-8") for file in files)
    assert secret not in said
    assert "PASSWORD" in said or "secret" in said


REPEATED = {
    "a comment": f"    API_TOKEN: {OTHER}   # as {SECRET}, but newer\n    NOTE: plain\n",
    "another value": f"    API_TOKEN: {OTHER}\n    NOTE: 'it was {SECRET} before'\n",
}


@pytest.mark.parametrize("lines", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("command", [(), ("batch", ".")], ids=["single", "batch"])
def test_secret_of_one_file_is_masked_in_the_diff_of_another(
    service: Path, slsmigrate: Program, lines: str, command: tuple[str, ...]
) -> None:
    included = f"{HEAD}  environment: ${{file(env.yml):environment}}\ncustom: ${{file(secrets.yml)}}\n"
    write(
        service,
        {
            "serverless.yml": included,
            "env.yml": f"environment:\n{lines}",
            "secrets.yml": f"DB_PASSWORD: {SECRET}\n",
        },
    )
    page, json, sarif = service / "r.html", service / "r.json", service / "r.sarif"
    for report in (page, json, sarif):
        words = ("--diff",) if command else ()
        check_hidden(slsmigrate(*command, "--dry-run", *words, "--report", report), report)
    check_hidden(slsmigrate("scan", "--format", "json"))


def test_secret_of_one_repository_is_masked_in_the_diff_of_another(tmp_path: Path, slsmigrate: Program) -> None:
    repository(tmp_path / "a", {"serverless.yml": WITH_SECRET})
    other = WITH_SECRET.replace(SECRET, f"{OTHER}   # unlike {SECRET}")
    repository(tmp_path / "b", {"serverless.yml": other.replace("shop", "shop-b")})
    report = tmp_path / "r.html"
    check_hidden(slsmigrate("batch", tmp_path, "--dry-run", "--diff", "--report", report), report)


QUOTED = "".join(("aB3xK9", '"', "vQ2mT7", "\\", "Lw4é"))


def test_secret_is_masked_however_another_place_quotes_it(service: Path, slsmigrate: Program) -> None:
    double = QUOTED.replace("\\", "\\\\").replace('"', '\\"')
    lines = f"    NOTE: \"see {double} now\"   # {double}\n    DB_PASSWORD: '{QUOTED}'\n"
    write(service, {"serverless.yml": f"{HEAD}  environment:\n{lines}custom:\n  '{QUOTED}':\n    password: {OTHER}\n"})
    for words in (("--dry-run",), ("--dry-run", "--format", "json"), ("scan", "--format", "sarif")):
        ran = slsmigrate(*words)
        assert "vQ2mT7" not in ran.out + ran.err


NAMED: Mapping[str, dict[str, str | bytes]] = {
    "a key": {"serverless.yml": f"{WITH_SECRET}custom:\n  {SECRET}:\n    password: {OTHER}\n"},
    "its own key": {
        "serverless.yml": f"{HEAD}  environment:\n    {SECRET}_PASSWORD: {SECRET}\n    DB_PASSWORD: {OTHER}\n"
    },
    "a key at the end of a line": {
        "serverless.yml": f"{WITH_SECRET}resources:\n  Resources:\n    Fun:\n      Properties:\n        Environment:\n"
        f"          Variables:\n            {SECRET}_PASSWORD: {OTHER}\n"
    },
    "an anchor": {
        "serverless.yml": f"{HEAD}  environment:\n    DB_PASSWORD: &{SECRET} {SECRET}\n    OLD_PASSWORD: *{SECRET}\n"
    },
    "the service": {"serverless.yml": WITH_SECRET.replace("service: shop", f"service: {SECRET}")},
    "a file": {
        "serverless.yml": f"{WITH_SECRET}custom:\n  x: ${{file({SECRET}.yml):DB_PASSWORD}}\n",
        f"{SECRET}.yml": f"DB_PASSWORD: {OTHER}\n",
    },
    "a directory": {f"{SECRET}/serverless.yml": WITH_SECRET},
    "a file that can't be read": {
        "serverless.yml": f"{WITH_SECRET}custom:\n  x: ${{file({SECRET}.yml)}}\n",
        f"{SECRET}.yml": "a: [\n",
    },
}


@pytest.mark.parametrize("files", NAMED.values(), ids=NAMED)
def test_secret_that_is_a_name_as_well_is_shown_nowhere(
    service: Path, stub: StubStore, slsmigrate: Program, files: dict[str, str | bytes]
) -> None:
    write(service, files)
    for words in (("scan",), ("scan", "--format", "json"), ("scan", "--format", "sarif"), ("--dry-run",)):
        check_hidden(slsmigrate(*words))
    check_hidden(slsmigrate("--dry-run", "--format", "json"))
    check_hidden(slsmigrate("--dry-run", "--save-decisions", "d.toml"), service / "d.toml")
    for report in ("r.html", "r.json", "r.sarif"):
        check_hidden(slsmigrate("batch", ".", "--dry-run", "--diff", "--report", report), service / report)
    check_hidden(slsmigrate("--yes"))
    assert not any(SECRET.lower() in name.lower() for name in stub.names())


SPACED = " ".join(("Quartz7&heron", "9k2Pvela"))


@pytest.mark.parametrize("words", [("--yes", "--commit"), ("batch", ".", "--yes", "--commit")], ids=["single", "batch"])
def test_commit_message_shows_no_secret_in_a_files_name(
    tmp_path: Path, stub: StubStore, slsmigrate: Program, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "serverless.yml": WITH_SECRET.replace(SECRET, f'"{SPACED}"'),
        f"serverless.{SPACED}.yml": WITH_SECRET.replace(SECRET, OTHER),
    }
    root = repository(tmp_path / "shop", files)
    monkeypatch.chdir(root)
    assert slsmigrate(*words).code == 0
    said = git(root, "log", "-1", "--format=%B")
    assert "serverless.••••••.yml" in said
    assert SPACED not in said


@pytest.mark.parametrize("log", ["text", "json"])
def test_name_of_a_repository_shows_no_secret_of_one_that_is_read_later_wherever_it_is_wrapped(
    tmp_path: Path, slsmigrate: Program, log: str
) -> None:
    write(tmp_path / "z", {"serverless.yml": WITH_SECRET.replace(SECRET, f'"{SPACED}"')})
    for depth in range(1, 14):  # one of them is broken at the blank
        broken = {"serverless.yml": WITH_SECRET, ".slsmigrate.toml": "colour = 1\n"}
        repository(tmp_path / ("d" * depth * 4) / SPACED, broken)
    ran = slsmigrate("batch", tmp_path, "--dry-run", "--log-format", log)
    assert (ran.out + ran.err).count("••••••") > 13
    assert "9k2Pvela" not in ran.out + ran.err
    assert "heron" not in ran.out + ran.err


def test_secret_never_becomes_a_part_of_another_ones_parameter_name(
    service: Path, stub: StubStore, slsmigrate: Program
) -> None:
    key = SECRET.replace("-", "_")
    lines = f"    DB_PASSWORD: {SECRET}\n    {key}_TOKEN: {OTHER}\n"
    write(service, {"serverless.yml": f"{HEAD}  environment:\n{lines}"})
    assert slsmigrate("--yes").code == 0
    assert sorted(stub.value(name) or "" for name in stub.names()) == sorted([SECRET, OTHER])
    folded = SECRET.replace("-", "").lower()
    assert not any(folded in name.replace("-", "").lower() for name in stub.names())


def test_decisions_about_a_masked_name_are_found_again(service: Path, stub: StubStore, slsmigrate: Program) -> None:
    write(service, NAMED["its own key"])
    slsmigrate("--dry-run", "--save-decisions", "d.toml")
    ran = slsmigrate("--decisions", "d.toml")
    assert ran.code == 0
    assert SECRET not in (service / "serverless.yml").read_text().replace(f"{SECRET}_PASSWORD", "")
    assert sorted(stub.value(name) or "" for name in stub.names()) == sorted([SECRET, OTHER])


def test_unknown_name_of_a_settings_file_is_not_shown(service: Path, slsmigrate: Program) -> None:
    settings = f'{SECRET} = 1\ncolour = 1\n[[allow]]\n"{OTHER}" = 2\n'
    write(service, {"serverless.yml": WITH_SECRET, ".slsmigrate.toml": settings})
    ran = slsmigrate("--dry-run")
    assert ran.code == 2
    assert SECRET not in ran.err
    assert OTHER not in ran.err
    assert "there is no setting colour" in ran.err


def test_ordinary_word_that_is_a_secret_leaves_names_readable(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": WITH_SECRET.replace(SECRET, "serverless")})
    (error,) = slsmigrate("scan", "--format", "json", "--min-confidence", "low").json["findings"]
    assert error["file"] == "serverless.yml"


def test_verification_shows_no_secret_in_the_name_of_a_parameter(
    service: Path, stub: StubStore, slsmigrate: Program
) -> None:
    lines = f"    OLD_PASSWORD: ${{ssm(raw):/shop/{SECRET}}}\n    X: ${{ssm:/shop/{SECRET}~true}}\n"
    write(service, {"serverless.yml": f"{WITH_SECRET}{lines}frameworkVersion: '3'\n"})
    for words in ((), ("--format", "json")):
        ran = slsmigrate("verify", *words)
        assert "/shop/••••••" in ran.out or "/shop/" + json.dumps("••••••").strip('"') in ran.out
        assert SECRET not in ran.out + ran.err

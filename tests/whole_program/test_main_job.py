"""The main job through the command line, against a real HTTP store."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import Program, left_behind, write
from tests.support.storestub import StubStore, deny

SAMPLES = Path(__file__).parents[2] / "samples"
HELLO = """\
service: hello-world

provider:
  name: aws

functions:
  helloWorld:
    handler: helloworld.get
    environment:
      GITHUB_API_KEY: ABCDEF
  goodbyeWorld:
    handler: goodbye.get
"""
SHOP = """\
service: shop
frameworkVersion: "3"
provider:
  name: aws
  region: eu-west-1
  environment: ${file(./env.${opt:stage, 'dev'}.yml)}
custom:
  dbPassword: "quartz-heron-9k2p"   # prod
"""


@pytest.fixture
def hello(service: Path) -> Path:
    write(service, {"serverless.yml": HELLO})
    return service


@pytest.fixture
def shop(service: Path) -> Path:
    write(
        service,
        {"serverless.yml": SHOP, "env.dev.yml": "API_KEY: k-lantern-41\n", "env.prod.yml": "API_KEY: k-violet-97\n"},
    )
    return service


def test_hello_world_is_migrated_as_the_readme_shows(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    ran = slsmigrate("--yes", "--name", "functions.helloWorld.environment.GITHUB_API_KEY=/github/api-key")
    assert ran.code == 0
    expected = HELLO.replace("ABCDEF", "${ssm:/github/api-key~true}")
    assert (hello / "serverless.yml").read_bytes() == expected.encode()
    assert stub.value("/github/api-key") == "ABCDEF"
    assert stub.stored("/github/api-key").parameter_type == "SecureString"
    assert "account 123456789012 · us-east-1" in ran.out
    assert "Done: 1 put, 1 file rewritten." in ran.out


def test_second_run_has_nothing_to_do_and_makes_no_calls(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    slsmigrate("--yes")
    stub.calls.clear()
    ran = slsmigrate("--yes")
    assert (ran.code, stub.calls) == (0, [])
    assert "Nothing to do" in ran.out


def test_included_files_of_every_stage_are_moved_to_the_manifests_region(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    ran = slsmigrate("--yes")
    assert ran.code == 0, ran
    assert (shop / "env.dev.yml").read_text() == "API_KEY: ${ssm(raw):/shop/dev/api-key}\n"
    assert (shop / "env.prod.yml").read_text() == "API_KEY: ${ssm(raw):/shop/prod/api-key}\n"
    assert '"${ssm(raw):/shop/db-password}"   # prod\n' in (shop / "serverless.yml").read_text()
    assert stub.value("/shop/prod/api-key", "eu-west-1") == "k-violet-97"
    assert stub.value("/shop/prod/api-key", "us-east-1") is None


def test_dry_run_requires_no_credentials_and_no_network(
    shop: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a dry run connected"))
    before = left_behind(shop)
    ran = slsmigrate("--dry-run")
    assert ran.code == 0
    assert "+API_KEY: ${ssm(raw):/shop/dev/api-key}" in ran.out
    assert '-  dbPassword: "••••••"   # prod' in ran.out
    assert "\x1b" not in ran.out
    assert left_behind(shop) == before


def test_json_dry_run_keeps_its_documented_fields(shop: Path, slsmigrate: Program) -> None:
    ran = slsmigrate("--dry-run", "--format", "json")
    assert ran.json["version"] == 1
    assert ran.json["files"] == 3
    assert ran.json["errors"] == []
    found = {(each["file"], each["key_path"]): each for each in ran.json["findings"]}
    assert found["serverless.yml", "custom.dbPassword"] == {
        "file": "serverless.yml",
        "key_path": "custom.dbPassword",
        "line": 8,
        "end_line": 8,
        "column": 15,
        "rule": "password",
        "kind": "password",
        "confidence": "high",
        "masked": "••••••",
        "part": None,
        "parameter": "/shop/db-password",
        "reference": "${ssm(raw):/shop/db-password}",
        "applicability": "safe",
        "notes": [],
        "reason": found["serverless.yml", "custom.dbPassword"]["reason"],
    }
    assert set(found) >= {("env.dev.yml", "API_KEY"), ("env.prod.yml", "API_KEY")}


def test_existing_parameter_with_another_value_is_not_overwritten(
    hello: Path, slsmigrate: Program, stub: StubStore
) -> None:
    stub.seed("/hello-world/github-api-key", "theirs")
    ran = slsmigrate("--yes")
    assert ran.code == 1
    assert (hello / "serverless.yml").read_text() == HELLO
    assert stub.value("/hello-world/github-api-key") == "theirs"
    assert "conflict" in ran.out
    assert "theirs" not in ran.out + ran.err


def test_overwriting_requires_on_conflict_overwrite(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    stub.seed("/hello-world/github-api-key", "theirs")
    assert slsmigrate("--yes", "--on-conflict", "overwrite").code == 0
    assert stub.value("/hello-world/github-api-key") == "ABCDEF"
    assert stub.version("/hello-world/github-api-key") == 2


def test_overwrite_is_called_so_in_plan_events_summary_and_reports(
    hello: Path, slsmigrate: Program, stub: StubStore
) -> None:
    stub.seed("/hello-world/github-api-key", "theirs", keyid="alias/theirs", tier="Advanced")
    ran = slsmigrate("--yes", "--on-conflict", "overwrite", "--report", "r.html", "--format", "json")
    assert ran.code == 0, ran
    assert re.search(r"overwrite +/hello-world/github-api-key\s+another value, version 1", ran.err)
    assert "/hello-world/github-api-key   version 2, overwritten, read back equal" in ran.err
    assert "Done: 0 put, 1 overwritten, 1 file rewritten." in ran.err
    assert ran.json["outcome"]["events"][0]["event"] == "overwritten"
    page = (hello / "r.html").read_text()
    assert "version 2, overwritten" in page
    assert "1 overwritten" in page
    stored = stub.stored("/hello-world/github-api-key")
    assert (stored.keyid, stored.tier, stored.version) == ("alias/theirs", "Advanced", 2)


def test_overwrite_without_the_right_to_read_the_history_changes_nothing(
    hello: Path, slsmigrate: Program, stub: StubStore
) -> None:
    stub.seed("/hello-world/github-api-key", "theirs")
    stub.fault("GetParameterHistory", deny("ssm:GetParameterHistory"))
    ran = slsmigrate("--yes", "--on-conflict", "overwrite")
    assert ran.code == 1
    assert "ssm:GetParameterHistory is missing" in " ".join(ran.out.split())
    assert (stub.value("/hello-world/github-api-key"), (hello / "serverless.yml").read_text()) == ("theirs", HELLO)


def test_equal_parameter_counts_as_done(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    stub.seed("/hello-world/github-api-key", "ABCDEF")
    ran = slsmigrate("--yes")
    assert ran.code == 0
    assert stub.writes == []
    assert "there" in ran.out
    assert "${ssm:" in (hello / "serverless.yml").read_text()


def test_unexpected_account_is_refused_before_any_put(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    ran = slsmigrate("--yes", "--expect-account", "999999999999")
    assert ran.code == 1
    assert "this is account 123456789012" in ran.err
    assert stub.writes == []


def test_denied_put_leaves_the_file_and_names_the_missing_permission(
    hello: Path, slsmigrate: Program, stub: StubStore
) -> None:
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    ran = slsmigrate("--yes")
    assert ran.code == 1
    assert "ssm:PutParameter" in ran.out + ran.err
    assert (hello / "serverless.yml").read_text() == HELLO


def test_unattended_run_leaves_skipped_and_harmless_values(service: Path, slsmigrate: Program, stub: StubStore) -> None:
    write(service, {"serverless.yml": HELLO + "custom:\n  note: hello\n"})
    assert slsmigrate("--yes", "--skip", "functions.**").code == 0
    assert stub.calls == []


def test_only_option_limits_what_is_moved(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    assert slsmigrate("--yes", "--only", "custom.*").code == 0
    assert (shop / "env.dev.yml").read_text() == "API_KEY: k-lantern-41\n"
    assert "${ssm(raw):" in (shop / "serverless.yml").read_text()


def test_value_named_by_the_user_is_moved_whatever_it_looks_like(
    service: Path, slsmigrate: Program, stub: StubStore
) -> None:
    write(service, {"serverless.yml": HELLO.replace("GITHUB_API_KEY: ABCDEF", "COLOUR: blue")})
    ran = slsmigrate("--yes", "--name", "serverless.yml:functions.helloWorld.environment.COLOUR=/x/colour")
    assert ran.code == 0
    assert stub.value("/x/colour") == "blue"


def test_name_option_without_a_matching_value_is_a_usage_error(hello: Path, slsmigrate: Program) -> None:
    ran = slsmigrate("--dry-run", "--name", "functions.none=/x/y")
    assert ran.code == 2
    assert "--name functions.none: there is no such value" in ran.err


def test_key_tier_tags_and_template_reach_the_store(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    ran = slsmigrate(
        "--yes", "--kms-key-id", "alias/app", "--tier", "advanced", "--tag", "team=shop", "--tag", "a=b",
        "--path-template", "/{vendor}/{name}",
    )  # fmt: skip
    assert ran.code == 0
    (put,) = stub.made("PutParameter")
    assert (put.asked["KeyId"], put.asked["Tier"], put.asked["Type"]) == ("alias/app", "Advanced", "SecureString")
    assert stub.tags("/github/api-key") == {"team": "shop", "a": "b"}


def test_framework_option_selects_the_reference_form(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    slsmigrate("--yes", "--framework", "3")
    assert "${ssm(raw):/hello-world/github-api-key}" in (hello / "serverless.yml").read_text()


def test_parameter_is_put_in_both_regions(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    ran = slsmigrate("--yes", "--only", "custom.*", "--region", "eu-west-1", "--region", "us-west-2")
    assert ran.code == 0
    for region in ("eu-west-1", "us-west-2"):
        assert stub.value("/shop/db-password", region) == "quartz-heron-9k2p"


def test_refusal_in_one_region_leaves_the_file_unchanged(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    stub.fault("PutParameter", deny("ssm:PutParameter"), region="us-west-2")
    ran = slsmigrate("--yes", "--only", "custom.*", "--region", "eu-west-1", "--region", "us-west-2")
    assert ran.code == 1
    assert (shop / "serverless.yml").read_text() == SHOP


def test_json_report_includes_the_outcome(hello: Path, slsmigrate: Program, stub: StubStore) -> None:
    assert slsmigrate("--yes", "--report", "r.json").code == 0
    report = json.loads((hello / "r.json").read_text())
    assert [event["event"] for event in report["outcome"]["events"]] == ["put", "written"]
    assert report["targets"][0]["account"] == "123456789012"
    assert report["parameters"][0]["state"] == "put"


def test_decisions_are_saved_reviewed_and_applied(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    assert slsmigrate("--dry-run", "--save-decisions", "d.toml").code == 0
    text = (shop / "d.toml").read_text()
    assert "k-lantern-41" not in text
    edited = text.replace('parameter = "/shop/db-password"', 'parameter = "/shared/db"')
    (shop / "d.toml").write_text(edited)
    ran = slsmigrate("--decisions", "d.toml")
    assert ran.code == 0, ran
    assert stub.value("/shared/db", "eu-west-1") == "quartz-heron-9k2p"


def test_manifest_changed_since_the_decisions_is_left_and_reported(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    slsmigrate("--dry-run", "--save-decisions", "d.toml")
    write(shop, {"serverless.yml": SHOP + "# more\n"})
    ran = slsmigrate("--decisions", "d.toml")
    assert ran.code == 1
    assert "custom.dbPassword: the file has changed since" in ran.err
    assert "quartz-heron-9k2p" in (shop / "serverless.yml").read_text()


def test_other_providers_are_shown_and_never_moved(service: Path, slsmigrate: Program, stub: StubStore) -> None:
    write(service, {"serverless.yml": HELLO.replace("name: aws", "name: google")})
    ran = slsmigrate("--yes")
    assert ran.code == 10
    assert "the provider is google" in ran.out
    assert stub.calls == []


PLAIN = HELLO.replace("provider:", 'frameworkVersion: "3"\n\nprovider:').replace(
    "name: aws", "name: aws\n  region: us-east-1"
)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--path-template", "/{service}/${sls:stage}/{key}"], "pass --stage for each stage"),
        (["--path-template", "/${self:service}/{key}"], "a variable that is not the stage's"),
        (["--region", "eu-west-1", "--region", "ap-south-1"], "it is deployed to us-east-1"),
        (["--path-template", "/{service}/${sls:stage}/{key}", "--stage", "we ird"], "may hold only letters"),
    ],
)
def test_refused_value_is_listed_with_its_reason(
    service: Path, slsmigrate: Program, stub: StubStore, arguments: list[str], reason: str
) -> None:
    write(service, {"serverless.yml": PLAIN})
    for mode, code in (("--dry-run", 0), ("--yes", 10)):
        ran = slsmigrate(mode, *arguments)
        assert ran.code == code
        assert "Can't be moved\n  serverless.yml:13  functions.helloWorld.environment.GITHUB_API_KEY" in ran.out
        assert reason in " ".join(ran.out.split())
        assert "1 can't be moved" in ran.out
    assert stub.writes == []


def test_number_that_requires_review_is_listed_and_left(service: Path, slsmigrate: Program, stub: StubStore) -> None:
    text = PLAIN.replace("GITHUB_API_KEY: ABCDEF", "ADMIN_PASSWORD: 1e3")
    write(service, {"serverless.yml": text})
    preview = slsmigrate("--dry-run", "--save-decisions", "d.toml")
    assert "deployed otherwise than it is written" in " ".join(preview.out.split())
    ran = slsmigrate("--yes")
    assert ran.code == 10
    assert "For a person to decide" in ran.out
    assert (service / "serverless.yml").read_text() == text
    assert slsmigrate("--decisions", "d.toml").code == 0
    assert stub.value("/hello-world/admin-password") == "1000"


def test_named_value_is_moved_at_any_confidence(service: Path, slsmigrate: Program, stub: StubStore) -> None:
    write(service, {"serverless.yml": PLAIN + "custom:\n  note: quartz-heron-9k2p\n  apiPassword: root\n"})
    ran = slsmigrate("--yes", "--only", "none", "--name", "custom.apiPassword=/x/pw", "--name", "custom.note=/x/note")
    assert ran.code == 0, ran
    assert stub.value("/x/pw") == "root"
    assert stub.value("/x/note") == "quartz-heron-9k2p"


def test_conflict_in_one_region_prevents_puts_in_the_other(service: Path, slsmigrate: Program, stub: StubStore) -> None:
    write(service, {"serverless.yml": PLAIN})
    stub.seed("/hello-world/github-api-key", "theirs", region="eu-west-1")
    ran = slsmigrate("--yes", "--region", "us-east-1", "--region", "eu-west-1")
    assert ran.code == 1
    assert stub.made("PutParameter") == []


def test_decisions_apply_from_another_directory(
    shop: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(shop, {".git/HEAD": "ref: refs/heads/main\n"})
    slsmigrate("--dry-run", "--save-decisions", "d.toml")
    (shop / "elsewhere").mkdir()
    monkeypatch.chdir(shop / "elsewhere")
    assert slsmigrate("..", "--decisions", "../d.toml").code == 0
    assert "${ssm(raw):" in (shop / "serverless.yml").read_text()


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_every_sample_is_migrated_without_leaking_a_secret(
    sample: str, service: Path, slsmigrate: Program, stub: StubStore
) -> None:
    shutil.copytree(SAMPLES / sample, service / sample)
    preview = slsmigrate(sample, "--dry-run")
    ran = slsmigrate(sample, "--yes", "--report", "report.json", "--save-decisions", "d.toml")
    assert ran.code in (0, 10)
    values = {call.asked["Value"] for call in stub.made("PutParameter")}
    assert bool(values) is (sample != "clean")
    said = preview.out + preview.err + ran.out + ran.err + left_behind(service).decode()
    for value in values:
        for line in value.split("\n"):
            assert len(line) < 5 or line not in said
    again = slsmigrate(sample, "--yes")
    assert again.code == ran.code
    assert "Nothing to do" in again.out


def test_clean_sample_has_no_findings(slsmigrate: Program) -> None:
    ran = slsmigrate("scan", SAMPLES / "clean", "--min-confidence", "low")
    assert (ran.code, ran.err) == (0, "")


def test_sandbox_migrates_a_copy(hello: Path) -> None:
    command = [sys.executable, "-m", "migrate", "--sandbox", "--yes"]
    ran = subprocess.run(command, cwd=hello, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "/hello-world/github-api-key  SecureString  version 1" in ran.stdout
    assert "ABCDEF" not in ran.stdout + ran.stderr
    assert (hello / "serverless.yml").read_bytes() == HELLO.encode()
    copy = Path(re.findall(r"a copy of your files in\n  (\S+)", ran.stderr)[0])
    assert "GITHUB_API_KEY: ${ssm:/hello-world/github-api-key~true}\n" in (copy / "serverless.yml").read_text()
    shutil.rmtree(copy)

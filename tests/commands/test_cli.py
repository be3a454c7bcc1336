"""Options, errors and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from migrate import __version__
from migrate.model import Finding, Manifest
from migrate.reports.forms import ENDINGS
from tests.support.posix import make_pipe
from tests.support.program import Program, write

GOOD = "service: shop\nprovider:\n  name: aws\n  environment:\n    DB_PASSWORD: quartz-heron-9k2p\n"


def test_version_option_prints_one_line(slsmigrate: Program) -> None:
    ran = slsmigrate("--version")
    assert (ran.code, ran.out) == (0, f"slsmigrate {__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["scan", "--help"]])
def test_help_lists_options_and_exits_with_0(slsmigrate: Program, arguments: list[str]) -> None:
    ran = slsmigrate(*arguments)
    assert ran.code == 0
    assert "--min-confidence" in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nonsense"], "No such option"),
        (["--min-confidence", "sure"], "is not one of"),
        (["--name", "nothing"], "must be written as KEYPATH=/parameter"),
        (["--name", "a.b=/x y"], "the parameter name may hold only"),
        (["--tag", "nothing"], "must be written as KEY=VALUE"),
        (["--path-template", "/{nope}"], "unknown field {nope}"),
        (["--report", "r.pdf"], "the ending must be"),
        (["--region", "bogus region"], "not the name of a region"),
        (["--only", "[[["], "not a key path"),
        (["--yes", "--show-values"], "the output is no terminal"),
        (["--decisions", "none.toml"], "can't be read"),
    ],
)
def test_wrong_usage_is_reported_and_exits_with_2(
    service: Path, slsmigrate: Program, arguments: list[str], message: str
) -> None:
    write(service, {"serverless.yml": GOOD})
    ran = slsmigrate(*arguments, "--dry-run")
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_missing_manifest_exits_with_3(service: Path, slsmigrate: Program) -> None:
    ran = slsmigrate("--dry-run")
    assert ran.code == 3
    assert ran.err == "error: no manifest found\nhint: name a serverless.yml or a directory that holds one\n"


@pytest.mark.parametrize("option", ["--report", "--save-decisions"])
def test_output_that_would_replace_a_foreign_file_is_refused(service: Path, slsmigrate: Program, option: str) -> None:
    write(service, {"serverless.json": '{"service": "shop", "x": {"DB_PASSWORD": "quartz-heron-9k2p"}}'})
    before = (service / "serverless.json").read_bytes()
    ran = slsmigrate("--dry-run", option, "serverless.json")
    assert ran.code == 2
    assert "is not ours" in ran.err
    assert (service / "serverless.json").read_bytes() == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_earlier_output_is_replaced_and_missing_output_directory_is_refused(
    service: Path, slsmigrate: Program, ending: str
) -> None:
    write(service, {"serverless.yml": GOOD})
    for _ in range(2):
        assert slsmigrate("--dry-run", "--report", f"r{ending}", "--save-decisions", "d.toml").code == 0
    assert slsmigrate("--dry-run", "--report", "none/r.json").code == 2


def test_missing_manifest_error_names_files_that_are_not_read(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.ts": "export {}"})
    ran = slsmigrate("--dry-run")
    assert ran.code == 3
    assert "serverless.ts is there, and files of that kind are not read" in ran.err


def test_symlink_loop_is_reported_without_internal_error(service: Path, slsmigrate: Program) -> None:
    (service / "loop.yml").symlink_to("loop.yml")
    ran = slsmigrate("loop.yml", "--dry-run")
    assert ran.code == 1
    assert "internal error" not in ran.err
    assert ran.err.startswith("error: loop.yml")


def test_internal_error_in_one_file_does_not_stop_the_others(
    service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migrate import detect

    real = detect.find_all

    def find_all(manifest: Manifest, settings: detect.Settings) -> tuple[Finding, ...]:
        if manifest.file.parent.name == "bad":
            raise RuntimeError("quartz-heron-9k2p")
        return real(manifest, settings)

    monkeypatch.setattr(detect, "find_all", find_all)
    write(service, {"bad/serverless.yml": GOOD, "good/serverless.yml": GOOD})
    ran = slsmigrate("--dry-run")
    assert ran.code == 1
    assert "bad/serverless.yml: can't be searched: internal error, RuntimeError" in ran.err
    assert "/shop/db-password" in ran.out
    assert "quartz" not in ran.err + ran.out


def test_session_without_a_terminal_names_dry_run_and_yes(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": GOOD})
    ran = slsmigrate()
    assert ran.code == 2
    assert "--dry-run" in ran.err
    assert "--yes" in ran.err


def test_settings_file_gives_defaults_and_unknown_setting_is_reported(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": GOOD, ".slsmigrate.toml": 'path-template = "/team/{service}/{key}"\n'})
    assert "/team/shop/db-password" in slsmigrate("--dry-run").out
    assert "/x/db-password" in slsmigrate("--dry-run", "--path-template", "/x/{key}").out
    write(service, {".slsmigrate.toml": "colour = 1\n"})
    ran = slsmigrate("--dry-run")
    assert ran.code == 2
    assert ".slsmigrate.toml:1: there is no setting colour" in ran.err


def test_scan_lists_findings_and_exits_with_10(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": GOOD})
    ran = slsmigrate("scan")
    assert ran.code == 10
    assert ran.out.startswith("serverless.yml\n     5  provider.environment.DB_PASSWORD  high\n")
    assert slsmigrate("scan", "--format", "json").json["findings"][0]["line"] == 5
    assert slsmigrate("scan", "--skip", "provider.**").code == 0


def test_sarif_output_of_scan_and_report_is_valid(service: Path, slsmigrate: Program) -> None:
    schema = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    write(service, {"serverless.yml": GOOD})
    ran = slsmigrate("scan", "--format", "sarif", "--report", "r.sarif")
    jsonschema.validate(ran.json, schema)
    assert json.loads((service / "r.sarif").read_text()) == ran.json
    assert ran.json["runs"][0]["results"][0]["ruleId"] == "password"
    assert "quartz" not in ran.out


def test_rules_command_lists_rules(slsmigrate: Program) -> None:
    ran = slsmigrate("rules")
    assert ran.code == 0
    assert "password  password, high\n" in ran.out


def test_findings_in_a_detect_secrets_baseline_are_skipped(service: Path, slsmigrate: Program) -> None:
    write(service, {".git/HEAD": "ref: refs/heads/main\n", "serverless.yml": GOOD})
    assert slsmigrate("scan").code == 10
    write(service, {".secrets.baseline": '{"results": {"serverless.yml": [{"line_number": 5}]}}'})
    assert slsmigrate("scan").code == 0


def test_path_named_like_a_command_is_accepted_with_a_leading_dot(service: Path, slsmigrate: Program) -> None:
    write(service, {"scan/serverless.yml": GOOD})
    assert "scan/serverless.yml" in slsmigrate("./scan", "--dry-run").out


BAD: dict[str, tuple[str | bytes, str]] = {
    "broken": ("service: a\ncustom: {b: hunter2hunter2\n", "broken/serverless.yml:3:1: "),
    "binary": (b"service: a\0\xff\n", "binary/serverless.yml"),
    "latin1": ("service: a\ncustom:\n  p: geheim-ü\n".encode("latin-1"), "latin1/serverless.yml:3:13"),
    "two": ("service: a\n---\nservice: b\n", "two/serverless.yml:2:1"),
    "tabs": ("service: a\nprovider:\n\tname: aws\n", "tabs/serverless.yml:3:1"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_invalid_file_is_reported_on_one_line_and_other_files_are_planned(
    service: Path, slsmigrate: Program, name: str
) -> None:
    content, place = BAD[name]
    write(service, {f"{name}/serverless.yml": content, "good/serverless.yml": GOOD})
    ran = slsmigrate("--dry-run")
    assert ran.code == 1
    (line,) = [line for line in ran.err.split("\n") if line.startswith("error: ")]
    assert line.startswith(f"error: {place}")
    assert "hunter2" not in ran.err
    assert "/shop/db-password" in ran.out


def test_unreadable_path_is_reported(service: Path, slsmigrate: Program) -> None:
    write(service, {"a/serverless.yml": GOOD})
    make_pipe(service / "a" / "serverless.dev.yml")
    ran = slsmigrate("a", "a/serverless.dev.yml", "none.yml", "--dry-run")
    assert ran.code == 1
    assert "serverless.dev.yml" in ran.err
    assert "none.yml" in ran.err


def test_manifest_without_a_service_is_listed_with_the_reason(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": GOOD.replace("service: shop\n", "")})
    ran = slsmigrate("--dry-run")
    assert ran.code == 1
    assert "names no service" in ran.err
    assert "DB_PASSWORD" in ran.out


def test_files_of_other_kinds_are_listed_as_not_read(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": GOOD, "api/serverless.ts": "export {}", ".env": "X=1"})
    out = slsmigrate("--dry-run").out
    assert "Not read: .env, api/serverless.ts" in out


def test_control_characters_in_names_never_reach_the_terminal(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": 'service: shop\ncustom:\n  "\\u001b[31mpassword": quartz-heron-9k2p\n'})
    ran = slsmigrate("--dry-run")
    assert "\x1b" not in ran.out + ran.err


def test_unforeseen_error_is_reported_without_its_message(
    service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(service, {"serverless.yml": GOOD})

    def explode(*_: object) -> None:
        raise RuntimeError("the value was quartz-heron-9k2p")

    monkeypatch.setattr("migrate.plan.planning.plan", explode)
    ran = slsmigrate("--dry-run")
    assert ran.code == 1
    assert "internal error, RuntimeError at test_cli.py" in ran.err
    assert "quartz" not in ran.err + ran.out


def test_ctrl_c_exits_with_130(service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    write(service, {"serverless.yml": GOOD})

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "scandir", interrupt)
    ran = slsmigrate("--dry-run")
    assert ran.code == 130
    assert "nothing was changed" in ran.err


def test_closed_pipe_causes_no_traceback(service: Path) -> None:
    write(service, {"serverless.yml": GOOD})
    command = f"{sys.executable} -m migrate --dry-run {service} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["--nope"], 2), ([], 3)])
def test_program_run_as_a_module_exits_with_the_expected_code(service: Path, words: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, "-m", "migrate", *words, "--dry-run"], capture_output=True, check=False)
    assert done.returncode == code
    assert done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize("words", [["--dry-run"], ["scan"], ["verify"]])
def test_missing_working_directory_is_reported(service: Path, slsmigrate: Program, words: list[str]) -> None:
    gone = service / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    ran = slsmigrate(*words)
    assert (ran.code, ran.err) == (2, "error: the working directory is gone\nhint: change to one that is there\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", ["--version", "--help", "scan --help", "rules"])
def test_unwritable_output_is_reported(service: Path, words: str) -> None:
    command = f"{sys.executable} -m migrate {words} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: the output can't be written: No space left on device\n")

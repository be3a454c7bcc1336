"""Files become findings, in one process or in many, with the same result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrate import detect
from migrate.model import Confidence, Finding, Manifest, UsageError
from migrate.workspace import scanner
from migrate.workspace.loading import LoadRequest, Workspace, load
from tests.support.program import Program, write

FILES = {
    f"{name}/serverless.yml": f"service: {name}\nprovider:\n  environment:\n    DB_PASSWORD: tiger-{name}-99x\n"
    for name in "abcdefghijkl"
}
CLEAN = {f"clean{number}/serverless.yml": "service: x\nprovider: {name: aws}\n" for number in range(20)}
BROKEN: dict[str, str | bytes] = {
    "broken/serverless.yml": "service: x\npassword: [\n",
    "wide/serverless.yml": b"password: tiger99\xff\n",
}


def told(workspace: Workspace) -> list[tuple[str, str, str]]:
    return [
        *((str(each.manifest.file), str(each.path), each.secret.reveal()) for each in workspace.findings),
        *((str(each.location), each.message, "") for each in workspace.problems),
    ]


def test_parallel_scan_finds_what_one_process_finds_in_equal_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {**BROKEN, **FILES, **CLEAN})
    alone = load(LoadRequest([tmp_path], tmp_path))
    monkeypatch.setattr(scanner, "_MANY", 2)
    monkeypatch.setattr(scanner, "_SHARES", 5)
    seen: list[tuple[int, int]] = []
    together = load(LoadRequest([tmp_path], tmp_path, all_cores=True), lambda *at: seen.append(at))
    assert sorted(told(together)) == sorted(told(alone))
    assert [each[0] for each in told(together)[: len(FILES)]] == [each[0] for each in told(alone)[: len(FILES)]]
    assert len(told(alone)) == len(FILES) + len(BROKEN)
    assert together.manifests.keys() >= {finding.manifest.file for finding in together.findings}
    assert together.deployments.keys() == alone.deployments.keys()
    assert seen[-1] == (len(together.discovery.files), len(together.discovery.files))


def test_bytes_that_are_given_for_files_count_where_processes_share_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {**FILES, **CLEAN})
    monkeypatch.setattr(scanner, "_MANY", 2)
    given = {tmp_path / file: b"service: x\ncustom: {dbPassword: quartz-heron-9k2p}\n" for file in CLEAN}
    workspace = load(LoadRequest([tmp_path], tmp_path, sources=given, all_cores=True))
    assert sum(finding.secret.reveal() == "quartz-heron-9k2p" for finding in workspace.findings) == len(CLEAN)


def test_file_whose_process_died_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**FILES, **CLEAN})
    monkeypatch.setattr(scanner, "_MANY", 2)
    monkeypatch.setattr(detect, "find_all", _die_on_c)
    workspace = load(LoadRequest([tmp_path], tmp_path, all_cores=True))
    assert [each.message for each in workspace.problems] == ["can't be searched: internal error, its process died"]
    assert workspace.problems[0].location.file == tmp_path.resolve() / "c" / "serverless.yml"


def _die_on_c(manifest: Manifest, settings: detect.Settings) -> tuple[Finding, ...]:
    if manifest.file.parent.name == "c":
        os._exit(7)
    return ()


def test_invalid_settings_stop_a_search_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**FILES, ".slsmigrate.toml": "nonsense = 1\n"})
    monkeypatch.setattr(scanner, "_MANY", 2)
    with pytest.raises(UsageError):
        load(LoadRequest([tmp_path], tmp_path, all_cores=True))


# ── placeholders ──────────────────────────────────────────────────────────────────────────────

HALF = "service: shop\nprovider:\n  environment:\n    API_KEY: YOUR_API_KEY\n    DB_PASSWORD: tiger-99-lynx\n"


def test_placeholders_are_listed_on_request_and_never_counted(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": HALF})
    silent, asked = slsmigrate("scan"), slsmigrate("scan", "--placeholders")
    assert "API_KEY" not in silent.out
    assert "Placeholders, which are no secrets\n  serverless.yml:4  provider.environment.API_KEY\n" in asked.out
    assert silent.code == asked.code == 10
    assert "1 plaintext secret in 1 file, of 1 read" in asked.out
    assert "less certain" not in asked.out


def test_placeholders_alone_do_not_fail_a_scan(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": HALF.replace("tiger-99-lynx", "<password>")})
    ran = slsmigrate("scan", "--placeholders", "--format", "json")
    assert ran.code == 0
    assert [each["key_path"] for each in ran.json["placeholders"]] == [
        "provider.environment.API_KEY",
        "provider.environment.DB_PASSWORD",
    ]
    assert ran.json["findings"] == []
    assert "placeholders" not in slsmigrate("scan", "--format", "json").json


def test_placeholder_is_found_in_a_file_without_findings(tmp_path: Path) -> None:
    write(tmp_path, {"serverless.yml": HALF.replace("tiger-99-lynx", "${env:DB_PASSWORD}")})
    assert load(LoadRequest([tmp_path], tmp_path)).findings == ()
    found = load(LoadRequest([tmp_path], tmp_path, placeholders=True)).findings
    assert [(each.rule.id, each.confidence) for each in found] == [("placeholder", Confidence.LOW)]

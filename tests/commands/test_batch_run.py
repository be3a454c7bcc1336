"""The program over real repositories of every outcome: summary, reports, commits and parameters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrate.model import ExitCode
from tests.support.gitrepos import PROGRAM, git, manifest, missing, repository, secret, service, state
from tests.support.gitrepos import Held as HeldSecret
from tests.support.program import left_behind, write
from tests.support.sample import slow
from tests.support.storestub import StubStore, deny

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Said:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str


def batch(cwd: Path, *words: str) -> Said:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run([*PROGRAM, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def repositories(root: Path, stub: StubStore, clean: int, moves: int) -> list[HeldSecret]:
    """Make repositories of every kind, so many without a secret; return the secrets of those that can be migrated."""
    for number in range(clean):
        repository(root / f"clean-{number:02}", {"serverless.yml": manifest(f"clean-{number}", {})})
    migrated: list[HeldSecret] = []
    for number in range(moves):
        migrated += service(root, f"moves-{number:02}", ["DB_PASSWORD", "STRIPE_API_KEY"][: 1 + number % 2])
    migrated += service(root, "moves-00/nested", ["DB_PASSWORD"])
    git(root / "moves-01", "worktree", "add", "--quiet", str(root / "linked"), "-b", "linked")
    write(root / "plain", {"app/serverless.yml": manifest("plain", {"DB_PASSWORD": secret("plain")})})
    write(root / "no-manifest", {"README": "nothing"})
    git(root, "init", "--quiet", "--template=", "empty")
    repository(root / "broken", {"serverless.yml": "service: x\nprovider: [\n  password: hunter2-Xk9Qz\n"})
    settings = {"serverless.yml": manifest("settings", {}), ".slsmigrate.toml": "colour = 1\n"}
    repository(root / "settings", settings)
    for number in range(2):
        service(root, f"dirty-{number}", ["DB_PASSWORD"])
        with (root / f"dirty-{number}" / "serverless.yml").open("a") as file:
            file.write("# being edited\n")
    for number in range(3):
        service(
            root, f"hook-{number}", ["DB_PASSWORD"], hook=f"echo {secret(f'hook-{number} DB_PASSWORD')} >&2; exit 1"
        )
    service(root, "taken-0", ["DB_PASSWORD"])
    stub.seed("/taken-0/db-password", "something else")
    service(root, "branched", ["DB_PASSWORD"])
    git(root / "branched", "branch", "secrets")
    for name in ("clash-0", "clash-1"):
        repository(root / name, {"serverless.yml": manifest("clash", {"DB_PASSWORD": secret(name)})})
    migrated += service(root, "there", ["DB_PASSWORD"])
    stub.seed("/there/db-password", secret("there DB_PASSWORD"))
    service(root, "denied", ["DB_PASSWORD"])
    return migrated


def expected_outcomes(clean: int, moves: int) -> dict[str, str]:
    return {
        **{f"clean-{number:02}": "clean" for number in range(clean)},
        **{f"moves-{number:02}": "migrated" for number in range(moves)},
        "moves-01": "skipped",  # the branch is that of its other work tree by then
        "moves-00/nested": "migrated",
        "linked": "migrated",
        "plain": "migrated",
        "empty": "clean",
        "broken": "failed",
        "settings": "failed",
        **{f"dirty-{number}": "skipped" for number in range(2)},
        **{f"hook-{number}": "failed" for number in range(3)},
        "taken-0": "failed",
        "branched": "skipped",
        "clash-0": "failed",
        "clash-1": "failed",
        "there": "migrated",
        "denied": "failed",
    }


@pytest.mark.parametrize(("clean", "moves", "all_in_all"), [(2, 6, 25), slow((19, 24, 60))])
def test_repositories_of_every_outcome_are_migrated_in_one_batch(
    tmp_path: Path, stub: StubStore, clean: int, moves: int, all_in_all: int
) -> None:
    root = tmp_path / "root"
    migrated = repositories(root, stub, clean, moves)
    assert len(expected_outcomes(clean, moves)) == all_in_all
    before = state(root)
    stub.fault("PutParameter", deny("ssm:PutParameter"), name="/denied/db-password")

    looked = batch(tmp_path, "root", "--dry-run", "--report", "dry.json")
    assert looked.code == ExitCode.FAILED  # a manifest and settings that can't be read
    assert state(root) == before
    assert not stub.calls

    ran = batch(tmp_path, "root", "--yes", "--branch", "secrets", "--put-rate", "500",
                "--report", "r.json", "--report", "r.sarif")  # fmt: skip
    assert ran.code == ExitCode.FAILED, ran.err
    report = json.loads((tmp_path / "r.json").read_text())
    rows: dict[str, dict[str, Any]] = {row["name"]: row for row in report["repositories"]}
    found = {name: row["outcome"] for name, row in rows.items()}
    assert found == expected_outcomes(clean, moves)

    assert not missing(migrated, stub)
    for each in migrated:
        if each.file.parent.name not in ("moves-01", "linked"):
            assert each.value not in each.file.read_text()
            assert stub.value(each.parameter) == each.value
    assert {stub.version(name) for name in stub.names()} == {1}
    assert stub.value("/taken-0/db-password") == "something else"
    assert stub.value("/clash/db-password") is None

    row = rows["moves-05"]
    repo = root / "moves-05"
    assert git(repo, "symbolic-ref", "--short", "HEAD").strip() == "secrets"
    assert git(repo, "rev-parse", "HEAD").strip() == row["commit"]
    assert git(repo, "status", "--porcelain") == ""
    assert git(repo, "diff", "--numstat", "main", "secrets") == "2\t2\tserverless.yml\n"
    assert "rotate" in git(repo, "log", "-1", "--format=%B")
    assert (root / "hook-1" / "serverless.yml").read_bytes() == before["hook-1/serverless.yml"]
    assert git(root / "hook-1", "branch", "--format=%(refname:short)").split() == ["main"]

    assert "moves-05" in ran.out
    assert "3 × the commit was refused" in ran.out
    assert "2 × a name is wanted for different values" in ran.out
    assert "gh pr create" in ran.out
    assert report["totals"]["outcomes"]["clean"] == clean + 1
    log = json.loads((tmp_path / "r.sarif").read_text())["runs"][0]
    assert len(log["results"]) == report["totals"]["findings"]

    said = (ran.out + ran.err + looked.out + looked.err).encode() + b"".join(
        file.read_bytes() for file in tmp_path.iterdir() if file.is_file()
    )
    values = [each.value for each in migrated] + [secret(f"hook-{number} DB_PASSWORD") for number in range(3)]
    assert not [value for value in values if value.encode() in said]

    again = next(line.strip() for line in ran.out.splitlines() if line.startswith("  slsmigrate batch root"))
    stub.faults.clear()
    for number in range(3):
        (root / f"hook-{number}" / ".git" / "hooks" / "pre-commit").unlink()
    retried = batch(tmp_path, *again.split()[2:])
    assert retried.code == ExitCode.FAILED
    assert f"{9} repositories" in retried.out
    assert "4 migrated" in retried.out


@pytest.mark.parametrize("count", [3, slow(12)])
def test_second_batch_run_changes_nothing(tmp_path: Path, stub: StubStore, count: int) -> None:
    for number in range(count):
        service(tmp_path / "root", f"service-{number}", ["DB_PASSWORD"])
    assert batch(tmp_path, "root", "--yes", "--commit", "--put-rate", "500").code == ExitCode.DONE
    before = state(tmp_path / "root")
    stub.calls.clear()
    again = batch(tmp_path, "root", "--yes", "--commit")
    assert again.code == ExitCode.DONE
    assert state(tmp_path / "root") == before
    assert not stub.writes
    assert f"{count} clean" in again.out


def test_ctrl_c_finishes_repositories_under_way_and_shows_how_to_resume(tmp_path: Path, stub: StubStore) -> None:
    import signal
    import time

    for number in range(12):
        service(tmp_path / "root", f"service-{number:02}", ["DB_PASSWORD"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*PROGRAM, "root", "--yes", "--put-rate", "4"], cwd=tmp_path, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while len(stub.made("PutParameter")) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "interrupted" in out
    assert "Go on" in out
    assert "Traceback" not in out
    assert 3 <= len(stub.names()) < 12
    assert batch(tmp_path, "root", "--yes", "--put-rate", "500").code == ExitCode.DONE
    assert {stub.version(name) for name in stub.names()} == {1}
    assert len(stub.names()) == 12


def test_saved_decisions_are_reviewed_and_applied(tmp_path: Path, stub: StubStore) -> None:
    for number in range(3):
        values = {"API_KEY": secret("shared"), "DB_PASSWORD": secret(f"own {number}")}
        repository(tmp_path / "root" / f"s{number}", {"serverless.yml": manifest(f"s{number}", values)})
    kept = batch(tmp_path, "root", "-n", "--shared-template", "/shared/{key}", "--save-decisions", "d.toml")
    assert kept.code == ExitCode.DONE
    text = (tmp_path / "d.toml").read_text()
    assert text.count('parameter = "/shared/api-key"') == 3
    assert secret("shared") not in text
    edited = text.replace('decision = "move"\nparameter = "/s1/db-password"', 'decision = "skip"')
    (tmp_path / "d.toml").write_text(edited)
    with (tmp_path / "root" / "s2" / "serverless.yml").open("a") as file:
        file.write("# changed since\n")
    done = batch(tmp_path, "root", "--decisions", "d.toml", "--allow-dirty", "--put-rate", "500")
    assert done.code == ExitCode.FAILED
    assert "the file has changed since" in done.out
    assert stub.names() == ["/s0/db-password", "/shared/api-key"]
    assert secret("own 1") in (tmp_path / "root" / "s1" / "serverless.yml").read_text()
    assert "${ssm(raw):/shared/api-key}" in (tmp_path / "root" / "s1" / "serverless.yml").read_text()


def test_shards_cover_all_repositories_and_their_reports_merge(tmp_path: Path) -> None:
    for number in range(12):
        service(tmp_path / "root", f"service-{number:02}", ["DB_PASSWORD"])
    for part in (1, 2, 3):
        assert batch(tmp_path, "root", "-n", "--shard", f"{part}/3", "--report", f"{part}.json").code in (0, 3)
    files = [name for name in ("1.json", "2.json", "3.json") if (tmp_path / name).exists()]
    command = [sys.executable, "-m", "migrate", "report", "merge", *files, "-o", "all.json"]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    rows = json.loads((tmp_path / "all.json").read_text())["repositories"]
    assert [row["name"] for row in rows] == [f"service-{number:02}" for number in range(12)]


@pytest.mark.parametrize("log", ["text", "json"])
def test_piped_output_has_one_line_per_repository(tmp_path: Path, stub: StubStore, log: str) -> None:
    for number in range(3):
        service(tmp_path / "root", f"service-{number}", ["DB_PASSWORD"])
    done = batch(tmp_path, "root", "--yes", "--put-rate", "500", "--log-format", log)
    if log == "text":
        assert sum(" moved, 1 put" in line for line in done.out.splitlines()) == 3 + 1 - 1
    else:
        events = [json.loads(line) for line in done.err.splitlines()]
        assert sum(each["event"] == "put" for each in events) == 3
        assert {each["name"] for each in events if each["event"] == "repository"} == {f"service-{n}" for n in range(3)}
    assert secret("service-0 DB_PASSWORD").encode() not in left_behind(tmp_path / "root" / "service-0")

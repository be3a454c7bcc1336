"""Many repositories in one process: what is decided, what clashes, how to try again."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from migrate.files.signals import handle_signals
from migrate.migration import batch
from migrate.migration.batch import BatchRequest, BatchSurvey
from migrate.migration.batch_execute import execute_all
from migrate.migration.results import (
    Failure,
    Remaining,
    RepositoryResult,
    RepositoryStatus,
    exit_code,
    failures_by_kind,
)
from migrate.migration.retry import retry_command
from migrate.model import Accept, ExitCode, NoManifestError, PutDone
from migrate.plan.decisions import Entry
from migrate.reports.forms import ENDINGS
from migrate.reports.report import Report, render
from migrate.stores.rate_limit import RateLimits
from migrate.stores.store_pool import StorePool
from migrate.workspace.options import GitOptions
from tests.support.gitrepos import git, manifest, repository, secret, service
from tests.support.program import write
from tests.support.storestub import StubStore, deny, refuse


class Watching:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def begin(self, phase: str, repositories: int, puts: int) -> None:
        self.said.append(f"{phase} {repositories} {puts}")

    def step(self, result: RepositoryResult) -> None:
        pass

    def done(self, result: RepositoryResult) -> None:
        self.said.append(result.name)

    def put(self, event: PutDone) -> None:
        self.said.append(event.put.parameter.name)


def request(root: Path, *, dry_run: bool = False, **git_options: Any) -> BatchRequest:
    return BatchRequest((root,), (), {"format_": "text"}, GitOptions(**git_options), put_rate=500, dry_run=dry_run)


def overwriting(root: Path) -> BatchRequest:
    return replace(request(root), given={"format_": "text", "on_conflict": "overwrite"})


def execute(asked: BatchRequest, survey: BatchSurvey, watching: Watching) -> tuple[RepositoryResult, ...]:
    stop = threading.Event()
    return execute_all(asked, survey, StorePool(RateLimits(asked.put_rate, stop).of), stop, watching)


def run(asked: BatchRequest, watching: Watching | None = None) -> dict[str, RepositoryResult]:
    watching = watching or Watching()
    results = execute(asked, batch.survey(asked, Path("/"), watching), watching)
    assert not any(result.is_interrupted for result in results)
    return {result.name: result for result in results}


def test_only_repositories_with_something_to_do_are_migrated(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    repository(tmp_path / "b", {"serverless.yml": manifest("b", {})})
    watching = Watching()
    rows = run(request(tmp_path), watching)
    assert watching.said == ["Reading 2 0", "a", "b", "Migrating 1 1", "/a/db-password", "a"]
    assert [row.status for row in rows.values()] == [RepositoryStatus.MIGRATED, RepositoryStatus.CLEAN]
    assert [finding.status for finding in rows["a"].findings] == ["moved"]


def test_name_wanted_for_two_values_is_given_to_neither_and_the_rest_is_moved(tmp_path: Path, stub: StubStore) -> None:
    for name in ("a", "b"):
        values = {"DB_PASSWORD": secret(name), f"{name.upper()}_API_KEY": secret(f"{name} key")}
        repository(tmp_path / name, {"serverless.yml": manifest("same", values)})
    rows = run(request(tmp_path))
    assert stub.names() == ["/same/a-api-key", "/same/b-api-key"]
    assert {row.status for row in rows.values()} == {RepositoryStatus.FAILED}
    assert [(row.moved, row.left) for row in rows.values()] == [(1, 1), (1, 1)]


def test_name_wanted_for_one_value_is_put_once(tmp_path: Path, stub: StubStore) -> None:
    for name in ("a", "b", "c"):
        repository(tmp_path / name, {"serverless.yml": manifest("same", {"DB_PASSWORD": secret("same")})})
    rows = run(request(tmp_path))
    assert {row.status for row in rows.values()} == {RepositoryStatus.MIGRATED}
    assert stub.version("/same/db-password") == 1


def test_unusable_store_fails_every_repository_without_a_put(tmp_path: Path, stub: StubStore) -> None:
    for number in range(4):
        service(tmp_path, f"s{number}", ["DB_PASSWORD"])
    stub.fault("GetCallerIdentity", refuse("ExpiredToken"))
    stub.fault("GetParameters", refuse("ExpiredTokenException"))
    rows = run(request(tmp_path))
    assert {row.status for row in rows.values()} == {RepositoryStatus.FAILED}
    assert {reason.kind for row in rows.values() for reason in row.failures} == {"the Parameter Store can't be used"}
    assert not stub.writes


def test_unexpected_account_is_refused(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    asked = replace(request(tmp_path), given={"format_": "text", "expect_account": "999999999999"})
    assert "not 999999999999" in run(asked)["a"].failures[0].message
    assert not stub.writes


def test_missing_permission_fails_only_that_repository(tmp_path: Path, stub: StubStore) -> None:
    for name in ("a", "b"):
        service(tmp_path, name, ["DB_PASSWORD"])
    stub.fault("PutParameter", deny("ssm:PutParameter"), name="/a/db-password")
    rows = run(request(tmp_path))
    assert [(row.status, [each.kind for each in row.failures]) for row in rows.values()] == [
        (RepositoryStatus.FAILED, ["no permission in the Parameter Store"]),
        (RepositoryStatus.MIGRATED, []),
    ]


def test_existing_other_value_is_a_conflict_unless_overwriting_is_allowed(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    stub.seed("/a/db-password", "something else")
    assert run(request(tmp_path))["a"].failures[0].kind == "a parameter holds another value"
    assert run(overwriting(tmp_path))["a"].status is RepositoryStatus.MIGRATED
    assert stub.value("/a/db-password") == secret("a DB_PASSWORD")


READS = {
    "a reference": "    DB: ${ssm:/pay/db-password}\n",
    "with a region": "    DB: ${ssm(eu-west-1, raw):/pay/db-password}\n",
    "with a region, dotted": "    DB: ${ssm.us-east-1:/pay/db-password~true}\n",
    "of one version": "    DB: ${ssm:/pay/db-password:3}\n",
    "as a fallback": "    DB: ${env:X, ssm:/pay/db-password}\n",
    "in a text": "    DB: postgres://u:${ssm:/pay/db-password}@h/x\n",
    "in a block": "    DB: >-\n      ${ssm:/pay/db-password}\n",
    "with escapes": '    DB: "${ssm:\\x2fpay\\u002fdb-password}"\n',
    "with a variable": "    DB: ${ssm:/${self:custom.n}/db-password}\n",
    "with a fallback in it": "    DB: ${ssm:/pay/${opt:x, 'db'}-password}\n",
    "with nothing but variables": "    DB: ${ssm:${self:custom.${opt:stage}}}\n",
    "with other delimiters": "    DB: <ssm:/pay/<opt:x>>\n",
    "of CloudFormation": "    DB: '{{resolve:ssm-secure:/pay/db-password:1}}'\n",
    "as a resource": "resources: {P: {Type: 'AWS::SSM::Parameter', Properties: {Name: /pay/db-password}}}\n",
    "by a program": "    DB_PARAMETER: /pay/db-password\n",
    "in a permission": "    R: arn:aws:ssm:us-east-1:1:parameter/pay/db-password\n",
    "in a permission for a path": "    R: arn:aws:ssm:us-east-1:1:parameter/pay/*\n",
    "in a permission with a letter left open": "    R: arn:aws:ssm:us-east-1:1:parameter/pay/db-passwor?\n",
    "in a permission with a variable": "    R: arn:aws:ssm:us-east-1:1:parameter${self:custom.p}/db-password\n",
    "with a path in a variable": "    DB_PARAMETER: ${self:custom.path}/db-password\n",
    "with a path in a parameter": "    DB_PARAMETER: !Sub '${Path}/db-password'\n",
    "with all below a path": "    DB_PATH: /pay\n",
    "with all below a path and its slash": "    DB_PATH: /pay/\n",
    "in what is no YAML": "    DB: ${ssm: /pay/db-password}\n",
}


FILES_THAT_READ = {
    "a program": {"serverless.ts": "export default { db: '${ssm:/pay/db-password}' };\n"},
    "a wide file": {"serverless.yml": "service: other\nx: ${ssm:/pay/db-password}\n".encode("utf-16")},
    "a file too large to read": {"serverless.yml": b"service: other\n#" + b"x" * 11_000_000},
}


@pytest.mark.parametrize("files", FILES_THAT_READ.values(), ids=FILES_THAT_READ)
def test_parameter_that_any_file_may_read_is_not_overwritten(
    tmp_path: Path, stub: StubStore, files: dict[str, str | bytes]
) -> None:
    repository(tmp_path / "pay", {"README.md": "pay\n"})
    write(tmp_path / "pay", files)
    repository(tmp_path / "thief", {"serverless.yml": manifest("pay", {"DB_PASSWORD": secret("thief")})})
    stub.seed("/pay/db-password", "something else")
    assert "another repository may read it" in run(overwriting(tmp_path))["thief"].failures[0].message
    assert stub.value("/pay/db-password") == "something else"


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_parameter_that_another_repository_reads_is_never_overwritten(
    tmp_path: Path, stub: StubStore, reads: str
) -> None:
    repository(tmp_path / "pay", {"serverless.yml": manifest("other", {}) + reads})
    repository(tmp_path / "thief", {"serverless.yml": manifest("pay", {"DB_PASSWORD": secret("thief")})})
    service(tmp_path, "own", ["API_KEY"])
    for each in ("/pay/db-password", "/own/api-key"):
        stub.seed(each, "something else")
    rows = run(overwriting(tmp_path))
    assert rows["thief"].status is RepositoryStatus.FAILED
    assert "another repository may read it" in rows["thief"].failures[0].message
    assert stub.value("/pay/db-password") == "something else"
    assert secret("thief") in (tmp_path / "thief" / "serverless.yml").read_text()
    if "${self:custom.${" not in reads and "\\x2f" not in reads:  # which may be any parameter
        assert stub.value("/own/api-key") == secret("own API_KEY")


@pytest.mark.parametrize("part", [{"names": ("thief",)}, {"shard": (1, 2)}, {"shard": (2, 2)}])
def test_repository_that_is_left_out_of_the_batch_counts_as_a_reader(
    tmp_path: Path, stub: StubStore, part: dict[str, Any]
) -> None:
    repository(tmp_path / "pay", {"serverless.yml": manifest("pay", {"DB": "${ssm:/pay/db-password}"})})
    repository(tmp_path / "thief", {"serverless.yml": manifest("pay", {"DB_PASSWORD": secret("thief")})})
    stub.seed("/pay/db-password", "something else")
    with suppress(NoManifestError):  # in the part that holds neither
        run(replace(overwriting(tmp_path), **part))
    assert stub.value("/pay/db-password") == "something else"


def test_repository_may_overwrite_what_it_alone_reads(tmp_path: Path, stub: StubStore) -> None:
    values = {"DB_PASSWORD": secret("a"), "OTHER": "${ssm:/a/db-password}"}
    repository(tmp_path / "a", {"serverless.yml": manifest("a", values)})
    stub.seed("/a/db-password", "something else")
    assert run(overwriting(tmp_path))["a"].status is RepositoryStatus.MIGRATED
    assert stub.value("/a/db-password") == secret("a")


def test_uncommitted_manifest_is_skipped_unless_allow_dirty_is_given(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    with (tmp_path / "a" / "serverless.yml").open("a") as file:
        file.write("# mine\n")
    rows = run(request(tmp_path, commit=True))
    assert rows["a"].status is RepositoryStatus.SKIPPED
    assert not stub.names()
    rows = run(request(tmp_path, commit=True, allow_dirty=True))
    assert rows["a"].status is RepositoryStatus.MIGRATED
    assert git(tmp_path / "a", "status", "--porcelain") == ""


@pytest.mark.parametrize("options", [{"commit": True}, {"commit": True, "branch": "topic"},
                                     {"commit": True, "branch": "topic", "worktree": True}])  # fmt: skip
def test_refusing_hook_leaves_the_repository_unchanged(
    tmp_path: Path, stub: StubStore, options: dict[str, Any]
) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"], hook="exit 1")
    before = (tmp_path / "a" / "serverless.yml").read_bytes()
    row = run(request(tmp_path, **options))["a"]
    assert (row.status, row.moved, row.left, row.put) == (RepositoryStatus.FAILED, 0, 1, 1)
    assert [finding.status for finding in row.findings] == ["left"]
    assert (tmp_path / "a" / "serverless.yml").read_bytes() == before
    assert git(tmp_path / "a", "branch", "--format=%(refname:short)").split() == ["main"]
    assert git(tmp_path / "a", "status", "--porcelain") == ""


def test_worktree_option_leaves_the_work_tree_unchanged(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    before = (tmp_path / "a" / "serverless.yml").read_bytes()
    row = run(request(tmp_path, commit=True, branch="topic", worktree=True))["a"]
    assert row.status is RepositoryStatus.MIGRATED
    assert git(tmp_path / "a", "rev-parse", "topic").strip() == row.commit
    assert b"${ssm" in git(tmp_path / "a", "show", "topic:serverless.yml").encode()
    assert (tmp_path / "a" / "serverless.yml").read_bytes() == before
    left = tmp_path / "a" / ".git" / "slsmigrate-left"  # as by a run that was killed at its very end
    left.mkdir()
    again = run(request(tmp_path, commit=True, branch="topic", worktree=True))["a"]
    assert not left.exists()
    assert (again.status, again.failures[0].kind) == (RepositoryStatus.SKIPPED, "the branch exists already")


@pytest.mark.parametrize("branch", ["", "topic"])
def test_rewrite_left_by_a_killed_run_is_committed(tmp_path: Path, stub: StubStore, branch: str) -> None:
    service(tmp_path, "a", ["DB_PASSWORD", "API_KEY"])
    run(request(tmp_path))
    assert git(tmp_path / "a", "status", "--porcelain")
    if branch:
        git(tmp_path / "a", "switch", "--quiet", "--create", branch)
    row = run(request(tmp_path, commit=True, branch=branch))["a"]
    assert (row.status, row.put) == (RepositoryStatus.MIGRATED, 0)
    assert git(tmp_path / "a", "status", "--porcelain") == ""
    assert git(tmp_path / "a", "rev-list", "--count", "HEAD").strip() == "2"


def test_change_made_by_somebody_else_is_not_committed(tmp_path: Path, stub: StubStore) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    run(request(tmp_path))
    with (tmp_path / "a" / "serverless.yml").open("a") as file:
        file.write("# mine\n")
    assert run(request(tmp_path, commit=True))["a"].status is RepositoryStatus.CLEAN
    assert git(tmp_path / "a", "rev-list", "--count", "HEAD").strip() == "1"


def test_files_of_a_killed_run_keep_their_parameter_names(tmp_path: Path, stub: StubStore) -> None:
    files = {f"{part}.yml": f"DB_PASSWORD: {secret(part)}\n" for part in ("one", "two")}
    main = manifest("a", {}, "custom:\n  one: ${file(one.yml)}\n  two: ${file(two.yml)}\n")
    root = repository(tmp_path / "a", {"serverless.yml": main, **files})
    asked = request(tmp_path)
    whole = {put.name for each in batch.survey(asked, Path("/"), Watching()).summaries for put in each.puts}
    run(asked)
    assert set(stub.names()) == whole
    git(root, "checkout", "--quiet", "two.yml")  # as if it had been killed between the two
    left = {put.name for each in batch.survey(asked, Path("/"), Watching()).summaries for put in each.puts}
    assert left < whole


def test_interrupt_leaves_repositories_that_were_not_started(
    tmp_path: Path, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        service(tmp_path, f"s{number}", ["DB_PASSWORD"])
    asked = replace(request(tmp_path), put_rate=1)
    seen = batch.survey(asked, Path("/"), Watching())

    class Impatient(Watching):
        def done(self, result: RepositoryResult) -> None:
            super().done(result)
            if len(self.said) == 3:
                signal.raise_signal(signal.SIGINT)

    with handle_signals():
        rows = execute(asked, seen, Impatient())
    assert any(row.is_interrupted for row in rows)
    outcomes = [row.status for row in rows]
    assert outcomes.count(RepositoryStatus.MIGRATED) == 1
    assert outcomes.count(RepositoryStatus.INTERRUPTED) == 2
    assert len(stub.names()) < 3


def test_store_slower_than_the_given_rate_only_takes_longer(tmp_path: Path, stub: StubStore) -> None:
    for name in "abc":
        service(tmp_path, name, [f"PASSWORD_{letter}" for letter in "ABCDEFGH"])
    stub.rate = 10
    rows = run(replace(request(tmp_path), put_rate=80))
    assert [(row.status, row.put) for row in rows.values()] == [(RepositoryStatus.MIGRATED, 8)] * 3
    puts = [call for call in stub.calls if call.operation == "PutParameter"]
    assert len(puts) > 24, "nothing was throttled"
    assert all(stub.version(f"/{name}/password-{letter}") == 1 for name in "abc" for letter in "abcdefgh")


def test_decisions_are_assigned_to_the_innermost_repository() -> None:
    entries = [Entry(file, "a.b", "rule", Accept("/x"), "") for file in ("a/x.yml", "a/b/sub/x.yml", "c/x.yml")]
    found = batch.entries_by_repository(entries, ["a", "a/b"])
    assert {name: [entry.file for entry in each] for name, each in found.items()} == {
        "a": ["a/x.yml"],
        "a/b": ["a/b/sub/x.yml"],
    }


def test_root_without_manifests_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoManifestError):
        batch.survey(request(tmp_path), Path("/"), Watching())


def test_unreachable_root_fails_and_can_be_retried(tmp_path: Path) -> None:
    service(tmp_path / "repos", "a", ["DB_PASSWORD"])
    gone = tmp_path / "gone"
    asked = replace(request(tmp_path / "repos"), roots=(tmp_path / "repos", gone))
    rows = batch.survey(asked, tmp_path, Watching()).results
    assert [(row.name, str(row.status)) for row in rows] == [(str(gone), "failed"), ("a", "planned")]
    assert rows[0].failures == (Failure("a directory can't be reached", "is no directory that can be reached"),)
    assert all(str(gone) in render(Report(rows), ending) for ending in ENDINGS)
    assert retry_command(["repos", "gone"], rows) == f"slsmigrate batch repos gone --repository {gone}"
    again = batch.survey(replace(asked, names=(str(gone),)), tmp_path, Watching())
    assert [row.name for row in again.results] == [str(gone)]


def test_retry_command_names_only_failed_and_interrupted_repositories() -> None:
    rows = [
        RepositoryResult("a b", "/r/a", RepositoryStatus.FAILED),
        RepositoryResult("c", "/r/c", RepositoryStatus.CLEAN),
        RepositoryResult("d", "/r/d", RepositoryStatus.INTERRUPTED),
    ]
    words = ["root", "--yes", "--repository", "x", "--repository=y"]
    assert retry_command(words, rows) == "slsmigrate batch root --yes --repository 'a b' --repository d"
    assert retry_command(words, rows[1:2]) == ""


@pytest.mark.parametrize(
    ("rows", "interrupted", "dry_run", "code"),
    [
        ([RepositoryResult("a", "", RepositoryStatus.MIGRATED)], False, False, ExitCode.DONE),
        ([RepositoryResult("a", "", RepositoryStatus.SKIPPED, left=1)], False, False, ExitCode.SECRETS_REMAIN),
        ([RepositoryResult("a", "", RepositoryStatus.LEFT, left=1)], False, True, ExitCode.DONE),
        ([RepositoryResult("a", "", RepositoryStatus.FAILED)], False, True, ExitCode.FAILED),
        ([RepositoryResult("a", "", RepositoryStatus.FAILED)], True, False, ExitCode.INTERRUPTED),
    ],
)
def test_exit_code_follows_the_results(
    rows: list[RepositoryResult], interrupted: bool, dry_run: bool, code: ExitCode
) -> None:
    remaining = Remaining.NONE if dry_run else Remaining.LEFT
    assert exit_code(rows, remaining, interrupted=interrupted) is code


def test_failures_are_grouped_by_kind() -> None:
    rows = [
        RepositoryResult("a", "", RepositoryStatus.FAILED, failures=(Failure("rare", "x"),)),
        *(RepositoryResult(name, "", RepositoryStatus.SKIPPED, failures=(Failure("common", "y"),)) for name in "bc"),
    ]
    assert {kind: [row.name for row, _ in pairs] for kind, pairs in failures_by_kind(rows).items()} == {
        "common": ["b", "c"],
        "rare": ["a"],
    }

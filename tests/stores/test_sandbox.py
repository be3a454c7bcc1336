"""The embedded store, and the copy that a sandbox run works on."""

from __future__ import annotations

import logging
import os
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from migrate.model import Parameter, Secret, SlsMigrateError, StoreError, Target, Tier, UsageError
from migrate.stores.registry import open_store
from migrate.stores.sandbox import Sandbox, SandboxParameter
from migrate.stores.sandbox_copy import Limits, SandboxCopy, create_copy
from migrate.stores.sandbox_server import application, serve
from migrate.stores.ssm import SsmStore
from tests.support.posix import IS_ROOT, make_pipe
from tests.support.storestub import StubStore


@pytest.fixture(autouse=True)
def temporary_files_of_the_test(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("temporary")))


@pytest.fixture
def sandbox(service_models: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(profiles=("prod", "my dev")) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def store(stub: StubStore) -> SsmStore:
    """A store of the sandbox's own application, which the stub serves as well."""
    return stub.quick()


def put(store: SsmStore, name: str, value: str = "hunter2", tier: Tier = Tier.STANDARD, overwrite: bool = False) -> int:
    return store.put(Parameter(name, Secret(value), tier=tier), overwrite=overwrite)


def refused(store: SsmStore, name: str, value: str = "hunter2", tier: Tier = Tier.STANDARD) -> str:
    with pytest.raises(StoreError) as caught:
        put(store, name, value, tier)
    return caught.value.message.partition(": ")[2].partition(" (")[0]


# ── the store ─────────────────────────────────────────────────────────────────────────────────


def test_sandbox_lists_its_parameters_without_values(sandbox: Sandbox) -> None:
    store = SsmStore(Target())
    put(store, "/b")
    put(store, "/a")
    put(store, "/a", "other", overwrite=True)
    put(SsmStore(Target(None, "eu-west-1")), "/c")
    assert sandbox.parameters() == (
        SandboxParameter("eu-west-1", "/c", "SecureString", 1),
        SandboxParameter("us-east-1", "/a", "SecureString", 2),
        SandboxParameter("us-east-1", "/b", "SecureString", 1),
    )
    assert "hunter2" not in repr(sandbox.parameters())


def test_every_sandbox_starts_empty(sandbox: Sandbox) -> None:
    put(SsmStore(Target()), "/a")
    assert sandbox.parameters() != ()
    with Sandbox() as other:
        assert other.parameters() == ()


def test_sandbox_listens_on_loopback_only_and_stops_at_its_end() -> None:
    with Sandbox() as running:
        url = running.environment["AWS_ENDPOINT_URL"]
        assert url.startswith("http://127.0.0.1:")
        urllib.request.urlopen(url + "/moto-api/", timeout=5)  # noqa: S310
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=5)  # noqa: S310


@pytest.mark.parametrize("profile", [None, "prod", "my dev", "default"])
def test_every_profile_uses_the_sandbox(sandbox: Sandbox, profile: str | None) -> None:
    identity = open_store(Target(profile, "eu-west-1")).identity()
    assert (identity.region, identity.endpoint) == ("eu-west-1", sandbox.environment["AWS_ENDPOINT_URL"])


def test_no_user_setting_leads_a_call_outside_the_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-3\nendpoint_url = http://127.0.0.1:2\n")
    for name, value in {
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:2",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_REGION": "eu-west-2",
        "AWS_CONFIG_FILE": str(config),
        "HTTP_PROXY": "http://127.0.0.1:2",
        "NO_PROXY": "example.com",
    }.items():
        monkeypatch.setenv(name, value)
    with Sandbox(region="eu-north-1") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        identity = SsmStore(Target(), attempts=1).identity()
        assert (identity.account, identity.region) == ("123456789012", "eu-north-1")
        assert identity.endpoint == running.environment["AWS_ENDPOINT_URL"]
        assert running.environment["NO_PROXY"] == "example.com,127.0.0.1"


def test_sandbox_settings_file_is_private_and_deleted_at_the_end() -> None:
    with Sandbox() as running:
        config = Path(running.environment["AWS_CONFIG_FILE"])
        assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700
    assert not config.parent.exists()


def test_sandbox_prints_and_logs_nothing(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    store = SsmStore(Target())
    with caplog.at_level(logging.DEBUG):
        put(store, "/a")
        refused(store, "/a~")
        broken = urllib.request.Request(  # noqa: S310
            sandbox.environment["AWS_ENDPOINT_URL"], b"{", headers={"X-Amz-Target": "AmazonSSM.PutParameter"}
        )
        with pytest.raises(OSError, match="500"):
            urllib.request.urlopen(broken, timeout=5)  # noqa: S310
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith(("werkzeug", "moto"))] == []


@pytest.mark.parametrize("request_line", [b"GET http://[ HTTP/1.1", b"POST / HTTP/1.1\r\nContent-Length: 100", b"\0"])
def test_malformed_request_prints_nothing(
    stub: StubStore, capfd: pytest.CaptureFixture[str], request_line: bytes
) -> None:
    host, _, port = stub.url.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request_line + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    assert capfd.readouterr() == ("", "")


def test_error_in_a_request_handler_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    def broken(environ: object, start_response: object) -> list[bytes]:
        raise RuntimeError("hunter2")

    with serve(broken) as url, pytest.raises(OSError, match="500"):
        urllib.request.urlopen(url, timeout=5)  # noqa: S310
    assert capfd.readouterr() == ("", "")


def test_missing_extra_is_reported_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)
    with pytest.raises(UsageError) as caught, Sandbox():
        pass
    assert caught.value.message == "the sandbox is not installed"
    assert str(caught.value.hint).startswith("pip install 'slsmigrate[sandbox]'")


# ── what AWS refuses, and moto does not ───────────────────────────────────────────────────────

GOOD_NAMES = ["/a", "plain", "/a/b-c_d.e/F9", "/x" * 15, "/a/aws/ssm", "/saws"]
BAD_NAMES = ["/a~", "/a b", "/ü", "/a:1", "/a/", "//a", "/a//b", "a/b", "/a$", "", "/aws/x", "/AWS", "ssm-x", "/Ssm/x"]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_name_that_aws_accepts_is_accepted(store: SsmStore, name: str) -> None:
    assert put(store, name) == 1


@pytest.mark.parametrize("name", BAD_NAMES)
def test_name_that_aws_refuses_is_refused(store: SsmStore, stub: StubStore, name: str) -> None:
    refused(store, name)
    assert stub.names() == []


def test_sixteen_levels_are_refused(store: SsmStore) -> None:
    assert refused(store, "/x" * 16) == "the name has too many levels"


def test_name_of_1011_characters_with_its_arn_is_the_longest_accepted(store: SsmStore) -> None:
    most = 1011 - len("arn:aws:ssm:us-east-1:123456789012:parameter/")
    assert put(store, "/" + "x" * most) == 1
    assert refused(store, "/" + "y" * (most + 1)) == "AWS does not take the name"


@pytest.mark.parametrize(("tier", "most"), [(Tier.STANDARD, 4096), (Tier.ADVANCED, 8192), (Tier.INTELLIGENT, 8192)])
def test_value_up_to_the_byte_limit_of_its_tier_is_accepted(store: SsmStore, tier: Tier, most: int) -> None:
    assert put(store, "/a", "ü" * (most // 2), tier) == 1
    assert refused(store, "/b", "ü" * (most // 2) + "x", tier) == "the value is too long for the tier"


def test_unknown_tier_is_refused(stub: StubStore) -> None:
    request = urllib.request.Request(  # noqa: S310
        stub.url,
        b'{"Name": "/a", "Value": "x", "Type": "String", "Tier": "Gold"}',
        headers={"X-Amz-Target": "AmazonSSM.PutParameter"},
    )
    with pytest.raises(OSError, match="400"):
        urllib.request.urlopen(request, timeout=5)  # noqa: S310


def test_value_with_double_braces_is_refused(store: SsmStore) -> None:
    assert refused(store, "/a", "x{{y}}").startswith("the value holds {{")


def test_empty_value_is_refused(store: SsmStore) -> None:
    assert refused(store, "/a", "") == "the value is empty"


@pytest.mark.parametrize(
    ("kind", "tier", "code"),
    [("String", "Standard", "HierarchyTypeMismatchException"), ("SecureString", "Advanced", "ValidationException")],
)
def test_changing_the_type_or_lowering_the_tier_of_a_parameter_is_refused(
    stub: StubStore, kind: str, tier: str, code: str
) -> None:
    stub.seed("/a", "x", kind=kind, tier=tier)
    request = urllib.request.Request(  # noqa: S310
        stub.url,
        b'{"Name": "/a", "Value": "y", "Type": "SecureString", "Tier": "Standard", "Overwrite": true}',
        headers={"X-Amz-Target": "AmazonSSM.PutParameter"},
    )
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310
    assert code in caught.value.read().decode()
    assert stub.version("/a") == 1


def test_overwrite_of_a_parameter_of_another_type_is_refused(store: SsmStore, stub: StubStore) -> None:
    stub.seed("/a", "x", kind="String")
    with pytest.raises(StoreError, match="it is there as String, which AWS never changes into SecureString"):
        put(store, "/a", overwrite=True)


def test_overwritten_advanced_parameter_stays_advanced(store: SsmStore, stub: StubStore) -> None:
    put(store, "/a", tier=Tier.ADVANCED)
    assert put(store, "/a", "x", overwrite=True) == 2
    assert stub.stored("/a").tier == "Advanced"


def test_legacy_reference_is_refused_as_a_name(store: SsmStore) -> None:
    with pytest.raises(StoreError, match="AWS does not take the name"):
        store.get(["/a/b~true"])


@pytest.mark.parametrize("name", ["/a", "/a:1", "/a:label", "arn:aws:ssm:us-east-1:123456789012:parameter/a"])
def test_version_label_and_arn_are_accepted_as_names(store: SsmStore, name: str) -> None:
    store.get([name])


# ── the copy ──────────────────────────────────────────────────────────────────────────────────


def write(file: Path, text: str = "x") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def tree(directory: Path) -> set[str]:
    """Everything in a directory but what git keeps for itself."""
    found = {each.relative_to(directory) for each in directory.rglob("*") if not each.is_dir() or each.is_symlink()}
    return {str(each) for each in found if ".git" not in each.parts}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    for name in (
        "a/serverless.yml",
        "a/env.yml",
        "common/env.yml",
        "package-lock.json",
        ".gitignore",
        ".slsmigrate.toml",
    ):
        write(root / name)
    git(root, "init", "-q")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True).stdout


def test_copy_contains_the_whole_work_tree_of_a_path(repository: Path) -> None:
    copy = create_copy([repository / "a" / "serverless.yml"], repository)
    assert copy.paths[0].read_text() == "x"
    assert copy.paths[0] == copy.cwd / "a" / "serverless.yml"
    assert tree(copy.cwd) == tree(repository)


def test_copy_is_private(repository: Path) -> None:
    copy = create_copy([repository], repository)
    assert stat.S_IMODE(copy.cwd.parent.stat().st_mode) == 0o700
    assert copy.cwd.parent.name.startswith("slsmigrate-sandbox-")


def test_relative_paths_start_at_the_working_directory(repository: Path) -> None:
    copy = create_copy([Path(), Path("../common/env.yml")], repository / "a")
    assert copy == SandboxCopy((copy.cwd, copy.cwd.parent / "common" / "env.yml"), copy.cwd)
    assert copy.cwd.name == "a"


def test_outside_git_the_directory_is_copied(tmp_path: Path) -> None:
    write(tmp_path / "service" / "serverless.yml")
    write(tmp_path / "service" / "sub" / "env.yml")
    write(tmp_path / "elsewhere.yml")
    copy = create_copy([tmp_path / "service"], tmp_path)
    assert tree(copy.paths[0]) == {"serverless.yml", "sub/env.yml"}
    assert copy.cwd == copy.paths[0].parent


def test_two_services_of_one_name_are_two_copies(tmp_path: Path) -> None:
    paths = [write(tmp_path / each / "service" / "serverless.yml", each) for each in ("one", "two")]
    copy = create_copy(paths, tmp_path)
    assert [path.read_text() for path in copy.paths] == ["one", "two"]


def test_path_within_another_shares_its_copy(tmp_path: Path) -> None:
    inner = write(tmp_path / "all" / "a" / "serverless.yml")
    write(tmp_path / "all" / "serverless.yml")
    copy = create_copy([inner.parent, tmp_path / "all"], tmp_path)
    assert copy.paths[0] == copy.paths[1] / "a"


def test_empty_directory_can_be_copied(tmp_path: Path) -> None:
    (tmp_path / "all" / "none").mkdir(parents=True)
    assert create_copy([tmp_path / "all" / "none", tmp_path / "all"], tmp_path).paths[0].is_dir()


def test_large_and_unread_files_are_not_copied_but_version_evidence_is(repository: Path) -> None:
    before = tree(repository)
    for name in ("node_modules/left-pad/package.json", "a/.serverless/template.json", "a/node_modules/osls/index.js"):
        write(repository / name)
    os.truncate(write(repository / "film.mp4"), 40_000_000)
    evidence = {"node_modules/serverless/package.json", "a/node_modules/osls/package.json"}
    for name in evidence:
        write(repository / name, '{"version": "3.40.0"}')
    copy = create_copy([repository], repository)
    assert tree(copy.cwd) == before | evidence


def test_version_evidence_behind_a_link_is_copied(repository: Path) -> None:
    write(repository / "node_modules/.pnpm/serverless@3/package.json", "{}")
    (repository / "node_modules/serverless").symlink_to(".pnpm/serverless@3")
    copy = create_copy([repository], repository)
    assert (copy.cwd / "node_modules/serverless/package.json").read_text() == "{}"


def test_version_evidence_outside_of_the_tree_is_not_copied(repository: Path) -> None:
    write(repository.parent / "global/serverless/package.json", "{}")
    (repository / "node_modules").mkdir(exist_ok=True)
    (repository / "node_modules/serverless").symlink_to("../../global/serverless")
    copy = create_copy([repository], repository)
    assert not (copy.cwd / "node_modules/serverless/package.json").exists()


def test_copy_is_a_work_tree_with_equal_tracked_and_ignored_files(repository: Path) -> None:
    write(repository / ".gitignore", "*.env.yml\n")
    write(repository / "prod.env.yml")
    write(repository / "kept.env.yml")
    write(repository / "mine.txt")
    write(repository / ".git/info/exclude", "mine.txt\n")
    git(repository, "add", "-f", "kept.env.yml", "a", "common")
    copy = create_copy([repository], repository)
    for question in (("ls-files", "-c"), ("ls-files", "-o", "--exclude-standard"), ("rev-parse", "--show-prefix")):
        assert git(copy.cwd, *question) == git(repository, *question)
    assert git(copy.cwd, "rev-parse", "--show-toplevel").strip() == str(copy.cwd)


def test_linked_work_tree_is_copied_with_its_own_index(repository: Path, tmp_path: Path) -> None:
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "x")
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"))
    write(repository / ".git/info/exclude", "mine.txt\n")
    write(tmp_path / "linked" / "mine.txt")
    copy = create_copy([tmp_path / "linked"], tmp_path / "linked")
    assert git(copy.cwd, "ls-files") == git(tmp_path / "linked", "ls-files") != ""
    assert git(copy.cwd, "ls-files", "-o", "--exclude-standard") == ""


def test_nested_repository_stays_a_repository_of_its_own(repository: Path) -> None:
    write(repository / "vendored" / "serverless.yml")
    git(repository / "vendored", "init", "-q")
    copy = create_copy([repository], repository)
    assert git(copy.cwd / "vendored", "rev-parse", "--show-toplevel").strip() == str(copy.cwd / "vendored")


def test_dangling_git_file_does_not_prevent_the_copy(tmp_path: Path) -> None:
    write(tmp_path / "repo" / ".git", "gitdir: /nowhere/at/all\n")
    write(tmp_path / "repo" / "serverless.yml")
    assert tree(create_copy([tmp_path / "repo"], tmp_path).paths[0]) == {"serverless.yml"}


@pytest.mark.parametrize("target", ["../common/env.yml", "{root}/common/env.yml", "../../repo/common/env.yml"])
def test_link_within_the_tree_leads_to_the_copy(repository: Path, target: str) -> None:
    (repository / "a" / "link.yml").symlink_to(target.format(root=repository))
    copy = create_copy([repository], repository)
    link = copy.cwd / "a" / "link.yml"
    assert link.is_symlink()
    assert link.resolve() == copy.cwd / "common" / "env.yml"


@pytest.mark.parametrize("target", ["../../shared.yml", "{root}/../shared.yml", "../../shared"])
def test_link_out_of_the_tree_leads_nowhere_and_its_target_is_not_copied(repository: Path, target: str) -> None:
    write(repository.parent / "shared.yml", "shared")
    write(repository.parent / "shared" / "env.yml", "shared")
    (repository / "a" / "link.yml").symlink_to(target.format(root=repository))
    copy = create_copy([repository], repository)
    link = copy.cwd / "a" / "link.yml"
    assert link.is_symlink()
    assert not link.exists()
    assert link.resolve().is_relative_to(copy.cwd.parent)
    assert not [file for file in copy.cwd.parent.rglob("*") if file.is_file() and "shared" in file.read_text("latin-1")]


def test_link_between_two_trees_leads_to_the_other_copy(repository: Path) -> None:
    write(repository.parent / "other" / "env.yml", "shared")
    (repository / "a" / "link.yml").symlink_to("../../other/env.yml")
    copy = create_copy([repository, repository.parent / "other"], repository)
    assert (copy.cwd / "a" / "link.yml").resolve() == copy.paths[1] / "env.yml"


def test_link_that_a_person_names_leads_to_a_copy_of_its_target(repository: Path) -> None:
    shared = write(repository.parent / "shared.yml", "shared")
    (repository / "link.yml").symlink_to(shared)
    copy = create_copy([repository / "link.yml"], repository)
    copy.paths[0].write_text("changed")
    assert shared.read_text() == "shared"


@pytest.mark.parametrize("target", ["..", "/", "/dev/zero", "nowhere.yml", "/nowhere", "loop"])
def test_link_that_cannot_be_followed_leads_nowhere(repository: Path, target: str) -> None:
    (repository / "loop").symlink_to(target)
    copy = create_copy([repository / "a"], repository)
    assert (copy.cwd / "loop").is_symlink()
    assert not (copy.cwd / "loop").exists()


def test_path_that_links_to_a_file_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "service" / "real.yml")
    (tmp_path / "service" / "serverless.yml").symlink_to("real.yml")
    copy = create_copy([tmp_path / "service" / "serverless.yml"], tmp_path)
    assert copy.paths[0].readlink() == Path("real.yml")


def test_pipes_are_not_copied(tmp_path: Path) -> None:
    write(tmp_path / "service" / "serverless.yml")
    make_pipe(tmp_path / "service" / "pipe")
    assert tree(create_copy([tmp_path / "service"], tmp_path).paths[0]) == {"serverless.yml"}


def test_modes_are_kept(tmp_path: Path) -> None:
    write(tmp_path / "service" / "serverless.yml").chmod(0o444)
    assert (
        stat.S_IMODE((create_copy([tmp_path / "service"], tmp_path).paths[0] / "serverless.yml").stat().st_mode)
        == 0o444
    )


def test_unreadable_file_is_empty_and_unreadable_in_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "service" / "serverless.yml")

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.copy2", forbidden)
    copied = create_copy([tmp_path / "service"], tmp_path).paths[0] / "serverless.yml"
    assert (stat.S_IMODE(copied.stat().st_mode), copied.read_bytes()) == (0, b"") or not IS_ROOT


def test_work_tree_over_the_limits_falls_back_to_the_directory(repository: Path) -> None:
    copy = create_copy([repository / "a"], repository, Limits(files=2))
    assert tree(copy.paths[0]) == {"serverless.yml", "env.yml"}
    assert copy.cwd == copy.paths[0].parent


@pytest.mark.parametrize("limits", [Limits(files=1), Limits(size=1)])
def test_directory_over_the_limits_is_refused(repository: Path, limits: Limits) -> None:
    with pytest.raises(UsageError, match="too large to be copied") as caught:
        create_copy([repository / "a"], repository, limits)
    assert "name one service's directory" in str(caught.value.hint)


def test_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yml does not exist"):
        create_copy([Path("none.yml")], tmp_path)


def test_failed_copy_leaves_nothing(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    for failure, told in (
        (OSError(28, "No space left on device"), SlsMigrateError),
        (KeyboardInterrupt(), BaseException),
    ):

        def fails(*_: object, failure: BaseException = failure) -> None:
            raise failure

        monkeypatch.setattr("shutil.copy2", fails)
        with pytest.raises(told):
            create_copy([repository], repository)
        assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_new_application_starts_with_an_empty_store(store: SsmStore, stub: StubStore) -> None:
    put(store, "/a")
    application()
    assert stub.names() == []

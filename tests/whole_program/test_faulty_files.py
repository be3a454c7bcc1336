"""Files and disks that fail a run: what is said, what was put, what stays, and that a second run completes."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from migrate.files.atomic_files import create_file, replace_file, write_file
from migrate.files.outputs import write_output
from migrate.model import ExitCode, SlsMigrateError
from migrate.plan.decisions import read_decisions
from migrate.reports.forms import ENDINGS
from migrate.workspace.settings import add_entries, allow_entry
from tests.support.gitrepos import manifest, repository, secret
from tests.support.posix import IS_ROOT, attributes, set_attribute
from tests.support.program import Program, left_behind, write
from tests.support.storestub import StubStore, first
from tests.support.system_calls import NEW, OLD, Nth, raising

assert sys.platform != "win32"

KEYS = ("DB_PASSWORD", "API_KEY")
VALUES = {key: secret(f"shop {key}") for key in KEYS}
BEFORE = manifest("shop", VALUES)
AFTER = manifest("shop", {key: f"${{ssm(raw):/shop/{key.lower().replace('_', '-')}}}" for key in KEYS})
ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(service: Path) -> Path:
    """A repository with a manifest of two secrets, where we are."""
    return repository(service, {"serverless.yml": BEFORE})


def assert_second_run_completes(slsmigrate: Program, stub: StubStore, file: Path, after: str = AFTER) -> None:
    """Once the fault is gone."""
    assert slsmigrate("--yes").code == ExitCode.DONE
    assert file.read_text() == after
    assert {stub.value(name): stub.version(name) for name in stub.names()} == dict.fromkeys(VALUES.values(), 1)
    assert not [each for each in file.parent.iterdir() if "slsmigrate-" in each.name]


# ── what is wrong before anything is put ──────────────────────────────────────────────────────


def test_file_with_a_second_hard_link_is_reported_before_any_put(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    (shop / "copy").hardlink_to(shop / "serverless.yml")
    ran = slsmigrate("--yes")
    said = " ".join(ran.out.split())
    assert ran.code == ExitCode.FAILED
    assert "is not written: it has further hard links, under which the secret would stay" in said
    assert f"hint: find them with: find . -inum {(shop / 'copy').stat().st_ino}" in said
    assert stub.made("PutParameter") == []
    (shop / "copy").unlink()
    assert_second_run_completes(slsmigrate, stub, shop / "serverless.yml")


def test_link_out_of_the_repository_is_reported_and_nothing_is_put(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, slsmigrate: Program, stub: StubStore
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "serverless.yml"
    (shop / "serverless.yml").rename(outside)
    (shop / "serverless.yml").symlink_to(outside)
    ran = slsmigrate("--yes")
    assert ran.code == ExitCode.NO_MANIFEST
    assert "hint: serverless.yml leads out of the repository, and is not read" in " ".join(ran.err.split())
    ran = slsmigrate("serverless.yml", "--yes")
    assert ran.code == ExitCode.SECRETS_REMAIN
    assert "it lies outside the repository" in " ".join(ran.out.split())
    assert stub.calls == []
    assert outside.read_text() == BEFORE


@contextmanager
def read_only(place: Path, mode: int) -> Iterator[None]:
    before = stat.S_IMODE(place.stat().st_mode)
    place.chmod(mode)
    try:
        yield
    finally:
        place.chmod(before)


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [("serverless.yml", 0o444, "it is read-only"), (".", 0o555, "its directory must be writable too")],
)
def test_read_only_file_or_directory_is_reported_before_any_put(
    unprivileged: Path, monkeypatch: pytest.MonkeyPatch, slsmigrate: Program, stub: StubStore,
    name: str, mode: int, said: str,
) -> None:  # fmt: skip
    write(unprivileged, {"serverless.yml": BEFORE})
    monkeypatch.chdir(unprivileged)
    with read_only(unprivileged / name, mode):
        ran = slsmigrate("--yes")
    assert ran.code == ExitCode.FAILED
    assert said in ran.out
    assert stub.made("PutParameter") == []
    assert_second_run_completes(slsmigrate, stub, unprivileged / "serverless.yml")


def test_symbolic_link_within_the_repository_is_followed(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    file = shop / "real.yml"
    (shop / "serverless.yml").rename(file)
    (shop / "serverless.yml").symlink_to("real.yml")
    assert slsmigrate("--yes").code == ExitCode.DONE
    assert (shop / "serverless.yml").readlink() == Path("real.yml")
    assert file.read_text() == AFTER


# ── what goes wrong between the reading and the writing ───────────────────────────────────────


def replaced_by_a_directory(file: Path) -> None:
    file.rename(file.with_name("before"))
    file.mkdir()


def put_back(file: Path) -> None:
    if file.is_dir():
        file.rmdir()
    file.with_name("before").rename(file)


def hard_linked(file: Path) -> None:
    file.with_name("copy").hardlink_to(file)


MEANWHILE: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], str]] = {
    "edited": (lambda file: file.write_text(BEFORE + "# new\n"), lambda file: None, "it has changed since it was read"),
    "replaced by a directory": (replaced_by_a_directory, put_back, "is a directory, not a file"),
    "gone": (lambda file: file.rename(file.with_name("before")), put_back, "does not exist"),
    "linked": (hard_linked, lambda file: file.with_name("copy").unlink(), "it has further hard links"),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_file_altered_during_the_puts_is_not_written(
    shop: Path, slsmigrate: Program, stub: StubStore, what: str
) -> None:
    file = shop / "serverless.yml"
    act, mend, said = MEANWHILE[what]
    stub.fault("PutParameter", first(lambda: act(file)), after=1, times=1)
    ran = slsmigrate("--yes")
    assert ran.code == ExitCode.FAILED
    assert said in " ".join(ran.out.split())
    assert "Done: 2 put, 0 files rewritten, 2 secrets left, 1 failed." in " ".join(ran.out.split())
    assert not [value for value in VALUES.values() if value in ran.out + ran.err]
    mend(file)
    assert "ssm" not in file.read_text()
    assert_second_run_completes(slsmigrate, stub, file, AFTER + ("# new\n" if what == "edited" else ""))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The size limit of the process stands in for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_file_too_large_for_the_disk_is_unchanged_and_leaves_nothing_beside_it(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    with largest_file(100):
        ran = slsmigrate("--yes")
    assert ran.code == ExitCode.FAILED
    assert "can't be written: larger than this system allows" in ran.out
    assert (shop / "serverless.yml").read_text() == BEFORE
    assert sorted(each.name for each in shop.iterdir()) == [".git", "serverless.yml"]
    assert_second_run_completes(slsmigrate, stub, shop / "serverless.yml")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"mount can't be run: {error.strerror}")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_full_disk_is_reported_and_a_second_run_completes(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, slsmigrate: Program, stub: StubStore
) -> None:
    write(small_disk, {"serverless.yml": BEFORE, "filling": b""})
    monkeypatch.chdir(small_disk)
    free = os.statvfs(small_disk)
    (small_disk / "filling").write_bytes(b"x" * free.f_bfree * free.f_bsize)
    ran = slsmigrate("--yes", "--report", "report.json")
    assert ran.code == ExitCode.FAILED
    assert "can't be written: the disk is full" in ran.out
    assert "--report" in ran.err
    assert "the disk is full" in ran.err
    assert sorted(each.name for each in small_disk.iterdir()) == ["filling", "serverless.yml"]
    (small_disk / "filling").unlink()
    assert_second_run_completes(slsmigrate, stub, small_disk / "serverless.yml")


# ── owner, mode and access list ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", [0o600, 0o2640, 0o4755])
@pytest.mark.parametrize("directory_mode", [0o755, 0o2775])
def test_owner_group_and_mode_are_kept_in_any_directory(
    shop: Path, slsmigrate: Program, stub: StubStore, mode: int, directory_mode: int
) -> None:
    file = shop / "serverless.yml"
    if IS_ROOT:
        os.chown(file, 1234, 5678)
        os.chown(shop, -1, 4321)
    shop.chmod(directory_mode)
    file.chmod(mode)
    before = file.stat()
    (shop / ".git" / "config").write_text((shop / ".git" / "config").read_text() + "[safe]\n\tdirectory = *\n")
    assert slsmigrate("--yes").code == ExitCode.DONE
    after = file.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def access_list(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_default_access_list_of_the_directory_does_not_open_the_file(tmp_path: Path) -> None:
    file = tmp_path / "serverless.yml"
    file.write_bytes(OLD)
    file.chmod(0o640)
    anybody = 0xFFFFFFFF
    default = access_list((1, 6, anybody), (2, 6, 1234), (4, 4, anybody), (16, 6, anybody), (32, 0, anybody))
    set_attribute(tmp_path, "system.posix_acl_default", default)
    replace_file(file, expected=OLD, new=NEW, root=None)
    assert file.read_bytes() == NEW
    assert "system.posix_acl_access" not in attributes(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


# ── the other files that are written ──────────────────────────────────────────────────────────

ENTRIES = (allow_entry("serverless.yml", "a.b", "keyword"),)


WRITERS: dict[str, Callable[[Path], object]] = {
    "settings": lambda file: add_entries(file, ENTRIES),
    "a report": lambda file: write_output("--report", file, "new\n"),
}


@pytest.mark.parametrize("before", [None, b"# old\n"])
@pytest.mark.parametrize("kind", WRITERS)
def test_failure_of_any_system_call_leaves_every_written_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, before: bytes | None
) -> None:
    whole = tmp_path / "whole"
    if before:
        whole.write_bytes(before)
    WRITERS[kind](whole)
    new, seen, number = whole.read_bytes(), set(), 0
    while True:
        number += 1
        file = tmp_path / str(number) / ".slsmigrate.toml"
        file.parent.mkdir()
        if before:
            file.write_bytes(before)
        with monkeypatch.context() as patch:
            steps = Nth(patch, number, raising(OSError(errno.EIO, "Input/output error")))
            with contextlib.suppress(SlsMigrateError):
                WRITERS[kind](file)
        now = file.read_bytes() if file.exists() else None
        seen.add(now)
        assert now in (before, new)
        assert set(file.parent.iterdir()) == ({file} if now else set())
        if steps.left > 0:
            break
    assert seen == {before, new}
    assert number > 5


def test_file_created_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, synced = tmp_path / ".slsmigrate.toml", os.fsync

    def make_meanwhile(descriptor: int) -> None:
        file.write_bytes(b"# somebody's\n")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", make_meanwhile)
    with pytest.raises(SlsMigrateError, match="it was made meanwhile"):
        create_file(file, b"ours")
    assert file.read_bytes() == b"# somebody's\n"
    assert list(tmp_path.iterdir()) == [file]


def test_report_never_follows_a_planted_link(tmp_path: Path) -> None:
    """In a directory that others may write, such as /tmp."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    for name in ("report.json", f".report.json.{os.getpid()}"):
        (tmp_path / name).symlink_to(victim)
    write_output("--report", tmp_path / "report.json", "new")
    assert victim.read_bytes() == b"mine"
    assert (tmp_path / "report.json").read_bytes() == b"new"
    assert not (tmp_path / "report.json").is_symlink()


def test_report_has_the_mode_of_the_one_it_replaces(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    before = os.umask(0o027)
    try:
        write_file(file, b"one")
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        file.chmod(0o600)
        write_file(file, b"two")
    finally:
        os.umask(before)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"two", 0o600)


@pytest.mark.parametrize("ending", ENDINGS)
def test_report_on_a_file_name_that_is_not_utf_8_is_written(
    shop: Path, slsmigrate: Program, stub: StubStore, ending: str
) -> None:
    name = os.fsdecode(b"s\xff.yml")
    (shop / "serverless.yml").rename(shop / name)
    assert slsmigrate("--yes", name, "--report", f"r{ending}").code == ExitCode.DONE
    assert (shop / f"r{ending}").stat().st_size > 100


def test_decisions_on_a_file_name_that_is_not_utf_8_are_written_beside_those_on_others(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    other = shop / "other"
    other.mkdir()
    (other / os.fsdecode(b"s\xff.yml")).write_bytes((shop / "serverless.yml").read_bytes())
    ran = slsmigrate("--yes", "serverless.yml", other / os.fsdecode(b"s\xff.yml"), "--save-decisions", "d.toml")
    assert ran.code == ExitCode.DONE
    assert {Path(entry.file).name for entry in read_decisions(shop / "d.toml")} == {"serverless.yml", "s\\udcff.yml"}


@pytest.mark.parametrize("option", ["--report", "--save-decisions"])
def test_unwritable_output_is_reported(
    shop: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    def full(*_: Any) -> None:
        raise SlsMigrateError("can't be written: the disk is full")

    monkeypatch.setattr("migrate.files.outputs.write_file", full)
    ran = slsmigrate("--yes", option, "r.json")
    assert ran.code == ExitCode.FAILED
    assert f"error: {option} r.json: can't be written: the disk is full" in ran.err
    done = option == "--report"
    assert ("Done: 2 put, 1 file rewritten." in ran.out) is done
    assert (shop / "serverless.yml").read_text() == (AFTER if done else BEFORE)


def test_sandbox_copy_too_large_for_the_disk_leaves_nothing_behind(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    write(shop, {"env.yml": "a: " + "x" * 200_000})
    with largest_file(150_000):
        ran = slsmigrate("--yes", "--sandbox")
    assert ran.code == ExitCode.FAILED
    assert "the sandbox copy can't be made" in ran.err
    assert left_behind(temporary) == b""
    assert (shop / "serverless.yml").read_text() == BEFORE


# ── standard output ───────────────────────────────────────────────────────────────────────────


@dataclass
class Output:
    """Standard output that fails after a number of lines."""

    lines: int
    kept: list[object] = field(default_factory=list)
    encoding: str = "utf-8"

    def write(self, text: str | bytes) -> int:
        if self.lines <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.lines -= 1
        self.kept.append(text)
        return len(text)

    def flush(self) -> None:
        """All is written at once."""

    def isatty(self) -> bool:
        return False


def test_output_that_fails_during_a_run_does_not_stop_the_work(
    shop: Path, slsmigrate: Program, stub: StubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Output(1000)
    stub.fault("PutParameter", first(lambda: setattr(output, "lines", 0)), times=1)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        ran = slsmigrate("--yes", "--report", "r.json")
    assert output.kept
    assert ran.code == ExitCode.FAILED
    assert "error: the output can't be written: No space left on device" in ran.err
    assert '"values": 2' in (shop / "r.json").read_text()
    assert_second_run_completes(slsmigrate, stub, shop / "serverless.yml")


@pytest.mark.parametrize("words", [("--yes",), ("batch", ".", "--yes")])
def test_closed_standard_streams_do_not_stop_a_run(shop: Path, stub: StubStore, words: tuple[str, ...]) -> None:
    def close() -> None:
        for descriptor in (0, 1, 2):
            os.close(descriptor)

    command = [sys.executable, "-m", "migrate", *words]
    done = subprocess.run(command, cwd=shop, env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=close, check=False)
    assert done.returncode == ExitCode.DONE
    assert (shop / "serverless.yml").read_text() == AFTER

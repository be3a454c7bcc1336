"""Reading with care, and replacing a file so that it is whole at every instant."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from migrate.files import atomic_files
from migrate.files.atomic_files import check_replaceable, replace_file
from migrate.files.regular_files import read_file
from migrate.model import ManifestError, SlsMigrateError
from tests.support.posix import IS_ROOT, attributes, set_attribute
from tests.support.privileges import like_anybody
from tests.support.system_calls import NEW, OLD, STEPS, Nth, fails, raising

assert sys.platform != "win32"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "serverless.yml"
    made.write_bytes(OLD)
    return made


def replace(file: Path, root: Path | None = None, expected: bytes = OLD, new: bytes = NEW) -> None:
    replace_file(file, expected=expected, new=new, root=root)


def refused(file: Path, root: Path | None = None) -> SlsMigrateError:
    """The error of a replacement, which leaves every file of the directory as it was."""
    before = sorted(file.parent.iterdir())
    with pytest.raises(SlsMigrateError) as caught:
        replace(file, root)
    assert sorted(file.parent.iterdir()) == before
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert caught.value.location is not None
    assert caught.value.location.file == file
    return caught.value


# ── reading ───────────────────────────────────────────────────────────────────────────────────


def test_file_is_read_byte_for_byte(file: Path) -> None:
    assert read_file(file, len(OLD)) == OLD


def test_file_is_read_through_a_symbolic_link(file: Path) -> None:
    link = file.with_name("link.yml")
    link.symlink_to(file)
    assert read_file(link, 100) == OLD


def test_empty_file_is_read(file: Path) -> None:
    file.write_bytes(b"")
    assert read_file(file, 0) == b""


def test_file_larger_than_one_chunk_is_read_whole(file: Path) -> None:
    content = os.urandom(200_001)
    file.write_bytes(content)
    assert read_file(file, 300_000) == content


def unreadable(file: Path, limit: int = 1000) -> str:
    with pytest.raises(ManifestError) as caught:
        read_file(file, limit)
    assert caught.value.location is not None
    assert caught.value.location.file == file
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.message


def test_file_over_the_limit_is_refused(file: Path) -> None:
    assert unreadable(file, len(OLD) - 1) == "is too large: over 18 bytes"


def test_endless_file_of_size_zero_is_refused() -> None:
    assert Path("/proc/cpuinfo").stat().st_size == 0
    assert unreadable(Path("/proc/cpuinfo"), 20) == "is too large: over 20 bytes"


def test_pipe_socket_device_or_directory_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.yml"))
        assert unreadable(tmp_path / "socket.yml") == "is a socket, not a regular file"
    assert unreadable(tmp_path / "pipe.yml") == "is a named pipe, not a regular file"
    assert unreadable(tmp_path) == "is a directory, not a file"
    assert unreadable(Path("/dev/zero")) == "is a device, not a regular file"


def test_link_to_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.yml").symlink_to("/dev/zero")
    assert unreadable(tmp_path / "zero.yml") == "is a device, not a regular file"


def test_file_that_becomes_a_pipe_before_it_is_opened_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, opened = Path.stat, os.open

    def swap(*arguments: Any, **options: Any) -> int:
        file.unlink()
        os.mkfifo(file)
        return opened(*arguments, **options)

    monkeypatch.setattr(os, "open", swap)
    assert looked(file).st_size == len(OLD)
    assert unreadable(file) == "is a named pipe, not a regular file"


def test_missing_file_is_reported(tmp_path: Path) -> None:
    assert unreadable(tmp_path / "none.yml") == "does not exist"
    assert unreadable(tmp_path / "none" / "serverless.yml") == "does not exist"


def test_symlink_cycle_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yml").symlink_to("b.yml")
    (tmp_path / "b.yml").symlink_to("a.yml")
    assert "circle" in unreadable(tmp_path / "a.yml")


def test_invalid_file_name_is_reported(tmp_path: Path) -> None:
    assert unreadable(tmp_path / "a\0b") == "has a name that no file can have"
    assert unreadable(tmp_path / ("a" * 300)) == "has a name that is too long"


def test_file_without_permission_is_reported(unprivileged: Path) -> None:
    secret = unprivileged / "serverless.yml"
    secret.write_bytes(OLD)
    secret.chmod(0)
    assert unreadable(secret) == "no permission to read it"


# ── replacing ─────────────────────────────────────────────────────────────────────────────────


def test_replacement_leaves_the_new_bytes_and_no_other_file(file: Path) -> None:
    replace(file)
    assert file.read_bytes() == NEW
    assert list(file.parent.iterdir()) == [file]


def test_reader_with_the_file_open_sees_the_old_content_whole(file: Path) -> None:
    with file.open("rb") as reader:
        first = reader.read(4)
        replace(file)
        assert first + reader.read() == OLD


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o755, 0o664])
def test_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace(file)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_umask_does_not_affect_the_mode(file: Path, umask: int) -> None:
    file.chmod(0o640)
    before = os.umask(umask)
    try:
        replace(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_owner_and_group_are_kept(file: Path) -> None:
    os.chown(file, 1234, 5678)
    file.chmod(0o4750)
    replace(file)
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 5678, 0o4750)


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_file_whose_owner_cannot_be_kept_is_refused(file: Path) -> None:
    file.chmod(0o666)
    os.chown(file, 1234, -1)
    with like_anybody():
        error = refused(file)
    assert error.message == "is not written: you can't keep its owner and group"
    assert file.read_bytes() == OLD


def test_extended_attributes_are_kept(file: Path) -> None:
    set_attribute(file, "user.note", b"kept")
    replace(file)
    assert attributes(file)["user.note"] == b"kept"


def test_access_list_is_kept(file: Path) -> None:
    entries = [(1, 6, 0xFFFFFFFF), (2, 4, 1234), (4, 4, 0xFFFFFFFF), (16, 4, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    set_attribute(file, "system.posix_acl_access", acl)
    replace(file)
    assert attributes(file)["system.posix_acl_access"] == acl


def test_file_whose_access_list_cannot_be_kept_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_attribute(file, "user.note", b"x")
    monkeypatch.setattr("migrate.files.posix._ACCESS_LIST", "user.note")
    monkeypatch.setattr(os, "setxattr", fails(PermissionError(1, "Operation not permitted")))
    assert refused(file).message == "no permission to write it"


def test_attribute_that_cannot_be_kept_is_dropped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_attribute(file, "user.note", b"x")
    monkeypatch.setattr(os, "setxattr", fails(PermissionError(1, "Operation not permitted")))
    replace(file)
    assert file.read_bytes() == NEW


def test_symbolic_link_is_kept_and_its_target_changes(file: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    link = tmp_path / "sub" / "serverless.yml"
    link.symlink_to("../serverless.yml")
    replace(link, root=tmp_path)
    assert link.readlink() == Path("../serverless.yml")
    assert file.read_bytes() == NEW
    assert list(link.parent.iterdir()) == [link]


@pytest.mark.parametrize("path", ["../outside.yml", "link.yml", "linked/outside.yml"])
def test_target_outside_the_root_is_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (tmp_path / "outside.yml").write_bytes(OLD)
    (root / "link.yml").symlink_to(tmp_path / "outside.yml")
    (root / "linked").symlink_to(tmp_path)
    assert refused(root / path, root).message == f"is not written: it lies outside {root}"
    assert (tmp_path / "outside.yml").read_bytes() == OLD


def test_file_under_a_linked_root_is_replaced(file: Path, tmp_path: Path) -> None:
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path)
    replace(file, root=tmp_path.parent / f"{tmp_path.name}-link")
    assert file.read_bytes() == NEW


def test_sibling_whose_name_begins_like_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo-2").mkdir()
    (tmp_path / "repo-2" / "serverless.yml").write_bytes(OLD)
    assert "outside" in refused(tmp_path / "repo-2" / "serverless.yml", tmp_path / "repo").message


def test_file_with_a_second_hard_link_is_refused(file: Path) -> None:
    file.with_name("backup.yml").hardlink_to(file)
    error = refused(file)
    assert "hard link" in error.message
    assert error.hint == f"find them with: find . -inum {file.stat().st_ino}"


@pytest.mark.parametrize("now", [b"", b"password: hunter3\r\n", OLD + b"more: 1\n", OLD[:-1]])
def test_file_that_changed_since_it_was_read_is_refused(file: Path, now: bytes) -> None:
    file.write_bytes(now)
    untouched = file.parent.stat().st_mtime_ns
    assert "changed since it was read" in refused(file).message
    assert file.read_bytes() == now
    assert file.parent.stat().st_mtime_ns == untouched


def test_concurrent_edit_during_the_write_is_not_lost(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = os.fsync

    def edit_meanwhile(descriptor: int) -> None:
        file.write_bytes(b"an editor was here\n")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", edit_meanwhile)
    assert "changed since it was read" in refused(file).message
    assert file.read_bytes() == b"an editor was here\n"


def test_missing_file_is_not_created(tmp_path: Path) -> None:
    assert refused(tmp_path / "serverless.yml").message == "does not exist"


def test_file_replaced_by_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").mkdir()
    assert refused(tmp_path / "serverless.yml").message == "is a directory, not a file"


def test_read_only_file_is_refused(unprivileged: Path) -> None:
    file = unprivileged / "serverless.yml"
    file.write_bytes(OLD)
    file.chmod(0o444)
    assert refused(file).message == "is not written: it is read-only"


def test_read_only_directory_is_refused(unprivileged: Path) -> None:
    file = unprivileged / "serverless.yml"
    file.write_bytes(OLD)
    unprivileged.chmod(0o555)
    error = refused(file)
    assert (error.message, error.hint) == ("no permission to write it", "its directory must be writable too")


def test_full_disk_leaves_the_old_file_and_no_other(file: Path) -> None:
    """The size limit of the process stands in for the disk: the write itself fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) - 5, hard))
    try:
        assert "can't be written" in refused(file).message
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert file.read_bytes() == OLD


def test_full_disk_is_reported(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", fails(OSError(28, "No space left on device")))
    assert refused(file).message == "can't be written: the disk is full"


def test_system_error_is_reported_in_the_systems_words(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", fails(OSError(5, "Input/output error")))
    assert refused(file).message == "can't write it: Input/output error"


def test_file_with_the_longest_possible_name_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / ("ü" * 125 + ".yml")
    file.write_bytes(OLD)
    replace(file)
    assert file.read_bytes() == NEW


def test_unchanged_bytes_are_not_written(file: Path) -> None:
    before = file.stat()
    replace(file, new=OLD)
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_short_write_is_completed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: written(descriptor, bytes(content[:3])))
    replace(file)
    assert file.read_bytes() == NEW


def test_directory_that_cannot_be_synced_is_not_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = os.fsync

    def regular_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", regular_files_only)
    replace(file)
    assert file.read_bytes() == NEW


# ── checking first ────────────────────────────────────────────────────────────────────────────


def test_file_that_can_be_replaced_passes_the_check_untouched(file: Path) -> None:
    check_replaceable(file, expected=OLD, root=file.parent)
    assert list(file.parent.iterdir()) == [file]


def test_check_refuses_a_read_only_directory(unprivileged: Path) -> None:
    file = unprivileged / "serverless.yml"
    file.write_bytes(OLD)
    unprivileged.chmod(0o555)
    with pytest.raises(SlsMigrateError, match="no permission to write it"):
        check_replaceable(file, expected=OLD, root=None)


def test_check_refuses_a_changed_file(file: Path) -> None:
    with pytest.raises(SlsMigrateError, match="changed since it was read"):
        check_replaceable(file, expected=NEW, root=None)


# ── two at once ───────────────────────────────────────────────────────────────────────────────


def test_concurrent_writers_of_one_file_lose_no_change(file: Path) -> None:
    file.write_bytes(b"0")
    errors: list[SlsMigrateError] = []

    def count_up() -> None:
        for _ in range(20):
            while True:
                now = file.read_bytes()
                try:
                    replace(file, expected=now, new=str(int(now) + 1).encode())
                    break
                except SlsMigrateError as error:
                    errors.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_bytes() == b"60"
    assert {error.message for error in errors} <= {"is not written: it has changed since it was read"}


def test_directory_locked_for_too_long_is_reported(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.files.destinations._LOCK_SECONDS", 0.05)
    other = os.open(file.parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        assert refused(file).message == "is not written: another run is writing in its directory"
    finally:
        os.close(other)
    replace(file)
    assert file.read_bytes() == NEW


def test_file_system_without_locks_is_written_anyway(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = file.with_name(".serverless.yml.slsmigrate-0123456789ab")
    stale.write_bytes(b"may be another run's")
    monkeypatch.setattr(fcntl, "flock", fails(OSError(9, "Bad file descriptor")))
    replace(file)
    assert file.read_bytes() == NEW
    assert stale.exists()


def test_only_temporary_files_of_killed_runs_are_removed(file: Path) -> None:
    stale = file.with_name(".serverless.yml.slsmigrate-0123456789ab")
    others = [
        file.with_name(name)
        for name in (".env.yml.slsmigrate-0123456789ab", ".serverless.yml.slsmigrate-notes", "serverless.yml.bak")
    ]
    for each in (stale, *others):
        each.write_bytes(b"x")
    replace(file)
    assert sorted(file.parent.iterdir()) == sorted([file, *others])


# ── dying at every step ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_failure_of_any_system_call_leaves_one_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    seen, number = set(), 0
    while True:
        number += 1
        file = tmp_path / str(number) / "serverless.yml"
        file.parent.mkdir()
        file.write_bytes(OLD)
        with monkeypatch.context() as patch:
            steps = Nth(patch, number, raising(error))
            outcome = "done"
            try:
                replace(file)
            except (SlsMigrateError, KeyboardInterrupt):
                outcome = "failed"
        seen.add((outcome, file.read_bytes()))
        assert file.read_bytes() in (OLD, NEW)
        assert list(file.parent.iterdir()) == [file]
        if steps.left > 0:
            break
    assert number > 15
    assert ("failed", OLD) in seen
    assert ("done", NEW) in seen


# Forks in a process of its own, since this one has threads.
_DIE_AT_EVERY_STEP = """
import os, sys
from pathlib import Path
from migrate.files import atomic_files

def die_at(number, file):
    left = number
    def counted(call):
        def act(*arguments, **options):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(9)
            return call(*arguments, **options)
        return act
    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    atomic_files.replace_file(file, expected=OLD, new=NEW, root=None)
    os._exit(0)

for number in range(1, 100):
    file = Path(sys.argv[1], str(number), "serverless.yml")
    file.parent.mkdir()
    file.write_bytes(OLD)
    child = os.fork()
    if child == 0:
        die_at(number, file)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 9:
        break
"""


def test_death_at_any_system_call_leaves_one_whole_file_and_the_next_run_cleans_up(tmp_path: Path) -> None:
    script = f"STEPS, OLD, NEW = {STEPS!r}, {OLD!r}, {NEW!r}\n{_DIE_AT_EVERY_STEP}"
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, cwd=Path(atomic_files.__file__).parents[2]
    )
    found, left_behind = [], 0
    for directory in tmp_path.iterdir():
        file = directory / "serverless.yml"
        found.append(file.read_bytes())
        left_behind += len(list(directory.iterdir())) - 1
        replace(file, expected=file.read_bytes(), new=b"later")
        assert list(directory.iterdir()) == [file]
    assert set(found) == {OLD, NEW}
    assert found.count(OLD) > 15
    assert left_behind > 0


def test_temporary_file_is_private_until_it_replaces_the_target(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o666)
    modes: list[int] = []
    written = os.write

    def look(descriptor: int, content: Any) -> int:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return written(descriptor, content)

    monkeypatch.setattr(os, "write", look)
    replace(file)
    assert modes == [0o600]

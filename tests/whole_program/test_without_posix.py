"""The program where nothing is that only POSIX has: every module loads, and the main job is done all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gitrepos import Held, held, manifest, missing, repository, secret
from tests.support.sample import sampled
from tests.support.storestub import StubStore
from tests.support.without_posix import CALLS, FLAGS, MODULES, SIGNALS

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is open is looked up in /proc")


def without_posix(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a process that lacks all that `hide` takes away."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.without_posix", *words], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=False,
    )  # fmt: skip


def with_posix(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as it is."""
    return subprocess.run(
        [sys.executable, "-m", "migrate", *words], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=False,
    )  # fmt: skip


def test_every_module_loads_and_the_windows_module_is_chosen(tmp_path: Path) -> None:
    done = without_posix("--names", cwd=tmp_path)
    chosen, *loaded = done.stdout.split()
    assert (done.returncode, done.stderr, chosen) == (0, "", "Windows")
    all_of_them = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in (ROOT / "migrate").rglob("*.py")
    }
    assert all_of_them - set(loaded) == {"migrate", "migrate.__main__", "migrate.files.posix"}


def test_simulation_hides_names_that_exist() -> None:
    """A name that no system has would only seem to be hidden."""
    code = """
import os, signal
from tests.support import without_posix
names = [(os, name) for name in ("fork", "O_TMPFILE", "fchown", "getxattr")] + [(signal, "SIGHUP")]
before = [hasattr(*each) for each in names]
without_posix.hide()
print(all(before), any(hasattr(*each) for each in names), os.supports_dir_fd)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "set()"]
    assert not [name for name in MODULES if name not in sys.stdlib_module_names]
    assert not [name for name in (*CALLS, *FLAGS) if not hasattr(os, name)]
    assert len(SIGNALS) == len(set(SIGNALS))


@pytest.mark.parametrize("sample", sampled(["hello-world", "env-files", "windows"], every=3))
def test_sample_is_migrated_in_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: str) -> None:
    """The copy that the run worked on is to the byte what POSIX makes of it."""
    copies = []
    for directory, run in (("windows", without_posix), ("posix", with_posix)):
        shutil.copytree(SAMPLES / sample, tmp_path / directory / sample)
        monkeypatch.setenv("TMPDIR", str(tmp_path / directory))
        done = run(sample, "--sandbox", "--yes", cwd=tmp_path / directory)
        assert (done.returncode, done.stderr.startswith("Sandbox: ")) == (0, True), done.stdout + done.stderr
        assert "Done: " in done.stdout
        (copy,) = (tmp_path / directory).glob("slsmigrate-sandbox-*")
        copies.append({str(file.relative_to(copy)): file.read_bytes() for file in copy.rglob("*") if file.is_file()})
    assert copies[0] == copies[1]
    assert any(b"${ssm" in content for content in copies[0].values())


def test_files_are_rewritten_byte_for_byte_and_nothing_is_left_beside_them(tmp_path: Path, stub: StubStore) -> None:
    source = (
        b"service: shop\r\nframeworkVersion: '3'\r\nprovider:\r\n  environment:\r\n    DB_PASSWORD: hunt3r2-x # x\r\n"
    )
    (tmp_path / "serverless.yml").write_bytes(source)
    done = without_posix("--yes", "--report", "report.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    after = source.replace(b"hunt3r2-x", b"${ssm(raw):/shop/db-password}")
    assert (tmp_path / "serverless.yml").read_bytes() == after
    assert stub.value("/shop/db-password") == "hunt3r2-x"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["report.json", "serverless.yml"]


@pytest.mark.parametrize("words", [(), ("--commit",), ("--commit", "--branch", "secrets", "--worktree")])
def test_batch_migrates_every_repository(tmp_path: Path, stub: StubStore, words: tuple[str, ...]) -> None:
    secrets: list[Held] = []
    for name in ("api", "web", "jobs"):
        values = {"DB_PASSWORD": secret(f"{name} password")}
        repository(tmp_path / "root" / name, {"serverless.yml": manifest(name, values)})
        secrets += held(tmp_path / "root" / name / "serverless.yml", name, values)
    done = without_posix("batch", "root", "--yes", "--put-rate", "500", *words, cwd=tmp_path)
    assert (done.returncode, "3 migrated" in done.stdout) == (0, True), done.stdout + done.stderr
    assert {each.parameter: stub.value(each.parameter) for each in secrets} == {
        each.parameter: each.value for each in secrets
    }
    if "--branch" not in words:
        assert not missing(secrets, stub)
        assert not [each for each in secrets if each.value in each.file.read_text()]


def test_scan_of_many_files_finds_every_secret(tmp_path: Path) -> None:
    for number in range(200):
        directory = tmp_path / str(number)
        directory.mkdir()
        (directory / "serverless.yml").write_text(manifest(f"shop-{number}", {"DB_PASSWORD": secret(str(number))}))
    done = without_posix("scan", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (10, "")
    assert "200" in done.stdout

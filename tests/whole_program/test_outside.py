"""What a repository points at outside of itself is not opened, and only that it was not read is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, left_behind, write
from tests.support.storestub import StubStore

DOCKER = '{"auths": {"registry.hidden-host.example": {"auth": "aGlkZGVuLXBhc3M6aHVudGVyMg=="}}}'
MANIFEST = """\
service: shop
frameworkVersion: "3"
provider:
  name: aws
  environment:
    DB_PASSWORD: hK8-lantern-42-Qz
custom:
  docker: ${file(~/.docker/config.json)}
  linked: ${file(./linked.json):auths}
  deep: ${file(dir/config.json):auths}
"""
COMMANDS = (
    "scan",
    "scan --format json",
    "scan --format sarif",
    "--dry-run",
    "--dry-run --format json",
    "--yes --report r.html",
    "verify",
    "batch . --dry-run --report r.json",
)
TOLD = (
    "Not read, outside of the repository: ./linked.json (serverless.yml), dir/config.json (serverless.yml), "
    "~/.docker/config.json (serverless.yml)"
)


@pytest.fixture
def hostile(
    service: Path, stub: StubStore, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A repository that points at a file of the person's own, in every way."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    write(home, {".docker/config.json": DOCKER})
    write(service, {"serverless.yml": MANIFEST})
    (service / ".git").mkdir()
    (service / "linked.json").symlink_to(home / ".docker/config.json")
    (service / "dir").symlink_to(home / ".docker")
    (service / "b").mkdir()
    (service / "b/serverless.json").symlink_to(home / ".docker/config.json")
    return service


@pytest.mark.parametrize("words", COMMANDS)
def test_nothing_of_a_file_outside_the_repository_is_told_or_opened(
    hostile: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    opened: list[str] = []
    real_open = os.open

    def watched(path: Any, *arguments: Any, **options: Any) -> int:
        opened.append(os.path.realpath(path) if isinstance(path, str | Path) else "")
        return real_open(path, *arguments, **options)

    monkeypatch.setattr(os, "open", watched)
    ran = slsmigrate(*words.split())
    written = b"".join(file.read_bytes() for file in hostile.glob("r.*"))
    for hidden in ("hidden-host", "aGlkZGVu", "registry"):
        assert hidden not in ran.out + ran.err
        assert hidden.encode() not in written
    assert [file for file in opened if ".docker" in file] == []
    assert any(file.endswith("serverless.yml") for file in opened)


@pytest.mark.parametrize("is_there", [True, False])
def test_paths_are_told_as_they_are_written_and_the_rest_is_done(
    hostile: Path, slsmigrate: Program, stub: StubStore, is_there: bool
) -> None:
    if not is_there:
        (Path.home() / ".docker/config.json").unlink()
    ran = slsmigrate("--yes")
    said = " ".join(ran.out.split())
    assert ran.code == 0, ran
    assert f"{TOLD}" in said.replace("b/serverless.json, ", "")
    assert "b/serverless.json" in said
    assert stub.value("/shop/db-password") == "hK8-lantern-42-Qz"
    assert "${ssm(raw):/shop/db-password}" in (hostile / "serverless.yml").read_text()


def test_batch_tells_what_was_not_read_on_screen_and_in_its_report(hostile: Path, slsmigrate: Program) -> None:
    ran = slsmigrate("batch", ".", "--dry-run", "--report", "r.html")
    assert "not read, outside of the repository: ~/.docker/config.json (" in " ".join(ran.out.split())
    page = (hostile / "r.html").read_text()
    assert "not read, outside of the repository: ~/.docker/config.json (" in page


def test_settings_behind_a_link_are_not_quoted(hostile: Path, slsmigrate: Program) -> None:
    (hostile / ".slsmigrate.toml").symlink_to(Path.home() / ".docker/config.json")
    ran = slsmigrate("scan")
    assert ran.code == 2
    assert "leads out of the repository and is not read" in " ".join(ran.err.split())
    assert "auths" not in ran.out + ran.err


def test_sandbox_copies_nothing_from_outside_the_repository(
    hostile: Path, slsmigrate: Program, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("copies")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    assert slsmigrate("--yes", "--sandbox").code == 0
    assert b"DB_PASSWORD" in left_behind(place)
    assert b"hidden-host" not in left_behind(place)

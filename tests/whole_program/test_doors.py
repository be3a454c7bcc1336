"""The only door for values leads to a terminal; files that a run makes are no wider than they must be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from migrate.files.outputs import write_output
from migrate.model import SlsMigrateError
from tests.support import leaks
from tests.support.leaks import PLAIN, Search
from tests.support.program import Program, write
from tests.support.storestub import StubStore
from tests.support.terminal import ENTER, Terminal

SHOWN = ("plain", "double-quoted", "single-quoted", "in a URL", "a fallback", "in JSON", "a key", "in a comment")


@pytest.fixture
def shop(service: Path, stub: StubStore) -> Path:
    write(service, dict(leaks.project()))
    return service


@pytest.mark.parametrize("words", ["--dry-run", "--dry-run --format json", "--yes", "--yes --sandbox", ""])
def test_show_values_is_refused_in_a_pipe(shop: Path, slsmigrate: Program, words: str) -> None:
    ran = slsmigrate(*words.split(), "--show-values")
    assert ran.code == 2
    assert "terminal" in ran.err
    assert Search().leaks({"stdout": ran.out, "stderr": ran.err}) == []


@pytest.mark.parametrize("words", ["scan", "verify", "batch ."])
def test_show_values_is_refused_by_other_commands(shop: Path, slsmigrate: Program, words: str) -> None:
    assert slsmigrate(*words.split(), "--show-values").code == 2


@pytest.mark.slow
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("mode", ["--dry-run", ""])
def test_values_are_not_shown_if_a_stream_is_not_a_terminal(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, stream: str, form: str, mode: str
) -> None:
    log = tmp_path_factory.mktemp("log") / "log"
    terminal = Terminal(
        *mode.split(),
        "--show-values",
        "--format",
        form,
        cwd=shop,
        redirect={"stdout": ">", "stderr": "2>"}[stream] + str(log),
    )
    if mode == "" and stream == "stderr" and form == "text":
        terminal.wait_for("Move to")
        terminal.type("q" + ENTER)
    terminal.end()
    assert Search().leaks({"log": log.read_bytes()}) == []


# ── the door ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_shown_values_are_not_written_to_files(shop: Path) -> None:
    terminal = Terminal(
        *("--dry-run", "--show-values", "--format", "json", "--report", "r.html", "--save-decisions", "d.toml"),
        cwd=shop,
    )
    assert terminal.end() == 0
    assert PLAIN in terminal.said
    told = terminal.said[terminal.said.index("{\r\n") : terminal.said.index("\r\n}\r\n")]
    written = {name: (shop / name).read_bytes() for name in ("r.html", "d.toml")}
    assert Search().leaks({"json": told, **written}) == []


# ── modes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_report_has_the_default_file_mode(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_output("--report", tmp_path / "r.json", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == mode


def test_replaced_report_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text("old")
    file.chmod(0o600)
    write_output("--report", file, "new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)


def test_planted_link_does_not_redirect_a_report(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep")
    (tmp_path / f".r.json.{os.getpid()}").symlink_to(victim)
    write_output("--report", tmp_path / "r.json", "text")
    assert (victim.read_text(), (tmp_path / "r.json").read_text()) == ("keep", "text")
    assert not (tmp_path / "r.json").is_symlink()


def test_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "r.json").mkdir()
    with pytest.raises(SlsMigrateError, match=r"r\.json: is a directory, not a file"):
        write_output("--report", tmp_path / "r.json", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.parametrize("option", ["--report", "--save-decisions"])
def test_invalid_output_name_is_reported_before_any_call(
    shop: Path, slsmigrate: Program, stub: StubStore, option: str
) -> None:
    ran = slsmigrate("--yes", option, f"{'x' * 300}.json")
    assert ran.code == 2
    assert ran.err.startswith(f"error: {option} xxx")
    assert "File name too long" in ran.err
    assert stub.calls == []

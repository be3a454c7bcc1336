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
def test_values_are_not_shown_in_a_pipe(shop: Path, slsmigrate: Program, words: str) -> None:
    ran = slsmigrate(*words.split(), "--show-values")
    assert ran.code == 2
    assert "terminal" in ran.err
    assert Search().leaks({"stdout": ran.out, "stderr": ran.err}) == []


@pytest.mark.parametrize("words", ["scan", "verify", "batch ."])
def test_other_commands_have_no_such_door(shop: Path, slsmigrate: Program, words: str) -> None:
    assert slsmigrate(*words.split(), "--show-values").code == 2


@pytest.mark.slow
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("mode", ["--dry-run", ""])
def test_values_are_not_shown_where_one_of_the_streams_is_no_terminal(
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
def test_shown_values_do_not_reach_what_is_written(shop: Path) -> None:
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
def test_a_new_report_has_the_mode_of_any_new_file(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_output("--report", tmp_path / "r.json", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == mode


def test_a_report_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text("old")
    file.chmod(0o600)
    write_output("--report", file, "new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)


def test_nobody_can_lay_a_link_in_the_way_of_a_report(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep")
    (tmp_path / f".r.json.{os.getpid()}").symlink_to(victim)
    write_output("--report", tmp_path / "r.json", "text")
    assert (victim.read_text(), (tmp_path / "r.json").read_text()) == ("keep", "text")
    assert not (tmp_path / "r.json").is_symlink()


def test_a_report_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "r.json").mkdir()
    with pytest.raises(SlsMigrateError, match=r"r\.json: is a directory, not a file"):
        write_output("--report", tmp_path / "r.json", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.parametrize("option", ["--report", "--save-decisions"])
def test_a_name_that_no_file_can_have_is_reported_before_anything_is_done(
    shop: Path, slsmigrate: Program, stub: StubStore, option: str
) -> None:
    ran = slsmigrate("--yes", option, f"{'x' * 300}.json")
    assert ran.code == 2
    assert ran.err.startswith(f"error: {option} xxx")
    assert "File name too long" in ran.err
    assert stub.calls == []

"""Terminal escapes and odd characters from files, names and servers arrive visible, on every path of output."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from migrate.model import SlsMigrateError
from migrate.plan.decisions import read_decisions
from migrate.reports.forms import ANY_ENDING, ENDINGS
from migrate.workspace.settings import allow_entry
from tests.support.gitrepos import repository
from tests.support.program import Program, write
from tests.support.storestub import Answer, Call, Serve, StubStore, altered, refuse
from tests.support.terminal import CTRL_C, ENTER, Terminal

ODD: Mapping[str, str] = {
    "CSI": "\x1b[31;7m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\",
    "DCS": "\x1bP+q544e\x1b\\",
    "C1": "\x9b2J",
    "bidi": "\u202e\u2066",
    "zero-width": "\u200b\ufeff",
    "return": "\rerased",
    "backspace": "\b\b\b",
    "DEL": "\x7f",
    "separator": "\u2028\x85",
    "tags": "\U000e0041\u180e",
}
HOSTILE = "".join(ODD.values())
# The same where a file name must be a name.
NAME = HOSTILE.replace("/", "_")
_RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def raw(text: str) -> list[str]:
    """What of a text could move the cursor or hide characters."""
    return _RAW.findall(text)


def manifest(service: str = "shop") -> str:
    odd = json.dumps(HOSTILE)
    return f"""\
service: {json.dumps(service)}
frameworkVersion: '3'
provider:
  name: aws
  environment:
    {odd}: other
    DB_PASSWORD: correct-horse-77-staple
    {json.dumps("API_SECRET" + HOSTILE)}: lantern-plum-77-x
    ODD: {odd}
functions:
  {json.dumps("f" + HOSTILE)}:
    environment:
      TOKEN: violet-anchor-88-q
"""


@pytest.fixture
def odd(service: Path, stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory, with hostile names of itself, a directory in it, and a repository with such names."""
    here = service / f"here{NAME}"
    files = {"serverless.yml": manifest(), f"sub{NAME}/serverless.yml": manifest(f"s{HOSTILE}"), "bad.yml": "a: [\x01"}
    write(here, dict(files))
    repository(here / "repos" / f"r{NAME}", {f"d{NAME}/serverless.yml": manifest()})
    monkeypatch.chdir(here)
    monkeypatch.setattr("tempfile.tempdir", str(here))
    return here


REPORTS = [f"--report r{ending}" for ending in ENDINGS]
RUNS: Mapping[str, Sequence[str]] = {
    "scan": ["scan"],
    "scan json": ["scan --format json"],
    "scan sarif": ["scan --format sarif"],
    "reports": [f"--dry-run {report}" for report in REPORTS],
    "dry run": ["--dry-run bad.yml .", "--dry-run --format json"],
    "sandbox": ["--yes --sandbox --min-confidence low"],
    "unattended": ["--yes --min-confidence low", "verify", "verify --format json", "verify --framework 2 --fix --yes"],
    "decisions": ["--dry-run --save-decisions d.toml", "--yes", "--yes --decisions d.toml"],
    "batch": ["batch repos --dry-run --diff", "batch repos --yes", "batch repos --yes --format json"],
    "batch log": ["batch repos --yes --log-format json"],
    "batch reports": ["batch repos --yes --commit " + " ".join(REPORTS), "report merge r.json -o m.html"],
    "usage": ["nowhere@", "--name @=x", "--skip @[", "--@", "--decisions @", "report merge @ -o m.html", "batch @"],
    "branch": ["batch repos --yes --branch @"],
}


@pytest.mark.parametrize("steps", RUNS.values(), ids=RUNS)
def test_unprintable_characters_of_files_and_names_are_shown_escaped(
    odd: Path, slsmigrate: Program, steps: Sequence[str]
) -> None:
    for step in steps:
        ran = slsmigrate(*(word.replace("@", f"x{HOSTILE}") for word in step.split()))
        assert raw(ran.out) == []
        assert raw(ran.err) == []
        assert "internal error" not in ran.err
    for file in odd.glob("*"):
        if file.suffix in (*ENDINGS, ".toml"):
            assert raw(file.read_text(encoding="utf-8")) == [], file.suffix


LINE = "x\nDone: 9 put, 9 files rewritten."


@pytest.mark.parametrize(
    "words",
    [
        "scan",
        "--dry-run",
        "--yes",
        "verify",
        "batch repos --dry-run --diff",
        "batch repos --yes --branch @",
        "@",
        "--@",
    ],
)
def test_name_with_a_line_break_does_not_start_a_new_line(
    service: Path, slsmigrate: Program, stub: StubStore, words: str
) -> None:
    text = manifest(LINE).replace("DB_PASSWORD:", f"{json.dumps('DB_PASSWORD' + LINE)}:")
    write(service, {f"{LINE}/serverless.yml": text, f"{LINE}/bad.yml": "a: ["})
    repository(service / "repos" / LINE, {f"{LINE}/serverless.yml": text})
    ran = slsmigrate(*(word.replace("@", LINE) for word in words.split()))
    assert not [line for line in (ran.out + ran.err).split("\n") if line.startswith("Done: 9")]


def test_text_from_the_server_is_shown_escaped(odd: Path, slsmigrate: Program, stub: StubStore) -> None:
    def speak(call: Call, serve: Serve) -> Any:
        return altered(lambda body: body.update(Version=1, Tier=HOSTILE, Name=HOSTILE))(call, serve)

    stub.fault("PutParameter", refuse(f"Odd{HOSTILE}", HOSTILE), times=1)
    stub.fault("PutParameter", refuse("ValidationException", HOSTILE), times=1)
    stub.fault("PutParameter", refuse("AccessDeniedException", f"not authorized to perform: ssm:{HOSTILE}"), times=1)
    stub.fault("PutParameter", speak)
    for words in ("--yes --format json", "--yes", "batch repos --yes", "verify"):
        ran = slsmigrate(*words.split())
        assert raw(ran.out) + raw(ran.err) == []


def test_text_from_sts_is_shown_escaped(odd: Path, slsmigrate: Program, stub: StubStore) -> None:
    body = (
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/{0}</Arn>"
        "<Account>{0}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    ).format("&#x9b;2J&#x202e;&#x200b;&#x7f;&#13;&#10;Done: 9 put")
    stub.fault("GetCallerIdentity", lambda call, serve: Answer("200 OK", [("Content-Type", "text/xml")], body.encode()))
    for words in ("--yes --report r.html", "--yes --format json --expect-account 1", "batch repos --yes"):
        ran = slsmigrate(*words.split())
        assert raw(ran.out) + raw(ran.err) == []
        assert "\nDone: 9 put" not in ran.out + ran.err


@pytest.mark.parametrize("text", [HOSTILE, LINE, 'quote " and \\ backslash', "tab\t"])
def test_toml_entry_is_escaped_and_reads_back_unchanged(text: str) -> None:
    entry = allow_entry(text, text, text)
    assert raw(entry) == []
    assert tomllib.loads(entry)["allow"] == [{"file": text, "key-path": text, "rule": text}]


def test_decision_on_a_name_that_is_not_utf_8_is_saved_and_applied(
    service: Path, slsmigrate: Program, stub: StubStore
) -> None:
    directory = os.fsdecode(b"caf\xe9")
    write(service, {f"{directory}/serverless.yml": manifest()})
    assert slsmigrate("--dry-run", "--save-decisions", "d.toml").code == 0
    assert tomllib.loads((service / "d.toml").read_text())["finding"][0]["file"] == "caf\\udce9/serverless.yml"
    assert slsmigrate("--yes", "--decisions", "d.toml").code == 0
    assert stub.names()


def test_name_that_is_not_utf_8_is_refused_in_an_allow_entry() -> None:
    with pytest.raises(SlsMigrateError, match="can't be written to a TOML file"):
        allow_entry(os.fsdecode(b"caf\xe9"), "a", "b")


def test_decisions_on_unusual_names_are_applied(odd: Path, slsmigrate: Program, stub: StubStore) -> None:
    assert slsmigrate("--dry-run", "--save-decisions", "d.toml").code == 0
    assert any(NAME in entry.file for entry in read_decisions(odd / "d.toml"))
    ran = slsmigrate("--yes", "--decisions", "d.toml")
    assert ran.code == 0, ran.err
    assert "note: not applied" not in ran.err


def test_spreadsheet_report_formats_are_refused(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": manifest()})
    for ending in (".csv", ".tsv", ".xlsx"):
        ran = slsmigrate("scan", "--report", f"r{ending}")
        assert (ran.code, ran.out) == (2, "")
        assert f"the ending must be {ANY_ENDING}" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (
            "",
            [
                ("deploys", "u" + ENTER),
                ("Move to", "s" + ENTER),
                ("2/", "n" + ENTER),
                ("Parameter name", CTRL_C),
                ("nothing was changed", ""),
            ],
        ),
        ("--framework auto sub*", [("deploys", "u" + ENTER), ("Move to", "q" + ENTER), ("Nothing was changed", "")]),
        ("--show-values --yes", [("Done:", "")]),
        ("batch repos", [("secrets of", "s" + ENTER), ("Move to", "a" + ENTER), ("(y/N)", "y"), ("migrated", "")]),
    ],
)
def test_no_hostile_character_reaches_a_real_terminal(odd: Path, words: str, keys: Sequence[tuple[str, str]]) -> None:
    place = next(odd.glob("sub*"))
    manifest_there = place / "serverless.yml"
    manifest_there.write_text(manifest_there.read_text().replace("frameworkVersion: '3'\n", ""))
    terminal = Terminal(*(word.replace("sub*", place.name) for word in words.split()), cwd=odd)
    for text, typed in keys:
        terminal.wait_for(text)
        terminal.type(typed)
    terminal.end()
    own = ("\x1b[31;7m", "\x1b]", "\x1bP", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\rerased", "\x7f", "\u2028")
    assert [odd_one for odd_one in own if odd_one in terminal.said] == []

"""Cases of `tests/cases/*.yml`, and the two verbs that check a migration in bytes.

A case is one file: what it shows, its options, a manifest, and the manifest as it is to become.

    # What the case shows, in one sentence.
    # options: --framework 3 --only '**.DB_PASSWORD'
    # file: serverless.json
    # input
    service: shop
    # output
    service: shop

Options and file may be left out (`--yes` is always given, the file is serverless.yml). Without `# output` the program
must leave the file as it is. All bytes between these lines count.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from migrate.model import ExitCode
from tests.support.program import Program
from tests.support.storestub import StubStore

CASES = Path(__file__).parents[1] / "cases"
_FORM = re.compile(
    rb"# (?P<shows>[^\n]+)\n(?:# options: (?P<options>[^\n]+)\n)?(?:# file: (?P<file>[^\n]+)\n)?"
    rb"# input\n(?P<before>.*?)(?:^# output\n(?P<after>.*))?",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Case:
    """A manifest and what it is to become; `after` is None where it is to stay."""

    options: tuple[str, ...]
    file: str
    before: bytes
    after: bytes | None


def read_case(file: Path) -> Case:
    """Return the case of a file; AssertionError if the file has another form."""
    form = _FORM.fullmatch(file.read_bytes())
    assert form, f"{file.name}: not of the form that tests/support/cases.py describes"
    options, name = (form[part].decode() if form[part] else "" for part in ("options", "file"))
    return Case(tuple(shlex.split(options)), name or "serverless.yml", form["before"], form["after"])


class CheckUnchanged(Protocol):
    """Check that a run leaves a file as it is and puts nothing."""

    def __call__(self, source: bytes, *options: str, file: str = ...) -> None: ...


class CheckMigrated(Protocol):
    """Check what a run makes of a file, that a second run leaves that, and that no value is shown."""

    def __call__(self, before: bytes, after: bytes, *options: str, file: str = ...) -> None: ...


@pytest.fixture
def check_unchanged(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> CheckUnchanged:
    """The first verb."""

    def check(source: bytes, *options: str, file: str = "serverless.yml") -> None:
        (tmp_path / file).write_bytes(source)
        before = (tmp_path / file).stat()
        ran = slsmigrate("--yes", *options, tmp_path / file)
        assert ran.code in (ExitCode.DONE, ExitCode.SECRETS_REMAIN), ran
        assert (tmp_path / file).read_bytes() == source
        assert (tmp_path / file).stat().st_ino == before.st_ino
        assert stub.made("PutParameter") == []

    return check


@pytest.fixture
def check_migrated(tmp_path: Path, stub: StubStore, slsmigrate: Program) -> CheckMigrated:
    """The second verb."""

    def check(before: bytes, after: bytes, *options: str, file: str = "serverless.yml") -> None:
        assert before != after
        (tmp_path / file).write_bytes(before)
        ran = slsmigrate("--yes", *options, tmp_path / file)
        assert ran.code in (ExitCode.DONE, ExitCode.SECRETS_REMAIN), ran
        assert (tmp_path / file).read_bytes() == after
        values = {call.asked["Value"] for call in stub.made("PutParameter")}
        assert values
        assert not [value for value in values if value in ran.out + ran.err]
        again = slsmigrate("--yes", *options, tmp_path / file)
        if "--name" not in options:  # by then it would name what is a reference
            assert again.code == ran.code
        assert (tmp_path / file).read_bytes() == after
        assert len(stub.made("PutParameter")) == len(values)

    return check


def cases() -> list[Path]:
    """Return all files of cases, by name."""
    return sorted(CASES.glob("*.yml"))

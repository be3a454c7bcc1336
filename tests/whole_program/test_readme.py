"""What the README shows is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from docs.pictures import DOCS, PICTURES, ROOT
from migrate.model import ExitCode

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_texts_and_dry_run_in_the_readme_are_current() -> None:
    command = [sys.executable, "-m", "cogapp", "--check", "--diff", "-I", str(ROOT), "README.md"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + "\nrenew it with: cog -r -I . README.md"


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_pictures_are_current(name: str) -> None:
    drawn = PICTURES[name]()
    assert drawn == (DOCS / name).read_text(encoding="utf-8"), "renew them with: python -m docs.pictures"


def test_exit_code_table_is_complete() -> None:
    rows = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert [int(row) for row in rows] == sorted(ExitCode)


@pytest.mark.parametrize("name", ["try", "test"])
def test_readme_holds_both_commands_on_one_line(name: str) -> None:
    found = re.search(rf"^<!-- command: {name} -->\n```\n(.+)\n```$", README, re.MULTILINE)
    assert found
    assert "pip install" in found[1]

"""CONTRIBUTING names files that exist, and the changelog holds one fact an entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
HEADINGS = ("Added", "Changed", "Fixed", "Removed", "Security")
# Parts of an editable path, such as `migrate/stores/NAME.py`, stand for what is to be made.
FILES = sorted(
    {
        name
        for name in re.findall(r"`((?:migrate|tests|docs|benchmarks|\.ci)/[\w./]*)`", CONTRIBUTING)
        if "NAME" not in name
    }
)


def entries() -> list[tuple[str, str]]:
    """Return each entry of the changelog with the heading that it stands under."""
    found = []
    for section in re.split(r"^##+ ", CHANGELOG, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        found += [(heading, entry.rstrip()) for entry in re.split(r"^- ", body, flags=re.MULTILINE)[1:]]
    return found


@pytest.mark.parametrize("name", FILES)
def test_contributing_names_what_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_contributing_names_the_first_file_of_every_way_to_add() -> None:
    ways = re.split(r"^### … ", CONTRIBUTING, flags=re.MULTILINE)[1:]
    assert len(ways) >= 7
    assert [way.partition("\n")[0] for way in ways if not re.search(r"`(?:migrate|tests)/", way)] == []


def test_contributing_sets_up_with_the_readme_s_command() -> None:
    command = re.search(r"<!-- command: test -->\n```\n(.+)\n", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert command
    assert command[1] in CONTRIBUTING


def test_changelog_entry_is_one_fact_under_a_known_heading() -> None:
    assert entries()
    assert [entry for heading, entry in entries() if heading not in HEADINGS or entry.count("\n") >= 3] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md", "SECURITY.md"])
def test_readme_leads_to_the_document(document: str) -> None:
    assert f"]({document})" in (ROOT / "README.md").read_text(encoding="utf-8")

"""CONTRIBUTING names files that exist, and the changelog holds one fact an entry."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
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
def test_contributing_names_existing_files(name: str) -> None:
    assert (ROOT / name).exists()


def test_contributing_names_a_file_for_every_kind_of_addition() -> None:
    ways = re.split(r"^### … ", CONTRIBUTING, flags=re.MULTILINE)[1:]
    assert len(ways) >= 7
    assert [way.partition("\n")[0] for way in ways if not re.search(r"`(?:migrate|tests)/", way)] == []


def test_contributing_uses_the_readmes_setup_command() -> None:
    command = re.search(r"<!-- command: test -->\n```\n(.+)\n", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert command
    assert command[1] in CONTRIBUTING


def test_changelog_entry_is_short_and_under_a_known_heading() -> None:
    assert entries()
    assert [entry for heading, entry in entries() if heading not in HEADINGS or entry.count("\n") >= 3] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md", "SECURITY.md"])
def test_readme_links_to_the_document(document: str) -> None:
    assert f"]({document})" in (ROOT / "README.md").read_text(encoding="utf-8")


# ── the steps, carried out on a copy of the package ───────────────────────────────────────────

MANIFEST = "service: shop\nframeworkVersion: '3'\nprovider:\n  name: aws\n  environment:\n    DOOR: acme_{}\n"
TOKEN = "0123456789abcdefghij"


def insert(file: Path, before: str, line: str) -> None:
    """Add a row before the last line of a table that begins with `before`."""
    head, found, rest = file.read_text(encoding="utf-8").partition(before)
    assert found, f"{file.name} has no {before}"
    file.write_text(f"{head}{found}\n    {line}{rest}", encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, beside a manifest."""
    shutil.copytree(ROOT / "migrate", tmp_path / "migrate", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "serverless.yml").write_text(MANIFEST.format(TOKEN))
    return tmp_path / "migrate"


def run(package: Path, *words: str) -> str:
    """Run the program of a copy of the package, in its directory."""
    command = [sys.executable, "-m", "migrate", *words]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    return subprocess.run(
        command, cwd=package.parent, env=environment, capture_output=True, text=True, check=False
    ).stdout


def test_rule_is_added_in_one_place(package: Path) -> None:
    row = 'Shape("acme-token", "Acme token", _T, "acme_", r"acme_[a-z0-9]{20}", "acme_{base36:20}"),'
    assert "acme-token" not in run(package, "scan", ".")
    insert(package / "detect" / "tokens.py", "SHAPES: tuple[Shape, ...] = (", row)
    assert "Acme token" in run(package, "scan", ".")
    assert "acme-token" in run(package, "rules")


def test_report_format_is_added_in_one_place(package: Path) -> None:
    (package / "reports" / "plain.py").write_text(
        "def to_text(report):\n    return f'{len(report.results)} results\\n' + str(report.results[0].diffs)\n"
    )
    row = 'Form(".made", "migrate.reports.plain:to_text", (" results",), with_diffs=True),'
    insert(package / "reports" / "forms.py", "FORMS = (", row)
    (package.parent / "serverless.yml").write_text(MANIFEST.format(TOKEN) + "    DB_PASSWORD: quartz-heron-9k2p\n")
    assert ".made" in run(package, "scan", "--help")
    for _ in range(2):  # an earlier one is replaced
        run(package, ".", "--dry-run", "--report", "r.made")
        written = (package.parent / "r.made").read_text()
        assert written.startswith("1 results\n")
        assert "+++ b/serverless.yml" in written
        (package.parent / "r.made").write_text("3 results\n")

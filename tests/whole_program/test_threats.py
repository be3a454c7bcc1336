"""The threat table names tests that exist, and each threat has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
TABLE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
_HEAD = ("threat", "---")


def rows() -> Iterator[tuple[str, list[str]]]:
    """Each threat with the tests that are named for it."""
    for line in TABLE.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and not line.strip("|").strip().startswith(_HEAD):
            yield cells[0], re.findall(r"`([^`]+)`", cells[2])


def exists(named: str) -> bool:
    """Whether `test_file.py::test_name`, or a whole `test_file.py`, is there."""
    file, _, name = named.partition("::")
    if not (TESTS / file).is_file():
        return False
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return name in found if name else any(each.startswith("test_") for each in found)


@pytest.mark.parametrize(("threat", "named"), [pytest.param(*row, id=row[0]) for row in rows()])
def test_every_threat_names_existing_tests(threat: str, named: list[str]) -> None:
    assert named
    assert [each for each in named if not exists(each)] == []


def test_threats_are_unique() -> None:
    threats = [threat for threat, _ in rows()]
    assert len(threats) == len(set(threats)) > 30


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ("whole_program/test_threats.py", True),
        ("whole_program/test_threats.py::test_threats_are_unique", True),
        ("whole_program/test_threats.py::test_that_nobody_wrote", False),
        ("test_nothing.py", False),
        ("program.py", False),
    ],
)
def test_missing_test_is_distinguished_from_an_existing_one(named: str, there: bool) -> None:
    assert exists(named) is there


@pytest.mark.parametrize("document", ["README.md", "docs/threats.md"])
def test_document_refers_to_the_security_notes(document: str) -> None:
    assert "SECURITY.md" in (ROOT / document).read_text(encoding="utf-8")

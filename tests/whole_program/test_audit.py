"""The audit of what is installed never calls unaudited what it did not audit, nor clean."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit.py"
CLEAN = {"name": "click", "version": "8.2.0", "vulns": []}
HOLED = {"name": "jinja2", "version": "3.1.5", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]}
UNKNOWN = {"name": "click", "skip_reason": "Dependency not found on PyPI and could not be audited: click (8.2.0)"}


def audited(directory: Path, answers: dict[str, str], *options: str) -> tuple[int, str]:
    """Runs it with a pip-audit that gives these answers, by database; its exit code and last words."""
    program = directory / "pip-audit"
    asked = "sys.argv[sys.argv.index('--vulnerability-service') + 1]"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdout.write({answers!r}[{asked}])\n")
    program.chmod(0o755)
    command = [sys.executable, str(AUDIT), str(program), str(directory), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def said(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


@pytest.mark.parametrize(
    ("pypi", "osv", "code", "words"),
    [
        (said(CLEAN, UNKNOWN), "", 0, "1 packages audited (pypi), known holes: 0"),
        (said(CLEAN, HOLED), "", 1, "jinja2 3.1.5: PYSEC-1, mended in 3.1.6"),
        (said(UNKNOWN), said(HOLED), 1, "1 packages audited (osv), known holes: 1"),
        (said(UNKNOWN), "", 0, "NOT AUDITED"),
        ("", "", 0, "NOT AUDITED"),
    ],
)
def test_audit_result_follows_the_database_answers(tmp_path: Path, pypi: str, osv: str, code: int, words: str) -> None:
    ended, out = audited(tmp_path, {"pypi": pypi, "osv": osv})
    assert (ended, words in out) == (code, True), out


def test_required_audit_fails_without_an_answer(tmp_path: Path) -> None:
    assert audited(tmp_path, {"pypi": said(UNKNOWN), "osv": ""}, "--required")[0] == 1

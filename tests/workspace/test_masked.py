"""What is shown of a file holds no secret of it, those that nobody is asked about neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.workspace.loading import LoadRequest, load
from migrate.workspace.masked import masked_texts
from tests.support.program import Program, write

ALLOWED, ASKED = "quartz-heron-9k2p", "tiger-otter-4f7x"
TEXT = f"service: shop\nprovider:\n  environment:\n    A_PASSWORD: {ASKED}\n    B_PASSWORD: {ALLOWED}"
ALLOW = '[[allow]]\nkey-path = "provider.environment.B_*"\n'
BASELINE = '{"results": {"serverless.yml": [{"type": "Secret Keyword", "line_number": 5}]}}'


@pytest.mark.parametrize(
    ("comment", "more"),
    [(" # slsmigrate: ignore", {}), ("", {".slsmigrate.toml": ALLOW}), ("", {".secrets.baseline": BASELINE})],
)
def test_secret_that_is_allowed_is_masked_and_not_found(tmp_path: Path, comment: str, more: dict[str, str]) -> None:
    files = {"serverless.yml": f"{TEXT}{comment}\ncustom: {{env: '${{file(env.yml)}}'}}\n", ".git/HEAD": ""}
    write(tmp_path, {**files, "env.yml": f"note: see {ALLOWED}\n", **more})
    workspace = load(LoadRequest([tmp_path], tmp_path))
    assert [each.secret.reveal() for each in workspace.findings] == [ASKED]
    shown = "".join(map(masked_texts(workspace), workspace.manifests.values()))
    assert "B_PASSWORD: " in shown
    assert "note: see" in shown
    assert ALLOWED not in shown


def test_secret_that_is_allowed_is_masked_beside_what_changes(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": f"{TEXT}\n", ".slsmigrate.toml": ALLOW})
    ran = slsmigrate("--dry-run")
    assert "B_PASSWORD: ••••••" in ran.out
    assert ALLOWED not in ran.out + ran.err

"""A project goes from Serverless 2 to 3 by `verify --fix` alone, and the real Serverless 3 deploys the same."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .build import Build, Json, build_with, differences
from .draft import Draft, function
from .frameworks import SLS2, SLS3, CommandLine, Framework, Surroundings
from .migration import console_script

NAMES = [f"/upgrade/key-{number}" for number in range(15)]
SHAPES = ("hunter2$&", "123", '{"a": 1}', "two\nlines\n", "ünï 🙂", "a, 'b'")
LINES = [
    *(f"      KEY_{number}: ${{ssm:{name}~true}}\n" for number, name in enumerate(NAMES)),
    "      IN_TEXT: 'a ${ssm:/upgrade/key-0~true} b'   # kept\n",
    '      FALLBACK: "${env:NOT_SET, ssm:/upgrade/key-1~true}"\n',
    "      ELSEWHERE: ${ssm.us-west-2:/upgrade/key-2~true}\n",
    "      IN_BLOCK: |-\n        ${ssm:/upgrade/key-3~true}\n",
    "      STAGED: ${ssm:/upgrade/${opt:stage, 'dev'}/key~true}\n",
]


def _manifest(version: str) -> str:
    head = Draft("upgrade").head().replace("service:", f'frameworkVersion: "{version}"\nservice:', 1)
    return f"{head}functions:\n{function('one', ''.join(LINES))}"


def _fixed(text: str) -> str:
    text = text.replace("ssm.us-west-2:/upgrade/key-2~true", "ssm(us-west-2, raw):/upgrade/key-2")
    return text.replace("ssm:/", "ssm(raw):/").replace("~true", "")


@pytest.mark.e2e
def test_verify_fix_converts_a_version_2_project_to_version_3(
    tmp_path: Path, command_line: Callable[[Framework], CommandLine], surroundings: Surroundings
) -> None:
    import boto3

    for region in ("us-east-1", "us-west-2"):
        client = boto3.client("ssm", region_name=region, endpoint_url=surroundings.store)
        for number, name in enumerate([*NAMES, "/upgrade/dev/key"]):
            client.put_parameter(Name=name, Value=SHAPES[number % len(SHAPES)], Type="SecureString")
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "handler.js").write_text("exports.f = 1\n")
    (folder / "serverless.yml").write_text(_manifest("2"))
    before = build_with("package", command_line(SLS2), folder)
    assert isinstance(before, Build), before
    (folder / "serverless.yml").write_text(_manifest("3"))
    done = subprocess.run(
        [console_script(), "verify", "--fix", "--yes", "--stage", "dev"],
        cwd=folder,
        env={**surroundings.variables(), "AWS_ENDPOINT_URL": surroundings.store},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 references: 20 good" in done.stdout
    assert (folder / "serverless.yml").read_text() == _fixed(_manifest("3"))
    after = build_with("package", command_line(SLS3), folder)
    assert isinstance(after, Build), after
    assert list(differences(_environment(before), _environment(after))) == []


def _environment(built: Build) -> Json:
    tree = built.tree
    for key in ("Resources", "OneLambdaFunction", "Properties", "Environment"):
        assert isinstance(tree, dict)
        tree = tree[key]
    return tree

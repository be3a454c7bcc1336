"""References written by hand, under the real command lines: the right form deploys the same, each wrong one is seen."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .build import Build, BuildFailed, build_with, differences
from .draft import Draft, function
from .frameworks import FRAMEWORKS, SLS1, SLS2, CommandLine, Framework, Surroundings

LEGACY = (SLS1, SLS2)
VALUES = {
    "/forms/password": "hunter2$&",
    "/forms/json": '{"id": 12345678901234567890, "password": "hunter2"}',
    "/forms/lines": "first\nsecond\n",
}
OWN = {True: "ssm:{}~true", False: "ssm(raw):{}"}
pytestmark = pytest.mark.e2e


@pytest.fixture
def deploy(tmp_path: Path, command_line: Callable[[Framework], CommandLine], surroundings: Surroundings) -> object:
    """Builds a manifest with these environment lines, once the parameters are there."""
    import boto3

    client = boto3.client("ssm", region_name="us-east-1", endpoint_url=surroundings.store)
    for name, value in VALUES.items():
        client.put_parameter(Name=name, Value=value, Type="SecureString")

    def run(framework: Framework, environment: str) -> Build | BuildFailed:
        folder = tmp_path / f"service-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / "handler.js").write_text("exports.f = 1\n")
        (folder / "serverless.yml").write_text(f"{Draft('forms').head()}functions:\n{function('one', environment)}")
        return build_with("package", command_line(framework), folder)

    return run


Deploy = Callable[[Framework, str], Build | BuildFailed]

BEFORE = (
    "      PASSWORD: hunter2$&\n"
    '      JSON: \'{"id": 12345678901234567890, "password": "hunter2"}\'\n'
    "      LINES: |\n        first\n        second\n"
    "      FALLBACK: ${env:NOT_SET, 'hunter2$&'}\n"
    "      URL: postgres://app:hunter2$&@db/${opt:stage, 'dev'}\n"
)


def _after(reference: Callable[[str], str], fallback: str) -> str:
    return (
        f"      PASSWORD: ${{{reference('/forms/password')}}}\n"
        f"      JSON: ${{{reference('/forms/json')}}}\n"
        f"      LINES: ${{{reference('/forms/lines')}}}\n"
        f"      FALLBACK: {fallback}\n"
        f"      URL: postgres://app:${{{reference('/forms/password')}}}@db/${{opt:stage, 'dev'}}\n"
    )


def _seen(before: Build | BuildFailed, after: Build | BuildFailed) -> list[str]:
    assert isinstance(before, Build), before
    return [after.reason] if isinstance(after, BuildFailed) else list(differences(before.tree, after.tree))


def _own(framework: Framework) -> Callable[[str], str]:
    return OWN[framework in LEGACY].format


def _others(framework: Framework) -> Callable[[str], str]:
    return OWN[framework not in LEGACY].format


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.name)
def test_right_form_deploys_identically_and_wrong_forms_do_not(framework: Framework, deploy: Deploy) -> None:
    own, other = _own(framework), _others(framework)
    before = deploy(framework, BEFORE)
    right = f"${{env:NOT_SET, {own('/forms/password')}}}"
    assert _seen(before, deploy(framework, _after(own, right))) == []
    assert _seen(before, deploy(framework, _after(other, right)))
    bare = _seen(before, deploy(framework, _after("ssm:{}".format, right)))
    assert any("kms:" in line or "became {'id'" in line for line in bare)
    nested = f"${{env:NOT_SET, ${{{own('/forms/password')}}}}}"
    assert _seen(before, deploy(framework, _after(own, nested)))
    missing = right.replace("/forms/password", "/forms/none")
    assert _seen(before, deploy(framework, _after(own, missing)))


def test_only_the_store_can_be_reached(
    command_line: Callable[[Framework], CommandLine], surroundings: Surroundings
) -> None:
    script = "require('net').connect(443, 'example.com').on('error', (error) => console.log(error.message))"
    done = subprocess.run(["node", "-e", script], env=command_line(SLS1).variables(), capture_output=True, text=True)
    assert "refused by the test run" in done.stdout
    assert surroundings.refusals() == ("example.com:443",)

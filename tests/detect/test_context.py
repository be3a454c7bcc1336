"""Where a value stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.detect.context import Context, Contexts, is_container
from migrate.detect.siblings import Siblings
from migrate.model import Role
from migrate.model.keypath import KeyPath
from migrate.text.manifest import read
from tests.detect.test_rules import tree


def context(text: str, path: str, *, name: str = "serverless.yml", role: Role = Role.MANIFEST) -> Context:
    manifest = read(Path(name), text.encode(), role)
    scalar = next(scalar for scalar in manifest.scalars if scalar.path == KeyPath.parse(path))
    return Contexts(manifest, Siblings(manifest)).of(scalar)


@pytest.mark.parametrize(
    ("text", "path", "description"),
    [
        ("provider:\n  environment:\n    A: x1\n", "provider.environment.A", "in an environment map"),
        ("provider:\n  enviroment:\n    A: x1\n", "provider.enviroment.A", "in an environment map"),
        ("functions:\n  f:\n    environment:\n      A: x1\n", "functions.f.environment.A", "in an environment map"),
        ("a:\n  headers:\n    A: x1\n", "a.headers.A", "in a header map"),
        ("custom:\n  secrets:\n    A: x1\n", "custom.secrets.A", "among secrets"),
        ("custom:\n  a:\n    A: x1\n", "custom.a.A", "in custom settings"),
        ("R:\n  Properties:\n    A: x1\n", "R.Properties.A", "in a resource property"),
        ("Parameters:\n  P:\n    Default: x1\n", "Parameters.P.Default", "the default of a stack parameter"),
        ("provider:\n  apiKeys:\n    - value: x1\n", "provider.apiKeys[0].value", "among the API keys of the gateway"),
        ("examples:\n  A: x1\n", "examples.A", "among examples"),
        ("a:\n  description: x1\n", "a.description", "in a description"),
        ("a: x1\n", "a", "in the manifest"),
    ],
)
def test_context_is_described_in_words(text: str, path: str, description: str) -> None:
    assert context(text, path).description == description


def test_included_file_has_its_own_context() -> None:
    assert context("a: x1\n", "a", name="env.yml", role=Role.INCLUDED).description == "in an included file"
    assert context("a: x1\n", "a", name="secrets.dev.yml", role=Role.INCLUDED).description == "among secrets"


@pytest.mark.parametrize(
    "path",
    [
        "iamRoleStatements[0].Action",
        "a.KeySchema[0].token",
        "functions.f.events[0].http.token",
        "package.token",
        "a.Tags[0].Value",
    ],
)
def test_names_under_permissions_and_schemas_are_ignored(path: str) -> None:
    assert not context(json.dumps(tree([(path, "x1")])), path, name="serverless.json").named


def test_schedule_input_is_a_named_context() -> None:
    assert context("events:\n  - schedule:\n      input:\n        token: x1\n", "events[0].schedule.input.token").named


@pytest.mark.parametrize("name", ["secrets", "db-credentials", "secrets.dev", "apiTokens"])
def test_container_of_secrets_is_recognized(name: str) -> None:
    assert is_container(name)


@pytest.mark.parametrize("name", ["SecretsManagerRole", "TokenTable", "env", ""])
def test_other_map_is_not_a_container_of_secrets(name: str) -> None:
    assert not is_container(name)

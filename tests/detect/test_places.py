"""Where a value stands, and which name means it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.detect.places import Surroundings, is_container
from migrate.model import Manifest, Role, Scalar
from migrate.model.keypath import KeyPath
from migrate.text.manifest import read
from tests.detect.test_rules import tree


def at(
    text: str, path: str, *, name: str = "serverless.yml", role: Role = Role.MANIFEST
) -> tuple[Surroundings, Scalar]:
    found: Manifest = read(Path(name), text.encode(), role)
    return Surroundings(found), next(each for each in found.scalars if each.path == KeyPath.parse(path))


@pytest.mark.parametrize(
    ("text", "path", "says"),
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
def test_a_place_is_told_in_words(text: str, path: str, says: str) -> None:
    around, scalar = at(text, path)
    assert around.place(scalar).says == says


def test_an_included_file_is_a_place_of_its_own() -> None:
    around, scalar = at("a: x1\n", "a", name="env.yml", role=Role.INCLUDED)
    assert around.place(scalar).says == "in an included file"
    around, scalar = at("a: x1\n", "a", name="secrets.dev.yml", role=Role.INCLUDED)
    assert around.place(scalar).says == "among secrets"


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
def test_under_permissions_and_schemas_no_name_counts(path: str) -> None:
    around, scalar = at(json.dumps(tree([(path, "x1")])), path, name="serverless.json")
    assert not around.place(scalar).named


def test_the_input_of_a_schedule_counts() -> None:
    around, scalar = at("events:\n  - schedule:\n      input:\n        token: x1\n", "events[0].schedule.input.token")
    assert around.place(scalar).named


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("DB_PASS: x1\n", "DB_PASS", "db pass"),
        ("apiKey:\n  dev: x1\n", "apiKey.dev", "api key"),
        ("apiKey:\n  dev:\n    - x1\n", "apiKey.dev[0]", "api key"),
        ("jwt:\n  secret: x1\n", "jwt.secret", "jwt secret"),
        ("environment:\n  key: x1\n", "environment.key", "key"),
        ("- name: DB_PASS\n  value: x1\n", "[0].value", "db pass"),
        ("- Key: DB_PASS\n  Value: x1\n", "[0].Value", "db pass"),
        ("P:\n  Default: x1\n", "P.Default", "p"),
        ("a:\n  Fn::Sub: x1\n", 'a["Fn::Sub"]', "a"),
        ("a:\n  Ref: x1\n", "a.Ref", ""),
        ("a: !GetAtt x1\n", "a", ""),
        ("a:\n  Fn::GetAtt: [x1, y]\n", 'a["Fn::GetAtt"][0]', ""),
        ("- x1\n", "[0]", ""),
        ("provider:\n  apiKeys:\n    - x1\n", "provider.apiKeys[0]", ""),
    ],
)
def test_a_value_has_the_name_that_means_it(text: str, path: str, words: str) -> None:
    around, scalar = at(text, path)
    assert around.name(scalar).words == tuple(words.split())


def test_a_parent_can_take_a_name_back() -> None:
    around, scalar = at("s3:\n  key: x1\n", "s3.key")
    assert around.name(scalar).sense is None


def test_a_key_of_its_own_in_a_map_of_secrets_is_weak() -> None:
    around, scalar = at("apiKeys:\n  acme: x1\n", "apiKeys.acme")
    found = around.name(scalar).sense
    assert found is not None
    assert found.strength == 1
    around, scalar = at("apiKeys:\n  table: x1\n", "apiKeys.table")
    assert around.name(scalar).sense is None


def test_a_stored_parameter_is_meant_by_its_own_name() -> None:
    text = "R:\n  Type: AWS::SSM::Parameter\n  Properties:\n    Name: /acme/db-password\n    Value: x1\n"
    around, scalar = at(text, "R.Properties.Value")
    assert around.name(scalar).words == ("db", "password")
    assert around.place(scalar).says == "in a resource property that carries secrets"


@pytest.mark.parametrize("name", ["secrets", "db-credentials", "secrets.dev", "apiTokens"])
def test_a_container_of_secrets_is_known(name: str) -> None:
    assert is_container(name)


@pytest.mark.parametrize("name", ["SecretsManagerRole", "TokenTable", "env", ""])
def test_another_map_is_none(name: str) -> None:
    assert not is_container(name)

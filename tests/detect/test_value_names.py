"""Which name means a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.detect.name_meaning import Strength
from migrate.detect.siblings import Siblings
from migrate.detect.value_names import ValueName, name_of
from migrate.model.keypath import KeyPath
from migrate.text.manifest import read
from tests.detect.test_context import context


def name(text: str, path: str) -> ValueName:
    manifest = read(Path("serverless.yml"), text.encode())
    scalar = next(scalar for scalar in manifest.scalars if scalar.path == KeyPath.parse(path))
    return name_of(scalar, Siblings(manifest))


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
def test_value_takes_the_name_that_gives_its_meaning(text: str, path: str, words: str) -> None:
    assert name(text, path).words == tuple(words.split())


def test_parent_name_can_exclude_a_secret() -> None:
    assert name("s3:\n  key: x1\n", "s3.key").meaning is None


def test_custom_key_in_a_map_of_secrets_is_weak() -> None:
    found = name("apiKeys:\n  acme: x1\n", "apiKeys.acme").meaning
    assert found is not None
    assert found.strength is Strength.WEAK
    assert name("apiKeys:\n  table: x1\n", "apiKeys.table").meaning is None


def test_stored_parameter_takes_its_meaning_from_its_own_name() -> None:
    text = "R:\n  Type: AWS::SSM::Parameter\n  Properties:\n    Name: /acme/db-password\n    Value: x1\n"
    assert name(text, "R.Properties.Value").words == ("db", "password")
    assert context(text, "R.Properties.Value").description == "in a resource property that carries secrets"

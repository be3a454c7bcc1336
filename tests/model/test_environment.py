"""Keys of the maps that become environment variables."""

from __future__ import annotations

import pytest

from migrate.model.environment import is_environment_map


@pytest.mark.parametrize("key", ["environment", "Enviroment", "env", "ENV", "Variables", "environmentVariables"])
def test_environment_map_is_recognized_by_its_key(key: str) -> None:
    assert is_environment_map(key)


@pytest.mark.parametrize("key", ["", "vars", "dotenv", "environments", "env_variables", "custom"])
def test_map_only_named_like_an_environment_is_not_one(key: str) -> None:
    assert not is_environment_map(key)

"""Keys of the maps that become environment variables."""

from __future__ import annotations

ENVIRONMENT_MAPS = frozenset({"env", "environment", "enviroment", "variables"})  # in lower case
_COMPOUNDS = frozenset({"envvariables", "environmentvariables", "enviromentvariables"})


def is_environment_map(key: str) -> bool:
    """Return whether a map of this name is certain to become environment variables.

    A number in such a map is a string to the function that reads it, which is not so in a map that only has a similar
    name: `vars`, `dotenv`.
    """
    name = key.lower()
    return name in ENVIRONMENT_MAPS or name in _COMPOUNDS

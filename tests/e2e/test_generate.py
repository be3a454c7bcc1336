"""The generated services hold what they say, before any command line reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.comments import TaggedScalar

from .frameworks import FRAMEWORKS, Framework
from .generate import RECIPES, Recipe
from .services import NAMES, service


def _texts(tree: object) -> Iterator[str]:
    if isinstance(tree, str | TaggedScalar):
        yield str(tree if isinstance(tree, str) else tree.value)
    elif isinstance(tree, Mapping | Sequence):
        for item in tree.values() if isinstance(tree, Mapping) else tree:
            yield from _texts(item)


def _read(name: str, content: bytes) -> object:
    text = content.decode("utf-8-sig")
    # js-yaml reads tabs between key and value, ruamel.yaml does not.
    return json.loads(text) if name.endswith(".json") else YAML(pure=True).load(text.replace(":\t", ": "))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_planted_secret_can_be_read_from_the_files(recipe: Recipe) -> None:
    made = recipe.service()
    files = {name: content for name, content in made.files.items() if not name.endswith(".js")}
    held = "\0".join(text for name, content in files.items() for text in _texts(_read(name, content)))
    assert [value for value in made.planted if value not in held] == []
    assert made.secrets >= len(made.planted)


def test_generated_services_are_deterministic() -> None:
    assert [recipe.service() for recipe in RECIPES] == [recipe.service() for recipe in RECIPES]


def test_no_secret_is_planted_twice() -> None:
    planted = [value for recipe in RECIPES for value in recipe.service().planted]
    assert len(planted) == len(set(planted))


def test_at_least_forty_services_are_generated_with_the_samples_among_them() -> None:
    assert len(set(NAMES)) >= 40
    assert "hello-world/serverless.yml" in NAMES
    assert b"GITHUB_API_KEY" in service("hello-world/serverless.yml").files["serverless.yml"]


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.name)
def test_lockfile_pins_the_version_and_holds_no_registry_address(framework: Framework) -> None:
    lock = json.loads((framework.pins / "package-lock.json").read_text("utf-8"))
    assert lock["packages"][f"node_modules/{framework.package}"]["version"] == framework.version
    assert all(
        "integrity" in package and "resolved" not in package for path, package in lock["packages"].items() if path
    )

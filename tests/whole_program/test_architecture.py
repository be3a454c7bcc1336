"""The page on the architecture names rooms, modules and errors that exist, and all of them."""

from __future__ import annotations

import importlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from migrate.model import SlsMigrateError
from tests.whole_program.test_layering import PACKAGE, ROOMS

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(rf"`((?:{'|'.join(ROOMS)})\.[\w.]+)`", PAGE)))
_ENTRY = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>\w+Error)$", re.MULTILINE)


def resolve(name: str) -> object:
    """Return the module, or the object in it, of a dotted name; raises where there is none."""
    room, *parts = name.split(".")
    found: object = importlib.import_module(f"migrate.{room}")
    for part in parts:
        if not hasattr(found, part) and hasattr(found, "__path__"):
            importlib.import_module(f"{getattr(found, '__name__')}.{part}")  # noqa: B009 - of a module
        found = getattr(found, part)
    return found


def drawn_tree() -> set[tuple[str, str]]:
    """Return each error of the page with the one that it is drawn below."""
    entries = [(len(entry["indent"]) // 4, entry["name"]) for entry in _ENTRY.finditer(PAGE)]
    above = {0: entries[0][1]}
    edges = set()
    for (_, _), (depth, name) in pairwise(entries):
        above[depth] = name
        edges.add((above[depth - 1], name))
    return edges


def real_tree(error: type[Exception]) -> set[tuple[str, str]]:
    """Return each error of ours with the one that it is derived from."""
    children = [child for child in error.__subclasses__() if child.__module__.startswith("migrate.")]
    return {(error.__name__, child.__name__) for child in children}.union(*map(real_tree, children))


def test_page_lists_every_package_in_order() -> None:
    rooms = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rooms == list(ROOMS)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_on_the_page_exists(name: str) -> None:
    assert resolve(name) is not None


def test_page_names_something_of_every_package() -> None:
    assert {name.partition(".")[0] for name in NAMES} == set(ROOMS)


def test_error_tree_on_the_page_matches_the_code() -> None:
    for file in PACKAGE.rglob("*.py"):
        if "Error(" in file.read_text(encoding="utf-8"):
            importlib.import_module(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts))
    assert drawn_tree() == real_tree(SlsMigrateError)


def test_page_has_fewer_than_150_lines() -> None:
    assert PAGE.count("\n") < 150

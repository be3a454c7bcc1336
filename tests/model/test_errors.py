"""The tree of errors is drawn as it is."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import migrate
from migrate.model import SlsMigrateError, errors

ROW = re.compile(r"^( *)- (\w+) +(\S+) +(\d+)$", re.MULTILINE)
Row = tuple[str | None, str, str, int]


def drawn() -> Iterator[Row]:
    """The rows of the docstring: base, name, module, exit code."""
    path: list[str] = []
    for indent, name, module, code in ROW.findall(errors.__doc__ or ""):
        path[len(indent) // 2 :] = [name]
        yield (path[-2] if len(path) > 1 else None), name, module, int(code)


def defined(error: type[SlsMigrateError], base: str | None = None) -> Iterator[Row]:
    """The same of the classes that there are, each with all below it."""
    yield base, error.__name__, error.__module__.removeprefix("migrate."), int(error.exit_code)
    for below in error.__subclasses__():
        if below.__module__.startswith("migrate."):
            yield from defined(below, error.__name__)


def test_error_tree_in_the_docstring_matches_the_classes() -> None:
    for module in pkgutil.walk_packages(migrate.__path__, "migrate."):
        if not module.name.endswith((".windows", ".__main__")):
            importlib.import_module(module.name)
    assert sorted(drawn(), key=str) == sorted(defined(SlsMigrateError), key=str)


def test_error_tree_has_a_row_for_every_line_of_the_docstring_list() -> None:
    lines = [line for line in (errors.__doc__ or "").splitlines() if line.lstrip().startswith("- ")]
    assert len(list(drawn())) == len(lines) > 10

"""The rooms of the program in the order of a value's way; each imports only from those before it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "migrate"
ROOMS = (
    "model",
    "text",
    "files",
    "stores",
    "detect",
    "framework",
    "masking",
    "plan",
    "workspace",
    "migration",
    "reports",
    "terminal",
    "commands",
)
ANYWHERE = {"msgspec"}  # the base of the frozen types
LIBRARIES = {
    "text": {"ruamel", "yaml"},
    "detect": {"re2"},
    "files": {"pathspec"},
    "stores": {"boto3", "botocore", "moto", "werkzeug"},
    "framework": {"nodesemver"},
    "reports": {"jinja2", "markupsafe"},
    "terminal": {"click", "rich", "questionary", "prompt_toolkit"},
    "commands": {"click"},
}
LAZY = (
    "ruamel",
    "yaml",
    "boto3",
    "botocore",
    "questionary",
    "prompt_toolkit",
    "rich",
    "moto",
    "pathspec",
    "re2",
    "nodesemver",
    "jinja2",
)


def imports_of(room: str) -> Iterator[tuple[Path, str]]:
    """Return every module that a room imports, with the file that imports it."""
    for file in sorted((PACKAGE / room).rglob("*.py")):
        for name in imports(file):
            yield file.relative_to(PACKAGE), name


@cache
def imports(file: Path) -> tuple[str, ...]:
    return tuple(_imports(ast.parse(file.read_text(encoding="utf-8"))))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if node.module == "migrate" or _is_module(name) else node.module


def _is_module(name: str) -> bool:
    return (PACKAGE.parent / name.replace(".", "/")).with_suffix(".py").is_file()


def named_for_others(room: str) -> set[str]:
    """Return the modules that a room's docstring names for others to use."""
    docstring = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return set(re.findall(r"`(\w+)`", docstring.partition("Others use:")[2]))


@pytest.mark.parametrize("room", ROOMS)
def test_package_imports_only_from_those_before_it(room: str) -> None:
    before = {*ROOMS[: ROOMS.index(room) + 1], "__version__"}
    for file, name in imports_of(room):
        top, _, rest = name.partition(".")
        if top == "migrate":
            assert rest.split(".")[0] in before, f"{file} imports {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_library_is_imported_only_by_its_package(room: str) -> None:
    allowed = LIBRARIES.get(room, set()) | ANYWHERE | {"migrate"}
    for file, name in imports_of(room):
        top = name.partition(".")[0]
        assert top in allowed or top in sys.stdlib_module_names, f"{file} imports {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_package_docstring_names_what_other_packages_use(room: str) -> None:
    names = {name for other in ROOMS if other != room for _, name in imports_of(other)}
    names.update(imports(PACKAGE / "__main__.py"))
    assert named_for_others(room) == {name.split(".")[2] for name in names if name.startswith(f"migrate.{room}.")}


def test_program_consists_of_the_listed_packages_and_the_entry_point() -> None:
    rooms = {entry.name for entry in PACKAGE.iterdir() if entry.is_dir() and entry.name != "__pycache__"}
    assert rooms == set(ROOMS)
    assert {file.name for file in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_heavy_modules_are_not_imported_before_they_are_needed() -> None:
    code = "import sys; from migrate.commands import cli; cli.main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded.intersection(LAZY)

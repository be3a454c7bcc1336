"""Find the tests that hold a module: `tests/` mirrors `migrate/`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_OTHER_FOLDERS = ("e2e", "fuzz", "support", "whole_program")  # which mirror no room


def tests_of(tree: Path, module: str) -> tuple[str, ...]:
    """Return the test files of a module such as `text/edits`, relative to the tree.

    pytest stops at the first test that notices a mutant, so those that notice most come first: the file that mirrors
    the module, then those of its room that import it or mirror a module that does, the room's others, and then those
    of other rooms. Raises SystemExit where there is none.
    """
    files = sorted(_test_files(tree))
    mirror = _mirror(module)
    room = [file for file in files if file.parent == mirror.parent]
    mirrors = {_mirror(user) for user in _modules_that_import(tree, module)}
    near = [file for file in files if file in mirrors or _imports(tree / file, module)]
    ordered = dict.fromkeys((mirror, *(file for file in room if file in near), *room, *near))
    chosen = tuple(str(file) for file in ordered if file in files)
    if not chosen:
        raise SystemExit(f"error: no test holds migrate/{module}.py")
    return chosen


def _test_files(tree: Path) -> Iterator[Path]:
    for file in (tree / "tests").rglob("test_*.py"):
        relative = file.relative_to(tree)
        if not set(relative.parts).intersection(_OTHER_FOLDERS):
            yield relative


def _mirror(module: str) -> Path:
    room, _, name = module.rpartition("/")
    return Path("tests", room, f"test_{name}.py")


def _modules_that_import(tree: Path, module: str) -> Iterator[str]:
    for file in (tree / "migrate").rglob("*.py"):
        if _imports(file, module):
            yield file.relative_to(tree / "migrate").with_suffix("").as_posix()


def _imports(file: Path, module: str) -> bool:
    dotted = ".".join(("migrate", *module.split("/")))
    return any(dotted in _imported(node) for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def _imported(node: ast.AST) -> frozenset[str]:
    """Return the names that an import may mean: of modules, and of what they hold."""
    match node:
        case ast.Import(names):
            return frozenset(alias.name for alias in names)
        case ast.ImportFrom(str(module), names, 0):
            return frozenset({module, *(f"{module}.{alias.name}" for alias in names)})
    return frozenset()

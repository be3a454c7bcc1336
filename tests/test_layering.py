"""The rooms of the program and what each may import, read from top to bottom in the order of the values."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "migrate"

# room: what of the package it may import, besides `expression` | which of the libraries
MAY_IMPORT = {
    "expression": "|",
    "keypath": "|",
    "model": "keypath|",
    "variables": "model|",
    "includes": "model variables|",
    "files": "model|",
    "ignorefiles": "|",
    "walk": "files ignorefiles model|pathspec",
    "discover": "files includes model walk|",
    "json_source": "cells model outline|",
    "outline": "keypath model|",
    "yaml_events": "cells model outline|",
    "libyaml_reader": "outline yaml_events|yaml",
    "ruamel_reader": "outline yaml_events|ruamel",
    "manifest": "json_source libyaml_reader model outline ruamel_reader|",
    "jsyaml": "model|",
    "lockfiles": "model|",
    "framework": "files lockfiles model|nodesemver",
    "detect": "keypath model variables|",
    "edits": "model|",
    "cells": "model|",
    "rewrite": "cells edits model|",
    "proof": "edits manifest model|",
    "naming": "model|",
    "reference": "model variables|",
    "deployment": "keypath model naming reference variables|",
    "refusals": "deployment jsyaml keypath model naming reference rewrite variables|",
    "echoes": "model|",
    "copies": "echoes model|",
    "plan": "copies deployment model naming proof reference refusals rewrite|",
    "masking": "cells copies diff echoes edits model plan rewrite|",
    "diff": "|",
    "outputs": "files model|",
    "settings": "detect files keypath model naming|",
    "decisions": "files model outputs plan settings|",
    "store_errors": "model|botocore",
    "endpoints": "|botocore",
    "store": "endpoints model store_errors|boto3 botocore",
    "sandbox_copy": "model|",
    "sandbox": "model sandbox_copy|moto werkzeug",
    "signals": "|",
    "apply": "files model plan signals store|",
    "console": "model|click rich",
    "screens": "console deployment model plan reference|",
    "session": "model plan|",
    "prompts": "console model naming plan screens session signals|questionary prompt_toolkit",
    "report": "model|",
    "sarif": "model report|",
    "rows": "model store|",
    "page": "console model report rows|jinja2 markupsafe",
    "options": "keypath model naming settings|",
    "workers": "|",
    "typical": "|",
    "search": "detect discover files manifest model reference settings typical variables workers|",
    "ahead": "search workers|",
    "load": "ahead deployment discover framework model search|",
    "git": "|",
    "listing": "console detect model|",
    "usage": "deployment model reference variables|",
    "reading": "console detect load model options|",
    "reports": "detect load masking model options outputs page reading report sarif|",
    "scan": "console load model options plan reading report reports screens|",
    "run": "console decisions deployment diff framework load manifest masking model options outputs plan reading"
    " refusals report reports screens session|",
    "carry": "apply console git model options plan reading report reports run screens session settings store|",
    "verify": "apply carry console deployment files load model naming options plan reading report run screens session"
    " signals usage|",
    "repositories": "model walk|",
    "commit": "files model walk|",
    "pace": "model|",
    "look": "commit decisions files load masking model options plan report repositories rows|",
    "deliver": "apply commit look model pace plan repositories rows store|",
    "batch": "decisions deliver look model naming pace repositories rows signals workers|",
    "batch_session": "batch decisions look model plan|",
    "batch_screens": "console rows screens|",
    "batch_prompts": "batch batch_session console look model plan prompts rows screens session|",
    "batch_report": "detect model outputs page rows sarif|",
    "progress": "batch_screens console model rows|click rich",
    "batch_run": "batch batch_report batch_screens batch_session console decisions model outputs progress rows"
    " screens|",
    "option_rows": "|click",
    "batch_cli": "batch batch_prompts batch_report batch_run batch_session console decisions deliver model naming"
    " option_rows outputs pace repositories|click",
    "cli": "batch_cli carry console keypath listing model naming option_rows options outputs plan prompts reading run"
    " sandbox sandbox_copy scan settings signals verify|click",
    "__main__": "ahead cli model|",
}
TYPES = {"msgspec"}  # the base of the frozen types, everywhere
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
    "nodesemver",
    "jinja2",
)


def rooms() -> Iterator[tuple[str, Path]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        relative = file.relative_to(PACKAGE)
        if relative.name != "__init__.py" or len(relative.parts) > 1:
            yield relative.parts[0].removesuffix(".py"), file


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "migrate":
                yield from (f"migrate.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize(("room", "file"), [pytest.param(*each, id=each[1].name) for each in rooms()])
def test_a_room_imports_only_what_the_table_allows(room: str, file: Path) -> None:
    ours, _, libraries = MAY_IMPORT[room].partition("|")
    allowed = set(ours.split()) | {room, "__version__", "expression"}
    for name in imports(file):
        top, _, rest = name.partition(".")
        if top == "migrate":
            assert rest.split(".")[0] in allowed, f"{room} imports {name}"
        elif top not in sys.stdlib_module_names | TYPES:
            assert top in libraries.split(), f"{room} imports {name}"


def test_the_table_names_no_room_that_is_not_there() -> None:
    assert set(MAY_IMPORT) == {room for room, _ in rooms()}


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = "import sys; from migrate import cli; cli.main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded.intersection(LAZY)

"""What a reader may rely on in every module: sizes, docstrings that stand alone, expressions that can be read."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "migrate"
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = [pytest.param(file, id=str(file.relative_to(PACKAGE))) for file in FILES]
MAX_MODULE, MEDIAN_MODULE = 350, 120  # lines
MAX_FUNCTION = 40  # lines
MAX_PARAMETERS = 6  # besides self
MAX_FIRST_LINE = 80  # characters of a function's docstring
# Words that lean on what stands around them, so that the sentence can't be read alone.
LEANING = ("The same", "It ", "This ", "That ", "Those ", "Whoever", "What ", "How ", "Where ", "Whether ", "All ")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(file: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(file)) if isinstance(node, Function))


def parameters(function: Function) -> int:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in arguments)


def inner(node: ast.AST, kind: type[ast.AST]) -> Iterator[ast.AST]:
    """Nodes of a kind below a node, itself excluded."""
    return (each for each in ast.walk(node) if each is not node and isinstance(each, kind))


def lines(file: Path) -> int:
    return file.read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("file", MODULES)
def test_a_module_is_short(file: Path) -> None:
    assert lines(file) <= MAX_MODULE


def test_half_of_the_modules_are_very_short() -> None:
    assert statistics.median(lines(file) for file in FILES if file.name != "__init__.py") <= MEDIAN_MODULE


@pytest.mark.parametrize("file", MODULES)
def test_a_function_is_short_and_takes_few_parameters(file: Path) -> None:
    for function in functions(file):
        assert (function.end_lineno or 0) - function.lineno < MAX_FUNCTION, function.name
        assert parameters(function) <= MAX_PARAMETERS, function.name


@pytest.mark.parametrize("file", MODULES)
def test_a_module_states_its_duty(file: Path) -> None:
    assert ast.get_docstring(tree(file))


@pytest.mark.parametrize("file", MODULES)
def test_a_docstring_of_a_function_begins_with_a_sentence_that_stands_alone(file: Path) -> None:
    for function in functions(file):
        first = (ast.get_docstring(function) or "").partition("\n")[0]
        assert len(first) <= MAX_FIRST_LINE, f"{function.name}: {first}"
        assert not first.startswith(LEANING), f"{function.name}: {first}"


@pytest.mark.parametrize("file", MODULES)
def test_no_conditional_expression_holds_another(file: Path) -> None:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.IfExp):
            assert not list(inner(node, ast.IfExp)), f"line {node.lineno}"


@pytest.mark.parametrize("file", MODULES)
def test_no_comprehension_assigns(file: Path) -> None:
    kinds = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    for node in ast.walk(tree(file)):
        if isinstance(node, kinds):
            assert not list(inner(node, ast.NamedExpr)), f"line {node.lineno}"

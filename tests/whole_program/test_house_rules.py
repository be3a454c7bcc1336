"""What a reader may rely on in every module: sizes, docstrings that stand alone, expressions that can be read."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "migrate"
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_MODULE, MEDIAN_MODULE = 350, 120  # lines
MAX_FUNCTION = 40  # lines
MAX_PARAMETERS = 6  # besides self
MAX_FIRST_LINE = 80  # characters of a function's docstring
# Words that lean on what stands around them, so that the sentence can't be read alone.
LEANING = ("The same", "It ", "This ", "That ", "Those ", "Whoever", "What ", "How ", "Where ", "Whether ", "All ")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def everywhere(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Return every node of a kind in the package, with its file and line."""
    for file in FILES:
        for node in nodes(file):
            if isinstance(node, kind):
                yield f"{file.relative_to(PACKAGE)}:{getattr(node, 'lineno', 1)}", node


def functions() -> Iterator[tuple[str, Function]]:
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
        for place, node in everywhere(kind):
            assert isinstance(node, Function)
            yield f"{place} {node.name}", node


def parameters(function: Function) -> int:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in arguments)


def holds(node: ast.AST, kind: type[ast.AST]) -> bool:
    """Return whether a node of the kind stands below the node."""
    return any(inner is not node and isinstance(inner, kind) for inner in ast.walk(node))


def lines(file: Path) -> int:
    return file.read_text(encoding="utf-8").count("\n")


def first_line(function: Function) -> str:
    return (ast.get_docstring(function) or "").partition("\n")[0]


def test_every_module_is_short() -> None:
    assert [file for file in FILES if lines(file) > MAX_MODULE] == []


def test_half_of_the_modules_are_very_short() -> None:
    assert statistics.median(lines(file) for file in FILES if file.name != "__init__.py") <= MEDIAN_MODULE


def test_every_function_is_short() -> None:
    assert [place for place, each in functions() if (each.end_lineno or 0) - each.lineno >= MAX_FUNCTION] == []


def test_every_function_takes_few_parameters() -> None:
    assert [place for place, function in functions() if parameters(function) > MAX_PARAMETERS] == []


def test_every_module_has_a_docstring() -> None:
    assert [place for place, module in everywhere(ast.Module) if not ast.get_docstring(module)] == []  # type: ignore[arg-type]


def test_docstring_begins_with_a_short_sentence_that_can_be_read_alone() -> None:
    firsts = [(place, first_line(function)) for place, function in functions()]
    assert [row for row in firsts if len(row[1]) > MAX_FIRST_LINE or row[1].startswith(LEANING)] == []


def test_no_conditional_expression_is_nested() -> None:
    assert [place for place, node in everywhere(ast.IfExp) if holds(node, ast.IfExp)] == []


def test_no_comprehension_assigns() -> None:
    kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    assert [place for kind in kinds for place, node in everywhere(kind) if holds(node, ast.NamedExpr)] == []

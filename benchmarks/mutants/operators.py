"""Make mutants of a module: every small change that the operators know."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_NOT_CARRIED_OUT = frozenset({"annotation", "returns", "decorator_list"})
_CONTEXT = 12  # characters of source, at least, by which a mutant is described
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the `choice`-th alternative of the `index`-th node that may change."""

    line: int
    before: str
    after: str
    index: int
    choice: int


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for at, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)


def _and_or(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _without_not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not):
        yield node.operand


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    other = _ARITHMETIC.get(type(node.op))
    if other:
        changed = copy.copy(node)
        changed.op = other()
        yield changed


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))


def _other_branch(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    changed = copy.copy(node)
    changed.test = ast.UnaryOp(ast.Not(), node.test)
    yield changed


def _every_item(node: ast.comprehension) -> Iterator[ast.AST]:
    for at in range(len(node.ifs)):
        changed = copy.copy(node)
        changed.ifs = [*node.ifs[:at], *node.ifs[at + 1 :]]
        yield changed


def _none(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


def _dropped(node: ast.stmt) -> Iterator[ast.AST]:
    value = getattr(node, "value", None)
    if not isinstance(node, ast.Expr) or not isinstance(value, ast.Constant):  # a docstring
        yield ast.Pass()


def _dropped_assignment(node: ast.Assign) -> Iterator[ast.AST]:
    """Drop it, unless it assigns a plain name: that would only be a NameError."""
    if not all(isinstance(target, ast.Name) for target in node.targets):
        yield ast.Pass()


def _dropped_or_other(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield from _arithmetic(node)
    yield from _dropped(node)


OPERATORS: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _and_or,
    ast.UnaryOp: _without_not,
    ast.BinOp: _arithmetic,
    ast.Constant: _constant,
    ast.If: _other_branch,
    ast.IfExp: _other_branch,
    ast.While: _other_branch,
    ast.comprehension: _every_item,
    ast.Return: _none,
    ast.Expr: _dropped,
    ast.Raise: _dropped,
    ast.Continue: _dropped,
    ast.Break: _dropped,
    ast.Assign: _dropped_assignment,
    ast.AugAssign: _dropped_or_other,
}


def alternatives(node: ast.AST) -> list[ast.AST]:
    """Return what a node may be changed into."""
    operator = OPERATORS.get(type(node))
    return list(operator(node)) if operator else []


def _nodes(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, ...]]:
    """Yield every node that is executed, after those around it.

    Annotations are none of them, nor is what makes a class.
    """
    yield (*above, node)
    for name, value in ast.iter_fields(node):
        if name not in _NOT_CARRIED_OUT and (name == "body" or not isinstance(node, ast.ClassDef)):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child, (*above, node))


def mutants(source: str) -> Iterator[Mutant]:
    """Yield all mutants that the operators make of a module."""
    for index, (*above, node) in enumerate(_nodes(ast.parse(source))):
        for choice, other in enumerate(alternatives(node)):
            outwards = (node, *reversed(above))
            whole = next(outer for outer in outwards if len(_lines(outer)[0]) >= _CONTEXT)
            line = next(outer.lineno for outer in outwards if isinstance(outer, ast.stmt | ast.expr))
            yield Mutant(line, *_difference(_lines(whole), _lines(_with(whole, node, other))), index, choice)


def mutated(source: str, mutant: Mutant | None) -> str:
    """Return the module printed anew, with one change or with none."""
    tree: ast.AST = ast.parse(source)
    if mutant is not None:
        *_, node = list(_nodes(tree))[mutant.index]
        tree = _with(tree, node, alternatives(node)[mutant.choice])
    return ast.unparse(ast.fix_missing_locations(tree))


def _with(tree: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    """Copy a tree with one node replaced by another."""

    def changed(value: object) -> object:
        if isinstance(value, list):
            return [changed(item) for item in value]
        return _with(value, old, new) if isinstance(value, ast.AST) else value

    if tree is old:
        return new
    fields = {name: changed(value) for name, value in ast.iter_fields(tree)}
    return ast.copy_location(type(tree)(**fields), tree)


def _lines(node: ast.AST) -> list[str]:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).strip().split("\n")


def _difference(before: Sequence[str], after: Sequence[str]) -> tuple[str, str]:
    """Return the first lines that differ."""
    return next((old.strip(), new.strip()) for old, new in zip(before, after, strict=False) if old != new)

"""Whether the tests notice a changed program: python benchmarks/mutants.py [MODULE…] [--sample 120] [--seed 1].

Each mutant is one small change of one module, made in a copy of the tree, against which the module's tests run; one
that no test notices is printed. The baseline, the same module parsed and printed again, must pass first. Exit 1 where
fewer than 90 % of a module's mutants are noticed, not counting those that `EQUIVALENT` explains, or where one of these
is no mutant any more.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.9
# module: the files below tests/ that hold it, those that notice most and soonest first
TESTS = {
    "edits": "edits rewrite",
    "plan": "plan decisions deployment session refusals",
    "naming": "naming plan refusals",
    "reference": "reference plan refusals",
    "store": "store wrong_account store_faults",
    "apply": "apply store_faults",
}
_ONE_EACH = "both are made from one sequence, so that their lengths are equal"
_FALSY = "asked for its truth alone"
_CHOSEN = "a figure that was chosen, not promised: a little more or less serves as well"
_CANCELLED = "the timer is cancelled when the call ends, so that nobody ever waits for its thread"
_ATTEMPTS = (
    "self, target: Target, *, attempts: int={}, patience: float=_PATIENCE, tell: Callable[[str], None] | None=None"
)
# (module, before, after): why nobody could tell the mutant from the program
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("plan", "zip(candidates, suggested, strict=True)", "zip(candidates, suggested, strict=False)"): _ONE_EACH,
    ("plan", "placing.regions[0]", "placing.regions[-1]"): "several regions were refused just before",
    ("naming", "zip(names, places, strict=True)", "zip(names, places, strict=False)"): _ONE_EACH,
    ("naming", "len(keys) < 2", "len(keys) <= 2"): "a map of names is structure, so that one key is left that tells",
    ("naming", "len(keys) < 2", "len(keys) < 3"): "a map of names is structure, so that one key is left that tells",
    ("naming", "return ''", "return None"): _FALSY,
    (
        "reference",
        "text, at = ('', 0)",
        "text, at = ('', -1)",
    ): "a match begins at 0 wherever before that it is asked to",
    ("reference", "found.lastgroup or 0", "found.lastgroup or 1"): "every alternative is a group with a name",
    ("reference", "found.lastgroup or 0", "found.lastgroup or -1"): "every alternative is a group with a name",
    ("store", "_CONNECT_SECONDS = 5", "_CONNECT_SECONDS = 4"): _CHOSEN,
    ("store", "_CONNECT_SECONDS = 5", "_CONNECT_SECONDS = 6"): _CHOSEN,
    ("store", "_READ_SECONDS = 20", "_READ_SECONDS = 19"): _CHOSEN,
    ("store", "_READ_SECONDS = 20", "_READ_SECONDS = 21"): _CHOSEN,
    ("store", "_PATIENCE = 120.0", "_PATIENCE = 119.0"): _CHOSEN,
    ("store", "_PATIENCE = 120.0", "_PATIENCE = 121.0"): _CHOSEN,
    ("store", _ATTEMPTS.format(10), _ATTEMPTS.format(9)): _CHOSEN,
    ("store", _ATTEMPTS.format(10), _ATTEMPTS.format(11)): _CHOSEN,
    ("store", "_LONG_SECONDS = 8.0", "_LONG_SECONDS = 7.0"): _CHOSEN,
    ("store", "_LONG_SECONDS = 8.0", "_LONG_SECONDS = 9.0"): _CHOSEN,
    ("store", "_LONGEST_PAUSE = 8.0", "_LONGEST_PAUSE = 7.0"): _CHOSEN,
    ("store", "told[0] not in ('', known.account)", "told[-1] not in ('', known.account)"): "a list of one",
    ("store", "told.daemon = True", "pass"): _CANCELLED,
    ("store", "told.daemon = True", "told.daemon = False"): _CANCELLED,
    ("store", "time.monotonic() + pause > deadline", "time.monotonic() + pause >= deadline"): _CHOSEN,
    ("apply", "return False", "return None"): _FALSY,
    ("apply", "unreadable[some[0]]", "unreadable[some[-1]]"): "only a single name comes to here",
}
_NOT_CARRIED_OUT = frozenset({"annotation", "returns", "decorator_list"})
_TELLING = 12  # characters: a mutant is shown with as much around it
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
    """Of a plain name it would only be a NameError."""
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
    """What a node may be changed into."""
    operator = OPERATORS.get(type(node))
    return list(operator(node)) if operator else []


def _nodes(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, ...]]:
    """Each node after those it stands in: of all that is carried out, so no annotation, and no making of a class."""
    yield (*above, node)
    for name, value in ast.iter_fields(node):
        if name not in _NOT_CARRIED_OUT and (name == "body" or not isinstance(node, ast.ClassDef)):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child, (*above, node))


def mutants(source: str) -> Iterator[Mutant]:
    """All that the operators make of a module."""
    for index, (*above, node) in enumerate(_nodes(ast.parse(source))):
        for choice, other in enumerate(alternatives(node)):
            outwards = (node, *reversed(above))
            whole = next(each for each in outwards if len(_lines(each)[0]) >= _TELLING)
            line = next(each.lineno for each in outwards if isinstance(each, ast.stmt | ast.expr))
            yield Mutant(line, *_difference(_lines(whole), _lines(_with(whole, node, other))), index, choice)


def mutated(source: str, mutant: Mutant | None) -> str:
    """The module with one change, or with none but that it is printed anew."""
    tree: ast.AST = ast.parse(source)
    if mutant is not None:
        *_, node = list(_nodes(tree))[mutant.index]
        tree = _with(tree, node, alternatives(node)[mutant.choice])
    return ast.unparse(ast.fix_missing_locations(tree))


def _with(tree: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    """A copy of a tree with one node changed for another."""

    def changed(value: object) -> object:
        if isinstance(value, list):
            return [changed(each) for each in value]
        return _with(value, old, new) if isinstance(value, ast.AST) else value

    if tree is old:
        return new
    fields = {name: changed(value) for name, value in ast.iter_fields(tree)}
    return ast.copy_location(type(tree)(**fields), tree)


def _lines(node: ast.AST) -> list[str]:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).strip().split("\n")


def _difference(before: Sequence[str], after: Sequence[str]) -> tuple[str, str]:
    """The first lines that differ."""
    return next((old.strip(), new.strip()) for old, new in zip(before, after, strict=False) if old != new)


class Bench:
    """A copy of the tree, and one module's tests in it."""

    def __init__(self, tree: Path, module: str) -> None:
        self._tree = tree
        self._file = tree / "migrate" / f"{module}.py"
        self.source = (ROOT / "migrate" / f"{module}.py").read_text(encoding="utf-8")
        tests = [f"tests/test_{name}.py" for name in TESTS[module].split()]
        self._command = [sys.executable, "-m", "pytest", "-x", "-q", "--hypothesis-seed=1", "-p", "no:cacheprovider"]
        self._command += tests
        begun = time.monotonic()
        if self.notices(None, seconds=600):
            raise SystemExit(f"{module}: its tests fail without any change")
        self.patience = 20 + 5 * (time.monotonic() - begun)

    def notices(self, mutant: Mutant | None, seconds: float) -> bool:
        """Whether the tests fail, or don't end in time."""
        self._file.write_text(mutated(self.source, mutant), encoding="utf-8")
        for stale in (self._file.parent / "__pycache__").glob(f"{self._file.stem}.*"):
            stale.unlink()
        with subprocess.Popen(
            self._command,
            cwd=self._tree,
            env={**os.environ, "PYTHONPATH": str(self._tree)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ) as tests:
            try:
                return tests.wait(seconds) != 0
            except subprocess.TimeoutExpired:
                os.killpg(tests.pid, signal.SIGKILL)
                return True

    def close(self) -> None:
        """Puts the module back, for the next one's tests."""
        self._file.write_text(self.source, encoding="utf-8")


def check(tree: Path, module: str, sample: int, seed: int) -> tuple[int, int, list[Mutant]]:
    """How many were made and how many noticed, and the survivors."""
    bench = Bench(tree, module)
    found = list(mutants(bench.source))
    made = sorted(random.Random(seed).sample(found, min(sample, len(found))), key=lambda each: (each.line, each.index))
    survivors = []
    for mutant in made:
        if not bench.notices(mutant, bench.patience):
            survivors.append(mutant)
            why = EQUIVALENT.get((module, mutant.before, mutant.after), "")
            print(f"{module}.py:{mutant.line}: {mutant.before}  →  {mutant.after}   {why}", flush=True)
    bench.close()
    return len(found), len(made), survivors


def told(module: str, found: int, made: int, survivors: Sequence[Mutant]) -> bool:
    """Prints a module's row; whether it reaches the goal."""
    same = sum((module, each.before, each.after) in EQUIVALENT for each in survivors)
    share = (made - len(survivors)) / ((made - same) or 1)
    print(
        f"{module:<10} {found:>5} possible {made:>5} made {made - len(survivors):>5} noticed"
        f" {same:>4} equivalent {len(survivors) - same:>4} survived  {share:.0%}",
        flush=True,
    )
    return share >= GOAL


def main() -> int:
    """Makes mutants of each module and counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE")
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    stale = [key for key in EQUIVALENT if key not in _all_there_are()]
    for module, before, after in stale:
        print(f"no such mutant any more: {module}: {before}  →  {after}")
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
        reached = [told(module, *check(tree, module, asked.sample, asked.seed)) for module in asked.modules]
    seconds = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{seconds:.0f} s of CPU")
    return 0 if all(reached) and not stale else 1


def _all_there_are() -> set[tuple[str, str, str]]:
    return {
        (module, each.before, each.after)
        for module in TESTS
        for each in mutants((ROOT / "migrate" / f"{module}.py").read_text(encoding="utf-8"))
    }


if __name__ == "__main__":
    sys.exit(main())

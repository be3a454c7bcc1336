"""Check that the tests notice a changed program: python -m benchmarks.mutants.

Each mutant is one small change of one module, made in a copy of the tree, against which the module's tests run; one
that no test notices is printed. Exit code 1 where fewer than 90 % of a module's mutants are noticed, not counting those
that `equivalent` explains, or where one of these no longer exists.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants.bench import Bench
from benchmarks.mutants.equivalent import EQUIVALENT
from benchmarks.mutants.operators import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
GOAL = 0.9
# What would be lost, or written wrongly, if these did something else.
MODULES = (
    "text/edits",
    "plan/planning",
    "plan/naming",
    "framework/reference",
    "stores/ssm",
    "stores/aws_calls",
    "migration/apply",
)


@dataclass(frozen=True, slots=True)
class Result:
    """How many mutants a module has and how many were tried, and those that no test noticed."""

    module: str
    possible: int
    tried: int
    survivors: tuple[Mutant, ...]

    @property
    def equivalent(self) -> int:
        """Return how many of the survivors are explained."""
        return sum((self.module, mutant.before, mutant.after) in EQUIVALENT for mutant in self.survivors)

    @property
    def noticed(self) -> int:
        """Return how many a test noticed."""
        return self.tried - len(self.survivors)

    @property
    def share(self) -> float:
        """Return the share that was noticed of those that could be."""
        return self.noticed / max(1, self.tried - self.equivalent)

    def __str__(self) -> str:
        return (
            f"{self.module:<24} {self.possible:>5} possible {self.tried:>5} made {self.noticed:>5} noticed"
            f" {self.equivalent:>4} equivalent {len(self.survivors) - self.equivalent:>4} survived  {self.share:.0%}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Try mutants of each module, count, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES), metavar="ROOM/MODULE")
    parser.add_argument("--sample", type=int, default=120, help="mutants of each module at most (default: 120)")
    parser.add_argument("--seed", type=int, default=1, help="which of them (default: 1)")
    options = parser.parse_args(arguments)
    for module in options.modules:
        if not _file(module).is_file():
            parser.error(f"there is no migrate/{module}.py; name a module with its room, such as text/edits")
    stale = list(_stale(options.modules))
    for key in stale:
        print("no longer a mutant: {}: {}  →  {}".format(*key))
    reached = True
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
        for module in options.modules:
            result = check(tree, module, options.sample, options.seed)
            print(result, flush=True)
            reached = reached and result.share >= GOAL
    times = os.times()
    print(f"{times.user + times.system + times.children_user + times.children_system:.0f} s of CPU")
    return 0 if reached and not stale else 1


def check(tree: Path, module: str, sample: int, seed: int) -> Result:
    """Try a sample of a module's mutants, and print those that survive."""
    bench = Bench(tree, module)
    possible = list(mutants(bench.source))
    chosen = random.Random(seed).sample(possible, min(sample, len(possible)))
    survivors = []
    for mutant in sorted(chosen, key=lambda mutant: (mutant.line, mutant.index)):
        if not bench.notices(mutant, bench.patience):
            survivors.append(mutant)
            why = EQUIVALENT.get((module, mutant.before, mutant.after), "")
            print(f"{module}.py:{mutant.line}: {mutant.before}  →  {mutant.after}   {why}", flush=True)
    bench.close()
    return Result(module, len(possible), len(chosen), tuple(survivors))


def _stale(modules: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield explanations of mutants that no longer exist."""
    for module in modules:
        source = _file(module).read_text(encoding="utf-8")
        made = {(module, mutant.before, mutant.after) for mutant in mutants(source)}
        yield from (key for key in EQUIVALENT if key[0] == module and key not in made)


def _file(module: str) -> Path:
    return ROOT / "migrate" / f"{module}.py"


if __name__ == "__main__":
    sys.exit(main())

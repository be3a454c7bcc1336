"""Measure scans and a dry run beside other scanners: python -m benchmarks.speed.

Medians of runs by turns, over trees that are made for it, or over files of your own. Exit code 0 if every ratio is
within its limit, 1 if one is not, 2 if a peer is not installed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.speed import trees
from benchmarks.speed.programs import (
    HINT,
    PEERS,
    Command,
    MissingPeerError,
    detect_secrets,
    dry_run,
    find,
    kingfisher,
    scan,
)
from benchmarks.speed.rounds import FailedRunError, medians
from benchmarks.speed.trees import Tree


@dataclass(frozen=True, slots=True)
class Promise:
    """A command may take at most `limit` times as long as another; both are named by their labels."""

    command: str
    other: str
    limit: float


@dataclass(frozen=True, slots=True)
class Part:
    """Commands over one tree and what is promised of them."""

    title: str
    tree: Callable[[Path], Tree]
    commands: Callable[[Tree], Sequence[Command]]
    promises: tuple[Promise, ...]


def _named_outright(tree: Tree) -> Sequence[Command]:
    # Named files would cost kingfisher several times what the directory that holds them does.
    return scan(*tree.files), dry_run(*tree.files), detect_secrets(*tree.files), kingfisher(".")


def _own_files(tree: Tree) -> Sequence[Command]:
    ours, *others = _named_outright(tree)
    return replace(ours, codes=(*ours.codes, 1)), *others  # some may be broken


def _whole_tree(tree: Tree) -> Sequence[Command]:
    return scan("."), detect_secrets(".")


def _one_file(tree: Tree) -> Sequence[Command]:
    return scan(tree.files[0]), detect_secrets(tree.files[0])


_OUTRIGHT = (
    Promise("scan", "detect-secrets", 1 / 8),
    Promise("scan", "kingfisher", 1.2),
    Promise("dry run", "scan", 1.5),
)
PARTS = {
    "outright": Part("files named outright", lambda root: trees.usual(root, 650), _named_outright, _OUTRIGHT),
    "tree": Part(
        "one tree of many files",
        lambda root: trees.usual(root, 5_000),
        _whole_tree,
        (Promise("scan", "detect-secrets", 1 / 12),),
    ),
    "clean": Part(
        "a small clean tree",
        lambda root: trees.clean(root, 230),
        _whole_tree,
        (Promise("scan", "detect-secrets", 1 / 6),),
    ),
    "start": Part("one file", lambda root: trees.usual(root, 1), _one_file, (Promise("scan", "detect-secrets", 0.6),)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts, print their tables and return the exit code."""
    options = _options(arguments)
    try:
        for peer in PEERS:
            find(peer)
        kept = [_measured(part, options.rounds) for part in _parts(options)]
    except MissingPeerError as error:
        print(f"error: {error}\nhint: {HINT}", file=sys.stderr)
        return 2
    except FailedRunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0 if all(kept) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command (default: 5)")
    parser.add_argument("--files", type=Path, metavar="DIR", help="measure your own files, named outright, alone")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part, repeatable")
    options = parser.parse_args(arguments)
    if options.files and not trees.own_files(options.files):
        parser.error(f"--files {options.files}: no YAML or JSON file is there")
    return options


def _parts(options: argparse.Namespace) -> Iterator[Part]:
    if options.files:
        yield Part("your files, named outright", lambda root: trees.own(root, options.files), _own_files, _OUTRIGHT)
        return
    for name in options.part or PARTS:
        yield PARTS[name]


def _measured(part: Part, rounds: int) -> bool:
    """Measure a part and print it; return whether every ratio is within its limit."""
    with tempfile.TemporaryDirectory(prefix="slsmigrate-speed-") as folder:
        tree = part.tree(Path(folder))
        print(f"{part.title}: {tree} (medians of {rounds})", flush=True)
        seconds = medians(part.commands(tree), tree.root, rounds)
    for label, median in seconds.items():
        print(f"  {label:16} {median:8.3f} s")
    judged = [_judged(promise, seconds[promise.command] / seconds[promise.other]) for promise in part.promises]
    return all(judged)


def _judged(promise: Promise, ratio: float) -> bool:
    kept = ratio <= promise.limit
    print(
        f"  {promise.command} / {promise.other}".ljust(28)
        + f"{ratio:6.3f}   limit {promise.limit:.3f}   {'kept' if kept else 'MISSED'}",
        flush=True,
    )
    return kept


if __name__ == "__main__":
    sys.exit(main())

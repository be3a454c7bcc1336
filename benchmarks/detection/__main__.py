"""Run slsmigrate and its peers over the labelled set and print how they did."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.detection.generate import PARTS, build, census
from benchmarks.detection.hits import ENGINES, Answer, ask
from benchmarks.detection.labels import Label
from benchmarks.detection.peers import PEERS, Peer
from benchmarks.detection.scoring import Judged, Score, judge
from migrate.model import Confidence, Kind

OURS = "slsmigrate"
LEVELS = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables and return 0, whatever is in them."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="slsmigrate-bench-") as folder:
        target = options.keep or Path(folder)
        labels = build(PARTS[options.blind], target)
        root = (target / "services").resolve()
        print(census(labels), end="\n\n")
        judged = {answer.tool: (answer, judge(labels, answer.hits)) for answer in _answers(options, root)}
    _print_overall(judged)
    if OURS in judged:
        _print_levels(judged[OURS][1])
    if not options.tune:
        _print_kinds({tool: result for tool, (_, result) in judged.items()})
    for tool in options.list:
        _print_places(tool, judged[tool][1], Confidence[options.list_at.upper()])
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--blind", action="store_true", help="the blind part instead of the development part")
    parser.add_argument(
        "--engine", choices=(*ENGINES, "none"), default="cli", help="how slsmigrate is run (default: cli)"
    )
    parser.add_argument(
        "--peers", default=",".join(peer.name for peer in PEERS), help="names with commas between, or none"
    )
    parser.add_argument("--tune", action="store_true", help="try all settings of the peers (development part only)")
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of each tool; the seconds are their median (default: 3)"
    )
    parser.add_argument(
        "--list", action="append", default=[], metavar="TOOL", help="list a tool's misses and false alarms"
    )
    parser.add_argument(
        "--list-at", choices=[level.label for level in LEVELS], default="medium", help="the level of that list"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build the set there and leave it")
    options = parser.parse_args(arguments)
    if options.tune and options.blind:
        parser.error("settings are never tuned on the blind part")
    return options


def _answers(options: argparse.Namespace, root: Path) -> Iterator[Answer]:
    if options.engine != "none":
        yield ask(OURS, ENGINES[options.engine], root, options.repeat)
    for peer in PEERS:
        if peer.name in options.peers.split(","):
            yield from _peer(peer, options, root)


def _peer(peer: Peer, options: argparse.Namespace, root: Path) -> Iterator[Answer]:
    for variant in peer.variants if options.tune else (peer.best,):
        tool = f"{peer.name}: {variant}" if options.tune else peer.name
        yield ask(tool, peer.engine(variant), root, options.repeat)


# ── tables ────────────────────────────────────────────────────────────────────────────────────


def _row(name: str, score: Score, note: str = "") -> str:
    counts = f"{score.hits:5} {score.alarms:5} {score.misses:5}"
    return f"{name:52} {score.precision:5.2f} {score.recall:5.2f} {score.f1:5.2f}   {counts}   {note}"


def _print_overall(judged: dict[str, tuple[Answer, Judged]]) -> None:
    print(f"{'':52} {'P':>5} {'R':>5} {'F1':>5}   {'hit':>5} {'alarm':>5} {'miss':>5}   seconds")
    for tool, (answer, result) in judged.items():
        for level in LEVELS if tool == OURS else (Confidence.LOW,):
            name = f"{tool} --min-confidence {level.label}" if tool == OURS else _with_settings(tool)
            print(_row(name, result.score(level), f"{answer.seconds:.2f}"))


def _with_settings(tool: str) -> str:
    return next((f"{tool} {peer.version} ({peer.best})" for peer in PEERS if peer.name == tool), tool)


def _print_levels(result: Judged) -> None:
    print("\nslsmigrate, findings of exactly one confidence")
    for level in LEVELS:
        score = result.at_level(level)
        print(f"  {level.label:8} precision {score.precision:.3f}   {score.hits} right, {score.alarms} wrong")
    parts = result.parts
    print(f"  of {parts.all} right findings {parts.covering} cover the secret's part, {parts.exact} are exactly it")
    print("\nslsmigrate by kind, at medium")
    for kind in Kind:
        print(_row(f"  {kind}", result.score(Confidence.MEDIUM, kind)))


def _print_kinds(results: dict[str, Judged]) -> None:
    print(f"\n{'recall by kind':20}" + "".join(f"{tool:>16}" for tool in results))
    for kind in Kind:
        recalls = [result.score(Confidence.LOW, kind).recall for result in results.values()]
        print(f"{kind:20}" + "".join(f"{recall:16.2f}" for recall in recalls))


def _print_places(tool: str, result: Judged, level: Confidence) -> None:
    print(f"\n{tool}: secrets missed at {level.label}")
    for label in result.misses(level):
        print(f"  {_place(label)}  {label.kind}, {label.style}")
    print(f"{tool}: false alarms at {level.label}")
    for (file, line, path), (confidence, kind) in sorted(result.alarms.items()):
        if confidence >= level:
            print(f"  {file}:{line} {path}  {kind}, {confidence.label}")


def _place(label: Label) -> str:
    return f"{label.file}:{label.line} {label.key_path}"


if __name__ == "__main__":
    sys.exit(main())

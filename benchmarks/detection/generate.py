"""Build the labelled set: hand-written services and those of seeded authors."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detection.habits import authored
from benchmarks.detection.labels import Label, Verdict, labels, write
from benchmarks.detection.markers import Expander

SEED = "slsmigrate-detection-1"
WRITTEN = Path(__file__).parent / "written"
PARTS = ("dev", "blind")


@dataclass(frozen=True, slots=True)
class Service:
    """A service's templates by their paths within it."""

    name: str
    files: tuple[tuple[str, str], ...]


def written(part: str) -> Iterator[Service]:
    """Read the services that were written by hand."""
    for root in sorted((WRITTEN / part).iterdir()):
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        files = tuple((path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
        yield Service(root.name, files)


def services(part: str) -> Iterator[Service]:
    """Yield all services of a part, the generated ones after the written ones."""
    yield from written(part)
    for name, files in authored(part, SEED):
        yield Service(name, files)


def build(part: str, target: Path) -> tuple[Label, ...]:
    """Write a part's services, with `labels.jsonl` beside them; return the labels."""
    made: list[Label] = []
    for service in services(part):
        expander = Expander(f"{SEED}:{part}:{service.name}")
        for file, template in service.files:
            expanded = expander.expand(file, template)
            path = target / "services" / service.name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(expanded.encoded)
            made += labels(f"{service.name}/{file}", expanded, is_manifest=Path(file).stem == "serverless")
    write(target / "labels.jsonl", made)
    return tuple(made)


def census(made: Iterable[Label]) -> str:
    """Count the labels by what they are, in a few lines."""
    made = tuple(made)
    files = {label.file for label in made}
    names = {file.split("/")[0] for file in files}
    secrets = [label for label in made if label.verdict is Verdict.SECRET]
    rows = [
        ("files", f"{len(files)} of {len(names)} services"),
        ("values", _shares(Counter(str(label.verdict) for label in made))),
        ("kinds", _shares(Counter(str(label.kind) for label in secrets))),
        ("places", _shares(Counter(label.where for label in secrets))),
        ("styles", _shares(Counter(label.style for label in secrets))),
    ]
    return "\n".join(f"{name:8}{text}" for name, text in rows)


def _shares(counts: Counter[str]) -> str:
    whole = counts.total() or 1
    return " · ".join(f"{name} {count} ({count / whole:.0%})" for name, count in counts.most_common())


def main(arguments: list[str] | None = None) -> int:
    """Build one part into a directory and print its census."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.generate", description=__doc__)
    parser.add_argument("target", type=Path, help="an empty directory outside the repository")
    parser.add_argument("--blind", action="store_true", help="the blind part instead of the development part")
    options = parser.parse_args(arguments)
    print(census(build(PARTS[options.blind], options.target)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

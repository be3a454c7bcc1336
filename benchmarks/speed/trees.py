"""Build trees of manifests and included files from what the repository holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from benchmarks.detection.generate import PARTS, written
from benchmarks.detection.habits import authored
from benchmarks.detection.habits.pens import Files
from benchmarks.detection.markers import Expander
from benchmarks.speed import author

SHARE = 9  # one file in so many holds secrets
_SEED = "slsmigrate-speed-1"
_ORDINARY = 3  # services for every one of the labelled set
_USUAL = author.Habit(secrets=4, references=3, size=1_500)
_CLEAN = author.Habit(secrets=0, references=0, size=600)
_SECRET = re.compile(r"@@[a-z][a-z-]*(?:=.+?|:[^@]+)@@")
_SUFFIXES = (".yml", ".yaml", ".json")


@dataclass(frozen=True, slots=True)
class Tree:
    """A directory, and its files relative to it in the order in which they are named.

    How many of them hold secrets is None where nobody knows it. The size is in bytes.
    """

    root: Path
    files: tuple[str, ...]
    with_secrets: int | None
    size: int

    def __str__(self) -> str:
        sizes = f"{len(self.files):,} files, {self.size / max(1, len(self.files)):,.0f} bytes on average"
        return sizes if self.with_secrets is None else f"{sizes}, {self.with_secrets} with secrets"


def usual(root: Path, files: int) -> Tree:
    """Write a tree of which one file in nine holds secrets.

    Its files have 2 KB on average and 20 KB at most. One service in four is one of the labelled set with all its
    temptations. Where a file is to hold no secret, a reference stands for each.
    """
    names: list[str] = []
    size = with_secrets = 0
    for directory, (name, template) in _usual_files(Random(_SEED)):
        if len(names) == files:
            break
        due = with_secrets * SHARE <= len(names)
        text = template if due else _SECRET.sub("${env:FROM_OUTSIDE}", template)
        with_secrets += bool(_SECRET.search(text))
        size += _write(root, f"{directory}/{name}", text)
        names.append(f"{directory}/{name}")
    return Tree(root, tuple(names), with_secrets, size)


def clean(root: Path, files: int) -> Tree:
    """Write a tree of small services without secrets or references to any.

    Most examples and templates are like that.
    """
    rng = Random(_SEED)
    names: list[str] = []
    size = 0
    while len(names) < files:
        directory = f"service-{len(names):04}"
        for name, text in author.service(rng, _CLEAN):
            size += _write(root, f"{directory}/{name}", text)
            names.append(f"{directory}/{name}")
    return Tree(root, tuple(names), 0, size)


def own(root: Path, source: Path) -> Tree:
    """Copy the YAML and JSON files of a directory of the user's, and nothing else of it."""
    files = own_files(source)
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, root / file)
    return Tree(root, files, None, sum((root / file).stat().st_size for file in files))


def own_files(source: Path) -> tuple[str, ...]:
    """Return the YAML and JSON files of a directory, relative to it."""
    files = sorted(file for file in source.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    return tuple(file.relative_to(source).as_posix() for file in files)


def _usual_files(rng: Random) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield directories with a file's name and marked text, without end."""
    labelled = _labelled()
    for number in count():
        files = author.service(rng, _USUAL) if number % (_ORDINARY + 1) else next(labelled)
        for file in files:
            yield f"team-{number % 20:02}/service-{number:04}", file


def _labelled() -> Iterator[Files]:
    """Yield the services of the labelled set's development part, without end.

    Those of its authors have new values and names in every turn.
    """
    part = PARTS[0]
    yield from (service.files for service in written(part))
    for number in count():
        yield from (files for _, files in authored(part, f"{_SEED}:{number}"))


def _write(root: Path, path: str, template: str) -> int:
    """Write a file with made-up values for its markers, and return its size."""
    data = Expander(f"{_SEED}:{path}").expand(path, template).encoded
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.write_bytes(data)

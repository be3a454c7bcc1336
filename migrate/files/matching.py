"""The files that an include with a variable in its name may mean."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from migrate.files.walk import PRUNED, SUFFIXES
from migrate.model.globs import matches_glob
from migrate.model.lazy_pattern import LazyPattern

MAX_MATCHES = 500
# What `*` alone must not take for a stage's file: other tools' files that are often next to a service.
_OTHER_TOOLS = LazyPattern(
    r"package(?:-lock)?\.json|npm-shrinkwrap\.json|pnpm-\w+\.yaml|(?:ts|js)config.*\.json|(?:docker-)?compose.*"
    r"|(?:lerna|nx|turbo|composer|cdk|tslint|biome|deno|renovate|vercel)\.json|(?:jest|babel|nest).*\.json"
    r"|(?:buildspec|appspec|appveyor|cloudbuild|mkdocs|azure-pipelines|bitbucket-pipelines|samconfig|template).*"
)


class Matches(Struct, frozen=True):
    """The files that match a pattern; `outside` is whether it may mean others, out of bounds."""

    files: tuple[Path, ...] = ()
    outside: bool = False


def matching_files(base: Path, pattern: str, is_inside: Callable[[Path], bool]) -> Matches:
    """Find the real paths of the regular files that match a pattern.

    `is_inside` says of a real path whether it is within bounds: nothing else is listed or asked for, so that the
    answer is the same whether there is something or not. At every step at most one path more than `MAX_MATCHES` is
    followed.
    """
    rest = pattern.removeprefix("~/")
    places, outside = [_start(base, pattern)], False
    for segment in rest.strip("/").split("/"):
        if "*" in segment:
            around = len(places)
            places = [place for place in places if is_inside(real_path(place))]
            outside = outside or len(places) < around
        places = [below for place in places for below in _step(place, segment)][: MAX_MATCHES + 1]
    if pattern.endswith("*"):  # a guess, so nothing but what could be read
        places = [place for place in places if place.suffix in SUFFIXES]
    real = dict.fromkeys(map(real_path, places))
    inside = tuple(filter(is_inside, real))
    return Matches(tuple(filter(is_file, inside)), outside or len(inside) < len(real))


def _start(base: Path, pattern: str) -> Path:
    if pattern.startswith("~/"):
        return _home()
    return base / "/" if pattern.startswith("/") else base


def _step(place: Path, segment: str) -> list[Path]:
    if "*" not in segment:
        return [place / segment]
    try:
        names = sorted(entry.name for entry in os.scandir(place))
    except (OSError, ValueError):  # a NUL in it
        return []
    return [place / name for name in names if matches_glob(name, segment) and _may_be_meant(name, segment)]


def _may_be_meant(name: str, segment: str) -> bool:
    """Return whether a segment with variables may mean a file or directory name.

    Hidden names are never meant. Where the variable is the whole name, other tools' files are not meant either.
    """
    if name in PRUNED or (name[0] == "." and segment[0] != "."):
        return False
    return segment not in ("*", "*.yml", "*.yaml", "*.json") or not _OTHER_TOOLS.fullmatch(name)


def _home() -> Path:
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none


def real_path(path: Path) -> Path:
    """Resolve a path as far as it leads."""
    try:
        return Path(os.path.realpath(path))  # Path.resolve raises where links lead round in a circle
    except ValueError:  # a NUL in it
        return Path(os.path.normpath(path))


def is_file(path: Path) -> bool:
    """Return whether a path leads to a regular file that can be reached."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises where a parent is locked

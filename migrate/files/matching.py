"""The files that an include with a variable in its name may mean."""

from __future__ import annotations

import os
from pathlib import Path

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


def matching_files(base: Path, pattern: str) -> tuple[Path, ...]:
    """List the real paths of the regular files that match a pattern.

    At every step at most one path more than `MAX_MATCHES` is followed.
    """
    rest = pattern.removeprefix("~/")
    places = [_start(base, pattern)]
    for segment in rest.strip("/").split("/"):
        places = [below for place in places for below in _step(place, segment)][: MAX_MATCHES + 1]
    if pattern.endswith("*"):  # a guess, so nothing but what could be read
        places = [place for place in places if place.suffix in SUFFIXES]
    return tuple(dict.fromkeys(real_path(place) for place in places if is_file(place)))


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
    return Path(os.path.realpath(path))  # Path.resolve raises where links lead round in a circle


def is_file(path: Path) -> bool:
    """Return whether a path leads to a regular file that can be reached."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises where a parent is locked

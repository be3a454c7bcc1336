"""Find the framework versions that npm's files around a manifest name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from migrate.files.regular_files import leads_outside, read_file
from migrate.framework.lockfiles import LOCKFILES, Locked, locked, serving
from migrate.framework.releases import MAJORS, PACKAGES
from migrate.model import ManifestError

_MAX_LOCKFILE = 100_000_000
_MAX_PACKAGE = 2_000_000
_MAX_RANGE = 200


class PackageVersions(Struct, frozen=True):
    """The major versions of a package that a source allows.

    It `is_exact` where the version is installed or locked.
    """

    source: str
    package: str
    majors: tuple[int, ...]
    is_exact: bool


def package_versions(directory: Path, root: Path | None) -> Iterator[PackageVersions]:
    """Find the versions that are installed, locked and asked for.

    They are of the nearest directory, from the manifest's own up to `root`, that has each.
    """
    directories = _upwards(directory, root)
    wanted = next(filter(None, (_wanted(each, directories[-1]) for each in directories)), {})
    for source, package, version in (*_installed(directories), *_locked(directories, wanted)):
        number = re.match(r"(\d{1,6})\.", version)
        majors = MAJORS.intersection([int(number[1])] if number else [])
        yield PackageVersions(source, package, tuple(majors), is_exact=True)
    for key, text in wanted.items():
        package, range_ = _alias(key, text)
        if package in PACKAGES:
            yield PackageVersions("package.json", package, majors_in(range_), is_exact=False)


@lru_cache(maxsize=256)
def majors_in(wanted: str) -> tuple[int, ...]:
    """List the framework's major versions in an npm range; none if it is unreadable."""
    from nodesemver import satisfies

    if len(wanted) > _MAX_RANGE:
        return ()
    probes = {f"{major}.{rest}" for major in MAJORS for rest in ("0.0", "9999.9999")}
    for found in re.finditer(r"(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?", wanted):
        major, minor, patch = (int(part or 0) for part in found.groups())
        probes |= {f"{major}.{minor}.{patch}", f"{major}.{minor}.{patch + 1}"}
    allowed = {int(probe.partition(".")[0]) for probe in probes if satisfies(probe, wanted, loose=True)}
    return tuple(sorted(allowed & MAJORS))


def _upwards(directory: Path, root: Path | None) -> tuple[Path, ...]:
    if root is None or not directory.is_relative_to(root):
        return (directory,)
    return tuple(above for above in (directory, *directory.parents) if above.is_relative_to(root))


def _installed(directories: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    for directory in directories:
        found = False
        for key in PACKAGES:
            package = _json(directory / "node_modules" / key / "package.json", directories[-1])
            name, version = package.get("name"), package.get("version")
            if name in PACKAGES and isinstance(version, str):
                found = True
                yield f"node_modules/{key}", str(name), version
        if found:
            return


def _locked(directories: Sequence[Path], wanted: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for directory in directories:
        found = False
        for name in LOCKFILES:
            below = "/".join(directories[0].relative_to(directory).parts)
            for entry in serving(_lockfile(directory / name, directories[-1]), below, wanted):
                found = True
                yield name, entry.package, entry.version
        if found:
            return


def _lockfile(file: Path, root: Path) -> tuple[Locked, ...]:
    try:
        status = file.stat()
    except OSError:
        return ()
    if leads_outside(file, root):
        return ()
    return _read_lockfile(file, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=256)
def _read_lockfile(file: Path, state: tuple[int, int, int]) -> tuple[Locked, ...]:
    """Read a lockfile; `state` distinguishes its versions in the cache."""
    try:
        return locked(file.name, read_file(file, _MAX_LOCKFILE).decode("utf-8", "replace"))
    except ManifestError:
        return ()


def _wanted(directory: Path, root: Path) -> dict[str, str]:
    """Read what a directory's `package.json` depends on under the framework's names."""
    package = _json(directory / "package.json", root)
    wanted = {}
    for group in ("devDependencies", "dependencies"):
        listed = package.get(group)
        if isinstance(listed, dict):
            wanted.update({key: listed[key] for key in PACKAGES if isinstance(listed.get(key), str)})
    return wanted


def _alias(key: str, text: str) -> tuple[str, str]:
    """Resolve a dependency to package and range: `npm:osls@^3` is osls under any key."""
    found = re.fullmatch(r"npm:((?:@[^@/]+/)?[^@/]+)(?:@(.*))?", text)
    return (found[1], found[2] or "*") if found else (key, text)


def _json(file: Path, root: Path) -> dict[str, object]:
    """Read an object of JSON.

    There is nothing in what is broken, or leads out of the root.
    """
    try:
        if not file.is_file() or leads_outside(file, root):
            return {}
        content = json.loads(read_file(file, _MAX_PACKAGE))
    except (ManifestError, OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}

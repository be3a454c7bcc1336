"""Which framework version deploys a manifest, told from all the evidence around it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.regular_files import read_file
from migrate.framework.lockfiles import LOCKFILES, PACKAGES, Locked, locked, serving
from migrate.model import Family, Framework, Manifest, ManifestError

_MAX_LOCKFILE = 100_000_000
_MAX_PACKAGE = 2_000_000
_MAX_RANGE = 200


class Release(Struct, frozen=True):
    """What is known of a release that the command line names."""

    family: Family
    label: str


# In the order of together(): of two releases of one family the later one is held to more rules.
FRAMEWORKS: Mapping[str, Release] = {
    "1": Release(Family.LEGACY, "Serverless 1"),
    "2": Release(Family.LEGACY, "Serverless 2"),
    "2-modern": Release(Family.MODERN, "Serverless 2 with variablesResolutionMode"),
    "3": Release(Family.MODERN, "Serverless 3"),
    "osls": Release(Family.MODERN, "osls"),
    "4": Release(Family.MODERN, "Serverless 4"),
}


class _Evidence(Struct, frozen=True):
    """What a source says: the releases that may be, oldest first. `exact` is one that is installed or locked."""

    source: str
    releases: tuple[str, ...]
    label: str
    exact: bool = False

    @property
    def family(self) -> Family:
        """Unknown where the releases are of both, or there are none."""
        families = {FRAMEWORKS[release].family for release in self.releases}
        return families.pop() if len(families) == 1 else Family.UNKNOWN

    @property
    def release(self) -> str:
        """The newest, but before that the one that a manifest's own `variablesResolutionMode` is for."""
        return "2-modern" if "2-modern" in self.releases else self.releases[-1]


def tell(manifest: Manifest, root: Path | None, override: str = "auto", *, by_references: bool = True) -> Framework:
    """What deploys a manifest: what the first evidence says, unless other evidence contradicts it.

    Evidence is, in this order, the installed package, lockfiles and `package.json` (each the nearest
    one from the manifest's directory up to `root`), `frameworkVersion`, and marks in the manifest.
    An upgrade leaves stale marks behind: against what is installed or locked they become a note.
    `override` is the release that a person named, or `auto`; without `by_references` the ssm
    references of the manifest are no marks, since it is they that are in question.
    """
    if override != "auto":
        return given(override)
    is_modern_2 = (manifest.get("variablesResolutionMode") or "") >= "20210326"
    marks = _marks(manifest, is_modern_2, by_references=by_references)
    return _weigh(tuple(_around(manifest, root, is_modern_2)), tuple(marks))


def given(release: str) -> Framework:
    """The framework of a release that a person named."""
    return Framework(FRAMEWORKS[release].family, release, FRAMEWORKS[release].label, "as you said")


def together(frameworks: Sequence[Framework]) -> Framework:
    """What deploys a file that several manifests include: unknown where their families differ."""
    if len({each.family for each in frameworks}) == 1:
        order = ("", *FRAMEWORKS)
        return max(frameworks, key=lambda each: order.index(each.release))
    told = dict.fromkeys(each.label or "an unknown version" for each in frameworks)
    notes = (f"it is deployed by {' and by '.join(told)}",) if told else ()
    return Framework(Family.UNKNOWN, notes=notes)


def _weigh(around: Sequence[_Evidence], marks: Sequence[_Evidence]) -> Framework:
    telling = [each for each in around if each.family is not Family.UNKNOWN] or marks
    if not telling:
        return Framework(Family.UNKNOWN)
    first = telling[0]
    odd = [each for each in marks if each.family is not first.family]
    against = [each for each in telling if each.family is not first.family] or ([] if first.exact else odd)
    if against:
        said = f"{_says_of(first, marks)}, but {_says_of(against[0], marks)}"
        return Framework(Family.UNKNOWN, notes=(said,))
    notes = tuple(f"{_says_of(each, marks)}, but {first.source} says {first.label}" for each in odd)
    return Framework(first.family, first.release, first.label, first.source, notes)


def _says_of(evidence: _Evidence, marks: Sequence[_Evidence]) -> str:
    return f"{evidence.source} {'is for' if evidence in marks else 'says'} {evidence.label}"


# ── what stands around a manifest ─────────────────────────────────────────────────────────────


def _around(manifest: Manifest, root: Path | None, is_modern_2: bool) -> Iterator[_Evidence]:
    directories = _upwards(manifest.file.parent, root)
    asked = next(filter(None, map(_asked, directories)), {})
    for source, package, version in (*_installed(directories), *_locked(directories, asked)):
        major = re.match(r"([1-4])\.", version)
        yield replace(_evidence(source, package, [int(major[1])] if major else [], is_modern_2), exact=True)
    for key, text in asked.items():
        package, wanted = _alias(key, text)
        if package in PACKAGES:
            yield _evidence("package.json", package, _majors(wanted), is_modern_2)
    said = manifest.get("frameworkVersion")
    if said is not None:
        yield _evidence("frameworkVersion", "serverless", _majors(said), is_modern_2)


def _evidence(source: str, package: str, majors: Sequence[int], is_modern_2: bool) -> _Evidence:
    """The releases of major versions; one that reads `variablesResolutionMode` is 2 at least."""
    numbers = [str(major) for major in majors]
    if package == "osls":  # began with 3
        numbers = [number for number in numbers if number not in _LEGACY]
        return _Evidence(source, ("osls",), f"osls {' or '.join(numbers)}".rstrip())
    if is_modern_2:
        numbers = ["2-modern" if number == "2" else number for number in numbers if number != "1" or len(numbers) == 1]
    return _Evidence(source, tuple(numbers), _label(numbers))


def _label(releases: Sequence[str]) -> str:
    labels = [FRAMEWORKS[release].label for release in releases]
    return " or ".join([*labels[:1], *(label.removeprefix("Serverless ") for label in labels[1:])])


def _upwards(directory: Path, root: Path | None) -> tuple[Path, ...]:
    if root is None or not directory.is_relative_to(root):
        return (directory,)
    return tuple(each for each in (directory, *directory.parents) if each.is_relative_to(root))


def _installed(directories: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    for directory in directories:
        found = False
        for key in PACKAGES:
            package = _json(directory / "node_modules" / key / "package.json")
            name, version = package.get("name"), package.get("version")
            if name in PACKAGES and isinstance(version, str):
                found = True
                yield f"node_modules/{key}", str(name), version
        if found:
            return


def _locked(directories: Sequence[Path], asked: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for directory in directories:
        found = False
        for name in LOCKFILES:
            place = "/".join(directories[0].relative_to(directory).parts)
            for each in serving(_lockfile(directory / name), place, asked):
                found = True
                yield name, each.package, each.version
        if found:
            return


def _lockfile(file: Path) -> tuple[Locked, ...]:
    try:
        status = file.stat()
    except OSError:
        return ()
    return _read_lockfile(file, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=256)
def _read_lockfile(file: Path, state: tuple[int, int, int]) -> tuple[Locked, ...]:
    """`state` makes a file that was written again another entry of the cache."""
    try:
        return locked(file.name, read_file(file, _MAX_LOCKFILE).decode("utf-8", "replace"))
    except ManifestError:
        return ()


def _asked(directory: Path) -> dict[str, str]:
    """What a directory's `package.json` depends on under the framework's names."""
    package = _json(directory / "package.json")
    found = {}
    for group in ("devDependencies", "dependencies"):
        listed = package.get(group)
        if isinstance(listed, dict):
            found.update({key: listed[key] for key in PACKAGES if isinstance(listed.get(key), str)})
    return found


def _alias(key: str, text: str) -> tuple[str, str]:
    """The package and range that a dependency means: `npm:osls@^3` under another's key is osls."""
    found = re.fullmatch(r"npm:((?:@[^@/]+/)?[^@/]+)(?:@(.*))?", text)
    return (found[1], found[2] or "*") if found else (key, text)


def _json(file: Path) -> dict[str, object]:
    try:
        content = json.loads(read_file(file, _MAX_PACKAGE))
    except (ManifestError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


@lru_cache(maxsize=256)
def _majors(wanted: str) -> tuple[int, ...]:
    """The major versions from 1 to 4 that an npm range lets in; none where it can't be read."""
    from nodesemver import satisfies

    if len(wanted) > _MAX_RANGE:
        return ()
    probes = {f"{major}.{rest}" for major in range(1, 5) for rest in ("0.0", "9999.9999")}
    for found in re.finditer(r"(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?", wanted):
        major, minor, patch = (int(part or 0) for part in found.groups())
        probes |= {f"{major}.{minor}.{patch}", f"{major}.{minor}.{patch + 1}"}
    allowed = {int(probe.partition(".")[0]) for probe in probes if satisfies(probe, wanted, loose=True)}
    return tuple(sorted(allowed & {1, 2, 3, 4}))


# ── marks in the manifest ─────────────────────────────────────────────────────────────────────


def _says(expression: str) -> Callable[[Manifest, str], bool]:
    pattern = re.compile(expression)
    return lambda manifest, text: pattern.search(text) is not None


def _has(*parts: str) -> Callable[[Manifest, str], bool]:
    return lambda manifest, text: manifest.has(*parts)


_LEGACY = ("1", "2")
_MARKS: tuple[tuple[str, tuple[str, ...], Callable[[Manifest, str], bool]], ...] = (
    ("variableSyntax", _LEGACY, _has("provider", "variableSyntax")),
    ("~true", _LEGACY, _says(r"\bssm(?:\.[\w-]{1,60})?:[^\s'\",)\]}>~]{0,1100}+~(?:true|split)\b")),
    ("ssm.<region>:", _LEGACY, _says(r"\bssm\.[a-z]{2}(?:-[a-z]+)+-\d:")),
    ("#{AWS::…}", _LEGACY, _says(r"#\{AWS::")),
    ("ssm(…):", ("2-modern", "3", "4"), _says(r"\bssm\([\w, -]+\):")),
    ("${sls:stage}", ("2-modern", "3", "4"), _says(r"\bsls:stage\b")),
    ("params:", ("3", "4"), _has("params")),
    ("stages:", ("4",), _has("stages")),
    ("service: as a map", (*_LEGACY, "2-modern"), _has("service", "name")),
)


_REFERENCES = frozenset({"~true", "ssm.<region>:", "ssm(…):"})


def _marks(manifest: Manifest, is_modern_2: bool, *, by_references: bool) -> Iterator[_Evidence]:
    name = manifest.file.name
    if is_modern_2:
        yield _Evidence(f"variablesResolutionMode in {name}", ("2-modern",), _label(("2-modern",)))
    text = "\n".join(scalar.value for scalar in manifest.scalars)
    for words, releases, is_there in _MARKS:
        if (by_references or words not in _REFERENCES) and is_there(manifest, text):
            drop = _LEGACY if is_modern_2 else ("2-modern",)
            possible = tuple(release for release in releases if release not in drop) or releases
            yield _Evidence(f"{words} in {name}", possible, _label(possible))

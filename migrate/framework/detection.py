"""Detect the release that deploys a manifest, from the evidence around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from migrate.framework.packages import PackageVersions, majors_in, package_versions
from migrate.framework.releases import MARKS, RELEASES, SERVERLESS, Mark, joint_label
from migrate.framework.resolve import View
from migrate.model import Family, Framework
from migrate.model.lazy_pattern import LazyPattern


class _Evidence(Struct, frozen=True):
    """The releases that a source allows; it is `exact` if it is installed or locked."""

    source: str
    releases: tuple[str, ...]
    label: str
    exact: bool = False

    @property
    def family(self) -> Family:
        """Return the family of the releases.

        It is unknown where they are of both families, or where there are none.
        """
        families = {RELEASES[release].family for release in self.releases}
        return families.pop() if len(families) == 1 else Family.UNKNOWN

    @property
    def release(self) -> str:
        """Return the release.

        Of several it is the one that a manifest's own `variablesResolutionMode` is for, else the last.
        """
        by_mode = (release for release in self.releases if RELEASES[release].resolution_mode)
        return next(by_mode, self.releases[-1])


def detect_framework(view: View, root: Path | None, override: str = "auto", *, by_references: bool = True) -> Framework:
    """Detect what deploys a manifest, by the first evidence that none contradicts.

    Evidence is, in this order, the installed package, lockfiles and `package.json` (each the nearest one from the
    manifest's directory up to `root`), `frameworkVersion`, and marks in the manifest. An upgrade leaves stale marks
    behind: against what is installed or locked they become a note. `override` is the release that a person named, or
    `auto`; without `by_references` the ssm references of the manifest are no marks, since it is they that are in
    question.
    """
    if override != "auto":
        return explicit_framework(override)
    mode = view.written("variablesResolutionMode") or ""
    return _weigh(tuple(_around(view, root, mode)), tuple(_marks(view, mode, by_references=by_references)))


def explicit_framework(release: str) -> Framework:
    """Return the framework of a release that a person named."""
    row = RELEASES[release]
    return Framework(row.family, row.release, row.label, "as you said")


def merge_evidence(frameworks: Sequence[Framework]) -> Framework:
    """Merge the frameworks of several manifests: unknown where their families differ."""
    if len({framework.family for framework in frameworks}) == 1:
        order = ("", *RELEASES)
        return max(frameworks, key=lambda framework: order.index(framework.release))
    labels = dict.fromkeys(framework.label or "an unknown version" for framework in frameworks)
    notes = (f"it is deployed by {' and by '.join(labels)}",) if labels else ()
    return Framework(Family.UNKNOWN, notes=notes)


def _weigh(around: Sequence[_Evidence], marks: Sequence[_Evidence]) -> Framework:
    conclusive = [evidence for evidence in around if evidence.family is not Family.UNKNOWN] or marks
    if not conclusive:
        return Framework(Family.UNKNOWN)
    first = conclusive[0]
    stale = [mark for mark in marks if mark.family is not first.family]
    contradicting = [evidence for evidence in conclusive if evidence.family is not first.family]
    if not first.exact:
        contradicting += stale
    if contradicting:
        note = f"{_claim(first, marks)}, but {_claim(contradicting[0], marks)}"
        return Framework(Family.UNKNOWN, notes=(note,))
    notes = tuple(f"{_claim(mark, marks)}, but {first.source} says {first.label}" for mark in stale)
    return Framework(first.family, first.release, first.label, first.source, notes)


def _claim(evidence: _Evidence, marks: Sequence[_Evidence]) -> str:
    return f"{evidence.source} {'is for' if evidence in marks else 'says'} {evidence.label}"


def _around(view: View, root: Path | None, mode: str) -> Iterator[_Evidence]:
    for versions in package_versions(view.manifest.file.parent, root):
        yield _evidence(versions, mode)
    pin = view.written("frameworkVersion")
    if pin is not None:
        yield _evidence(PackageVersions("frameworkVersion", SERVERLESS, majors_in(pin), is_exact=False), mode)


def _evidence(versions: PackageVersions, mode: str) -> _Evidence:
    rows = [row for row in RELEASES.values() if row.package == versions.package]
    if len(rows) > 1:
        rows = [row for row in rows if not set(row.majors).isdisjoint(versions.majors)]
    releases = _in_mode(tuple(row.release for row in rows), mode)
    return _Evidence(versions.source, releases, joint_label(releases, versions.majors), versions.is_exact)


def _in_mode(releases: tuple[str, ...], mode: str) -> tuple[str, ...]:
    """Leave out releases that a `variablesResolutionMode` rules out, unless all are.

    The mode is '' where a manifest has none.
    """
    modes = [row.resolution_mode for row in RELEASES.values() if row.resolution_mode]
    if any(mode >= least for least in modes):
        kept = tuple(release for release in releases if RELEASES[release].family is not Family.LEGACY)
    else:
        kept = tuple(release for release in releases if not RELEASES[release].resolution_mode)
    return kept or releases


def _marks(view: View, mode: str, *, by_references: bool) -> Iterator[_Evidence]:
    name = view.manifest.file.name
    for release, row in RELEASES.items():
        if row.resolution_mode and mode >= row.resolution_mode:
            yield _Evidence(f"variablesResolutionMode in {name}", (release,), row.label)
    text = "\n".join(scalar.value for scalar in view.manifest.scalars)
    for mark in MARKS:
        if (by_references or not mark.is_reference) and _is_there(mark, view, text):
            releases = tuple(release for release, row in RELEASES.items() if mark in row.marks)
            possible = _in_mode(releases, mode)
            yield _Evidence(f"{mark.words} in {name}", possible, joint_label(possible))


def _is_there(mark: Mark, view: View, text: str) -> bool:
    if mark.path:
        return view.has(*mark.path)
    return _expression(mark.expression).search(text) is not None


@cache
def _expression(pattern: str) -> LazyPattern:
    return LazyPattern(pattern)

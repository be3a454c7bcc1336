"""Detect which framework release deploys a manifest, from all the evidence around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from migrate.framework.packages import PackageVersions, majors_in, package_versions
from migrate.framework.releases import MARKS, RELEASES, SERVERLESS, Mark, joint_label
from migrate.framework.resolve import View
from migrate.model import Family, Framework
from migrate.model.lazy_pattern import Expression


class _Evidence(Struct, frozen=True):
    """The releases that a source allows, in the table's order. `exact` is one that is installed or locked."""

    source: str
    releases: tuple[str, ...]
    label: str
    exact: bool = False

    @property
    def family(self) -> Family:
        """Unknown where the releases are of both, or there are none."""
        families = {RELEASES[release].family for release in self.releases}
        return families.pop() if len(families) == 1 else Family.UNKNOWN

    @property
    def release(self) -> str:
        """The last one, but before that the one that a manifest's own `variablesResolutionMode` is for."""
        by_mode = (release for release in self.releases if RELEASES[release].resolution_mode)
        return next(by_mode, self.releases[-1])


def detect_framework(view: View, root: Path | None, override: str = "auto", *, by_references: bool = True) -> Framework:
    """What deploys a manifest: what the first evidence says, unless other evidence contradicts it.

    Evidence is, in this order, the installed package, lockfiles and `package.json` (each the nearest
    one from the manifest's directory up to `root`), `frameworkVersion`, and marks in the manifest.
    An upgrade leaves stale marks behind: against what is installed or locked they become a note.
    `override` is the release that a person named, or `auto`; without `by_references` the ssm
    references of the manifest are no marks, since it is they that are in question.
    """
    if override != "auto":
        return explicit_framework(override)
    mode = view.written("variablesResolutionMode") or ""
    return _weigh(tuple(_around(view, root, mode)), tuple(_marks(view, mode, by_references=by_references)))


def explicit_framework(release: str) -> Framework:
    """The framework of a release that a person named."""
    row = RELEASES[release]
    return Framework(row.family, row.release, row.label, "as you said")


def merge_evidence(frameworks: Sequence[Framework]) -> Framework:
    """What deploys a file that several manifests include: unknown where their families differ."""
    if len({each.family for each in frameworks}) == 1:
        order = ("", *RELEASES)
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


def _around(view: View, root: Path | None, mode: str) -> Iterator[_Evidence]:
    for versions in package_versions(view.manifest.file.parent, root):
        yield _evidence(versions, mode)
    said = view.written("frameworkVersion")
    if said is not None:
        yield _evidence(PackageVersions("frameworkVersion", SERVERLESS, majors_in(said), is_exact=False), mode)


def _evidence(versions: PackageVersions, mode: str) -> _Evidence:
    rows = [row for row in RELEASES.values() if row.package == versions.package]
    if len(rows) > 1:
        rows = [row for row in rows if not set(row.majors).isdisjoint(versions.majors)]
    releases = _in_mode(tuple(row.release for row in rows), mode)
    return _Evidence(versions.source, releases, joint_label(releases, versions.majors), versions.is_exact)


def _in_mode(releases: tuple[str, ...], mode: str) -> tuple[str, ...]:
    """Leave out the releases that a `variablesResolutionMode`, '' for none, rules out, unless that is all of them."""
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
def _expression(pattern: str) -> Expression:
    return Expression(pattern)

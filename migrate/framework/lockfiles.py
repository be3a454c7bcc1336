"""Find framework versions in lockfiles of npm, yarn classic and berry, and pnpm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from migrate.framework.releases import PACKAGES
from migrate.model.lazy_pattern import LazyPattern

_NAMES = "|".join(PACKAGES)
# `3.40.0`, `3.40.0(peer)`, `3.40.0_hash`, `npm:osls@3.77.1`, `/osls/3.77.1`, `osls@3.77.1(peer)`
_EXACT = LazyPattern(
    r"(?:npm:|/)?(?:(?P<package>(?:@[\w.-]+/)?[a-zA-Z][\w.-]*)[@/])?(?P<version>\d+\.\d+\.\d+(?:-[\w.]+)?)(?:[+(_].*)?"
)


class Locked(Struct, frozen=True):
    """One locked version.

    `directory` is the one that it serves, relative to the lockfile's ('' for all). A yarn entry
    has `wanted` instead: the texts of the dependencies that it answers, such as `^3.0.0`.
    """

    package: str
    version: str
    directory: str = ""
    wanted: frozenset[str] = frozenset()


def locked(name: str, text: str) -> tuple[Locked, ...]:
    """Find every framework version in a lockfile's text; none in one that is broken.

    The text is searched, not parsed: lockfiles of tens of megabytes are common, broken ones happen.
    """
    return tuple(LOCKFILES[name](text))


def serving(found: tuple[Locked, ...], directory: str, wanted: Mapping[str, str]) -> tuple[Locked, ...]:
    """Select those of a lockfile's versions that a directory gets, as Node.js does.

    `wanted` is what the nearest `package.json` depends on: dependency text by package.
    """
    if any(entry.wanted for entry in found):
        exact = tuple(entry for entry in found if not entry.wanted.isdisjoint(wanted.values()))
        is_one = len({(entry.package, entry.version.partition(".")[0]) for entry in found}) == 1
        return exact or (found[:1] if is_one else ())
    parts = directory.split("/") if directory else []
    for depth in range(len(parts), -1, -1):
        here = tuple(entry for entry in found if entry.directory == "/".join(parts[:depth]))
        if here:
            return here
    return ()


def _exact(key: str, text: str, directory: str = "", wanted: frozenset[str] = frozenset()) -> Iterator[Locked]:
    """Parse the version behind a dependency's key; none for another package's."""
    found = _EXACT.fullmatch(text)
    if found and (found["package"] or key) in PACKAGES:
        yield Locked(str(found["package"] or key), str(found["version"]), directory, wanted)


# ── npm ───────────────────────────────────────────────────────────────────────────────────────

_NPM_PACKAGE = LazyPattern(rf'node_modules/(?P<key>{_NAMES})"\s*:\s*\{{(?P<body>[^{{}}]{{0,4000}})')
_NPM_DEPENDENCY = LazyPattern(
    rf'^(?P<indent>[ \t]+)"(?P<key>{_NAMES})"\s*:\s*\{{\s*"version"\s*:\s*"(?P<version>[^"\n]+)"', re.MULTILINE
)
_NPM_INDENT = LazyPattern(r'^([ \t]+)"lockfileVersion"', re.MULTILINE)
_MEMBER = LazyPattern(r'"(name|version)"\s*:\s*"([^"\n]*)"')


def _npm(text: str) -> Iterator[Locked]:
    """Read a lockfile of npm: 2 and 3 list packages by directory, 1 nests them."""
    is_flat = False
    for found in _NPM_PACKAGE.finditer(text):
        is_flat = True
        start = text.rfind('"', max(0, found.start() - 1000), found.start()) + 1
        member: dict[str, str] = dict(_MEMBER.findall(found["body"]))
        directory = text[start : found.start()].rstrip("/")
        yield from _exact(member.get("name", str(found["key"])), member.get("version", ""), directory)
    if not is_flat:
        yield from _npm_1(text)


def _npm_1(text: str) -> Iterator[Locked]:
    indent = _NPM_INDENT.search(text)
    for found in _NPM_DEPENDENCY.finditer(text):
        if indent and found["indent"] == indent[1] * 2:
            yield from _exact(found["key"], found["version"])


# ── yarn ──────────────────────────────────────────────────────────────────────────────────────

_YARN_ENTRY = LazyPattern(
    rf'^"?(?P<wanted>(?:{_NAMES})@[^\n]+?)"?:\r?\n[ \t]+version:?[ \t]+"?(?P<version>[^"\s]+)"?'
    r'(?:\r?\n[ \t]+resolution:[ \t]+"?(?P<package>[^@"\s]+)@)?',
    re.MULTILINE,
)


def _yarn(text: str) -> Iterator[Locked]:
    for found in _YARN_ENTRY.finditer(text):
        wanted = [descriptor.strip('" ') for descriptor in found["wanted"].split(",")]
        key = wanted[0].partition("@")[0]
        ranges = frozenset(_yarn_range(descriptor) for descriptor in wanted)
        alias = re.match(r"npm:([\w.-]+)@", next(iter(ranges)))
        package = found["package"] or (alias[1] if alias else key)
        yield from _exact(package, found["version"], wanted=ranges)


def _yarn_range(descriptor: str) -> str:
    """Return the range as in `package.json`: berry writes `npm:` before any."""
    text = descriptor.partition("@")[2]
    plain = text.removeprefix("npm:")
    return text if "@" in plain else plain


# ── pnpm ──────────────────────────────────────────────────────────────────────────────────────

_PNPM_LINE = LazyPattern(r"""(?P<indent>[ ]*)(?P<quote>['"]?)(?P<key>[^\s'"#-][^\s'"]*?)(?P=quote):[ ]*(?P<value>.*)""")
_PNPM_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


def _pnpm(text: str) -> Iterator[Locked]:
    """Read `pnpm-lock.yaml`, importer by importer.

    Up to lockfile 5 an entry is `serverless: 3.40.0`, from 6 on `serverless: {specifier, version}`.
    """
    path: list[tuple[int, str]] = []
    for line in text.partition("\npackages:")[0].splitlines():
        found = _PNPM_LINE.fullmatch(line)
        if found is None:
            continue
        while path and path[-1][0] >= len(found["indent"]):
            path.pop()
        path.append((len(found["indent"]), found["key"]))
        yield from _pnpm_entry([key for _, key in path], found["value"].strip("'\""))


def _pnpm_entry(keys: list[str], value: str) -> Iterator[Locked]:
    if keys[-1] == "version" and len(keys) > 1:
        keys = keys[:-1]
    directory = ""
    if keys[0] == "importers" and len(keys) > 1:
        directory, keys = "" if keys[1] == "." else keys[1], keys[2:]
    if len(keys) == 2 and keys[0] in _PNPM_GROUPS and keys[1] in PACKAGES:
        yield from _exact(keys[1], value, directory)


LOCKFILES: Mapping[str, Callable[[str], Iterator[Locked]]] = {
    "npm-shrinkwrap.json": _npm,
    "package-lock.json": _npm,
    "yarn.lock": _yarn,
    "pnpm-lock.yaml": _pnpm,
}

"""Which version of the framework a lockfile names: npm, yarn classic and berry, pnpm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from migrate.framework.releases import PACKAGES
from migrate.model.lazy_pattern import Expression

_NAMES = "|".join(PACKAGES)
# `3.40.0`, `3.40.0(peer)`, `3.40.0_hash`, `npm:osls@3.77.1`, `/osls/3.77.1`, `osls@3.77.1(peer)`
_EXACT = Expression(
    r"(?:npm:|/)?(?:(?P<package>(?:@[\w.-]+/)?[a-zA-Z][\w.-]*)[@/])?(?P<version>\d+\.\d+\.\d+(?:-[\w.]+)?)(?:[+(_].*)?"
)


class Locked(Struct, frozen=True):
    """One locked version.

    `place` is the directory that it serves, relative to the lockfile's ('' for all). A yarn entry
    has no place but `asked`: the texts of the dependencies it answers, such as `^3.0.0`.
    """

    package: str
    version: str
    place: str = ""
    asked: frozenset[str] = frozenset()


def locked(name: str, text: str) -> tuple[Locked, ...]:
    """Every version of the framework in a lockfile's text; none where the text can't be understood.

    The text is searched, not parsed: lockfiles of tens of megabytes are common, broken ones happen.
    """
    return tuple(LOCKFILES[name](text))


def serving(found: tuple[Locked, ...], directory: str, asked: Mapping[str, str]) -> tuple[Locked, ...]:
    """Those of a lockfile's versions that a directory gets, found as Node.js would.

    `asked` says what the nearest `package.json` depends on: dependency text by package.
    """
    if any(each.asked for each in found):
        exact = tuple(each for each in found if not each.asked.isdisjoint(asked.values()))
        is_one = len({(each.package, each.version.partition(".")[0]) for each in found}) == 1
        return exact or (found[:1] if is_one else ())
    parts = directory.split("/") if directory else []
    for depth in range(len(parts), -1, -1):
        here = tuple(each for each in found if each.place == "/".join(parts[:depth]))
        if here:
            return here
    return ()


def _exact(key: str, text: str, place: str = "", asked: frozenset[str] = frozenset()) -> Iterator[Locked]:
    """A version as written behind a dependency's key; another package under the key's name is none."""
    found = _EXACT.fullmatch(text)
    if found and (found["package"] or key) in PACKAGES:
        yield Locked(str(found["package"] or key), str(found["version"]), place, asked)


# ── npm ───────────────────────────────────────────────────────────────────────────────────────

_NPM_PACKAGE = Expression(rf'node_modules/(?P<key>{_NAMES})"\s*:\s*\{{(?P<body>[^{{}}]{{0,4000}})')
_NPM_DEPENDENCY = Expression(
    rf'^(?P<indent>[ \t]+)"(?P<key>{_NAMES})"\s*:\s*\{{\s*"version"\s*:\s*"(?P<version>[^"\n]+)"', re.MULTILINE
)
_NPM_INDENT = Expression(r'^([ \t]+)"lockfileVersion"', re.MULTILINE)
_MEMBER = Expression(r'"(name|version)"\s*:\s*"([^"\n]*)"')


def _npm(text: str) -> Iterator[Locked]:
    """Lockfile versions 2 and 3 list packages by place; version 1 nests dependencies."""
    is_flat = False
    for found in _NPM_PACKAGE.finditer(text):
        is_flat = True
        start = text.rfind('"', max(0, found.start() - 1000), found.start()) + 1
        member: dict[str, str] = dict(_MEMBER.findall(found["body"]))
        place = text[start : found.start()].rstrip("/")
        yield from _exact(member.get("name", str(found["key"])), member.get("version", ""), place)
    if not is_flat:
        yield from _npm_1(text)


def _npm_1(text: str) -> Iterator[Locked]:
    indent = _NPM_INDENT.search(text)
    for found in _NPM_DEPENDENCY.finditer(text):
        if indent and found["indent"] == indent[1] * 2:
            yield from _exact(found["key"], found["version"])


# ── yarn ──────────────────────────────────────────────────────────────────────────────────────

_YARN_ENTRY = Expression(
    rf'^"?(?P<asked>(?:{_NAMES})@[^\n]+?)"?:\r?\n[ \t]+version:?[ \t]+"?(?P<version>[^"\s]+)"?'
    r'(?:\r?\n[ \t]+resolution:[ \t]+"?(?P<package>[^@"\s]+)@)?',
    re.MULTILINE,
)


def _yarn(text: str) -> Iterator[Locked]:
    for found in _YARN_ENTRY.finditer(text):
        asked = [each.strip('" ') for each in found["asked"].split(",")]
        key = asked[0].partition("@")[0]
        ranges = frozenset(_yarn_range(each) for each in asked)
        alias = re.match(r"npm:([\w.-]+)@", next(iter(ranges)))
        package = found["package"] or (alias[1] if alias else key)
        yield from _exact(package, found["version"], asked=ranges)


def _yarn_range(descriptor: str) -> str:
    """What `package.json` says: berry writes `npm:` before a plain range as well."""
    text = descriptor.partition("@")[2]
    plain = text.removeprefix("npm:")
    return text if "@" in plain else plain


# ── pnpm ──────────────────────────────────────────────────────────────────────────────────────

_PNPM_LINE = Expression(r"""(?P<indent>[ ]*)(?P<quote>['"]?)(?P<key>[^\s'"#-][^\s'"]*?)(?P=quote):[ ]*(?P<value>.*)""")
_PNPM_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


def _pnpm(text: str) -> Iterator[Locked]:
    """Up to lockfile 5 `serverless: 3.40.0`, from 6 on `serverless: {specifier, version}`, per importer."""
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
    place = ""
    if keys[0] == "importers" and len(keys) > 1:
        place, keys = "" if keys[1] == "." else keys[1], keys[2:]
    if len(keys) == 2 and keys[0] in _PNPM_GROUPS and keys[1] in PACKAGES:
        yield from _exact(keys[1], value, place)


LOCKFILES: Mapping[str, Callable[[str], Iterator[Locked]]] = {
    "npm-shrinkwrap.json": _npm,
    "package-lock.json": _npm,
    "yarn.lock": _yarn,
    "pnpm-lock.yaml": _pnpm,
}

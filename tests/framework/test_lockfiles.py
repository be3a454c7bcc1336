import time

import pytest

from migrate.framework.lockfiles import LOCKFILES, Locked, locked, serving
from tests.support.sample import slow

NPM_1 = """\
{
  "name": "mono",
  "lockfileVersion": 1,
  "dependencies": {
    "serverless-offline": {
      "version": "8.0.0",
      "requires": {
        "serverless": "^1.0.0"
      },
      "dependencies": {
        "serverless": {
          "version": "1.83.3"
        }
      }
    },
    "serverless": {
      "version": "2.72.4",
      "dev": true
    },
    "osls": {
      "version": "3.77.1"
    }
  }
}
"""
NPM_3 = """\
{
\t"lockfileVersion": 3,
\t"packages": {
\t\t"": {
\t\t\t"devDependencies": {
\t\t\t\t"serverless": "^3.38.0"
\t\t\t}
\t\t},
\t\t"node_modules/serverless": {
\t\t\t"version": "3.40.0",
\t\t\t"dependencies": { "version": "9.9.9" }
\t\t},
\t\t"node_modules/@other/serverless": {
\t\t\t"version": "1.0.0"
\t\t},
\t\t"services/a/node_modules/serverless": {
\t\t\t"version": "2.72.4"
\t\t},
\t\t"services/b/node_modules/serverless": {
\t\t\t"name": "osls",
\t\t\t"version": "3.77.1"
\t\t},
\t\t"services/c/node_modules/serverless": {
\t\t\t"name": "@ours/serverless",
\t\t\t"version": "9.0.0"
\t\t},
\t\t"node_modules/x/node_modules/serverless": {
\t\t\t"version": "1.83.3"
\t\t}
\t},
\t"dependencies": {
\t\t"serverless": {
\t\t\t"version": "1.0.0"
\t\t}
\t}
}
"""
YARN_1 = """\
# yarn lockfile v1


"@serverless/utils@^6.13.1":
  version "6.15.0"

serverless@^2.72.0:
  version "2.72.4"
  resolved "https://registry.yarnpkg.com/serverless/-/serverless-2.72.4.tgz#e17a"

serverless-offline@^13.0.0:
  version "13.0.0"
  dependencies:
    serverless "^3.2.0"

serverless@^3.2.0, serverless@^3.38.0:
  version "3.40.0"

"serverless@npm:osls@^3.50.0":
  version "3.77.1"
"""
YARN_BERRY = """\
__metadata:
  version: 8

"serverless@npm:^2.72.0":
  version: 2.72.4
  resolution: "serverless@npm:2.72.4"

"serverless@npm:^3.2.0, serverless@npm:^3.38.0":
  version: 3.40.0
  resolution: "serverless@npm:3.40.0"

"serverless@npm:osls@^3.50.0":
  version: 3.77.1
  resolution: "osls@npm:3.77.1"
"""
PNPM_5 = """\
importers:
  .:
    devDependencies:
      serverless: 3.40.0
    specifiers:
      serverless: ^3.38.0
  services/a:
    devDependencies:
      serverless: 2.72.4_inquirer@8.2.7
  services/b:
    dependencies:
      serverless: /osls/3.77.1
lockfileVersion: 5.2
packages:
  /serverless/1.83.3:
    dependencies:
      serverless: 1.83.3
"""
PNPM_6 = """\
lockfileVersion: '6.0'

importers:

  .:
    devDependencies:
      serverless:
        specifier: ^3.38.0
        version: 3.40.0

  services/a:
    devDependencies:
      'serverless':
        specifier: ^2.72.0
        version: 2.72.4(inquirer@8.2.7)

  services/b:
    devDependencies:
      serverless:
        specifier: npm:osls@^3.50.0
        version: /osls@3.77.1(@types/json-schema@7.0.15)

packages:

  /serverless@1.83.3:
    dependencies:
      serverless: 1.83.3
"""
PNPM_9 = (
    PNPM_6.replace("'6.0'", "'9.0'")
    .replace("/osls@", "osls@")
    .replace("3.40.0\n", "3.40.0(@types/node@26.6.6)\n")
    .replace("(inquirer@8.2.7)", "(inquirer@8.2.7(@types/node@26.6.6))")
)
ASKED = {"services/a": "^2.72.0", "services/b": "npm:osls@^3.50.0", "": "^3.38.0"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", NPM_3),
        ("package-lock.json", NPM_3.replace('"lockfileVersion": 3', '"lockfileVersion": 2')),
        ("npm-shrinkwrap.json", NPM_3),
        ("yarn.lock", YARN_1),
        ("yarn.lock", YARN_1.replace("\n", "\r\n")),
        ("yarn.lock", YARN_BERRY),
        ("pnpm-lock.yaml", PNPM_5),
        ("pnpm-lock.yaml", PNPM_6),
        ("pnpm-lock.yaml", PNPM_9),
    ],
)
def test_every_workspace_gets_the_version_that_node_would_find(name: str, text: str) -> None:
    found = locked(name, text)

    def version(directory: str) -> list[tuple[str, str]]:
        asked = {"serverless": ASKED[directory]}
        return [(each.package, each.version) for each in serving(found, directory, asked)]

    assert version("services/a") == [("serverless", "2.72.4")]
    assert version("services/b") == [("osls", "3.77.1")]
    assert version("") == [("serverless", "3.40.0")]


@pytest.mark.parametrize(("name", "text"), [("package-lock.json", NPM_3), ("pnpm-lock.yaml", PNPM_9)])
def test_directory_without_its_own_version_gets_the_nearest_above(name: str, text: str) -> None:
    found = locked(name, text)
    assert [each.version for each in serving(found, "services/a/deep", {})] == ["2.72.4"]
    assert [each.version for each in serving(found, "other", {})] == ["3.40.0"]


def test_workspace_package_under_the_frameworks_name_is_ignored() -> None:
    assert "9.0.0" not in {each.version for each in locked("package-lock.json", NPM_3)}


def test_npm_version_1_lockfile_gives_the_top_level_only() -> None:
    found = locked("package-lock.json", NPM_1)
    assert [(each.package, each.version) for each in found] == [("serverless", "2.72.4"), ("osls", "3.77.1")]
    assert [each.version for each in serving(found, "services/a", {})] == ["2.72.4", "3.77.1"]


def test_npm_version_1_lockfile_resolves_aliases() -> None:
    text = NPM_1.replace('"version": "2.72.4"', '"version": "npm:osls@3.77.1"')
    assert locked("package-lock.json", text)[0] == Locked("osls", "3.77.1")


def test_pnpm_lockfile_without_workspaces_lists_packages_at_the_top() -> None:
    text = "dependencies:\n  serverless: 3.40.0\nlockfileVersion: 5.3\npackages:\n  /a/1.0.0: {}\n"
    assert locked("pnpm-lock.yaml", text) == (Locked("serverless", "3.40.0"),)


def test_hidden_directory_is_a_pnpm_workspace() -> None:
    text = "importers:\n  .hidden:\n    dependencies:\n      serverless: 3.40.0\n"
    assert locked("pnpm-lock.yaml", text) == (Locked("serverless", "3.40.0", ".hidden"),)


def test_package_json_range_selects_among_several_yarn_entries() -> None:
    found = locked("yarn.lock", YARN_1)
    assert [each.version for each in serving(found, "x", {"serverless": "^3.2.0"})] == ["3.40.0"]
    assert serving(found, "x", {"serverless": "^1.0.0"}) == ()
    assert serving(found, "x", {}) == ()


def test_yarn_entries_of_one_major_version_give_the_first() -> None:
    found = locked("yarn.lock", 'serverless@^3.1.0:\n  version "3.1.0"\n\nserverless@^3.2.0:\n  version "3.40.0"\n')
    assert [each.version for each in serving(found, "x", {})] == ["3.1.0"]


@pytest.mark.parametrize("name", LOCKFILES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\xff",
        "{" * 10_000,
        '{"packages": {"node_modules/serverless": {"version": 3}}}',
        '{"packages": {"node_modules/serverless": {',
        '{"lockfileVersion": 1, "dependencies": {"serverless": {"version": "3.0.0"}}}',
        "serverless@link:../x:\n  version latest\n",
        "importers:\n  .:\n    dependencies:\n      serverless: link:../x\n",
        "dependencies:\n  other: 1.0.0\nversion: 3.0.0\nimporters:\n",
    ],
)
def test_unreadable_lockfile_gives_no_evidence(name: str, text: str) -> None:
    assert locked(name, text) == ()


@pytest.mark.parametrize("megabytes", [1, slow(3)])
@pytest.mark.parametrize("name", LOCKFILES)
@pytest.mark.parametrize(
    "line",
    [
        '    "node_modules/serverless-x": {\n      "version": "1.0.0"\n    },\n',
        '"node_modules/serverless": {',
        '    "serverless": {\n',
        "serverless@^1.0.0:\n",
        "  serverless:\n",
        "serverless@" + "a, " * 500,
    ],
)
def test_huge_lockfile_is_searched_quickly(name: str, line: str, megabytes: int) -> None:
    text = line * (megabytes * 1_000_000 // len(line))
    started = time.monotonic()
    locked(name, text)
    assert time.monotonic() - started < 5 * megabytes / 3

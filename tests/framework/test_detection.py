import json
import os
from pathlib import Path

import pytest

from migrate.framework.detection import detect_framework, explicit_framework, merge_evidence
from migrate.framework.releases import RELEASES, SERVERLESS, joint_label
from migrate.framework.resolve import View
from migrate.model import Family, Framework
from migrate.text.manifest import read
from tests.support.limits import seconds
from tests.support.posix import make_pipe

SERVICE = "service: shop\nprovider:\n  name: aws\n"
MODE = "variablesResolutionMode: 20210326\n"
NOTHING = Framework(Family.UNKNOWN)
# What an open range and a mark without an end point at.
NEWEST = [row.release for row in RELEASES.values() if row.package == SERVERLESS][-1]
FROM_3 = joint_label(row.release for row in RELEASES.values() if row.package == SERVERLESS and row.majors >= (3,))


def manifest(directory: Path, text: str = SERVICE) -> View:
    directory.mkdir(parents=True, exist_ok=True)
    return View(read(directory / "serverless.yml", text.encode()))


def install(directory: Path, version: str, key: str = "serverless", name: str | None = None) -> None:
    put(directory / "node_modules" / key / "package.json", json.dumps({"name": name or key, "version": version}))


def depend(directory: Path, wanted: str, key: str = "serverless", group: str = "devDependencies") -> None:
    put(directory / "package.json", json.dumps({"name": "shop", group: {key: wanted, "other": "1.0.0"}}))


def lock(directory: Path, version: str, place: str = "") -> None:
    key = f"{place}node_modules/serverless"
    put(directory / "package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {key: {"version": version}}}))


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def told(framework: Framework) -> tuple[str, str, str]:
    assert framework.family is RELEASES[framework.release].family
    return framework.release, framework.label, framework.source


# ── each kind of evidence ─────────────────────────────────────────────────────────────────────


def test_no_evidence_gives_no_framework(tmp_path: Path) -> None:
    assert detect_framework(manifest(tmp_path), tmp_path) == NOTHING
    assert detect_framework(manifest(tmp_path), None) == NOTHING


@pytest.mark.parametrize("release", RELEASES)
def test_given_framework_overrules_all_evidence(tmp_path: Path, release: str) -> None:
    install(tmp_path, "3.40.0")
    assert detect_framework(manifest(tmp_path), tmp_path, release) == explicit_framework(release)
    assert explicit_framework(release).source == "as you said"
    assert explicit_framework(release).family is RELEASES[release].family


@pytest.mark.parametrize(
    ("version", "release", "label"),
    [
        ("1.83.3", "1", "Serverless 1"),
        ("2.72.4", "2", "Serverless 2"),
        ("3.40.0", "3", "Serverless 3"),
        ("4.4.1-beta.2", "4", "Serverless 4"),
    ],
)
def test_installed_package_is_evidence(tmp_path: Path, version: str, release: str, label: str) -> None:
    install(tmp_path, version)
    assert told(detect_framework(manifest(tmp_path / "services/a"), tmp_path)) == (
        release,
        label,
        "node_modules/serverless",
    )


def test_nearest_installed_package_wins(tmp_path: Path) -> None:
    install(tmp_path, "2.72.4")
    install(tmp_path / "a", "3.40.0")
    assert detect_framework(manifest(tmp_path / "a" / "b"), tmp_path).release == "3"
    assert detect_framework(manifest(tmp_path / "c"), tmp_path).release == "2"


def test_osls_installed_under_the_frameworks_name_is_detected_as_osls(tmp_path: Path) -> None:
    install(tmp_path, "3.77.1", name="osls")
    assert told(detect_framework(manifest(tmp_path), tmp_path)) == ("osls", "osls 3", "node_modules/serverless")


def test_package_named_osls_takes_precedence(tmp_path: Path) -> None:
    install(tmp_path, "4.3.1", key="osls")
    install(tmp_path, "4.4.1")
    assert told(detect_framework(manifest(tmp_path), tmp_path)) == ("osls", "osls 4", "node_modules/osls")


def test_lockfile_is_evidence_for_each_workspace(tmp_path: Path) -> None:
    lock(tmp_path, "2.72.4", "services/a/")
    assert told(detect_framework(manifest(tmp_path / "services/a"), tmp_path)) == (
        "2",
        "Serverless 2",
        "package-lock.json",
    )
    assert detect_framework(manifest(tmp_path / "services/b"), tmp_path) == NOTHING


def test_yarn_entry_required_by_package_json_is_evidence(tmp_path: Path) -> None:
    put(tmp_path / "yarn.lock", 'serverless@^2.1.0:\n  version "2.72.4"\n\nserverless@^3.1.0:\n  version "3.40.0"\n')
    depend(tmp_path / "a", "^3.1.0")
    assert told(detect_framework(manifest(tmp_path / "a"), tmp_path)) == ("3", "Serverless 3", "yarn.lock")


def test_changed_lockfile_is_read_again(tmp_path: Path) -> None:
    lock(tmp_path, "2.72.4")
    assert detect_framework(manifest(tmp_path), tmp_path).release == "2"
    lock(tmp_path, "3.40.0")
    os.utime(tmp_path / "package-lock.json", ns=(1, 1))
    assert detect_framework(manifest(tmp_path), tmp_path).release == "3"


@pytest.mark.parametrize("group", ["dependencies", "devDependencies"])
@pytest.mark.parametrize(
    ("key", "wanted", "release", "label"),
    [
        ("serverless", "^3.38.0", "3", "Serverless 3"),
        ("serverless", "~2.72", "2", "Serverless 2"),
        ("serverless", "1.x", "1", "Serverless 1"),
        ("serverless", "^1 || ^2", "2", "Serverless 1 or 2"),
        ("serverless", ">=3", NEWEST, FROM_3),
        ("serverless", "npm:osls@^3.50.0", "osls", "osls 3"),
        ("serverless", "npm:osls", "osls", "osls 3 or 4"),
        ("serverless", "npm:serverless@2.72.4", "2", "Serverless 2"),
        ("osls", "latest", "osls", "osls"),
    ],
)
def test_package_json_is_evidence(tmp_path: Path, group: str, key: str, wanted: str, release: str, label: str) -> None:
    depend(tmp_path, wanted, key, group)
    framework = detect_framework(manifest(tmp_path / "a"), tmp_path)
    assert (framework.release, framework.source) == (release, "package.json")
    assert framework.label.startswith(label)


@pytest.mark.parametrize(
    "wanted",
    [
        "*",
        "",
        "latest",
        ">=1.0.0",
        "2 || 3",
        "workspace:*",
        "catalog:",
        "npm:@ours/serverless@3.0.0",
        "99",
        "0.5",
        "3" * 300,
    ],
)
def test_version_range_across_families_gives_no_evidence(tmp_path: Path, wanted: str) -> None:
    depend(tmp_path, wanted)
    assert detect_framework(manifest(tmp_path), tmp_path) == NOTHING


@pytest.mark.parametrize(
    ("said", "release"),
    [
        ("'3'", "3"),
        ("3", "3"),
        ("'>=2.0.0 <3.0.0'", "2"),
        ("'>= 2.0.0 < 3.0.0'", "2"),
        ("^2.50.0", "2"),
        ("=1.83.3", "1"),
        ("'4'", "4"),
        ("'>3.40.0 <4'", "3"),
        ("'>=3.0.0-pre <4'", "3"),
    ],
)
def test_framework_version_range_within_one_family_is_evidence(tmp_path: Path, said: str, release: str) -> None:
    framework = detect_framework(manifest(tmp_path, SERVICE + f"frameworkVersion: {said}\n"), tmp_path)
    assert (framework.release, framework.source) == (release, "frameworkVersion")


@pytest.mark.parametrize("said", ["'*'", "'>=1.0.0'", "2 || 3", "latest", "${file(v.txt)}", "[3]", "''"])
def test_framework_version_across_families_gives_no_evidence(tmp_path: Path, said: str) -> None:
    assert detect_framework(manifest(tmp_path, SERVICE + f"frameworkVersion: {said}\n"), tmp_path) == NOTHING


# ── marks ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "mark", "release"),
    [
        ('  variableSyntax: "\\\\${{([ ~:a-zA-Z0-9]+?)}}"', "variableSyntax", "2"),
        ("custom: {x: '${ssm:/a/b~true}'}", "~true", "2"),
        ("custom:\n  x: postgres://a:${ssm.eu-west-1:/a/b~true, 'x'}@h", "~true", "2"),
        ("custom: {x: '$<ssm:/a/b~split>'}", "~true", "2"),
        ("custom: {x: '${ssm.us-west-2:/a}'}", "ssm.<region>:", "2"),
        ("custom: {x: 'arn:#{AWS::AccountId}'}", "#{AWS::…}", "2"),
        ("custom: {x: '${ssm(raw):/a/b}'}", "ssm(…):", NEWEST),
        ("custom: {x: '${ssm(us-west-2, raw):/a/b}'}", "ssm(…):", NEWEST),
        ("custom: {x: 'a-${sls:stage}'}", "${sls:stage}", NEWEST),
        ("params: {default: {x: 1}}", "params:", NEWEST),
        ("stages: {default: {params: {x: 1}}}", "stages:", NEWEST),
        ("variablesResolutionMode: 20210326", "variablesResolutionMode", "2-modern"),
        ("variablesResolutionMode: '20220331'", "variablesResolutionMode", "2-modern"),
    ],
)
def test_marks_in_the_manifest_are_evidence_if_there_is_no_other(
    tmp_path: Path, line: str, mark: str, release: str
) -> None:
    framework = detect_framework(manifest(tmp_path, f"{SERVICE}{line}\n"), tmp_path)
    assert (framework.release, framework.source) == (release, f"{mark} in serverless.yml")
    assert framework.family is RELEASES[release].family


@pytest.mark.parametrize(
    "line",
    [
        "variablesResolutionMode: 20210219",
        "custom: {x: '${ssm:/a/b}'}",
        "custom: {x: 'transsm(raw):'}",
        "# ${ssm:/a~true}",
    ],
)
def test_syntax_that_every_version_reads_is_not_evidence(tmp_path: Path, line: str) -> None:
    assert detect_framework(manifest(tmp_path, f"{SERVICE}{line}\n"), tmp_path) == NOTHING


def test_service_given_as_a_map_is_older_than_version_3(tmp_path: Path) -> None:
    text = "service:\n  name: shop\n"
    assert detect_framework(manifest(tmp_path, text), tmp_path).label == "Serverless 1 or 2"
    assert detect_framework(manifest(tmp_path, text + MODE), tmp_path).release == "2-modern"


@pytest.mark.parametrize("said", ["2", "'^1.0.0 || ^2.0.0'", "'>=2'"])
def test_version_2_with_variables_resolution_mode_is_modern(tmp_path: Path, said: str) -> None:
    framework = detect_framework(manifest(tmp_path, f"{SERVICE}frameworkVersion: {said}\n{MODE}"), tmp_path)
    assert told(framework)[0] == "2-modern"
    assert "variablesResolutionMode" in framework.label


def test_installed_version_2_with_the_mode_is_modern_and_version_1_is_not(tmp_path: Path) -> None:
    install(tmp_path / "a", "2.72.4")
    install(tmp_path / "b", "1.83.3")
    assert detect_framework(manifest(tmp_path / "a", SERVICE + MODE), tmp_path).release == "2-modern"
    assert detect_framework(manifest(tmp_path / "b", SERVICE + MODE), tmp_path).release == "1"


# ── evidence against evidence ─────────────────────────────────────────────────────────────────


def test_first_evidence_wins_within_one_family(tmp_path: Path) -> None:
    install(tmp_path, "3.40.0")
    depend(tmp_path, "^4.0.0")
    assert told(detect_framework(manifest(tmp_path), tmp_path)) == ("3", "Serverless 3", "node_modules/serverless")


def test_contradicting_evidence_is_reported_as_unknown(tmp_path: Path) -> None:
    lock(tmp_path, "2.72.4")
    framework = detect_framework(manifest(tmp_path, SERVICE + "frameworkVersion: '3'\n"), tmp_path)
    note = "package-lock.json says Serverless 2, but frameworkVersion says Serverless 3"
    assert framework == Framework(Family.UNKNOWN, notes=(note,))


def test_two_contradicting_lockfiles_make_the_framework_unknown(tmp_path: Path) -> None:
    lock(tmp_path, "2.72.4")
    put(tmp_path / "yarn.lock", 'serverless@^3.1.0:\n  version "3.40.0"\n')
    assert detect_framework(manifest(tmp_path), tmp_path).family is Family.UNKNOWN


def test_nearer_package_json_overrules_a_farther_one(tmp_path: Path) -> None:
    depend(tmp_path, "^2.0.0")
    depend(tmp_path / "a", "^3.0.0")
    assert detect_framework(manifest(tmp_path / "a"), tmp_path).release == "3"


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", "node_modules", "node_modules/serverless"])
def test_evidence_behind_a_link_out_of_the_root_is_ignored(tmp_path: Path, name: str) -> None:
    install(tmp_path, "3.40.0")
    lock(tmp_path, "3.40.0")
    depend(tmp_path, "^3.0.0")
    link = tmp_path / "repo" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / name)
    assert detect_framework(manifest(tmp_path / "repo"), tmp_path / "repo") == NOTHING


def test_installed_package_behind_a_link_within_the_root_is_evidence(tmp_path: Path) -> None:
    install(tmp_path / "store", "3.40.0")
    (tmp_path / "node_modules").symlink_to("store/node_modules")
    assert detect_framework(manifest(tmp_path), tmp_path).release == "3"


def test_evidence_above_the_root_is_ignored(tmp_path: Path) -> None:
    install(tmp_path, "3.40.0")
    lock(tmp_path, "3.40.0")
    depend(tmp_path, "^3.0.0")
    assert detect_framework(manifest(tmp_path / "repo"), tmp_path / "repo") == NOTHING
    assert detect_framework(manifest(tmp_path / "repo"), None) == NOTHING
    assert detect_framework(manifest(tmp_path / "repo"), tmp_path / "elsewhere") == NOTHING


def test_installed_package_overrules_stale_marks_with_a_note(tmp_path: Path) -> None:
    install(tmp_path, "3.40.0")
    framework = detect_framework(manifest(tmp_path, SERVICE + "custom: {x: '${ssm:/a~true}'}\n"), tmp_path)
    assert told(framework) == ("3", "Serverless 3", "node_modules/serverless")
    assert framework.notes == (
        "~true in serverless.yml is for Serverless 1 or 2, but node_modules/serverless says Serverless 3",
    )


def test_marks_that_contradict_a_version_range_are_reported_as_unknown(tmp_path: Path) -> None:
    text = SERVICE + "frameworkVersion: '3'\ncustom: {x: '${ssm:/a~true}'}\n"
    framework = detect_framework(manifest(tmp_path, text), tmp_path)
    assert framework == Framework(
        Family.UNKNOWN,
        notes=("frameworkVersion says Serverless 3, but ~true in serverless.yml is for Serverless 1 or 2",),
    )


def test_references_under_verification_are_not_evidence(tmp_path: Path) -> None:
    text = SERVICE + "frameworkVersion: '3'\ncustom: {x: '${ssm:/a~true}', y: '${ssm.us-east-1:/a}'}\n"
    assert told(detect_framework(manifest(tmp_path, text), tmp_path, by_references=False))[0] == "3"
    assert (
        detect_framework(manifest(tmp_path, SERVICE + "custom: {x: '${ssm(raw):/a}'}\n"), None, by_references=False)
        == NOTHING
    )


def test_contradicting_marks_are_reported_as_unknown(tmp_path: Path) -> None:
    text = SERVICE + "custom: {x: '${ssm:/a~true}', y: '${ssm(raw):/a}'}\n"
    framework = detect_framework(manifest(tmp_path, text), tmp_path)
    assert framework.family is Family.UNKNOWN
    (note,) = framework.notes
    assert note == (f"~true in serverless.yml is for Serverless 1 or 2, but ssm(…): in serverless.yml is for {FROM_3}")


def test_legacy_mark_beside_the_modern_mode_makes_the_framework_unknown(tmp_path: Path) -> None:
    framework = detect_framework(manifest(tmp_path, SERVICE + MODE + "custom: {x: '${ssm:/a~true}'}\n"), tmp_path)
    assert framework.family is Family.UNKNOWN


# ── files that several manifests include ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("releases", "expected"),
    [(("3",), "3"), (("1", "2"), "2"), (("3", "osls", "4"), "4"), (("2-modern", "3"), "3"), (("osls", "3"), "osls")],
)
def test_manifests_of_one_family_merge_to_the_release_with_the_most_rules(
    releases: tuple[str, ...], expected: str
) -> None:
    assert merge_evidence([explicit_framework(release) for release in releases]) == explicit_framework(expected)


@pytest.mark.parametrize(
    ("frameworks", "note"),
    [
        (
            [explicit_framework("2"), explicit_framework("3"), explicit_framework("3")],
            "it is deployed by Serverless 2 and by Serverless 3",
        ),
        ([explicit_framework("3"), NOTHING], "it is deployed by Serverless 3 and by an unknown version"),
    ],
)
def test_manifests_of_different_families_merge_to_unknown(frameworks: list[Framework], note: str) -> None:
    assert merge_evidence(frameworks) == Framework(Family.UNKNOWN, notes=(note,))


def test_evidence_of_no_manifest_merges_to_unknown() -> None:
    assert merge_evidence([]) == NOTHING
    assert merge_evidence([NOTHING, NOTHING]) == NOTHING


# ── bad files ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["", "\0", "[]", "{", "[" * 100_000, '{"devDependencies": []}', '{"devDependencies": {"serverless": 3}}', '"x"'],
)
def test_broken_package_json_gives_no_evidence(tmp_path: Path, text: str) -> None:
    put(tmp_path / "package.json", text)
    put(tmp_path / "node_modules/serverless/package.json", text)
    assert detect_framework(manifest(tmp_path), tmp_path) == NOTHING


def test_installed_package_without_a_readable_version_gives_no_evidence(tmp_path: Path) -> None:
    install(tmp_path, "next")
    install(tmp_path, "5.0.0", key="osls", name="other")
    assert detect_framework(manifest(tmp_path), tmp_path) == NOTHING


def test_pipes_and_directories_in_place_of_files_do_not_hang(tmp_path: Path) -> None:
    make_pipe(tmp_path / "package-lock.json")
    make_pipe(tmp_path / "package.json")
    (tmp_path / "yarn.lock").mkdir()
    assert detect_framework(manifest(tmp_path), tmp_path) == NOTHING


def test_thousand_services_under_one_large_lockfile_are_detected_quickly(tmp_path: Path) -> None:
    packages = {f"node_modules/p{n}": {"version": "1.0.0", "integrity": "x" * 80} for n in range(60_000)}
    packages["node_modules/serverless"] = {"version": "3.40.0"}
    put(tmp_path / "package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2))
    services = [manifest(tmp_path / f"s{n}") for n in range(300)]
    with seconds():
        assert {detect_framework(service, tmp_path).release for service in services} == {"3"}

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from migrate.files.discovery import Discovery, Outside, SourceFile, discover
from migrate.model import Role
from tests.support.posix import make_pipe

SERVICE = "service: shop\nprovider:\n  name: aws\n"
NO_INCLUDE = "no manifest includes it"


def put(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def repository(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)


def including(*paths: str) -> str:
    return SERVICE + "custom:\n" + "".join(f"  k{n}: ${{file({path}):x}}\n" for n, path in enumerate(paths))


def look(root: Path, *paths: str) -> Discovery:
    return discover([Path(path) for path in paths or (".",)], cwd=root)


def found(discovery: Discovery, root: Path) -> dict[str, SourceFile]:
    return {os.path.relpath(each.file, root): each for each in discovery.files}


def owners(discovery: Discovery, root: Path) -> dict[str, list[str]]:
    return {name: [os.path.relpath(m, root) for m in each.manifests] for name, each in found(discovery, root).items()}


# ── manifests ─────────────────────────────────────────────────────────────────────────────────


def test_manifests_of_every_spelling_are_found_in_path_order(tmp_path: Path) -> None:
    names = ["a/serverless.json", "b/serverless.yaml", "c/d/serverless.yml", "serverless.yml"]
    put(tmp_path, dict.fromkeys(names, SERVICE))
    discovery = look(tmp_path)
    assert [os.path.relpath(each.file, tmp_path) for each in discovery.files] == names
    assert {each.role for each in discovery.files} == {Role.MANIFEST}
    assert all(each.manifests == (each.file,) and each.writable for each in discovery.files)
    assert {each.root for each in discovery.files} == {tmp_path}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("serverless.dev.yml", SERVICE),
        ("serverless-prod.yaml", SERVICE),
        ("serverless.template.yml", '"service": shop\n"provider":\n  name: aws\n'),
        ("serverless.dev.json", '{"service": "shop", "provider": {"name": "aws"}}'),
        ("serverless.wide.yml", SERVICE),
    ],
)
def test_variant_with_service_and_provider_is_a_manifest(tmp_path: Path, name: str, text: str) -> None:
    codec = "utf-16" if "wide" in name else "utf-8-sig"
    (tmp_path / name).write_bytes(text.encode(codec))
    (each,) = look(tmp_path).files
    assert (each.role, each.manifests, each.writable) == (Role.MANIFEST, (tmp_path / name,), True)


def test_variant_that_is_no_service_belongs_to_the_nearest_manifest_and_is_never_written(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": SERVICE, "stages/serverless.env.yml": "dev:\n  KEY: x\n  service: y\n"})
    each = found(look(tmp_path), tmp_path)["stages/serverless.env.yml"]
    assert each == SourceFile(
        tmp_path / "stages/serverless.env.yml", Role.INCLUDED, (tmp_path / "serverless.yml",), tmp_path, NO_INCLUDE
    )


def test_variant_included_by_a_manifest_is_writable(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": including("serverless.env.yml"), "serverless.env.yml": "x: 1\n"})
    each = found(look(tmp_path), tmp_path)["serverless.env.yml"]
    assert (each.role, each.writable, each.manifests) == (Role.INCLUDED, True, (tmp_path / "serverless.yml",))


def test_directory_without_manifests_yields_nothing(tmp_path: Path) -> None:
    put(tmp_path, {"readme.yml": "a: b\n", "node_modules/x/serverless.yml": SERVICE})
    assert look(tmp_path) == Discovery(())


def test_unsupported_files_are_listed_as_not_read(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "serverless.yml": including("./secrets.js", "./key.pem", "x.json"),
            "secrets.js": "module.exports = {}",
            "key.pem": "",
            "x.json": "{}",
            ".env": "",
            "b/serverless.ts": "",
        },
    )
    discovery = look(tmp_path)
    assert [each.relative_to(tmp_path).as_posix() for each in discovery.not_read] == [
        ".env",
        "b/serverless.ts",
        "key.pem",
        "secrets.js",
    ]
    assert set(found(discovery, tmp_path)) == {"serverless.yml", "x.json"}


# ── what is named outright ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["serverless.yml", "infra/any.yml"])
def test_manifest_given_by_path_is_read_with_its_includes_only(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: including("env.yml"), "env.yml": "x: 1\n", "infra/env.yml": "x: 1\n", "b/serverless.yml": ""})
    each = look(tmp_path, name).files
    assert sorted(file.role.value for file in each) == ["included", "manifest"]


def test_yaml_file_given_by_path_belongs_to_the_nearest_manifest(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": SERVICE, "a/serverless.json": "{}", "a/conf/dev.yml": "KEY: x\n"})
    repository(tmp_path)
    (each,) = look(tmp_path, "a/conf/dev.yml").files
    assert each == SourceFile(tmp_path / "a/conf/dev.yml", Role.INCLUDED, (tmp_path / "a/serverless.json",), tmp_path)


def test_file_without_a_manifest_above_it_is_read(tmp_path: Path) -> None:
    put(tmp_path, {"conf/dev.json": "{}"})
    (each,) = look(tmp_path, "conf/dev.json").files
    assert each == SourceFile(tmp_path / "conf/dev.json", Role.INCLUDED, (), tmp_path / "conf")


def test_outside_git_the_directory_of_the_nearest_manifest_is_the_root(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": SERVICE, "conf/dev.yml": "x: 1\n"})
    assert [each.root for each in look(tmp_path, "conf/dev.yml").files] == [tmp_path]


def test_given_directory_is_the_root_of_a_given_file_in_it(tmp_path: Path) -> None:
    put(tmp_path, {"a/b/serverless.yml": SERVICE, "a/b/c/x.yml": "k: v\n"})
    discovery = look(tmp_path, "a/b/c/x.yml", "a")
    assert {name: each.root for name, each in found(discovery, tmp_path).items()} == {
        "a/b/serverless.yml": tmp_path / "a",
        "a/b/c/x.yml": tmp_path / "a",
    }


def test_variant_given_by_path_is_writable_even_if_its_directory_is_given(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": SERVICE, "serverless.env.yml": "KEY: x\n"})
    discovery = look(tmp_path, "serverless.env.yml", ".")
    assert found(discovery, tmp_path)["serverless.env.yml"].writable


def test_path_given_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": including("e.yml"), "e.yml": "", "serverless.env.yml": ""})
    assert look(tmp_path, ".", ".", "serverless.yml", str(tmp_path), "e.yml") == look(tmp_path)


def test_ignored_manifest_given_by_path_is_read(tmp_path: Path) -> None:
    repository(tmp_path)
    put(tmp_path, {"serverless.yml": SERVICE, ".gitignore": "serverless.yml\n"})
    assert look(tmp_path).files == ()
    assert look(tmp_path).ignored == (tmp_path / "serverless.yml",)
    assert [each.file for each in look(tmp_path, "serverless.yml").files] == [tmp_path / "serverless.yml"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("missing", "does not exist or can't be reached"), ("x.txt", "is neither YAML nor JSON"), ("pipe", "is neither")],
)
def test_invalid_path_is_reported_and_the_others_are_read(tmp_path: Path, path: str, message: str) -> None:
    put(tmp_path, {"serverless.yml": SERVICE, "x.txt": ""})
    make_pipe(tmp_path / "pipe")
    discovery = look(tmp_path, path, ".")
    assert len(discovery.files) == 1
    assert [each.location.file for each in discovery.problems] == [tmp_path / path]
    assert discovery.problems[0].message.startswith(message)


@pytest.mark.parametrize("name", ["serverless.ts", ".env", ".env.local"])
def test_code_file_given_by_path_is_listed_as_not_read(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: ""})
    assert look(tmp_path, name) == Discovery((), not_read=(tmp_path / name,))


# ── includes ──────────────────────────────────────────────────────────────────────────────────


def test_includes_are_followed_recursively_and_cycles_end(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "serverless.yml": including("a/one.yml", "serverless.yml"),
            "a/one.yml": "x: ${file(a/two.json):y}\n",
            "a/two.json": '{"y": "${file(a/one.yml):z}", "z": "${file(./three.yaml)}"}',
            "a/three.yaml": "k: v\n",
            "three.txt": "",
        },
    )
    owned = owners(look(tmp_path), tmp_path)
    assert set(owned) == {"a/one.yml", "a/three.yaml", "a/two.json", "serverless.yml"}
    assert all(each == ["serverless.yml"] for each in owned.values())


def test_service_directory_is_searched_before_the_including_files_directory(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "serverless.yml": including("a/one.yml"),
            "a/one.yml": "x: ${file(./x.yml)}\ny: ${file(./y.yml)}\n",
            "x.yml": "",
            "a/x.yml": "",
            "a/y.yml": "",
        },
    )
    assert set(found(look(tmp_path), tmp_path)) == {"serverless.yml", "a/one.yml", "x.yml", "a/y.yml"}


def test_file_included_by_two_manifests_belongs_to_both(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "a/serverless.yml": including("../shared.yml"),
            "b/serverless.yml": including("../shared.yml"),
            "shared.yml": "x: 1\n",
        },
    )
    discovery = look(tmp_path)
    assert owners(discovery, tmp_path)["shared.yml"] == ["a/serverless.yml", "b/serverless.yml"]
    assert len(discovery.files) == 3


def test_manifest_included_by_another_belongs_to_both(tmp_path: Path) -> None:
    put(tmp_path, {"a/serverless.yml": including("../b/serverless.yml"), "b/serverless.yml": including("own.yml")})
    put(tmp_path, {"b/own.yml": ""})
    repository(tmp_path)
    for paths in ((".",), ("a",)):
        each = found(look(tmp_path, *paths), tmp_path)["b/serverless.yml"]
        assert each.role is Role.MANIFEST
        assert each.manifests == (tmp_path / "a/serverless.yml", tmp_path / "b/serverless.yml")


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("./config.${opt:stage, 'dev'}.yml", {"config.dev.yml", "config.prod.yml"}),
        ("conf/${opt:stage}.json", {"conf/a.json", "conf/b.json"}),
        ("*/${opt:stage}.json", {"conf/a.json", "conf/b.json"}),
        ("${opt:dir, 'deep/down'}/x.yml", {"deep/down/x.yml"}),
        ("${opt:stage}.yml", {"config.dev.yml", "config.prod.yml", "serverless.yml"}),
        ("${env:ANY}", {"config.dev.yml", "config.prod.yml", "serverless.yml"}),
        (".${opt:stage}.yml", {".hidden.yml"}),
        ("${opt:stage}/e.yml", set()),
        ("./conf//a.json", {"conf/a.json"}),
        ("conf", set()),
        ("missing.yml", set()),
        ("missing/${opt:stage}.yml", set()),
        ("node_modules/p/x.yml", set()),
        ("x\0.yml", set()),
        ("x" * 300 + ".yml", set()),
    ],
)
def test_variable_in_an_include_path_matches_every_such_file(tmp_path: Path, path: str, family: set[str]) -> None:
    names = ["config.dev.yml", "config.prod.yml", "conf/a.json", "conf/b.json", "conf/c.txt", ".hidden.yml", "note.txt"]
    names += ["deep/down/x.yml", "package.json", "docker-compose.yml", "node_modules/e.yml", "node_modules/p/x.yml"]
    put(tmp_path, {**dict.fromkeys(names, ""), "serverless.yml": including(path)})
    discovery = look(tmp_path)
    assert set(found(discovery, tmp_path)) == family | {"serverless.yml"}
    assert discovery.problems == ()


def test_self_variable_in_an_include_path_is_resolved_from_the_manifest(tmp_path: Path) -> None:
    text = SERVICE + "custom:\n  conf: conf/live.yml\n  all: ${file(${self:custom.conf})}\n"
    put(tmp_path, {"serverless.yml": text, "conf/live.yml": "", "other.yml": ""})
    assert set(found(look(tmp_path), tmp_path)) == {"serverless.yml", "conf/live.yml"}


def test_include_that_matches_too_many_files_is_cut_and_reported(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": including("c/${opt:x}.yml", "c/${opt:y}.yml")})
    put(tmp_path, {f"c/{number:04}.yml": "" for number in range(510)})
    discovery = look(tmp_path)
    assert len(discovery.files) == 501
    (problem,) = discovery.problems
    assert "more than 500 files" in problem.message


def test_ignored_file_that_a_manifest_includes_is_writable(tmp_path: Path) -> None:
    repository(tmp_path)
    put(tmp_path, {"serverless.yml": including("serverless.local.yml"), ".gitignore": "*.local.yml\n"})
    put(tmp_path, {"serverless.local.yml": "x: 1\n"})
    discovery = look(tmp_path)
    assert found(discovery, tmp_path)["serverless.local.yml"].writable
    assert discovery.ignored == ()


# ── what is never written ─────────────────────────────────────────────────────────────────────


def reason(root: Path, name: str, *paths: str) -> str:
    return found(look(root, *paths), root)[name].reason


OUTSIDE = [
    "../outside.yml",
    "./a/../../outside.yml",
    "{}/outside.yml",
    "~/outside.yml",
    "~/.docker/config.json",
    "../.hidden/${{opt:stage}}.yml",
    "../*/${{opt:stage}}.yml",
    "../out${{opt:x}}.yml",
    "{}/${{opt:x}}",
    "link.yml",
    "up/outside.yml",
    "up/${{opt:x}}/y.yml",
    "up/up/outside.yml",
    "../key.pem",
]


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("path", OUTSIDE)
def test_include_outside_the_repository_is_told_as_written_whether_it_is_there_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, is_there: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    repository(tmp_path / "repo")
    written = path.format(tmp_path)
    put(tmp_path, {"repo/a/x": "", "repo/serverless.yml": including(written, "own.yml"), "repo/own.yml": ""})
    if is_there:
        names = ["outside.yml", ".docker/config.json", ".hidden/dev.yml", "other/dev.yml", "other/y.yml", "key.pem"]
        put(tmp_path, dict.fromkeys(names, "x: 1\n"))
    (tmp_path / "repo/link.yml").symlink_to("../outside.yml")
    (tmp_path / "repo/up").symlink_to("..")
    discovery = look(tmp_path, "repo")
    assert discovery.outside == (Outside(tmp_path / "repo/serverless.yml", written),)
    assert set(found(discovery, tmp_path)) == {"repo/own.yml", "repo/serverless.yml"}
    assert (discovery.not_read, discovery.problems) == ((), ())


@pytest.mark.parametrize("path", ["../shared.yml", "{}/repo/shared.yml", "../../repo/shared.yml", "~/repo/shared.yml"])
def test_include_that_leads_out_and_back_in_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    repository(tmp_path / "repo")
    put(tmp_path, {"repo/a/serverless.yml": including(path.format(tmp_path)), "repo/shared.yml": "x: 1\n"})
    discovery = look(tmp_path, "repo")
    assert found(discovery, tmp_path)["repo/shared.yml"].writable
    assert discovery.outside == ()


def test_include_of_an_included_file_stays_in_the_repository_too(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    put(tmp_path, {"repo/serverless.yml": including("a/one.yml"), "outside.yml": "x: 1\n"})
    put(tmp_path, {"repo/a/one.yml": "x: ${file(../../outside.yml):y}\ny: ${file(../own.yml)}\n", "repo/own.yml": ""})
    discovery = look(tmp_path, "repo")
    assert discovery.outside == (Outside(tmp_path / "repo/a/one.yml", "../../outside.yml"),)
    assert set(found(discovery, tmp_path)) == {"repo/a/one.yml", "repo/own.yml", "repo/serverless.yml"}


@pytest.mark.parametrize("target", ["../base.yml", "../missing.yml", "/etc/passwd", "a/up/base.yml"])
@pytest.mark.parametrize("name", ["serverless.yml", "serverless.env.yml"])
def test_manifest_that_links_outside_the_repository_is_told_and_not_opened(
    tmp_path: Path, name: str, target: str
) -> None:
    repository(tmp_path / "repo")
    put(tmp_path, {"base.yml": SERVICE, "repo/b/serverless.yml": SERVICE, "repo/a/x": ""})
    (tmp_path / "repo/a/up").symlink_to("../..")
    (tmp_path / "repo" / name).symlink_to(target)
    discovery = look(tmp_path, "repo")
    assert set(found(discovery, tmp_path)) == {"repo/b/serverless.yml"}
    assert discovery.outside == (Outside(tmp_path / "repo" / name),)
    assert discovery.problems == ()


def test_linked_manifest_above_a_given_file_is_not_its_manifest_where_it_leads_outside(tmp_path: Path) -> None:
    put(tmp_path, {"elsewhere/base.yml": SERVICE, "repo/conf/dev.yml": "x: 1\n"})
    (tmp_path / "repo/serverless.yml").symlink_to("../elsewhere/base.yml")
    (each,) = look(tmp_path, "repo/conf/dev.yml").files
    assert (each.manifests, each.root) == ((), tmp_path / "repo")


def test_link_that_a_person_names_is_read_wherever_it_leads(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    put(tmp_path, {"base.yml": SERVICE})
    (tmp_path / "repo/serverless.yml").symlink_to("../base.yml")
    assert reason(tmp_path, "base.yml", "repo/serverless.yml") == "it lies outside the repository"


def test_linked_manifest_resolves_to_its_target_and_includes_relative_to_the_link(tmp_path: Path) -> None:
    put(tmp_path, {"base/common.yml": including("env.yml"), "a/env.yml": "", "b/env.yml": ""})
    for name in "ab":
        (tmp_path / name / "serverless.yml").symlink_to("../base/common.yml")
    owned = owners(look(tmp_path), tmp_path)
    assert set(owned) == {"a/env.yml", "b/env.yml", "base/common.yml"}
    assert all(each == ["base/common.yml"] for each in owned.values())
    assert all(each.writable for each in look(tmp_path).files)


def test_file_of_a_nested_repository_is_not_writable_and_one_around_it_is_not_read(tmp_path: Path) -> None:
    repository(tmp_path)
    repository(tmp_path / "inner")
    put(tmp_path, {"serverless.yml": including("inner/x.yml"), "inner/x.yml": "", "shared.yml": ""})
    put(tmp_path, {"inner/serverless.yml": including("../shared.yml")})
    assert reason(tmp_path, "inner/x.yml") == "it lies outside the repository"
    assert "shared.yml" not in found(look(tmp_path), tmp_path)
    assert look(tmp_path).outside == (Outside(tmp_path / "inner/serverless.yml", "../shared.yml"),)


def test_given_directory_does_not_extend_a_repository_in_it(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    put(tmp_path, {"repo/serverless.yml": including("../shared.yml"), "shared.yml": ""})
    assert set(found(look(tmp_path), tmp_path)) == {"repo/serverless.yml"}


def test_file_belongs_to_the_manifests_of_its_own_repository_alone(tmp_path: Path) -> None:
    repository(tmp_path / "a")
    repository(tmp_path / "b")
    put(tmp_path, {"a/serverless.yml": including("../b/x.yml"), "b/serverless.yml": including("x.yml"), "b/x.yml": ""})
    assert "b/x.yml" not in found(look(tmp_path, "a"), tmp_path)
    assert reason(tmp_path, "b/x.yml", "a", "b") == ""
    assert owners(look(tmp_path, "a", "b"), tmp_path)["b/x.yml"] == ["b/serverless.yml"]
    assert look(tmp_path, "a", "b").outside == (Outside(tmp_path / "a/serverless.yml", "../b/x.yml"),)


def test_outside_git_every_given_directory_is_writable(tmp_path: Path) -> None:
    put(tmp_path, {"a/serverless.yml": including("../b/x.yml"), "b/x.yml": ""})
    assert "b/x.yml" not in found(look(tmp_path, "a"), tmp_path)
    assert reason(tmp_path, "b/x.yml", "a", "b") == ""


# ── bad trees ─────────────────────────────────────────────────────────────────────────────────


def test_pipes_devices_and_dead_links_do_not_hang(tmp_path: Path) -> None:
    put(tmp_path, {"serverless.yml": including("pipe.yml", "/dev/zero", "/dev/stdin", "dead.yml", "round.yml")})
    make_pipe(tmp_path / "pipe.yml")
    (tmp_path / "sub").mkdir()
    make_pipe(tmp_path / "sub/serverless.yml")
    (tmp_path / "dead.yml").symlink_to("nowhere.yml")
    (tmp_path / "round.yml").symlink_to("round.yml")
    assert set(found(look(tmp_path), tmp_path)) == {"serverless.yml", "sub/serverless.yml"}


def test_symlink_cycle_given_by_path_is_reported(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").symlink_to("serverless.yml")
    assert len(look(tmp_path, "serverless.yml").problems) == 1
    assert [each.file for each in look(tmp_path).files] == [tmp_path / "serverless.yml"]


def test_locked_directory_in_an_include_path_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"serverless.yml": including("locked/x.yml"), "locked/x.yml": ""})
    stat = os.stat

    def refusing(path: Any, **options: Any) -> os.stat_result:
        if "locked/" in str(path):
            raise PermissionError
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", refusing)
    assert set(found(look(tmp_path), tmp_path)) == {"serverless.yml"}


def test_thousand_services_with_shared_files_are_discovered_within_seconds(tmp_path: Path) -> None:
    put(tmp_path, {f"s/{n:04}/serverless.yml": including("../../shared/${opt:stage}.yml") for n in range(1_000)})
    put(tmp_path, {f"shared/{stage}.yml": "x: ${file(../../shared/all.yml)}\n" for stage in ("dev", "prod", "all")})
    started = time.monotonic()
    discovery = look(tmp_path)
    assert len(discovery.files) == 1_003
    assert len(found(discovery, tmp_path)["shared/all.yml"].manifests) == 1_000
    assert time.monotonic() - started < 10

"""Early positions are followed through aliases, merges, variables and files to all that they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.framework.resolve import View
from migrate.model import Manifest, Role
from migrate.model.keypath import KeyPath
from migrate.plan.early_reads import early_reads
from migrate.text.variables import DEFAULT, Delimiters
from tests.support.build import manifest, view
from tests.support.limits import seconds


def included(name: str, text: str) -> Manifest:
    return manifest(text, name, Role.INCLUDED)


def read_by(text: str, path: str, name: str = "serverless.yml", *files: Manifest) -> str:
    """The early position that reads a path of a file, '' where none does."""
    parts = KeyPath.parse(path).parts
    reads = early_reads(view(manifest(text), *files))
    return next((read.position for read in reads if read.covers(Path("/service") / name, parts)), "")


@pytest.mark.parametrize(
    ("text", "path", "position"),
    [
        ("provider: {stage: x}\n", "provider.stage", "provider.stage"),
        ("provider: {stage: x}\n", "provider.tags", ""),
        ("provider: {credentials: {a: {b: x}}}\n", "provider.credentials.a.b", "provider.credentials"),
        ("a: &a x\nprovider: {stage: *a}\n", "a", "provider.stage"),
        ("a: &a {stage: x, y: z}\nprovider: *a\n", "a.stage", "provider.stage"),
        ("a: &a {stage: x, y: z}\nprovider: *a\n", "a.y", ""),
        ("a: &a {stage: x, y: z}\nprovider: {<<: *a}\n", "a.stage", "provider.stage"),
        ("a: &a {stage: x, y: z}\nprovider: {<<: *a, stage: dev}\n", "a.stage", ""),
        ("a: &a x\nprovider: {credentials: {k: *a}}\n", "a", "provider.credentials"),
        ("a: &a {k: x}\nprovider: {credentials: {<<: *a}}\n", "a.k", "provider.credentials"),
        ("custom: {l: [x, y]}\nprovider: {stage: '${self:custom.l.1}'}\n", "custom.l[1]", "provider.stage"),
        ("custom: {l: [x, y]}\nprovider: {stage: '${self:custom.l.1}'}\n", "custom.l[0]", ""),
        ("custom: {a: '${self:custom.b}', b: {c: x}}\nservice: '${self:custom.a.c}'\n", "custom.b.c", "service"),
        ("custom: {a: '${self:custom.b}', b: {c: x}}\nservice: '${self:custom.a.c}'\n", "custom.a", "service"),
        ("custom: {w: q, q: x, r: y}\nservice: '${self:custom.${self:custom.w}}'\n", "custom.w", "service"),
        ("custom: {w: q, q: x, r: y}\nservice: '${self:custom.${self:custom.w}}'\n", "custom.r", ""),
        ("custom: {q: {n: x}, r: {m: y}}\nservice: '${self:custom.${opt:stage}.n}'\n", "custom.q.n", "service"),
        ("custom: {q: {n: x}, r: {m: y}}\nservice: '${self:custom.${opt:stage}.n}'\n", "custom.r.m", ""),
        ("custom: {'q[1]x': y}\nservice: '${self:custom.q[1]${opt:stage}}'\n", 'custom["q[1]x"]', "service"),
        ("custom: {qax: y}\nservice: '${self:custom.q?${opt:stage}}'\n", "custom.qax", ""),
        ("custom: {q: x}\nservice: \"${opt:s, '${self:custom.q}'}\"\n", "custom.q", "service"),
    ],
)
def test_early_positions_are_followed_within_a_manifest(text: str, path: str, position: str) -> None:
    assert read_by(text, path) == position


SECRET = "env: {dev: {secret: x, other: y}}\n"


def test_value_behind_two_files_is_read_early() -> None:
    text = "custom: ${file(./custom.yml)}\nprovider:\n  credentials:\n    key: ${self:custom.env.secret}\n"
    files = (included("custom.yml", "env: ${file(./env.yml):env.dev}\n"), included("env.yml", SECRET))
    assert read_by(text, "env.dev.secret", "env.yml", *files) == "provider.credentials"
    assert read_by(text, "env.dev.other", "env.yml", *files) == ""
    assert read_by(text, "env", "custom.yml", *files) == "provider.credentials"


def test_provider_in_an_included_file_has_early_positions() -> None:
    text = "provider: ${file(provider.yml)}\ncustom: {key: x, free: y}\n"
    files = (included("provider.yml", "stage: '${self:custom.key}'\nenvironment: {A: z}\n"),)
    assert read_by(text, "stage", "provider.yml", *files) == "provider.stage"
    assert read_by(text, "environment.A", "provider.yml", *files) == ""
    assert read_by(text, "custom.key", "serverless.yml", *files) == "provider.stage"
    assert read_by(text, "custom.free", "serverless.yml", *files) == ""


def test_file_of_another_directory_with_an_equal_name_is_not_read_early() -> None:
    text = "provider: {stage: '${file(a/env.yml):stage}'}\n"
    files = (included("a/env.yml", "stage: x\n"), included("b/env.yml", "stage: x\n"))
    assert read_by(text, "stage", "a/env.yml", *files) == "provider.stage"
    assert read_by(text, "stage", "b/env.yml", *files) == ""


def test_variable_file_path_counts_as_reading_every_file() -> None:
    text = "provider: {stage: '${file(${opt:config}):stage}'}\nstage: y\n"
    assert read_by(text, "stage", "conf/x.yml") == "provider.stage"
    assert read_by(text, "other", "conf/x.yml") == ""
    assert read_by(text, "stage") == ""


def test_references_too_many_to_follow_count_as_read_early() -> None:
    names = ("p", "q", "r", "t")
    lines = [f"  {name}: {' '.join(f'${{self:custom.{each}.{name}}}' for each in names)}\n" for name in names]
    text = "service: shop-${self:custom.p.x}\ncustom:\n  free: x\n" + "".join(lines)
    with seconds():
        assert read_by(text, "custom.free") == "service"
        assert read_by(text, "a", "env.yml") == "service"


def test_merges_too_deep_to_follow_count_as_read_early() -> None:
    text = "a0: &a0 {stage: x}\n" + "".join(f"a{k}: &a{k} {{<<: *a{k - 1}}}\n" for k in range(1, 200))
    assert read_by(f"{text}provider: *a199\nfree: x\n", "free") == "provider.variableSyntax"


OWN_SYNTAX = """\
custom: {a: x, b: {dev: y}, c: z, d: '#{self:custom.a}'}
provider: {stage: '#{self:custom.d}', region: '#{self:custom.b.#{opt:stage}}', profile: '${self:custom.c}'}
"""


@pytest.mark.parametrize(
    ("path", "own", "default"),
    [
        ("custom.a", "provider.stage", ""),
        ("custom.b.dev", "provider.region", ""),
        ("custom.c", "", "provider.profile"),
    ],
)
def test_early_positions_are_followed_by_the_delimiters_of_the_manifest(path: str, own: str, default: str) -> None:
    read = view(manifest(OWN_SYNTAX))
    for delimiters, position in ((Delimiters("#{", "}"), own), (DEFAULT, default)):
        reads = early_reads(read.with_delimiters(delimiters))
        parts = KeyPath.parse(path).parts
        assert next((each.position for each in reads if each.covers(read.manifest.file, parts)), "") == position


def test_unreadable_files_and_broken_aliases_are_skipped() -> None:
    text = "provider: {stage: '${file(gone.yml):x}', region: *nowhere, profile: '${self:custom.p}'}\ncustom: {p: x}\n"
    assert read_by(text, "custom.p") == "provider.profile"


def test_file_of_a_family_is_read_early_though_another_of_it_cannot_be_read() -> None:
    read = included("env.dev.yml", "stage: x\n")
    text = "provider: {stage: '${file(env.${opt:e}.yml):stage}'}\n"
    reads = early_reads(View(manifest(text), lambda directory, pattern: [None, read]))
    assert any(each.covers(read.file, ("stage",)) for each in reads)


def test_file_whose_name_only_a_program_knows_is_read_early() -> None:
    read = included("env.dev.yml", "stage: x\nother: y\n")
    text = "custom: {e: '${file(e.js):e}'}\nprovider: {stage: '${file(env.${self:custom.e}.yml):stage}'}\n"
    reads = early_reads(View(manifest(text), lambda directory, pattern: [read] if "env" in pattern else [None]))
    assert any(each.covers(read.file, ("stage",)) for each in reads)
    assert not any(each.covers(read.file, ("other",)) for each in reads)

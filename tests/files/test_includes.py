import time

import pytest

from migrate.files.includes import included


def patterns(text: str, context: str | None = None) -> list[tuple[str, ...]]:
    return [each.patterns for each in included(text, context=context)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("${file(env.yml)}", "env.yml"),
        ("${file(./env.yml):dev.KEY}", "./env.yml"),
        ("- ${file(resources/x.yml)}", "resources/x.yml"),
        ("${ file( ../shared/env.json ) }", "../shared/env.json"),
        ('${file("./a b.yml"):x}', "./a b.yml"),
        ("${file('~/x.yml')}", "~/x.yml"),
        ("$<file(./env.yml)>", "./env.yml"),
        ("${{file(./env.yml)}}", "./env.yml"),
        ('{"custom": "${file(a.json):x}"}', "a.json"),
        ("${file(a(1).yml)}", "a(1).yml"),
        ("  #{file(./x.yml)}", "./x.yml"),
        ("x: 1 # y\nz: ${file(x.yml)}", "x.yml"),
    ],
)
def test_plain_include_path_is_its_own_pattern(text: str, path: str) -> None:
    (include,) = included(text)
    assert include.written == path
    assert include.patterns == (path,)


@pytest.mark.parametrize(
    "text",
    [
        "plain: text",
        "readFile(x.yml)",
        "fs.file(x.yml)",
        "${file()}",
        "${file(${broken.yml)}",
        "${file(never closed",
        "${file(over\n two.yml)}",
        "  # ${file(old.yml)}",
        "#${file(old.yml)}",
        "${file(" + "x" * 600 + ".yml)}",
    ],
)
def test_text_without_an_include_gives_no_patterns(text: str) -> None:
    assert included(text) == ()


def test_every_file_source_of_a_variable_is_listed_once_in_order() -> None:
    text = "a: ${file(b.yml):x, file(a.yml):x, 'z'}\nb: ${file(b.yml):y}\n"
    assert patterns(text) == [("b.yml",), ("a.yml",)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("./config.${opt:stage}.yml", ("./config.*.yml",)),
        ("./config.${opt:stage, 'dev'}.yml", ("./config.*.yml",)),
        ("secrets.${opt:stage, self:provider.stage}.yml", ("secrets.*.yml",)),
        ("./${opt:stage, ${env:STAGE, 'dev'}}/env.yml", ("./*/env.yml",)),
        ("${env:DIR, 'conf/dev'}/x.yml", ("*/x.yml", "conf/dev/x.yml")),
        ("${opt:a}${opt:b}.yml", ("*.yml",)),
        ("$<opt:stage>.yml", ("*.yml",)),
        ("%{opt:stage}.yml", ("*.yml",)),
        ("${opt:config, './conf/dev.yml'}", ("./conf/dev.yml",)),
        ("${env:CONFIG}", ("*",)),
    ],
)
def test_variable_part_of_an_include_path_becomes_a_wildcard(path: str, expected: tuple[str, ...]) -> None:
    assert patterns(f"x: ${{file({path}):y}}") == [expected]


def test_include_path_that_is_a_self_variable_is_resolved() -> None:
    text = "x: ${file(${self:custom.file}):y}\ncustom:\n  file: ./config/${opt:stage, 'dev'}.yml  # per stage\n"
    assert patterns(text) == [("./config/*.yml",)]


def test_self_variable_in_an_included_file_is_resolved_from_its_manifest() -> None:
    context = "custom:\n  dev:\n    file: 'dev/a.yml'\n  prod:\n    file: \"prod/a.yml\"\n"
    assert patterns("x: ${file(${self:custom.${opt:stage}.file})}", context) == [("dev/a.yml", "prod/a.yml")]


def test_self_variable_with_a_slash_is_resolved_beside_the_wildcard() -> None:
    context = '{"custom": {\n "folder": "conf/live",\n "flat": "conf"\n}}'
    assert patterns("${file(${self:custom.folder}/x.yml)}", context) == [("*/x.yml", "conf/live/x.yml")]
    assert patterns("${file(${self:custom.flat}/x.yml)}", context) == [("*/x.yml",)]


def test_self_variable_without_a_fixed_last_key_is_not_resolved() -> None:
    assert patterns("${file(${self:custom.${opt:stage}})}", "custom: x.yml") == [("*",)]


def test_cyclic_self_variables_terminate() -> None:
    loops = "".join(f"  file: ${{self:custom.file}}/{number}\n" for number in range(50))
    started = time.monotonic()
    (include,) = included(f"x: ${{file(${{self:custom.file}})}}\ncustom:\n{loops}")
    assert 0 < len(include.patterns) <= 32
    assert time.monotonic() - started < 2


def test_long_text_of_unclosed_variables_is_read_quickly() -> None:
    started = time.monotonic()
    included("${file(${a${b" * 5_000)
    assert time.monotonic() - started < 5

"""A manifest is what the framework sees, whatever file a part of it is in."""

from pathlib import Path

import pytest

from migrate.framework.resolve import View
from migrate.model import Manifest, Role
from tests.support.build import manifest, view

REGIONS = """\
service: shop
custom:
  one: eu-west-1
  stage: ${opt:stage, 'dev'}
  none:
  alias: &r eu-north-1
  which: b
  regions:
    dev: eu-west-1
    prod: us-west-2
    broken: ${file(script.js)}
  byname:
    b: {region: eu-west-3}
    c: {region: eu-west-2}
  loop: ${self:custom.pool}
  pool: ${self:custom.loop}
  nested: {deep: "${self:custom.byname.b}"}
"""
FILES = {
    "provider.yml": "region: eu-south-1\nname: aws\nself: ${self:custom.one}\n",
    "bare.yml": "name: aws\n",
    "config.dev.yml": "region: eu-west-1\n",
    "config.prod.yml": "region: ap-south-1\n",
    "alike.dev.yml": "region: eu-west-1\n",
    "alike.prod.yml": "region: eu-west-1\n",
    "partly.dev.yml": "region: eu-west-1\n",
    "partly.prod.yml": "other: x\n",
    "deep.yml": "inner: ${file(deeper.yml):a}\nagain: ${file(deep.yml):again}\n",
    "deeper.yml": "a: {region: eu-west-3}\n",
    "x.json": '{"region": "ca-central-1", "up": "${self:custom.one}"}',
}


def files() -> list[Manifest]:
    return [manifest(text, name, Role.INCLUDED) for name, text in FILES.items()]


def seen(text: str) -> View:
    return view(manifest(REGIONS + text), *files())


@pytest.mark.parametrize(
    ("region", "possible", "is_sure"),
    [
        ("eu-west-1", {"eu-west-1"}, True),
        ("*r", {"eu-north-1"}, True),
        ("${self:custom.one}", {"eu-west-1"}, True),
        ("${self:custom.alias}", {"eu-north-1"}, True),
        ("${self:custom.byname.b.region}", {"eu-west-3"}, True),
        ("${self:custom.nested.deep.region}", {"eu-west-3"}, True),
        ("${self:custom.byname.${self:custom.which}.region}", {"eu-west-3"}, True),
        ("${self:custom.byname.${opt:which}.region}", {"eu-west-3", "eu-west-2"}, False),
        ("${self:custom.regions.${opt:stage, 'dev'}}", {"eu-west-1", "us-west-2"}, False),
        ("${self:custom.regions.${self:custom.stage}}", {"eu-west-1", "us-west-2"}, False),
        ("${self:custom.regions.${self:provider.stage}}", {"eu-west-1", "us-west-2"}, False),
        ("${opt:region, 'eu-west-1'}", {"eu-west-1"}, False),
        ("${env:REGION, self:custom.one}", {"eu-west-1"}, False),
        ("${self:custom.one, 'us-east-1'}", {"eu-west-1"}, True),
        ("${self:custom.nothing, 'us-east-1'}", {"us-east-1"}, True),
        ("${self:custom.none, 'us-east-1'}", {"us-east-1"}, True),
        ("${self:custom.none}", set(), False),
        ("${env:REGION}", set(), False),
        ("eu-${env:PLACE, 'west'}-1", {"eu-west-1"}, False),
        ("${file(provider.yml):region}", {"eu-south-1"}, True),
        ("${file(./provider.yml):region, 'us-east-1'}", {"eu-south-1"}, True),
        ("${file('provider.yml'):self}", {"eu-west-1"}, True),
        ("${file(x.json):region}", {"ca-central-1"}, True),
        ("${file(x.json):up}", {"eu-west-1"}, True),
        ("${file(missing.yml):region, 'us-east-1'}", {"us-east-1"}, True),
        ("${file(missing.yml):region}", set(), False),
        ("${file(bare.yml):region, 'us-east-1'}", {"us-east-1"}, True),
        ("${file(config.${opt:stage, 'dev'}.yml):region}", {"eu-west-1", "ap-south-1"}, False),
        ("${file(alike.${opt:stage, 'dev'}.yml):region}", {"eu-west-1"}, False),
        (
            "${file(config.${opt:stage, 'dev'}.yml):region, 'us-east-1'}",
            {"eu-west-1", "ap-south-1", "us-east-1"},
            False,
        ),
        ("${file(${opt:config, 'provider.yml'}):region}", {"eu-south-1"}, False),
        ("${file(${opt:config}):region}", set(), False),
        ("${file(deep.yml):inner.region}", {"eu-west-3"}, True),
    ],
)
def test_region_is_resolved_wherever_it_is(region: str, possible: set[str], is_sure: bool) -> None:
    text = region if region.startswith("*") else f'"{region}"'
    answer = seen(f"provider:\n  region: {text}\n").possible_values("provider", "region")
    assert answer is not None
    assert (set(answer.texts), answer.is_sure) == (possible, is_sure)


@pytest.mark.parametrize(
    ("provider", "possible", "is_absent"),
    [
        ("*p", {"eu-west-2"}, False),
        ("{<<: *p}", {"eu-west-2"}, False),
        ("{<<: *p, region: eu-west-1}", {"eu-west-1"}, False),
        ("{<<: *p, region: }", set(), True),
        ("${file(provider.yml)}", {"eu-south-1"}, False),
        ("${file(bare.yml)}", set(), True),
        ("${file(partly.${opt:stage}.yml)}", {"eu-west-1"}, True),
        ("${file(deep.yml):inner}", {"eu-west-3"}, False),
        ("${self:custom.byname.b}", {"eu-west-3"}, False),
        ("aws", set(), True),
        ("${file(missing.yml)}", set(), False),
        ("${opt:x, file(provider.yml)}", {"eu-south-1"}, False),
    ],
)
def test_provider_is_resolved_wherever_it_is(provider: str, possible: set[str], is_absent: bool) -> None:
    answer = seen(f"p: &p {{region: eu-west-2}}\nprovider: {provider}\n").possible_values("provider", "region")
    assert answer is not None
    assert (set(answer.texts), answer.is_absent) == (possible, is_absent)


@pytest.mark.parametrize(
    "region",
    [
        "${self:custom.loop}",
        "${self:custom.loop, 'us-east-1'}",
        "${file(deep.yml):again}",
        "${self:odd.region}",
        "${self:gone.region}",
        "x" * 2_000 + "${self:custom.one}",
    ],
)
def test_region_that_cannot_be_resolved_is_unknown(region: str) -> None:
    read = seen(f'odd: {{<<: text}}\ngone: *nowhere\nprovider:\n  region: "{region}"\n')
    assert read.possible_values("provider", "region") is None
    assert read.resolve("provider", "region") is None


def test_unreadable_file_makes_the_region_unknown_despite_a_fallback() -> None:
    text = "provider:\n  region: ${file(a.yml):region, 'us-east-1'}\n"
    unreadable = View(manifest(text), lambda directory, pattern: [None])
    assert unreadable.possible_values("provider", "region") is None
    assert unreadable.resolve("provider", "region") is None


def test_included_file_is_read_once_from_the_service_directory() -> None:
    looked: list[tuple[Path, str]] = []

    def included(directory: Path, pattern: str) -> list[Manifest | None]:
        looked.append((directory, pattern))
        return [manifest("a: {region: eu-west-1}\nb: ${file(conf/a.yml):a}\n", "conf/a.yml", Role.INCLUDED)]

    read = View(manifest("provider: ${file(conf/a.yml):b}\n"), included)
    assert read.resolve("provider", "region") == "eu-west-1"
    assert read.possible_values("provider", "region") is not None
    assert looked == [(Path("/service"), "conf/a.yml")]


def test_included_file_is_not_read_before_it_is_needed() -> None:
    def included(directory: Path, pattern: str) -> list[Manifest | None]:
        raise AssertionError(pattern)

    read = View(manifest("custom: ${file(a.yml)}\nprovider: {region: eu-west-1}\n"), included)
    assert read.resolve("provider", "region") == "eu-west-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("service: ${file(names.yml):name}\n", "shop-dev"),
        ("service: ${file(names.yml):short}\n", "api"),
        ("service: {name: '${self:custom.name}'}\ncustom: {name: x}\n", "x"),
        ("service: *s\ncustom: {s: &s shop}\n", None),
        ("custom: {s: &s shop}\nservice: *s\n", "shop"),
        ("base: &b {service: shop}\n<<: *b\n", "shop"),
        ("service: ${self:custom.${opt:stage, 'dev'}.name}\ncustom: {dev: {name: d}, prod: {name: p}}\n", "d"),
    ],
)
def test_service_name_resolves_to_its_default_without_options(text: str, expected: str | None) -> None:
    names = manifest("name: shop-${opt:stage, 'dev'}\nshort: {name: api}\n", "names.yml", Role.INCLUDED)
    read = view(manifest(text), names)
    assert (read.resolve("service") or read.resolve("service", "name")) == expected


def test_written_value_is_looked_up_but_not_resolved() -> None:
    text = "base: &b {frameworkVersion: '3'}\n<<: *b\nprovider: ${file(p.yml)}\nservice: ${env:X}-a\n"
    provider = manifest('variableSyntax: "\\\\${{([a-z]+?)}}"\n', "p.yml", Role.INCLUDED)
    read = view(manifest(text), provider)
    assert read.written("frameworkVersion") == "3"
    assert read.written("service") == "${env:X}-a"
    assert read.written("provider", "variableSyntax") == "\\${{([a-z]+?)}}"
    assert read.written("provider") == "${file(p.yml)}"
    assert read.written("custom", "none") is None


@pytest.mark.parametrize(
    ("text", "keys", "expected"),
    [
        ("params: {default: {}}\n", ("params",), True),
        ("params: {}\n", ("params",), False),
        ("params: ${file(x.yml)}\n", ("params",), True),
        ("a: &a {params: {x: 1}}\n<<: *a\n", ("params",), True),
        ("params: *nowhere\n", ("params",), False),
        ("service: {name: x}\n", ("service", "name"), True),
        ("service: x\n", ("service", "name"), False),
    ],
)
def test_presence_of_a_key_is_reported(text: str, keys: tuple[str, ...], expected: bool) -> None:
    assert view(manifest(text)).has(*keys) is expected

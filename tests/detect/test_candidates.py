"""Candidates: with and without them the detector finds alike; most values that are no secrets are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.detect import Settings, engine
from migrate.detect.candidates import candidates
from migrate.detect.rules import RULES
from migrate.detect.samples import build
from migrate.model import Manifest, ManifestError
from migrate.text.manifest import read
from migrate.text.variables import Delimiters
from tests.detect.test_engine import CARRIERS, HARD, PLACEHOLDERS, RESOURCES, TEMPTING, environment
from tests.detect.test_rules import HITS, tree

ALL = Settings(placeholders=True)

NAMES = """
password DB_PASS pass pwd token TOKEN apiKey API_KEY key secret SECRET_KEY jwt auth credentials webhook url
URL DB dsn mysql-dsn name value Value dev prod default Authorization headers salt pin STAGE environment custom
Properties Type password(prod) DB_SECET_KEY x stripe secrets tokens api.key PRIVATE_KEY hook
ROUTING_KEY CHECK_PASSWORD APP_CODE BUGSNAG headers x-edge DATADOG_API
"""
KEYS = [*NAMES.split(), '"my', 'key"', "my key"]
RECIPES = [spec.hits[0].recipe for spec in RULES] + [
    *(
        "tiger{digits:3}",
        "root",
        "ABCDEF",
        "{base62:24}",
        "{hex:32}",
        "{uuid:0}",
        "YOUR_API_KEY",
        "<key>",
        "xxx",
        "true",
    ),
    *(
        "${env:X}",
        "${env:DB_PASSWORD, 'tiger99'}",
        "${env:X, 'tiger99'}",
        "${env:my.db.password~true, 'root'}",
        '${env:X, "{base62:24}"}',
        "${self:custom.${opt:stage, 'dev'}.x, '{base62:40}'}",
        "a-${opt:stage, 'dev'}",
        "${file(./${opt:stage, 'dev'}.yml):apiToken, 'tiger{digits:3}'}",
        "https://h/${opt:api key, 'tiger99'}/x",
        "${ssm:/a/jwt-secret, 'x{digits:4}'}",
        "dev",
        "DB_PASSWORD",
        "API_KEY",
    ),
    *("postgres://a:b{digits:3}@h/d", "https://acme.io/?sig={base62:20}", "a=1;Password=tiger99;b=2", "TOKEN=tiger99"),
    *(
        "tool --password tiger99",
        "mysql -ptiger99",
        '{"token": "tiger{digits:3}"}',
        "Basic {basic:0}",
        "# no",
        "a: b",
        "-",
    ),
    *("app:tiger99@db:3306/x", "AKIA" + "IOSFODNN7EXAMPLE", "{base62:40}", "30d", "/acme/x", "alias/x", "a@b.io", "42"),
    *("line one\nTOKEN=tiger{digits:3}\n", "{lower:4} {lower:4} {lower:4} {lower:4}", 'it\'s "so"', "x\\ny", "C:\\tmp"),
]
values = st.builds(build, st.sampled_from(RECIPES), st.integers(0, 3))
keys = st.sampled_from(KEYS)
nodes = st.recursive(
    values,
    lambda inner: st.one_of(
        st.dictionaries(keys, inner, min_size=1, max_size=3),
        st.lists(inner, min_size=1, max_size=2),
        st.builds(lambda name, value: [{"name": name, "value": value}], keys, inner),
    ),
    max_leaves=6,
)
styles = st.sampled_from(["plain", "single", "double", "literal", "folded", "flow", "next line", "comment"])


def yaml_of(node: object, style: str, indent: str = "") -> str:
    """Block YAML with every scalar in a style where that can be, so that the reader sees what people write."""
    if isinstance(node, dict):
        lines = []
        for key, value in node.items():
            lines.append(f"{indent}{key}:{_after(value, style, indent)}")
        return "\n".join(lines)
    if isinstance(node, list):
        return "\n".join(f"{indent}-{_after(value, style, indent)}" for value in node)
    return str(node)


def _after(value: object, style: str, indent: str) -> str:
    if not isinstance(value, str):
        return "\n" + yaml_of(value, style, indent + "  ")
    deeper = indent + "    "
    if style in ("literal", "folded"):
        return f" {'|' if style == 'literal' else '>'}\n" + "\n".join(deeper + line for line in value.split("\n"))
    if style == "single":
        return " '" + value.replace("'", "''").replace("\n", " ") + "'"
    if style == "double":
        return " " + json.dumps(value, ensure_ascii=False)
    if style == "flow":
        return " [" + json.dumps(value) + ", {token: 'tiger99'}]"
    if style == "next line":
        return f"\n{deeper}{value}".replace("\n", f"\n{deeper}")
    return f" {value}" + ("  # a comment" if style == "comment" else "")


def check(source: bytes, name: str) -> bool:
    """Whether something is found; then it is found among the candidates as well."""
    try:
        manifest = read(Path(name), source)
    except ManifestError:
        return False
    found = [check_manifest(manifest, how) for how in (ALL, Settings(), Settings(delimiters=Delimiters("%{", "}")))]
    return any(found)


def check_manifest(manifest: Manifest, how: Settings) -> bool:
    found = engine.find_all(manifest, how)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "candidates", lambda manifest, settings: manifest.scalars)
        every = engine.find_all(manifest, how)
    assert found == every, [(str(each.path), each.reason) for each in every if each not in found]
    return bool(found)


def picked(source: bytes, name: str = "serverless.yml") -> list[str]:
    return [str(scalar.path) for scalar in candidates(read(Path(name), source), Settings())]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(nodes, styles)
def test_candidates_of_yaml_cover_every_finding(node: object, style: str) -> None:
    check(yaml_of({"root": node} if isinstance(node, str) else node, style).encode(), "serverless.yml")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(nodes, st.sampled_from([None, 1]), st.booleans())
def test_candidates_of_json_cover_every_finding(node: object, indent: int | None, ascii_only: bool) -> None:
    check(json.dumps({"root": node}, indent=indent, ensure_ascii=ascii_only).encode(), "config.json")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(keys, values, st.sampled_from(["utf-16", "utf-8-sig", "utf-8"]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_candidates_in_any_encoding_cover_every_finding(key: str, value: str, codec: str, end: str) -> None:
    text = f"env:\n  {key}: {json.dumps(value, ensure_ascii=False)}\n".replace("\n", end)
    check(text.encode(codec), "serverless.yml")


@pytest.mark.parametrize("row", range(len(HITS)))
def test_examples_of_rules_are_found_among_candidates(row: int) -> None:
    _, example = HITS[row]
    pairs = [(path, build(recipe)) for path, recipe in (*example.beside, (example.path, example.recipe))]
    assert check(json.dumps(tree(pairs)).encode(), "serverless.json")
    assert check(json.dumps(tree(pairs), indent=2).encode(), "serverless.json")


@pytest.mark.parametrize("line", [*(line for line, _ in HARD.values()), *(f"API_KEY: {each}" for each in PLACEHOLDERS)])
def test_hard_examples_are_found_among_candidates(line: str) -> None:
    assert check(build(environment(line)).encode(), "serverless.yml")


def test_secrets_in_resources_are_found_among_candidates() -> None:
    assert check(build(CARRIERS).encode(), "serverless.yml")


@pytest.mark.parametrize(
    "source",
    [
        b'"\\u0070assword": tiger99',
        b'"\\x70assword": tiger99',
        "PASSWORD: tiger99".encode("utf-16"),
        b"PassWord: tiger99",
        b"PASSWORD:\n  tiger99",
        b"? password\n: tiger99",
        b"a: {b: 1, password: tiger99}",
        b"- name: DB_PASSWORD\n  value: tiger99",
        b"db:\n  password:\n    dev: tiger99",
        b'"url": "postgres:\\/\\/a:tiger99@h\\/d"',
        b"url: ${env:DB_PASSWORD, 'tiger99'}",
        b"password: # ask ops\n  tiger99",
        b"password: &x tiger99",
        b"password: 'tiger\n  99'",
    ],
)
def test_secrets_in_any_style_are_candidates(source: bytes) -> None:
    assert picked(source)
    check(source, "serverless.yml")


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"service: shop\nprovider:\n  name: aws\n",
        b"provider:\n  environment:\n    DB_PASSWORD: ${env:DB_PASSWORD}\n",
        b"env:\n  DB_PASSWORD: ${ssm:/shop/db-password~true}  # moved\n",
        b"# password: tiger99\nservice: shop\n",
        b"cors:\n  headers: [Authorization, X-Api-Key]\n",
        b"resources:\n  T:\n    KeySchema:\n      - AttributeName: id\n        KeyType: HASH\n",
        b"custom:\n  TOKENS_TABLE: tokens\n  maxTokens: 4096\n  tokenUrl: https://acme.io/token\n",
        b'script: echo "a\\tb"\n',
    ],
)
def test_harmless_values_are_not_candidates(source: bytes) -> None:
    assert picked(source) == []


def test_random_values_in_a_secrets_file_are_candidates() -> None:
    source = build("acme:\n  portal: {base62:32}\n").encode()
    assert not picked(source, "config/acme.yml")
    assert picked(source, "config/secrets.dev.yml") == ["acme.portal"]
    assert check(source, "config/secrets.dev.yml")


def test_candidates_of_harmless_lookalikes_cover_every_finding() -> None:
    for line in TEMPTING.values():
        check(build(environment(line)).encode(), "serverless.yml")
    check(build(RESOURCES).encode(), "serverless.yml")


@pytest.mark.parametrize(
    "source",
    [
        b"functions:\n  auth:\n    handler: auth.run\n    events: []\n",
        b"env:\n  API_KEY: YOUR_API_KEY\n  TOKEN: xxxx # put yours\n",
        b"custom:\n  secrets: ${file(secrets.${opt:stage, self:provider.stage}.yml)}\n",
        b"functions:\n  webhook:\n    handler: a.hook\n",
        b"authorizer:\n  name: auth\n  type: request\n",
        b"password:\nother: 1\n",
    ],
)
def test_block_names_pair_names_and_placeholders_are_not_candidates(source: bytes) -> None:
    assert picked(source) == []


@pytest.mark.parametrize(
    "source",
    [
        b"auth:\n  dev: tiger99\n  handler: x\n",
        b"auth:\n  handler: x\n  value: tiger99\n",
        b"auth:\n- tiger99\n",
        b"tokens:\n  acme: tiger99\n",
        b"slackHook:\n  key: https://hooks.acme.io/tiger99\n",
        b"x: {\n  password: xxx\n99tiger}\n",
        b"- key: tiger99\n  name: x\n",
        b"password: ${env:A}\n  tiger99\n",
    ],
)
def test_values_named_by_a_block_or_a_pair_are_candidates(source: bytes) -> None:
    assert picked(source)
    check(source, "serverless.yml")


def test_placeholders_are_candidates_when_requested() -> None:
    manifest = read(Path("serverless.yml"), b"API_KEY: YOUR_API_KEY")
    assert list(candidates(manifest, ALL)) == list(manifest.scalars)


@pytest.mark.parametrize(
    "source",
    [
        b"custom:\n  \xc2\xa0#DB_PASSWORD: tiger-99-lynx\n",
        b"run: >-\n  mysql -h db -u root\n  -ptiger99lynx acme < dump.sql\n",
        b"run: >-\n  curl -X POST https://acme.io/hook\n  -u admin:tiger99lynx\n",
        b"a: 'mysql -h db\n  -u root -ptiger99lynx acme'\n",
        b'a: {"DB_PASSWORD":tiger-99-lynx}\n',
        b"a: {'DB_PASSWORD':tiger-99-lynx}\n",
        b'a: {"DB_PASSWORD":!!str tiger-99-lynx}\n',
        b"- Name: # the name\n    DB_PASSWORD\n  Value: tiger-99-lynx\n",
        b"- Name: !!str\n    DB_PASSWORD\n  Value: tiger-99-lynx\n",
        b"run: >-\n  # PASSWORD=tiger-99-lynx\n  go\n",
        b"? DB_PASSWORD\n\n# c\n: tiger-99-lynx\n",
        b"? >-\n  DB_PASSWORD\n\n\n: tiger-99-lynx\n",
        b"- ? Name\n  : DB_PASSWORD\n  ? Value\n  : tiger-99-lynx\n",
        b"HEADERS_:\n  X-Foo: q8Zr5TnB2mVx7KpLw9Ys\n",
        b"head_ers:\n  X-Foo: q8Zr5TnB2mVx7KpLw9Ys\n",
        b"a: &k DB_PASSWORD\nb:\n  *k : tiger-99-lynx\n",
    ],
)
def test_secrets_in_rare_forms_are_found_among_candidates(source: bytes) -> None:
    assert check(source, "serverless.yml")
    assert picked(source)

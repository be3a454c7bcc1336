"""Numbers are refused where variables read them, in whatever file, to where they must stay numbers."""

import pytest

from migrate.model import Finding, Manifest, Role, Tier
from migrate.plan.candidates import candidate_of
from migrate.plan.eligibility import reasons
from tests.support.build import deployed, finding, manifest

HEAD = "service: shop\nprovider:\n  name: aws\n"
NUMBER = f"{HEAD}  environment: &env\n    PIN: &n 83920174\n"


def said(found: Finding, by: Manifest | None = None, *files: Manifest) -> str:
    deployment = deployed(by or found.manifest, file=found.manifest.file, files=(found.manifest, *files) if by else ())
    return "; ".join(text for _, text in reasons(candidate_of(found, deployment, Tier.STANDARD)))


def said_of_pin(manifest_text: str, file: str, path: str, *others: tuple[str, str]) -> str:
    """The reason against a number of an included file, which a manifest and other files read."""
    name, _, text = file.partition("|")
    read = manifest(text, name, Role.INCLUDED)
    files = (manifest(other, each, Role.INCLUDED) for each, other in others)
    return said(finding(read, path), manifest(manifest_text), *files)


ENV = "env.yml|PIN: &n 83920174\nalso: *n\n"
ENVIRONMENT = "  environment: ${file(env.yml)}\n"


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ("functions: {f: {timeout: '${file(env.yml):PIN}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${file(env.yml):also}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${opt:t, ${file(./env.yml):PIN}}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${file(env.yml):${opt:key}}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${file(env${opt:stage}.yml):PIN}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${file(${opt:file}):PIN}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${file(env${file(gone.yml):x}.yml):PIN}'}}\n", "functions.f.timeout"),
        ("functions: {env: {timeout: '${file(env.yml):PIN}'}}\n", "functions.env.timeout"),
        ("functions: {f: '${file(env.yml)}'}\n", "functions.f.PIN"),
        ("custom: {q: '${file(env.yml):PIN}'}\n", "custom.q"),
        ("custom: {m: '${file(env.yml)}'}\nx: '${self:custom.m.PIN}'\n", "read at x"),
        ("custom: {m: '${file(env.yml)}', n: '${self:custom.m}'}\nx: '${self:custom.n.PIN}'\n", "read at x"),
        ("custom: &c {m: '${file(env.yml)}'}\nx: {environment: *c}\ny: '${self:x.environment.m.PIN}'\n", "read at y"),
        ("functions: {f: {environment: {X: &x '${file(env.yml):PIN}'}, timeout: *x}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: 'a ${file(env.yml):PIN}'}}\n", ""),
        ("functions: {f: {environment: {X: '${file(env.yml):PIN}'}}}\n", ""),
        ("functions: {f: {timeout: '${file(env.yml):OTHER}'}}\n", ""),
        ("functions: {f: {timeout: '${file(other.yml):PIN}'}}\n", ""),
        ("functions: {f: {environment: '${file(env${opt:stage}.yml)}'}}\n", ""),
        ("custom: {m: '${file(env.yml)}'}\nfunctions: {f: {environment: {X: '${self:custom.m.PIN}'}}}\n", ""),
        ("custom: {all: '${self:}', m: '${file(env.yml)}'}\n", ""),
    ],
)
def test_number_of_an_included_file_is_refused_where_a_variable_reads_it_as_a_number(others: str, place: str) -> None:
    found = said_of_pin(HEAD + ENVIRONMENT + others, ENV, "PIN", ("other.yml", "PIN: 1\n"))
    assert place in found
    assert bool(found) is bool(place)


@pytest.mark.parametrize(
    ("others", "text", "place"),
    [
        ("functions: ${file(f.yml)}\n", "f: {timeout: '${file(env.yml):PIN}'}\n", "functions.f.timeout"),
        ("functions: ['${file(f.yml)}']\n", "f: {timeout: '${file(env.yml):PIN}'}\n", "functions[0].f.timeout"),
        ("functions: ${file(f.yml):g}\n", "g: {f: {timeout: '${self:custom.m.PIN}'}}\n", "functions.f.timeout"),
        ("functions: ${file(f.yml)}\n", "f: {x: &x '${file(env.yml):PIN}', timeout: *x}\n", "functions.f."),
        ("functions: ${file(f.yml)}\n", "f: {environment: '${file(env.yml)}'}\n", ""),
        ("functions: {f: {environment: '${file(f.yml):vars}'}}\n", "vars: {X: '${file(env.yml):PIN}'}\n", ""),
    ],
)
def test_number_is_refused_where_another_included_file_reads_it_as_a_number(others: str, text: str, place: str) -> None:
    head = HEAD + ENVIRONMENT + "custom: {m: '${file(env.yml)}'}\n"
    found = said_of_pin(head + others, ENV, "PIN", ("f.yml", text))
    assert place in found
    assert bool(found) is bool(place)


def test_number_in_an_environment_map_of_an_included_file_is_refused_where_it_is_read_as_a_number() -> None:
    head, file = f"{HEAD}custom: ${{file(c.json)}}\n", 'c.json|{"environment": {"PIN": 83920174}}'
    assert said_of_pin(head, file, "environment.PIN") == ""
    reader = "functions: {f: {timeout: '${self:custom.environment.PIN}'}}\n"
    assert "read at functions.f.timeout" in said_of_pin(head + reader, file, "environment.PIN")


def test_number_that_is_read_from_environment_to_environment_is_followed() -> None:
    function = "{environment: '${self:provider.environment}', timeout: '${self:functions.f.environment.PIN}'}"
    found = said(finding(manifest(f"{NUMBER}functions: {{f: {function}}}\n"), "provider.environment.PIN"))
    assert "read at functions.f.timeout" in found


@pytest.mark.parametrize(
    "others",
    [
        "".join(f"  k{number}: ${{self:provider.environment}}\n" for number in range(10_001)),
        "  m: &m ${self:provider.environment}\n  a0: &a0 [*m]\n"
        + "".join(f"  a{k}: &a{k} [{f'*a{k - 1}, ' * 9}]\n" for k in range(1, 30)),
    ],
    ids=["reads", "aliases"],
)
def test_number_is_refused_where_too_much_reads_it_to_be_looked_at(others: str) -> None:
    found = said(finding(manifest(f"{NUMBER}custom:\n{others}"), "provider.environment.PIN"))
    assert "what reads it can't be told" in found


def test_name_of_a_manifest_makes_no_environment_of_it() -> None:
    read = manifest(f"{HEAD}custom: {{PIN: 83920174}}\n", "serverless.env.yml")
    assert "it is a number" in said(finding(read, "custom.PIN"))

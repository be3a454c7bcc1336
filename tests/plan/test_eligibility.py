import pytest
from msgspec.structs import replace

from migrate.model import Applicability, Finding, Form, Framework, Manifest, Role, Tier
from migrate.plan.candidates import candidate_of
from migrate.plan.eligibility import reasons, remarks
from tests.support.build import LEGACY, MODERN, UNKNOWN, VERSION_4, deployed, finding, manifest


def said(found: Finding, framework: Framework = MODERN, tier: Tier = Tier.STANDARD, by: Manifest | None = None) -> str:
    file = found.manifest
    deployment = deployed(by or file, framework=framework, file=file.file, files=(file,) if by else ())
    rows = list(reasons(candidate_of(found, deployment, tier)))
    return "; ".join(text for _, text in rows)


HEAD = "service: shop\nprovider:\n  name: aws\n"


def in_environment(value: str, framework: Framework = MODERN) -> str:
    return said(finding(manifest(f"{HEAD}  environment:\n    X: {value}\n"), "provider.environment.X"), framework)


@pytest.mark.parametrize(
    "value", ["hunter2", "'0123'", '"true"', "!!str 123", "|\n      pem\n      more", "a: b".replace(": ", ":")]
)
def test_string_may_be_moved(value: str) -> None:
    assert in_environment(value) == ""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("123456", ""),
        ("0123", "deployed otherwise than it is written"),
        ("1e3", "deployed otherwise than it is written"),
        ("12345678901234567890", "deployed otherwise than it is written"),
        ("1.10", "deployed otherwise than it is written"),
        ("true", "it is a boolean"),
        ("2019-06-13", "it is a date"),
        ("null", "it is a null"),
        ("!!int 12", "!!int says that it is no string"),
        ("!!binary aGVsbG8=", "!!binary says"),
        ("'a ${self:custom.x} b'", "it holds a variable"),
        ("'{{x}}'", "the value holds {{"),
        (f"'{'x' * 5000}'", "the value has more than the 4,096 bytes"),
        ('"\\uD83D"', "half of a surrogate pair"),
    ],
)
def test_value_that_would_deploy_differently_is_refused(value: str, reason: str) -> None:
    found = in_environment(value)
    assert reason in found
    assert bool(found) is bool(reason)


def test_number_outside_an_environment_map_is_refused() -> None:
    assert "it is a number" in said(finding(manifest(f"{HEAD}custom:\n  pin: 123456\n"), "custom.pin"))


def test_number_in_an_included_environment_file_may_be_moved() -> None:
    read = manifest("API_PIN: 123456\n", "env.yml", Role.INCLUDED)
    assert said(finding(read, "API_PIN"), by=manifest(HEAD)) == ""


@pytest.mark.parametrize(
    "path",
    ["service", "provider.region", "provider.stage", "provider.profile", "provider.credentials.password", "app", "org"],
)
def test_position_that_is_read_too_early_is_refused(path: str) -> None:
    text = (
        "service: shop\napp: a\norg: o\nprovider:\n  name: aws\n  region: us-east-1\n  stage: dev\n  profile: p\n"
        "  credentials:\n    password: x\n"
    )
    assert "is read before references are resolved" in said(finding(manifest(text), path))


def test_value_that_an_early_position_reaches_through_self_is_refused() -> None:
    text = (
        "service: shop\nprovider:\n  name: aws\n  stage: ${self:custom.a.stage}\n"
        "custom:\n  a: ${self:custom.b}\n  b:\n    stage: hunter2\n  c: hunter2\n"
    )
    read = manifest(text)
    assert "provider.stage takes its value from here" in said(finding(read, "custom.b.stage"))
    assert said(finding(read, "custom.c")) == ""


def test_self_reference_below_its_own_value_terminates() -> None:
    text = (
        "service: shop\nprovider:\n  name: aws\n  stage: ${self:custom.a}\n"
        "custom:\n  a: ${self:custom.a.b}\n  c: hunter2\n"
    )
    assert said(finding(manifest(text), "custom.c")) == ""


NUMBER = f"{HEAD}  environment: &env\n    PIN: &n 83920174\n"


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ("functions: {f: {timeout: *n}}\n", "functions.f.timeout"),
        ("resources: {Resources: {Db: {Properties: {Port: *n}}}}\n", "Db.Properties.Port"),
        ("custom: {<<: *env}\n", "custom.PIN"),
        ("custom: {<<: [{}, *env]}\n", "custom.PIN"),
        ("x: &x {deep: *env}\ncustom: {<<: *x}\n", "custom.deep.PIN"),
        ("x: &x {a: *n}\ny: &y [*x]\ncustom: *y\n", "custom[0].a"),
        ("custom: {environment: *env, PIN: *n}\n", "custom.PIN"),
        ("custom: {<<: *env, PIN: 1}\n", ""),
        ("functions: {f: {environment: {<<: *env, X: *n}}}\n", ""),
    ],
)
def test_number_is_refused_where_an_alias_or_a_merge_brings_it_to_where_it_is_a_number(others: str, place: str) -> None:
    found = said(finding(manifest(NUMBER + others), "provider.environment.PIN"))
    assert place in found
    assert bool(found) is bool(place)


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ("functions: {f: {timeout: '${self:provider.environment.PIN}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${opt:t, self:provider.environment.PIN}'}}\n", "functions.f.timeout"),
        ("functions: {f: {timeout: '${self:provider.environment.${opt:x}}'}}\n", "functions.f.timeout"),
        ("custom: '${self:provider.environment}'\n", "custom.PIN"),
        ("custom: {<<: *env}\nx: '${self:custom.PIN}'\n", "custom.PIN"),
        ("functions: {f: {timeout: 'a ${self:provider.environment.PIN}'}}\n", ""),
        ("functions: {f: {environment: {X: '${self:provider.environment.PIN}'}}}\n", ""),
        ("functions: {f: {environment: '${self:provider.environment}'}}\n", ""),
    ],
)
def test_number_is_refused_where_a_variable_reads_it_to_where_it_is_a_number(others: str, place: str) -> None:
    found = said(finding(manifest(NUMBER + others), "provider.environment.PIN"))
    assert place in found
    assert bool(found) is bool(place)


@pytest.mark.parametrize("key", ["*n : x", "? [*n]\n  : x", "? *env\n  : x", "? {a: [*env]}\n  : x"])
def test_value_that_an_alias_makes_a_key_is_refused(key: str) -> None:
    text = f"{HEAD}  environment: &env\n    PIN: &n hunter2\ncustom:\n  {key}\n"
    assert "an alias makes a key of it" in said(finding(manifest(text), "provider.environment.PIN"))


@pytest.mark.parametrize(
    ("text", "early"),
    [
        ("custom: {x: &k hunter2}\nprovider: {name: aws, stage: *k}\n", True),
        ("custom: {x: &k hunter2}\na: &a {stage: *k}\nprovider: {<<: [{name: aws}, *a]}\n", True),
        ("custom: {x: &k hunter2}\na: &a {stage: *k}\nprovider: {<<: *a, stage: dev}\n", False),
        ("custom: {x: &k hunter2}\nplugins: [a, *k]\n", True),
        ("custom: {x: &k hunter2}\n<<: {service: *k}\n", False),
        ("custom: &c {x: hunter2}\nprovider: {name: aws, credentials: {<<: *c}}\n", True),
    ],
)
def test_value_that_an_alias_or_a_merge_brings_to_an_early_position_is_refused(text: str, early: bool) -> None:
    found = said(finding(manifest(f"service: shop\n{text}"), "custom.x"))
    assert ("is read before references are resolved" in found) is early


def test_alias_reaches_early_positions_of_any_included_file() -> None:
    read = manifest("x: &x {key: hunter2}\ncredentials: *x\n", "p.yml", Role.INCLUDED)
    by = manifest("service: shop\nprovider: ${file(./${opt:file})}\n")
    assert "before references are resolved" in said(finding(read, "x.key"), by=by)


def test_value_with_more_positions_than_can_be_looked_at_is_refused() -> None:
    bomb = "".join(f"  a{k}: &a{k} [{f'*a{k - 1}, ' * 9}]\n" for k in range(1, 30))
    read = manifest(f"{HEAD}custom:\n  a0: &a0 {{password: hunter2}}\n{bomb}")
    assert "more than can be looked at" in said(finding(read, "custom.a0.password"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("? [custom, x]\n: {password: hunter2}\n", "?.password"),
        ("'<<': {password: hunter2}\n<<: {a: b}\n", "<<.password"),
    ],
)
def test_value_below_a_key_that_cannot_be_told_is_refused(text: str, path: str) -> None:
    assert "its place can't be told" in said(finding(manifest(HEAD + text), path))


def test_included_file_has_no_early_positions_of_its_own() -> None:
    read = manifest("service: hunter2\n", "env.yml", Role.INCLUDED)
    assert said(finding(read, "service"), by=manifest(HEAD)) == ""


STAGED = """\
service: shop
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  region: ${self:custom.${self:provider.stage}.region}
custom:
  dev:
    region: us-east-1
    dbPassword: hunter2
"""


def test_only_the_stage_value_that_an_early_position_reads_is_refused() -> None:
    read = manifest(STAGED)
    assert said(finding(read, "custom.dev.dbPassword")) == ""
    assert "provider.region takes its value" in said(finding(read, "custom.dev.region"))


@pytest.mark.parametrize(
    ("provider", "path", "early"),
    [
        ("${file(./p.yml)}", "credentials.secretAccessKey", True),
        ("${file(./p.yml)}", "environment.X", False),
        ("${file(./p.yml):aws}", "aws.credentials.secretAccessKey", True),
        ("${file(./p.${opt:stage, 'dev'}.yml)}", "credentials.secretAccessKey", False),
        ("${file(./${opt:stage, 'p'}.yml)}", "credentials.secretAccessKey", True),
        ("${file(./other.yml)}", "credentials.secretAccessKey", False),
    ],
)
def test_early_positions_are_followed_into_included_files(provider: str, path: str, early: bool) -> None:
    text = (
        "credentials:\n  secretAccessKey: hunter2\nenvironment:\n  X: hunter2\n"
        "aws:\n  credentials:\n    secretAccessKey: hunter2\n"
    )
    read = manifest(text, "p.yml", Role.INCLUDED)
    found = said(finding(read, path), by=manifest(f"service: shop\nprovider: {provider}\n"))
    assert ("before references are resolved" in found) is early


def test_fallback_within_a_quoted_text_is_refused() -> None:
    text = f"{HEAD}custom:\n  x: '${{env:X, \"${{self:custom.y, ''abc''}}\"}}'\n"
    assert "inside a quoted text" in said(finding(manifest(text), "custom.x", "abc", Form.FALLBACK))


def test_duplicate_key_is_noted() -> None:
    read = manifest(f"{HEAD}custom:\n  a: hunter2\n  a: hunter2\n")
    told = list(remarks(candidate_of(finding(read, "custom.a"), deployed(read), Tier.STANDARD)))
    assert told == ["the key appears twice, and Serverless refuses such a file"]


def test_other_services_that_include_the_file_are_noted() -> None:
    one, two = manifest("service: one\n", "one/serverless.yml"), manifest("service: two\n", "two/serverless.yml")
    read = manifest("a: hunter2\n", "env.yml", Role.INCLUDED)
    told = list(remarks(candidate_of(finding(read, "a"), deployed(one, two, file=read.file), Tier.STANDARD)))
    assert told == ["two includes the file too, and will read this parameter"]


def test_refused_deployment_gives_its_reason() -> None:
    read = manifest("service: a\nprovider: google\ncustom:\n  x: hunter2\n")
    assert "the provider is google" in said(finding(read, "custom.x"))


URL = f"{HEAD}custom:\n  url: 'postgres://app:hunter2@${{self:custom.host}}/db'\n  plain: postgres://app:hunter2@host/db\n"


def test_dollar_pairs_in_a_part_are_refused_only_for_version_4() -> None:
    found = finding(manifest(URL.replace("hunter2", "a$&b")), "custom.url", "a$&b")
    assert "mangles" in said(found, VERSION_4)
    assert said(found, MODERN) == ""
    assert said(finding(manifest(URL.replace("hunter2", "a$&b")), "custom.plain", "a$&b"), VERSION_4) == ""


# What stands at a part decides how the framework reads it; made of pieces, so that no scanner takes it for a key.
KEY = "sk_" + "live_" + "51Habcd8fGhJkLmN0pQrStUv"


@pytest.mark.parametrize("framework", [LEGACY, MODERN, VERSION_4, UNKNOWN])
@pytest.mark.parametrize(
    ("value", "part", "words"),
    [
        (f"${{self:service}}\\{KEY}", KEY, "behind \\ a reference is plain text"),
        (f"${{self:service}}\\\\{KEY}", KEY, "behind \\ a reference is plain text"),
        (f"${{self:service}}${KEY}", KEY, "behind $ a reference takes that sign away"),
        (f"postgres://app:${KEY}@${{self:custom.host}}/db", KEY, "behind $ a reference takes that sign away"),
        (f"{KEY}\\${{self:service}}", f"{KEY}\\", "it ends in a sign"),
        (f"{KEY}$${{self:service}}", f"{KEY}$", "it ends in a sign"),
        (f"{KEY}$\\${{self:service}}", f"{KEY}$", "it ends in a sign"),
    ],
)
def test_part_beside_a_sign_that_is_read_with_a_variable_is_refused(
    value: str, part: str, words: str, framework: Framework
) -> None:
    found = finding(manifest(f"{HEAD}custom:\n  key: '{value}'\n"), "custom.key", part)
    assert words in said(found, framework)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (f"\\{KEY}", None),
        (f"${KEY}", None),
        (f"{KEY}$", None),
        (f"a\\b ${{self:service}}{KEY}", KEY),
        (f"{KEY}$@${{self:service}}", f"{KEY}$"),
        (f"${{self:service}}{KEY}$", f"{KEY}$"),
        (f"${{self:service}}{KEY}\\", f"{KEY}\\"),
    ],
)
def test_backslash_or_dollar_that_changes_nothing_is_no_reason(value: str, part: str | None) -> None:
    found = finding(manifest(f"{HEAD}custom:\n  key: '{value}'\n"), "custom.key", part)
    assert said(found) == ""


def test_aliases_and_an_unknown_framework_are_noted() -> None:
    read = manifest(f"{HEAD}custom:\n  a: &pw hunter2\n  b: *pw\n")
    found = finding(read, "custom.a")
    told = list(remarks(candidate_of(found, deployed(read, framework=UNKNOWN), Tier.STANDARD)))
    assert told == [
        "aliases of this value (&pw) change with it",
        "no framework version found: written as ~true, for Serverless 1 and 2",
    ]


def test_text_that_versions_read_differently_is_reported() -> None:
    assert "framework versions read it differently" in in_environment("0123", UNKNOWN)
    assert "framework versions read it differently" in in_environment("1_000", MODERN)


OWN = "service: a\nprovider:\n  name: aws\n  variableSyntax: '\\$<([ ~:a-z/.,\\x27-]+?)>'\ncustom:\n  x: {}\n"


@pytest.mark.parametrize(
    ("value", "framework", "plain"),
    [
        ("\"$<env:x, 'abc'>\"", LEGACY, False),
        ("\"$<env:x, 'ABC'>\"", LEGACY, True),
        ("\"$<env:x, 'abc'>\"", MODERN, True),
        ("\"$<env:$<self:custom.y>, 'abc'>\"", LEGACY, False),
    ],
)
def test_fallback_in_what_the_framework_deploys_as_text_is_refused(
    value: str, framework: Framework, plain: bool
) -> None:
    found = finding(manifest(OWN.format(value)), "custom.x", "abc" if "abc" in value else "ABC", Form.FALLBACK)
    assert ("deploys the text as it is" in said(found, framework)) is plain


@pytest.mark.parametrize(("framework", "plain"), [(MODERN, True), (UNKNOWN, True), (LEGACY, False), (VERSION_4, False)])
def test_fallback_of_an_escaped_variable_is_refused_where_it_is_text(framework: Framework, plain: bool) -> None:
    found = finding(manifest(f"{HEAD}custom:\n  x: \\${{env:X, 'abc'}}\n"), "custom.x", "abc", Form.FALLBACK)
    assert ("which is deployed as the text" in said(found, framework)) is plain


def test_leading_blank_makes_a_variable_plain_text_on_modern_versions() -> None:
    found = finding(manifest(f"{HEAD}custom:\n  x: \"${{ env:X, 'abc'}}\"\n"), "custom.x", "abc", Form.FALLBACK)
    assert "deploys the text" in said(found, MODERN)
    assert said(found, LEGACY) == ""


@pytest.mark.parametrize(
    ("driver", "words"),
    [
        ("git-crypt", "git-crypt encrypts this file in the repository already"),
        ("git-crypt-staging", "git-crypt encrypts this file in the repository already"),
        ("crypt", "transcrypt encrypts this file in the repository already"),
        ("lfs", "Git LFS keeps this file outside of the repository"),
        ("tidy", "the filter tidy of git writes this file to the repository in another form"),
    ],
)
def test_file_that_passes_a_filter_of_git_is_left_to_a_person(driver: str, words: str) -> None:
    found = finding(manifest(f"{HEAD}  environment:\n    X: hunter2\n"), "provider.environment.X")
    deployment = replace(deployed(found.manifest), git_filter=driver)
    assert list(reasons(candidate_of(found, deployment, Tier.STANDARD))) == [(Applicability.REVIEW, words)]

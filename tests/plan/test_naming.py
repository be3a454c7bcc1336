import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.masking.name_mask import NameMask
from migrate.model import Role, UsageError
from migrate.plan import naming
from migrate.plan.name_fields import NameFields, kebab, name_fields_of
from tests.support.build import finding, manifest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GITHUB_API_KEY", "github-api-key"),
        ("githubApiKey", "github-api-key"),
        ("DB2Password", "db2-password"),
        ("SMTPPass", "smtp-pass"),
        ("oauth2Token", "oauth2-token"),
        ("API-Key", "api-key"),
        ("Api key!", "api-key"),
        ("schlüssel", "schlssel"),
    ],
)
def test_keys_become_kebab_case(text: str, expected: str) -> None:
    assert kebab(text) == expected


def suggested(
    text: str, *paths: str, template: str = naming.DEFAULT_TEMPLATE, name: str = "serverless.yml"
) -> list[str]:
    read = manifest(text, name, Role.MANIFEST if name.startswith("serverless") else Role.INCLUDED)
    places = [
        (name_fields_of(each, "svc", NameMask()), each.secret.reveal())
        for each in (finding(read, path) for path in paths)
    ]
    return list(naming.assign(places, template))


def test_default_name_is_service_and_key() -> None:
    text = "functions:\n  a:\n    environment:\n      GITHUB_API_KEY: ABCDEF\n"
    assert suggested(text, "functions.a.environment.GITHUB_API_KEY") == ["/svc/github-api-key"]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("custom:\n  db:\n    password: x1\n", "custom.db.password", "/svc/db-password"),
        ("custom:\n  mail:\n    smtp:\n      value: x1\n", "custom.mail.smtp.value", "/svc/smtp-value"),
        ("custom:\n  prod:\n    dbPassword: x1\n", "custom.prod.dbPassword", "/svc/prod/db-password"),
        ("custom:\n  MONGODB_URI:\n    dev: x1\n", "custom.MONGODB_URI.dev", "/svc/dev/mongodb-uri"),
        ("password: x1\n", "password", "/svc/password"),
        ("- Name: API_SECRET\n  Value: x1\n", "[0].Value", "/svc/api-secret"),
        ("- x1\n", "[0]", "/svc/secret"),
        (
            "custom:\n  auth:\n    user:\n      password:\n        value: x1\n",
            "custom.auth.user.password.value",
            "/svc/user-password-value",
        ),
        ("custom:\n  password: x1\n", "custom.password", "/svc/password"),
    ],
)
def test_generic_key_includes_its_parents_and_a_stage_is_a_segment(text: str, path: str, expected: str) -> None:
    assert suggested(text, path) == [expected]


def test_stage_in_a_file_name_becomes_a_segment() -> None:
    assert suggested("password: x\n", "password", name="config.prod.yml") == ["/svc/prod/password"]
    assert suggested("password: x\n", "password", name="prod/config.yml") == ["/svc/prod/password"]
    assert suggested("custom:\n  apiKey: x\n", "custom.apiKey", name="serverless.dev.yml") == ["/svc/dev/api-key"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("database.yml", "/svc/database-password"),
        ("database.prod.yml", "/svc/prod/database-password"),
        ("config.yml", "/svc/password"),
    ],
)
def test_file_name_is_used_as_a_parent_key(file: str, expected: str) -> None:
    assert suggested("password: x\n", "password", name=file) == [expected]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/team/{stage}/{key}", "/team/prod/db-password"),
        ("/team/${sls:stage}/{key}", "/team/${sls:stage}/db-password"),
        ("/team/{key}", "/team/prod/db-password"),
        ("/{file}/{key}", "/vault/prod/db-password"),
    ],
)
def test_stage_occurs_once_in_a_name(template: str, expected: str) -> None:
    assert suggested("prod:\n  dbPassword: x\n", "prod.dbPassword", template=template, name="vault.yml") == [expected]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("functions:\n  a:\n    loginCode: x\n", "functions.a.loginCode", "/a/login-code"),
        ("functions:\n  loginCode: x\n", "functions.loginCode", "/login-code"),
    ],
)
def test_function_field_is_the_key_below_functions_that_holds_the_value(text: str, path: str, expected: str) -> None:
    assert suggested(text, path, template="/{function}/{key}") == [expected]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/{vendor}/{name}", "/github/api-key"),
        ("/{service}/{function}/{KEY}", "/svc/a/GITHUB_API_KEY"),
        ("/team/{stage}/{key}", "/team/github-api-key"),
        ("/{service}/${sls:stage}/{key}", "/svc/${sls:stage}/github-api-key"),
        ("/{file}/{key}", "/manifest/github-api-key"),
    ],
)
def test_template_fields_are_filled_in(template: str, expected: str) -> None:
    text = "functions:\n  a:\n    environment:\n      GITHUB_API_KEY: ABCDEF\n"
    assert suggested(text, "functions.a.environment.GITHUB_API_KEY", template=template) == [expected]


def test_one_word_key_fills_vendor_and_name() -> None:
    assert suggested("TOKEN: x\n", "TOKEN", template="/{vendor}/{name}") == ["/token/token"]


@pytest.mark.parametrize(
    "template", ["/{service}/{nope}", "relative/{key}", "/aws/{key}", "/{service}/a b/{key}", "/{service}/../{key}"]
)
def test_invalid_template_is_refused(template: str) -> None:
    with pytest.raises(UsageError):
        naming.check_template(template)


def test_first_of_several_faults_of_a_template_is_reported() -> None:
    with pytest.raises(UsageError, match=r"^the path template must begin with /$"):
        naming.check_template("relative/a b")


def test_valid_templates_are_accepted() -> None:
    for template in (naming.DEFAULT_TEMPLATE, "/{vendor}/{name}", "/x/${opt:stage, 'dev'}/{key}"):
        naming.check_template(template)


TWO_FUNCTIONS = """\
functions:
  first:
    environment:
      API_KEY: {}
  second:
    environment:
      API_KEY: {}
"""
PATHS = ("functions.first.environment.API_KEY", "functions.second.environment.API_KEY")


def test_equal_values_under_equal_keys_share_a_name() -> None:
    assert suggested(TWO_FUNCTIONS.format("same", "same"), *PATHS) == ["/svc/api-key", "/svc/api-key"]


def test_different_values_are_distinguished_by_the_function() -> None:
    expected = ["/svc/first/api-key", "/svc/second/api-key"]
    assert suggested(TWO_FUNCTIONS.format("one", "two"), *PATHS) == expected


def test_different_values_are_distinguished_by_the_parent_key() -> None:
    text = "custom:\n  x:\n    a:\n      apiSecret: one\n    b:\n      apiSecret: two\n"
    expected = ["/svc/a/api-secret", "/svc/b/api-secret"]
    assert suggested(text, "custom.x.a.apiSecret", "custom.x.b.apiSecret") == expected


def test_different_values_under_equal_parent_keys_are_distinguished_by_more_keys_above() -> None:
    text = "custom: {k: {one: {x: {y: {apiSecret: first}}}, two: {x: {y: {apiSecret: second}}}}}\n"
    expected = ["/svc/manifest/one/x/y/api-secret", "/svc/manifest/two/x/y/api-secret"]
    assert suggested(text, "custom.k.one.x.y.apiSecret", "custom.k.two.x.y.apiSecret") == expected


def test_values_named_by_a_neighbour_are_distinguished_by_the_parent_key() -> None:
    text = "custom:\n  a:\n    - Name: PIN_CODE\n      Value: one\n  b:\n    - Name: PIN_CODE\n      Value: two\n"
    assert suggested(text, "custom.a[0].Value", "custom.b[0].Value") == ["/svc/a/pin-code", "/svc/b/pin-code"]


def test_structural_keys_do_not_distinguish_names() -> None:
    text = "custom:\n  config:\n    env: one\n  settings:\n    env: two\n"
    assert suggested(text, "custom.config.env", "custom.settings.env") == ["/svc/env", "/svc/env-2"]


def test_values_that_nothing_else_distinguishes_are_numbered() -> None:
    text = "custom:\n  apiKeys:\n    - one\n    - two\n    - one\n"
    paths = ("custom.apiKeys[0]", "custom.apiKeys[1]", "custom.apiKeys[2]")
    names = suggested(text, *paths)
    assert names == ["/svc/api-keys", "/svc/api-keys-2", "/svc/api-keys"]


def test_variable_in_a_name_expands_to_every_given_stage() -> None:
    assert naming.concrete("/a/b", ()) == ("/a/b",)
    assert naming.concrete("/a/${sls:stage}/b", ("dev", "prod")) == ("/a/dev/b", "/a/prod/b")
    assert naming.concrete("/a/${opt:stage, 'dev'}/b", ()) == ()


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["k", "l"]), st.text(max_size=2)), max_size=8)
)
@settings(max_examples=150, deadline=None)
def test_two_values_never_share_a_name(rows: list[tuple[str, str, str]]) -> None:
    places = [(NameFields("svc", "", function, key, key, "file", ()), value) for function, key, value in rows]
    names = naming.assign(places, naming.DEFAULT_TEMPLATE)
    seen: dict[str, str] = {}
    for name, (_, value) in zip(names, places, strict=True):
        assert seen.setdefault(name, value) == value

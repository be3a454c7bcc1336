"""The secret part of a longer text."""

from __future__ import annotations

import pytest

from migrate.detect.embedded import blank_variables, find_embedded, is_json
from migrate.detect.embedded_value import BLANK
from migrate.detect.samples import build
from migrate.text.variables import parse


def found(text: str, *, connection: bool = False, header: bool = False) -> list[tuple[str, str]]:
    blotted = blank_variables(text, parse(text))
    return [(part.rule, part.span.of(text)) for part in find_embedded(blotted, connection=connection, header=header)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("postgres://app:s3cr3t@db/shop", "s3cr3t"),
        ("postgres://app:p@ss@db/shop", "p@ss"),
        ("postgres://app:p/a?s#s@db:5432/shop", "p/a?s#s"),
        ("postgres://app:${x}y@db/shop", "${x}y"),
        ("redis://:s3cr3t@cache:6379", "s3cr3t"),
        ("mongodb+srv://app:s3cr3t@h.mongodb.net/?retryWrites=true", "s3cr3t"),
        ("https://user:s3cr3t@acme.io/a@b", "s3cr3t"),
        ("https://x-access-token:s3cr3t@github.com/a/b.git", "s3cr3t"),
        ("cloudinary://123:s3cr3t@acme", "s3cr3t"),
        ("see http://a:s3cr3t@h for more", "s3cr3t"),
    ],
)
def test_url_password_is_found_as_the_part(text: str, part: str) -> None:
    assert found(text) == [("url-password", part)]


def test_token_in_the_user_place_of_a_url_is_found() -> None:
    token = build("{hex:40}")
    assert found(f"https://{token}@github.com/acme/shop.git") == [("url-password", token)]


@pytest.mark.parametrize(
    "text",
    [
        "https://acme.io/@user",
        "https://acme.io:443/a@b.c",
        "postgres://db.acme.io:5432/app@x y",
        "ssh://git@github.com/acme/shop",
        "https://acme@acme.io",
        "postgres://db:5432/shop",
        "https://" + "ab12cd34" * 4 + "@o1.ingest.sentry.io/2",
        "mailto:a@b.c",
    ],
)
def test_url_without_a_password_has_no_finding(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("app:s3cr3t@tcp(db:3306)/shop?parseTime=true", "s3cr3t"),
        ("app:s3cr3t@(db)/shop", "s3cr3t"),
        ("Server=db;User Id=app;Password=s3cr3t;", "s3cr3t"),
        ("Server=db;User Id=app;Password= s3c r3t ;Encrypt=True", "s3c r3t"),
        ("jdbc:sqlserver://db;user=app;password=s3cr3t", "s3cr3t"),
        ("jdbc:oracle:thin:app/s3cr3t@db:1521:shop", "s3cr3t"),
    ],
)
def test_connection_string_password_is_found_as_the_part(text: str, part: str) -> None:
    assert found(text) == [("connection-string", part)]


@pytest.mark.parametrize("text", ["app:s3cr3t@db.acme.io:3306/shop", "app/s3cr3t@db:1521/shop"])
def test_bare_dsn_is_found_only_under_a_connection_name(text: str) -> None:
    assert found(text, connection=True) == [("connection-string", "s3cr3t")]
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        ("DB_PASS=s3cr3t", "assignment", "s3cr3t"),
        ("export DB_PASS='s3c r3t'", "assignment", "s3c r3t"),
        ("A=1 DB_PASS=s3cr3t B=2", "assignment", "s3cr3t"),
        ('password = "s3cr3t"', "assignment", "s3cr3t"),
        ("host=db user=app password=s3cr3t dbname=shop", "assignment", "s3cr3t"),
        ("cache:6379,password=s3cr3t,ssl=True", "assignment", "s3cr3t"),
        ("https://acme.io/?a=1&api_key=s3cr3t&b=2", "query-secret", "s3cr3t"),
        ("https://acme.io/?sig=s3cr3t", "query-secret", "s3cr3t"),
        ("https://acme.io/?appid=s3cr3t", "query-secret", "s3cr3t"),
        ("tool --password s3cr3t --x", "command-line", "s3cr3t"),
        ("tool --api-key 's3c r3t'", "command-line", "s3c r3t"),
        ("mysqldump -h db -u app -ps3cr3t shop", "command-line", "s3cr3t"),
        ("sshpass -p s3cr3t ssh app@db", "command-line", "s3cr3t"),
        ("curl -s -u app:s3cr3t https://acme.io", "command-line", "s3cr3t"),
        ("docker login -u app -p s3cr3t", "command-line", "s3cr3t"),
        ("redis-cli -h cache -a s3cr3t ping", "command-line", "s3cr3t"),
        ("mongodump -u app -p s3cr3t", "command-line", "s3cr3t"),
        ("curl -H 'Authorization: Bearer s3cr3t' https://acme.io", "authorization-header", "s3cr3t"),
        ('curl -H "X-Api-Key: s3cr3t" https://acme.io', "authorization-header", "s3cr3t"),
        ('{"a": 1, "password": "s3cr3t"}', "json-text", "s3cr3t"),
        ('{\\"password\\": \\"s3cr3t\\"}', "json-text", "s3cr3t"),
        ('{"password" : "s3\\"t"}', "json-text", 's3\\"t'),
    ],
)
def test_secret_in_a_text_is_found_as_the_part(text: str, rule: str, part: str) -> None:
    assert (rule, part) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "a=b",
        "password == x",
        "token = event.token",
        "tool --token-file x",
        "tool --verbose true",
        "# DB_PASS=s3cr3t\necho",
        '{"user": "app", "tokenUrl": "x"}',
        "plain text",
        "mysql --version",
        "curl https://acme.io",
    ],
)
def test_harmless_text_has_no_finding(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["Basic s3cr3t", "Bearer s3cr3t", "token s3cr3t", "ApiKey s3cr3t", " SSWS s3cr3t "])
def test_header_scheme_is_excluded_from_the_found_part(text: str) -> None:
    assert found(text, header=True) == [("authorization-header", "s3cr3t")]
    assert found(text) == []


def test_blanking_variables_keeps_length_and_positions() -> None:
    text = "a${env:X, '@:/'}b"
    blotted = blank_variables(text, parse(text))
    assert len(blotted) == len(text)
    assert (blotted[0], blotted[-1]) == ("a", "b")
    assert set(blotted[1:-1]) == {BLANK}


def test_json_is_recognized_by_its_first_character() -> None:
    assert is_json(' {"a": 1}')
    assert not is_json("{a}")
    assert not is_json('x {"a": 1}')

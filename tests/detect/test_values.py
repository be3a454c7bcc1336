"""What a value can't be, and how much it looks like a secret otherwise."""

from __future__ import annotations

import pytest

from migrate.detect.name_meaning import SecretOrigin
from migrate.detect.randomness import looks_random
from migrate.detect.references import is_reference
from migrate.detect.samples import build
from migrate.detect.values import ValueClass, classify

CHOSEN = {
    ValueClass.RANDOM: [
        "{base62:16}",
        "{hex:32}",
        "{symbols:24}",
        "pr0t0s1x2",
        "KJHGSDIOKJOHDF",
        "k(x--kv1-dv#on(n6)na)j$sd",
    ],
    ValueClass.PLAIN: ["hunter2", "Kingkong123", "parola123", "8429173", "ABCDEF", "s3cr3t"],
    ValueClass.WORDY: ["ilovedocker", "shhhhh", "correct horse battery staple", "acme-shop-dev"],
    ValueClass.WEAK: [
        "root",
        "admin1234",
        "password",
        "P@ssw0rd",
        "Password123!",
        "123456",
        "abc123",
        "test",
        "mysecret",
        "0000",
    ],
    ValueClass.NAMED: ["DB_PASSWORD", "PROD_DB_PASSWORD", "prod/db/password"],
    ValueClass.FILLER: ["xyz@123", "foo-123", "production"],
    ValueClass.UUID: ["{uuid:0}"],
    ValueClass.PLACEHOLDER: ["changeme", "<password>", "00000000-0000-0000-0000-000000000000"],
    ValueClass.NEVER: [
        "",
        "x",
        "true",
        "null",
        "#password",
        "input[name=pw]",
        "30d",
        "HS256",
        "ops@acme.io",
        "../x.pem",
        "a.io",
    ],
}
ISSUED = {
    ValueClass.RANDOM: ["{base62:32}", "{hex:40}", "{base64:44}", "/{base62:30}+{base62:8}"],
    ValueClass.PLAIN: ["ABCDEF", "acme42", "ACMEKEY9", "8471203345"],
    ValueClass.WORDY: ["internal", "parrot"],
    ValueClass.NAMED: [
        "acme-partner",
        "sk_test",
        "api-key",
        "JWT_SECRET",
        "sendgrid-api-key",
        "nextToken",
        "clientsecret",
        "root",
    ],
    ValueClass.FILLER: ["abc123", "test", "local", "12345678901", "S3RVER"],
    ValueClass.NEVER: [
        "dev",
        "1234",
        "bearer",
        "minutes",
        "handler.main",
        "src/auth/index.handler",
        "Please ask the ops team",
    ],
}


@pytest.mark.parametrize(
    ("wanted", "recipe"), [(wanted, recipe) for wanted, recipes in CHOSEN.items() for recipe in recipes]
)
def test_chosen_password_is_classified(wanted: ValueClass, recipe: str) -> None:
    assert classify(build(recipe), SecretOrigin.PASSWORD, ("db", "password")) is wanted


@pytest.mark.parametrize(
    ("wanted", "recipe"), [(wanted, recipe) for wanted, recipes in ISSUED.items() for recipe in recipes]
)
def test_issued_value_is_classified(wanted: ValueClass, recipe: str) -> None:
    assert classify(build(recipe), SecretOrigin.ISSUED, ("acme", "key")) is wanted


@pytest.mark.parametrize(
    ("text", "origin", "wanted"),
    [
        ("acme-jwt-secret", SecretOrigin.SIGNING, ValueClass.WEAK),
        ("acme-jwt-secret", SecretOrigin.CHOSEN, ValueClass.NAMED),
        ("acme-db-password", SecretOrigin.PASSWORD, ValueClass.NAMED),
        ("acme_secret_key_2025", SecretOrigin.SIGNING, ValueClass.PLAIN),
        ("acme/prod/rds", SecretOrigin.PASSWORD, ValueClass.NAMED),
        ("acme-prod-rds", SecretOrigin.CHOSEN, ValueClass.NAMED),
        ("acme-prod-rds", SecretOrigin.PASSWORD, ValueClass.WORDY),
        ("mysecret", SecretOrigin.CHOSEN, ValueClass.WEAK),
        ("JWT_SECRET", SecretOrigin.SIGNING, ValueClass.NAMED),
    ],
)
def test_classification_depends_on_the_origin_of_the_secret(
    text: str, origin: SecretOrigin, wanted: ValueClass
) -> None:
    assert classify(text, origin, ("secret",)) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "${ssm:/a}",
        "${{ secrets.A }}",
        "{{resolve:ssm:a}}",
        "a{{b}}c",
        "$API_KEY",
        "$(aws ssm get-parameter)",
        "$.detail.token",
        "%TOKEN%",
        "<%= token %>",
        "#{token}",
        "process.env.TOKEN",
        "ssm:/acme/token",
        "aws:secretsmanager:acme",
        "projects/1/secrets/x/versions/1",
        "@Microsoft.KeyVault(SecretUri=x)",
        "AQICAH" + "x" * 40,
        "ENC[AES256_GCM,data:x]",
        "vault:v1:abc",
        "ssh-rsa AAAA",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN RSA PUBLIC KEY-----",
        "-----BEGIN PGP MESSAGE-----",
        "$2b$10$abcdefghijk",
    ],
)
def test_reference_to_another_place_is_never_a_secret(text: str) -> None:
    assert is_reference(text)
    assert classify(text) is ValueClass.NEVER


@pytest.mark.parametrize("text", ["$ecret123", "hunter2", "{abc}", "pass$word"])
def test_dollar_sign_alone_is_not_a_reference(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "my-app-users-dev",
        "MyDatabasePassword2021",
        "us-east-1",
        "deadbeef",
        "minsk-rb-dev",
        "TLSv1_2016",
        "hello world",
        "a",
    ],
)
def test_words_and_numbers_do_not_look_random(text: str) -> None:
    assert not looks_random(text)


@pytest.mark.parametrize(
    "recipe", ["{base62:24}", "{hex:32}", "{base36:26}", "{upper:24}", "{base64:64}", "{symbols:20}"]
)
def test_random_characters_look_random(recipe: str) -> None:
    assert sum(looks_random(build(recipe, seed)) for seed in range(200)) >= 198


def test_app_password_and_a_mnemonic_look_random() -> None:
    assert looks_random("abcd efgh ijkl mnop")
    assert looks_random(" ".join(["card", "since", "exhaust", "scan"] * 3))
    assert not looks_random(
        " ".join(["this", "is", "only", "what", "the", "text", "says", "about", "all", "those", "old", "cars"])
    )

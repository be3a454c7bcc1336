"""What a name promises, and what excludes that."""

from __future__ import annotations

import pytest

from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.detect.name_phrases import PHRASES
from migrate.detect.name_words import split_name
from migrate.detect.names import excludes_secret, is_generic, meaning_of, nearest_phrase
from migrate.model import Kind


def meaning(name: str) -> NameMeaning | None:
    return meaning_of(split_name(name))


STRONG_NAMES = """
password pw DB_PASS mysqlPass dbPwd MYSQL_PWD PGPASSWORD SMTP_PASSWORD passphrase db_password_old ADMIN_PASS
PASS_DEFAULT EDIT_PASSWORD DB_PASSWORD_PROD password2 NO_REPLY_PASSWORD basicAuth otpSeed htpasswd API_KEY
apiKey X_API_KEY algoliaAdminKey ACCOUNT_KEY subscriptionKey accessKey merchant_key TOKEN accessToken
AUTH_TOKEN botToken githubToken bearerToken API_TOKEN PERSONAL_ACCESS_TOKEN jwtSecret JWT_SECRET_KEY
sessionSecret cookieSecret SIGNING_KEY hmacKey SECRET_KEY_BASE jwtKey webhookSecret VERIFY_TOKEN
encryptionKey masterKey CRYPTO_KEY HASH_SALT RESET_TOKEN_SECRET ACCESS_TOKEN_SECRET secret SECRET_KEY
clientSecret client_secret CONSUMER_SECRET AWS_SECRET_ACCESS_KEY sharedSecret mnemonic DB_SECET_KEY
PRIVATE_KEY rsaPrivateKey
"""
FAIR_NAMES = """
APP_KEY serviceKey licenseKey STRIPE_KEY SENDGRID_KEY azure_cv_key WRITE_KEY consumerKey salt PEPPER hmac
credentials DB_CREDENTIALS bearer sshKey twilio_auth_token_register slackWebhook WEBHOOK_URL Authorization
clave NEWRELIC_LICENSE
"""
WEAK_NAMES = ["key", "KEY", "pin", "otp", "auth", "jwt", "oauth", "cookie", "hashKey", "LOOSE_KEY", "passThrough"]
NOT_SECRET = """
DB_PASSWORD_ARN SECRET_NAME secretId TOKENS_TABLE PUBLIC_KEY publishableKey MAX_TOKENS maxTokens
PASSWORD_POLICY PASSWORD_MIN_LENGTH passwordLength TOKEN_EXPIRY JWT_EXPIRES_IN tokenUrl TOKEN_ENDPOINT
passwordPath SECRET_FILE keyPrefix API_KEY_ENABLED tokenType SALT_ROUNDS PASSWORD_ITERATIONS
AccessTokenValidity KeySchema KeyType partitionKey sortKey primaryKey s3Key objectKey cacheKey kmsKey KmsKeyId
ACCESS_KEY_ID privateKeyId KeyName keyPair SSHKeyName resetPassword RESET_PASSWORD forgotPassword isSecret
hasToken useToken requirePassword nextToken csrfToken tokenAddress NEXT_PUBLIC_API_KEY SUPABASE_ANON_KEY
passwordSelector PASSWORD_INPUT_BOX loginPasswordField API_KEY_HEADER apiKeySourceType encryptedPassword
hashedPassword JWT_ISSUER JWT_ALGORITHM SECRETS_MANAGER_ARN tokenizer compass bypass monkey turkey keyboard
keyword author passenger secretary username DATABASE_URL STAGE REGION name id url passwordEmail TOKEN_QUEUE
secretRotation verificationTokenTemplate dryRun handler
"""


@pytest.mark.parametrize("words", PHRASES, ids="-".join)
def test_phrase_of_the_table_is_found_in_a_name(words: tuple[str, ...]) -> None:
    for name in ("_".join(words), words[0] + "".join(word.title() for word in words[1:])):
        phrase = nearest_phrase(split_name(name))
        assert phrase is not None
        assert phrase.meaning == PHRASES[words]


@pytest.mark.parametrize("name", STRONG_NAMES.split())
def test_name_of_a_secret_has_strong_meaning(name: str) -> None:
    found = meaning(name)
    assert found is not None
    assert found.strength is Strength.STRONG


@pytest.mark.parametrize("name", FAIR_NAMES.split())
def test_likely_name_has_fair_meaning(name: str) -> None:
    found = meaning(name)
    assert found is not None
    assert found.strength is Strength.FAIR


@pytest.mark.parametrize("name", WEAK_NAMES)
def test_ambiguous_name_has_weak_meaning(name: str) -> None:
    found = meaning(name)
    assert found is not None
    assert found.strength is Strength.WEAK


@pytest.mark.parametrize("name", NOT_SECRET.split())
def test_name_of_something_else_has_no_meaning(name: str) -> None:
    assert meaning(name) is None


@pytest.mark.parametrize(
    ("name", "kind", "origin"),
    [
        ("DB_PASS", Kind.PASSWORD, SecretOrigin.PASSWORD),
        ("API_KEY", Kind.API_KEY, SecretOrigin.ISSUED),
        ("token", Kind.TOKEN, SecretOrigin.ISSUED),
        ("JWT_SECRET", Kind.SIGNING_SECRET, SecretOrigin.SIGNING),
        ("TOKEN_SECRET", Kind.SIGNING_SECRET, SecretOrigin.SIGNING),
        ("CLIENT_SECRET", Kind.OTHER, SecretOrigin.ISSUED),
        ("SECRET", Kind.OTHER, SecretOrigin.CHOSEN),
        ("PRIVATE_KEY", Kind.PRIVATE_KEY, SecretOrigin.ISSUED),
        ("webhook", Kind.WEBHOOK, SecretOrigin.ISSUED),
    ],
)
def test_name_has_a_kind_and_an_origin(name: str, kind: Kind, origin: SecretOrigin) -> None:
    found = meaning(name)
    assert found is not None
    assert (found.kind, found.origin) == (kind, origin)


@pytest.mark.parametrize("name", ["dev", "prod", "prod-eu", "stage2", "value", "default", "1"])
def test_stage_or_index_name_is_generic(name: str) -> None:
    assert is_generic(name)


@pytest.mark.parametrize("name", ["", "password", "table", "devices"])
def test_specific_name_is_not_generic(name: str) -> None:
    assert not is_generic(name)


def test_words_of_limits_and_places_exclude_a_secret() -> None:
    assert excludes_secret(split_name("acmeTable"))
    assert excludes_secret(split_name("isSecret"))
    assert not excludes_secret(split_name("acmePortal"))

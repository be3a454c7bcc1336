"""The phrases that mean a secret in a name: `api key`, `db pass`, `mot de passe`."""

from __future__ import annotations

from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.model import Kind

_STRONG, _FAIR, _WEAK = Strength.STRONG, Strength.FAIR, Strength.WEAK
_ISSUED, _CHOSEN, _PASSWORD, _SIGNING = SecretOrigin

# Kind, strength, origin, "named like …", phrases. Within one name the phrase nearest to its end counts.
_TABLE: tuple[tuple[Kind, Strength, SecretOrigin, str, str], ...] = (
    (
        Kind.PASSWORD, _STRONG, _PASSWORD, "a password",
        (
            "password, pwd, pass, passphrase, passcode, passw, psw, user pass, db pass, htpasswd, basic auth, "
            "http auth, basic auth credentials, otp seed, totp secret, pw, mdp, mot de passe, motdepasse, haslo, "
            "heslo, parola, parool, lozinka, jelszo, salasana, losenord, lösenord, sifre, sandi"
        ),
    ),
    (Kind.PASSWORD, _FAIR, _PASSWORD, "a password", "clave, passkey"),
    (
        Kind.PASSWORD, _WEAK, _PASSWORD, "a code to get in",
        "pin, pin code, otp, security code, access code, unlock code",
    ),
    (
        Kind.API_KEY, _STRONG, _ISSUED, "an API key",
        (
            "api key, account key, shared access key, subscription key, auth key, merchant key, access key, "
            "server key, transaction key, rest api key, admin key, chave api, chave da api, clave api, clave de api, "
            "cle api, api clave, api chave, api schluessel"
        ),
    ),
    (
        Kind.API_KEY, _FAIR, _ISSUED, "an API key",
        (
            "app key, application key, service key, license key, licence key, integration key, write key, read "
            "key, ingestion key, ingest key, storage key, function key, host key, security key, user key, "
            "developer key, maps key, consumer key, shared key, bot key, client key, newrelic license, relic "
            "license, newrelic licence, license code"
        ),
    ),
    (
        Kind.TOKEN, _STRONG, _ISSUED, "a token",
        (
            "token, access token, auth token, refresh token, bot token, api token, private token, bearer token, "
            "personal access token, oauth token, authentication token"
        ),
    ),
    (Kind.TOKEN, _FAIR, _ISSUED, "a token", "tokens, bearer, security token, session token, id token, pat"),
    (Kind.TOKEN, _WEAK, _ISSUED, "a token", "oauth, auth, authentication, jwt, cookie"),
    (
        Kind.SIGNING_SECRET, _STRONG, _SIGNING, "a signing secret",
        (
            "jwt secret, jwt secret key, session secret, session secret key, cookie secret, signing secret, "
            "signing key, signing secret key, hmac key, hmac secret, secret key base, jwt key, token secret, "
            "token secret key, access token secret key, csrf secret, verify token, verification token, "
            "auth secret, auth secret key, hash secret, "
            "secret jwt, secret salt, password salt, hash salt"
        ),
    ),
    (
        Kind.SIGNING_SECRET, _STRONG, _SIGNING, "an encryption key",
        (
            "encryption key, encryption secret, aes key, master key, decryption key, chave criptografia, "
            "chave de criptografia, clave cifrado, clave de cifrado, cle chiffrement, cle de chiffrement"
        ),
    ),
    (
        Kind.SIGNING_SECRET, _FAIR, _SIGNING, "a signing secret",
        "salt, pepper, hmac, encryption iv, encryption salt, session key, cookie key, token key",
    ),
    (Kind.SIGNING_SECRET, _WEAK, _SIGNING, "a signing secret", "hash key, data key"),
    (
        Kind.OTHER, _STRONG, _ISSUED, "a client secret",
        (
            "client secret, client secret key, consumer secret, api secret, api "
            "key secret, secret access key, access secret, access key secret, access token secret, oauth secret"
        ),
    ),
    (
        Kind.OTHER, _STRONG, _CHOSEN, "a secret",
        (
            "secret, secret key, shared secret, secret token, secret phrase, secret word, webhook secret, app secret, "
            "application secret, chave secreta, clave secreta, cle secrete, segredo, segreto, geheimnis, sekret"
        ),
    ),
    (
        Kind.OTHER, _STRONG, _CHOSEN, "a recovery phrase",
        "mnemonic, mnemonic phrase, seed phrase, recovery phrase, recovery code",
    ),
    (
        Kind.OTHER, _FAIR, _ISSUED, "an authorization",
        "authorization, authorisation, credentials, auth header, authorization header",
    ),
    (Kind.PRIVATE_KEY, _STRONG, _ISSUED, "a private key", "private key, private rsa key, private ssh key, private pem"),
    (
        Kind.PRIVATE_KEY, _FAIR, _ISSUED, "a private key",
        "rsa key, ssh key, pem key, ssl key, tls key, deploy key, service account key, cert key, pem",
    ),
    (
        Kind.WEBHOOK, _FAIR, _ISSUED, "a webhook",
        (
            "webhook, webhook url, webhook uri, webhook endpoint, webhook path, hook, hook url, web hook url, "
            "incoming webhook, slack url, slack hook, slack endpoint, discord url, teams url"
        ),
    ),
    (Kind.API_KEY, _WEAK, _ISSUED, "a key", "key"),
)  # fmt: skip
PHRASES: dict[tuple[str, ...], NameMeaning] = {
    tuple(phrase.split()): NameMeaning(kind, strength, origin, description)
    for kind, strength, origin, description, phrases in _TABLE
    for phrase in phrases.split(", ")
}

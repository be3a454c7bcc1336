"""What a key name says about its value: a table of phrases, and of the words that take it back."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from migrate.detect.words import split, vocabulary
from migrate.model import Kind

STRONG, FAIR, WEAK, DOUBTED = 3, 2, 1, 0


class Maker(IntEnum):
    """How such a value comes to be, and so what may be one.

    What a service issues is never a plain word; what people choose themselves may be `root`, and a signing key
    even `acme-jwt-secret`, which as any other secret would rather be the name of a stored one.
    """

    ISSUED = 0
    CHOSEN = 1
    PASSWORD = 2
    SIGNING = 3


class Sense(Struct, frozen=True):
    """What a name promises; `says` completes "named like …"."""

    kind: Kind
    strength: int
    maker: Maker
    says: str


_ISSUED, _CHOSEN, _PASSWORD, _SIGNING = Maker

# kind, strength, maker, "named like …", phrases. Within one name the phrase nearest to its end counts.
_TABLE: tuple[tuple[Kind, int, Maker, str, str], ...] = (
    (
        Kind.PASSWORD, STRONG, _PASSWORD, "a password",
        (
            "password, pwd, pass, passphrase, passcode, passw, psw, user pass, db pass, htpasswd, basic auth, "
            "http auth, basic auth credentials, otp seed, totp secret, pw, mdp, mot de passe, motdepasse, haslo, "
            "heslo, parola, parool, lozinka, jelszo, salasana, losenord, lösenord, sifre, sandi"
        ),
    ),
    (Kind.PASSWORD, FAIR, _PASSWORD, "a password", "clave, passkey"),
    (Kind.PASSWORD, WEAK, _PASSWORD, "a code to get in", "pin, pin code, otp, security code, access code, unlock code"),
    (
        Kind.API_KEY, STRONG, _ISSUED, "an API key",
        (
            "api key, account key, shared access key, subscription key, auth key, merchant key, access key, "
            "server key, transaction key, rest api key, admin key, chave api, chave da api, clave api, clave de api, "
            "cle api, api clave, api chave, api schluessel"
        ),
    ),
    (
        Kind.API_KEY, FAIR, _ISSUED, "an API key",
        (
            "app key, application key, service key, license key, licence key, integration key, write key, read "
            "key, ingestion key, ingest key, storage key, function key, host key, security key, user key, "
            "developer key, maps key, consumer key, shared key, bot key, client key, newrelic license, relic "
            "license, newrelic licence, license code"
        ),
    ),
    (
        Kind.TOKEN, STRONG, _ISSUED, "a token",
        (
            "token, access token, auth token, refresh token, bot token, api token, private token, bearer token, "
            "personal access token, oauth token, authentication token"
        ),
    ),
    (Kind.TOKEN, FAIR, _ISSUED, "a token", "tokens, bearer, security token, session token, id token, pat"),
    (Kind.TOKEN, WEAK, _ISSUED, "a token", "oauth, auth, authentication, jwt, cookie"),
    (
        Kind.SIGNING_SECRET, STRONG, _SIGNING, "a signing secret",
        (
            "jwt secret, jwt secret key, session secret, session secret key, cookie secret, signing secret, "
            "signing key, signing secret key, hmac key, hmac secret, secret key base, jwt key, token secret, "
            "token secret key, access token secret key, csrf secret, verify token, verification token, "
            "auth secret, auth secret key, hash secret, "
            "secret jwt, secret salt, password salt, hash salt"
        ),
    ),
    (
        Kind.SIGNING_SECRET, STRONG, _SIGNING, "an encryption key",
        (
            "encryption key, encryption secret, aes key, master key, decryption key, chave criptografia, "
            "chave de criptografia, clave cifrado, clave de cifrado, cle chiffrement, cle de chiffrement"
        ),
    ),
    (
        Kind.SIGNING_SECRET, FAIR, _SIGNING, "a signing secret",
        "salt, pepper, hmac, encryption iv, encryption salt, session key, cookie key, token key",
    ),
    (Kind.SIGNING_SECRET, WEAK, _SIGNING, "a signing secret", "hash key, data key"),
    (
        Kind.OTHER, STRONG, _ISSUED, "a client secret",
        (
            "client secret, client secret key, consumer secret, api secret, api "
            "key secret, secret access key, access secret, access key secret, access token secret, oauth secret"
        ),
    ),
    (
        Kind.OTHER, STRONG, _CHOSEN, "a secret",
        (
            "secret, secret key, shared secret, secret token, secret phrase, secret word, webhook secret, app secret, "
            "application secret, chave secreta, clave secreta, cle secrete, segredo, segreto, geheimnis, sekret"
        ),
    ),
    (
        Kind.OTHER, STRONG, _CHOSEN, "a recovery phrase",
        "mnemonic, mnemonic phrase, seed phrase, recovery phrase, recovery code",
    ),
    (
        Kind.OTHER, FAIR, _ISSUED, "an authorization",
        "authorization, authorisation, credentials, auth header, authorization header",
    ),
    (Kind.PRIVATE_KEY, STRONG, _ISSUED, "a private key", "private key, private rsa key, private ssh key, private pem"),
    (
        Kind.PRIVATE_KEY, FAIR, _ISSUED, "a private key",
        "rsa key, ssh key, pem key, ssl key, tls key, deploy key, service account key, cert key, pem",
    ),
    (
        Kind.WEBHOOK, FAIR, _ISSUED, "a webhook",
        (
            "webhook, webhook url, webhook uri, webhook endpoint, webhook path, hook, hook url, web hook url, "
            "incoming webhook, slack url, slack hook, slack endpoint, discord url, teams url"
        ),
    ),
    (Kind.API_KEY, WEAK, _ISSUED, "a key", "key"),
)  # fmt: skip
_PHRASES: dict[tuple[str, ...], Sense] = {
    tuple(phrase.split()): Sense(kind, strength, maker, says)
    for kind, strength, maker, says, phrases in _TABLE
    for phrase in phrases.split(", ")
}
_LONGEST = max(map(len, _PHRASES))
_LAST = frozenset(phrase[-1] for phrase in _PHRASES)

# After the phrase these only say which of several: `DB_PASSWORD_PROD`, `apiKey2`, `PASS_DEFAULT`.
STAGES = vocabulary(
    "dev develop development prod production prd pro live stage staging stg test testing tst qa uat sit int "
    "integration local localhost offline sandbox demo preprod preproduction preview beta alpha canary ci default "
    "defaults devel feature hotfix master main release nonprod loadtest perf pre homolog homologacao hml acc "
    "acceptance global common shared base docker latest edge blue green"
)
_NEUTRAL = STAGES | vocabulary(
    "value val string str text plain plaintext raw old new current previous next primary secondary backup "
    "fallback admin root master slave replica read write readonly ro rw b64 base64 base encoded decoded v1 v2 v3 "
    "eu us ap uk one two first second here content data literal"
)

# After the phrase these name what the value is instead: a name, a place, a limit, a flag.
TAKES_BACK = vocabulary(
    "arn arns name names id ids identifier sid kid guid uuid table tables uri url urls endpoint endpoints host "
    "hostname domain port path paths file files filename filepath dir directory folder location prefix suffix "
    "postfix length len size bytes bits count limit max maximum min minimum expiry expire expires expiration exp "
    "ttl timeout age day days hour hours minute minutes second seconds secs sec ms millis period interval "
    "iterations rounds round policy policies enabled enable disabled disable required requirement type types kind "
    "format version algorithm algorithms algo alg field fields column attribute attributes attr header headers "
    "param params parameter parameters index queue topic bucket region user username email issuer iss audience "
    "aud scope scopes rotation reset template subject message messages description label title regex pattern hint "
    "link page route handler function lambda role group pool provider service server validity lifetime duration "
    "usage use source sources store manager status state mode method strategy class plugin layer cache cert "
    "certificate fingerprint checksum alias ref reference ssm kms secretsmanager allowed origin origins callback "
    "redirect selector box input element button xpath css form rule rules valid validator validation generator "
    "schema model entity resource stack event events action actions permission permissions flow flows grant pair "
    "spec specification usages symbol decimals contract address supply price balance chain amount history list "
    "map mapping stream trigger authorizer condition property properties plan quota quotas zone context namespace "
    "exists existing used public refresh_rate threshold attempts retries retry character characters chars charset "
    "strength complexity vault keychain keyring encoding cost profile tag tags notification notifications sender "
    "recipient too missing invalid incorrect wrong mismatch error errors placeholder example note comment flag secure "
    "set sets pk sk view screen in at after per comments"
)
# Of these the last word of the name decides: `PASSWORD_EMAIL_WORKER` may be one, `PASSWORD_EMAIL` is none.
_ONLY_AT_THE_END = vocabulary("email user username host service server role group event list map source comments")

# Before the phrase these make it a flag, an action, or something meant to be seen: anywhere, as the
# first word, or before a mere password or token (`RESET_TOKEN_SECRET` is a secret, `RESET_PASSWORD` none).
_HEAD_TAKES_BACK = vocabulary("public publishable publish anon anonymous sitekey hashed encrypted max min")
_FIRST_TAKES_BACK = vocabulary(
    "is has not use uses require requires required num total allow enable enabled disable disabled skip hide show "
    "ignore without with validate check generate create update delete remove rotate"
)
_VERB_TAKES_BACK = vocabulary("reset forgot forget forgotten change lost expired")
ACTIONS = _VERB_TAKES_BACK | vocabulary("check generate create update delete remove rotate validate show use")
# After a password's phrase these say whose it is: `SENHA_BANCO`, `PASSWORD_SMTP`.
_OWNERS = vocabulary(
    "db bd bdd bbdd database banco datos dados mysql postgres postgresql pg mongo mongodb redis smtp correo mail ftp "
    "sftp ssh rds sql gmail api app"
)
# Keys of these are sent to browsers on purpose: always, or more often than not.
_MEANT_TO_BE_SEEN = vocabulary("pusher site")
_OFTEN_SEEN = vocabulary("recaptcha captcha hcaptcha turnstile segment amplitude mixpanel posthog search")
_PAIR_TAKES_BACK: dict[str, frozenset[str]] = {
    "key": vocabulary(
        "limit result more input output public partition sort primary foreign hash range kms cmk cache s3 object "
        "bucket index group tag idempotency routing binding translation message column field json query filter "
        "map i18n lookup unique composite lock site event state file upload image name sns environment config "
        "answer tracking row record item attribute by on translate search locale dedupe deduplication terraform "
        "tf dynamodb dynamo stats metric label response request path order user_pool table zip artifact code "
        "lambda layer csv document export import template ordering return registry hot short shortcut local "
        "project"
    ),
    "token": vocabulary(
        "postman input output next page continuation csrf xsrf task nft lp reward erc20 governance stop pagination sync"
    ),
    "pass": vocabulary("by first second all single multi boarding season day ski"),
    "secret": vocabulary("generate top docker k8s kubernetes"),
    "auth": vocabulary("no allow skip"),
    "pin": vocabulary("gpio"),
}

# `<whose>_KEY`: what these hand out under the name of a mere "key" is an API key.
_VENDORS = vocabulary(
    "stripe sendgrid mailgun mailchimp mandrill twilio google firebase gcp algolia pusher pubnub openai anthropic "
    "claude gemini deepl airtable notion hubspot salesforce zendesk intercom segment mixpanel amplitude datadog "
    "dd newrelic rollbar bugsnag honeycomb loggly sumologic logdna github gitlab bitbucket slack discord telegram "
    "line zoom plaid dwolla paypal braintree square adyen razorpay paystack flutterwave mollie conekta "
    "mercadopago shopify contentful sanity prismic cloudinary imgix fcm gcm apns onesignal braze klaviyo "
    "sparkpost postmark sendinblue brevo mailjet nexmo vonage plivo messagebird clearbit hunter ipstack ipinfo "
    "openweather openweathermap weather darksky mapbox tomtom foursquare yelp tmdb omdb giphy unsplash pexels "
    "youtube spotify lastfm twitter facebook fb instagram linkedin etherscan infura alchemy moralis binance "
    "coinbase kraken alphavantage finnhub quandl newsapi azure cosmos cosmosdb supabase auth0 okta cognito "
    "vision email mail sms smtp payment maps gmaps geocoding iam aws heroku cloudflare "
    "fastly netlify vercel digitalocean linode elastic elasticsearch redis mongo fauna faunadb hasura appsync "
    "graphql ghost steam riot twitch trello jira atlassian asana monday sentry apollo lambda_apollo ably "
    "pagerduty opsgenie workos snyk sonar npm nuget docker dockerhub expo relic geocoder owm xero quickbooks "
    "netsuite sap oracle ibm watson zoho freshdesk calendly typeform webflow bitly rebrandly clicksend infobip "
    "telnyx secret"
)


def sense_of(name: str) -> Sense | None:
    """What a single key name promises, None where it says nothing of a secret or takes it back."""
    return sense(split(name))


class Phrase(Struct, frozen=True):
    """The phrase of a name that counts, what it promises, and the words before and after it."""

    sense: Sense
    head: tuple[str, ...]
    phrase: tuple[str, ...]
    tail: tuple[str, ...]


@lru_cache(maxsize=4096)
def sense(words: tuple[str, ...]) -> Sense | None:
    """The same for the words of a name."""
    found = nearest(words)
    return _modified(found.sense, found.head, found.phrase, found.tail) if found is not None else None


@lru_cache(maxsize=4096)
def nearest(words: tuple[str, ...]) -> Phrase | None:
    """The phrase nearest to the end of a name, whatever takes it back."""
    if _LAST.isdisjoint(words):
        return None
    words = _without_tail(words)
    for end in range(len(words), 0, -1):
        if words[end - 1] not in _LAST:
            continue
        for start in range(max(0, end - _LONGEST), end):
            found = _PHRASES.get(words[start:end])
            if found is not None:
                return Phrase(found, words[:start], words[start:end], words[end:])
    return None


def takes_back(words: tuple[str, ...]) -> bool:
    """Whether a name says outright that its value is a name, a place, a limit or a flag."""
    return any(word in TAKES_BACK for word in words) or bool(words and words[0] in _FIRST_TAKES_BACK)


def is_for_browsers(words: tuple[str, ...]) -> bool:
    """Whether a key of this name is sent to browsers on purpose, as only Algolia's among the search keys is."""
    return "search" in words and "algolia" in words


def is_generic(name: str) -> bool:
    """Whether a key only tells which of several, so that its parent names the value: `dev`, `prod-eu`, `value`."""
    words = split(name)
    return bool(words) and all(word in _NEUTRAL or word.isdigit() for word in words)


def _without_tail(words: tuple[str, ...]) -> tuple[str, ...]:
    end = len(words)
    while end > 1 and (words[end - 1] in _NEUTRAL or words[end - 1].isdigit()) and words[:end] not in _PHRASES:
        end -= 1
    return words[:end]


def _modified(found: Sense, head: tuple[str, ...], phrase: tuple[str, ...], tail: tuple[str, ...]) -> Sense | None:
    if tail and (tail[-1] in TAKES_BACK or any(word in TAKES_BACK - _ONLY_AT_THE_END for word in tail)):
        return None
    if any(word in _HEAD_TAKES_BACK for word in head):
        return None
    if head and head[0] in _FIRST_TAKES_BACK:
        return None
    if found.kind in (Kind.PASSWORD, Kind.TOKEN) and any(word in _VERB_TAKES_BACK for word in head):
        return None
    last = head[-1] if head else ""
    if last in _PAIR_TAKES_BACK.get(phrase[0] if len(phrase) == 1 else "", ()):
        return None
    if is_for_browsers(head):
        return None
    if found.kind is Kind.API_KEY and phrase[-1] == "key" and phrase[0] in ("key", "app"):
        if not _MEANT_TO_BE_SEEN.isdisjoint(head):
            return None
        if not _OFTEN_SEEN.isdisjoint(head):
            return replace(found, strength=DOUBTED)
    if phrase == ("key",) and not _VENDORS.isdisjoint(head[-2:]):
        found = replace(found, strength=FAIR, says="an API key")
    if tail and not (found.kind is Kind.PASSWORD and _OWNERS.issuperset(tail)):
        weaker = WEAK if phrase in (("pass",), ("key",), ("pw",), ("auth",)) else max(WEAK, found.strength - 1)
        found = replace(found, strength=weaker)
    return found

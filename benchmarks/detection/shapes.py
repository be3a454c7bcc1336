"""Make up values in the shape of real ones; nothing here opens anything.

A name stands for one function of a seeded generator.
"""

# ruff: noqa: E501 - one shape a line
from __future__ import annotations

import base64
import json
import string
import zlib
from random import Random

from benchmarks.detection.der import Shape, der, pem, pem_base64

LOWER_DIGITS = string.ascii_lowercase + string.digits
UPPER_DIGITS = string.ascii_uppercase + string.digits
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URLSAFE = ALNUM + "-_"
SYMBOLS = "!#$%&*+-.:;=?@^_|~"

WORDS = (  # noqa: SIM905
    "amber anchor autumn bamboo basalt beacon bishop bravo canyon cedar cobalt comet copper coral dakota delta ember falcon "
    "fjord forest galaxy garnet glacier granite harbor hazel heron indigo island jasper juniper kayak kestrel lagoon lantern "
    "lemon lotus maple marble meadow meteor mango nectar nimbus oasis ocean olive onyx orchid otter panda pepper phoenix pixel "
    "planet prairie quartz raven river rocket saffron salmon sierra silver sonnet spruce summer summit tango thunder tiger "
    "topaz tulip velvet violet walnut willow winter yellow zephyr"
).split()
APP_WORDS = "shop admin api prod backend portal booking billing fleet clinic school parking orders rewards tickets travel".split()  # noqa: SIM905


def _pick(alphabet: str, length: int) -> Shape:
    return lambda rng: "".join(rng.choice(alphabet) for _ in range(length))


def _of(*parts: str | Shape) -> Shape:
    return lambda rng: "".join(part if isinstance(part, str) else part(rng) for part in parts)


def _word(rng: Random) -> str:
    return rng.choice(WORDS)


def _digits(low: int, high: int) -> Shape:
    return lambda rng: str(rng.randint(low, high))


# ── passwords as people make them ─────────────────────────────────────────────────────────────


def _word_digits(rng: Random) -> str:
    word = _word(rng)
    return rng.choice((word, word.capitalize())) + str(
        rng.choice((1, 12, 123, 1234, rng.randint(10, 99), rng.randint(1980, 2023)))
    )


def _word_symbol(rng: Random) -> str:
    return _word(rng).capitalize() + rng.choice("@#!$_") + str(rng.randint(1, 9999)) + rng.choice(("", "", "!", "*"))


def _leet(rng: Random) -> str:
    word = (_word(rng) + _word(rng)).translate(str.maketrans("aeios", "@3105" if rng.random() < 0.3 else "43105"))
    return ("P" if word[0] == "@" else "") + word + rng.choice(("", "!", "99"))


def _strong(rng: Random) -> str:
    """Use at least one character that means something to YAML elsewhere.

    The value is safe as a plain scalar, and needs escapes in double quotes.
    """
    body = [rng.choice(ALNUM + SYMBOLS) for _ in range(rng.randint(10, 18))]
    body[rng.randrange(1, len(body))] = rng.choice("#&*!|>%@\\")
    return rng.choice(ALNUM) + "".join(body) + rng.choice(ALNUM)


def _mixed(rng: Random) -> str:
    """Use letters, digits and a few symbols that no quoting style has to escape."""
    body = [rng.choice(ALNUM) for _ in range(rng.randint(10, 16))]
    for _ in range(rng.randint(1, 3)):
        body[rng.randrange(1, len(body))] = rng.choice("!@#%^*_-+=")
    return "".join(body) + rng.choice(ALNUM)


def _phrase(rng: Random) -> str:
    return rng.choice("-_").join([rng.choice(APP_WORDS), *(_word(rng) for _ in range(rng.randint(2, 3)))])


def _jwt_phrase(rng: Random) -> str:
    glue = rng.choice(("-", "_", ""))
    tail = rng.choice(("", glue + "2021", glue + "key", "!", "$$"))
    return glue.join((rng.choice(APP_WORDS), _word(rng), rng.choice(("jwt", "secret", "sign", "session")))) + tail


def _app_password(rng: Random) -> str:
    """Write four lower-case groups with spaces, as mail providers issue them."""
    return " ".join(_pick(string.ascii_lowercase, 4)(rng) for _ in range(4))


def _sentence(rng: Random) -> str:
    return " ".join(_word(rng) for _ in range(4))


# ── structured values ─────────────────────────────────────────────────────────────────────────


def _b64(length: int) -> Shape:
    return lambda rng: base64.b64encode(rng.randbytes(length)).decode()


def _base62(number: int, width: int) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = digits[rest] + text
    return text.rjust(width, "0")


def _github(prefix: str) -> Shape:
    """Return a function that makes a token ending in its CRC-32.

    Its last six characters are that of the thirty before them.
    """

    def make(rng: Random) -> str:
        body = _pick(ALNUM, 30)(rng)
        return prefix + body + _base62(zlib.crc32(body.encode()), 6)

    return make


def _jwt(rng: Random) -> str:
    def segment(claims: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")

    claims = {"sub": str(rng.randint(1, 9999)), "name": _word(rng), "iat": rng.randint(1_500_000_000, 1_700_000_000)}
    return ".".join((segment({"alg": "HS256", "typ": "JWT"}), segment(claims), _pick(URLSAFE, 43)(rng)))


def _uuid(rng: Random) -> str:
    text = "".join(rng.choice(HEX) for _ in range(32))
    return "-".join((text[:8], text[8:12], "4" + text[13:16], "a" + text[17:20], text[20:]))


def _basic(rng: Random) -> str:
    return base64.b64encode(f"{rng.choice(APP_WORDS)}:{_mixed(rng)}".encode()).decode()


def _symbols60(rng: Random) -> str:
    return rng.choice(ALNUM) + _pick(ALNUM + "^$*()_+-=<~", 58)(rng) + rng.choice(ALNUM)


def _account(rng: Random) -> str:
    return str(rng.randint(110_000_000_000, 989_999_999_999))


_REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1", "ap-southeast-2", "sa-east-1")


def _region(rng: Random) -> str:
    return rng.choice(_REGIONS)


def _pool(rng: Random) -> str:
    return f"{_region(rng)}_{_pick(ALNUM, 9)(rng)}"


def _arn(service: str, resource: str | Shape) -> Shape:
    tail = resource if callable(resource) else _of(resource)
    return lambda rng: f"arn:aws:{service}:{_region(rng)}:{_account(rng)}:{tail(rng)}"


_KMS_HEADER = "AQICAHh"

# One shape a line, however long.
# fmt: off
SHAPES: dict[str, Shape] = {
    # passwords
    "pw": _mixed,
    "pw-strong": _strong,
    "pw-word": _word_digits,
    "pw-symbol": _word_symbol,
    "pw-leet": _leet,
    "pw-alnum": lambda rng: _pick(ALNUM, rng.randint(8, 20))(rng),
    "pw-lower": lambda rng: _pick(string.ascii_lowercase, rng.randint(7, 11))(rng),
    "pw-short": _pick(LOWER_DIGITS, 4),
    "pw-app": _app_password,
    "pw-phrase": _phrase,
    "pw-sentence": _sentence,
    "pw-url": lambda rng: _pick(ALNUM, rng.randint(10, 18))(rng),
    "pw-url-escaped": lambda rng: _pick(ALNUM, 7)(rng) + rng.choice(("%40", "%23", "%21")) + _pick(ALNUM, 5)(rng),
    "mnemonic": lambda rng: " ".join(_word(rng) for _ in range(12)),
    "jwt-phrase": _jwt_phrase,
    # strings without a look of their own
    "hex16": _pick(HEX, 16),
    "hex20": _pick(HEX, 20),
    "hex24": _pick(HEX, 24),
    "hex32": _pick(HEX, 32),
    "HEX32": _pick(HEX.upper(), 32),
    "hex40": _pick(HEX, 40),
    "hex48": _pick(HEX, 48),
    "hex64": _pick(HEX, 64),
    "hex128": _pick(HEX, 128),
    "alnum10": _pick(ALNUM, 10),
    "alnum16": _pick(ALNUM, 16),
    "alnum20": _pick(ALNUM, 20),
    "alnum24": _pick(ALNUM, 24),
    "alnum32": _pick(ALNUM, 32),
    "alnum40": _pick(ALNUM, 40),
    "alnum48": _pick(ALNUM, 48),
    "alnum64": _pick(ALNUM, 64),
    "urlsafe32": _of(_pick(ALNUM, 1), _pick(URLSAFE, 30), _pick(ALNUM, 1)),
    "urlsafe43": _of(_pick(ALNUM, 1), _pick(URLSAFE, 41), _pick(ALNUM, 1)),
    "urlsafe64": _of(_pick(ALNUM, 1), _pick(URLSAFE, 62), _pick(ALNUM, 1)),
    "lower26": _pick(LOWER_DIGITS, 26),
    "lower52": _pick(LOWER_DIGITS, 52),
    "b64-32": _b64(32),
    "b64-48": _b64(48),
    "b64-64": _b64(64),
    "symbols60": _symbols60,
    "uuid": _uuid,
    "basic": _basic,
    "jwt": _jwt,
    # services' own looks, secret
    "stripe-live": _of("sk_", "live_", _pick(ALNUM, 24)),
    "stripe-test": _of("sk_", "test_", _pick(ALNUM, 24)),
    "stripe-test-long": _of("sk_", "test_51", _pick(ALNUM, 96)),
    "stripe-hook": _of("wh", "sec_", _pick(ALNUM, 32)),
    "sendgrid": _of("SG", ".", _pick(URLSAFE, 22), ".", _pick(URLSAFE, 42), _pick(ALNUM, 1)),
    "mailgun": _of("key-", _pick(HEX, 32)),
    "mailgun-new": _of(_pick(HEX, 32), "-", _pick(HEX, 8), "-", _pick(HEX, 8)),
    "mailchimp": _of(_pick(HEX, 32), "-us", _digits(1, 21)),
    "github": _github("gh" + "p_"),
    "gitlab": _of("gl", "pat-", _pick(URLSAFE, 19), _pick(ALNUM, 1)),
    "npm": _github("np" + "m_"),
    "slack-bot": _of("xo", "xb-", _digits(10**11, 10**12 - 1), "-", _digits(10**12, 10**13 - 1), "-", _pick(ALNUM, 24)),
    "slack-hook": _of("https://hooks.", "slack.com/services/T", _pick(UPPER_DIGITS, 8), "/B", _pick(UPPER_DIGITS, 8), "/", _pick(ALNUM, 24)),
    "slack-hook-path": _of("/services/T", _pick(UPPER_DIGITS, 8), "/B", _pick(UPPER_DIGITS, 8), "/", _pick(ALNUM, 24)),
    "discord-hook": _of("https://discord.com/api/", "webhooks/", _digits(10**17, 10**18 - 1), "/", _pick(ALNUM, 68)),
    "teams-hook": _of("https://outlook.office.com/", "webhook/", _uuid, "@", _uuid, "/IncomingWebhook/", _pick(HEX, 32), "/", _uuid),
    "discord-bot": _of("MTA", _pick(ALNUM, 21), ".", _pick(ALNUM, 6), ".", _pick(ALNUM, 38)),
    "telegram": _of(_digits(10**8, 10**9 - 1), ":AA", _pick(URLSAFE, 32), _pick(ALNUM, 1)),
    "google-api": _of("AI", "za", _pick(URLSAFE, 34), _pick(ALNUM, 1)),
    "google-secret": _of("GOC", "SPX-", _pick(URLSAFE, 27), _pick(ALNUM, 1)),
    "google-secret-old": _of(_pick(ALNUM, 24)),
    "aws-secret": _of(_pick(ALNUM, 3), _pick(ALNUM + "/+", 36), _pick(ALNUM, 1)),
    "fcm": _of("AAAA", _pick(URLSAFE, 7), ":APA91b", _pick(URLSAFE, 133), _pick(ALNUM, 1)),
    "openai": _of("sk", "-", _pick(ALNUM, 20), "T3Blbk" + "FJ", _pick(ALNUM, 20)),
    "anthropic": _of("sk", "-ant-api03-", _pick(URLSAFE, 92), _pick(ALNUM, 1), "AA"),
    "shopify": _of("sh", "pat_", _pick(HEX, 32)),
    "facebook-page": _of("EAA", "CEd", _pick(ALNUM, 150)),
    "newrelic": _of(_pick(HEX, 36), "NRAL"),
    "ably": _of(_pick(ALNUM, 6), ".", _pick(ALNUM, 6), ":", _pick(URLSAFE, 42), _pick(ALNUM, 1)),
    "airtable": _of("key", _pick(ALNUM, 14)),
    "notion": _of("sec", "ret_", _pick(ALNUM, 43)),
    "hubspot": _of("pat", "-na1-", _uuid),
    "mapbox-secret": _of("sk", ".eyJ1Ijoi", _pick(ALNUM, 60), ".", _pick(URLSAFE, 21), _pick(ALNUM, 1)),
    "digitalocean": _of("dop", "_v1_", _pick(HEX, 64)),
    "pagerduty": _of("u+", _pick(ALNUM, 18)),
    "azure-storage": _of(_b64(64)),
    "mercadopago": _of("APP", "_USR-", _digits(10**15, 10**16 - 1), "-", _digits(100000, 999999), "-", _pick(HEX, 32), "-", _digits(10**8, 10**9 - 1)),
    "xendit": _of("xnd_", "production_", _pick(ALNUM, 52)),
    "paypal-secret": _of("E", _pick(ALNUM, 39), "_", _pick(ALNUM, 39)),
    "vapid": _of(_pick(ALNUM, 1), _pick(URLSAFE, 41), _pick(ALNUM, 1)),
    "eth-key": _of("0x", _pick(HEX, 64)),
    "pem-line": pem("RSA PRIVATE KEY", 1180, "\\n"),
    "pem-line-pkcs8": pem("PRIVATE KEY", 1180, "\\n"),
    "pem-line-ec": pem("EC PRIVATE KEY", 114, "\\n"),
    "pem-block6": pem("RSA PRIVATE KEY", 1180, "\n", " " * 6),
    "pem-block8": pem("RSA PRIVATE KEY", 1180, "\n", " " * 8),
    "pem-b64": pem_base64,
    "key-body": der("PRIVATE KEY", 1190),
    # placeholders with a service's look
    "google-blank": _of("AI", "za", "X" * 35),
    "stripe-blank": _of("sk_", "test_", "x" * 24),
    # services' own looks, not secret
    "akid": _of("AK", "IA", _pick(string.ascii_uppercase + "234567", 16)),
    "stripe-pub-live": _of("pk_", "live_", _pick(ALNUM, 24)),
    "stripe-pub-test": _of("pk_", "test_", _pick(ALNUM, 24)),
    "stripe-price": _of("price_1", _pick(ALNUM, 23)),
    "mapbox-pub": _of("pk", ".eyJ1Ijoi", _pick(ALNUM, 60), ".", _pick(URLSAFE, 21), _pick(ALNUM, 1)),
    "google-client": _of(_digits(10**11, 10**12 - 1), "-", _pick(LOWER_DIGITS, 32), ".apps.googleusercontent.com"),
    "paypal-client": _of("A", _pick(URLSAFE, 78), _pick(ALNUM, 1)),
    "auth0-client": _pick(ALNUM, 32),
    "facebook-app": _digits(10**14, 10**16 - 1),
    "twilio-sid": _of("AC", _pick(HEX, 32)),
    "twilio-service": _of("VA", _pick(HEX, 32)),
    "slack-channel": _of("C0", _pick(UPPER_DIGITS, 9)),
    "slack-client": _of(_digits(10**11, 10**12 - 1), ".", _digits(10**12, 10**13 - 1)),
    "sg-template": _of("d-", _pick(HEX, 32)),
    "ga": _of("UA-", _digits(10**7, 10**8 - 1), "-1"),
    "pool": _pool,
    "identity-pool": _of(_region, ":", _uuid),
    "cognito-client": _pick(LOWER_DIGITS, 26),
    "account": _account,
    "subnet": _of("subnet-0", _pick(HEX, 16)),
    "sg": _of("sg-0", _pick(HEX, 16)),
    "ami": _of("ami-0", _pick(HEX, 16)),
    "zone": _of("Z", _pick(UPPER_DIGITS, 13)),
    "distribution": _of("E", _pick(UPPER_DIGITS, 13)),
    "kms-cipher": _of(_KMS_HEADER, _pick(ALNUM + "+/", 150), "=="),
    "kms-arn": _arn("kms", _of("key/", _uuid)),
    "secret-arn": _arn("secretsmanager", _of("secret:", lambda rng: rng.choice(APP_WORDS), "/db-", _pick(ALNUM, 6))),
    "cert-arn": _arn("acm", _of("certificate/", _uuid)),
    "layer-arn": _arn("lambda", _of("layer:", lambda rng: rng.choice(APP_WORDS), ":", _digits(1, 60))),
    "topic-arn": _arn("sns", _of(lambda rng: rng.choice(APP_WORDS), "-", _word)),
    "queue-url": lambda rng: f"https://sqs.{_region(rng)}.amazonaws.com/{_account(rng)}/{rng.choice(APP_WORDS)}-{_word(rng)}",
    "pool-arn": lambda rng: f"arn:aws:cognito-idp:{_region(rng)}:{_account(rng)}:userpool/{_pool(rng)}",
    "rds-host": lambda rng: f"{rng.choice(APP_WORDS)}-db.{_pick(LOWER_DIGITS, 12)(rng)}.{_region(rng)}.rds.amazonaws.com",
    "es-host": lambda rng: f"https://search-{rng.choice(APP_WORDS)}-{_pick(LOWER_DIGITS, 26)(rng)}.{_region(rng)}.es.amazonaws.com",
    "api-url": lambda rng: f"https://{_pick(LOWER_DIGITS, 10)(rng)}.execute-api.{_region(rng)}.amazonaws.com/dev",
    "iot-host": lambda rng: f"{_pick(LOWER_DIGITS, 14)(rng)}-ats.iot.{_region(rng)}.amazonaws.com",
    "git-sha": _pick(HEX, 40),
    "public-key-line": pem("PUBLIC KEY", 270, "\\n"),
    "cert-line": pem("CERTIFICATE", 600, "\\n"),
    "cert-block6": pem("CERTIFICATE", 600, "\n", " " * 6),
    "public-key-body": der("PUBLIC KEY", 270),
    "eth-address": _of("0x", _pick(HEX, 40)),
    "vapid-public": _of("B", _pick(URLSAFE, 85), _pick(ALNUM, 1)),
    "recaptcha-site": _of("6L", _pick(URLSAFE, 37), _pick(ALNUM, 1)),
    "sha-pin": _of("sha256-", _b64(32)),
    "email": lambda rng: f"{rng.choice(('ops', 'hello', 'no-reply', 'dev', 'support'))}@{_word(rng)}{rng.choice(('.io', '.com', '.com.br', '.co', '.de'))}",
}
# fmt: on


def make(name: str, rng: Random) -> str:
    """Make a value of the named shape. Raises KeyError where there is none."""
    return SHAPES[name](rng)

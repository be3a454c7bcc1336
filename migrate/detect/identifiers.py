"""Values of a known form that are no secrets: public identifiers, measures, locations, selectors, code."""

from __future__ import annotations

import re

from migrate.detect.alternatives import Alternatives, either
from migrate.detect.name_words import split_name, vocabulary
from migrate.model.lazy_pattern import LazyPattern

_PRINCIPALS = either("AKIA ASIA AROA AIDA AGPA ANPA ANVA APKA ABIA ACCA")
_RESOURCES = either("sg vpc subnet ami i eni rtb igw nat vol snap lt eipalloc vpce acl pl tgw fs key")
_POLICY_SERVICES = either(
    "secretsmanager ssm kms s3 dynamodb sns sqs lambda logs iam sts ses cognito-idp execute-api ec2 rds events states "
    "xray"
)
_UNITS = either("ms s m h d w y mo sec(?:ond)?s? min(?:ute)?s? hours? days? weeks? months? years? mb kb gb %")
_FILE_ENDINGS = either(
    "pem key crt cer p12 pfx jks json ya?ml env txt js ts py go zip html? csv xml sh conf ini toml md png"
)
_MAIL_DOMAINS = either("com net org io co dev app edu gov info biz me ai us uk de fr br in es it nl au ca jp")
_HOST_DOMAINS = either("com net org io dev local internal app cloud co")

IDENTIFIERS = Alternatives(
    (
        ("ARN", r"arn:aws[\w-]*:.*", "arn:aws:sns:eu-west-1:1:x"),
        ("alias of a KMS key", r"alias/.*", "alias/acme"),
        (
            "id of an AWS principal or access key",
            _PRINCIPALS + r"[A-Z0-9]{12,}",
            "AKIA{upper:16}",
        ),
        ("publishable key", r"(?:pk|rzp)_(?:live|test)_\w+", "pk_live_{base62:24}"),
        ("public token of Mapbox", r"pk\.eyJ[\w.-]+", "pk.eyJ{base62:60}"),
        ("id of Twilio", r"(?:AC|SK|VA|MG)[0-9a-f]{32}", "AC{hex:32}"),
        ("id of Google Analytics", r"(?:UA-\d+|G-[A-Z0-9]{8,}|GTM-\w+)", "G-{upper:10}"),
        (
            "client id of Google",
            r"[\w.-]+\.apps\.googleusercontent\.com",
            "1234-{base36:32}.apps.googleusercontent.com",
        ),
        ("client id of a GitHub app", r"Iv1\.\w+", "Iv1.{hex:16}"),
        ("id of a Stripe object", r"(?:price|prod|acct|cus|plan)_[A-Za-z0-9]{8,}", "price_{base62:24}"),
        (
            "id of an AWS resource",
            _RESOURCES + r"-[0-9a-f]{8,17}",
            "subnet-{hex:17}",
        ),
        (
            "AWS region, user pool or identity pool",
            r"[a-z]{2}(?:-[a-z]+)+-\d(?:_[A-Za-z0-9]{9}|:[0-9a-f-]{36})?",
            "eu-west-1_{base62:9}",
        ),
        ("colour", r"#(?:[0-9a-fA-F]{3}){1,2}", "#1a73e8"),
        ("multi-region KMS key", r"mrk-[0-9a-f]{32}", "mrk-{hex:32}"),
        (
            "action of a policy",
            _POLICY_SERVICES + r":[A-Za-z*]+",
            "secretsmanager:GetSecretValue",
        ),
        ("type of a resource", r"AWS::\w+(?:::\w+)*", "AWS::SSM::Parameter"),
        ("attribute of a resource", r"[A-Z][A-Za-z]+\.(?:Arn|Name|Id|Value)", "Table.Arn"),
    )
)
MEASURES = Alternatives(
    (
        (
            "duration, size or share",
            r"\d+(?:[.,]\d+)?\s*" + _UNITS,
            "30 minutes",
        ),
        ("version", r"v?\d+\.\d+(?:\.\d+)*(?:-[\w.]+)?", "v1.2.3-rc.1"),
        ("date", r"\d{4}-\d\d-\d\d(?:[T ].*)?", "2012-10-17"),
        ("IP address", r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?", "10.0.0.0/16"),
        ("signing algorithm", r"(?:HS|RS|ES|PS)(?:256|384|512)", "HS256"),
        ("cipher", r"aes-?\d{3}(?:-\w+)?", "aes-256-cbc"),
        ("digest", r"(?:sha-?(?:1|224|256|384|512)|md5)", "sha256"),
        ("keyed digest", r"hmac-?sha\w*", "hmac-sha256"),
    ),
    re.IGNORECASE,
)
LOCATIONS = Alternatives(
    (
        ("path from the root or a directory", r"(?:\.{1,2}|~|\$\w+|[A-Za-z]:)?[/\\][^\s]*", "../certs/x"),
        ("path of a file", r"(?:[\w.${}-]+/)+[\w.${}-]*\.[A-Za-z]{1,12}", "src/auth/index.handler"),
        ("directory", r"[\w.-]+(?:/[\w.-]+)*/", "acme/certs/"),
        (
            "file by its ending",
            r"[\w${}/-]+(?:\.[\w${}-]+)*\." + _FILE_ENDINGS,
            "private.pem",
        ),
        ("URL", r"(?:[a-z][a-z0-9+.-]*:)?//\S+", "https://acme.io/oauth2/token"),
        (
            "mail address",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\." + _MAIL_DOMAINS + r"(?:\.[a-z]{2})?",
            "ops@acme.co.uk",
        ),
        ("this machine", r"localhost(?::\d+)?", "localhost:8000"),
        (
            "host",
            r"(?:[a-z0-9-]+\.)+" + _HOST_DOMAINS + r"(?::\d+)?",
            "db.acme.io:5432",
        ),
        ("media type", either("application text image audio video multipart") + r"/[\w.+-]+", "application/json"),
    )
)
SELECTORS = Alternatives(
    (
        ("class or id", r"[#.][a-z][\w-]*(?:[\s>+~.#:][\w\s>+~.#:()\[\]=\"'-]*)?", "#login .password"),
        ("attribute", r"[a-z]*\[[\w-]+(?:[*^$|~]?=.*)?\].*", "[name=pw]"),
        ("XPath", r"//\w+\[@?.*", "//input[@name='pw']"),
        ("element", either("input button form div span") + r"[#.\[:].*", "input.password"),
    ),
    re.IGNORECASE,
)
_SELECTOR_WORDS = vocabulary(
    "password pass passwd pwd login input field user username email submit button form token key secret auth txt"
)
_CODE = LazyPattern(r"[A-Za-z_]\w*(?:\[[^\]]*\])?(?:\.[A-Za-z_$]\w*(?:\[[^\]]*\])?)+(?:\(.*\))?")


def is_identifier(text: str) -> bool:
    """Return whether a value is public by its nature: an ARN, a publishable key."""
    return IDENTIFIERS.fullmatch(text) is not None


def is_measure(text: str) -> bool:
    """Return whether a value is a duration, a version, a date or an algorithm."""
    return MEASURES.fullmatch(text) is not None


def is_location(text: str) -> bool:
    """Return whether a value is a path, a URL, a host or a mail address."""
    return LOCATIONS.fullmatch(text) is not None


def is_selector(text: str) -> bool:
    """Return whether a value selects an element of a page: `#password`."""
    if SELECTORS.fullmatch(text) is None:
        return False
    if text[0] in "#.":
        return not _SELECTOR_WORDS.isdisjoint(split_name(text)) and not any(char.isdigit() for char in text)
    return True


def is_code(text: str) -> bool:
    """Return whether a value is an access to members: `event.headers.token`."""
    return _CODE.fullmatch(text) is not None and ("[" in text or not any(char.isdigit() for char in text))

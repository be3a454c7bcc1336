"""The rule table, read from top to bottom: what each rule looks for, with examples that are its tests.

A token of a service is a row of `tokens.py`, from which its rule follows. Structures, names and all else are rows
here; the phrases that mean a secret in a name are rows of `name_phrases.py`.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from migrate.detect.settings import PLACEHOLDER
from migrate.detect.shapes import Shape
from migrate.detect.tokens import SHAPES
from migrate.model import Confidence, Kind, Rule

_HIGH, _MEDIUM, _LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
_ENV = "provider.environment."
_AWS_ID = "AKIA" + "IOSFODNN7EXAMPLE"  # AWS's own documented example
_MOVE = (
    "Move it to the Parameter Store and put a reference in its place. Rotate it as well, since the history of the "
    "repository keeps the old value."
)


class Example(Struct, frozen=True):
    """A value at a key path, built from a recipe (see `samples.py`), and the values next to it."""

    path: str
    recipe: str
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def value(self) -> str:
        """Return the text itself."""
        from migrate.detect.samples import build  # not at the top: only who looks at examples needs it

        return build(self.recipe)


class RuleSpec(Struct, frozen=True):
    """A row: the rule, what it looks for, help for a finding, examples that hit and that miss."""

    rule: Rule
    looks_for: str
    help: str
    hits: tuple[Example, ...]
    misses: tuple[Example, ...]


Examples = tuple[tuple[str, str], ...]


def _of_shape(shape: Shape) -> RuleSpec:
    """Return a token's row; the miss is its beginning with a placeholder for the rest."""
    anchor = shape.anchors.split()[0]
    return RuleSpec(
        Rule(shape.id, shape.title, shape.kind, shape.confidence),
        f"{shape.with_article} by its shape, under any name"
        + (", with its checksum or structure" if shape.check else ""),
        _MOVE,
        (Example("custom.thing", shape.recipe),),
        (Example("custom.thing", f"{anchor}XXXXXXXXXXXX"), Example("custom.thing", "${env:" + shape.id + "}")),
    )


def _row(rule: Rule, looks_for: str, hits: Examples, misses: Examples, *beside: Example) -> RuleSpec:
    """Return a row; `beside` are examples with values next to theirs.

    The first of them hits, all others miss.
    """
    return RuleSpec(
        rule,
        looks_for,
        _MOVE,
        (*(Example(*hit) for hit in hits), *beside[:1]),
        (*(Example(*miss) for miss in misses), *beside[1:]),
    )


_STRUCTURES = (
    _row(
        Rule("aws-secret-key", "AWS secret access key", Kind.API_KEY, _HIGH),
        "the 40 characters of an AWS secret access key under that name, or under any name beside an access key id",
        ((_ENV + "AWS_SECRET_ACCESS_KEY", "{base62:40}"),),
        ((_ENV + "AWS_ACCESS_KEY_ID", _AWS_ID), ("custom.commit", "{hex:40}")),
        Example(_ENV + "S3_THING", "{base62:40}", ((_ENV + "S3_KEY", _AWS_ID),)),
        Example(_ENV + "S3_CLIENT_ID", "{base62:40}", ((_ENV + "S3_KEY", _AWS_ID),)),
    ),
    _row(
        Rule("url-password", "password in a URL", Kind.CONNECTION_STRING, _HIGH),
        "a password or token between `://` and `@`; only that part is the secret",
        (
            (_ENV + "DATABASE_URL", "postgres://app:{base62:14}@db.acme.internal:5432/shop"),
            (_ENV + "DB", "mongodb+srv://app:h{digits:4}x@${self:custom.host}/shop?retryWrites=true"),
            (_ENV + "CACHE", "redis://:{base62:20}@cache:6379/0"),
            (_ENV + "REPO", "https://{hex:40}@github.com/acme/shop.git"),
        ),
        (
            (_ENV + "DATABASE_URL", "postgres://localhost:5432/shop"),
            (_ENV + "DATABASE_URL", "postgres://${env:USER}:${env:PASS}@db/shop"),
            (_ENV + "DATABASE_URL", "postgres://user:<password>@db/shop"),
            (_ENV + "SENTRY_DSN", "https://{hex:32}@o12.ingest.sentry.io/345"),
        ),
    ),
    _row(
        Rule("connection-string", "password in a connection string", Kind.CONNECTION_STRING, _HIGH),
        "`Password=…;`, `AccountKey=…;` and their like in ODBC, ADO and JDBC strings, and `user:password@tcp(host)`",
        (
            (_ENV + "SQL", "Server=db;Database=shop;User Id=app;Password={base62:12};"),
            (_ENV + "mysql-dsn", "app:{base62:12}@tcp(db:3306)/shop"),
            (_ENV + "DB", "app:{base62:12}@db:3306/shop"),
            (_ENV + "STORE", "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={base64:86}==;"),
            (_ENV + "ORACLE", "jdbc:oracle:thin:app/{base62:12}@db:1521:shop"),
        ),
        (
            (_ENV + "SQL", "Server=db;Database=shop;Trusted_Connection=True;"),
            (_ENV + "SQL", "Server=db;User Id=app;Password=${ssm:/shop/db};"),
        ),
    ),
    _row(
        Rule("query-secret", "secret in a URL's query", Kind.OTHER, _HIGH),
        "`?api_key=…`, `&token=…`, `?password=…` in a URL",
        (
            ("custom.feed", "https://api.acme.io/v1?units=metric&api_key={hex:32}"),
            (_ENV + "JDBC", "jdbc:mysql://db:3306/shop?user=app&password={base62:12}"),
        ),
        (("custom.feed", "https://api.acme.io/v1?token=${env:TOKEN}"), ("custom.page", "https://acme.io/?page=2")),
    ),
    _row(
        Rule("authorization-header", "authorization header", Kind.OTHER, _HIGH),
        "`Basic …`, `Bearer …` and their like in a header map, a list of names and values, or on a command line",
        (
            ("custom.http.headers.Authorization", "Basic {basic:0}"),
            ("custom.command", "curl -H 'X-Api-Key: {base62:32}' https://api.acme.io"),
        ),
        (
            ("custom.http.headers.Authorization", "Bearer ${env:TOKEN}"),
            ("custom.http.headers.Authorization", "method.request.header.Authorization"),
        ),
    ),
    _row(
        Rule("command-line", "secret on a command line", Kind.PASSWORD, _HIGH),
        "`--password …`, `curl -u user:…`, `mysql -p…` and their like",
        (
            ("custom.scripts.dump", "mysqldump -h db -u app -p{base62:12} shop"),
            ("custom.scripts.run", "tool --api-key {base62:32}"),
            ("custom.command[0]", "--db-password={base62:14}"),
        ),
        (
            ("custom.scripts.dump", "mysqldump -h db -u app -p$DB_PASS shop"),
            ("custom.scripts.run", "tool --token-file token.txt"),
        ),
    ),
    _row(
        Rule("assignment", "secret assigned in a text", Kind.OTHER, _HIGH),
        "`DB_PASS=…` in a list of variables, a script or an `.env` text",
        (("custom.container.environment[0]", "DB_PASS={base62:14}"),),
        (("custom.container.environment[0]", "DB_PASS=$SECRET"), ("custom.script", "token = event['token']")),
    ),
    _row(
        Rule("json-text", "secret in JSON text", Kind.OTHER, _HIGH),
        "a member named like a secret in JSON inside a string; only its value is the secret",
        ((_ENV + "CONFIG", '{"user": "app", "password": "{base62:14}"}'),),
        ((_ENV + "CONFIG", '{"password": "${env:PASS}", "tokenUrl": "https://acme.io/token"}'),),
    ),
)

# For values with no other sign than their name: one row for each kind.
_NAMED = (
    _row(
        Rule("password", "value named like a password", Kind.PASSWORD, _HIGH),
        "names such as `DB_PASS`, `mysqlPwd`, `passphrase`, misspelled ones too",
        (
            (_ENV + "DB_PASSWORD", "{base62:12}"),
            (_ENV + "DB_PASS", "root"),
            (_ENV + "MOT_DE_PASSE_ADMIN", "soleil{digits:4}"),
            (_ENV + "CHECK_LOGIN_PASSWORD", "{base62:16}"),
            (_ENV + "PASSWROD", "tiger-{digits:3}"),
            ("custom.smtp.pass", "{lower:4} {lower:4} {lower:4} {lower:4}"),
            ("enviroment.EDIT_PASSWORD", "k9#m"),
        ),
        (
            (_ENV + "PASSWORD_MIN_LENGTH", "12"),
            (_ENV + "DB_PASSWORD_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:x"),
            (_ENV + "RESET_PASSWORD_URL", "https://acme.io/reset"),
            (_ENV + "CHECK_LOGIN_PASSWORD", "true"),
            ("custom.form.password", "New password"),
            ("custom.login.password", "#id_password"),
            ("resources.Resources.S.Properties.GenerateSecretString.GenerateStringKey", "password"),
        ),
    ),
    _row(
        Rule("signing-secret", "value named like a signing or encryption key", Kind.SIGNING_SECRET, _HIGH),
        "names such as `jwtKey`, `SESSION_SECRET`, `hmacKey`, `salt`, `encryptionKey`",
        (
            (_ENV + "JWT_SECRET", "acme-shop-2021"),
            (_ENV + "JWT_SECRET", "${env:JWT_SECRET, 'acme{digits:4}jwt'}"),
            ("custom.cookieSecret", "{base62:32}"),
        ),
        (
            (_ENV + "JWT_SECRET", "${env:JWT_SECRET, ''}"),
            (_ENV + "JWT_SECRET_NAME", "acme/jwt"),
            (_ENV + "SALT_ROUNDS", "10"),
            (_ENV + "ENCRYPTION_KEY", "alias/acme"),
        ),
    ),
    _row(
        Rule("api-key", "value named like an API key", Kind.API_KEY, _HIGH),
        "names such as `GITHUB_API_KEY`, `accessKey`, `STRIPE_KEY`; a mere `key` needs a value that looks random",
        (
            ("functions.hello.environment.GITHUB_API_KEY", "ABCDEF"),
            ("custom.appApiKey.prd", "{base62:32}"),
            ("custom.stripe.key", "{base62:32}"),
            (_ENV + "PAGERDUTY_ROUTING_KEY", "{hex:32}"),
            (_ENV + "HERE_APP_CODE", "{base62:32}"),
        ),
        (
            (_ENV + "API_KEY", "YOUR_API_KEY"),
            (_ENV + "MAPS_PUBLIC_KEY", "{base62:32}"),
            (_ENV + "RECAPTCHA_SITE_KEY", "{base62:40}"),
            (_ENV + "PUSHER_APP_KEY", "{hex:20}"),
            (_ENV + "ROUTING_KEY", "order.created"),
            (_ENV + "AWS_ACCESS_KEY", _AWS_ID),
            (_ENV + "KMS_KEY_ID", "{uuid:0}"),
            ("provider.apiKeys[0]", "acme-partner-key"),
            ("resources.Resources.T.Properties.KeySchema[0].KeyType", "HASH"),
        ),
    ),
    _row(
        Rule("token", "value named like a token", Kind.TOKEN, _HIGH),
        "names such as `SLACK_TOKEN`, `accessToken`, `bearer`",
        ((_ENV + "BOT_TOKEN", "{base62:24}"), ("custom.dev.authToken", "{hex:32}")),
        (
            (_ENV + "MAX_TOKENS", "4096"),
            (_ENV + "USDC_TOKEN", "0x{hex:40}"),
            (_ENV + "TOKEN_ENDPOINT", "https://acme.io/oauth2/token"),
            ("custom.TokenValidityUnits.AccessToken", "minutes"),
        ),
    ),
    _row(
        Rule("private-key-text", "value named like a private key", Kind.PRIVATE_KEY, _HIGH),
        "a private key that is no PEM: `PRIVATE_KEY: …`",
        ((_ENV + "PRIVATE_KEY", "{symbols:60}"),),
        ((_ENV + "PRIVATE_KEY_PATH", "certs/private.pem"), (_ENV + "PUBLIC_KEY", "{base62:60}")),
    ),
    _row(
        Rule("webhook", "webhook URL", Kind.WEBHOOK, _MEDIUM),
        "names such as `WEBHOOK_URL` with a URL whose path holds a random part",
        ((_ENV + "ALERT_WEBHOOK_URL", "https://alerts.acme.io/hooks/{base62:32}"),),
        (
            (_ENV + "WEBHOOK_URL", "https://acme.io/webhooks/stripe"),
            (_ENV + "WEBHOOK_PATH", "/hooks/stripe"),
        ),
    ),
    _row(
        Rule("secret", "value named like a secret", Kind.OTHER, _HIGH),
        "names such as `CLIENT_SECRET`, `APP_SECRET`, `credentials`, `mnemonic`",
        (
            (_ENV + "COGNITO_CLIENT_SECRET", "{base36:51}"),
            ("custom.DB_SECET_KEY", "{base62:40}"),
            (_ENV + "HCAPTCHA_SECRET", "0x{hex:40}"),
            (_ENV + "ADMIN_SECRET", "parking-thunder-olive-spruce"),
        ),
        (
            (_ENV + "SECRET_ID", "acme/prod"),
            (_ENV + "ADMIN_SECRET", "${env:ADMIN_SECRET}"),
            (_ENV + "DB_SECRET", "{{resolve:secretsmanager:acme:SecretString:password}}"),
            ("provider.iamRoleStatements[0].Action[0]", "secretsmanager:GetSecretValue"),
        ),
    ),
)

_OTHERS = (
    _row(
        Rule("among-secrets", "random value among secrets", Kind.OTHER, _MEDIUM),
        "a long random value below `credentials:`, in a secrets file or a header map, under a name that tells nothing",
        (("custom.credentials.acme.portal", "{base62:32}"), ("custom.headers.x-edge-guard", "{base62:32}")),
        (("custom.credentials.acme.table", "{base62:32}"), ("custom.acmePortal", "{base62:32}")),
    ),
    _row(
        Rule("same-value", "a secret's value again", Kind.OTHER, _MEDIUM),
        "the same random value as a secret elsewhere in the file",
        (),
        (),
        Example("custom.legacy", "{base62:32}", ((_ENV + "API_KEY", "{base62:32}"),)),
        Example("custom.legacy", "{base62:31}", ((_ENV + "API_KEY", "{base62:32}"),)),
    ),
    _row(
        Rule(PLACEHOLDER, "placeholder for a secret", Kind.OTHER, _LOW),
        "`YOUR_API_KEY`, `<your-key>`, `xxx`, `changeme` in a secret's place; told only when asked for, never moved",
        ((_ENV + "API_KEY", "YOUR_API_KEY"), (_ENV + "GOOGLE_API_KEY", "AIzaXXXX")),
        ((_ENV + "STAGE", "todo"),),
    ),
)

RULES: tuple[RuleSpec, ...] = (*map(_of_shape, SHAPES), *_STRUCTURES, *_NAMED, *_OTHERS)


@cache
def by_id() -> dict[str, Rule]:
    """Return the rules of the table by their ids."""
    return {spec.rule.id: spec.rule for spec in RULES}


@cache
def named_rules() -> dict[Kind, str]:
    """Return by kind the ids of the rules for values with no sign but their name."""
    return {spec.rule.kind: spec.rule.id for spec in _NAMED}

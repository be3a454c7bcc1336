"""What is found in whole manifests: the hard ones, the tempting ones, and how a secret sits in its value."""

from __future__ import annotations

import pytest

from migrate.detect import Settings, find
from migrate.detect.samples import build
from migrate.model import Confidence, Finding, Form, Kind, Manifest, Role
from migrate.text.variables import Delimiters
from tests.support.build import manifest
from tests.support.limits import seconds
from tests.support.sample import sampled

PLAIN = Settings()
HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
AWS_ID = "AKIA" + "IOSFODNN7EXAMPLE"


def of(text: str, *, included: bool = False) -> Manifest:
    """A manifest from a text in which `{base62:20}` and the like become random characters."""
    return manifest(
        build(text), "env.yml" if included else "serverless.yml", Role.INCLUDED if included else Role.MANIFEST
    )


def levels(text: str, *, included: bool = False) -> dict[str, Confidence]:
    """The highest confidence at each key path."""
    found: dict[str, Confidence] = {}
    for finding in find(of(text, included=included)):
        found[str(finding.path)] = max(finding.confidence, found.get(str(finding.path), LOW))
    return found


def only(text: str, settings: Settings = PLAIN) -> Finding:
    (finding,) = find(of(text), settings)
    return finding


def environment(line: str) -> str:
    return f"service: shop\nprovider:\n  name: aws\n  environment:\n    {line}\n"


def test_sample_of_the_main_job_is_found_with_high_confidence() -> None:
    finding = only("functions:\n  helloWorld:\n    environment:\n      GITHUB_API_KEY: ABCDEF\n")
    assert finding.confidence is HIGH
    assert finding.rule.id == "api-key"
    assert finding.reason == "named like an API key, in an environment map, literal"
    assert finding.secret.reveal() == "ABCDEF"
    assert (finding.form, finding.part) == (Form.WHOLE, None)


# ── the hard ones ─────────────────────────────────────────────────────────────────────────────

HARD = {
    "a literal fallback": ("JWT_SECRET: ${env:JWT_SECRET, 'acme-{digits:4}'}", HIGH),
    "the second literal of a path with a literal": (
        "JWT_SECRET: ${ssm:/acme-${opt:stage, 'dev'}/jwt~true, 'acme-{digits:4}'}",
        HIGH,
    ),
    "a fallback named by its address alone": ("VALUE: ${env:DB_PASSWORD, 'tiger{digits:3}'}", HIGH),
    "a Slack webhook without its host": ("Value: T{upper:8}/B{upper:8}/{base62:24}", HIGH),
    "a misspelled name": ("DB_PASWORD: tiger{digits:3}", HIGH),
    "an app password of four words": ("SMTP_PASS: {lower:4} {lower:4} {lower:4} {lower:4}", HIGH),
    "sixty symbols as a private key": ("PRIVATE_KEY: '{symbols:60}'", HIGH),
    "a weak password": ("DB_PASS: root", HIGH),
    "a weak password of who knows what": ("PASS: root", MEDIUM),
    "a password of four characters": ("DB_PASS: a9#k", HIGH),
    "a key called pass": ("pass: tiger{digits:3}", HIGH),
    "a key called DB": ("DB: mongodb+srv://app:{base62:10}@cluster0.abcde.mongodb.net/shop", HIGH),
    "a DSN with dashes in its name": ("mysql-dsn: app:{base62:10}@tcp(db:3306)/shop", HIGH),
    "a default": ("PASS_DEFAULT: tiger{digits:3}", HIGH),
    "a verb before it": ("EDIT_PASSWORD: tiger{digits:3}", HIGH),
    "a Django key": ("SECRET_KEY: 'k(x--kv1-dv#on(n6)na)j$sd%qye#eq_8^e2o'", HIGH),
    "a word that can't be said": ("JWT_SECRET: KJHGSDIOKJOHDF", HIGH),
    "a German name": ("DB_PASSWORT: tiger{digits:3}", HIGH),
    "a French name": ("MOT_DE_PASSE_ADMIN: soleil{digits:4}", HIGH),
    "a Portuguese name": ("CHAVE_CRIPTOGRAFIA: {hex:32}", HIGH),
    "whose password, at the end": ("SENHA_BANCO: Flamengo123", HIGH),
    "a key for routing that looks issued": ("PAGERDUTY_ROUTING_KEY: {hex:32}", MEDIUM),
    "a code that looks issued": ("HERE_APP_CODE: {base62:32}", MEDIUM),
    "a service's bare name": ("BUGSNAG: {hex:32}", MEDIUM),
    "a password to check with": ("CHECK_LOGIN_PASSWORD: {base62:16}", MEDIUM),
    "a made-up phrase": ("ADMIN_SECRET: parking-thunder-olive-spruce", MEDIUM),
    "a secret that looks like an address": ("HCAPTCHA_SECRET: '0x{hex:40}'", HIGH),
    "a key in a path": ("NODE: https://mainnet.infura.io/v3/{hex:32}", HIGH),
    "a weak one with digits": ("ADMIN_PASS: welcome1", HIGH),
    "a long key of nobody known": ("ATLAS_KEY: {base62:40}", HIGH),
    "a key that browsers may have": ("RECAPTCHA_KEY: {base62:40}", MEDIUM),
    "a UUID as a key": ("APPINSIGHTS_KEY: {uuid:0}", MEDIUM),
    "a secret of two words that is none": ("SECRET_JWT: puppies{digits:2}", HIGH),
    "a Spanish name": ("DB_CONTRASEÑA: tiger{digits:3}", HIGH),
}


@pytest.mark.parametrize(("line", "at_least"), HARD.values(), ids=HARD.keys())
def test_hard_example_is_found(line: str, at_least: Confidence) -> None:
    (level,) = levels(environment(line)).values()
    assert level >= at_least


def test_only_the_fallback_that_can_become_the_value_is_found() -> None:
    finding = only(environment("JWT_SECRET: ${ssm:/acme-${opt:stage, 'dev'}/jwt, 'sesame-{digits:3}'}"))
    assert finding.form is Form.FALLBACK
    assert finding.secret.reveal().startswith("sesame-")
    assert finding.part is not None
    assert finding.part.of(finding.scalar.value) == finding.secret.reveal()
    assert finding.reason.endswith("the literal fallback of a variable")


def test_nested_fallback_is_found() -> None:
    finding = only(environment("JWT_SECRET: \"${env:A, ${env:B, 'sesame-{digits:3}'}}\""))
    assert finding.form is Form.FALLBACK


def test_url_fallback_is_moved_whole() -> None:
    finding = only(environment("DB: ${env:DB, 'postgres://app:{base62:10}@db.acme.io/shop'}"))
    assert finding.form is Form.FALLBACK
    assert finding.secret.reveal().startswith("postgres://app:")


@pytest.mark.parametrize("section", ["enviroment", "environement", "env", "Variables"])
def test_misspelled_environment_section_is_still_an_environment_map(section: str) -> None:
    finding = only(f"{section}:\n  DB_PASS: tiger99\n")
    assert "in an environment map" in finding.reason


def test_secret_beside_its_access_key_id_is_found_under_a_misspelled_name() -> None:
    text = f"dev:\n  DB_KEY: {AWS_ID}\n  DB_SECET_KEY: {{base62:40}}\n"
    assert levels(text, included=True) == {"dev.DB_SECET_KEY": HIGH}


def test_password_equal_to_the_user_name_is_found() -> None:
    (finding,) = find(of("dev:\n  DB_USER: shop\n  DB_PASS: shop\n", included=True))
    assert finding.confidence >= MEDIUM
    assert "the same as the user's name beside it" in finding.reason


def test_weak_password_for_a_remote_host_has_high_confidence() -> None:
    text = "dev:\n  DB_HOST: db.acme.io\n  DB_USER: root\n  DB_PASS: root\n"
    assert levels(text, included=True) == {"dev.DB_PASS": HIGH}


def test_weak_password_beside_a_sample_user_has_low_confidence() -> None:
    text = "dev:\n  user: johndoe@acme.io\n  pwd: password123\n"
    assert max(levels(text, included=True).values(), default=LOW) is LOW


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("MONGODB_URI:\n  dev: mongodb://app:{base62:10}@db.acme.io/shop\n", "MONGODB_URI.dev"),
        ("appApiKey:\n  prd: {base62:32}\n", "appApiKey.prd"),
        ("DB_CREDENTIALS:\n  user: app\n  password: {base62:10}\n", "DB_CREDENTIALS.password"),
        ("stripe:\n  live:\n    secret: {base62:32}\n", "stripe.live.secret"),
        ("jwt:\n  secret: acme-2021\n", "jwt.secret"),
        ("passwords:\n  alice: tiger{digits:3}\n", "passwords.alice"),
    ],
)
def test_secret_named_by_its_parent_is_found(text: str, path: str) -> None:
    assert levels(text, included=True)[path] >= MEDIUM


@pytest.mark.parametrize(
    "text",
    [
        "http:\n  headers:\n    Authorization: Basic {basic:0}\n",
        "headers:\n  - name: Authorization\n    value: Basic {basic:0}\n",
        "Headers:\n  - HeaderName: Authorization\n    HeaderValue: Bearer {base62:40}\n",
    ],
)
def test_authorization_header_is_found_and_its_credentials_are_the_part(text: str) -> None:
    finding = only(text)
    assert finding.confidence is HIGH
    assert finding.form is Form.PART
    assert finding.part is not None
    assert finding.part.start == finding.scalar.value.index(" ") + 1


@pytest.mark.parametrize("node", ["[tool, --db-password, '{base62:14}']", "[tool, '--db-password={base62:14}']"])
def test_option_in_a_command_list_names_its_value(node: str) -> None:
    (finding,) = find(of(f"command: {node}\n", included=True))
    assert finding.confidence >= MEDIUM
    assert len(finding.secret.reveal()) == 14


def test_cloudfront_origin_header_value_is_found_only_if_it_looks_random() -> None:
    text = "OriginCustomHeaders:\n- {{HeaderName: X-Edge, HeaderValue: '{}'}}\n"
    (level,) = levels(text.format("{base62:43}"), included=True).values()
    assert level is MEDIUM
    assert levels(text.format("2"), included=True) == {}
    assert levels(text.replace("X-Edge", "X-Etag").format("{base62:43}"), included=True) == {}


@pytest.mark.parametrize(("searched", "found"), [("{base62:32}", [MEDIUM]), ("BadBot/1.0", []), ("/wp-admin", [])])
def test_firewall_search_string_is_found_only_if_it_looks_random(searched: str, found: list[Confidence]) -> None:
    text = "Resources: {Acl: {Type: AWS::WAFv2::WebACL, Properties: {Rules: [{Statement: {SearchString: '%s'}}]}}}"
    assert list(levels(text % searched, included=True).values()) == found


@pytest.mark.parametrize("file", ["locales/de.json", "src/i18n/fr/app.json", "messages_it.yml", "translation.es.json"])
def test_translation_file_has_no_findings(file: str) -> None:
    text = '{"login": {"password": "Passwort", "apiKey": "Geheimcode7", "token": "Jeton"}}'
    assert find(manifest(text, file, Role.INCLUDED)) == ()
    assert find(manifest(text, "settings.json", Role.INCLUDED)) != ()


def test_password_label_in_title_case_has_low_confidence() -> None:
    assert set(levels("ui: {password: Password}\n", included=True).values()) <= {LOW}
    assert levels("ui: {password: password}\n", included=True) == {"ui.password": MEDIUM}


def test_two_letter_password_has_medium_confidence() -> None:
    assert levels("admin: {user: gm, pass: gm}\n", included=True) == {"admin.pass": MEDIUM}
    assert levels("admin: {user: gm, pass: 'no', token: gm}\n", included=True) == {}


def test_duplicate_keys_are_both_found() -> None:
    findings = find(of("env:\n  PASS: tiger{digits:3}\n  PASS: lion{digits:3}\n"))
    assert [finding.secret.reveal()[:4] for finding in findings] == ["tige", "lion"]


def test_name_and_value_pairs_in_a_list_are_matched() -> None:
    text = "Environment:\n  - Name: DB_PASSWORD\n    Value: {base62:12}\n  - Name: DB_NAME\n    Value: {base62:12}\n"
    assert levels(text) == {"Environment[0].Value": HIGH}


def test_private_key_in_a_block_scalar_is_found() -> None:
    begin, end = "-----BEGIN RSA PRIVATE" + " KEY-----", "-----END RSA PRIVATE" + " KEY-----"
    for header in ("|", ">"):
        text = f"KEY: {header}\n  {begin}\n  {{base64:64}}\n  {{base64:64}}\n  {end}\n"
        finding = only(text)
        assert (finding.rule.kind, finding.confidence, finding.form) == (Kind.PRIVATE_KEY, HIGH, Form.WHOLE)


# ── tempting, and not secret ──────────────────────────────────────────────────────────────────

TEMPTING = {
    "a key for routing": "ROUTING_KEY: order.created",
    "a code": "COUNTRY_CODE: FR",
    "a digest under a key": "CACHE_KEY_HASH: {hex:32}",
    "a file under a key": "S3_KEY: '{hex:40}.zip'",
    "a key of the key service": "ENCRYPTION_KEY: mrk-{hex:32}",
    "a check": "CHECK_LOGIN_PASSWORD: 'true'",
    "a key for browsers": "RECAPTCHA_SITE_KEY: 6Le{base62:37}",
    "an application's public key": "PUSHER_APP_KEY: {hex:20}",
    "a search key for browsers": "ALGOLIA_SEARCH_KEY: {hex:32}",
    "another search key for browsers": "ALGOLIA_SEARCH_API_KEY: {hex:32}",
    "a token's contract": "USDC_TOKEN: '0x{hex:40}'",
    "a colour": "PRIMARY_TOKEN: '#1a73e8'",
    "the name of a stored secret of its own": "STRIPE_SECRET: stripe-live-secret",
    "the name of a stored secret": "DB_SECRET: acme-billing-database-prod",
    "a node without its key": "NODE: https://mainnet.infura.io/v3/",
    "a name on a button": "NEW_PASSWORD: New password",
    "an access key id": f"AWS_ACCESS_KEY: {AWS_ID}",
    "a client id": "COGNITO_CLIENT_ID: {base36:26}",
    "a Google client id": "GOOGLE_CLIENT_SECRET_ID: 1234-{base36:32}.apps.googleusercontent.com",
    "an account id": "ACCOUNT_KEY: '123456789012'",
    "a Cognito pool": "AUTH_POOL_KEY: eu-west-1_{base62:9}",
    "an identity pool": "AUTH_KEY: eu-west-1:{uuid:0}",
    "a publishable key": "STRIPE_KEY: pk_live_{base62:24}",
    "a KMS id": "KMS_KEY: {uuid:0}",
    "a KMS key": "ENCRYPTION_KEY: arn:aws:kms:eu-west-1:123456789012:key/{uuid:0}",
    "a KMS alias": "ENCRYPTION_KEY: alias/acme",
    "KMS ciphertext": "DB_PASSWORD: AQICAH{base64:120}",
    "sops ciphertext": "DB_PASSWORD: ENC[AES256_GCM,data:{base64:24},type:str]",
    "a path of a stored secret": "DB_PASSWORD: /${self:service}/db-password",
    "another path of one": "DB_PASSWORD: /acme/prod/db-password",
    "a name of one by its key": "DB_SECRET_NAME: {base62:20}",
    "a dynamic reference": "'DB_PASSWORD': '{{resolve:ssm-secure:/acme/db:1}}'",
    "a workflow's secret": "API_KEY: ${{ secrets.API_KEY }}",
    "a shell variable": "API_KEY: $API_KEY",
    "a pure variable": "API_KEY: ${ssm:/acme/api-key~true}",
    "two variables": "API_KEY: ${self:custom.a}-${self:custom.b}",
    "an empty fallback": "API_KEY: ${env:API_KEY, ''}",
    "a stage as fallback": "API_KEY: ${opt:stage, 'dev'}",
    "a CSS selector": "PASSWORD_FIELD: '#password'",
    "a selector under a plain name": "password: 'input[name=\"pw\"]'",
    "another selector": "login_password: '.login-password'",
    "a table": "TOKENS_TABLE: acme-tokens-dev",
    "a queue URL": "TOKEN_QUEUE: https://sqs.eu-west-1.amazonaws.com/123456789012/tokens",
    "a token endpoint": "TOKEN_URL: https://acme.io/oauth2/token",
    "an endpoint under a token's name": "TOKEN: https://acme.io/oauth2/token",
    "a limit": "MAX_TOKENS: 4096",
    "an expiry": "JWT_SECRET_EXPIRES_IN: 7d",
    "another expiry": "TOKEN_EXPIRY: 3600",
    "a duration under a token's name": "ACCESS_TOKEN: 15m",
    "an algorithm": "JWT_KEY: HS256",
    "a resource id": "RESOURCE_ID: {uuid:0}",
    "a layer": "KEY_LAYER: arn:aws:lambda:eu-west-1:123456789012:layer:keys:3",
    "a commit": "COMMIT: {hex:40}",
    "a public key": "PUBLIC_KEY: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{base64:60}",
    "a public key in PEM": 'JWT_KEY: "-----BEGIN PUBLIC KEY-----\\n{base64:64}\\n-----END PUBLIC KEY-----"',
    "a certificate": 'TLS_KEY: "-----BEGIN CERTIFICATE-----\\n{base64:64}\\n-----END CERTIFICATE-----"',
    "a description": "PASSWORD_DESCRIPTION: the password of the database",
    "a sentence": "PASSWORD: Please enter your password here.",
    "a boolean": "SECRET: true",
    "nothing": "SECRET: ''",
    "null": "SECRET: null",
    "a flag": "USE_TOKEN: sometimes",
    "a rounds count": "SALT_ROUNDS: 10",
    "a file": "PRIVATE_KEY: certs/private.pem",
    "an object's key": "S3_KEY: uploads/{base62:20}.zip",
    "a recaptcha site key": "RECAPTCHA_SITE_KEY: 6L{base62:38}",
    "a Sentry DSN without a secret": "SENTRY_DSN: https://{hex:32}@o12.ingest.sentry.io/345",
    "a URL without a password": "DATABASE_URL: postgres://localhost:5432/shop",
    "a URL with a user only": "REPO: ssh://git@github.com/acme/shop.git",
    "a mail address": "EMAIL_KEY: ops@acme.io",
    "a contract": "TOKEN: '0x{hex:40}'",
    "a word that holds another": "MONKEY: {base62:30}",
    "a compass": "COMPASS: {base62:30}",
    "a header's name": "API_KEY_HEADER: x-api-key",
    "a method": "AUTH: aws_iam",
    "a selector of a request": "TOKEN: method.request.header.Authorization",
    "a handler": "AUTH_KEY: src/auth/index.handler",
    "a Twilio account": "TWILIO_KEY: AC{hex:32}",
    "code": "TOKEN: process.env.TOKEN",
}


@pytest.mark.parametrize("line", TEMPTING.values(), ids=TEMPTING.keys())
def test_harmless_lookalike_has_low_confidence_at_most(line: str) -> None:
    assert {path: level for path, level in levels(environment(line)).items() if level > LOW} == {}


@pytest.mark.parametrize("line", ["COGNITO_SECRET: COGNITO_DEV_SECRET", "TOKEN: JWT_SECRET", "API_KEY: acme-api-key"])
def test_name_of_a_stored_secret_has_low_confidence_at_most(line: str) -> None:
    assert set(levels(environment(line)).values()) <= {LOW}


RESOURCES = """
service: shop
provider:
  apiKeys:
    - acme-partner-key-{base62:12}
    - free:
        - acme-free-{base62:12}
  iamRoleStatements:
    - Effect: Allow
      Action: [secretsmanager:GetSecretValue, ssm:GetParameter]
      Resource: arn:aws:secretsmanager:*
functions:
  resetPassword:
    handler: src/password.reset
    description: sends a password token
    events:
      - http:
          path: auth/{{token}}/password
          authorizer: {name: token, identitySource: method.request.header.Authorization}
          request: {parameters: {headers: {Authorization: true, X-Api-Key: true}}}
resources:
  Resources:
    Secret:
      Type: AWS::SecretsManager::Secret
      Properties:
        Description: password of the database
        GenerateSecretString: {SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password}
    Table:
      Type: AWS::DynamoDB::Table
      Properties:
        KeySchema: [{AttributeName: token, KeyType: HASH}]
        Tags: [{Key: Secret, Value: '{base62:20}'}]
    Pool:
      Type: AWS::Cognito::UserPool
      Properties:
        Policies: {PasswordPolicy: {MinimumLength: 8, RequireNumbers: true}}
    Client:
      Type: AWS::Cognito::UserPoolClient
      Properties:
        GenerateSecret: true
        ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]
        TokenValidityUnits: {AccessToken: minutes}
    Db:
      Type: AWS::RDS::DBInstance
      Properties:
        MasterUserPassword: !Ref DbPassword
        KmsKeyId: alias/aws/rds
    Db2:
      Type: AWS::RDS::DBInstance
      Properties:
        MasterUserPassword: {Ref: DbPassword}
    Db3:
      Type: AWS::RDS::DBInstance
      Properties:
        MasterUserPassword: {"Fn::Join": ["", ["{{resolve:secretsmanager:", {Ref: Secret}, ":SecretString:password}}"]]}
  Outputs:
    ApiKey: {Value: '{base62:20}', Export: {Name: acme-api-key}}
"""


def test_resource_property_that_only_names_a_secret_is_not_found() -> None:
    assert levels(RESOURCES) == {}


CARRIERS = """
resources:
  Parameters:
    DbPassword: {Type: String, NoEcho: true, Default: 'tiger{digits:3}'}
  Resources:
    Db: {Type: 'AWS::RDS::DBInstance', Properties: {MasterUserPassword: 'acmeadmin'}}
    Cache: {Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {AuthToken: '{base62:32}'}}
    Secret: {Type: 'AWS::SecretsManager::Secret', Properties: {SecretString: '{base62:32}'}}
    Param: {Type: 'AWS::SSM::Parameter', Properties: {Name: /acme/api-key, Value: '{base62:32}'}}
    Param2: {Type: 'AWS::SSM::Parameter', Properties: {Name: !Sub 'x', Value: '{base62:32}'}}
    Key: {Type: 'AWS::ApiGateway::ApiKey', Properties: {Value: '{base62:40}'}}
"""


def test_resource_property_that_holds_a_secret_is_found() -> None:
    found = levels(CARRIERS)
    assert found.pop("resources.Resources.Param2.Properties.Value") >= MEDIUM
    assert set(found.values()) == {HIGH}
    assert len(found) == 6


def test_gateway_key_value_is_found_and_its_name_is_not() -> None:
    text = "provider:\n  apiKeys:\n    - name: acme-{base62:20}\n      value: {base62:40}\n"
    assert levels(text) == {"provider.apiKeys[0].value": HIGH}


# ── placeholders ──────────────────────────────────────────────────────────────────────────────

PLACEHOLDERS = ["YOUR_API_KEY", "<your-key>", "xxx", "changeme", "REPLACE_ME", "TODO", "AIzaXXXX", "DEIN_KEY_HIER"]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholder_is_reported_only_on_request(value: str) -> None:
    found = of(environment(f"API_KEY: {value}"))
    assert find(found) == ()
    (finding,) = find(found, Settings(placeholders=True))
    assert (finding.rule.id, finding.confidence) == ("placeholder", LOW)


def test_comment_that_asks_for_a_change_lowers_confidence_of_a_plain_value() -> None:
    plain = "env:\n  DB_PASSWORD: tiger99  # change with your password\n"
    random = "env:\n  DB_PASSWORD: {base62:20}  # change with your password\n"
    assert levels(plain)["env.DB_PASSWORD"] < HIGH
    assert levels(random)["env.DB_PASSWORD"] is HIGH


# ── how a secret sits in its value ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("postgres://app:hunt3r2@db.acme.io/shop", "hunt3r2"),
        ("postgres://app:hunt3r2@${self:custom.host}/db", "hunt3r2"),
        ("mongodb://app:hunt3r2@h1:27017,h2:27017/db", "hunt3r2"),
        ("jdbc:mysql://db/shop?user=app&password=hunt3r2", "hunt3r2"),
        ("jdbc:sqlserver://db:1433;databaseName=shop;user=app;password=hunt3r2;", "hunt3r2"),
        ("Driver={ODBC};Server=db;Uid=app;Pwd=hunt3r2", "hunt3r2"),
        ("app:hunt3r2@tcp(db:3306)/shop", "hunt3r2"),
        ("curl -u app:hunt3r2 https://acme.io", "hunt3r2"),
        ('{"user": "app", "password": "hunt3r2"}', "hunt3r2"),
    ],
)
def test_finding_part_spans_only_the_secret(value: str, part: str) -> None:
    finding = only(f"env:\n  DB: '{value}'\n")
    assert finding.form is Form.PART
    assert finding.secret.reveal() == part
    assert finding.part is not None
    assert finding.part.of(finding.scalar.value) == part


def test_several_secrets_in_one_value_give_several_findings() -> None:
    first, second = find(of("env:\n  HOSTS: amqp://a:hunt3r2@h1.acme.io,amqp://a:hunt3r3@h2.acme.io\n"))
    assert (first.secret.reveal(), second.secret.reveal()) == ("hunt3r2", "hunt3r3")
    assert first.part is not None
    assert second.part is not None
    assert first.part.end < second.part.start


def test_password_that_is_a_variable_is_not_found() -> None:
    assert find(of("env:\n  DB: postgres://app:${env:PASS}@db.acme.io/shop\n")) == ()


def test_findings_are_in_text_order() -> None:
    text = "b:\n  PASS: tiger{digits:3}\na:\n  TOKEN: {base62:20}\nc:\n  SECRET: {base62:20}\n"
    starts = [finding.scalar.span.start for finding in find(of(text))]
    assert starts == sorted(starts)
    assert len(starts) == 3


def test_random_secret_is_found_again_under_another_name() -> None:
    text = "env:\n  API_KEY: {base62:31}x\ncustom:\n  legacy: {base62:31}x\n"
    same = build("{base62:31}x")
    findings = find(manifest(f"env:\n  API_KEY: {same}\ncustom:\n  legacy: {same}\n"))
    assert [finding.rule.id for finding in findings] == ["api-key", "same-value"]
    assert findings[1].reason == "the same value as env.API_KEY"
    assert text


def test_custom_delimiters_of_a_manifest_are_respected() -> None:
    settings = Settings(delimiters=Delimiters("${{", "}}"))
    text = "env:\n  PASS: ${{self:custom.pass}}\n  OTHER_PASS: \"${{env:P, 'tiger99'}}\"\n  DB: !Sub 'x://a:tiger99@${Host}'\n"
    findings = find(manifest(text), settings)
    assert [(str(finding.path), finding.secret.reveal()) for finding in findings] == [
        ("env.OTHER_PASS", "tiger99"),
        ("env.DB", "tiger99"),
    ]


def test_scalar_root_is_searched() -> None:
    (finding,) = find(manifest("APP=shop DB_PASSWORD=hunt3r2x\n", ".env.yml"))
    assert finding.secret.reveal() == "hunt3r2x"


def test_clean_manifest_has_no_findings() -> None:
    assert find(manifest("service: shop\nprovider:\n  name: aws\n")) == ()


def test_finding_does_not_show_its_secret() -> None:
    finding = only(environment("DB_PASSWORD: tiger{digits:3}"))
    assert finding.secret.reveal() not in finding.reason + repr(finding.secret)


HUGE = [
    "a-",
    "aB3/",
    "a.",
    "a:",
    "{{",
    "[",
    "x-x",
    "a=",
    "a=b;",
    '{"a":"b"},',
    "eyJ",
    "sk-",
    "curl -u ",
    "http://a:b@c,",
    "MIIE",
    "0a",
]


@pytest.mark.parametrize("piece", sampled(HUGE, every=2))
def test_long_text_is_searched_quickly(piece: str) -> None:
    found = manifest(f"env:\n  password: '{piece * 10_000}@'\n")
    with seconds():
        find(found)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("DB: postgres://user:password@localhost/db", LOW),
        ("DB: postgres://root:root@localhost/db", MEDIUM),
        ("DB: postgres://root:root@db.acme.io/db", HIGH),
        ("DB: ${env:DB, 'a${b}c'}", None),
        ("JWT_SECRET: '${env:JWT_SECRET, ''${self:custom.x}''}'", None),
        ("SCRIPT: token=getenv(X)", None),
        ("AWS_SECRET_ACCESS_KEY: tiger{digits:4}x", LOW),
        ("PIN: '4711'", LOW),
        ("KEY: tiger", None),
        ("SESSION_KEY: session", LOW),
        ("WEBHOOK_URL: see the page", None),
        ("WEBHOOK_SECRET: test_webhook_secret", LOW),
    ],
)
def test_evidence_determines_the_confidence(line: str, level: Confidence | None) -> None:
    assert set(levels(environment(line)).values()) == ({level} if level else set())


def test_value_in_a_list_has_high_confidence_only_if_it_looks_random() -> None:
    assert levels("env:\n  API_KEYS:\n    - {base62:32}\n    - parrot9\n") == {
        "env.API_KEYS[0]": HIGH,
        "env.API_KEYS[1]": MEDIUM,
    }


def test_unnamed_stored_parameter_is_found_only_if_its_value_looks_random() -> None:
    text = "R:\n  Type: AWS::SSM::Parameter\n  Properties:\n    Value: {}\n"
    assert levels(text.format("acme-table")) == {}
    assert levels(text.format("{base62:32}")) == {"R.Properties.Value": HIGH}

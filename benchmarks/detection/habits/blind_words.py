"""The vocabulary of the blind part's authors; other teams, other names."""

# One row a line, however long.
# ruff: noqa: E501
# fmt: off
from __future__ import annotations

from benchmarks.detection.habits.desk import Vocabulary

SERVICES = ("claims", "ledger", "pricing", "onboarding", "waitlist", "tutoring", "telemetry", "returns", "scheduler", "referrals", "kiosk", "permits", "digest", "audit-trail", "dispatcher", "portfolio", "streams")

SECRETS = {
    "password": (
        31,
        (
            ("mariadb password|aurora password|pg pass|postgres pw", "@@password:pw-strong@@||@@password:pw-symbol@@||@@password:pw-alnum@@"),
            ("ldap bind pw|ad password|bind credentials", "@@password:pw-strong@@||@@password:pw-word@@"),
            ("neo4j password|influx password|couch pass", "@@password=neo4j@@||@@password:pw-leet@@||@@password:pw@@"),
            ("gmail app password|imap password|nodemailer pass", "@@password:pw-app@@||@@password:pw-strong@@"),
            ("superuser password|seed user password|staff passwd", "@@password=admin123@@||@@password:pw-word@@||@@password:pw-short@@"),
            ("keystore password|truststore pass|pfx password", "@@password=changeit@@||@@password:pw-word@@"),
            ("broker password|kafka sasl password|mqtt pass", "@@password:alnum32@@||@@password:pw-strong@@"),
            ("proxy password|vpn passphrase|wifi passphrase", "@@password:pw-phrase@@||@@password:pw-alnum@@"),
            ("erp pwd|oracle pwd", "@@password:pw-symbol@@||@@password:pw-lower@@"),
        ),
    ),
    "api-key": (
        19,
        (
            ("mailjet secret key|brevo api key|sparkpost api key", "@@api-key:hex40@@||@@api-key:hex32@@"),
            ("razorpay key secret|paystack secret key|xendit secret key", "@@api-key:alnum24@@||@@api-key:xendit@@"),
            ("bing maps key|tomtom key|locationiq key|geoapify key", "@@api-key:alnum32@@||@@api-key:urlsafe64@@"),
            ("anthropic api key", "@@api-key:anthropic@@"),
            ("openai key|gpt api key", "@@api-key:openai@@"),
            ("etherscan api key|alpha vantage key|fixer access key|currency api key", "@@api-key:alnum16@@||@@api-key:hex32@@"),
            ("youtube api key|firebase api key|vision api key", "@@api-key:google-api@@"),
            ("iam secret key|deploy secret access key|ses smtp secret", "@@api-key:aws-secret@@"),
            ("contentful management key|strapi api key|ghost admin key", "@@api-key:urlsafe43@@||@@api-key:hex64@@"),
        ),
    ),
    "signing-secret": (
        18,
        (
            ("jwt signing key|jwt private secret|jwt pass", "@@signing-secret:b64-48@@||@@signing-secret:jwt-phrase@@||@@signing-secret:pw-sentence@@"),
            ("session keys|cookie password|iron session password", "@@signing-secret:alnum40@@||@@signing-secret:pw-phrase@@||@@signing-secret:pw-strong@@"),
            ("nextauth secret|better auth secret|magic link secret", "@@signing-secret:b64-32@@||@@signing-secret:hex64@@"),
            ("django secret key|flask secret|secret key base", "@@signing-secret:symbols60@@||@@signing-secret:hex128@@||@@signing-secret:pw-phrase@@"),
            ("csrf secret|url signing secret|download token key", "@@signing-secret:alnum24@@||@@signing-secret:pw-strong@@"),
        ),
    ),
    "connection-string": (
        15,
        (
            ("cosmos connection|docdb uri|mongo connection string", "mongodb://svc:@@connection-string:pw-url@@@docdb.cluster-cx1.eu-west-1.docdb.amazonaws.com:27017/?ssl=true&replicaSet=rs0"),
            ("sqlserver connection|mssql conn", "Server=tcp:sql.internal,1433;Database=main;User Id=svc;Password=@@connection-string:pw-url@@;Encrypt=true"),
            ("jdbc url|spring datasource url", "jdbc:mysql://aurora.internal:3306/main?user=svc&password=@@connection-string:pw-url@@"),
            ("prisma url|typeorm url|cockroach dsn", "postgresql://svc:@@connection-string:pw-url-escaped@@@free-tier.gcp-us-central1.cockroachlabs.cloud:26257/defaultdb?sslmode=verify-full"),
            ("celery broker|bull redis", "redis://default:@@connection-string:alnum32@@@eu2-cosmic-crab.upstash.io:32011"),
            ("smtp url|mailer dsn", "smtps://postmaster:@@connection-string:hex32@@@smtp.eu.mailgun.org:465"),
        ),
    ),
    "other": (
        12,
        (
            ("linkedin client secret|twitch client secret|spotify client secret", "@@other:alnum16@@||@@other:hex32@@||@@other:lower26@@"),
            ("keycloak secret|cognito app client secret|okta secret", "@@other:uuid@@||@@other:lower52@@||@@other:urlsafe43@@"),
            ("data encryption key|field encryption secret|aes key", "@@other:b64-32@@||@@other:hex64@@||@@other:alnum16@@"),
            ("shopify webhook secret|line channel secret|github webhook secret", "@@other:hex64@@||@@other:hex32@@||@@other:pw-phrase@@"),
            ("legacy api auth|erp authorization", "Basic @@other:basic@@"),
        ),
    ),
    "private-key": (
        16,
        (
            ("docusign private key|github app private key|apple private key", "@@private-key:pem-line@@||@@private-key:pem-line-pkcs8@@||@@private-key:pem-line-ec@@"),
            ("deployer key|minter private key", "@@private-key:hex64@@||@@private-key:eth-key@@"),
            ("web push private key", "@@private-key:vapid@@"),
            ("snowflake pk b64|sa key b64", "@@private-key:pem-b64@@"),
        ),
    ),
    "token": (
        2,
        (
            ("gitlab token|ci job pat", "@@token:gitlab@@"),
            ("npm auth", "@@token:npm@@"),
            ("line channel access token|whatsapp bearer", "@@token:b64-64@@||@@token:facebook-page@@"),
            ("notion integration|digitalocean pat", "@@token:notion@@||@@token:digitalocean@@"),
            ("service jwt|supabase service role", "@@token:jwt@@"),
        ),
    ),
    "webhook": (1, (("teams connector|incoming hook", "@@webhook:teams-hook@@"), ("ops channel hook", "@@webhook:slack-hook@@"))),
}

ORDINARY = (
    ("deploy stage|tier", "test||uat||live"),
    ("verbosity|log format", "json||trace"),
    ("pg host|aurora endpoint", "aurora.internal||db||10.1.2.3"),
    ("pg user|erp user|ldap bind dn", "svc||reporting||cn=svc"),
    ("imap host|smtp relay", "imap.gmail.com||smtp.sendgrid.net"),
    ("max retries|batch size|concurrency", "3||50||10"),
    ("locale|default language", "de-DE||pt-BR||en"),
    ("public site|callback", "https://www.example.net||https://example.net/cb"),
    ("currency|country", "EUR||BRL||JP"),
    ("dry run|sandbox", "true||false"),
    ("bucket|upload bucket", "uploads-live||assets-${sls:stage}"),
)

TEMPTING = (
    ("deploy access key id|iam key id|ses smtp username", "@@~:akid@@"),
    ("spotify client id|twitch client id|linkedin client id", "@@~:hex32@@||@@~:lower26@@"),
    ("okta client id|keycloak client|azure app id", "@@~=0oa1k2l3m4N5p6Q7r358@@||@@~=web-app@@||@@~:uuid@@"),
    ("tenant|organisation uuid|correlation namespace", "@@~:uuid@@"),
    ("vault secret path|secretsmanager name|ssm prefix|key vault entry", "@@~=secret/data/main/db@@||@@~=live/main/rds@@||@@~=/live/main/@@"),
    ("ciphertext db password|kms blob|encrypted token", "@@~:kms-cipher@@"),
    ("cmk arn|cmk alias|encryption key arn", "@@~:kms-arn@@||@@~=alias/main-cmk@@"),
    ("idp certificate|saml cert|root ca", "@@~:cert-line@@"),
    ("jwt verification key|idp public key|webhook public key", "@@~:public-key-line@@||@@~:public-key-body@@"),
    ("web push public key", "@@~:vapid-public@@"),
    ("contract address|treasury wallet", "@@~:eth-address@@"),
    ("token contract|token symbol", "@@~:eth-address@@||@@~=ACM@@"),
    ("token lifetime|session length|password max age|otp window", "@@~=1800@@||@@~=P30D@@||@@~=00:15:00@@"),
    ("token type|auth scheme|grant type", "@@~=Bearer@@||@@~=client_credentials@@||@@~=password@@"),
    ("token uri|authorize url|introspection endpoint|password change url", "@@~=https://id.example.net/connect/token@@||@@~=https://id.example.net/account/password@@"),
    ("api key header|signature header|auth cookie", "@@~=X-Signature@@||@@~=Ocp-Apim-Subscription-Key@@||@@~=__session@@"),
    ("keyspace|primary key|sort key|routing key", "@@~=main_ks@@||@@~=tenant#id@@||@@~=orders.created@@"),
    ("password policy|password regex", "@@~=strong@@||@@~=^.{10,}$@@"),
    ("secret rotation days|key rotation|key length", "@@~=90@@||@@~=enabled@@||@@~=2048@@"),
    ("ssh key name|bastion key pair|host key algorithm", "@@~=main-bastion@@||@@~=ssh-ed25519@@"),
    ("private key file|cert key path|pfx path", "@@~=/mnt/secrets/tls.key@@||@@~=./certs/live.pfx@@"),
    ("release sha|image digest|bundle checksum", "@@~:git-sha@@||@@~=sha256:9f2c1d7e8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d@@"),
    ("layer|datadog layer", "@@~:layer-arn@@"),
    ("dead letter queue|intake queue", "@@~:queue-url@@"),
    ("credentials table|api tokens table|secret santa table", "@@~=live-credentials@@||@@~=api_tokens@@||@@~=secret-santa@@"),
    ("tokenizer|max output tokens|token limit", "@@~=o200k_base@@||@@~=800@@"),
    ("unlock hint|passcode prompt|sms template", "@@~=Enter the code we sent you@@||@@~=Your code is {{code}}@@"),
    ("author|authority|authenticator app", "@@~=Team Blue@@||@@~=https://login.example.net/@@||@@~=totp@@"),
    ("monkey patch|keyboard|turnkey mode", "@@~=off@@||@@~=azerty@@"),
    ("compass|bypass list|passenger count", "@@~=n@@||@@~=localhost,127.0.0.1@@||@@~=4@@"),
    ("distribution id|hosted zone", "@@~:distribution@@||@@~:zone@@"),
    ("user pool|web client id", "@@~:pool@@||@@~:cognito-client@@"),
    ("stripe account|checkout publishable", "@@~=acct_1Hx2Y3Z4a5B6c7D8@@||@@~:stripe-pub-live@@"),
)

REFERENCES = (
    "@@~=${{ssm(raw):/main/${{sls:stage}}/{name}}}@@",
    "@@~=${{param:{name}}}@@",
    "@@~=${{cf:vault-${{sls:stage}}.{name}}}@@",
    "@@~=${{env:CI_{name}, env:{name}}}@@",
    "@@~={{{{resolve:ssm:/main/{name}:1}}}}@@",
    "@@~=!ImportValue main-{name}@@",
)

PLACEHOLDERS = (
    "@@?=dein-passwort@@",
    "@@?=PREENCHER@@",
    "@@?=__SECRET__@@",
    "@@?=<PASTE-TOKEN-HERE>@@",
    "@@?=set-me@@",
    "@@?=example-key@@",
    "@@?=XXXX-XXXX-XXXX@@",
    "@@?=to-be-defined@@",
)

REMARKS = ("see wiki/ops/rotation", "FIXME", "legacy", "nur intern", "não versionar!", "owner: platform")

VOCABULARY = Vocabulary(SECRETS, ORDINARY, TEMPTING, REFERENCES, PLACEHOLDERS)

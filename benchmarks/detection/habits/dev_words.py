"""The vocabulary of the development part's authors: names and what is put there."""

# One row a line, however long.
# ruff: noqa: E501
# fmt: off
from __future__ import annotations

from benchmarks.detection.habits.desk import Vocabulary

SERVICES = ("orders", "users", "invoices", "catalog", "media-upload", "notifications", "search-indexer", "loyalty", "geo-lookup", "appointments", "chat", "backoffice", "reports", "scraper", "mailer", "inventory", "subscriptions", "timesheets", "donations", "recipes", "carpool", "quizzes", "classifieds", "menu-board", "feedback", "rentals", "patients", "podcasts", "shipments", "coupons")

SECRETS = {
    "password": (
        30,
        (
            ("db password|database password|mysql password|rds password|sql password", "@@password:pw-strong@@||@@password:pw-word@@||@@password:pw@@"),
            ("db pass|mysql pass|pg pass", "@@password:pw-word@@||@@password=root@@||@@password=admin@@||@@password:pw-strong@@"),
            ("postgres password|pgpassword", "@@password=postgres@@||@@password:pw-symbol@@||@@password:pw-leet@@"),
            ("smtp password|mail password|email pass", "@@password:pw-app@@||@@password:pw-strong@@"),
            ("admin password|default password|root password", "@@password:pw-word@@||@@password=Passw0rd!@@||@@password:pw-symbol@@"),
            ("ftp password|sftp pass", "@@password:pw-alnum@@||@@password:pw-strong@@"),
            ("redis password|elastic password|es pass", "@@password:alnum32@@||@@password:pw-strong@@"),
            ("basic auth password|auth pass", "@@password:pw-lower@@||@@password:pw-short@@"),
            ("db pwd|sa pwd", "@@password:pw-symbol@@||@@password:pw-strong@@"),
            ("test user password|bot password", "@@password:pw-word@@||@@password:pw@@"),
        ),
    ),
    "api-key": (
        17,
        (
            ("stripe secret key|stripe key|stripe api key", "@@api-key:stripe-test@@||@@api-key:stripe-live@@"),
            ("sendgrid api key|sendgrid key", "@@api-key:sendgrid@@"),
            ("google maps api key|google api key|places key", "@@api-key:google-api@@"),
            ("mailgun api key", "@@api-key:mailgun@@||@@api-key:mailgun-new@@"),
            ("openweather api key|weather key|tmdb api key|news api key", "@@api-key:hex32@@"),
            ("x api key|internal api key|api key", "@@api-key:alnum40@@||@@api-key:uuid@@||@@api-key:alnum32@@"),
            ("aws secret access key|s3 secret key|my aws secret", "@@api-key:aws-secret@@"),
            ("algolia admin key|algolia api key", "@@api-key:hex32@@"),
            ("yelp api key|foursquare key", "@@api-key:urlsafe64@@"),
        ),
    ),
    "signing-secret": (
        19,
        (
            ("jwt secret|jwt key|token secret|jwt secret key", "@@signing-secret:jwt-phrase@@||@@signing-secret:hex64@@||@@signing-secret:pw-strong@@||@@signing-secret:pw-phrase@@"),
            ("session secret|cookie secret|express session secret", "@@signing-secret:pw-phrase@@||@@signing-secret:alnum32@@||@@signing-secret:pw-strong@@"),
            ("access token secret|auth secret", "@@signing-secret:hex64@@||@@signing-secret:jwt-phrase@@"),
            ("refresh token secret", "@@signing-secret:hex64@@||@@signing-secret:jwt-phrase@@"),
            ("app secret|secret key|secret", "@@signing-secret:alnum24@@||@@signing-secret:jwt-phrase@@||@@signing-secret:pw-strong@@"),
            ("hmac secret|signature key", "@@signing-secret:hex40@@||@@signing-secret:b64-32@@"),
        ),
    ),
    "connection-string": (
        17,
        (
            ("mongo uri|mongodb uri|mongo url|db uri", "mongodb+srv://app:@@connection-string:pw-url@@@cluster0.x1y2z.mongodb.net/app||mongodb://app:@@connection-string:pw-word@@@ds0312.mlab.com:31247/app"),
            ("database url|db url|pg url", "postgres://app:@@connection-string:pw-url@@@@@.:rds-host@@:5432/app||postgresql://postgres:@@connection-string=postgres@@@10.0.3.12/app"),
            ("redis url|redis uri", "redis://:@@connection-string:alnum32@@@redis-14432.c1.us-east-1-2.ec2.cloud.redislabs.com:14432"),
            ("mysql url|sequelize url", "mysql://root:@@connection-string:pw-word@@@@@.:rds-host@@:3306/app"),
            ("amqp url|cloudamqp url|rabbit url", "amqp://guest:@@connection-string=guest@@@rabbit.internal:5672||amqps://app:@@connection-string:alnum32@@@fox.rmq.cloudamqp.com/app"),
            ("elastic url|elasticsearch node", "https://elastic:@@connection-string:alnum24@@@es.internal:9243"),
        ),
    ),
    "other": (
        8,
        (
            ("google client secret|oauth client secret", "@@other:google-secret@@||@@other:google-secret-old@@"),
            ("auth0 client secret|auth0 secret", "@@other:urlsafe64@@"),
            ("facebook app secret|fb secret|github client secret", "@@other:hex32@@||@@other:hex40@@"),
            ("encryption key|crypto key|cipher key", "@@other:hex32@@||@@other:alnum32@@||@@other:b64-32@@"),
            ("stripe webhook secret|stripe endpoint secret", "@@other:stripe-hook@@"),
            ("partner authorization|upstream authorization", "Basic @@other:basic@@"),
        ),
    ),
    "private-key": (
        10,
        (
            ("private key|jwt private key|rsa private key", "@@private-key:pem-line@@||@@private-key:pem-line-pkcs8@@"),
            ("google private key|firebase private key|sheets private key", "@@private-key:pem-line-pkcs8@@"),
            ("wallet private key|signer private key", "@@private-key:eth-key@@||@@private-key:hex64@@"),
            ("vapid private key", "@@private-key:vapid@@"),
            ("private key base64|signing key b64", "@@private-key:pem-b64@@"),
            ("private key", "@@private-key:symbols60@@||@@private-key:key-body@@"),
        ),
    ),
    "token": (
        2,
        (
            ("github token|gh token", "@@token:github@@"),
            ("slack token|slack bot token", "@@token:slack-bot@@"),
            ("twilio auth token", "@@token:hex32@@"),
            ("discord bot token|discord token", "@@token:discord-bot@@"),
            ("telegram bot token|bot token", "@@token:telegram@@"),
        ),
    ),
    "webhook": (1, (("slack webhook|slack webhook url|alerts hook", "@@webhook:slack-hook@@"), ("discord webhook", "@@webhook:discord-hook@@"))),
}

ORDINARY = (
    ("node env|app env|environment", "development||production||staging"),
    ("log level|logging level", "debug||info||warn"),
    ("db host|database host", "localhost||127.0.0.1||mysql.internal"),
    ("db port|database port", "3306||5432"),
    ("db name|database name", "app||main||postgres"),
    ("db user|database user|db username", "root||app||admin||postgres"),
    ("region|aws deploy region", "us-east-1||eu-west-1||ap-south-1"),
    ("smtp host|mail host", "smtp.gmail.com||email-smtp.us-east-1.amazonaws.com"),
    ("smtp port", "587||465"),
    ("cors origin|allowed origin", "*||https://app.example.com"),
    ("page size|default limit", "25||50"),
    ("feature beta|enable cache", "true||false"),
    ("timezone|tz", "Europe/Madrid||UTC||America/Bogota"),
    ("frontend url|app url|base url", "https://app.example.com||http://localhost:3000"),
    ("stage name", "${self:provider.stage}"),
    ("version|app version", "1.0.0||2.4.1"),
)

TEMPTING = (
    ("aws access key|my aws key id|s3 access key id", "@@~:akid@@"),
    ("google client id|oauth client id", "@@~:google-client@@"),
    ("auth0 client id|auth client id", "@@~:auth0-client@@"),
    ("user pool id|cognito pool id", "@@~:pool@@"),
    ("cognito client id|user pool client", "@@~:cognito-client@@"),
    ("identity pool id|cognito identity pool", "@@~:identity-pool@@"),
    ("user pool arn|cognito arn", "@@~:pool-arn@@"),
    ("aws account id|account id", "@@~:account@@"),
    ("stripe publishable key|stripe public key|stripe pk", "@@~:stripe-pub-test@@||@@~:stripe-pub-live@@"),
    ("stripe price id|stripe plan", "@@~:stripe-price@@"),
    ("kms key id|kms key arn|kms key", "@@~:kms-arn@@||@@~=alias/app-key@@"),
    ("encrypted db pass|db password encrypted|kms db password", "@@~:kms-cipher@@"),
    ("db secret arn|secret arn|rds secret", "@@~:secret-arn@@"),
    ("db secret name|secret name|secret id|secrets name", "@@~=prod/app/db@@||@@~=app-db-credentials@@||@@~=/${self:service}/${self:provider.stage}/db@@"),
    ("jwt secret param|db password ssm path|api key ssm", "@@~=/app/prod/jwt-secret@@||@@~=/${self:service}/${opt:stage, 'dev'}/db-password@@"),
    ("users table|tokens table|password reset table|sessions table|api keys table", "@@~=users-dev@@||@@~=${self:service}-tokens-${self:provider.stage}@@||@@~=password-resets@@"),
    ("queue url|token queue url|sqs url", "@@~:queue-url@@"),
    ("topic arn|sns topic", "@@~:topic-arn@@"),
    ("token expiry|jwt expires in|token ttl|session timeout|password expiry days", "@@~=3600@@||@@~=7d@@||@@~=15m@@||@@~=90@@"),
    ("token url|auth url|oauth token endpoint|token endpoint", "@@~=https://login.example.com/oauth/token@@||@@~=https://accounts.google.com/o/oauth2/token@@"),
    ("jwks uri|jwks url|public keys url", "@@~=https://example.auth0.com/.well-known/jwks.json@@"),
    ("token issuer|jwt issuer|jwt audience", "@@~=https://example.auth0.com/@@||@@~=api.example.com@@"),
    ("jwt algorithm|token alg|hash algorithm", "@@~=HS256@@||@@~=RS256@@||@@~=bcrypt@@"),
    ("password min length|max login attempts|salt rounds", "@@~=8@@||@@~=10@@"),
    ("max tokens|openai max tokens", "@@~=2048@@"),
    ("public key|jwt public key|rsa public key", "@@~:public-key-line@@||@@~:public-key-body@@"),
    ("certificate|ssl cert|idp cert", "@@~:cert-line@@"),
    ("certificate arn|ssl certificate arn", "@@~:cert-arn@@"),
    ("commit sha|git sha|build hash", "@@~:git-sha@@"),
    ("reset password url|forgot password link", "@@~=https://app.example.com/reset-password@@"),
    ("auth header|api key header|token header name", "@@~=Authorization@@||@@~=x-api-key@@"),
    ("session cookie name|token cookie|csrf cookie", "@@~=sid@@||@@~=access_token@@"),
    ("cache key prefix|redis key prefix|partition key", "@@~=app_@@||@@~=tenantId@@"),
    ("private key path|key file|service account file", "@@~=./keys/private.pem@@||@@~=config/service-account.json@@"),
    ("recaptcha site key", "@@~:recaptcha-site@@"),
    ("security group id|lambda sg", "@@~:sg@@"),
    ("subnet a|subnet id", "@@~:subnet@@"),
    ("template id|sendgrid template id", "@@~:sg-template@@"),
    ("sender email|from email|support email", "@@~:email@@"),
    ("es endpoint|elasticsearch host", "@@~:es-host@@"),
    ("api gateway url|api base url", "@@~:api-url@@"),
    ("twilio account sid", "@@~:twilio-sid@@"),
    ("facebook app id|fb app id", "@@~:facebook-app@@"),
    ("slack channel id", "@@~:slack-channel@@"),
    ("tenant id|resource id|workspace id", "@@~:uuid@@"),
    ("hosted zone id", "@@~:zone@@"),
    ("hint|password hint|password help text", "@@~=At least eight characters@@"),
    ("login button selector|password selector", "@@~=#login > button@@||@@~=input[name=password]@@"),
    ("oauth scopes|token scope", "@@~=openid email profile@@"),
    ("api key name|usage plan key", "@@~=mobile-app-key@@"),
    ("key pair name|ec2 key name|ssh key name", "@@~=app-keypair@@"),
    ("tokenizer|tokenizer model", "@@~=cl100k_base@@"),
    ("keywords|keyword list", "@@~=news,sports,weather@@"),
)

REFERENCES = (
    "@@~=${{env:{name}}}@@",
    "@@~=${{ssm:/app/${{self:provider.stage}}/{name}}}@@",
    "@@~=${{ssm:/app/{name}~true}}@@",
    "@@~=${{self:custom.secrets.{name}}}@@",
    "@@~=${{file(./secrets.yml):{name}}}@@",
    "@@~=${{env:{name}, ''}}@@",
)

PLACEHOLDERS = (
    "@@?=changeme@@",
    "@@?=xxx@@",
    "@@?=TODO@@",
    "@@?=YOUR_KEY_HERE@@",
    "@@?=<your-secret>@@",
    "@@?=REPLACE_ME@@",
    "@@?=your-api-key@@",
    "@@?=xxxxxxxxxxxxxxxx@@",
    "@@?=insert-secret-here@@",
)

REMARKS = (
    "TODO: move to parameter store",
    "keep in sync with the frontend",
    "used by the lambda authorizer only",
    "don't touch, ask DevOps",
    "temporary!!",
    "shared with the mobile team",
)

VOCABULARY = Vocabulary(SECRETS, ORDINARY, TEMPTING, REFERENCES, PLACEHOLDERS)

"""Words that exclude a secret from a name, though a phrase next to them means one."""

from __future__ import annotations

from migrate.detect.name_words import vocabulary

# After the phrase these name what the value is instead: a name, a place, a limit, a flag.
METADATA_WORDS = vocabulary(
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
_METADATA_AT_THE_END = vocabulary("email user username host service server role group event list map source comments")

# Before the phrase these make it a flag, an action, or something meant to be seen: anywhere, as the
# first word, or before a mere password or token (`RESET_TOKEN_SECRET` is a secret, `RESET_PASSWORD` none).
EXCLUDING_WORDS = vocabulary("public publishable publish anon anonymous sitekey hashed encrypted max min")
EXCLUDING_FIRST_WORDS = vocabulary(
    "is has not use uses require requires required num total allow enable enabled disable disabled skip hide show "
    "ignore without with validate check generate create update delete remove rotate"
)
EXCLUDING_VERBS = vocabulary("reset forgot forget forgotten change lost expired")
ACTIONS = EXCLUDING_VERBS | vocabulary("check generate create update delete remove rotate validate show use")
# Keys of these are sent to browsers on purpose: always, or more often than not.
ALWAYS_PUBLIC = vocabulary("pusher site")
OFTEN_PUBLIC = vocabulary("recaptcha captcha hcaptcha turnstile segment amplitude mixpanel posthog search")
EXCLUDING_PREDECESSORS: dict[str, frozenset[str]] = {
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
# Of the words after a phrase these decide in any position.
METADATA_ANYWHERE = METADATA_WORDS - _METADATA_AT_THE_END

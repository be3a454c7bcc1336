"""The meanings of AWS's errors: one row each, by error code, by phrase, and by class of exception.

Codes are those of the API references of SSM, STS and KMS, "Common Errors" included; classes are botocore's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from migrate.model import StoreError
from migrate.stores.errors import ExistsError, TargetError


class Row(Struct, frozen=True):
    """The meaning of the errors of these names, and what helps.

    `{profile}` in a hint becomes the option that names ours.

    In a row of phrases the names are patterns instead. One that `blames_key` is of the whole target where a run
    names a KMS key, since every put has that key.
    """

    names: tuple[str, ...]
    message: str
    hint: str | None = None
    kind: type[StoreError] = TargetError
    blames_key: bool = False


# With which a service wants us slower, in all its spellings.
THROTTLES = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
)
CLOCK_CODES = ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired")
BROKEN_CODES = ("InternalServerError", "InternalFailure", "ServiceUnavailable", "500", "502", "503", "504")
# Classes of failures after which the request may have been carried out.
UNANSWERED = ("HTTPClientError", "BrokenAnswerError", "ResponseParserError")

CLOCK = Row(CLOCK_CODES, "this machine's clock is wrong, as AWS sees it", "set the clock, then run again")
KEY = Row(
    ("InvalidKeyId", "NotFoundException", "DisabledException"),
    "the KMS key is missing, disabled, to be deleted, or of another region",
    "check the key, and --kms-key-id: an id, an ARN or an alias/…",
    StoreError,
    blames_key=True,
)
INVALID = Row(
    ("ParamValidationError", "UnicodeError"),
    "AWS does not take the request",
    "check the name, the tags and --kms-key-id",
    StoreError,
)
BROKEN_ANSWER = Row(
    ("BrokenAnswerError", "ResponseParserError"),
    "the answer is no whole answer of AWS",
    "check proxy and AWS_ENDPOINT_URL_SSM; then run again",
)
UNFORESEEN_CODE = Row((), "AWS refuses", None, StoreError)
UNFORESEEN = Row((), "AWS's client failed", "run again: what is done counts")

_CODES = (
    Row(
        ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"),
        "the credentials have expired",
        "sign in again with `aws sso login{profile}`, or renew the session keys; then run again: what is done counts",
    ),
    Row(
        (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "AuthFailure",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ),
        "AWS does not accept the credentials",
        "see whose they are with `aws sts get-caller-identity{profile}`",
    ),
    Row(
        THROTTLES,
        "throttled again and again",
        "the account's rate of Parameter Store calls is used up; run again later: what is done counts",
    ),
    Row(BROKEN_CODES, "the service has an internal error", "run again later: what is done counts"),
    KEY,
    Row(
        ("TooManyUpdates",),
        "too many updates of this parameter at once",
        "run again when the others are done",
        StoreError,
    ),
    Row(
        ("ParameterAlreadyExists",),
        "a parameter of this name with another value is there",
        "choose another name, or run again and allow the overwrite (--on-conflict)",
        ExistsError,
    ),
    Row(("ParameterNotFound",), "it is not there any more", "run again: it is put as a new one", StoreError),
    Row(
        ("ParameterLimitExceeded",),
        "the account's number of parameters in this region is used up",
        "delete unused ones, or use --tier advanced (AWS charges for it)",
    ),
    Row(
        ("ParameterMaxVersionLimitExceeded",),
        "100 versions are kept and the oldest one has a label",
        "move that label, or choose another name",
        StoreError,
    ),
    Row(
        ("HierarchyLevelLimitExceededException",),
        "the name has too many levels",
        "15 are allowed: choose a shorter name",
        StoreError,
    ),
    Row(
        ("HierarchyTypeMismatchException",),
        "it is there with another type, which AWS never changes into SecureString",
        "choose another name, or delete that parameter first",
        StoreError,
    ),
    Row(
        ("ParameterPatternMismatchException",),
        "the value does not match the pattern that the parameter allows",
        "choose another name",
        StoreError,
    ),
    Row(("TooManyTagsError",), "it would have too many tags", "50 are allowed", StoreError),
)

# Of a ValidationException, whose text as a whole may echo the value; the first that matches counts.
PHRASES = (
    Row((r"downgrade",), "it has the advanced tier, which can't become standard", "use --tier advanced", StoreError),
    Row(
        (r"maximum parameter value", r"advanced-parameter tier"),
        "the value is too long for the tier",
        "4,096 bytes, or 8,192 with --tier advanced",
        StoreError,
    ),
    Row((r"greater than or equal to 1\b",), "the value is empty", "AWS stores no empty value", StoreError),
    Row((r"can.t nest", r"{{"), "the value holds {{, which Parameter Store keeps for itself", None, StoreError),
    Row(
        (r"prefixed with", r"sub-path", r"fully qualified", r"parameter name"),
        "AWS does not take the name",
        "letters, digits and . - _ in parts behind a /, and neither aws nor ssm in front",
        StoreError,
    ),
    replace(KEY, names=(r"key ?id", r"kms")),
)

_CLASSES = (
    Row(
        ("NoCredentialsError",),
        "no AWS credentials found",
        "sign in with `aws sso login{profile}`, set AWS_PROFILE or --profile; --dry-run and --sandbox need none",
    ),
    Row(("PartialCredentialsError",), "the AWS credentials are incomplete", "check them with `aws configure list`"),
    Row(
        ("CredentialRetrievalError",),
        "the program or service that gives the AWS credentials failed",
        "try `aws sts get-caller-identity{profile}`",
    ),
    Row(("MetadataRetrievalError",), "the credentials service of this machine or container does not answer"),
    Row(("ProfileNotFound",), "there is no such AWS profile", "`aws configure list-profiles` names them"),
    Row(("ConfigParseError",), "the AWS config or credentials file can't be parsed", "check ~/.aws"),
    Row(("InvalidConfigError",), "the AWS profile contradicts itself", "check ~/.aws/config"),
    Row(("NoRegionError",), "no region", "give one: --region, AWS_REGION, or provider.region in the manifest"),
    Row(("InvalidRegionError",), "not the name of a region", "check --region, AWS_REGION and provider.region"),
    Row(
        ("RefreshWithMFAUnsupportedError",),
        "the role wants an MFA code again",
        "renew the session with the AWS CLI, then run again",
    ),
    Row(
        ("MissingDependencyException",),
        "this kind of sign-in needs the AWS CRT",
        "install it: pip install 'botocore[crt]'",
    ),
    Row(
        ("SSOError", "LoginError", "TokenRetrievalError", "NoAuthTokenError"),
        "there is no valid sign-in session",
        "sign in with `aws sso login{profile}` (or `aws login`), then run again",
    ),
    Row(
        ("EndpointConnectionError",),
        "can't connect",
        "check network, proxy, region and AWS_ENDPOINT_URL_SSM; then run again: what is done counts",
    ),
    Row(("ConnectionClosedError",), "the connection broke off", "run again: what is done counts"),
    Row(
        ("ConnectTimeoutError", "ReadTimeoutError"),
        "no answer in time",
        "check network, proxy and region; then run again: what is done counts",
    ),
    Row(("SSLError",), "TLS failed", "check the proxy, the clock, and AWS_CA_BUNDLE"),
    Row(("ProxyConnectionError",), "can't connect to the proxy", "check HTTPS_PROXY and NO_PROXY"),
    BROKEN_ANSWER,
    Row(("HTTPClientError",), "the connection failed", "run again: what is done counts"),
    INVALID,
    Row(("ValueError",), "the AWS settings can't be used", "check AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL"),
)


def _by_name(rows: Iterable[Row]) -> Mapping[str, Row]:
    return {name: row for row in rows for name in row.names}


BY_CODE = _by_name(_CODES)
# For an exception raised on this side; the first of its bases that is a key here counts.
BY_CLASS = _by_name(_CLASSES)

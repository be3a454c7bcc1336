"""What AWS's errors mean: a table from error codes and exception names to a message and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from migrate.model import StoreError


class TargetError(StoreError):
    """A fault that no other parameter at the same target would escape: credentials, network, limits."""


class DeniedError(StoreError):
    """A permission is missing, for this parameter at least."""


class ExistsError(StoreError):
    """The name is taken."""


class BrokenAnswerError(Exception):
    """An answer of success that lacks what every whole one has."""


class CallContext(Struct, frozen=True):
    """In which call an error came up.

    `operation` is the API's name for it, or '' while the AWS settings were being read.
    """

    operation: str = ""
    names: tuple[str, ...] = ()
    profile: str | None = None
    region: str | None = None
    account: str | None = None
    endpoint: str | None = None
    partition: str = "aws"
    key_id: str | None = None

    @property
    def action(self) -> str:
        """The IAM action of the call."""
        return f"{'sts' if self.operation == 'GetCallerIdentity' else 'ssm'}:{self.operation}"

    @property
    def subject(self) -> str:
        """The call and what it was about."""
        if not self.operation:
            return "AWS settings"
        first, more = self.names[0] if self.names else "", len(self.names) - 1
        return f"{self.action} {first}".rstrip() + (f" and {more} more" if more > 0 else "")

    @property
    def place(self) -> str:
        """Account, region and endpoint, as far as they are known."""
        whose = f"account {self.account}" if self.account else f"profile {self.profile}" if self.profile else ""
        return ", ".join(part for part in (whose, self.region, self.endpoint) if part)

    @property
    def resource(self) -> str:
        """The parameter's ARN, as a policy would name it."""
        name = self.names[0] if len(self.names) == 1 else "*"
        account = self.account if (self.account or "").isdigit() else "*"
        return f"arn:{self.partition}:ssm:{self.region}:{account}:parameter/{name.lstrip('/')}"

    def error(self, why: str, hint: str, kind: type[StoreError] = StoreError) -> StoreError:
        """Return an error of ours on this call."""
        return kind(f"{self.subject}: {why} [{self.place}]", hint=hint)


class _Meaning(Struct, frozen=True):
    """What an error says and what helps; `{profile}` in a hint becomes the option that names ours."""

    message: str
    hint: str | None = None
    kind: type[StoreError] = TargetError


# What a service says that wants us slower, in all its spellings.
THROTTLES = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
)
_BROKEN_CODES = ("InternalServerError", "InternalFailure", "ServiceUnavailable", "500", "502", "503", "504")
# Classes of failures after which what was asked may have been done all the same.
_UNANSWERED = ("HTTPClientError", "BrokenAnswerError", "ResponseParserError")

_EXPIRED = _Meaning(
    "the credentials have expired",
    "sign in again with `aws sso login{profile}`, or renew the session keys; then run again: what is done counts",
)
_REJECTED = _Meaning(
    "AWS does not accept the credentials", "see whose they are with `aws sts get-caller-identity{profile}`"
)
_CLOCK = _Meaning("this machine's clock is wrong, as AWS sees it", "set the clock, then run again")
_CLOCK_CODES = ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired")
_THROTTLED = _Meaning(
    "throttled again and again",
    "the account's rate of Parameter Store calls is used up; run again later: what is done counts",
)
_KEY = _Meaning(
    "the KMS key is missing, disabled, to be deleted, or of another region",
    "check the key, and --kms-key-id: an id, an ARN or an alias/…",
    StoreError,
)
_BROKEN = _Meaning("the service has an internal error", "run again later: what is done counts")
_NO_ANSWER = _Meaning("no answer in time", "check network, proxy and region; then run again: what is done counts")
_SIGN_IN = _Meaning(
    "there is no valid sign-in session", "sign in with `aws sso login{profile}` (or `aws login`), then run again"
)

# By the service's error code.
_CODES: Mapping[str, _Meaning] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"), _EXPIRED),
    **dict.fromkeys(
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
        _REJECTED,
    ),
    **dict.fromkeys(THROTTLES, _THROTTLED),
    **dict.fromkeys(_BROKEN_CODES, _BROKEN),
    **dict.fromkeys(("InvalidKeyId", "NotFoundException", "DisabledException"), _KEY),
    "TooManyUpdates": _Meaning(
        "too many updates of this parameter at once", "run again when the others are done", StoreError
    ),
    "ParameterAlreadyExists": _Meaning(
        "a parameter of this name with another value is there",
        "choose another name, or run again and allow the overwrite (--on-conflict)",
        ExistsError,
    ),
    "ParameterLimitExceeded": _Meaning(
        "the account's number of parameters in this region is used up",
        "delete unused ones, or use --tier advanced (AWS charges for it)",
    ),
    "ParameterMaxVersionLimitExceeded": _Meaning(
        "100 versions are kept and the oldest one has a label", "move that label, or choose another name", StoreError
    ),
    "HierarchyLevelLimitExceededException": _Meaning(
        "the name has too many levels", "15 are allowed: choose a shorter name", StoreError
    ),
    "HierarchyTypeMismatchException": _Meaning(
        "it is there with another type, which AWS never changes into SecureString",
        "choose another name, or delete that parameter first",
        StoreError,
    ),
    "ParameterPatternMismatchException": _Meaning(
        "the value does not match the pattern that the parameter allows", "choose another name", StoreError
    ),
    "TooManyTagsError": _Meaning("it would have too many tags", "50 are allowed", StoreError),
}

# Phrases of a ValidationException, whose text as a whole may echo the value.
_PHRASES: tuple[tuple[str, _Meaning], ...] = (
    (
        r"downgrade",
        _Meaning("it has the advanced tier, which can't become standard", "use --tier advanced", StoreError),
    ),
    (
        r"maximum parameter value|advanced-parameter tier",
        _Meaning("the value is too long for the tier", "4,096 bytes, or 8,192 with --tier advanced", StoreError),
    ),
    (r"greater than or equal to 1\b", _Meaning("the value is empty", "AWS stores no empty value", StoreError)),
    (r"can.t nest|{{", _Meaning("the value holds {{, which Parameter Store keeps for itself", None, StoreError)),
    (
        r"prefixed with|sub-path|fully qualified|parameter name",
        _Meaning(
            "AWS does not take the name",
            "letters, digits and . - _ in parts behind a /, and neither aws nor ssm in front",
            StoreError,
        ),
    ),
    (r"key ?id|kms", _KEY),
)
_INVALID = _Meaning("AWS does not take the request", "check the name, the tags and --kms-key-id", StoreError)

# By the class of an exception raised on this side; the first of its bases that stands here counts.
_CLASSES: Mapping[str, _Meaning] = {
    "NoCredentialsError": _Meaning(
        "no AWS credentials found",
        "sign in with `aws sso login{profile}`, set AWS_PROFILE or --profile; --dry-run and --sandbox need none",
    ),
    "PartialCredentialsError": _Meaning("the AWS credentials are incomplete", "check them with `aws configure list`"),
    "CredentialRetrievalError": _Meaning(
        "the program or service that gives the AWS credentials failed", "try `aws sts get-caller-identity{profile}`"
    ),
    "MetadataRetrievalError": _Meaning("the credentials service of this machine or container does not answer"),
    "ProfileNotFound": _Meaning("there is no such AWS profile", "`aws configure list-profiles` names them"),
    "ConfigParseError": _Meaning("the AWS config or credentials file can't be parsed", "check ~/.aws"),
    "InvalidConfigError": _Meaning("the AWS profile contradicts itself", "check ~/.aws/config"),
    "NoRegionError": _Meaning("no region", "give one: --region, AWS_REGION, or provider.region in the manifest"),
    "InvalidRegionError": _Meaning("the region is none", "check --region, AWS_REGION and provider.region"),
    "RefreshWithMFAUnsupportedError": _Meaning(
        "the role wants an MFA code again", "renew the session with the AWS CLI, then run again"
    ),
    "MissingDependencyException": _Meaning(
        "this kind of sign-in needs the AWS CRT", "install it: pip install 'botocore[crt]'"
    ),
    **dict.fromkeys(("SSOError", "LoginError", "TokenRetrievalError", "NoAuthTokenError"), _SIGN_IN),
    "EndpointConnectionError": _Meaning(
        "can't connect", "check network, proxy, region and AWS_ENDPOINT_URL_SSM; then run again: what is done counts"
    ),
    "ConnectionClosedError": _Meaning("the connection broke off", "run again: what is done counts"),
    "ConnectTimeoutError": _NO_ANSWER,
    "ReadTimeoutError": _NO_ANSWER,
    "SSLError": _Meaning("TLS failed", "check the proxy, the clock, and AWS_CA_BUNDLE"),
    "ProxyConnectionError": _Meaning("can't connect to the proxy", "check HTTPS_PROXY and NO_PROXY"),
    **dict.fromkeys(
        ("BrokenAnswerError", "ResponseParserError"),
        _Meaning("the answer is no whole answer of AWS", "check proxy and AWS_ENDPOINT_URL_SSM; then run again"),
    ),
    "HTTPClientError": _Meaning("the connection failed", "run again: what is done counts"),
    "ParamValidationError": _INVALID,
    "UnicodeError": _INVALID,
    "ValueError": _Meaning("the AWS settings can't be used", "check AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL"),
}
_UNFORESEEN = _Meaning("AWS's client failed", "run again: what is done counts")


def code_of(failure: Exception) -> str:
    """The service's error code, or '' where the error is not the service's. Never more than a word."""
    response = getattr(failure, "response", None)
    if not isinstance(response, Mapping):
        return ""
    code = str(response.get("Error", {}).get("Code", "")).rpartition("#")[2]
    is_word = len(code) <= 64 and re.fullmatch(r"(?:[A-Z]+[a-z]+)+(?:\.[A-Z][A-Za-z]+)*|[A-Z]{1,16}|\d{3}", code)
    return code if is_word else "Unknown"


def is_broken_answer(failure: Exception) -> bool:
    """Whether an answer came but can't be made sense of; what was asked may have been done."""
    return type(failure).__name__ in ("BrokenAnswerError", "ResponseParserError")


def explain(failure: Exception, context: CallContext) -> StoreError:
    """The error in our words. The service's own text may echo values: it is looked at, never quoted."""
    code = code_of(failure)
    text = str(failure) if code else ""
    if "AccessDenied" in code or "Unauthorized" in code:
        return _denied(text, context)
    meaning = _meaning(failure, code, text)
    known_as = code or type(failure).__name__
    kind = TargetError if meaning is _KEY and context.key_id else meaning.kind  # every put of a run has that key
    hint = meaning.hint and meaning.hint.replace(
        "{profile}", f" --profile {context.profile}" if context.profile else ""
    )
    message = f"{context.subject}: {meaning.message} ({known_as})"
    if context.operation == "PutParameter" and _is_uncertain(failure, code):
        message += ", it may have been put or not"
    return kind(f"{message} [{context.place}]" if context.place else message, hint=hint)


def _is_uncertain(failure: Exception, code: str) -> bool:
    return code in _BROKEN_CODES or any(base.__name__ in _UNANSWERED for base in type(failure).__mro__)


def _meaning(failure: Exception, code: str, text: str) -> _Meaning:
    if code in _CLOCK_CODES and re.search(r"Signature (?:expired|not yet current)|RequestTime", f"{text} {code}"):
        return _CLOCK
    if code in _CODES:
        return _CODES[code]
    if code.isdigit():  # an HTTP status without an error of the service: somebody else answered
        return _CLASSES["BrokenAnswerError"]
    if code.startswith("KMS"):
        return _KEY
    if code.startswith("Validation"):
        found = (meaning for phrase, meaning in _PHRASES if re.search(phrase, text, re.IGNORECASE))
        return next(found, _INVALID)
    if code:
        return _Meaning("AWS refuses", None, StoreError)
    bases = (base.__name__ for base in type(failure).__mro__)
    return next((_CLASSES[name] for name in bases if name in _CLASSES), _UNFORESEEN)


# What a call needs of KMS, where the service's text does not name it.
_KMS = {
    "PutParameter": "kms:Encrypt (kms:GenerateDataKey for the advanced tier)",
    "GetParameters": "kms:Decrypt",
}


def _denied(text: str, context: CallContext) -> DeniedError:
    told = re.search(r"to perform: ((?:ssm|kms|sts):[A-Za-z]{1,40})\b", text)
    about_key = re.search(r"KMS|ciphertext", text) is not None and context.operation in _KMS
    permission = told[1] if told else _KMS[context.operation] if about_key else context.action
    on = {"kms": "the KMS key", "sts": "*"}.get(permission.partition(":")[0], context.resource)
    forbidden = "; some policy denies it explicitly" if "explicit deny" in text else ""
    message = f"{context.subject}: access denied, {permission} is missing"
    return DeniedError(
        f"{message} [{context.place}]" if context.place else message,
        hint=f"allow {permission} on {on}{forbidden}",
    )

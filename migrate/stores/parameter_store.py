"""The Parameter Store: a protocol of three calls, and Amazon's answer to them."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from migrate.model import Identity, Parameter, Secret, SlsMigrateError, StoredParameter, StoreError, Target
from migrate.stores.endpoints import is_aws, is_loopback, vouches, without_credentials
from migrate.stores.errors import (
    THROTTLES,
    BrokenAnswerError,
    DeniedError,
    ExistsError,
    Scene,
    TargetError,
    code_of,
    explain,
    is_broken_answer,
)

__all__ = [
    "BATCH",
    "SECURE_STRING",
    "UNKNOWN_ACCOUNT",
    "DeniedError",
    "Pace",
    "ParameterStore",
    "SsmStore",
    "TargetError",
    "open_store",
    "require_account",
]

BATCH = 10  # GetParameters takes no more names
SECURE_STRING = "SecureString"
UNKNOWN_ACCOUNT = "unknown"

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_PATIENCE = 120.0
_LONG_SECONDS = 8.0  # without a word, after which a person wonders
_LONGEST_PAUSE = 8.0
# Codes to wait out: botocore never retries the first, and gives up on the others once its retry quota is spent.
_WAIT_FOR = ("TooManyUpdates", *THROTTLES)
_METHODS = {
    "GetCallerIdentity": "get_caller_identity",
    "GetParameters": "get_parameters",
    "PutParameter": "put_parameter",
    "AddTagsToResource": "add_tags_to_resource",
}
# What a whole answer holds. botocore takes one that was cut off for a success with nothing in it.
_ANSWERS = {
    "GetCallerIdentity": "Account",
    "GetParameters": "Parameters",
    "PutParameter": "Version",
    "AddTagsToResource": "ResponseMetadata",
}
_BROKEN_ANSWERS = 3
_CHATTY = ("boto3", "botocore", "urllib3")


class ParameterStore(Protocol):
    """What the program needs of a store. Every method raises StoreError and nothing else."""

    def identity(self) -> Identity:
        """Who we are there, and where that is."""
        ...

    def look(self, names: Sequence[str]) -> dict[str, StoredParameter]:
        """The parameters of these names, decrypted; one that is absent is missing from the result.

        One that is there but can't be read or decrypted is an error, never absent.
        """
        ...

    def put(self, parameter: Parameter, *, overwrite: bool, seen: int | None = None) -> int:
        """Stores it as SecureString and gives its version.

        Without `overwrite`, a parameter that is there with this very value counts as stored. `seen` is the
        version that was agreed to be overwritten: StoreError where somebody else's was overwritten with it.
        """
        ...


class Pace(Protocol):
    """When the next put may be sent."""

    def wait(self) -> None:
        """Returns when it is this put's turn."""
        ...

    def heard(self, *, throttled: bool) -> None:
        """What the store said to a put: that it came too soon, or anything else."""
        ...


def open_store(
    target: Target,
    pace_of: Callable[[Identity], Pace] | None = None,
    tell: Callable[[str], None] | None = None,
) -> ParameterStore:
    """The Parameter Store of a profile and region; StoreError where the AWS settings can't be used.

    `pace_of` gives the pace of puts to an account and region; `tell` is told of calls that take long.
    """
    store = SsmStore(target, tell=tell)
    if pace_of is not None:
        store.keep(pace_of(store.identity()))
    return store


def require_account(identity: Identity, expected: str | None) -> None:
    """Raises SlsMigrateError where the store is not surely of the account that `--expect-account` names."""
    if not expected or identity.account == expected:
        return
    if identity.account != UNKNOWN_ACCOUNT:
        raise SlsMigrateError(
            f"this is account {identity.account}, not {expected} as --expect-account says",
            hint="choose another --profile; nothing was put",
        )
    where = identity.endpoint or f"AWS while STS is asked at {identity.sts_endpoint}"
    raise SlsMigrateError(
        f"nobody can say that this is account {expected}, as --expect-account wants: the store is {where}",
        hint="lead AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL_STS to AWS, or both to one place; nothing was put",
    )


class SsmStore:
    """AWS Systems Manager, or whatever answers at the configured endpoint.

    `attempts` are botocore's per call; `patience` is how many seconds more to go on asking a store
    that wants us slower; `tell` is told, from another thread, of a call that takes long.
    """

    def __init__(
        self,
        target: Target,
        *,
        attempts: int = 10,
        patience: float = _PATIENCE,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._tell = tell
        self._profile = target.profile or _profile_of_environment()
        self._patience = patience
        self._identity: Identity | None = None
        self._region = target.region or os.environ.get("AWS_REGION") or None  # botocore reads AWS_DEFAULT_REGION alone
        self._endpoint: str | None = None
        clients, failure = _attempt(_clients, target.profile, self._region, attempts)
        if failure is not None:
            raise explain(failure, self._seen_from_here(Scene()))
        self._ssm, self._sts, own = clients
        self._region = self._ssm.meta.region_name
        if self._ssm.meta.endpoint_url != own:
            self._endpoint = without_credentials(self._ssm.meta.endpoint_url)

    def identity(self) -> Identity:
        """Account and principal as STS tells them, asked once.

        The account is `UNKNOWN_ACCOUNT` where STS does not speak for the store. Where it does not answer that
        is an error, but for a store on this very machine: nothing can go astray to another account then.
        """
        if self._identity is None:
            self._identity = self._ask_identity()
        return self._identity

    def keep(self, pace: Pace) -> None:
        """Let every put wait its turn, each of botocore's own retries included."""

        def heard(parsed_response: Mapping[str, Any] | None = None, **_: object) -> None:
            code = (parsed_response or {}).get("Error", {}).get("Code", "")
            pace.heard(throttled=code in _WAIT_FOR)

        events = self._ssm.meta.events
        # Before the request is signed, lest the signature grows old.
        events.register_first("request-created.ssm.PutParameter", lambda **_: pace.wait())
        events.register("response-received.ssm.PutParameter", heard)

    def _ask_identity(self) -> Identity:
        try:
            answer = self._call(self._sts, Scene("GetCallerIdentity"))
        except StoreError:
            if self._endpoint is None or not is_loopback(self._endpoint):
                raise
            answer = {}
        sts, ssm = self._sts.meta.endpoint_url, self._ssm.meta.endpoint_url
        account = str(answer.get("Account", UNKNOWN_ACCOUNT)) if vouches(sts, ssm) else UNKNOWN_ACCOUNT
        elsewhere = None if is_aws(sts) or vouches(sts, ssm) else without_credentials(sts)
        arn, region = str(answer.get("Arn", "")), str(self._region)
        return Identity(account, arn, region, self._endpoint, self._profile, elsewhere)

    def look(self, names: Sequence[str]) -> dict[str, StoredParameter]:
        """See `ParameterStore`."""
        wanted = tuple(dict.fromkeys(names))
        found: dict[str, StoredParameter] = {}
        for start in range(0, len(wanted), BATCH):
            found.update(self._look_once(wanted[start : start + BATCH]))
        return found

    def _look_once(self, names: tuple[str, ...]) -> dict[str, StoredParameter]:
        answer = self._call(self._ssm, Scene("GetParameters", names), Names=list(names), WithDecryption=True)
        told = {str(each.get("Name")): each for each in answer["Parameters"]}
        absent = answer.get("InvalidParameters", ())
        for name in names:
            if name in told and not isinstance(told[name].get("Value"), str):
                raise self._unreadable(name, "it is there but was not decrypted")
            if name not in told and name not in absent:
                raise self._unreadable(name, "left out of the store's answer")
            if name in told and not name.startswith("arn:"):
                self._require_own(name, str(told[name].get("ARN")))
        return {
            name: StoredParameter(
                name, str(told[name].get("Type")), int(told[name].get("Version") or 0), Secret(told[name]["Value"])
            )
            for name in names
            if name in told
        }

    def _require_own(self, name: str, arn: str) -> None:
        """The store's own word on its account, which credentials that were renewed in mid-run may have changed."""
        known, told = self._identity, arn.split(":")[4:5]
        if known and known.account != UNKNOWN_ACCOUNT and told and told[0] not in ("", known.account):
            scene = self._seen_from_here(Scene("GetParameters", (name,)))
            why = f"it is of account {told[0]}, and not of the one that STS told"
            raise TargetError(f"{scene.subject}: {why} [{scene.place}]", hint="check the credentials and the endpoints")

    def _unreadable(self, name: str, why: str) -> StoreError:
        scene = self._seen_from_here(Scene("GetParameters", (name,)))
        hint = "check its KMS key, and that you are allowed kms:Decrypt on it"
        return StoreError(f"{scene.subject}: {why} [{scene.place}]", hint=hint)

    def put(self, parameter: Parameter, *, overwrite: bool, seen: int | None = None) -> int:
        """See `ParameterStore`."""
        tags = [{"Key": key, "Value": value} for key, value in parameter.tags]
        if overwrite and tags:
            # The API refuses them with the put; were they added after it, a run that died between would not come back.
            self._tag(parameter.name, tags)
        options = {"KeyId": parameter.key_id, "Tags": None if overwrite else tags}
        try:
            answer = self._call(
                self._ssm,
                Scene("PutParameter", (parameter.name,), key_id=parameter.key_id),
                Name=parameter.name,
                Value=parameter.secret.reveal(),
                Type=SECURE_STRING,
                Tier=parameter.tier.value,
                Overwrite=overwrite,
                **{name: value for name, value in options.items() if value},
            )
        except ExistsError as taken:
            return self._version_of_ours(parameter, taken)
        version = int(answer["Version"])
        for between in range(version if seen is None else seen + 1, version):
            self._require_ours(parameter, between)
        return version

    def _tag(self, name: str, tags: Sequence[Mapping[str, str]]) -> None:
        scene = Scene("AddTagsToResource", (name,))
        self._call(self._ssm, scene, ResourceType="Parameter", ResourceId=name, Tags=tags)

    def _version_of_ours(self, parameter: Parameter, taken: StoreError) -> int:
        """botocore's retry after a lost reply meets our own parameter, and so may a run after one that died."""
        stored = self.look([parameter.name]).get(parameter.name)
        if stored is not None and stored.type != SECURE_STRING:
            raise self._about_put(
                parameter, f"it is there as {stored.type}, not as {SECURE_STRING}", "choose another name", ExistsError
            ) from None
        if stored is None or stored.secret != parameter.secret:
            raise taken from None
        return stored.version

    def _require_ours(self, parameter: Parameter, version: int) -> None:
        """A version between the one that was seen and ours is ours too, by a retry after a lost reply, or is lost."""
        name = f"{parameter.name}:{version}"
        answer = self._call(self._ssm, Scene("GetParameters", (name,)), Names=[name], WithDecryption=True)
        if not any(Secret(each.get("Value", "")) == parameter.secret for each in answer["Parameters"]):
            hint = "tell whoever it was; `aws ssm get-parameter-history` still shows it; run again to go on with yours"
            why = f"overwrote version {version} too, which somebody else put after you had looked"
            raise self._about_put(parameter, why, hint)

    def _about_put(self, parameter: Parameter, why: str, hint: str, kind: type[StoreError] = StoreError) -> StoreError:
        scene = self._seen_from_here(Scene("PutParameter", (parameter.name,)))
        return kind(f"{scene.subject}: {why} [{scene.place}]", hint=hint)

    def _call(self, client: Any, scene: Scene, **arguments: Any) -> Mapping[str, Any]:
        with self._told_if_long(scene):
            return self._call_until_answered(client, scene, arguments)

    @contextlib.contextmanager
    def _told_if_long(self, scene: Scene) -> Iterator[None]:
        if self._tell is None:
            yield
            return
        told = threading.Timer(_LONG_SECONDS, self._tell, [f"{scene.subject}: no success yet, still trying"])
        told.daemon = True
        told.start()
        try:
            yield
        finally:
            told.cancel()

    def _call_until_answered(self, client: Any, scene: Scene, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """One API call, made again while the store wants us slower or its answers break off.

        The error is raised outside of any `except`: botocore's own exceptions hold the request.
        """
        pause, deadline, broken = 0.5, time.monotonic() + self._patience, 0
        while True:
            _hush()
            answer, failure = _attempt(getattr(client, _METHODS[scene.operation]), **arguments)
            if failure is None and _ANSWERS[scene.operation] not in answer:
                failure = BrokenAnswerError()
            if failure is None:
                return dict(answer)
            broken += is_broken_answer(failure)
            waits = code_of(failure) in _WAIT_FOR or (is_broken_answer(failure) and broken < _BROKEN_ANSWERS)
            if not waits or time.monotonic() + pause > deadline:
                raise explain(failure, self._seen_from_here(scene))
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, guards nothing
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _seen_from_here(self, scene: Scene) -> Scene:
        """The scene with all that is known of this store."""
        known = self._identity
        return replace(
            scene,
            profile=self._profile,
            region=self._region,
            endpoint=self._endpoint,
            account=known.account if known else None,
            partition=(known.arn if known else "").partition(":")[2].partition(":")[0] or "aws",
        )


def _profile_of_environment() -> str | None:
    """The profile that the AWS variables name, unless they give keys, which go before it."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    return os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or None


def _clients(profile: str | None, region: str | None, attempts: int) -> tuple[Any, Any, str]:
    """Clients of both services, and the endpoint that the first would have if none were configured."""
    import boto3
    from botocore import awsrequest
    from botocore.config import Config

    for connection in (awsrequest.AWSHTTPConnection, awsrequest.AWSHTTPSConnection):
        connection.debuglevel = 0  # with http.client's set by anybody, it would print whole requests
    _hush()

    def config(most: int) -> Config:
        return Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": most},
        )

    session: Any = boto3.Session(profile_name=profile, region_name=region)
    unconfigured: dict[str, Any] = {"ignore_configured_endpoint_urls": True}
    ssm = session.client("ssm", config=config(attempts))
    sts = session.client("sts", config=config(min(attempts, 3)))
    own = session.client("ssm", config=Config(**unconfigured))
    return ssm, sts, own.meta.endpoint_url


def _attempt(call: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, Exception | None]:
    """What a call gives, or how it failed: botocore raises more than its own classes, with requests in their text."""
    try:
        return call(*arguments, **options), None
    except Exception as failure:
        return None, failure


def _not_chatty(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _hush() -> None:
    """Whoever asks for AWS's debug log gets none: it tells whole requests and responses, values included."""
    for name in _CHATTY:  # for those below them that are not there yet
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] in _CHATTY and isinstance(logger, logging.Logger):
            logger.addFilter(_not_chatty)

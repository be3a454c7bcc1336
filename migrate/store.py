"""The Parameter Store: a protocol of three calls, and Amazon's answer to them."""

from __future__ import annotations

import ipaddress
import logging
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from migrate.model import Identity, Parameter, Secret, StoredParameter, StoreError, Target
from migrate.store_errors import (
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
]

BATCH = 10  # GetParameters takes no more names
SECURE_STRING = "SecureString"
UNKNOWN_ACCOUNT = "unknown"

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_PATIENCE = 120.0
_LONGEST_PAUSE = 8.0
# Codes to wait out: botocore never retries the first, and gives up on the others once its retry quota is spent.
_WAIT_FOR = ("TooManyUpdates", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException")
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

    def put(self, parameter: Parameter, *, overwrite: bool) -> int:
        """Stores it as SecureString and gives its version.

        Without `overwrite`, a parameter that is there with this very value counts as stored.
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


def open_store(target: Target, pace_of: Callable[[Identity], Pace] | None = None) -> ParameterStore:
    """The Parameter Store of a profile and region; StoreError where the AWS settings can't be used.

    `pace_of` gives the pace of puts to an account and region.
    """
    store = SsmStore(target)
    if pace_of is not None:
        store.keep(pace_of(store.identity()))
    return store


class SsmStore:
    """AWS Systems Manager, or whatever answers at the configured endpoint.

    `attempts` are botocore's per call; `patience` is how many seconds more to go on asking a store
    that wants us slower.
    """

    def __init__(self, target: Target, *, attempts: int = 10, patience: float = _PATIENCE) -> None:
        self._target = target
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
            self._endpoint = _without_credentials(self._ssm.meta.endpoint_url)

    def identity(self) -> Identity:
        """Account and principal as STS tells them, asked once.

        Where the store is an endpoint on this very machine and STS does not answer, the account is
        `UNKNOWN_ACCOUNT`: nothing can go astray to another account then. Elsewhere that is an error.
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
            if self._endpoint is None or not _is_loopback(self._endpoint):
                raise
            answer = {}
        account = str(answer.get("Account", UNKNOWN_ACCOUNT))
        return Identity(account, str(answer.get("Arn", "")), str(self._region), self._endpoint)

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
        return {
            name: StoredParameter(
                name, str(told[name].get("Type")), int(told[name].get("Version") or 0), Secret(told[name]["Value"])
            )
            for name in names
            if name in told
        }

    def _unreadable(self, name: str, why: str) -> StoreError:
        scene = self._seen_from_here(Scene("GetParameters", (name,)))
        hint = "check its KMS key, and that you are allowed kms:Decrypt on it"
        return StoreError(f"{scene.subject}: {why} [{scene.place}]", hint=hint)

    def put(self, parameter: Parameter, *, overwrite: bool) -> int:
        """See `ParameterStore`."""
        tags = [{"Key": key, "Value": value} for key, value in parameter.tags]
        options = {"KeyId": parameter.key_id, "Tags": None if overwrite else tags}  # the API refuses tags on overwrite
        scene = Scene("PutParameter", (parameter.name,), key_id=parameter.key_id)
        try:
            answer = self._call(
                self._ssm,
                scene,
                Name=parameter.name,
                Value=parameter.secret.reveal(),
                Type=SECURE_STRING,
                Tier=parameter.tier.value,
                Overwrite=overwrite,
                **{name: value for name, value in options.items() if value},
            )
        except ExistsError as taken:
            return self._version_of_ours(parameter, taken)
        if overwrite and tags:
            self._call(
                self._ssm,
                Scene("AddTagsToResource", (parameter.name,)),
                ResourceType="Parameter",
                ResourceId=parameter.name,
                Tags=tags,
            )
        return int(answer["Version"])

    def _version_of_ours(self, parameter: Parameter, taken: StoreError) -> int:
        """botocore's retry after a lost reply meets our own parameter, and so may a run after one that died."""
        stored = self.look([parameter.name]).get(parameter.name)
        if stored is None or stored.type != SECURE_STRING or stored.secret != parameter.secret:
            raise taken from None
        return stored.version

    def _call(self, client: Any, scene: Scene, **arguments: Any) -> Mapping[str, Any]:
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
            profile=self._target.profile,
            region=self._region,
            endpoint=self._endpoint,
            account=known.account if known else None,
            partition=(known.arn if known else "").partition(":")[2].partition(":")[0] or "aws",
        )


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


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

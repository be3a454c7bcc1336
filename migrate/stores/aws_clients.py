"""Quiet clients of boto3: imported when the first is needed, and never a word of a request in a log."""

from __future__ import annotations

import logging
import os
from typing import Any

from msgspec import Struct

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_STS_ATTEMPTS = 3
_CHATTY = ("boto3", "botocore", "urllib3")


class AwsClients(Struct, frozen=True):
    """Clients of both services; `default_endpoint` is the store's own where none is configured."""

    ssm: Any
    sts: Any
    default_endpoint: str


def create_clients(profile: str | None, region: str | None, attempts: int) -> AwsClients:
    """Create the clients of a profile and region.

    `attempts` are botocore's per call. Raises botocore's errors.
    """
    import boto3
    from botocore import awsrequest
    from botocore.config import Config

    for connection in (awsrequest.AWSHTTPConnection, awsrequest.AWSHTTPSConnection):
        connection.debuglevel = 0  # with http.client's set by anybody, it would print whole requests
    silence_loggers()

    def config(most: int) -> Config:
        return Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": most},
        )

    session: Any = boto3.Session(profile_name=profile, region_name=region)
    unconfigured: dict[str, Any] = {"ignore_configured_endpoint_urls": True}
    ssm = session.client("ssm", config=config(attempts))
    sts = session.client("sts", config=config(min(attempts, _STS_ATTEMPTS)))
    own = session.client("ssm", config=Config(**unconfigured))
    return AwsClients(ssm, sts, own.meta.endpoint_url)


def profile_of_environment() -> str | None:
    """Return the profile that the AWS variables name, if any.

    Keys in the variables go before a profile.
    """
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    return os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or None


def region_of_environment() -> str | None:
    """Return the region of AWS_REGION, since botocore reads AWS_DEFAULT_REGION alone."""
    return os.environ.get("AWS_REGION") or None


def silence_loggers() -> None:
    """Drop AWS's debug log, even where a debug level is set.

    It holds whole requests and responses, values included.
    """
    for name in _CHATTY:  # for those below them that are not there yet
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] in _CHATTY and isinstance(logger, logging.Logger):
            logger.addFilter(_is_warning)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING

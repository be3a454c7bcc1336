"""One AWS API call, retried while the store throttles us or its answers are broken."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from migrate.stores.aws_clients import silence_loggers
from migrate.stores.aws_error_table import THROTTLES
from migrate.stores.aws_errors import BrokenAnswerError, code_of, is_broken_answer

# Codes to wait out: botocore never retries the first, and gives up on the others once its retry quota is spent.
RETRIED_CODES = ("TooManyUpdates", *THROTTLES)

_SLOW_SECONDS = 8.0  # without a word, after which a person wonders
_FIRST_PAUSE = 0.5  # seconds, as the next
_LONGEST_PAUSE = 8.0
_BROKEN_ANSWERS = 3
# By operation: boto3's method, and what a whole answer holds. botocore takes one that was cut off for a success
# with nothing in it.
_OPERATIONS: Mapping[str, tuple[str, str]] = {
    "GetCallerIdentity": ("get_caller_identity", "Account"),
    "GetParameters": ("get_parameters", "Parameters"),
    "GetParameterHistory": ("get_parameter_history", "Parameters"),
    "PutParameter": ("put_parameter", "Version"),
    "AddTagsToResource": ("add_tags_to_resource", "ResponseMetadata"),
}


def attempt(call: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, Exception | None]:
    """Return what a call returns, or the exception that it raised.

    botocore raises more than its own classes. The text of its errors holds requests, so the errors that follow from
    it must be raised outside of any `except`.
    """
    try:
        return call(*arguments, **options), None
    except Exception as failure:
        return None, failure


def call_until_answered(
    client: Any, operation: str, arguments: Mapping[str, Any], patience: float
) -> tuple[Mapping[str, Any], Exception | None]:
    """Call an operation until its answer is whole or an error is final.

    Return the last failure once `patience` seconds are over.
    """
    method, wanted = _OPERATIONS[operation]
    pause, deadline, broken = _FIRST_PAUSE, time.monotonic() + patience, 0
    while True:
        silence_loggers()
        answer, failure = attempt(getattr(client, method), **arguments)
        if failure is None and wanted not in answer:
            failure = BrokenAnswerError()
        if failure is None:
            return dict(answer), None
        if is_broken_answer(failure):
            broken += 1
        may_retry = broken < _BROKEN_ANSWERS if is_broken_answer(failure) else code_of(failure) in RETRIED_CODES
        if not may_retry or time.monotonic() + pause > deadline:
            return {}, failure
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, guards nothing
        pause = min(pause * 2, _LONGEST_PAUSE)


@contextlib.contextmanager
def slow_call_notice(notify: Callable[[str], None] | None, subject: str) -> Iterator[None]:
    """Call `notify` once, from another thread, if the block takes long."""
    if notify is None:
        yield
        return
    timer = threading.Timer(_SLOW_SECONDS, notify, [f"{subject}: no success yet, still trying"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

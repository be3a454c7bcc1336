"""AWS's errors in our words. The service's own text may echo values: it is searched, never quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from migrate.model import StoreError
from migrate.stores import aws_error_table as table
from migrate.stores.call_context import CallContext
from migrate.stores.errors import DeniedError, TargetError

_CODE = r"(?:[A-Z]+[a-z]+)+(?:\.[A-Z][A-Za-z]+)*|[A-Z]{1,16}|\d{3}"
_LONGEST_CODE = 64
# What a call needs of KMS, where the service's text does not name it.
_KMS_PERMISSIONS = {
    "PutParameter": "kms:Encrypt (kms:GenerateDataKey for the advanced tier)",
    "GetParameters": "kms:Decrypt",
}


class BrokenAnswerError(Exception):
    """An answer of success that lacks what every whole one has."""


def code_of(failure: Exception) -> str:
    """Return the service's error code, or '' for an error of another origin.

    Never more than one word is returned.
    """
    response = getattr(failure, "response", None)
    if not isinstance(response, Mapping):
        return ""
    code = str(response.get("Error", {}).get("Code", "")).rpartition("#")[2]
    return code if len(code) <= _LONGEST_CODE and re.fullmatch(_CODE, code) else "Unknown"


def is_broken_answer(failure: Exception) -> bool:
    """Return whether an answer came but can't be parsed.

    The request may have been carried out.
    """
    return type(failure).__name__ in table.BROKEN_ANSWER.names


def explain(failure: Exception, context: CallContext) -> StoreError:
    """Translate the failure of a call into an error of ours."""
    code = code_of(failure)
    text = str(failure) if code else ""
    if "AccessDenied" in code or "Unauthorized" in code:
        return _denied(text, context)
    row = _row_of(failure, code, text)
    option = f" --profile {context.profile}" if context.profile else ""
    hint = row.hint and row.hint.replace("{profile}", option)
    message = f"{row.message} ({code or type(failure).__name__})"
    if context.operation == "PutParameter" and _may_be_done(failure, code):
        message += ", it may have been put or not"
    return context.error(message, hint, TargetError if row.blames_key and context.key_id else row.kind)


def _may_be_done(failure: Exception, code: str) -> bool:
    return code in table.BROKEN_CODES or any(base.__name__ in table.UNANSWERED for base in type(failure).__mro__)


def _row_of(failure: Exception, code: str, text: str) -> table.Row:
    if not code:
        bases = (base.__name__ for base in type(failure).__mro__)
        return next((table.BY_CLASS[name] for name in bases if name in table.BY_CLASS), table.UNFORESEEN)
    if code in table.CLOCK_CODES and re.search(r"Signature (?:expired|not yet current)|RequestTime", f"{text} {code}"):
        return table.CLOCK
    if code in table.BY_CODE:
        return table.BY_CODE[code]
    if code.isdigit():  # an HTTP status without an error of the service: somebody else answered
        return table.BROKEN_ANSWER
    if code.startswith("KMS"):
        return table.KEY
    if code.startswith("Validation"):
        return _row_of_phrase(text)
    return table.UNFORESEEN_CODE


def _row_of_phrase(text: str) -> table.Row:
    for row in table.PHRASES:
        if any(re.search(phrase, text, re.IGNORECASE) for phrase in row.names):
            return row
    return table.INVALID


def _denied(text: str, context: CallContext) -> StoreError:
    permission = _missing_permission(text, context)
    resource = {"kms": "the KMS key", "sts": "*"}.get(permission.partition(":")[0], context.resource)
    forbidden = "; some policy denies it explicitly" if "explicit deny" in text else ""
    message = f"access denied, {permission} is missing"
    is_of_the_parameter_alone = context.has_own_key and permission.startswith("kms:")
    kind = StoreError if is_of_the_parameter_alone else DeniedError
    return context.error(message, f"allow {permission} on {resource}{forbidden}", kind)


def _missing_permission(text: str, context: CallContext) -> str:
    named = re.search(r"to perform: ((?:ssm|kms|sts):[A-Za-z]{1,40})\b", text)
    if named:
        return named[1]
    if re.search(r"KMS|ciphertext", text):
        return _KMS_PERMISSIONS.get(context.operation, context.action)
    return context.action

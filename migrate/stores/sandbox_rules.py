"""Rules of AWS that moto does not enforce: the sandbox adds them to moto's, with AWS's own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from migrate.model.lazy_pattern import LazyPattern
from migrate.stores.limits import MAX_ARN, MAX_LEVELS, MAX_VALUE_BYTES
from migrate.stores.sandbox_backends import ACCOUNT, backends

_NAME = LazyPattern(r"[A-Za-z0-9_.\-]+|(?:/[A-Za-z0-9_.\-]+)+")
_NAME_OR_SELECTOR = LazyPattern(rf"(?:arn:[A-Za-z0-9_.\-:]+:parameter)?(?:{_NAME.pattern})(?::[A-Za-z0-9_.\-]+)?")
_INVALID = "ValidationException"
_MOST_BYTES = {str(tier): most for tier, most in MAX_VALUE_BYTES.items()}


class Refusal(Struct, frozen=True):
    """An error of the service; `{tier}` and `{most}` become the request's tier and the bytes that it allows."""

    code: str
    message: str


class _Put(Struct, frozen=True):
    """A PutParameter, and the parameter that it would overwrite."""

    name: str
    value: str
    tier: str
    type: str | None
    region: str
    stored: Any

    @property
    def arn(self) -> str:
        return f"arn:aws:ssm:{self.region}:{ACCOUNT}:parameter/{self.name.lstrip('/')}"

    @property
    def most(self) -> int:
        return _MOST_BYTES.get(self.tier, 0)


_BAD_NAME = Refusal(
    _INVALID,
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of '
    "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following "
    "3 symbols .-_",
)
# The first that holds counts.
_PUT_RULES: tuple[tuple[Callable[[_Put], bool], Refusal], ...] = (
    (lambda put: _NAME.fullmatch(put.name) is None, _BAD_NAME),
    (
        lambda put: put.name.count("/") > MAX_LEVELS,
        Refusal("HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels."),
    ),
    (
        lambda put: len(put.arn) > MAX_ARN,
        Refusal(_INVALID, "Parameter name is longer than 1011 characters, its ARN included."),
    ),
    (
        lambda put: len(put.value.encode()) > put.most,
        Refusal(
            _INVALID,
            "{tier} tier parameters support a maximum parameter value of {most} characters. To create a larger "
            "parameter value, upgrade the parameter to use the advanced-parameter tier.",
        ),
    ),
    (
        lambda put: "{{" in put.value,
        Refusal(_INVALID, 'Parameter value can\'t nest another parameter. Do not use "{{{{}}}}" in the value.'),
    ),
    (
        lambda put: put.stored is not None and put.type not in (None, put.stored.parameter_type),
        Refusal("HierarchyTypeMismatchException", "Parameter Store does not support changing a parameter type."),
    ),
    (
        lambda put: put.stored is not None and (put.stored.tier, put.tier) == ("Advanced", "Standard"),
        Refusal(
            _INVALID,
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
            "advanced-parameter tier to the standard-parameter tier.",
        ),
    ),
)


def refusal_of(operation: str, body: bytes, region: str) -> Refusal | None:
    """Return the error with which AWS refuses a request that moto would take."""
    if operation == "PutParameter":
        return _refusal_of_put(json.loads(body), region)
    if operation in ("GetParameter", "GetParameters"):
        request = json.loads(body)
        names = request.get("Names") or [request.get("Name", "")]
        return None if all(_NAME_OR_SELECTOR.fullmatch(name) for name in names) else _BAD_NAME
    return None


def _refusal_of_put(request: Mapping[str, Any], region: str) -> Refusal | None:
    backend = backends().get(region)
    put = _Put(
        request["Name"],
        request["Value"],
        request.get("Tier", "Standard"),
        request.get("Type"),
        region,
        (backend.get_parameter(request["Name"]) or None) if backend and request.get("Overwrite") else None,
    )
    for is_refused, refusal in _PUT_RULES:
        if is_refused(put):
            return Refusal(refusal.code, refusal.message.format(tier=put.tier, most=put.most))
    return None

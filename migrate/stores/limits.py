"""Limits of the Parameter Store on names and values."""

from __future__ import annotations

import re
from collections.abc import Callable

from migrate.model import Tier
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import FLAT_VARIABLE

# AWS user guide, "Creating Parameter Store parameters", and the PutParameter reference.
SECURE_STRING = "SecureString"
MAX_NAMES_PER_READ = 10
MAX_LEVELS = 15
MAX_ARN = 1011
MAX_NAME = MAX_ARN - len("arn:aws-us-gov:ssm:ap-southeast-1:123456789012:parameter")
MAX_VALUE_BYTES = {Tier.STANDARD: 4096, Tier.ADVANCED: 8192, Tier.INTELLIGENT: 8192}
REGION = LazyPattern(r"[a-z]{2}(?:-[a-z]+)+-\d")  # `eu-west-1`, `us-gov-east-1`
_RESERVED = LazyPattern(r"/?(?:aws|ssm)", re.IGNORECASE)
_NAME_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: name.startswith("/"), "must begin with /"),
    (lambda name: re.fullmatch(r"[A-Za-z0-9_.\-/]*", name) is not None, "may hold only letters, digits and _ . - /"),
    (lambda name: "//" not in name and not name.endswith("/"), "has an empty segment"),
    (lambda name: _RESERVED.match(name) is None, "must not begin with aws or ssm, which AWS keeps for itself"),
    (lambda name: name.count("/") <= MAX_LEVELS, f"has more than {MAX_LEVELS} levels"),
    (lambda name: len(name) <= MAX_NAME, f"is longer than {MAX_NAME} characters"),
)


def name_faults(name: str) -> tuple[str, ...]:
    """List why AWS would refuse a parameter name; empty where it would not."""
    return tuple(message for holds, message in _NAME_RULES if not holds(name))


def value_faults(value: str, tier: Tier) -> tuple[str, ...]:
    """List the reasons why AWS would refuse a value.

    They do not reveal its length. Sizes are in bytes of UTF-8.
    """
    faults = []
    if not value:
        faults.append("is empty")
    if len(value.encode("utf-8", "surrogatepass")) > MAX_VALUE_BYTES[tier]:
        hint = "; --tier Advanced takes 8,192" if tier is Tier.STANDARD else ""
        faults.append(f"has more than the {MAX_VALUE_BYTES[tier]:,} bytes of the {tier} tier{hint}")
    if "{{" in value:
        faults.append("holds {{, which Parameter Store keeps for itself")
    return tuple(faults)


def service_segment(service: str, fallback: str) -> str:
    """Return a first segment for parameter names that AWS allows.

    Variables are dropped, and `aws-` and `ssm-` in front are left out.
    """
    for candidate in (FLAT_VARIABLE.sub("-", service), fallback):
        text = re.sub(r"[^A-Za-z0-9_.]+", "-", candidate).strip("-.")
        text = re.sub(r"^(?:(?:aws|ssm)[-_.]+)+", "", text, flags=re.IGNORECASE)
        if text:
            return f"svc-{text}" if _RESERVED.match(text) else text
    return "service"

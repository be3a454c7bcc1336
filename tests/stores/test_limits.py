"""The limits of the Parameter Store, at both sides of each."""

from __future__ import annotations

import pytest

from migrate.model import Tier
from migrate.stores import limits


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("/shop/db-password", None),
        ("/a.b_C-9/x", None),
        ("relative", "must begin with /"),
        ("/a//b", "has an empty segment"),
        ("/a/", "has an empty segment"),
        ("/a/b~true", "may hold only letters, digits and _ . - /"),
        ("/a/b c", "may hold only letters, digits and _ . - /"),
        ("/ümlaut", "may hold only letters, digits and _ . - /"),
        ("/aws/x", "must not begin with aws or ssm, which AWS keeps for itself"),
        ("/AwsNode/x", "must not begin with aws or ssm, which AWS keeps for itself"),
        ("/ssm-x", "must not begin with aws or ssm, which AWS keeps for itself"),
        ("/" + "/".join("a" * 15), None),
        ("/" + "/".join("a" * 16), "has more than 15 levels"),
        ("/" + "a" * 954, None),
        ("/" + "a" * 955, "is longer than 955 characters"),
        ("/" + "a" * 1011, "is longer than 955 characters"),
        ("", "must begin with /"),
    ],
)
def test_parameter_name_is_checked_against_the_limits_of_the_store(name: str, fault: str | None) -> None:
    assert limits.name_faults(name) == (() if fault is None else (fault,))


@pytest.mark.parametrize(
    ("value", "tier", "fault"),
    [
        ("x", Tier.STANDARD, None),
        ("", Tier.STANDARD, "is empty"),
        ("x" * 4096, Tier.STANDARD, None),
        ("x" * 4097, Tier.STANDARD, "has more than the 4,096 bytes of the Standard tier; --tier Advanced takes 8,192"),
        ("ü" * 2049, Tier.STANDARD, "has more than the 4,096 bytes of the Standard tier"),
        ("x" * 8192, Tier.ADVANCED, None),
        ("x" * 8193, Tier.ADVANCED, "has more than the 8,192 bytes of the Advanced tier"),
        ("x" * 8192, Tier.INTELLIGENT, None),
        ("x" * 8193, Tier.INTELLIGENT, "has more than the 8,192 bytes of the Intelligent-Tiering tier"),
        ("a {{ssm:x}} b", Tier.STANDARD, "holds {{"),
    ],
)
def test_value_is_checked_against_the_limits_of_its_tier(value: str, tier: Tier, fault: str | None) -> None:
    found = limits.value_faults(value, tier)
    assert not found if fault is None else found[0].startswith(fault)


def test_advanced_tier_is_not_offered_a_larger_one() -> None:
    assert "--tier" not in limits.value_faults("x" * 8193, Tier.ADVANCED)[0]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("hello-world", "hello-world"),
        ("aws-node-rest-api", "node-rest-api"),
        ("AWS_ssm-tool", "tool"),
        ("awsome", "svc-awsome"),
        ("aws", "svc-aws"),
        ("my-${opt:stage}-api", "my-api"),
        ("${self:custom.name}", "folder"),
        ("acme/shop", "acme-shop"),
        ("", "folder"),
    ],
)
def test_service_name_becomes_a_valid_first_segment(service: str, expected: str) -> None:
    segment = limits.service_segment(service, "folder")
    assert segment == expected
    assert limits.name_faults(f"/{segment}/x") == ()


def test_service_without_a_usable_name_becomes_service() -> None:
    assert limits.service_segment("", "…") == "service"

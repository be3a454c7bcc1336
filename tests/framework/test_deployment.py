from pathlib import Path

import pytest

from migrate.framework.deployment import deployment, service_name, with_framework
from tests.support.build import LEGACY, MODERN, UNKNOWN, deployed, manifest, view

CUSTOM = """\
service: ${self:custom.name}
custom:
  name: shop-${opt:stage, 'dev'}
  loop: ${self:custom.loop}
provider:
  name: aws
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${self:custom.name}", "shop-dev"),
        ("a-${opt:region, 'eu-west-1'}-b", "a-eu-west-1-b"),
        ("${opt:x, self:custom.name}", "shop-dev"),
        ("${env:X}", None),
        ("${self:custom.loop}", None),
        ("${self:custom.none}", None),
        ("${self:custom.${opt:x}}", None),
    ],
)
def test_a_value_is_settled_where_the_command_line_adds_nothing(text: str, expected: str | None) -> None:
    assert view(manifest(CUSTOM)).resolve_value(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("service: shop\n", "shop"),
        ("service:\n  name: shop\n", "shop"),
        (CUSTOM, "shop-dev"),
        ("service: ${env:X}-api\n", "${env:X}-api"),
        ("provider: aws\n", None),
    ],
)
def test_the_service_is_named_in_short_and_in_long(text: str, name: str | None) -> None:
    assert service_name(view(manifest(text))) == name


@pytest.mark.parametrize(
    ("provider", "regions", "fixed"),
    [
        ("name: aws", ("us-east-1",), False),
        ("region: eu-west-1", ("eu-west-1",), True),
        ("region: ${opt:region, 'eu-west-1'}", ("eu-west-1",), False),
        ("region: ${env:REGION}", (), False),
        ("region: nonsense", (), False),
        ("region: ${self:custom.${self:provider.stage}.region}", ("ap-south-1", "eu-west-1"), False),
        ("region: ${opt:region, self:custom.${opt:stage, 'dev'}.region}", ("ap-south-1", "eu-west-1"), False),
        ("<<: *prov", ("us-east-1",), False),
        ("<<: *north", ("eu-north-1",), True),
        ("{<<: *north, region: eu-west-1}", ("eu-west-1",), True),
        ("{<<: [*prov, *north]}", ("eu-north-1",), True),
        ("region: *r", ("eu-north-1",), True),
        ("environment:\n    <<: *prov", ("us-east-1",), False),
        ("region:\n    a: b", (), False),
    ],
)
def test_the_region_is_the_manifests_own(provider: str, regions: tuple[str, ...], fixed: bool) -> None:
    stages = "custom:\n  p: &prov\n    x: y\n  dev:\n    region: eu-west-1\n  prod:\n    region: ap-south-1\n"
    stages += "north: &north {region: &r eu-north-1}\n"
    found = deployed(manifest(f"service: shop\n{stages}provider:\n  {provider}\n"))
    assert (found.regions, found.fixed_region) == (regions, fixed)


def test_region_of_an_unreadable_provider_is_unknown() -> None:
    assert deployed(manifest("service: shop\nprovider: ${file(./provider.yml)}\n")).regions == ()
    assert deployed(manifest("service: shop\nx: &p {}\nprovider: *q\n")).regions == ()
    assert deployed(manifest("service: shop\nx: &p {}\nprovider: {<<: [*p, *q]}\n")).regions == ()


def test_a_file_of_two_manifests_is_deployed_where_both_are() -> None:
    one = manifest("service: one\nprovider:\n  region: eu-west-1\n", "one/serverless.yml")
    two = manifest("service: two\nprovider:\n  region: us-west-2\n", "two/serverless.yml")
    found = deployment(Path("/service/env.yml"), [view(one), view(two)], MODERN)
    assert found.service == "one"
    assert found.regions == ("eu-west-1", "us-west-2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("service: a\nprovider: google\n", "the provider is google"),
        ("service: a\nprovider:\n  name: azure\n", "the provider is azure"),
        ("provider: aws\n", "names no service"),
        ("service: a\nprovider: AWS\n", ""),
        ("service: a\nprovider: ${file(provider.yml)}\n", ""),
    ],
)
def test_what_is_not_deployed_to_aws_is_never_moved(text: str, reason: str) -> None:
    refusal = deployed(manifest(text)).refusal
    assert reason in refusal
    assert bool(reason) is bool(refusal)


def test_a_file_that_no_manifest_reaches_takes_its_directorys_name() -> None:
    found = deployment(Path("/work/payments/env.yml"), (), UNKNOWN)
    assert (found.service, found.regions, found.refusal) == ("payments", ("us-east-1",), "")


def test_unwritable_file_gives_its_reason() -> None:
    read = manifest("service: a\n")
    assert deployment(read.file, [view(read)], MODERN, unwritable="outside").refusal == "outside"


SYNTAX = "service: a\nprovider:\n  variableSyntax: '{}'\n"


def test_a_variable_syntax_that_can_not_be_followed_refuses_the_file() -> None:
    assert "can't be followed" in deployed(manifest(SYNTAX.format("(a+)+")), framework=LEGACY).refusal


def test_a_refused_syntax_still_has_a_form_to_show() -> None:
    found = deployed(manifest(SYNTAX.format(r"\$<([^<>]+?)>")), framework=UNKNOWN)
    assert "nothing tells surely" in found.refusal
    assert found.syntax.family is LEGACY.family


def test_manifests_of_different_syntax_can_not_share_a_file() -> None:
    one = manifest(SYNTAX.format(r"\$<([^<>]+?)>"), "one/serverless.yml")
    two = manifest("service: b\n", "two/serverless.yml")
    assert "different variableSyntax" in deployment(Path("/service/env.yml"), [view(one), view(two)], LEGACY).refusal


def test_a_person_may_say_the_framework_afterwards() -> None:
    unknown = deployed(manifest("service: a\n"), framework=UNKNOWN)
    assert with_framework(unknown, MODERN).syntax.family is MODERN.family
    odd = deployed(manifest(SYNTAX.format("(a+)+")), framework=MODERN)
    assert odd.refusal == ""
    assert "can't be followed" in with_framework(odd, LEGACY).refusal

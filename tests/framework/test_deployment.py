import re
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
def test_value_is_resolved_if_the_command_line_adds_nothing(text: str, expected: str | None) -> None:
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
def test_service_name_is_read_in_short_and_long_form(text: str, name: str | None) -> None:
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
def test_region_is_read_from_the_manifest(provider: str, regions: tuple[str, ...], fixed: bool) -> None:
    stages = "custom:\n  p: &prov\n    x: y\n  dev:\n    region: eu-west-1\n  prod:\n    region: ap-south-1\n"
    stages += "north: &north {region: &r eu-north-1}\n"
    found = deployed(manifest(f"service: shop\n{stages}provider:\n  {provider}\n"))
    assert (found.regions, found.fixed_region) == (regions, fixed)


def test_region_of_an_unreadable_provider_is_unknown() -> None:
    assert deployed(manifest("service: shop\nprovider: ${file(./provider.yml)}\n")).regions == ()
    assert deployed(manifest("service: shop\nx: &p {}\nprovider: *q\n")).regions == ()
    assert deployed(manifest("service: shop\nx: &p {}\nprovider: {<<: [*p, *q]}\n")).regions == ()


WAYS_TO_A_REGION = {
    "a merge at the root": "base: &b {provider: {name: aws, region: eu-west-1}}\n<<: *b\n",
    "a merge in brackets": "p: &p {region: us-west-2}\nprovider: {<<: *p, region: eu-west-1}\n",
    "a tagged merge": "p: &p {region: eu-west-1}\nprovider: {!!merge <<: *p}\n",
    "an alias of a list of merges": "p: &p [{name: aws}, {region: eu-west-1}]\nprovider: {<<: *p}\n",
    "an alias of an alias": "a: &a {r: &r eu-west-1}\nb: &b {region: *r}\nprovider: {<<: [*a, *b]}\n",
    "the later of two anchors": "a: &r us-west-2\nb: &r eu-west-1\nprovider: {region: *r}\n",
    "a variable of a merge": "c: &c {r: eu-west-1}\ncustom: {<<: *c}\nprovider: {region: '${self:custom.r}'}\n",
}


@pytest.mark.parametrize("text", WAYS_TO_A_REGION.values(), ids=WAYS_TO_A_REGION)
def test_region_is_found_behind_aliases_and_merges(text: str) -> None:
    assert deployed(manifest(f"service: shop\n{text}")).regions == ("eu-west-1",)


def test_quoted_merge_key_merges_nothing() -> None:
    text = "service: shop\np: &p {region: eu-west-1}\nprovider: {'<<': *p}\n"
    assert deployed(manifest(text)).regions == ("us-east-1",)


UNCLEAR = {
    "a provider that is there twice": "provider: {region: eu-west-1}\nprovider: {name: aws}\n",
    "a key that is a list": "? [provider]\n: {region: eu-west-1}\n",
    "an anchor within itself": "x: &p {name: aws, y: &p {region: eu-west-1}}\nprovider: *p\n",
    "a provider that may inherit": "provider: {__proto__: {name: aws, region: eu-west-1}}\n",
}


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_manifest_whose_provider_cannot_be_told_is_refused(text: str) -> None:
    found = deployed(manifest(f"service: shop\n{text}"))
    assert found.regions == ()
    assert re.match(r"provider\.(name|variableSyntax) can't be told", found.refusal)


def test_region_that_json_repeats_is_unknown() -> None:
    provider = '{"region": "eu-west-1", "region": "us-west-2"}'
    read = manifest(f'{{"service": "shop", "provider": {provider}}}', "serverless.json")
    assert (deployed(read).regions, deployed(read).refusal) == ((), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("p: &p {name: google}\nprovider: {<<: *p}\n", "the provider is google"),
        ("p: &p google\nprovider: *p\n", "the provider is google"),
        ("p: &p [{name: google}]\nprovider: {<<: *p}\n", "the provider is google"),
        ("p: &p {variableSyntax: (a+)+}\nprovider: {<<: *p}\n", "has an unsupported form"),
    ],
)
def test_provider_and_syntax_are_found_behind_aliases_and_merges(text: str, reason: str) -> None:
    assert reason in deployed(manifest(f"service: shop\n{text}"), framework=LEGACY).refusal


def test_file_of_two_manifests_is_deployed_to_the_regions_of_both() -> None:
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
def test_service_not_deployed_to_aws_is_refused(text: str, reason: str) -> None:
    refusal = deployed(manifest(text)).refusal
    assert reason in refusal
    assert bool(reason) is bool(refusal)


def test_file_without_a_manifest_takes_its_directorys_name() -> None:
    found = deployment(Path("/work/payments/env.yml"), (), UNKNOWN)
    assert (found.service, found.regions, found.refusal) == ("payments", ("us-east-1",), "")


def test_unwritable_file_is_refused_with_its_reason() -> None:
    read = manifest("service: a\n")
    assert deployment(read.file, [view(read)], MODERN, unwritable="outside").refusal == "outside"


SYNTAX = "service: a\nprovider:\n  variableSyntax: '{}'\n"


def test_variable_syntax_that_cannot_be_followed_is_refused() -> None:
    assert "has an unsupported form" in deployed(manifest(SYNTAX.format("(a+)+")), framework=LEGACY).refusal


def test_file_with_refused_syntax_still_has_a_reference_form() -> None:
    found = deployed(manifest(SYNTAX.format(r"\$<([^<>]+?)>")), framework=UNKNOWN)
    assert "it is unknown whether" in found.refusal
    assert found.syntax.family is LEGACY.family


OWN = r"""
service: "#{self:custom.name}"
provider: {name: "#{self:custom.provider}", region: "#{self:custom.region}", variableSyntax: '#{([^{}]+?)}'}
custom: {name: shop, provider: %s, region: eu-west-1}
"""


def test_own_delimiters_lead_to_what_decides_a_deployment() -> None:
    found = deployed(manifest(OWN % "aws"), framework=LEGACY)
    assert (found.service, found.regions, found.refusal) == ("shop", ("eu-west-1",), "")
    assert "the provider is google" in deployed(manifest(OWN % "google"), framework=LEGACY).refusal


def test_own_delimiters_of_a_framework_that_ignores_them_lead_nowhere() -> None:
    found = deployed(manifest(OWN % "aws"), framework=MODERN)
    assert found.regions == ()


def test_framework_that_is_set_afterwards_decides_the_delimiters() -> None:
    text = (OWN % "aws").replace('name: "#{self:custom.provider}"', "name: aws")
    before = deployed(manifest(text), framework=MODERN)
    after = with_framework(before, LEGACY)
    assert [each.delimiters.open for each in (*before.views, *after.views)] == ["${", "#{"]
    assert with_framework(after, MODERN).views == before.views


def test_manifests_of_different_syntax_cannot_share_a_file() -> None:
    one = manifest(SYNTAX.format(r"\$<([^<>]+?)>"), "one/serverless.yml")
    two = manifest("service: b\n", "two/serverless.yml")
    assert "different variableSyntax" in deployment(Path("/service/env.yml"), [view(one), view(two)], LEGACY).refusal


def test_framework_can_be_set_afterwards() -> None:
    unknown = deployed(manifest("service: a\n"), framework=UNKNOWN)
    assert with_framework(unknown, MODERN).syntax.family is MODERN.family
    odd = deployed(manifest(SYNTAX.format("(a+)+")), framework=MODERN)
    assert odd.refusal == ""
    assert "has an unsupported form" in with_framework(odd, LEGACY).refusal

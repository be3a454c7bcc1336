import pytest

from migrate.framework.existing_references import existing_references
from migrate.model import Family, Form, Framework
from tests.support.build import LEGACY, MODERN, UNKNOWN, VERSION_4, deployed, manifest

SEVERAL = Framework(Family.MODERN, "4", "Serverless 3 or 4", "package.json")
OSLS = Framework(Family.MODERN, "osls", "osls", "package.json")


def found(value: str, framework: Framework = MODERN) -> list[tuple[str, str, str | None, str, Form]]:
    read = manifest(f'service: s\ncustom:\n  x: "{value}"\n')
    return [
        (each.span.of(each.scalar.value), each.path, each.region, each.tail, each.form)
        for each in existing_references(read, deployed(read, framework=framework))
    ]


def test_existing_references_are_found_in_every_position() -> None:
    assert found("${ssm:/a/b~true}") == [("ssm:/a/b~true", "/a/b", None, "~true", Form.WHOLE)]
    assert found("x ${ssm(raw):/a}") == [("ssm(raw):/a", "/a", None, "", Form.PART)]
    assert found("${env:X, ssm(us-west-2, raw):/a}") == [
        ("ssm(us-west-2, raw):/a", "/a", "us-west-2", "", Form.FALLBACK)
    ]
    assert found("${ssm.eu-west-1:/a~true}") == [("ssm.eu-west-1:/a~true", "/a", "eu-west-1", "~true", Form.WHOLE)]
    assert found("${ssm:/a/${opt:stage, 'dev'}/b}") == [
        ("ssm:/a/${opt:stage, 'dev'}/b", "/a/${opt:stage, 'dev'}/b", None, "", Form.WHOLE)
    ]
    assert [each[0] for each in found("${env:X, ${ssm:/deep}}")] == ["ssm:/deep"]


@pytest.mark.parametrize("value", ["ssm:/a", "${self:custom.ssm}", "${ssm}", "a: ssm:GetParameter", "${env:ssm}"])
def test_text_that_only_mentions_ssm_is_not_a_reference(value: str) -> None:
    assert found(value) == []


def test_references_in_custom_delimiters_are_found() -> None:
    read = manifest("service: s\nprovider:\n  name: aws\n  variableSyntax: '\\$<([^<>]+?)>'\n  x: $<ssm:/a~true>\n")
    (each,) = existing_references(read, deployed(read, framework=LEGACY))
    assert (each.path, each.tail) == ("/a", "~true")


def test_reference_in_other_delimiters_than_the_manifests_own_is_not_read() -> None:
    text = "service: s\nprovider:\n  name: aws\n  variableSyntax: '\\$<([^<>]+?)>'\n  x: ${ssm:/a} $<ssm:/b>\n"
    read = manifest(text)
    references = existing_references(read, deployed(read, framework=LEGACY))
    assert {each.path: each.is_read for each in references} == {"/a": False, "/b": True}


@pytest.mark.parametrize(
    ("framework", "is_read"),
    [(MODERN, False), (OSLS, False), (VERSION_4, True), (LEGACY, True), (UNKNOWN, False), (SEVERAL, False)],
)
def test_reference_behind_a_backslash_is_text_where_the_release_knows_the_escape(
    framework: Framework, is_read: bool
) -> None:
    read = manifest("service: s\ncustom:\n  x: 'a \\${ssm:/a} ${ssm:/b} \\\\${ssm:/c} \\${env:X, ${ssm:/d}}'\n")
    references = list(existing_references(read, deployed(read, framework=framework)))
    assert {each.path: each.is_escaped for each in references} == {"/a": True, "/b": False, "/c": False, "/d": False}
    assert {each.path for each in references if not each.is_read} == (set() if is_read else {"/a"})

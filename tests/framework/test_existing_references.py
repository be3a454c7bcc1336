import pytest

from migrate.framework.existing_references import existing_references, syntax_mismatch
from migrate.model import Form, Framework
from tests.support.build import LEGACY, MODERN, VERSION_4, deployed, manifest


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


@pytest.mark.parametrize(
    ("framework", "written", "secure", "expected"),
    [
        (MODERN, "ssm:/a~true", None, "ssm(raw):/a"),
        (MODERN, "ssm:/a~false", None, "ssm(raw):/a"),
        (MODERN, "ssm.us-west-2:/a~true", None, "ssm(us-west-2, raw):/a"),
        (MODERN, "ssm.us-west-2:/a", None, "ssm(us-west-2, raw):/a"),
        (VERSION_4, "ssm(raw, us-west-2):/a", None, "ssm(us-west-2, raw):/a"),
        (LEGACY, "ssm(raw):/a", None, "ssm:/a~true"),
        (LEGACY, "ssm(us-west-2, raw):/a", None, "ssm.us-west-2:/a~true"),
        (LEGACY, "ssm:/a", True, "ssm:/a~true"),
        (LEGACY, "ssm:/a~false", True, "ssm:/a~true"),
    ],
)
def test_stale_syntax_is_reported_with_its_replacement(
    framework: Framework, written: str, secure: bool | None, expected: str
) -> None:
    read = manifest(f"service: s\ncustom:\n  x: ${{{written}}}\n")
    deployment = deployed(read, framework=framework)
    (usage,) = existing_references(read, deployment)
    wrong = syntax_mismatch(usage, deployment, is_secure=secure)
    assert wrong is not None
    assert wrong.message.startswith(framework.label)
    assert wrong.replacement == expected


@pytest.mark.parametrize(
    ("framework", "written", "secure"),
    [
        (MODERN, "ssm:/a", True),
        (MODERN, "ssm(raw):/a", True),
        (MODERN, "ssm(raw, us-west-2):/a", True),
        (VERSION_4, "ssm(us-west-2, raw):/a", True),
        (LEGACY, "ssm:/a~true", True),
        (LEGACY, "ssm:/a", False),
        (LEGACY, "ssm:/a", None),
    ],
)
def test_valid_syntax_is_not_reported(framework: Framework, written: str, secure: bool | None) -> None:
    read = manifest(f"service: s\ncustom:\n  x: ${{{written}}}\n")
    deployment = deployed(read, framework=framework)
    (usage,) = existing_references(read, deployment)
    assert syntax_mismatch(usage, deployment, is_secure=secure) is None


def test_split_list_has_no_automatic_replacement() -> None:
    read = manifest("service: s\ncustom:\n  x: ${ssm:/a~split}\n")
    deployment = deployed(read)
    (usage,) = existing_references(read, deployment)
    wrong = syntax_mismatch(usage, deployment, is_secure=None)
    assert wrong is not None
    assert wrong.replacement is None

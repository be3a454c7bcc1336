import pytest

from migrate.framework.reference import (
    ReferenceRefusedError,
    ReferenceSyntax,
    read_variable_syntax,
    reads,
    reference,
    source,
    syntax_for,
)
from migrate.model import Family, Framework
from tests.support.build import LEGACY, MODERN, UNKNOWN, VERSION_4

CURLY = r"\${{([ ~:a-zA-Z0-9._@'\",\-\/\(\)]+?)}}"


@pytest.mark.parametrize(
    ("family", "region", "expected"),
    [
        (Family.LEGACY, None, "${ssm:/a/b~true}"),
        (Family.MODERN, None, "${ssm(raw):/a/b}"),
        (Family.LEGACY, "us-west-2", "${ssm.us-west-2:/a/b~true}"),
        (Family.MODERN, "us-west-2", "${ssm(us-west-2, raw):/a/b}"),
    ],
)
def test_each_family_has_its_own_form(family: Family, region: str | None, expected: str) -> None:
    assert reference(ReferenceSyntax(family), "/a/b", region) == expected


def test_among_fallbacks_a_reference_has_no_delimiters() -> None:
    assert source(ReferenceSyntax(Family.LEGACY), "/a/b") == "ssm:/a/b~true"
    assert source(ReferenceSyntax(Family.MODERN), "/a/b") == "ssm(raw):/a/b"


def test_an_unknown_family_is_written_as_legacy_because_others_refuse_that_loudly() -> None:
    assert reference(syntax_for(UNKNOWN, None), "/a") == "${ssm:/a~true}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (CURLY, "${{ssm:/a/b~true}}"),
        (r"\$<([ ~:a-zA-Z0-9._@'\",\-\/\(\)]+?)>", "$<ssm:/a/b~true>"),
        (r"\${((?!AWS)[ ~:a-zA-Z0-9._@'\",\-\/\(\)*?]+?)}", "${ssm:/a/b~true}"),
        (r"\${(?!AWS)([ ~:a-zA-Z0-9._\-\/]+?)}", "${ssm:/a/b~true}"),
        (r"[#]{([^{}]+?)}", "#{ssm:/a/b~true}"),
        (r"[\$]\{([^{}]+)\}", "${ssm:/a/b~true}"),
        (r"%{([~:a-z/]+?)}", "%{ssm:/a/b~true}"),
        (r"\$\[\[(.+?)\]\]", "$[[ssm:/a/b~true]]"),
        (r"\$<([[~:a-z/]+?)>", "$<ssm:/a/b~true>"),
    ],
)
def test_the_delimiters_are_those_of_the_users_expression(expression: str, expected: str) -> None:
    assert reference(syntax_for(LEGACY, expression), "/a/b") == expected


def test_an_expression_that_does_not_match_the_finished_reference_is_refused() -> None:
    syntax = syntax_for(LEGACY, r"\${([ :a-zA-Z0-9._@'\",\-\/\(\)]+?)}")
    with pytest.raises(ReferenceRefusedError, match="does not match"):
        reference(syntax, "/a/b")


@pytest.mark.parametrize(
    "expression", ["(a+)+$", r"\${(a|b)}", "", r"\${((a+)+)}", "[", r"\w{([a-z]+?)}", r"\${([z-a]+?)}"]
)
def test_an_expression_of_another_shape_is_refused_and_never_run(expression: str) -> None:
    with pytest.raises(ReferenceRefusedError):
        read_variable_syntax(expression)


def test_versions_that_ignore_variable_syntax_keep_the_default_and_say_so() -> None:
    osls_3 = Framework(Family.MODERN, "osls", "osls 3", "package.json")
    for framework in (MODERN, VERSION_4, osls_3):
        syntax = syntax_for(framework, CURLY)
        assert reference(syntax, "/a") == "${ssm(raw):/a}"
        assert syntax.notes == (f"{framework.label} ignores variableSyntax",)


@pytest.mark.parametrize(("release", "label"), [("2-modern", "Serverless 2, modern"), ("osls", "osls 4")])
def test_versions_that_refuse_such_a_manifest_are_named(release: str, label: str) -> None:
    with pytest.raises(ReferenceRefusedError, match=label):
        syntax_for(Framework(Family.MODERN, release, label, ""), CURLY)


def test_an_unknown_version_with_variable_syntax_is_refused_since_some_would_deploy_the_reference_as_text() -> None:
    with pytest.raises(ReferenceRefusedError, match="nothing tells surely"):
        syntax_for(UNKNOWN, CURLY)


@pytest.mark.parametrize(
    ("framework", "expression", "variable", "expected"),
    [
        (MODERN, None, "${env:X, 'a'}", True),
        (MODERN, None, "${ env:X, 'a'}", False),
        (LEGACY, None, "${ env:X, 'a'}", True),
        (LEGACY, CURLY, "${{env:X, 'a'}}", True),
        (LEGACY, CURLY, "${{env:X, 'a=b'}}", False),
    ],
)
def test_what_a_version_takes_for_a_variable(
    framework: Framework, expression: str | None, variable: str, expected: bool
) -> None:
    assert reads(syntax_for(framework, expression), variable) is expected

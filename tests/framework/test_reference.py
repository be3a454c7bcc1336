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
def test_every_family_has_its_own_reference_form(family: Family, region: str | None, expected: str) -> None:
    assert reference(ReferenceSyntax(family), "/a/b", region) == expected


def test_reference_among_fallbacks_has_no_delimiters() -> None:
    assert source(ReferenceSyntax(Family.LEGACY), "/a/b") == "ssm:/a/b~true"
    assert source(ReferenceSyntax(Family.MODERN), "/a/b") == "ssm(raw):/a/b"


def test_reference_of_an_unknown_family_is_written_in_the_legacy_form() -> None:
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
def test_reference_uses_the_delimiters_of_the_variable_syntax(expression: str, expected: str) -> None:
    assert reference(syntax_for(LEGACY, expression), "/a/b") == expected


def test_variable_syntax_that_does_not_match_the_finished_reference_is_refused() -> None:
    syntax = syntax_for(LEGACY, r"\${([ :a-zA-Z0-9._@'\",\-\/\(\)]+?)}")
    with pytest.raises(ReferenceRefusedError, match="does not match"):
        reference(syntax, "/a/b")


@pytest.mark.parametrize(
    "expression", ["(a+)+$", r"\${(a|b)}", "", r"\${((a+)+)}", "[", r"\w{([a-z]+?)}", r"\${([z-a]+?)}"]
)
def test_variable_syntax_of_another_shape_is_refused(expression: str) -> None:
    with pytest.raises(ReferenceRefusedError):
        read_variable_syntax(expression)


def test_versions_that_ignore_variable_syntax_keep_the_default_with_a_note() -> None:
    osls_3 = Framework(Family.MODERN, "osls", "osls 3", "package.json")
    for framework in (MODERN, VERSION_4, osls_3):
        syntax = syntax_for(framework, CURLY)
        assert reference(syntax, "/a") == "${ssm(raw):/a}"
        assert syntax.notes == (f"{framework.label} ignores variableSyntax",)


@pytest.mark.parametrize(("release", "label"), [("2-modern", "Serverless 2, modern"), ("osls", "osls 4")])
def test_versions_that_refuse_variable_syntax_are_named(release: str, label: str) -> None:
    with pytest.raises(ReferenceRefusedError, match=label):
        syntax_for(Framework(Family.MODERN, release, label, ""), CURLY)


def test_unknown_version_with_variable_syntax_is_refused() -> None:
    with pytest.raises(ReferenceRefusedError, match="it is unknown whether"):
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
def test_variable_is_recognized_as_the_version_reads_it(
    framework: Framework, expression: str | None, variable: str, expected: bool
) -> None:
    assert reads(syntax_for(framework, expression), variable) is expected

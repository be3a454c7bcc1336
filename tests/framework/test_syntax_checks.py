import pytest

from migrate.framework.existing_references import existing_references
from migrate.framework.reference_meaning import Content
from migrate.framework.syntax_checks import Standing, SyntaxRemark, syntax_remark
from migrate.model import Framework
from tests.support.build import LEGACY, MODERN, VERSION_4, deployed, manifest

UNKNOWN, TEXT, LIST, SECRET, JSON = Content
MANAGED = "/aws/reference/secretsmanager/x"
BROKEN, WRONG, ODD = Standing


def remark(
    framework: Framework, written: str, *contents: Content, syntax: str = "", before: str = ""
) -> SyntaxRemark | None:
    own = f"provider:\n  name: aws\n  variableSyntax: '{syntax}'\n" if syntax else ""
    read = manifest(f"service: s\n{own}custom:\n  x: {before}${{{written}}}\n")
    deployment = deployed(read, framework=framework)
    (usage,) = existing_references(read, deployment)
    return syntax_remark(usage, deployment, frozenset(contents))


@pytest.mark.parametrize(
    ("framework", "written", "content", "expected"),
    [
        (MODERN, "ssm:/a~true", None, "ssm(raw):/a"),
        (MODERN, "ssm:/a~true", TEXT, "ssm(raw):/a"),
        (MODERN, "ssm:/a~true", LIST, "ssm(raw):/a"),
        (MODERN, "ssm:/a~true", JSON, "ssm(raw):/a"),
        (MODERN, "ssm(raw):/a~true", SECRET, "ssm(raw):/a"),
        (MODERN, "ssm.us-west-2:/a~true", None, "ssm(us-west-2, raw):/a"),
        (MODERN, "ssm(us-west-2):/a~true", None, "ssm(us-west-2, raw):/a"),
        (MODERN, "ssm:/a~false", None, "ssm(noDecrypt):/a"),
        (MODERN, "ssm:/a~false", SECRET, "ssm(noDecrypt):/a"),
        (MODERN, "ssm.us-west-2:/a~false", SECRET, "ssm(us-west-2, noDecrypt):/a"),
        (MODERN, f"ssm:{MANAGED}~true", JSON, f"ssm:{MANAGED}"),
        (MODERN, f"ssm.us-west-2:{MANAGED}~true", None, f"ssm(us-west-2):{MANAGED}"),
        (MODERN, "ssm:/a~split", LIST, "ssm:/a"),
        (MODERN, "ssm.us-west-2:/a", TEXT, "ssm(us-west-2, raw):/a"),
        (LEGACY, "ssm(raw):/a", None, "ssm:/a~true"),
        (LEGACY, "ssm(us-west-2, raw):/a", None, "ssm.us-west-2:/a~true"),
        (LEGACY, "ssm(us-west-2):/a", SECRET, "ssm.us-west-2:/a~true"),
        (LEGACY, "ssm(us-west-2):/a", LIST, "ssm.us-west-2:/a~split"),
        (LEGACY, "ssm(noDecrypt):/a", None, "ssm:/a~false"),
        (LEGACY, "ssm(noDecrypt):/a", SECRET, "ssm:/a~false"),
        (LEGACY, "ssm(us-west-2, raw, noDecrypt):/a", SECRET, "ssm.us-west-2:/a~false"),
        (LEGACY, f"ssm(us-west-2):{MANAGED}", JSON, f"ssm.us-west-2:{MANAGED}~true"),
    ],
)
def test_broken_reference_is_replaced_by_one_that_deploys_what_it_means(
    framework: Framework, written: str, content: Content | None, expected: str
) -> None:
    found = remark(framework, written, *([content] if content else []))
    assert found is not None
    assert found.message.startswith(framework.label)
    assert (found.standing, found.replacement) == (BROKEN, expected)
    assert "--fix does it" in found.hint


@pytest.mark.parametrize(
    ("framework", "written", "content"),
    [
        (MODERN, "ssm:/a~split", None),
        (MODERN, "ssm:/a~True", SECRET),
        (MODERN, "ssm:/a~", SECRET),
        (MODERN, "ssm(noDecrypt):/a~true", SECRET),
        (MODERN, "ssm.us-west-2:/a", SECRET),
        (MODERN, "ssm.us-west-2:/a", None),
        (LEGACY, "ssm(us-west-2):/a", JSON),
        (LEGACY, "ssm(us-west-2):/a", None),
        (LEGACY, "ssm(${self:provider.region}, raw):/a", SECRET),
        (LEGACY, f"ssm(raw):{MANAGED}", JSON),
    ],
)
def test_broken_reference_of_unclear_meaning_has_no_replacement(
    framework: Framework, written: str, content: Content | None
) -> None:
    found = remark(framework, written, *([content] if content else []))
    assert found is not None
    assert (found.standing, found.replacement) == (BROKEN, None)
    assert "--fix" not in found.hint


@pytest.mark.parametrize(
    ("framework", "written", "content", "standing", "words"),
    [
        (LEGACY, "ssm:/a", SECRET, WRONG, "deploys the encrypted text where ~true is missing"),
        (LEGACY, "ssm:/a~TRUE", SECRET, WRONG, "deploys the encrypted text where ~true is missing"),
        (LEGACY, "ssm.us-west-2:/a", SECRET, WRONG, "deploys the encrypted text where ~true is missing"),
        (VERSION_4, "ssm(raw, us-west-2):/a", SECRET, WRONG, "ignores a region that is not the first"),
        (LEGACY, "ssm:/a~false", SECRET, ODD, "deploys the encrypted text, as ~false says"),
        (MODERN, "ssm(noDecrypt):/a", SECRET, ODD, "deploys the encrypted text, as noDecrypt says"),
        (MODERN, "ssm(us-west-2, raw, noDecrypt):/a", SECRET, ODD, "as noDecrypt says"),
        (MODERN, "ssm:/a", JSON, ODD, "deploys an object"),
        (MODERN, "ssm(us-west-2):/a", JSON, ODD, "deploys an object"),
    ],
)
def test_reference_that_deploys_something_is_told_and_never_replaced(
    framework: Framework, written: str, content: Content, standing: Standing, words: str
) -> None:
    found = remark(framework, written, content)
    assert found is not None
    assert (found.standing, found.replacement) == (standing, None)
    assert words in found.message


@pytest.mark.parametrize(
    ("framework", "written", "content"),
    [
        (MODERN, "ssm:/a", SECRET),
        (MODERN, "ssm(raw):/a", JSON),
        (MODERN, "ssm(raw, us-west-2):/a", SECRET),
        (MODERN, "ssm(noDecrypt):/a", TEXT),
        (MODERN, f"ssm:{MANAGED}", JSON),
        (VERSION_4, "ssm(us-west-2, raw):/a", SECRET),
        (LEGACY, "ssm:/a~true", SECRET),
        (LEGACY, "ssm:/a", TEXT),
        (LEGACY, "ssm:/a", None),
        (LEGACY, "ssm:/a~false", TEXT),
    ],
)
def test_valid_syntax_is_not_reported(framework: Framework, written: str, content: Content | None) -> None:
    assert remark(framework, written, *([content] if content else [])) is None


def test_parameters_of_different_content_leave_an_unclear_form_to_a_person() -> None:
    found = remark(LEGACY, "ssm(us-west-2):/a", TEXT, LIST)
    assert found is not None
    assert found.replacement is None


def test_replacement_that_the_manifests_own_expression_does_not_match_is_not_offered() -> None:
    found = remark(LEGACY, "ssm(raw):/a", SECRET, syntax="\\${([ :a-zA-Z0-9/(),]+?)}")
    assert found is not None
    assert (found.standing, found.replacement) == (BROKEN, None)


def test_text_in_other_delimiters_than_the_manifests_own_is_never_rewritten() -> None:
    found = remark(LEGACY, "ssm(raw):/a", SECRET, syntax="\\$<([ ~:a-zA-Z0-9/(),]+?)>")
    assert found is not None
    assert (found.standing, found.replacement) == (ODD, None)


@pytest.mark.parametrize("written", ["ssm:/a~true", "ssm(raw):/a", "ssm:/a~split", "ssm.us-west-2:/a"])
def test_escaped_reference_is_told_as_the_text_that_is_deployed(written: str) -> None:
    found = remark(MODERN, written, before="\\")
    assert found is not None
    assert (found.standing, found.replacement) == (ODD, None)
    assert "an escape" in found.message


@pytest.mark.parametrize(("framework", "written"), [(VERSION_4, "ssm:/a~true"), (LEGACY, "ssm(raw):/a")])
def test_reference_behind_a_backslash_is_never_rewritten(framework: Framework, written: str) -> None:
    found = remark(framework, written, SECRET, before="\\")
    assert found is not None
    assert (found.standing, found.replacement) == (BROKEN, None)
    assert "--fix" not in found.hint

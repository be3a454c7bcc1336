"""What of a value moves, and in which ways a person may move it."""

from migrate.model import Applicability, Form, Framework, Span, Tier, Way
from migrate.plan.candidates import candidate_of, choices_of, move_by
from migrate.plan.eligibility import reasons
from tests.support.build import LEGACY, LEGACY_1, MODERN, deployed, finding, manifest

HEAD = "service: shop\nprovider:\n  name: aws\n"
URL = f"{HEAD}custom:\n  url: 'postgres://app:hunter2@${{self:custom.host}}/db'\n  plain: postgres://app:hunter2@host/db\n"


def test_only_the_password_of_a_value_with_variables_is_moved() -> None:
    found = finding(manifest(URL), "custom.url", "hunter2")
    each = candidate_of(found, deployed(found.manifest), Tier.STANDARD)
    assert each.replaces == found.part
    assert each.secret.reveal() == "hunter2"
    assert not each.whole


def test_whole_value_is_moved_if_it_holds_no_variables() -> None:
    found = finding(manifest(URL), "custom.plain", "hunter2")
    each = candidate_of(found, deployed(found.manifest), Tier.STANDARD)
    assert each.whole
    assert each.secret.reveal() == "postgres://app:hunter2@host/db"


def test_fallback_is_replaced_with_its_quotes() -> None:
    found = finding(manifest(f"{HEAD}custom:\n  x: \"${{env:X, 'abc'}}\"\n"), "custom.x", "abc", Form.FALLBACK)
    each = candidate_of(found, deployed(found.manifest), Tier.STANDARD)
    assert each.replaces.of(found.scalar.value) == "'abc'"
    assert each.replaces == Span(9, 14)


def test_custom_delimiters_of_a_manifest_mark_a_variable() -> None:
    text = (
        "service: a\nprovider:\n  name: aws\n  variableSyntax: '\\$<([^<>]+?)>'\n"
        "custom:\n  url: https://a:hunter2@$<self:custom.host>/\n"
    )
    found = finding(manifest(text), "custom.url", "hunter2")
    assert candidate_of(found, deployed(found.manifest, framework=LEGACY), Tier.STANDARD).secret.reveal() == "hunter2"


def choice(value: str, way: str, framework: Framework = MODERN) -> tuple[Applicability, str]:
    found = finding(manifest(f"{HEAD}  environment:\n    PIN: {value}\n"), "provider.environment.PIN")
    each = candidate_of(found, deployed(found.manifest, framework=framework), Tier.STANDARD)
    return next(reasons(each))[0], move_by(each, Way(way)).secret.reveal()


def test_number_offers_the_deployed_and_the_written_text() -> None:
    assert choice("0123", "") == (Applicability.REVIEW, "123")
    assert choice("0123", "written") == (Applicability.REVIEW, "0123")
    assert choice("0123", "", LEGACY_1) == (Applicability.REVIEW, "83")
    assert choice("1_000", "", LEGACY_1) == (Applicability.REVIEW, "1000")


def test_connection_string_offers_to_move_the_password_alone() -> None:
    found = finding(manifest(URL), "custom.plain", "hunter2")
    each = candidate_of(found, deployed(found.manifest), Tier.STANDARD)
    assert [choice.way for choice in choices_of(each)] == [Way.USUAL, Way.PART]
    assert move_by(each, Way.PART).secret.reveal() == "hunter2"
    assert move_by(each, Way.WRITTEN) == each

import pytest

from migrate.model import (
    Accept,
    Applicability,
    Confidence,
    Decision,
    Edit,
    Finding,
    Form,
    Framework,
    Ignore,
    Kind,
    ManifestError,
    Plan,
    Role,
    Rule,
    Skip,
    Target,
    Tier,
    Way,
)
from migrate.plan.naming import ParameterOptions
from migrate.plan.planning import plan, rewritten
from migrate.plan.questions import questions
from migrate.text.edits import apply_edits
from tests.support.build import LEGACY, MODERN, UNKNOWN, VERSION_4, deployments, finding, manifest

TEXT = b"""\
service: shop
provider:
  name: aws
  region: eu-west-1
  environment:
    DB_PASSWORD: hunter2   # ask ops
    API_KEY: "k1"
functions:
  a:
    environment:
      DB_PASSWORD: hunter2
"""


def planned(
    findings: list[Finding],
    *decided: Decision,
    framework: Framework = MODERN,
    parameter_options: ParameterOptions = ParameterOptions(),  # noqa: B008 - frozen
) -> Plan:
    asked = questions(findings, deployments(findings, framework), parameter_options)
    answers = decided or tuple(Accept(question.name) for question in asked)
    return plan(asked, answers, parameter_options)


def all_findings() -> list[Finding]:
    read = manifest(TEXT)
    paths = ("provider.environment.DB_PASSWORD", "provider.environment.API_KEY", "functions.a.environment.DB_PASSWORD")
    return [finding(read, path) for path in paths]


def test_equal_secrets_under_equal_names_are_one_question_and_one_parameter() -> None:
    found = all_findings()
    asked = questions(found, deployments(found), ParameterOptions())
    assert [(question.name, len(question.findings)) for question in asked] == [
        ("/shop/db-password", 2),
        ("/shop/api-key", 1),
    ]
    assert [put.parameter.name for put in planned(found).puts] == ["/shop/db-password", "/shop/api-key"]


def test_only_the_accepted_values_change_in_the_bytes() -> None:
    found = all_findings()
    changes = planned(found, Accept("/shop/db-password"), Skip()).by_file[found[0].manifest.file]
    expected = TEXT.replace(b"hunter2", b"${ssm(raw):/shop/db-password}")
    assert rewritten(found[0].manifest, changes).result == expected


@pytest.mark.parametrize("decision", [Skip(), Ignore()])
def test_value_that_was_not_accepted_is_shown_and_not_written(decision: Decision) -> None:
    (change,) = planned([all_findings()[1]], decision).changes
    assert not change.writes
    assert change.reference == "${ssm(raw):/shop/api-key}"


def test_region_is_the_manifests_own_without_one_on_the_command_line() -> None:
    assert {put.target for put in planned(all_findings()).puts} == {Target(None, "eu-west-1")}


def test_another_region_is_written_into_the_reference() -> None:
    (change,) = planned([all_findings()[1]], parameter_options=ParameterOptions(regions=("us-west-2",))).changes
    assert change.reference == "${ssm(us-west-2, raw):/shop/api-key}"
    (change,) = planned(
        [all_findings()[1]], parameter_options=ParameterOptions(regions=("us-west-2",)), framework=LEGACY
    ).changes
    assert change.reference == "${ssm.us-west-2:/shop/api-key~true}"


def test_every_region_and_profile_gets_the_parameter() -> None:
    parameter_options = ParameterOptions(regions=("eu-west-1", "us-west-2"), profiles=("a", "b"))
    (change,) = planned([all_findings()[1]], parameter_options=parameter_options).changes
    assert change.reference == "${ssm(raw):/shop/api-key}"
    assert {put.target for put in change.puts} == {
        Target(profile, region) for profile in ("a", "b") for region in ("eu-west-1", "us-west-2")
    }


def test_regions_without_the_manifests_own_are_refused() -> None:
    (change,) = planned(
        [all_findings()[1]], parameter_options=ParameterOptions(regions=("us-west-2", "us-east-1"))
    ).changes
    assert change.applicability is Applicability.SHOW
    assert "it is deployed to eu-west-1" in change.notes[0]


def test_stage_variable_puts_one_parameter_per_stage_and_writes_one_reference() -> None:
    parameter_options = ParameterOptions(template="/{service}/${sls:stage}/{key}", stages=("dev", "prod"))
    (change,) = planned([all_findings()[1]], parameter_options=parameter_options).changes
    assert change.reference == "${ssm(raw):/shop/${sls:stage}/api-key}"
    assert [put.parameter.name for put in change.puts] == ["/shop/dev/api-key", "/shop/prod/api-key"]


def test_sls_stage_is_refused_for_versions_that_lack_it() -> None:
    parameter_options = ParameterOptions(template="/{service}/${sls:stage}/{key}", stages=("dev",))
    (change,) = planned([all_findings()[1]], parameter_options=parameter_options, framework=LEGACY).changes
    assert not change.writes
    assert "not known before Serverless 3" in change.notes[0]
    parameter_options = ParameterOptions(template="/{service}/${opt:stage, 'dev'}/{key}", stages=("dev",))
    (change,) = planned([all_findings()[1]], parameter_options=parameter_options, framework=LEGACY).changes
    assert change.reference == "${ssm:/shop/${opt:stage, 'dev'}/api-key~true}"


def test_variable_in_a_name_requires_stages() -> None:
    (change,) = planned(
        [all_findings()[1]], parameter_options=ParameterOptions(template="/{service}/${sls:stage}/{key}")
    ).changes
    assert "--stage" in change.notes[0]


@pytest.mark.parametrize("variable", ["${self:service}", "${env:X}", "${self:custom.x}"])
def test_name_with_a_variable_other_than_the_stage_is_refused(variable: str) -> None:
    parameter_options = ParameterOptions(template=f"/{variable}/${{sls:stage}}/{{key}}", stages=("dev",))
    (change,) = planned([all_findings()[1]], parameter_options=parameter_options).changes
    assert not change.writes
    assert "not the stage's" in change.notes[0]


def test_undetectable_region_must_be_given() -> None:
    read = manifest("service: s\nprovider:\n  name: aws\n  region: ${env:R}\n  environment:\n    API_KEY: k1k1\n")
    found = [finding(read, "provider.environment.API_KEY")]
    assert "pass --region" in planned(found).changes[0].notes[0]
    assert planned(found, parameter_options=ParameterOptions(regions=("eu-west-1",))).changes[0].writes


def test_name_that_aws_refuses_is_shown_with_the_reason() -> None:
    (change,) = planned([all_findings()[1]], Accept("/a b")).changes
    assert change.applicability is Applicability.SHOW
    assert change.notes[0] == "the parameter name may hold only letters, digits and _ . - /"


def test_two_secrets_never_share_a_parameter() -> None:
    first, second, _ = planned(all_findings(), Accept("/shop/same"), Accept("/shop/same")).changes
    changes = planned(all_findings(), Accept("/shop/same"), Accept("/shop/same")).changes
    refused = [change for change in changes if not change.writes]
    assert len(refused) == 1
    assert "another secret" in refused[0].notes[0]
    assert (first, second) == changes[:2]


def test_value_that_cannot_be_moved_stays_in_place_even_if_accepted() -> None:
    found = finding(manifest("service: shop\nprovider: google\ncustom:\n  password: hunter2\n"), "custom.password")
    (change,) = planned([found], Accept("/shop/password")).changes
    assert (change.applicability, change.writes) == (Applicability.SHOW, False)


def test_fallback_becomes_a_source_among_the_others() -> None:
    text = "service: shop\ncustom:\n  jwtSecret: ${env:JWT_SECRET, 'abc'}\n"
    read = manifest(text)
    for framework, expected in ((MODERN, "ssm(raw):/shop/jwt-secret"), (LEGACY, "ssm:/shop/jwt-secret~true")):
        result = planned([finding(read, "custom.jwtSecret", "abc", Form.FALLBACK)], framework=framework)
        new = rewritten(read, result.by_file[read.file]).result.decode()
        assert new == text.replace("'abc'", expected)


def test_two_parts_of_one_value_change_together() -> None:
    text = "service: shop\ncustom:\n  url: 'amqp://a:pw1@${self:custom.x},amqp://b:pw2@${self:custom.x}'\n"
    read = manifest(text)
    found = [finding(read, "custom.url", "pw1"), finding(read, "custom.url", "pw2")]
    result = planned(found)
    new = rewritten(read, result.by_file[read.file]).result.decode()
    names = [put.parameter.name for put in result.puts]
    assert len(set(names)) == 2
    assert new == text.replace("pw1", f"${{ssm(raw):{names[0]}}}").replace("pw2", f"${{ssm(raw):{names[1]}}}")


def test_two_findings_at_one_value_give_one_change() -> None:
    read = manifest("service: shop\ncustom:\n  url: postgres://a:pw1@h/x\n")
    assert len(planned([finding(read, "custom.url", "pw1"), finding(read, "custom.url")]).changes) == 1


def test_variable_within_the_path_that_custom_syntax_does_not_match_is_refused() -> None:
    text = "service: shop\nprovider:\n  name: aws\n  variableSyntax: '\\$<([^<>]+?)>'\ncustom:\n  token: hunter2\n"
    parameter_options = ParameterOptions(template="/{service}/${opt:stage}/{key}", stages=("dev",))
    (change,) = planned(
        [finding(manifest(text), "custom.token")], parameter_options=parameter_options, framework=LEGACY
    ).changes
    assert "variableSyntax" in change.notes[0]


def test_parameters_have_key_tier_and_tags() -> None:
    parameter_options = ParameterOptions(key_id="alias/app", tier=Tier.ADVANCED, tags=(("team", "shop"),))
    parameter = planned([all_findings()[1]], parameter_options=parameter_options).puts[0].parameter
    assert (parameter.key_id, parameter.tier, parameter.tags) == ("alias/app", Tier.ADVANCED, (("team", "shop"),))


def test_unknown_framework_gets_a_legacy_reference_and_a_note() -> None:
    (change,) = planned([all_findings()[1]], framework=UNKNOWN).changes
    assert change.reference == "${ssm:/shop/api-key~true}"
    assert any("~true" in note for note in change.notes)


def test_names_given_beforehand_are_used() -> None:
    found = all_findings()
    asked = questions(
        found, deployments(found), ParameterOptions(), lambda each: "/x/y" if each.path.leaf == "API_KEY" else None
    )
    assert [question.name for question in asked] == ["/shop/db-password", "/x/y"]


def test_included_json_file_is_rewritten_as_json() -> None:
    text = b'{"password": "a\\"b", "other": 1}\r\n'
    read = manifest(text, "config.json", Role.INCLUDED)
    found = finding(read, "password")
    result = plan(
        questions([found], deployments([found], MODERN, [manifest(TEXT)]), ParameterOptions()),
        [Accept("/shop/pw")],
        ParameterOptions(),
    )
    assert rewritten(read, result.changes).result == text.replace(b'a\\"b', b"${ssm(raw):/shop/pw}")


def test_edit_is_spliced_into_a_value() -> None:
    found = finding(manifest("a: x-secret-y\n"), "a", "secret")
    assert found.part is not None
    assert apply_edits("x-secret-y", [Edit(found.part, "S")]) == "x-S-y"


TWICE = """\
service: shop
provider:
  name: aws
  stage: ${self:custom.early.apiSecret}
custom:
  early:
    apiSecret: hunter2
  late:
    apiSecret: hunter2
"""
WITHOUT_TILDE = """\
service: shop
provider:
  name: aws
  variableSyntax: "\\\\${([ :a-zA-Z0-9._@',()/-]+?)}"
custom:
  token: hunter2
  jwtSecret: ${env:JWT_SECRET, 'abc'}
"""


def test_value_that_cannot_be_moved_is_a_question_of_its_own() -> None:
    read = manifest(TWICE)
    found = [finding(read, path) for path in ("custom.early.apiSecret", "custom.late.apiSecret")]
    early, late = questions(found, deployments(found), ParameterOptions())
    assert (early.name, late.name) == ("/shop/api-secret", "/shop/api-secret")
    assert (early.applicability, late.applicability) == (Applicability.SHOW, Applicability.SAFE)
    assert [len(question.notes) for question in (early, late)] == [1, 0]


def test_one_secret_in_two_files_is_one_question() -> None:
    found = [finding(manifest(TEXT, name), "provider.environment.API_KEY") for name in ("serverless.yml", "b.yml")]
    (question,) = questions(found, deployments(found), ParameterOptions())
    assert len(question.findings) == 2


def test_choices_of_a_question_are_those_of_its_first_finding() -> None:
    url = "amqp://a:pw1@h"
    read = manifest(f"service: shop\ncustom:\n  a:\n    queueUrl: {url}\n  b:\n    queueUrl: {url}\n")
    found = [finding(read, "custom.a.queueUrl", "pw1"), finding(read, "custom.b.queueUrl")]
    (question,) = questions(found, deployments(found), ParameterOptions())
    assert [choice.way for choice in question.choices] == [Way.USUAL, Way.PART]


@pytest.mark.parametrize(
    ("password", "framework", "words"), [("$pw1", MODERN, "takes that sign away"), ("a$&b", VERSION_4, "mangles")]
)
def test_part_that_may_not_move_alone_is_neither_offered_nor_moved(
    password: str, framework: Framework, words: str
) -> None:
    read = manifest(f"service: shop\ncustom:\n  queueUrl: amqp://a:{password}@h\n")
    found = [finding(read, "custom.queueUrl", password.removeprefix("$"))]
    (question,) = questions(found, deployments(found, framework), ParameterOptions())
    assert [choice.way for choice in question.choices] == [Way.USUAL]
    assert planned(found, Accept(question.name), framework=framework).puts
    (change,) = planned(found, Accept(question.name, Way.PART), framework=framework).changes
    assert change.applicability is Applicability.SHOW
    assert words in change.notes[0]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.CONNECTION_STRING, "/shop/queue-url-password"), (Kind.TOKEN, "/shop/queue-url-token")],
)
def test_part_that_moves_alone_is_named_by_its_kind(kind: Kind, name: str) -> None:
    rule = Rule("url", "A connection string", kind, Confidence.HIGH)
    read = manifest("service: shop\ncustom:\n  queueUrl: amqp://a:pw1@${self:custom.host}\n")
    found = [finding(read, "custom.queueUrl", "pw1", rule=rule)]
    assert questions(found, deployments(found), ParameterOptions())[0].name == name


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Confidence.LOW, Confidence.HIGH, 1),
        (Confidence.HIGH, Confidence.LOW, 0),
        (Confidence.HIGH, Confidence.HIGH, 0),
    ],
)
def test_finding_with_higher_confidence_is_kept_and_of_equals_the_first(
    first: Confidence, second: Confidence, kept: int
) -> None:
    read = manifest(TEXT)
    found = [finding(read, "provider.environment.API_KEY", confidence=each) for each in (first, second)]
    (question,) = questions(found, deployments(found), ParameterOptions())
    assert question.findings[0] is found[kept]


def test_missing_decision_raises_an_error() -> None:
    found = all_findings()
    with pytest.raises(ValueError, match="zip"):
        plan(questions(found, deployments(found), ParameterOptions()), [Skip()], ParameterOptions())


def test_unwritable_reference_is_empty() -> None:
    found = [finding(manifest(WITHOUT_TILDE), "custom.token")]
    assert [change.reference for change in planned(found, Skip(), framework=LEGACY).changes] == [""]


def test_fallback_that_custom_syntax_would_not_match_is_not_moved() -> None:
    found = [finding(manifest(WITHOUT_TILDE), "custom.jwtSecret", "abc", Form.FALLBACK)]
    (change,) = planned(found, framework=LEGACY).changes
    assert not change.writes
    assert "does not match such a reference" in change.notes[0]


def test_first_of_several_faults_of_a_name_is_reported() -> None:
    (change,) = planned([all_findings()[1]], Accept("a b/")).changes
    assert change.notes[0] == "the parameter name must begin with /"


def test_manifests_own_region_on_the_command_line_is_left_out_of_the_reference() -> None:
    (change,) = planned([all_findings()[1]], parameter_options=ParameterOptions(regions=("eu-west-1",))).changes
    assert change.reference == "${ssm(raw):/shop/api-key}"


def test_overlapping_changes_of_one_value_are_refused() -> None:
    found = all_findings()[1]
    changes = planned([found], Accept("/shop/api-key")).changes
    with pytest.raises(ManifestError, match="two changes of one value overlap"):
        rewritten(found.manifest, [*changes, *changes])

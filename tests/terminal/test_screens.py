from pathlib import Path

from migrate.model import Accept, CheckedPut, Identity, Plan, PutState, Skip, Target
from migrate.model.words import counted
from migrate.plan.naming import ParameterOptions
from migrate.plan.planning import plan
from migrate.plan.questions import questions
from migrate.terminal import screens
from migrate.terminal.console import plain
from tests.support.build import LEGACY, MODERN, UNKNOWN, deployed, deployments, finding, manifest

TEXT = """\
service: shop
provider:
  name: aws
  environment:
    STAGE: dev
    DB_PASSWORD: hunter2
    LOG_LEVEL: info
functions:
  a:
    environment:
      DB_PASSWORD: hunter2
"""
READ = manifest(TEXT)
FOUND = [finding(READ, "provider.environment.DB_PASSWORD"), finding(READ, "functions.a.environment.DB_PASSWORD")]
HERE = Target(None, "us-east-1")
WHO = (HERE, Identity("123456789012", "arn:aws:iam::123456789012:user/x", "us-east-1"))


def shown(file: Path) -> str:
    return file.name


def the_plan() -> Plan:
    asked = questions(FOUND, deployments(FOUND), ParameterOptions())
    return plan(asked, [Accept(each.name) for each in asked], ParameterOptions())


def test_question_shows_place_reason_and_surroundings() -> None:
    (question,) = questions(FOUND, deployments(FOUND), ParameterOptions())
    masked = TEXT.replace("hunter2", "••••••")
    lines = [plain(line) for line in screens.question_screen(question, 1, 4, lambda _: masked, shown, 80)]
    assert lines == [
        "",
        "1/4  serverless.yml:6  provider.environment.DB_PASSWORD  high",
        "     named like a password, literal",
        "     the same value is also at serverless.yml:11",
        "      4    environment:",
        "      5      STAGE: dev",
        " ›    6      DB_PASSWORD: ••••••",
        "      7      LOG_LEVEL: info",
        "      8  functions:",
    ]


def test_question_screen_is_not_wider_than_the_terminal() -> None:
    long = "x" * 70
    read = manifest(f"custom:\n  {long}:\n    password: hunter2{'y' * 100}\n")
    found = finding(read, f"custom.{long}.password")
    (question,) = questions([found], deployments([found], UNKNOWN), ParameterOptions())
    lines = [plain(line) for line in screens.question_screen(question, 1, 1, lambda _: read.text, shown, 80)]
    assert all(len(line) <= 80 or long in line for line in lines)
    assert [line for line in lines if line.endswith("…")]


def test_header_names_files_framework_and_account() -> None:
    lines = [plain(line) for line in screens.service_header(deployed(READ), [READ.file], [WHO], shown, 80)]
    assert lines == [
        "shop  serverless.yml",
        "      Serverless 3 (package.json): references read ${ssm(raw):…}",
        "      account 123456789012 · us-east-1",
    ]


def test_unknown_framework_is_shown() -> None:
    assert screens.framework_line(deployed(READ, framework=UNKNOWN)).startswith("framework version unknown")
    assert screens.framework_line(deployed(READ, framework=LEGACY)).endswith("${ssm:…~true}")


def test_profile_and_foreign_endpoint_are_shown() -> None:
    identity = Identity("1", "arn", "us-east-1", "http://127.0.0.1:5000")
    line = screens.identity_line(Target("prod", None), identity)
    assert line == "account 1 · us-east-1 · profile prod · http://127.0.0.1:5000"


def test_plan_is_a_table_of_parameters_and_files() -> None:
    lines = [plain(line) for line in screens.plan_table(the_plan(), (), [WHO], shown, 80)]
    assert lines == [
        "Plan   account 123456789012 · us-east-1",
        "  put   /shop/db-password  serverless.yml:6, serverless.yml:11",
        "  file  serverless.yml     2 values",
    ]


def test_existing_and_conflicting_parameters_are_shown_in_the_plan() -> None:
    planned = the_plan()
    there = [CheckedPut(planned.puts[0], PutState.EXISTS, 4)]
    conflict = [CheckedPut(planned.puts[0], PutState.CONFLICT, 4, "holds another value")]
    assert "same value, version 4" in plain(list(screens.plan_table(planned, there, [], shown, 200))[1])
    assert "holds another value" in plain(list(screens.plan_table(planned, conflict, [], shown, 200))[1])


def test_rows_name_their_target_if_there_are_several() -> None:
    asked = questions(FOUND, deployments(FOUND), ParameterOptions(regions=("us-east-1", "eu-west-1")))
    parameter_options = ParameterOptions(regions=("us-east-1", "eu-west-1"))
    planned = plan(asked, [Accept(each.name) for each in asked], parameter_options)
    lines = [plain(line) for line in screens.plan_table(planned, (), (), shown, 200)]
    assert [("(us-east-1)" in line, "(eu-west-1)" in line) for line in lines[1:3]] == [(True, False), (False, True)]


def test_value_that_cannot_be_moved_is_listed_with_its_reason() -> None:
    read = manifest("service: a\nprovider: google\ncustom:\n  password: hunter2\n")
    found = finding(read, "custom.password")
    asked = questions([found], deployments([found], MODERN), ParameterOptions())
    changes = plan(asked, [Skip()], ParameterOptions()).changes
    lines = [plain(line) for line in screens.noted_lines(changes, shown, 80)]
    assert lines[0] == "  serverless.yml:4  custom.password"
    assert "google" in lines[1]


def test_diff_line_is_coloured_by_its_first_characters() -> None:
    styles = [line[0][0] for line in screens.diff_lines(["--- a", "+++ b", "@@ 1", "-x", "+y", " z"])]
    assert styles == ["bold", "bold", "key", "bad", "good", ""]


def test_next_steps_name_permissions_and_directories_that_are_not_ignored() -> None:
    planned = the_plan()
    steps = list(screens.next_steps(planned, planned.changes, [Path("/service")], shown))
    assert "parameter/shop/*" in steps[1]
    assert steps[-1].startswith(".serverless/ is not git-ignored in service")


def test_next_steps_mention_values_behind_anchors() -> None:
    read = manifest("service: s\ncustom:\n  aSecret: &x hunter2\n  b: *x\n")
    found = finding(read, "custom.aSecret")
    asked = questions([found], deployments([found]), ParameterOptions())
    planned = plan(asked, [Accept("/s/x")], ParameterOptions())
    assert "anchor" in list(screens.next_steps(planned, planned.changes, [], shown))[-1]


def test_findings_are_grouped_by_file() -> None:
    lines = [plain(line) for line in screens.finding_lines(FOUND, shown, 80)]
    assert lines[0] == "serverless.yml"
    assert lines[1] == "     6  provider.environment.DB_PASSWORD  high"


def test_count_uses_the_right_plural() -> None:
    assert [counted(number, "value") for number in (0, 1, 2)] == ["0 values", "1 value", "2 values"]


def test_plan_row_that_is_too_wide_continues_on_the_next_line() -> None:
    lines = [plain(line) for line in screens.plan_table(the_plan(), (), [], shown, 50)]
    assert lines[1:3] == ["  put   /shop/db-password", "        serverless.yml:6, serverless.yml:11"]

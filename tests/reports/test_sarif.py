import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from migrate.detect.rules import RuleSpec
from migrate.migration.outcome import planned_result
from migrate.model import Location, Problem
from migrate.reports.report import Report
from migrate.reports.sarif import to_sarif
from tests.support.build import RULE, finding, manifest
from tests.support.surveys import survey_of

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
TEXT = "service: s\ncustom:\n  a b:\n    password: {}\n"


def log(value: str = "hunter2", problems: tuple[Problem, ...] = ()) -> Any:
    read = manifest(TEXT.format(value), "a dir/serverless.yml")
    made = survey_of([finding(read, 'custom["a b"].password')], [False], problems)
    specs = {"password-key": RuleSpec(RULE, "keys named like a password", "Rotate it.", (), ())}
    return json.loads(to_sarif(Report((planned_result(made),), is_batch=False), specs))


@pytest.mark.parametrize("problems", [(), (Problem("is broken", Location(Path("/service/x.yml"), 3, 4)),)])
def test_sarif_log_is_valid_against_the_schema(problems: tuple[Problem, ...]) -> None:
    jsonschema.validate(log(problems=problems), SCHEMA)


def test_result_holds_place_and_reason_and_never_the_value() -> None:
    made = log()
    (result,) = made["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20dir/serverless.yml"
    assert location["region"] == {"startLine": 4, "startColumn": 15, "endLine": 4}
    assert result["level"] == "error"
    assert "named like a password" in result["message"]["text"]
    assert "hunter2" not in json.dumps(made)


def test_fingerprints_do_not_depend_on_the_value() -> None:
    first, second = log("hunter2"), log("other-value")
    assert [each["partialFingerprints"] for each in first["runs"][0]["results"]] == [
        each["partialFingerprints"] for each in second["runs"][0]["results"]
    ]


def test_fingerprints_depend_on_the_place() -> None:
    read = manifest(TEXT.format("hunter2") + "  token: hunter2\n", "serverless.yml")
    findings = [finding(read, path) for path in ('custom["a b"].password', "custom.token")]
    (run,) = json.loads(to_sarif(Report((planned_result(survey_of(findings, [False, False])),), is_batch=False)))[
        "runs"
    ]
    first, second = (result["partialFingerprints"] for result in run["results"])
    assert first != second


def test_rules_include_their_help() -> None:
    (rule,) = log()["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == "Looks for keys named like a password."
    assert rule["help"]["text"] == "Rotate it."


def test_files_that_could_not_be_read_are_notifications() -> None:
    invocation = log(problems=(Problem("is broken", Location(Path("/service/x.yml"))),))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "is broken"

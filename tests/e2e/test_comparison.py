"""What counts as a difference between two builds, and what does not."""

from __future__ import annotations

import pytest

from .build import Json, comparable, differences, failure_reason, strings

_BUILT = "serverless/shop/dev/1700000000000-2023-11-14T22:13:20.000Z"
_BUILT_LATER = "serverless/shop/dev/1700000009999-2023-11-14T22:13:29.999Z"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"S3Key": f"{_BUILT}/shop.zip"}, {"S3Key": f"{_BUILT_LATER}/shop.zip"}),
        ({"OneLambdaVersion" + "aB3" * 14: 1}, {"OneLambdaVersion" + "Xy9" * 14: 1}),
        ({"Ref": "ApiGatewayDeployment1700000000000"}, {"Ref": "ApiGatewayDeployment1700000009999"}),
        ({"CodeSha256": "aaa", "Type": "T"}, {"CodeSha256": "bbb", "Type": "T"}),
    ],
)
def test_build_dependent_values_are_not_differences(before: Json, after: Json) -> None:
    assert list(differences(comparable(before), comparable(after))) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"E": {"A": "x", "B": "y"}}, {"E": {"B": "y"}}, ["E.A: 'x' is gone"]),
        ({"E": {}}, {"E": {"A": "x"}}, ["E.A: 'x' is new"]),
        ({"E": "hunter2"}, {"E": "kms:alias/aws/ssm:hunter2"}, ["E: 'hunter2' became 'kms:alias/aws/ssm:hunter2'"]),
        ({"E": 123}, {"E": "123"}, ["E: 123 became '123'"]),
        ({"E": 1}, {"E": True}, ["E: 1 became True"]),
        ({"E": "x\n"}, {"E": "x"}, ["E: 'x\\n' became 'x'"]),
        ({"E": '{"a": 1}'}, {"E": {"a": 1}}, ["E: '{\"a\": 1}' became {'a': 1}"]),
        ([{"a": 1}, 2], [{"a": 3}, 2], ["[0].a: 1 became 3"]),
        ([1, 2], [1], [": [1, 2] became [1]"]),
    ],
)
def test_other_difference_is_reported(before: Json, after: Json, told: list[str]) -> None:
    assert list(differences(comparable(before), comparable(after))) == told


def test_key_order_is_not_a_difference() -> None:
    assert list(differences({"a": 1, "b": 2}, {"b": 2, "a": 1})) == []


def test_strings_are_found_at_any_depth() -> None:
    assert list(strings({"a": ["x", {"b": "y"}], "c": 1})) == ["x", "y"]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "Packaging, must wait\n Serverless Error ------\n \n  Unknown variable ${x}\n  Stack\n",
            "Unknown variable ${x}",
        ),
        ("Packaging\nTypeError: x is not a function\n", "TypeError: x is not a function"),
        (
            "Deprecation warning: invalid\nError:\nCannot resolve serverless.yml: no\n",
            "Cannot resolve serverless.yml: no",
        ),
        ("", ""),
    ],
)
def test_failure_reason_is_the_significant_line_of_the_output(output: str, reason: str) -> None:
    assert failure_reason(output) == reason

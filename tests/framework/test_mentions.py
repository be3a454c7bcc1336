"""The parameters that a text mentions, whatever the text is."""

from __future__ import annotations

import pytest

from migrate.framework.mentions import mentions
from tests.support.limits import seconds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a: ${ssm:/a/b}", {"/a/b"}),
        ("a: ${ssm:plain~true}", {"plain"}),
        ("a: ${ssm.eu-west-1:/a/b}, ${ssm(raw, us-east-1):/c}", {"/a/b", "/c"}),
        ("a: ${ssm:/a/${self:b, 'c'}-d}", {"/a/*-d"}),
        ("a: ${ssm:/a/${opt:b, ${ssm:/c}}}", {"/a/*", "/c"}),
        ("a: ${ssm:${self:a}}", {"*"}),
        ("a: %{ssm:/a/%{self:b}}", {"/a/", "/a/*"}),
        ("a: '{{resolve:ssm-secure:/a/b:1}}'", {"/a/b"}),
        ("a: arn:aws:ssm:us-east-1:1:parameter/a/b", {"/a/b", "us-east-1"}),
        ("a: arn:aws:ssm:us-east-1:1:parameter/*", {"us-east-1", "/*"}),
        ("a: arn:aws:ssm:us-east-1:1:parameter/a/*/b-?", {"us-east-1", "/a/*/b-*"}),
        ("a: arn:aws:ssm:us-east-1:1:parameter*", {"us-east-1", "*"}),
        ("a: arn:aws:ssm:us-east-1:1:parameter${self:a}/b", {"us-east-1", "*/b"}),
        ("a: ${self:a}/b, '${A}b/c', ${self:d}", {"*/b", "*b/c"}),
        ("a: [ssm:*, 'ssm:Get*', ssm:PutParameter]", {"Get", "PutParameter"}),
        ("a: /a/b", {"/a/b"}),
        ("a: [/, /*, /{proxy+}, src/handler.main, a//b, https://h/x]", {"//h/x"}),
        ("a: ${ssm:/a/${never", {"/a/", "/a/*"}),
        ("", set()),
    ],
)
def test_names_are_mentioned(text: str, names: set[str]) -> None:
    assert set(mentions(text)) == names


@pytest.mark.parametrize(
    "piece", ["${ssm:/", "/${a}", "ssm:", ":parameter/", "/a", "ssm(", "ssm.a-", "${", "}", "/", "ssm:${a}", " /${"]
)
def test_long_text_is_searched_quickly(piece: str) -> None:
    with seconds():
        assert sum(1 for _ in mentions(piece * 200_000)) <= 200_000 * len(piece)

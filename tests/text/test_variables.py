import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.text.variables import Delimiters, escaped, fallback_literals, is_pure, parse


def sources(value: str) -> list[list[str]]:
    return [[source.span.of(value) for source in variable.sources] for variable in parse(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", []),
        ("${self:a.b}", [["self:a.b"]]),
        ("${env:X, 'abc'}", [["env:X", "'abc'"]]),
        ("a${b}c${d}", [["b"], ["d"]]),
        ("${file(./c.${opt:stage, 'dev'}.yml):x}", [["file(./c.${opt:stage, 'dev'}.yml):x"]]),
        ("${env:X, 'a, } b'}", [["env:X", "'a, } b'"]]),
        ('${env:X, "it\'s"}', [["env:X", '"it\'s"']]),
        ("${env:X, 'it\\'s'}", [["env:X", "'it\\'s'"]]),
        ("${ssm(us-west-2, raw):/a, 'x'}", [["ssm(us-west-2, raw):/a", "'x'"]]),
        ("${file(a(b).yml), c)}", [["file(a(b).yml)", "c)"]]),
        ("${never closed", []),
        ("${a ${b}", [["b"]]),
        ("${it's}", [["it's"]]),
    ],
)
def test_variables_and_their_sources_are_parsed(value: str, expected: list[list[str]]) -> None:
    assert sources(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${env:X, 'abc'}", ["abc"]),
        ("${ssm:/a-${opt:stage, 'dev'}/b, 'second'}", ["dev", "second"]),
        ("${env:X, ${env:Y, 'deep'}}", ["deep"]),
        ("${'first'}", []),
        ("${env:X, ''}", [""]),
        ("${env:X, self:y}", []),
    ],
)
def test_literal_fallbacks_are_found(value: str, expected: list[str]) -> None:
    assert [span.of(value) for span in fallback_literals(parse(value))] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("${a}", True), (" ${a}-${b}/", True), ("x${a}", False), ("plain", False), ("", False), ("${a", False)],
)
def test_value_made_of_variables_only_is_pure(value: str, expected: bool) -> None:
    assert is_pure(value) is expected


def test_custom_delimiters_are_parsed() -> None:
    value = "${{self:a}} and ${b}"
    (variable,) = parse(value, Delimiters("${{", "}}"))
    assert variable.span.of(value) == "${{self:a}}"
    assert is_pure("$<ssm:/a>", Delimiters("$<", ">"))


def test_deep_nesting_of_variables_does_not_crash() -> None:
    text = "${" * 5000 + "}" * 5000
    (variable,) = parse(text)
    assert variable.span.end == len(text)


@given(st.text(alphabet="${}'\",\\ a:", max_size=60))
@settings(max_examples=200, deadline=None)
def test_variable_spans_are_within_the_text_and_in_order(value: str) -> None:
    at = 0
    for variable in parse(value):
        assert at <= variable.span.start < variable.span.end <= len(value)
        assert variable.span.of(value).startswith("${")
        assert variable.span.of(value).endswith("}")
        at = variable.span.end


# As serverless 3.40 parses them.
@pytest.mark.parametrize(
    ("value", "starts"),
    [
        ("${ssm:/a}", []),
        ("\\${ssm:/a}", [1]),
        ("\\\\${ssm:/a}", []),
        ("\\\\\\${ssm:/a}", [3]),
        ("$\\${ssm:/a}", []),
        ("$\\\\${ssm:/a}", [3]),
        ("$$\\${ssm:/a}", []),
        ("\\$\\${ssm:/a}", [3]),
        ("\\$${ssm:/a}", []),
        ("x\\y${ssm:/a}", []),
        ("\\\n${ssm:/a}", []),
        ("${self:a}\\${ssm:/a}", [10]),
        ("\\${a:x}\\${ssm:/a}", [1, 8]),
        ("\\${a:${ssm:/a}}", [1]),
        ("\\${a:\\${ssm:/a}}", [1, 6]),
        ("${self:a\\${ssm:/a}}", []),
        ("${AWS::R\\${ssm:/a}}", []),
    ],
)
def test_variables_behind_a_backslash_are_escaped(value: str, starts: list[int]) -> None:
    assert sorted(escaped(value, parse(value))) == starts


def test_long_run_of_signs_is_read_in_one_pass() -> None:
    run = "\\$" * 200_000 + "$" * 200_000
    assert escaped(f"{run}${{ssm:/a}}", parse(f"{run}${{ssm:/a}}")) == frozenset()

"""A copy of a secret in a comment stays where it is, so a person is told where."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.masking.comment_copies import lines_in_comments
from tests.support.build import manifest
from tests.support.program import Program, write

VALUE = "tiger-99-lynx"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"# {VALUE}\na: {VALUE}\n", (1,)),
        (f"a: {VALUE} # was {VALUE}\n", (1,)),
        (f"a: {VALUE}\r\n  # old: '{VALUE}'\r\n\r\n#{VALUE}", (2, 4)),
        (f'a: "x #{VALUE}" # {VALUE}\n', (1,)),
        (f"a: x # {VALUE} {VALUE}\n", (1,)),
        (f"a: |\n  # {VALUE}\nb: c # {VALUE}\n", (3,)),
    ],
)
def test_comment_lines_that_hold_a_value_are_reported(text: str, lines: tuple[int, ...]) -> None:
    assert lines_in_comments(manifest(text), [VALUE]) == {VALUE: lines}


@pytest.mark.parametrize(
    "text",
    [
        f"a: {VALUE}\n",
        f'a: "x # {VALUE}"\n',
        f"a: x#{VALUE}\n",
        f"a: |\n  # {VALUE}\n",
        f"a: {VALUE}\n# {VALUE[:-1]}\n",
    ],
)
def test_text_outside_comments_and_other_values_are_not_reported(text: str) -> None:
    assert lines_in_comments(manifest(text), [VALUE]) == {}


@pytest.mark.parametrize("word", ["root", "x1", "1234", "password"])
def test_word_of_the_language_is_not_reported_as_a_copy(word: str) -> None:
    assert lines_in_comments(manifest(f"# the {word} of all\na: {word}\n"), [word]) == {}


def test_many_values_in_many_comments_are_distinguished() -> None:
    values = [f"tiger-{number:03}-lynx" for number in range(100)]
    text = "".join(f"# {value}\nk{number}: {value}\n" for number, value in enumerate(values))
    expected = {value: (2 * number + 1,) for number, value in enumerate(values)}
    assert lines_in_comments(manifest(text), values) == expected


def test_plan_notes_comment_copies_without_showing_the_secret(service: Path, slsmigrate: Program) -> None:
    text = (
        f"service: shop # not {VALUE}\nframeworkVersion: '3'\nprovider:\n  name: aws\n  environment:\n"
        f"    DB_PASSWORD: {VALUE}\n" + f"# {VALUE}\n" * 4
    )
    write(service, {"serverless.yml": text})
    told = "a comment holds it too, serverless.yml lines 1, 7, 8 and more: take it out by hand"
    ran, machine = slsmigrate("--dry-run"), slsmigrate("--dry-run", "--format", "json")
    assert told in " ".join(ran.out.split())
    assert [each["notes"] for each in machine.json["findings"]] == [[told]]
    assert VALUE not in ran.out + ran.err + machine.out + machine.err

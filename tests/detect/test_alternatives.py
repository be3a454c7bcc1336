"""The tables that long expressions are made of: every row's example is its test."""

from __future__ import annotations

import re

import pytest

from migrate.detect import command_lines, identifiers, placeholders, references
from migrate.detect.alternatives import Alternative, Alternatives, either
from migrate.detect.samples import build

WHOLE = {
    "variables": references.VARIABLES,
    "identifiers": identifiers.IDENTIFIERS,
    "measures": identifiers.MEASURES,
    "locations": identifiers.LOCATIONS,
    "selectors": identifiers.SELECTORS,
    "brackets": placeholders.BRACKETED,
}
BEGINNING = {"ciphertexts": references.CIPHERTEXTS}
ANYWHERE = {"runs": placeholders.RUNS, "shouted words": placeholders.SHOUTED}
TABLES = {**WHOLE, **BEGINNING, **ANYWHERE}
ROWS = [(table, row) for table, expression in TABLES.items() for row in expression.rows]


def matches(table: str, expression: re.Pattern[str] | Alternatives, text: str) -> bool:
    if table in WHOLE:
        return expression.fullmatch(text) is not None
    return (expression.match(text) if table in BEGINNING else expression.search(text)) is not None


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{table}-{row[0]}" for table, row in ROWS])
def test_alternative_matches_its_example(table: str, row: Alternative) -> None:
    _, pattern, example = row
    expression = TABLES[table]
    for seed in range(3):
        text = build(example, seed)
        assert matches(table, re.compile(pattern, expression.flags), text)
        assert matches(table, expression, text)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{table}-{row[0]}" for table, row in ROWS])
def test_alternative_is_the_only_match_for_its_example(table: str, row: Alternative) -> None:
    others = [other for other in TABLES[table].rows if other is not row]
    text = build(row[2])
    flags = TABLES[table].flags
    assert not any(matches(table, re.compile(pattern, flags), text) for _, pattern, _ in others)


@pytest.mark.parametrize("table", TABLES)
def test_alternatives_of_a_table_have_unique_names(table: str) -> None:
    names = [name for name, _, _ in TABLES[table].rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", command_lines.COMMANDS, ids=[row[0] for row in command_lines.COMMANDS])
def test_command_pattern_matches_the_password_of_its_example(row: Alternative) -> None:
    word, pattern, example = row
    text = build(example)
    assert word in text
    (alone,), (together,) = re.finditer(pattern, text), command_lines.commands(text)
    assert alone[1] == together[together.lastindex or 0]
    assert len(alone[1]) >= 12


@pytest.mark.parametrize("row", command_lines.HEADERS, ids=[row[1] for row in command_lines.HEADERS])
def test_header_pattern_matches_its_example(row: Alternative) -> None:
    words, pattern, example = row
    assert re.fullmatch(pattern, example)
    assert any(word in example for word in words.split())
    (found,) = command_lines.headers(f"{example}: abc")
    assert (found[1], found[2]) == (example, "abc")


def test_either_joins_words_and_patterns_into_one_group() -> None:
    assert re.fullmatch(either("a b c?d"), "d")
    assert re.fullmatch(f"{either('a b')}x", "ax")
    assert not re.fullmatch(either("a b"), "ab")

"""Expressions that mean the same on every Python that is supported."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import migrate
from migrate.model.lazy_pattern import LazyPattern, one_of

for module in pkgutil.walk_packages(migrate.__path__, "migrate."):
    importlib.import_module(module.name)
EXPRESSIONS = [each for each in gc.get_objects() if isinstance(each, LazyPattern)]


def repeated(pattern: Any) -> Iterator[Any]:
    """What is repeated possessively anywhere in a parsed pattern."""
    for code, argument in pattern:
        if code is codes.POSSESSIVE_REPEAT:
            yield argument[2]
        for each in argument if isinstance(argument, (list, tuple)) else (argument,):
            for part in each if isinstance(each, list) else (each,):
                if isinstance(part, _parser.SubPattern):
                    yield from repeated(part)


def test_repeated_groups_are_found() -> None:
    assert [len(each) for each in repeated(_parser.parse(r"a(?:b|(?:c++d)*+)"))] == [2, 1]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda each: each.pattern[:30])
def test_no_group_is_repeated_possessively(expression: LazyPattern) -> None:
    """Python 3.11.0 to 3.11.4 lose their way in one (cpython issues 100061 and 106052)."""
    for each in repeated(_parser.parse(expression.pattern, expression._flags)):
        assert len(each) == 1
        assert each[0][0] in (codes.IN, codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.CATEGORY)


def test_one_of_finds_words_unless_a_forbidden_character_precedes() -> None:
    expression = LazyPattern(one_of(["abc", "x-y", "ab"], after="[a-z]"))
    assert [found[0] for found in expression.finditer("abc zabc -x-y ab x-y")] == ["abc", "x-y", "ab", "x-y"]
    assert re.match(r"\[", expression.pattern)

"""Numbers and lists in words."""

import pytest

from migrate.model.words import counted, enumerated


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "secret", "0 secrets"),
        (1, "secret", "1 secret"),
        (2, "less certain finding", "2 less certain findings"),
        (1, "repository", "1 repository"),
        (2, "repository", "2 repositories"),
        (2, "allow entry", "2 allow entries"),
    ],
)
def test_count_agrees_with_its_noun(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_last_of_several_words_is_joined_with_and(words: list[str], text: str) -> None:
    assert enumerated(words) == text

"""The meaning of whole names: the phrase that promises a secret, and the words that qualify or exclude it."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from migrate.detect.name_exclusions import (
    ALWAYS_PUBLIC,
    EXCLUDING_FIRST_WORDS,
    EXCLUDING_PREDECESSORS,
    EXCLUDING_VERBS,
    EXCLUDING_WORDS,
    METADATA_ANYWHERE,
    METADATA_WORDS,
    OFTEN_PUBLIC,
)
from migrate.detect.name_meaning import NameMeaning, Strength
from migrate.detect.name_phrases import PHRASES
from migrate.detect.name_qualifiers import NEUTRAL_WORDS, OWNERS, VENDORS
from migrate.detect.name_words import split_name
from migrate.model import Kind

_MOST_WORDS = max(map(len, PHRASES))
_LAST_WORDS = frozenset(phrase[-1] for phrase in PHRASES)
# Their meaning is only fair or less once other words follow.
_FRAIL_PHRASES = (("pass",), ("key",), ("pw",), ("auth",))


class Phrase(Struct, frozen=True):
    """The phrase of a name that counts, what it promises, and the words before and after it."""

    meaning: NameMeaning
    before: tuple[str, ...]
    words: tuple[str, ...]
    after: tuple[str, ...]


@lru_cache(maxsize=4096)
def meaning_of(words: tuple[str, ...]) -> NameMeaning | None:
    """Return what the words of a name promise.

    None where they mean no secret, or exclude one.
    """
    phrase = nearest_phrase(words)
    return None if phrase is None or _is_excluded(phrase) else _qualified(phrase)


@lru_cache(maxsize=4096)
def nearest_phrase(words: tuple[str, ...]) -> Phrase | None:
    """Return the phrase nearest to a name's end, even one that words exclude."""
    if _LAST_WORDS.isdisjoint(words):
        return None
    words = _without_qualifiers(words)
    for end in range(len(words), 0, -1):
        if words[end - 1] not in _LAST_WORDS:
            continue
        for start in range(max(0, end - _MOST_WORDS), end):
            meaning = PHRASES.get(words[start:end])
            if meaning is not None:
                return Phrase(meaning, words[:start], words[start:end], words[end:])
    return None


def excludes_secret(words: tuple[str, ...]) -> bool:
    """Return whether a name is that of a place, a limit, a flag or another name."""
    return not METADATA_WORDS.isdisjoint(words) or (bool(words) and words[0] in EXCLUDING_FIRST_WORDS)


def is_for_browsers(words: tuple[str, ...]) -> bool:
    """Return whether a key of this name is sent to browsers: Algolia's search key."""
    return "search" in words and "algolia" in words


def is_generic(name: str) -> bool:
    """Return whether a key only distinguishes several: `dev`, `prod-eu`, `value`.

    Then its parent names the value.
    """
    words = split_name(name)
    return bool(words) and all(word in NEUTRAL_WORDS or word.isdigit() for word in words)


def _without_qualifiers(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name's words without the qualifiers at its end."""
    end = len(words)
    while end > 1 and (words[end - 1] in NEUTRAL_WORDS or words[end - 1].isdigit()) and words[:end] not in PHRASES:
        end -= 1
    return words[:end]


def _is_excluded(phrase: Phrase) -> bool:
    """Return whether the words next to a phrase rule a secret out."""
    before, after = phrase.before, phrase.after
    if after and (after[-1] in METADATA_WORDS or not METADATA_ANYWHERE.isdisjoint(after)):
        return True
    if not before:
        return False
    if before[0] in EXCLUDING_FIRST_WORDS or not EXCLUDING_WORDS.isdisjoint(before) or is_for_browsers(before):
        return True
    if phrase.meaning.kind in (Kind.PASSWORD, Kind.TOKEN) and not EXCLUDING_VERBS.isdisjoint(before):
        return True
    if len(phrase.words) == 1 and before[-1] in EXCLUDING_PREDECESSORS.get(phrase.words[0], ()):
        return True
    return _is_mere_key(phrase) and not ALWAYS_PUBLIC.isdisjoint(before)


def _is_mere_key(phrase: Phrase) -> bool:
    """Return whether a phrase is `key` or `app key`, which anybody may see."""
    words = phrase.words
    return phrase.meaning.kind is Kind.API_KEY and words[-1] == "key" and words[0] in ("key", "app")


def _qualified(phrase: Phrase) -> NameMeaning:
    """Return what a phrase promises, given the words before and after it."""
    meaning, before, after = phrase.meaning, phrase.before, phrase.after
    if _is_mere_key(phrase) and not OFTEN_PUBLIC.isdisjoint(before):
        return replace(meaning, strength=Strength.DOUBTED)
    if phrase.words == ("key",) and not VENDORS.isdisjoint(before[-2:]):
        meaning = replace(meaning, strength=Strength.FAIR, description="an API key")
    if not after or (meaning.kind is Kind.PASSWORD and OWNERS.issuperset(after)):
        return meaning
    weak = phrase.words in _FRAIL_PHRASES
    return replace(meaning, strength=Strength.WEAK if weak else meaning.strength.weakened())

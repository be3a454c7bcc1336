"""Randomness of a value: made by a machine rather than made up by a person."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Literal

from migrate.detect.name_words import vocabulary
from migrate.model.lazy_pattern import LazyPattern

CharacterClass = Literal["digit", "upper", "lower", "symbol"]

_HEX = LazyPattern(r"(?:0x)?[0-9a-fA-F]+")
_APP_PASSWORD = LazyPattern(r"[a-z]{4}(?: [a-z]{4}){3}")
_MNEMONIC = LazyPattern(r"(?:[a-z]{3,8} ){11,23}[a-z]{3,8}")
_BLANK = LazyPattern(r"\s")
_NAME_SEPARATORS = LazyPattern(r"[-_./:]+")
_SERIAL = LazyPattern(r"[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,}")
_SEPARATORS = LazyPattern(r"[\W_]+")
_PIECES = LazyPattern(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+")
_UNPRONOUNCEABLE = LazyPattern(r"[^aeiouy]{6}|[^aeiou]{7}|[aeiou]{5}|[jqxzvk]{3}")
_SHORT_WORDS = vocabulary(
    "my db id to in is of no go us eu uk ap as at by do if it me on or so up we be an am he vm qa ci ui js ts pw "
    "pg aa bb"
)
_VOWELS = frozenset("aeiouy")
# Words of sentences; a recovery phrase holds none of them.
SPEECH = vocabulary(
    "the is are in of to for and or your with from a an this that must be not will please has when it on"
)


def looks_random(text: str) -> bool:
    """Return whether no person would have made a value up.

    Random are classes of characters that change often, long hexadecimal numbers, letters that can't be pronounced,
    application passwords of four groups, and recovery phrases.
    """
    if _APP_PASSWORD.fullmatch(text) or (_MNEMONIC.fullmatch(text) and SPEECH.isdisjoint(text.split())):
        return True
    if len(text) < 8 or _BLANK.search(text):
        return False
    pieces = _NAME_SEPARATORS.split(text)
    if len(pieces) > 1 and all(piece.isalnum() for piece in pieces if piece):
        return any(len(piece) > 7 and _is_random(piece) for piece in pieces) or _is_serial(text)
    return _is_random(text)


def _is_serial(text: str) -> bool:
    """Return whether a value is built like a licence number: `AB12-CD34-EF56`."""
    return _SERIAL.fullmatch(text) is not None and any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _is_random(text: str) -> bool:
    """Return whether a text without blanks looks random as a whole."""
    if _HEX.fullmatch(text):
        return len(text) > 15 and len(set(text.lower())) > 5 and not text.isdigit()
    if text.isalpha() and (text.isupper() or text.islower()):
        return len(text) > 9 and _is_unpronounceable(text.lower())
    if _are_words(text):
        return False
    often = 0.25 if len(text) < 16 else 0.12
    return _class_changes(text) >= often * (len(text) - 1) and len(set(text)) > min(7, len(text) // 2)


def _class_changes(text: str) -> int:
    """Count the changes of the class of character.

    A capital before small letters is none.
    """
    pairs = pairwise(map(_character_class, text))
    return sum(1 for before, after in pairs if before != after and (before, after) != ("upper", "lower"))


@cache
def _character_class(char: str) -> CharacterClass:
    """Return what a character is; letters without case count as small ones."""
    if char.isdigit():
        return "digit"
    if char.isupper():
        return "upper"
    return "lower" if char.isalpha() else "symbol"


def _are_words(text: str) -> bool:
    """Return whether a text is words, names and small numbers with separators.

    However many they are: `my-app-v2-dev`, `MyDatabasePassword2021`.
    """
    pieces = [piece for part in _SEPARATORS.split(text) for piece in _PIECES.findall(part)]
    letters = [piece for piece in pieces if piece.isalpha()]
    if not letters or any(not piece.isalnum() for piece in pieces):
        return False
    odd = [piece for piece in letters if _is_odd(piece)]
    digits = [piece for piece in pieces if piece.isdigit()]
    return len(odd) * 4 <= len(letters) and len(digits) <= max(1, len(letters) // 2)


def _is_odd(piece: str) -> bool:
    """Return whether letters are hardly a word of any language."""
    word = piece.lower()
    if len(word) < 4:
        return len(word) < 2 or (len(word) == 2 and word not in _SHORT_WORDS)
    return _VOWELS.isdisjoint(word) or (len(word) > 5 and _is_unpronounceable(word))


def _is_unpronounceable(word: str) -> bool:
    """Return whether a lower-case word has too few vowels, or impossible clusters."""
    vowels = [char for char in word if char in _VOWELS]
    return len(vowels) * 5 < len(word) or _UNPRONOUNCEABLE.search(word) is not None

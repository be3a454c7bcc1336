"""The values worth the detector's full attention, by the two cheapest criteria: a key's words, a value's shape.

Both are memoised, since keys and values recur from file to file. What is not picked can't become a finding: without a
name that promises one, only a sign in the value or its randomness makes a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from migrate.detect.ambiguous_names import ambiguous_name
from migrate.detect.command_lines import COMMAND_WORDS, HEADER_WORDS
from migrate.detect.context import is_container
from migrate.detect.name_meaning import SecretOrigin
from migrate.detect.name_words import split_name
from migrate.detect.names import is_generic, meaning_of
from migrate.detect.references import is_reference
from migrate.detect.resources import INTRINSICS, SECRET_PROPERTIES
from migrate.detect.settings import Settings
from migrate.detect.tokens import SHORTEST, present
from migrate.detect.value_names import VALUE_KEYS
from migrate.detect.values import ValueClass, classify
from migrate.model import Manifest, Parts, Scalar
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import DEFAULT

_KEPT = 8192  # answers of each kind
_LONG = 100  # characters; longer values are always picked
_RANDOM = 16  # characters; a shorter value is no secret for being random alone
_AWS_SECRET = 40  # characters
# What a URL's user, an assignment, a member of JSON and a variable's quoted fallback can't do without.
_SIGN = LazyPattern(r"[@=]|\" ?:|\$\{.*['\"]", re.DOTALL)
# What a command line can't do without that shows a password: an option, a tool, a header.
_COMMAND = LazyPattern("|".join([r"(?<!\S)--?[A-Za-z]", *map(re.escape, (*COMMAND_WORDS, *HEADER_WORDS))]))
_PROPERTIES = frozenset(prop for _, prop in SECRET_PROPERTIES)


def candidates(manifest: Manifest, settings: Settings) -> Iterator[Scalar]:
    """Yield the values that may become findings, in the order of the text.

    They are a superset of those that do.
    """
    harmless = _HARMLESS if settings.placeholders else _HARMLESS | {ValueClass.PLACEHOLDER}
    opening = None if settings.delimiters == DEFAULT else settings.delimiters.open
    command_lines = {scalar.path.parts[:-1] for scalar in manifest.scalars if scalar.value.startswith("-")}
    in_container = is_container(manifest.file.stem)
    for scalar in manifest.scalars:
        value, parts = scalar.value, scalar.path.parts
        if len(value) < 2:
            continue
        if (
            len(value) > _LONG
            or _stands_out(value)
            or (opening is not None and opening in value)
            or (
                (
                    _is_named(parts)
                    or (command_lines and parts[:-1] in command_lines and _is_item(parts))
                    or (len(value) >= _RANDOM and (in_container or _is_among_secrets(parts[:-1])))
                )
                and not _is_harmless(value, harmless)
            )
        ):
            yield scalar


@lru_cache(maxsize=_KEPT)
def _stands_out(value: str) -> bool:
    """Return whether a value may be or hold a secret under any name."""
    if _SIGN.search(value) is not None or len(value) == _AWS_SECRET:
        return True
    may_be_command = " " in value or "\n" in value or value.startswith("-")
    if may_be_command and _COMMAND.search(value) is not None:
        return True
    return len(value) >= SHORTEST and present(value) != ()


@lru_cache(maxsize=_KEPT)
def _is_harmless(value: str, harmless: frozenset[ValueClass]) -> bool:
    """Return whether a value is of a harmless class for every origin of secrets.

    One with blanks or slashes is not: only a closer look can class it.
    """
    if value.startswith("${") and is_reference(value):
        return True
    if "/" in value or any(char.isspace() for char in value):
        return False
    return all(classify(value, origin) in harmless for origin in SecretOrigin)


_HARMLESS = frozenset({ValueClass.NEVER})


def _is_named(parts: Parts) -> bool:
    """Return whether the keys that lead to a value may promise a secret.

    They may also leave the promise to a value next to it.
    """
    leaf, owner = parts[-1] if parts else 0, parts[-2] if len(parts) > 1 else ""
    if isinstance(leaf, str) and isinstance(owner, str) and not _passes_on(leaf):
        return leaf in _PROPERTIES or _promises(leaf) or _promises_of_many(owner)
    return _is_named_further_up(parts)


def _is_named_further_up(parts: Parts) -> bool:
    keys = [part for part in parts if isinstance(part, str)]
    if not keys:
        return False
    if keys[-1] in VALUE_KEYS or next((key for key in reversed(keys) if key not in INTRINSICS), "") in _PROPERTIES:
        return True
    while len(keys) > 1 and _passes_on(keys[-1]):
        keys.pop()
    return _promises(keys[-1]) or (len(keys) > 1 and _promises_of_many(keys[-2]))


@lru_cache(maxsize=_KEPT)
def _passes_on(key: str) -> bool:
    """Return whether a key leaves it to its parent to name the value."""
    return is_generic(key) or key in INTRINSICS or key in VALUE_KEYS


@lru_cache(maxsize=_KEPT)
def _promises(key: str) -> bool:
    words = split_name(key)
    return meaning_of(words) is not None or ambiguous_name(words) is not None


@lru_cache(maxsize=_KEPT)
def _promises_of_many(key: str) -> bool:
    """Return whether a map's name may give its meaning to the names in the map.

    An example is `apiKeys: {acme: …}`.
    """
    return key.lower().endswith(("s", "secret")) and meaning_of(split_name(key)) is not None


def _is_item(parts: Parts) -> bool:
    return bool(parts) and isinstance(parts[-1], int)


def _is_among_secrets(parts: Parts) -> bool:
    return any(isinstance(part, str) and _gathers_secrets(part) for part in parts)


@lru_cache(maxsize=_KEPT)
def _gathers_secrets(key: str) -> bool:
    """Return whether any random value below a key may be a secret.

    Such keys are those of a map of headers or of secrets.
    """
    name = key.lower().replace("_", "").replace("-", "")
    return name.endswith(("header", "headers")) or is_container(key)

"""A team's settings for the detector: what it allows, its own rules, and how variables are written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache, cached_property
from math import factorial
from pathlib import Path, PurePath
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from msgspec import Struct

from migrate.detect.comments import Comments
from migrate.model import Confidence, Finding, Kind, Rule
from migrate.model.keypath import KeyPath, KeyPattern
from migrate.text.variables import DEFAULT, Delimiters

PLACEHOLDER = "placeholder"  # the rule of findings that are no secrets

# An own expression is tried on values so long that it takes a few milliseconds at the worst: with each repeat
# there is one place more to choose, and the search begins anywhere.
_MOST_STEPS = 2_000_000
_LONGEST = 8192
_MOST_REPEATS, _MOST_CHOICES = 3, 8
_LONGEST_EXPRESSION = 2_000


class Allow(Struct, frozen=True, dict=True):
    """Findings that are never reported: all fields must fit, None fits everything.

    `file` is a path pattern (`*` within a segment, `**` across; without a slash any file of that name),
    `rule` the id of a rule.
    """

    file: str | None = None
    key_path: KeyPattern | None = None
    rule: str | None = None

    @cached_property
    def _file(self) -> re.Pattern[str]:
        """Compile the path pattern; without one any file matches."""
        text = self.file or "**"
        pieces = re.split(r"(\*\*/?|\*|\?)", text if "/" in text or text == "**" else f"**/{text}")
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        return re.compile("".join(known.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)

    def covers(self, finding: Finding, file: PurePath) -> bool:
        """Return whether a finding in a file is allowed.

        `file` is relative to the root of the settings.
        """
        if self.rule is not None and self.rule != finding.rule.id:
            return False
        if self.key_path is not None and not self.key_path.matches(finding.path):
            return False
        return self._file.fullmatch(file.as_posix()) is not None


class OwnRule(Struct, frozen=True, dict=True):
    """A team's own rule: an expression searched for in the key path, one searched for in the value, or both.

    ValueError for one with neither, or with an expression that `fault` finds fault with.
    """

    id: str
    key: str | None = None
    value: str | None = None
    confidence: Confidence = Confidence.MEDIUM
    title: str = ""
    kind: Kind = Kind.OTHER

    def __post_init__(self) -> None:
        if self.key is None and self.value is None:
            raise ValueError("a rule needs an expression for the key, for the value, or both")
        for expression in (self.key, self.value):
            _bound(expression or "")

    @cached_property
    def rule(self) -> Rule:
        """Return the row that its findings carry."""
        return Rule(self.id, self.title or self.id, self.kind, self.confidence)

    @cached_property
    def _expressions(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        return tuple((re.compile(expression or ""), _bound(expression or "")) for expression in (self.key, self.value))

    def matches(self, path: KeyPath, value: str) -> bool:
        """Return whether a value at a key path is one of these.

        One longer than the bound of the expression is none.
        """
        texts = (str(path), value)
        return all(
            len(text) <= longest and expression.search(text) is not None
            for text, (expression, longest) in zip(texts, self._expressions, strict=True)
        )


class Settings(Struct, frozen=True):
    """The settings under which one manifest is searched.

    `baseline` are places (file, line) of a detect-secrets baseline; its files and those of `allow` are
    relative to `root`. `delimiters` are a manifest's own, where it has a `variableSyntax`.
    """

    allow: tuple[Allow, ...] = ()
    own_rules: tuple[OwnRule, ...] = ()
    baseline: frozenset[tuple[str, int]] = frozenset()
    placeholders: bool = False
    delimiters: Delimiters = DEFAULT
    root: Path | None = None

    def file(self, file: Path) -> PurePath:
        """Return a file's path as settings mean it: relative to their root."""
        return file.relative_to(self.root) if self.root is not None and file.is_relative_to(self.root) else file


def suppressed(finding: Finding, settings: Settings, comments: Comments) -> bool:
    """Return whether a comment, an allow entry or the baseline covers a finding."""
    if comments.allow(finding.scalar, is_json=finding.manifest.is_json):
        return True
    file = settings.file(finding.manifest.file)
    if settings.baseline:
        first, last = comments.lines_of(finding.scalar)
        if any((file.as_posix(), line) in settings.baseline for line in range(first, last + 1)):
            return True
    return any(allow.covers(finding, file) for allow in settings.allow)


def fault(expression: str) -> str | None:
    """Return what is wrong with an own rule's expression, None for a good one.

    Refused is what could take very long on some text: a repeat or a choice inside a repeat, a back-reference,
    more than three repeats.
    """
    try:
        _bound(expression)
    except ValueError as error:
        return str(error)
    return None


@cache
def _bound(expression: str) -> int:
    """Return how long a value an expression may be tried on.

    Raises ValueError where no bound would do.
    """
    if len(expression) > _LONGEST_EXPRESSION:
        raise ValueError(f"an expression of more than {_LONGEST_EXPRESSION:,} characters could take very long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parser.parse(expression)
            re.compile(expression)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error.msg}") from None
    except (RecursionError, OverflowError):
        raise ValueError("not a regular expression: nested too deeply, or with a number too large") from None
    repeats, choices = _count(parsed, inside=False)
    if repeats > _MOST_REPEATS or choices > _MOST_CHOICES:
        raise ValueError("an expression with so many repeats or choices could take very long")
    places = repeats + 1
    return min(_LONGEST, int((_MOST_STEPS * factorial(places) / 2**choices) ** (1 / places)))


def _count(parsed: Any, *, inside: bool) -> tuple[int, int]:
    """Count the repeats and choices of a parsed expression.

    Raises ValueError for one inside a repeat.
    """
    repeats = choices = 0
    for code, argument in parsed:
        is_repeat = code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
        optional = is_repeat and argument[1] == 1
        if code in (codes.GROUPREF, codes.GROUPREF_EXISTS):
            raise ValueError("a back-reference could take very long")
        if inside and (is_repeat or code is codes.BRANCH):
            raise ValueError("a repeat or a choice inside a repeat could take very long")
        if is_repeat and not optional:
            repeats += 1
        if optional or code is codes.BRANCH:
            choices += 1
        for inner in _inner(argument):
            more, others = _count(inner, inside=inside or (is_repeat and not optional))
            repeats, choices = repeats + more, choices + others
    return repeats, choices


def _inner(argument: Any) -> Iterator[Any]:
    """Yield the expressions inside one operation of a parsed expression."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for item in argument:
            yield from _inner(item)

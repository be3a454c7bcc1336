"""A team's settings for the detector: what it allows, its own rules, and how variables are written."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path, PurePath

from msgspec import Struct

from migrate.detect.comments import Comments
from migrate.detect.foreign_expressions import ForeignExpression
from migrate.model import Confidence, Finding, Kind, Rule
from migrate.model.keypath import KeyPath, KeyPattern
from migrate.text.variables import DEFAULT, Delimiters

PLACEHOLDER = "placeholder"  # the rule of findings that are no secrets


class Allow(Struct, frozen=True, dict=True):
    """Findings that are never reported: all fields must fit, None fits everything.

    `file` is a path pattern (`*` within a segment, `**` across; without a slash any file of that name),
    `rule` the id of a rule.
    """

    file: str | None = None
    key_path: KeyPattern | None = None
    rule: str | None = None

    @cached_property
    def _file(self) -> ForeignExpression:
        """Compile the path pattern; without one any file matches."""
        text = self.file or "**"
        pieces = re.split(r"(\*\*/?|\*|\?)", text if "/" in text or text == "**" else f"**/{text}")
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        return ForeignExpression("(?s)" + "".join(known.get(piece, re.escape(piece)) for piece in pieces))

    def covers(self, finding: Finding, file: PurePath) -> bool:
        """Return whether a finding in a file is allowed.

        `file` is relative to the root of the settings.
        """
        if self.rule is not None and self.rule != finding.rule.id:
            return False
        if self.key_path is not None and not self.key_path.matches(finding.path):
            return False
        return self.covers_file(file)

    def covers_file(self, file: PurePath) -> bool:
        """Return whether the path pattern matches.

        Raises ValueError for one that is too large to be tried.
        """
        return self._file.fullmatch(file.as_posix())


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
        _ = self._expressions  # raises

    @cached_property
    def rule(self) -> Rule:
        """Return the row that its findings carry."""
        return Rule(self.id, self.title or self.id, self.kind, self.confidence)

    @cached_property
    def _expressions(self) -> tuple[ForeignExpression, ...]:
        return tuple(ForeignExpression(expression or "") for expression in (self.key, self.value))

    def matches(self, path: KeyPath, value: str) -> bool:
        """Return whether a value at a key path is one of these.

        One that is too long is none.
        """
        in_key, in_value = self._expressions
        return in_key.search(str(path)) and in_value.search(value)


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
    """Return what is wrong with an own rule's expression, None for a good one."""
    try:
        ForeignExpression(expression)
    except ValueError as error:
        return str(error)
    return None

"""Check the syntax of existing references: what is broken, what is wrong or odd though it deploys."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, auto

from msgspec import Struct

from migrate.framework.deployment import Deployment
from migrate.framework.existing_references import ExistingReference
from migrate.framework.reference_meaning import Content, Written, is_of_secrets_manager, same_source, written
from migrate.framework.releases import traits_of
from migrate.model import Family


class Standing(StrEnum):
    """How a reference does: BROKEN ones alone may be rewritten, since the others deploy something today."""

    BROKEN = auto()
    WRONG = auto()
    ODD = auto()


class SyntaxRemark(Struct, frozen=True):
    """What is to be said of a reference, what a person may do, and the source that deploys the same.

    Without a `replacement` it is a person's work.
    """

    standing: Standing
    message: str
    hint: str
    replacement: str | None = None


class _Case(Struct, frozen=True):
    existing: ExistingReference
    deployment: Deployment
    contents: frozenset[Content]

    @property
    def written(self) -> Written:
        return written(self.existing)

    @property
    def may_be_secure(self) -> bool:
        return not self.contents or not self.contents <= {Content.TEXT, Content.LIST}

    @property
    def is_secure(self) -> bool:
        return not self.contents.isdisjoint({Content.SECRET, Content.SECRET_OBJECT})


class _Row(Struct, frozen=True):
    family: Family
    holds: Callable[[_Case], bool]
    standing: Standing
    message: str
    hint: str
    fix_hint: str = ""


def _has_late_region(case: _Case) -> bool:
    """Return whether the release ignores the region for its place in the brackets."""
    traits, existing = traits_of(case.deployment.framework), case.existing
    if traits is None or not traits.takes_region_first_only or existing.region is None:
        return False
    return existing.params.index(existing.region) > 0


# The first row that holds is told. `fix_hint` stands in for `hint` where the same can be written for certain.
# Observed with the real command lines: serverless 1.83, 2.72, 3.40 and osls; version 4 by its source.
_ROWS = (
    _Row(
        Family.MODERN,
        lambda case: not case.existing.is_read,
        Standing.ODD,
        "{label} takes the backslash for an escape, and deploys the text that follows",
        "remove the backslash, if a reference is meant",
    ),
    _Row(
        Family.MODERN,
        lambda case: case.written is Written.SPLIT,
        Standing.BROKEN,
        "{label} takes ~split for a part of the name",
        "a StringList is split by itself: remove ~split",
        "a StringList is split by itself: remove ~split; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda case: case.existing.tail != "",
        Standing.BROKEN,
        "{label} takes what follows ~ for a part of the name and fails",
        "write (raw) for the plaintext, (noDecrypt) for the encrypted text",
        "write {fix} instead; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda case: case.existing.dotted != "",
        Standing.BROKEN,
        "{label} does not know ssm.region:",
        "write the region in brackets, with raw for the plaintext, with noDecrypt for the encrypted text",
        "write {fix} instead; --fix does it",
    ),
    _Row(
        Family.MODERN,
        _has_late_region,
        Standing.WRONG,
        "{label} ignores a region that is not the first in the brackets",
        "write it first; that changes which parameter is deployed, so --fix leaves it",
    ),
    _Row(
        Family.MODERN,
        lambda case: case.written is Written.NO_DECRYPT and case.may_be_secure,
        Standing.ODD,
        "{label} deploys the encrypted text, as noDecrypt says",
        "write (raw), if the plaintext is meant",
    ),
    _Row(
        Family.MODERN,
        lambda case: (
            case.written is Written.BARE
            and Content.SECRET_OBJECT in case.contents
            and not is_of_secrets_manager(case.existing)
        ),
        Standing.ODD,
        "{label} deploys an object, since the value is JSON, and rounds its numbers",
        "write (raw), if its text is meant",
    ),
    _Row(
        Family.LEGACY,
        lambda case: not case.existing.is_read,
        Standing.ODD,
        "{label} deploys it as the text that it is, since variableSyntax sets other delimiters",
        "write it in those, if a reference is meant",
    ),
    _Row(
        Family.LEGACY,
        lambda case: bool(case.existing.params),
        Standing.BROKEN,
        "{label} does not know brackets after ssm and leaves the text as it is",
        "write ~true at the end for the plaintext, ~false for the encrypted text, and the region as ssm.region:",
        "write {fix} instead; --fix does it",
    ),
    _Row(
        Family.LEGACY,
        lambda case: case.written in (Written.BARE, Written.UNCLEAR) and case.is_secure,
        Standing.WRONG,
        "{label} deploys the encrypted text where ~true is missing",
        "write ~true at the end, if the plaintext is meant; that changes what is deployed, so --fix leaves it",
    ),
    _Row(
        Family.LEGACY,
        lambda case: case.written is Written.FALSE and case.may_be_secure,
        Standing.ODD,
        "{label} deploys the encrypted text, as ~false says",
        "write ~true, if the plaintext is meant",
    ),
)


def syntax_remark(
    existing: ExistingReference, deployment: Deployment, contents: frozenset[Content] = frozenset()
) -> SyntaxRemark | None:
    """Check the syntax of a reference; None where it fits and nothing is odd.

    `contents` are what its parameters hold, as far as that is known.
    """
    case = _Case(existing, deployment, contents)
    rows = (row for row in _ROWS if row.family is deployment.framework.family and row.holds(case))
    row = next(rows, None)
    if row is None:
        return None
    sole = next(iter(contents)) if len(contents) == 1 else Content.UNKNOWN
    # Whoever wrote a backslash may well have meant the text, on whatever release.
    may_fix = row.standing is Standing.BROKEN and not existing.is_escaped
    fix = same_source(existing, deployment.syntax, sole) if may_fix else None
    hint = row.hint if fix is None else row.fix_hint.format(fix=fix)
    return SyntaxRemark(row.standing, row.message.format(label=deployment.framework.label), hint, fix)

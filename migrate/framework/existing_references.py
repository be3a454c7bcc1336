"""Find the ssm references that a manifest has, and check them for its framework."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from migrate.framework.deployment import Deployment
from migrate.framework.reference import source
from migrate.framework.releases import traits_of
from migrate.model import Family, Form, Manifest, Scalar, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.stores.limits import REGION
from migrate.text.variables import DEFAULT, Variable, parse

_SSM = LazyPattern(
    r"ssm(?:\.(?P<dotted>[a-z0-9-]+))?(?:\((?P<params>[^()]*)\))?:(?P<path>[^~,\s][^~]*)(?P<tail>~\w+)?", re.DOTALL
)


class ExistingReference(Struct, frozen=True):
    """One ssm source of one variable; `span` is its text within the scalar's value.

    `params` are what modern versions write in brackets, `tail` is `~true`, `~false`, `~split` or ''.
    """

    manifest: Manifest
    scalar: Scalar
    span: Span
    path: str
    dotted: str
    params: tuple[str, ...]
    tail: str
    form: Form

    @property
    def region(self) -> str | None:
        """Return the region in the reference, in either position, or None."""
        return self.dotted or next((param for param in self.params if REGION.fullmatch(param)), None)

    @property
    def name(self) -> str:
        """Return the parameter's name, without a version or label behind a colon."""
        return self.path.partition(":")[0] if "${" not in self.path else self.path

    @property
    def has_variables(self) -> bool:
        """Return whether the name is known only at deployment.

        Variables count whatever their delimiters are.
        """
        return bool(re.search(r"[${}<>%#\[\]]", self.path))


class SyntaxMismatch(Struct, frozen=True):
    """Why a reference can't be read, what to do, and the source that would be read.

    Without a `replacement` it is a person's work.
    """

    message: str
    hint: str
    replacement: str | None


def existing_references(manifest: Manifest, deployment: Deployment) -> Iterator[ExistingReference]:
    """Find every ssm source in a file's values, nested ones too."""
    own = deployment.syntax.delimiters
    for scalar in manifest.scalars:
        if "ssm" not in scalar.value:
            continue
        yield from _in_variables(manifest, scalar, parse(scalar.value, own))
        if own != DEFAULT:
            yield from _in_variables(manifest, scalar, parse(scalar.value, DEFAULT))


def _in_variables(manifest: Manifest, scalar: Scalar, variables: Sequence[Variable]) -> Iterator[ExistingReference]:
    for variable in variables:
        first_form = Form.WHOLE if variable.span == Span(0, len(scalar.value)) else Form.PART
        for number, read in enumerate(variable.sources):
            found = _SSM.fullmatch(read.span.of(scalar.value))
            if found:
                form = Form.FALLBACK if number else first_form
                params = tuple(param.strip() for param in (found["params"] or "").split(",") if param.strip())
                path, tail = found["path"], found["tail"] or ""
                yield ExistingReference(manifest, scalar, read.span, path, found["dotted"] or "", params, tail, form)
            yield from _in_variables(manifest, scalar, read.nested)


def syntax_mismatch(
    existing: ExistingReference, deployment: Deployment, *, is_secure: bool | None
) -> SyntaxMismatch | None:
    """Check the syntax of a reference; None where it fits.

    `is_secure` is whether the parameter is a SecureString, None where that is unknown.
    """
    for row in _MISMATCHES:
        if row.family is deployment.framework.family and row.holds(existing, deployment, is_secure):
            text = source(deployment.syntax, existing.path, existing.region) if row.is_fixable else None
            return SyntaxMismatch(row.message.format(label=deployment.framework.label), row.hint, text)
    return None


class _Row(Struct, frozen=True):
    family: Family
    holds: Callable[[ExistingReference, Deployment, bool | None], bool]
    message: str
    hint: str
    is_fixable: bool = True


def _has_late_region(existing: ExistingReference, deployment: Deployment) -> bool:
    """Return whether the release ignores the region for its place in the brackets."""
    traits = traits_of(deployment.framework)
    if traits is None or not traits.takes_region_first_only or existing.region is None:
        return False
    return existing.params.index(existing.region) > 0


# Observed with the real command lines: serverless 1.83, 2.72, 3.40 and osls; version 4 by its source.
_MISMATCHES = (
    _Row(
        Family.MODERN,
        lambda existing, _, __: existing.tail == "~split",
        "{label} takes ~split for a part of the name",
        "a StringList is split by itself: remove ~split",
        is_fixable=False,
    ),
    _Row(
        Family.MODERN,
        lambda existing, _, __: existing.tail != "",
        "{label} takes what follows ~ for a part of the name and fails",
        "write (raw) instead; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda existing, _, __: existing.dotted != "",
        "{label} does not know ssm.region:",
        "write the region in brackets; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda existing, deployment, _: _has_late_region(existing, deployment),
        "{label} ignores a region that is not the first in the brackets",
        "write it first; --fix does it",
    ),
    _Row(
        Family.LEGACY,
        lambda existing, _, __: bool(existing.params),
        "{label} does not know brackets after ssm and leaves the text as it is",
        "write ~true at the end instead; --fix does it",
    ),
    _Row(
        Family.LEGACY,
        lambda existing, _, is_secure: existing.tail in ("", "~false") and is_secure is True,
        "{label} deploys the encrypted text where ~true is missing",
        "write ~true at the end; --fix does it",
    ),
)

"""The ssm references that stand in a manifest already, and whether they fit what deploys it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from migrate.framework.deployment import REGION, Deployment
from migrate.framework.reference import source
from migrate.framework.releases import traits_of
from migrate.model import Family, Form, Manifest, Scalar, Span
from migrate.model.lazy_pattern import Expression
from migrate.text.variables import DEFAULT, Variable, parse

_SSM = Expression(
    r"ssm(?:\.(?P<dotted>[a-z0-9-]+))?(?:\((?P<params>[^()]*)\))?:(?P<path>[^~,\s][^~]*)(?P<tail>~\w+)?", re.DOTALL
)


class Usage(Struct, frozen=True):
    """One ssm source of one variable. `span` is its text within the scalar's value.

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
        """The region that it names, in whichever place."""
        return self.dotted or next((param for param in self.params if REGION.fullmatch(param)), None)

    @property
    def name(self) -> str:
        """The parameter's name, without a version or label behind a colon."""
        return self.path.partition(":")[0] if "${" not in self.path else self.path

    @property
    def has_variables(self) -> bool:
        """Whether the name is known only at deployment; a variable may be in a manifest's own delimiters."""
        return bool(re.search(r"[${}<>%#\[\]]", self.path))


class Misfit(Struct, frozen=True):
    """Why a usage does not read on what deploys it, what to do, and the source that would (None: a person's work)."""

    message: str
    hint: str
    replacement: str | None


def usages(manifest: Manifest, deployment: Deployment) -> Iterator[Usage]:
    """Every ssm source in the file's values, nested ones too, in the order of the text."""
    own = deployment.syntax.delimiters
    for scalar in manifest.scalars:
        if "ssm" not in scalar.value:
            continue
        yield from _in_variables(manifest, scalar, parse(scalar.value, own))
        if own != DEFAULT:
            yield from _in_variables(manifest, scalar, parse(scalar.value, DEFAULT))


def _in_variables(manifest: Manifest, scalar: Scalar, variables: Sequence[Variable]) -> Iterator[Usage]:
    for variable in variables:
        whole = variable.span == Span(0, len(scalar.value))
        for number, each in enumerate(variable.sources):
            found = _SSM.fullmatch(each.span.of(scalar.value))
            if found:
                form = Form.FALLBACK if number else Form.WHOLE if whole else Form.PART
                params = tuple(param.strip() for param in (found["params"] or "").split(",") if param.strip())
                path, tail = found["path"], found["tail"] or ""
                yield Usage(manifest, scalar, each.span, path, found["dotted"] or "", params, tail, form)
            yield from _in_variables(manifest, scalar, each.nested)


def misfit(usage: Usage, deployment: Deployment, *, is_secure: bool | None) -> Misfit | None:
    """What is wrong with a usage's syntax; `is_secure` says whether the parameter is a SecureString, None unknown."""
    for row in _MISFITS:
        if row.family is deployment.framework.family and row.holds(usage, deployment, is_secure):
            text = source(deployment.syntax, usage.path, usage.region) if row.has_fix else None
            return Misfit(row.says.format(label=deployment.framework.label), row.hint, text)
    return None


class _Row(Struct, frozen=True):
    family: Family
    holds: Callable[[Usage, Deployment, bool | None], bool]
    says: str
    hint: str
    has_fix: bool = True


def _takes_region_first_only(deployment: Deployment) -> bool:
    traits = traits_of(deployment.framework)
    return traits is not None and traits.takes_region_first_only


# Observed with the real command lines: serverless 1.83, 2.72, 3.40 and osls; version 4 by its source.
_MISFITS = (
    _Row(
        Family.MODERN,
        lambda usage, _, __: usage.tail == "~split",
        "{label} takes ~split for a part of the name",
        "a StringList is split by itself: remove ~split",
        has_fix=False,
    ),
    _Row(
        Family.MODERN,
        lambda usage, _, __: usage.tail != "",
        "{label} takes what follows ~ for a part of the name and fails",
        "write (raw) instead; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda usage, _, __: usage.dotted != "",
        "{label} does not know ssm.region:",
        "write the region in brackets; --fix does it",
    ),
    _Row(
        Family.MODERN,
        lambda usage, deployment, _: (
            _takes_region_first_only(deployment) and usage.region is not None and usage.params.index(usage.region) > 0
        ),
        "{label} ignores a region that is not the first in the brackets",
        "write it first; --fix does it",
    ),
    _Row(
        Family.LEGACY,
        lambda usage, _, __: bool(usage.params),
        "{label} does not know brackets after ssm and leaves the text as it is",
        "write ~true at the end instead; --fix does it",
    ),
    _Row(
        Family.LEGACY,
        lambda usage, _, is_secure: usage.tail in ("", "~false") and is_secure is True,
        "{label} deploys the encrypted text where ~true is missing",
        "write ~true at the end; --fix does it",
    ),
)

"""Find the ssm references that a manifest has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.framework.releases import may_know_escape
from migrate.model import Form, Manifest, Scalar, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.stores.limits import REGION
from migrate.text.variables import DEFAULT, Delimiters, Variable, escaped, parse

_SSM = LazyPattern(
    r"ssm(?:\.(?P<dotted>[a-z0-9-]+))?(?:\((?P<params>[^()]*)\))?:(?P<path>[^~,\s][^~]*)(?P<tail>~\w*)?", re.DOTALL
)


class ExistingReference(Struct, frozen=True):
    """One ssm source of one variable; `span` is its text within the scalar's value.

    `params` are what modern versions write in brackets, `tail` is `~true`, `~false`, `~split` or ''. One that is not
    `is_read` stands in other delimiters than the manifest's own, or is escaped where the release may know that: it is
    deployed as the text that it is.
    """

    manifest: Manifest
    scalar: Scalar
    span: Span
    path: str
    dotted: str
    params: tuple[str, ...]
    tail: str
    form: Form
    is_read: bool = True
    is_escaped: bool = False

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


def existing_references(manifest: Manifest, deployment: Deployment) -> Iterator[ExistingReference]:
    """Find every ssm source in a file's values, nested ones too."""
    own = deployment.syntax.delimiters
    knows_escape = may_know_escape(deployment.framework)
    for scalar in manifest.scalars:
        if "ssm" not in scalar.value:
            continue
        for each in _in_value(manifest, scalar, own):
            yield replace(each, is_read=False) if each.is_escaped and knows_escape else each
        if own != DEFAULT:
            yield from (replace(each, is_read=False) for each in _in_value(manifest, scalar, DEFAULT))


def _in_value(manifest: Manifest, scalar: Scalar, delimiters: Delimiters) -> Iterator[ExistingReference]:
    variables = parse(scalar.value, delimiters)
    yield from _in_variables(manifest, scalar, variables, escaped(scalar.value, variables))


def _in_variables(
    manifest: Manifest, scalar: Scalar, variables: Sequence[Variable], escapes: Set[int]
) -> Iterator[ExistingReference]:
    for variable in variables:
        first_form = Form.WHOLE if variable.span == Span(0, len(scalar.value)) else Form.PART
        for number, read in enumerate(variable.sources):
            found = _SSM.fullmatch(read.span.of(scalar.value))
            if found:
                form = Form.FALLBACK if number else first_form
                params = tuple(param.strip() for param in (found["params"] or "").split(",") if param.strip())
                path, tail = found["path"], found["tail"] or ""
                dotted, is_escaped = found["dotted"] or "", variable.span.start in escapes
                yield ExistingReference(
                    manifest, scalar, read.span, path, dotted, params, tail, form, is_escaped=is_escaped
                )
            yield from _in_variables(manifest, scalar, read.nested, escapes)

"""What may be moved: a table of reasons against it, and what a moved value takes with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment, service_name
from migrate.framework.jsyaml import is_canonical, resolve
from migrate.framework.reference import reads
from migrate.framework.releases import traits_of
from migrate.model import (
    Applicability,
    Family,
    Finding,
    Form,
    Manifest,
    Scalar,
    ScalarStyle,
    Secret,
    Span,
    Tier,
    at_paths,
)
from migrate.model.environment import is_environment_map
from migrate.plan.early_reads import early_reads
from migrate.stores.limits import value_faults
from migrate.text.rewrite import TYPED_TAGS
from migrate.text.variables import Source, Variable, innermost, parse

UNKNOWN_FRAMEWORK = "no framework version found: written as ~true, for Serverless 1 and 2"


class Candidate(Struct, frozen=True):
    """What would move for a finding: the span of the scalar's value, and its text."""

    finding: Finding
    replaces: Span
    secret: Secret
    deployment: Deployment
    tier: Tier

    @property
    def whole(self) -> bool:
        """Whether the reference would be all that is left of the value."""
        return self.replaces == Span(0, len(self.finding.scalar.value))


class Choice(Struct, frozen=True):
    """One of the ways in which a person may move a value; `key` is its word in a decisions file."""

    key: str
    label: str


_ONLY = (Choice("", "Move it"),)
_WHOLE_OR_PART = (Choice("", "Move it"), Choice("part", "Move only the secret part of it"))
_NUMBER = (Choice("", "Move it as it is deployed today"), Choice("written", "Move it as it is written"))


class Refusal(Struct, frozen=True):
    """A row: when it holds, it says why, and what that allows."""

    applicability: Applicability
    says: Callable[[Candidate], str | None]


def candidate(finding: Finding, deployment: Deployment, tier: Tier) -> Candidate:
    """What moves: the part where the value holds variables or the part is a fallback, else all of it."""
    value = finding.scalar.value
    replaces = Span(0, len(value))
    if finding.form is Form.FALLBACK and finding.part is not None:
        replaces = Span(finding.part.start - 1, finding.part.end + 1)
        return Candidate(finding, replaces, finding.secret, deployment, tier)
    if finding.part is not None and _holds_variable(value, deployment):
        return Candidate(finding, finding.part, finding.secret, deployment, tier)
    return Candidate(finding, replaces, Secret(_deployed(finding.scalar, deployment) or value), deployment, tier)


def choices(found: Candidate) -> tuple[Choice, ...]:
    """The ways in which a person may move a candidate, the one that is taken without a person first."""
    if _is_number_not_as_written(found):
        return _NUMBER
    return _WHOLE_OR_PART if found.whole and found.finding.form is Form.PART else _ONLY


def chosen(found: Candidate, key: str) -> Candidate:
    """The candidate as a person wants it moved; the same for a choice that it does not have."""
    part = found.finding.part
    if key == "part" and part is not None and found.finding.form is Form.PART:
        return replace(found, replaces=part, secret=found.finding.secret)
    if key == "written" and _is_number_not_as_written(found):
        return replace(found, secret=Secret(found.finding.scalar.value))
    return found


def reasons(found: Candidate) -> Iterator[tuple[Applicability, str]]:
    """Every reason against moving a candidate, the strongest kind first."""
    for row in _REFUSALS:
        text = row.says(found)
        if text:
            yield row.applicability, text


def _holds_variable(value: str, deployment: Deployment) -> bool:
    delimiters = deployment.syntax.delimiters
    return "${" in value or bool(parse(value, delimiters))


def _early(found: Candidate) -> str | None:
    file, parts = found.finding.manifest.file, found.finding.path.parts
    for view in found.deployment.views:
        for read in early_reads(view):
            if read.covers(file, parts):
                if read.is_position:
                    return f"{read.position} is read before references are resolved on some framework version"
                return f"{read.position} takes its value from here and is read before references are resolved"
    return None


def _sources(variables: Sequence[Variable]) -> Iterator[Source]:
    for variable in variables:
        for source in variable.sources:
            yield source
            yield from _sources(source.nested)


def _tagged(found: Candidate) -> str | None:
    tag = found.finding.scalar.tag
    if tag in TYPED_TAGS:
        return f"!!{tag.rpartition(':')[2]} says that it is no string"
    return None


def _not_a_string(found: Candidate) -> str | None:
    scalar = found.finding.scalar
    kind = resolve(scalar.value, found.deployment.framework.release).kind
    if not _is_untyped(scalar) or kind == "string":
        return None
    if kind != "number" or not _in_environment(scalar, found.finding.manifest):
        return f"it is a {kind}, and a reference would make it a string"
    return None


def _number_not_as_written(found: Candidate) -> str | None:
    if not _is_number_not_as_written(found):
        return None
    return "it is a number that is deployed otherwise than it is written"


def _many_readings(found: Candidate) -> str | None:
    scalar = found.finding.scalar
    if not _is_untyped(scalar) or resolve(scalar.value, found.deployment.framework.release).settled:
        return None
    return "framework versions read it differently, as a number or as text"


def _is_number_not_as_written(found: Candidate) -> bool:
    scalar = found.finding.scalar
    release = found.deployment.framework.release
    return _is_number(scalar, release) and not is_canonical(scalar.value, release)


def _is_number(scalar: Scalar, release: str) -> bool:
    return _is_untyped(scalar) and resolve(scalar.value, release).kind == "number"


def _is_untyped(scalar: Scalar) -> bool:
    """Whether what it is depends on its text."""
    return scalar.style is ScalarStyle.PLAIN and not scalar.tag


def _deployed(scalar: Scalar, deployment: Deployment) -> str | None:
    """What a function gets of a number; None for anything else."""
    release = deployment.framework.release
    return resolve(scalar.value, release).deployed if _is_number(scalar, release) else None


def _in_environment(scalar: Scalar, manifest: Manifest) -> bool:
    keys = scalar.path.keys
    return any(is_environment_map(key) for key in keys[:-1]) or _is_environment_file(manifest, keys)


def _is_environment_file(manifest: Manifest, keys: tuple[str, ...]) -> bool:
    return bool(re.search(r"env", manifest.file.stem, re.IGNORECASE)) and len(keys) <= 2


def _variable_inside(found: Candidate) -> str | None:
    if _holds_variable(found.secret.reveal(), found.deployment):
        return "it holds a variable, and stored values are resolved again"
    return None


def _plain_text(found: Candidate) -> str | None:
    """A fallback in what only looks like a variable: there the text itself is deployed."""
    if found.finding.form is not Form.FALLBACK:
        return None
    value, syntax = found.finding.scalar.value, found.deployment.syntax
    variables = parse(value, syntax.delimiters)
    if any(
        source.literal and source.literal.start <= found.replaces.start and found.replaces.end <= source.literal.end
        for source in _sources(variables)
    ):
        return "it stands within a quoted text, where a reference may not be resolved"
    around = innermost(variables, found.replaces)
    text = _without_nested(value, around) if around else ""
    if text and reads(syntax, text):
        return None
    label = found.deployment.framework.label or "the framework"
    return f"{label} does not take this for a variable, and deploys the text as it stands"


def _without_nested(value: str, variable: Variable) -> str:
    """A variable's text with those within it resolved to a word."""
    text = value[: variable.span.end]
    for nested in sorted((each for source in variable.sources for each in source.nested), key=_start, reverse=True):
        text = f"{text[: nested.span.start]}x{text[nested.span.end :]}"
    return text[variable.span.start :]


def _start(variable: Variable) -> int:
    return variable.span.start


def _value(found: Candidate) -> str | None:
    wrong = value_faults(found.secret.reveal(), found.tier)
    return f"the value {wrong[0]}" if wrong else None


def _dollars(found: Candidate) -> str | None:
    traits = traits_of(found.deployment.framework)
    if found.whole or found.finding.form is Form.FALLBACK or traits is None or not traits.mangles_dollars:
        return None
    if re.search(r"\$[$&'`]", found.secret.reveal()):
        return f"{traits.label} mangles $$, $& and $' in a reference that is only a part of a value"
    return None


def _lone_surrogate(found: Candidate) -> str | None:
    if re.search(r"[\ud800-\udfff]", found.secret.reveal()):
        return "it holds half of a surrogate pair, which can't be stored"
    return None


_REFUSALS = (
    Refusal(Applicability.SHOW, lambda found: found.deployment.refusal or None),
    Refusal(Applicability.SHOW, _early),
    Refusal(Applicability.SHOW, _tagged),
    Refusal(Applicability.SHOW, _not_a_string),
    Refusal(Applicability.SHOW, _plain_text),
    Refusal(Applicability.SHOW, _variable_inside),
    Refusal(Applicability.SHOW, _lone_surrogate),
    Refusal(Applicability.SHOW, _value),
    Refusal(Applicability.SHOW, _dollars),
    Refusal(Applicability.REVIEW, _number_not_as_written),
    Refusal(Applicability.REVIEW, _many_readings),
)


def remarks(found: Candidate) -> Iterator[str]:
    """What a person should know of a change that may well be made."""
    scalar = found.finding.scalar
    if len(at_paths(found.finding.manifest)[scalar.path.parts]) > 1:
        yield "the key stands twice, and Serverless refuses such a file"
    others = [service_name(view) or view.manifest.file.parent.name for view in found.deployment.views[1:]]
    if others:
        yield f"{', '.join(others)} includes the file too, and will read this parameter"
    if scalar.aliased:
        anchor = f" (&{scalar.anchor})" if scalar.anchor else ""
        yield f"aliases of this value{anchor} change with it"
    if found.deployment.framework.family is Family.UNKNOWN:
        yield UNKNOWN_FRAMEWORK
    yield from found.deployment.framework.notes
    yield from found.deployment.syntax.notes

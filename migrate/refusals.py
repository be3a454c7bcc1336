"""What may be moved: a table of reasons against it, and what a moved value takes with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from migrate.deployment import Deployment, starting_points
from migrate.jsyaml import is_canonical, resolve
from migrate.keypath import KeyPath
from migrate.model import Applicability, Family, Finding, Form, Manifest, Scalar, ScalarStyle, Secret, Span, Tier
from migrate.naming import value_faults
from migrate.reference import reads
from migrate.variables import Variable, innermost, parse

_TAG_PREFIX = "tag:yaml.org,2002:"
_NON_STRING_TAGS = frozenset(_TAG_PREFIX + name for name in ("int", "float", "bool", "null", "binary", "timestamp"))
_SELF = re.compile(r"self:([\w.\-]+)")
_ENVIRONMENT = re.compile(r"env(?:iron?ment)?(?:variables)?|variables", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
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


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the ways in which a person may move a value; `key` is its word in a decisions file."""

    key: str
    label: str


_ONLY = (Choice("", "Move it"),)
_WHOLE_OR_PART = (Choice("", "Move it"), Choice("part", "Move only the secret part of it"))
_NUMBER = (Choice("", "Move it as it is deployed today"), Choice("written", "Move it as it is written"))


@dataclass(frozen=True, slots=True)
class Refusal:
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
    path = found.finding.path
    if found.finding.manifest not in found.deployment.manifests:
        return None
    for start in starting_points():
        if path.starts_with(*start.parts):
            return f"{start} is read before references are resolved on some framework version"
    for start, reached in _reached_early(found.finding.manifest):
        if path.starts_with(*reached.parts):
            return f"{start} takes its value from here and is read before references are resolved"
    return None


def _reached_early(manifest: Manifest) -> list[tuple[KeyPath, KeyPath]]:
    """Paths that early positions read through `${self:…}`, each with the position."""
    found: list[tuple[KeyPath, KeyPath]] = []
    todo = [(start, start) for start in starting_points()]
    seen: set[tuple[str | int, ...]] = set()
    while todo:
        start, path = todo.pop()
        for scalar in manifest.scalars:
            if not (scalar.path.starts_with(*path.parts) or path.starts_with(*scalar.path.parts)):
                continue
            below = path.parts[len(scalar.path.parts) :]
            for address in _SELF.findall(scalar.value):
                reached = KeyPath((*address.rstrip(".").split("."), *below))
                if reached.parts not in seen:
                    seen.add(reached.parts)
                    found.append((start, reached))
                    todo.append((start, reached))
    return found


def _tagged(found: Candidate) -> str | None:
    tag = found.finding.scalar.tag
    if tag in _NON_STRING_TAGS:
        return f"!!{tag.removeprefix(_TAG_PREFIX)} says that it is no string"
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
    return any(_ENVIRONMENT.fullmatch(key) for key in keys[:-1]) or _is_environment_file(manifest, keys)


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
    around = innermost(parse(value, syntax.delimiters), found.replaces)
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
    if found.whole or found.finding.form is Form.FALLBACK or found.deployment.framework.release != "4":
        return None
    if re.search(r"\$[$&'`]", found.secret.reveal()):
        return "Serverless 4 mangles $$, $& and $' in a reference that is only a part of a value"
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
    if scalar.aliased:
        anchor = f" (&{scalar.anchor})" if scalar.anchor else ""
        yield f"aliases of this value{anchor} change with it"
    if found.deployment.framework.family is Family.UNKNOWN:
        yield "no framework version found: written as ~true, for Serverless 1 and 2"
    yield from found.deployment.framework.notes
    yield from found.deployment.syntax.notes

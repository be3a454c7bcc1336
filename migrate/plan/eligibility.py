"""Decide what may be moved, by a table of reasons against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from migrate.framework.deployment import service_name
from migrate.framework.jsyaml import ScalarKind
from migrate.framework.positions import positions_of
from migrate.framework.releases import traits_of
from migrate.framework.tree import UnclearError
from migrate.framework.whole_reads import whole_reads
from migrate.model import Applicability, Family, Form, Manifest, Parts, Role, scalars_by_path
from migrate.model.environment import is_environment_map
from migrate.model.keypath import KeyPath
from migrate.plan.candidates import Candidate, holds_variable, is_rewritten_number, untyped_reading
from migrate.plan.early_reads import early_reads
from migrate.plan.fallbacks import fallback_fault
from migrate.stores.limits import value_faults
from migrate.text.manifest import TOO_LARGE, is_provable
from migrate.text.rewrite import TYPED_TAGS

UNKNOWN_FRAMEWORK = "no framework version found: written as ~true, for Serverless 1 and 2"


class Refusal(Struct, frozen=True):
    """A row of the table: its name, what it allows, and the reason where it holds."""

    name: str
    applicability: Applicability
    reason: Callable[[Candidate], str | None]


def reasons(candidate: Candidate) -> Iterator[tuple[Applicability, str]]:
    """List the reasons against moving a candidate, the strongest kind first."""
    for row in _REFUSALS:
        text = row.reason(candidate)
        if text:
            yield row.applicability, text


def refusal(candidate: Candidate) -> str | None:
    """Return the first reason for which a candidate may not move at all."""
    return next((text for applicability, text in reasons(candidate) if applicability is Applicability.SHOW), None)


def _refused_deployment(candidate: Candidate) -> str | None:
    return candidate.deployment.refusal or None


def _unprovable(candidate: Candidate) -> str | None:
    return None if is_provable(candidate.finding.manifest) else TOO_LARGE


def _unclear_positions(candidate: Candidate) -> str | None:
    if _positions(candidate) is None:
        return "its place can't be told: aliases bring it to more than can be looked at, or a key is no text"
    return None


def _key_by_alias(candidate: Candidate) -> str | None:
    if _positions(candidate) and positions_of(candidate.finding.manifest).is_key(candidate.finding.path.parts):
        return "an alias makes a key of it, and references in keys are not resolved"
    return None


def _positions(candidate: Candidate) -> tuple[Parts, ...] | None:
    """List the positions of a value; None where they can't be told."""
    try:
        return positions_of(candidate.finding.manifest).of(candidate.finding.path.parts)
    except UnclearError:
        return None


def _early_position(candidate: Candidate) -> str | None:
    file, parts = candidate.finding.manifest.file, candidate.finding.path.parts
    paths = dict.fromkeys((parts, *(_positions(candidate) or ())))
    reads = (read for view in candidate.deployment.views for read in early_reads(view))
    read = next((read for read in reads if any(read.covers(file, path) for path in paths)), None)
    if read is None:
        return None
    if read.is_position:
        return f"{read.position} is read before references are resolved on some framework version"
    return f"{read.position} takes its value from here and is read before references are resolved"


def _typed_tag(candidate: Candidate) -> str | None:
    tag = candidate.finding.scalar.tag
    if tag in TYPED_TAGS:
        return f"!!{tag.rpartition(':')[2]} says that it is no string"
    return None


def _not_a_string(candidate: Candidate) -> str | None:
    reading = untyped_reading(candidate)
    if reading is None or reading.kind is ScalarKind.STRING:
        return None
    becomes_string = f"it is a {reading.kind}, and a reference would make it a string"
    if reading.kind is not ScalarKind.NUMBER:
        return becomes_string
    own, *brought = _positions(candidate) or (candidate.finding.path.parts,)
    file = candidate.finding.manifest
    if not _is_in_environment(file, own):
        return becomes_string
    alias = next((position for position in brought if not _is_in_environment(file, position)), None)
    if alias is not None:
        return f"an alias brings it to {KeyPath(alias)}, where {becomes_string}"
    try:
        read = next(_read_at(candidate, (own, *brought)), None)
    except UnclearError:
        return f"what reads it can't be told; {becomes_string}"
    return f"it is read at {KeyPath(read)}, where {becomes_string}" if read is not None else None


def _read_at(candidate: Candidate, positions: Sequence[Parts]) -> Iterator[Parts]:
    """Find positions outside of an environment that variables alone bring a value to.

    Only what is in a manifest is deployed; a position of an included file is where a value passes.
    Raises UnclearError.
    """
    file = candidate.finding.manifest.file
    for view in candidate.deployment.views:
        for read in whole_reads(view).destinations(file, positions):
            # A file's map in `custom` is there to be read on, and those reads are followed as well.
            passes = read.file != view.manifest.file or (
                read.file != file and read.is_within and read.position[0] == "custom"
            )
            if not passes and not _is_in_environment(view.manifest, read.position):
                yield read.position


# Below these every key is the name of a function or a resource, be it `env`.
_NAMES = (("functions",), ("resources", "Resources"))


def _is_in_environment(manifest: Manifest, position: Parts) -> bool:
    """Return whether a position is certain to become an environment variable.

    A file that is called after the environment holds nothing else, as long as nobody reads it elsewhere.
    """
    keys = KeyPath(position).keys
    if manifest.role is Role.INCLUDED and re.search("env", manifest.file.stem, re.IGNORECASE) and len(keys) <= 2:
        return True
    skipped = next((len(names) + 1 for names in _NAMES if keys[: len(names)] == names), 0)
    return any(is_environment_map(key) for key in keys[skipped:-1])


def _variable_inside(candidate: Candidate) -> str | None:
    if holds_variable(candidate.secret.reveal(), candidate.deployment):
        return "it holds a variable, and stored values are resolved again"
    return None


def _lone_surrogate(candidate: Candidate) -> str | None:
    if re.search(r"[\ud800-\udfff]", candidate.secret.reveal()):
        return "it holds half of a surrogate pair, which can't be stored"
    return None


def _store_limit(candidate: Candidate) -> str | None:
    faults = value_faults(candidate.secret.reveal(), candidate.tier)
    return f"the value {faults[0]}" if faults else None


_SIGNS = {"\\": "a reference is plain text", "$": "a reference takes that sign away"}


def _mangled_dollars(candidate: Candidate) -> str | None:
    traits = traits_of(candidate.deployment.framework)
    if candidate.whole or candidate.finding.form is Form.FALLBACK or traits is None or not traits.mangles_dollars:
        return None
    if re.search(r"\$[$&'`]", candidate.secret.reveal()):
        return f"{traits.label} mangles $$, $& and $' in a reference that is only a part of a value"
    return None


def _sign_beside(candidate: Candidate) -> str | None:
    """Refuse a part beside a sign that is read together with a variable.

    Modern versions take `\\${` for text, and drop one of two backslashes or dollars before a variable. Others do
    not, but an upgrade hands them the same text.
    """
    if candidate.whole or candidate.finding.form is Form.FALLBACK:
        return None
    value, part = candidate.finding.scalar.value, candidate.replaces
    before, after = value[max(0, part.start - 1) : part.start], value[part.end : part.end + 1]
    if before in _SIGNS:
        return f"right behind {before} {_SIGNS[before]}"
    if after in _SIGNS and candidate.secret.reveal()[-1:] in _SIGNS:
        return f"it ends in a sign that takes part in how the {after} behind it is read"
    return None


def _rewritten_number(candidate: Candidate) -> str | None:
    return "it is a number that is deployed otherwise than it is written" if is_rewritten_number(candidate) else None


def _many_readings(candidate: Candidate) -> str | None:
    reading = untyped_reading(candidate)
    if reading is None or reading.settled:
        return None
    return "framework versions read it differently, as a number or as text"


# Names of drivers, those of a named key with it: git-crypt-staging.
_KEEPERS = (
    (re.compile(r"git-crypt(-.*)?", re.DOTALL), "git-crypt encrypts this file in the repository already"),
    (re.compile("crypt"), "transcrypt encrypts this file in the repository already"),
    (re.compile("lfs"), "Git LFS keeps this file outside of the repository"),
    (re.compile(r"\?"), "git does not answer: a filter such as git-crypt may keep this file"),
)


def _git_filter(candidate: Candidate) -> str | None:
    driver = candidate.deployment.git_filter
    if not driver:
        return None
    known = (text for name, text in _KEEPERS if name.fullmatch(driver))
    return next(known, f"the filter {driver} of git writes this file to the repository in another form")


_REFUSALS = (
    Refusal("refused deployment", Applicability.SHOW, _refused_deployment),
    Refusal("unprovable file", Applicability.SHOW, _unprovable),
    Refusal("unclear positions", Applicability.SHOW, _unclear_positions),
    Refusal("key by an alias", Applicability.SHOW, _key_by_alias),
    Refusal("early position", Applicability.SHOW, _early_position),
    Refusal("typed tag", Applicability.SHOW, _typed_tag),
    Refusal("not a string", Applicability.SHOW, _not_a_string),
    Refusal("fallback in plain text", Applicability.SHOW, fallback_fault),
    Refusal("variable inside", Applicability.SHOW, _variable_inside),
    Refusal("lone surrogate", Applicability.SHOW, _lone_surrogate),
    Refusal("store limit", Applicability.SHOW, _store_limit),
    Refusal("mangled dollars", Applicability.SHOW, _mangled_dollars),
    Refusal("sign beside", Applicability.SHOW, _sign_beside),
    Refusal("rewritten number", Applicability.REVIEW, _rewritten_number),
    Refusal("many readings", Applicability.REVIEW, _many_readings),
    Refusal("git filter", Applicability.REVIEW, _git_filter),
)


def remarks(candidate: Candidate) -> Iterator[str]:
    """List what a person should know of a change that may well be made."""
    scalar = candidate.finding.scalar
    if len(scalars_by_path(candidate.finding.manifest)[scalar.path.parts]) > 1:
        yield "the key appears twice, and Serverless refuses such a file"
    others = [service_name(view) or view.manifest.file.parent.name for view in candidate.deployment.views[1:]]
    if others:
        yield f"{', '.join(others)} includes the file too, and will read this parameter"
    if scalar.aliased:
        anchor = f" (&{scalar.anchor})" if scalar.anchor else ""
        yield f"aliases of this value{anchor} change with it"
    if candidate.deployment.framework.family is Family.UNKNOWN:
        yield UNKNOWN_FRAMEWORK
    yield from candidate.deployment.framework.notes
    yield from candidate.deployment.syntax.notes

"""Questions: findings of one secret under one name, each one thing to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.masking.comment_copies import lines_in_comments
from migrate.model import (
    Applicability,
    Finding,
    Form,
    Kind,
    Manifest,
    Span,
)
from migrate.plan import eligibility, naming
from migrate.plan.name_fields import NameFields, name_fields_of
from migrate.plan.naming import Placing


class Question(Struct, frozen=True):
    """Findings of one secret under one name: one thing to decide.

    `applicability` is the weakest of its findings'; `notes` are theirs, each once.
    """

    candidates: tuple[eligibility.Candidate, ...]
    name: str
    applicability: Applicability
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings that one yes moves."""
        return tuple(candidate.finding for candidate in self.candidates)

    @property
    def choices(self) -> tuple[eligibility.Choice, ...]:
        """Return the ways in which a yes may move it, the usual one first."""
        return eligibility.choices(self.candidates[0])


Deployments = Mapping[Path, Deployment]


_MOST_LINES = 3


_WEAKEST = (Applicability.SHOW, Applicability.REVIEW, Applicability.SAFE)


def questions(
    findings: Sequence[Finding],
    deployments: Deployments,
    placing: Placing,
    name_of: Callable[[Finding], str | None] = lambda _: None,
) -> tuple[Question, ...]:
    """Group findings into questions, in the order of the files.

    Equal secrets of equal names are one question. `name_of` returns the name that a person chose
    beforehand. What can't be moved is a question of its own, so that its reason is shown beside it.
    """
    candidates = _candidates(findings, deployments, placing)
    places = [(_place(each), each.secret.reveal()) for each in candidates]
    suggested = naming.assign(places, placing.template)
    copies = _copies(candidates)
    groups: dict[tuple[object, ...], list[eligibility.Candidate]] = {}
    notes: dict[tuple[object, ...], list[str]] = {}
    for each, suggestion in zip(candidates, suggested, strict=True):
        name = name_of(each.finding) or suggestion
        against = tuple(eligibility.reasons(each))
        key: tuple[object, ...] = (name, each.secret)
        if against:
            key += (against, each.finding.manifest.file)
        groups.setdefault(key, []).append(each)
        notes[key] = [text for _, text in against]
    return tuple(_question(str(key[0]), tuple(group), notes[key], copies) for key, group in groups.items())


def _copies(candidates: Sequence[eligibility.Candidate]) -> Mapping[tuple[Path, str], str]:
    """Note, for each value of a file, the comments that hold it as well."""
    values: dict[Path, dict[str, None]] = {}
    manifests: dict[Path, Manifest] = {}
    for each in candidates:
        manifest = manifests.setdefault(each.finding.manifest.file, each.finding.manifest)
        values.setdefault(manifest.file, {})[each.secret.reveal()] = None
    return {
        (file, value): f"a comment holds it too, {_at(file, lines)}: take it out by hand"
        for file, manifest in manifests.items()
        for value, lines in lines_in_comments(manifest, values[file]).items()
    }


def _at(file: Path, lines: Sequence[int]) -> str:
    numbers = ", ".join(map(str, lines[:_MOST_LINES])) + (" and more" if len(lines) > _MOST_LINES else "")
    return f"{file.name} line{'s' if len(lines) > 1 else ''} {numbers}"


def _place(found: eligibility.Candidate) -> NameFields:
    """Collect the fields of a name, with the kind where only a part of a value moves."""
    place = name_fields_of(found.finding, found.deployment.service)
    kind = str(found.finding.rule.kind if found.finding.rule.kind is not Kind.CONNECTION_STRING else Kind.PASSWORD)
    if found.whole or found.finding.form is not Form.PART or place.key.endswith(kind):
        return place
    return replace(place, key=f"{place.key}-{kind}", raw_key=f"{place.raw_key}_{kind.upper().replace('-', '_')}")


def _question(
    name: str,
    group: tuple[eligibility.Candidate, ...],
    against: Sequence[str],
    copies: Mapping[tuple[Path, str], str],
) -> Question:
    found = {applicability for each in group for applicability, _ in eligibility.reasons(each)}
    weakest = next((each for each in _WEAKEST if each in found), Applicability.SAFE)
    remarks = [text for each in group for text in eligibility.remarks(each)] if not against else []
    places = ((each.finding.manifest.file, each.secret.reveal()) for each in group)
    remarks += [copies[place] for place in places if place in copies]
    return Question(group, name, weakest, tuple(dict.fromkeys([*against, *remarks])))


def _candidates(
    findings: Sequence[Finding], deployments: Deployments, placing: Placing
) -> tuple[eligibility.Candidate, ...]:
    """Collect candidates, each span of a file once however many rules match it."""
    kept: dict[tuple[Path, int, Span], eligibility.Candidate] = {}
    for finding in findings:
        each = eligibility.candidate(finding, deployments[finding.manifest.file], placing.tier)
        key = (finding.manifest.file, finding.scalar.span.start, each.replaces)
        if key not in kept or finding.confidence > kept[key].finding.confidence:
            kept[key] = each
    return tuple(kept.values())

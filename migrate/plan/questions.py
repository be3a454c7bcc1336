"""Questions: findings of one secret under one name, each one thing to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.masking.comment_copies import lines_in_comments
from migrate.masking.name_mask import NameMask
from migrate.model import (
    Applicability,
    Finding,
    Form,
    Kind,
    Manifest,
    Span,
)
from migrate.plan import eligibility, naming
from migrate.plan.candidates import Candidate, Choice, candidate_of, choices_of, move_by
from migrate.plan.name_fields import NameFields, folded_secrets, name_fields_of
from migrate.plan.naming import ParameterOptions


class Question(Struct, frozen=True):
    """Findings of one secret under one name: one thing to decide.

    `applicability` is the weakest of its findings'; `notes` are theirs, each once.
    """

    candidates: tuple[Candidate, ...]
    name: str
    applicability: Applicability
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings that one yes moves."""
        return tuple(candidate.finding for candidate in self.candidates)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return the ways in which a yes may move it, the usual one first."""
        usual, *others = choices_of(self.candidates[0])
        moved = ((choice, move_by(self.candidates[0], choice.way)) for choice in others)
        return (usual, *(choice for choice, candidate in moved if eligibility.refusal(candidate) is None))


Deployments = Mapping[Path, Deployment]
_MOST_LINES = 3
_WEAKEST = (Applicability.SHOW, Applicability.REVIEW, Applicability.SAFE)


def questions(
    findings: Sequence[Finding],
    deployments: Deployments,
    parameter_options: ParameterOptions,
    name_of: Callable[[Finding], str | None] = lambda _: None,
) -> tuple[Question, ...]:
    """Group findings into questions, in the order of the files.

    Equal secrets of equal names are one question. `name_of` returns the name that a person chose beforehand. What
    can't be moved is a question of its own, so that its reason is shown next to it.
    """
    candidates = _candidates(findings, deployments, parameter_options)
    mask = folded_secrets(finding.secret for finding in findings)
    suggested = naming.assign(
        [(_name_fields(candidate, mask), candidate.secret.reveal()) for candidate in candidates],
        parameter_options.template,
    )
    copies = _copies(candidates)
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    notes: dict[tuple[object, ...], list[str]] = {}
    for candidate, suggestion in zip(candidates, suggested, strict=True):
        name = name_of(candidate.finding) or suggestion
        refusals = tuple(eligibility.reasons(candidate))
        key: tuple[object, ...] = (name, candidate.secret)
        if refusals:
            key += (refusals, candidate.finding.manifest.file)
        groups.setdefault(key, []).append(candidate)
        notes[key] = [text for _, text in refusals]
    return tuple(_question(str(key[0]), tuple(group), notes[key], copies) for key, group in groups.items())


def _copies(candidates: Sequence[Candidate]) -> Mapping[tuple[Path, str], str]:
    """Note, for each value of a file, the comments that hold it as well."""
    values: dict[Path, dict[str, None]] = {}
    manifests: dict[Path, Manifest] = {}
    for candidate in candidates:
        manifest = manifests.setdefault(candidate.finding.manifest.file, candidate.finding.manifest)
        values.setdefault(manifest.file, {})[candidate.secret.reveal()] = None
    return {
        (file, value): f"a comment holds it too, {_at(file, lines)}: take it out by hand"
        for file, manifest in manifests.items()
        for value, lines in lines_in_comments(manifest, values[file]).items()
    }


def _at(file: Path, lines: Sequence[int]) -> str:
    numbers = ", ".join(map(str, lines[:_MOST_LINES])) + (" and more" if len(lines) > _MOST_LINES else "")
    return f"{file.name} line{'s' if len(lines) > 1 else ''} {numbers}"


def _name_fields(candidate: Candidate, mask: NameMask) -> NameFields:
    """Collect the fields of a name, with the kind where only a part of a value moves."""
    fields = name_fields_of(candidate.finding, candidate.deployment.service, mask)
    kind = candidate.finding.rule.kind
    suffix = str(Kind.PASSWORD if kind is Kind.CONNECTION_STRING else kind)
    if candidate.whole or candidate.finding.form is not Form.PART or fields.key.endswith(suffix):
        return fields
    return replace(fields, key=f"{fields.key}-{suffix}", raw_key=f"{fields.raw_key}_{suffix.upper().replace('-', '_')}")


def _question(
    name: str,
    group: tuple[Candidate, ...],
    refusals: Sequence[str],
    copies: Mapping[tuple[Path, str], str],
) -> Question:
    applicable = {applicability for candidate in group for applicability, _ in eligibility.reasons(candidate)}
    weakest = next((level for level in _WEAKEST if level in applicable), Applicability.SAFE)
    remarks = [] if refusals else [text for candidate in group for text in eligibility.remarks(candidate)]
    places = ((candidate.finding.manifest.file, candidate.secret.reveal()) for candidate in group)
    remarks += [copies[place] for place in places if place in copies]
    return Question(group, name, weakest, tuple(dict.fromkeys([*refusals, *remarks])))


def _candidates(
    findings: Sequence[Finding], deployments: Deployments, parameter_options: ParameterOptions
) -> tuple[Candidate, ...]:
    """Collect candidates, each span of a file once however many rules match it."""
    by_span: dict[tuple[Path, int, Span], Candidate] = {}
    for finding in findings:
        candidate = candidate_of(finding, deployments[finding.manifest.file], parameter_options.tier)
        key = (finding.manifest.file, finding.scalar.span.start, candidate.replaces)
        if key not in by_span or finding.confidence > by_span[key].finding.confidence:
            by_span[key] = candidate
    return tuple(by_span.values())

"""Turn findings and decisions into a plan, and prove a file's new text before it may be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.framework.reference import reference, source
from migrate.masking.comment_copies import lines_in_comments
from migrate.model import (
    Accept,
    Applicability,
    Change,
    Decision,
    Edit,
    Finding,
    Form,
    Kind,
    Location,
    Manifest,
    ManifestError,
    Parameter,
    Plan,
    Put,
    Rewrite,
    Secret,
    SlsMigrateError,
    Span,
    Target,
)
from migrate.plan import eligibility, naming
from migrate.plan.naming import Placing
from migrate.stores import limits
from migrate.text import equivalence, rewrite
from migrate.text.rewrite import by_scalar


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

    Equal secrets of equal names are one question. `name_of` returns the name that a person chose beforehand. What can't be moved is a question of
    its own, so that its reason is shown beside it.
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


def _place(found: eligibility.Candidate) -> naming.Place:
    """Collect the fields of a name, with the kind where only a part of a value moves."""
    place = naming.place_of(found.finding, found.deployment.service)
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


def plan(asked: Sequence[Question], decisions: Sequence[Decision], placing: Placing) -> Plan:
    """Make the plan from one decision for each question.

    A change whose reference, name or target proves impossible is kept as `SHOW` with the reason, so
    that the others go on.
    """
    taken: dict[str, Secret] = {}
    changes: list[Change] = []
    for question, decision in zip(asked, decisions, strict=True):
        changes.extend(_change(each, question, decision, placing, taken) for each in question.candidates)
    return Plan(tuple(changes))


def _change(
    found: eligibility.Candidate,
    question: Question,
    decision: Decision,
    placing: Placing,
    taken: dict[str, Secret],
) -> Change:
    name = question.name
    if isinstance(decision, Accept):
        name, found = decision.name, eligibility.chosen(found, decision.choice)
    change = Change(found.finding, question.applicability, found.replaces, found.secret, name, notes=question.notes)
    if not isinstance(decision, Accept) or question.applicability is Applicability.SHOW:
        return replace(change, reference=_preview(found, name))
    try:
        names = _names(name, found, placing)
        for each in names:
            if taken.setdefault(each, found.secret) != found.secret:
                raise SlsMigrateError(f"{each} is the name of another secret in this run already")
        targets, region = _targets(found.deployment, placing)
        text = _reference(found, name, region)
    except SlsMigrateError as error:
        return replace(change, applicability=Applicability.SHOW, notes=(error.message, *change.notes))
    puts = tuple(Put(target, _parameter(each, found.secret, placing)) for target in targets for each in names)
    return replace(change, reference=text, puts=puts)


def _preview(found: eligibility.Candidate, name: str) -> str:
    try:
        return _reference(found, name, None)
    except SlsMigrateError:
        return ""


def _parameter(name: str, secret: Secret, placing: Placing) -> Parameter:
    return Parameter(name, secret, placing.key_id, placing.tier, placing.tags)


def _names(path: str, found: eligibility.Candidate, placing: Placing) -> tuple[str, ...]:
    if naming.has_other_variable(path):
        raise SlsMigrateError("the name holds a variable that is not the stage's")
    names = naming.concrete(path, placing.stages)
    if not names:
        raise SlsMigrateError("the name holds a variable: say with --stage which stages there are")
    if "${sls:" in path and not _knows_sls(found.deployment):
        raise SlsMigrateError("${sls:…} is not known before Serverless 3; use ${opt:stage, 'dev'}")
    for name in names:
        wrong = limits.name_faults(name)
        if wrong:
            raise SlsMigrateError(f"the parameter name {wrong[0]}")
    return names


def _knows_sls(deployment: Deployment) -> bool:
    return deployment.framework.release in ("2-modern", "3", "4", "osls")


def _targets(deployment: Deployment, placing: Placing) -> tuple[tuple[Target, ...], str | None]:
    """Return the targets, and the region that the reference must name, if any."""
    regions = placing.regions or deployment.regions
    if not regions:
        raise SlsMigrateError("the region that it is deployed to can't be told; --region says it")
    foreign = None
    if placing.regions and deployment.fixed_region and not set(deployment.regions) <= set(placing.regions):
        if len(placing.regions) > 1:
            raise SlsMigrateError(f"it is deployed to {' and '.join(deployment.regions)}, which --region leaves out")
        foreign = placing.regions[0]
    profiles: Sequence[str | None] = placing.profiles or (None,)
    return tuple(Target(profile, region) for profile in profiles for region in regions), foreign


def _reference(found: eligibility.Candidate, path: str, region: str | None) -> str:
    syntax = found.deployment.syntax
    inner = path.replace("${", syntax.delimiters.open).replace("}", syntax.delimiters.close) if "${" in path else path
    if found.finding.form is Form.FALLBACK:
        reference(syntax, inner, region)
        return source(syntax, inner, region)
    return reference(syntax, inner, region)


def rewritten(manifest: Manifest, changes: Sequence[Change]) -> Rewrite:
    """Rewrite a file in memory.

    A second parse proves that the planned values alone differ.
    Raises ManifestError where that can't be proved; the file must then be left alone.
    """
    edits: list[Edit] = []
    expected: dict[int, str] = {}
    try:
        for scalar, parts in by_scalar(changes):
            edits.extend(rewrite.replace_parts(manifest, scalar, parts))
            expected[scalar.span.start] = spliced(scalar.value, parts)
    except ValueError:
        raise ManifestError("two changes of one value overlap", location=Location(manifest.file)) from None
    return Rewrite(manifest, tuple(changes), equivalence.prove(manifest, edits, expected))


def spliced(value: str, parts: Sequence[tuple[Span, str]]) -> str:
    """A value with some of its parts replaced."""
    for span, text in sorted(parts, reverse=True):
        value = value[: span.start] + text + value[span.end :]
    return value

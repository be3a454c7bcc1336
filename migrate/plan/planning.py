"""Turn findings and decisions into a plan, and prove a file's new text before it may be written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from migrate.framework.deployment import Deployment
from migrate.framework.reference import reference, source
from migrate.framework.releases import traits_of
from migrate.masking.name_mask import NameMask
from migrate.model import (
    Accept,
    Applicability,
    Change,
    Decision,
    Edit,
    Form,
    Location,
    Manifest,
    ManifestError,
    Parameter,
    Plan,
    Put,
    Rewrite,
    Secret,
    SlsMigrateError,
    Target,
    Way,
)
from migrate.model.words import enumerated
from migrate.plan import eligibility, naming
from migrate.plan.candidates import Candidate, move_by
from migrate.plan.name_fields import folded_secrets, tells_secret
from migrate.plan.naming import ParameterOptions
from migrate.plan.questions import Question
from migrate.stores import limits
from migrate.text import equivalence, rewrite
from migrate.text.edits import apply_edits
from migrate.text.rewrite import by_scalar


def plan(questions: Sequence[Question], decisions: Sequence[Decision], parameter_options: ParameterOptions) -> Plan:
    """Make the plan from one decision for each question.

    A change whose reference, name or target proves impossible is kept as `SHOW` with the reason, so
    that the others go on.
    """
    taken: dict[str, Secret] = {}
    changes: list[Change] = []
    mask = folded_secrets(candidate.secret for question in questions for candidate in question.candidates)
    for question, decision in zip(questions, decisions, strict=True):
        changes.extend(
            _change(candidate, question, decision, parameter_options, taken, mask) for candidate in question.candidates
        )
    return Plan(tuple(changes))


def _change(
    candidate: Candidate,
    question: Question,
    decision: Decision,
    parameter_options: ParameterOptions,
    taken: dict[str, Secret],
    mask: NameMask,
) -> Change:
    name = question.name
    if isinstance(decision, Accept):
        name, candidate = decision.name, move_by(candidate, decision.way)
    change = Change(
        candidate.finding, question.applicability, candidate.replaces, candidate.secret, name, notes=question.notes
    )
    if not isinstance(decision, Accept) or question.applicability is Applicability.SHOW:
        return replace(change, reference=_preview(candidate, name))
    try:
        # A part may be refused where all of its value may move.
        if decision.way is not Way.USUAL and (refusal := eligibility.refusal(candidate)):
            raise SlsMigrateError(refusal)
        names = _names(name, candidate, parameter_options)
        for parameter in names:
            if tells_secret(mask, parameter):
                raise SlsMigrateError("the parameter's name would tell a secret: give it another --name")
            if taken.setdefault(parameter, candidate.secret) != candidate.secret:
                raise SlsMigrateError(f"{parameter} is the name of another secret in this run already")
        targets, region = _targets(candidate.deployment, parameter_options)
        reference_text = _reference(candidate, name, region)
    except SlsMigrateError as error:
        return replace(change, applicability=Applicability.SHOW, notes=(error.message, *change.notes))
    puts = tuple(
        Put(target, _parameter(parameter, candidate.secret, parameter_options))
        for target in targets
        for parameter in names
    )
    return replace(change, reference=reference_text, puts=puts)


def _preview(candidate: Candidate, name: str) -> str:
    try:
        return _reference(candidate, name, None)
    except SlsMigrateError:
        return ""


def _parameter(name: str, secret: Secret, parameter_options: ParameterOptions) -> Parameter:
    return Parameter(name, secret, parameter_options.key_id, parameter_options.tier, parameter_options.tags)


def _names(path: str, candidate: Candidate, parameter_options: ParameterOptions) -> tuple[str, ...]:
    if naming.has_other_variable(path):
        raise SlsMigrateError("the name contains a variable that is not the stage's")
    names = naming.concrete(path, parameter_options.stages)
    if not names:
        raise SlsMigrateError("the name contains a variable: pass --stage for each stage")
    if "${sls:" in path and not _knows_sls(candidate.deployment):
        raise SlsMigrateError("${sls:…} is not known before Serverless 3; use ${opt:stage, 'dev'}")
    for name in names:
        wrong = limits.name_faults(name)
        if wrong:
            raise SlsMigrateError(f"the parameter name {wrong[0]}")
    return names


def _knows_sls(deployment: Deployment) -> bool:
    traits = traits_of(deployment.framework)
    return traits is not None and traits.knows_sls


def _targets(deployment: Deployment, parameter_options: ParameterOptions) -> tuple[tuple[Target, ...], str | None]:
    """Return the targets, and the region that the reference must name, if any."""
    regions = parameter_options.regions or deployment.regions
    if not regions:
        raise SlsMigrateError("cannot determine the deployment region; pass --region")
    elsewhere = [region for region in parameter_options.team_regions if region not in deployment.regions]
    if elsewhere:
        message = f"the settings say {enumerated(elsewhere)}, which the manifest does not: pass --region"
        raise SlsMigrateError(message)
    foreign = None
    if (
        parameter_options.regions
        and deployment.fixed_region
        and not set(deployment.regions) <= set(parameter_options.regions)
    ):
        if len(parameter_options.regions) > 1:
            raise SlsMigrateError(f"it is deployed to {' and '.join(deployment.regions)}, not all in --region")
        foreign = parameter_options.regions[0]
    profiles: Sequence[str | None] = parameter_options.profiles or (None,)
    return tuple(Target(profile, region) for profile in profiles for region in regions), foreign


def _reference(candidate: Candidate, path: str, region: str | None) -> str:
    syntax = candidate.deployment.syntax
    inner = path.replace("${", syntax.delimiters.open).replace("}", syntax.delimiters.close) if "${" in path else path
    if candidate.finding.form is Form.FALLBACK:
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
            expected[scalar.span.start] = apply_edits(scalar.value, [Edit(span, text) for span, text in parts])
    except ValueError:
        raise ManifestError("two changes of one value overlap", location=Location(manifest.file)) from None
    return Rewrite(manifest, tuple(changes), equivalence.prove(manifest, edits, expected))

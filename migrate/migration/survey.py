"""Survey a repository without changing it: what was found, what is decided, and the plan that it makes.

A survey holds texts and values and never leaves its process; what may cross processes is its result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from migrate.files.repositories import Repository
from migrate.framework.deployment import Deployment
from migrate.migration.deciders import Decide, Decided
from migrate.model import Applicability, Change, CheckedPut, Decision, Finding, Plan, Put, Skip, Target
from migrate.model.paths import DisplayPath
from migrate.plan import planning
from migrate.plan import questions as asking
from migrate.plan.questions import Question
from migrate.workspace.loading import Workspace
from migrate.workspace.masked import MaskedText, masked_texts
from migrate.workspace.options import Options
from migrate.workspace.selection import Selection, select_findings

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.migration.results import Failure
    from migrate.plan.decisions import Entry

FindingKey = tuple[Path, str, str]  # file, key path, rule


class Source(Struct, frozen=True):
    """A repository as it was read. `display_path` names files to people, `decision_path` in decisions files.

    `root` is the work tree that was read, `names` are parameters that were settled before.
    """

    repository: Repository
    root: Path
    workspace: Workspace
    display_path: DisplayPath
    decision_path: DisplayPath
    names: Mapping[FindingKey, str] = MappingProxyType({})


class OpenRepository(Struct, frozen=True):
    """A repository in memory, with all that is to be decided."""

    source: Source
    options: Options
    selection: Selection
    deployments: Mapping[Path, Deployment]
    questions: tuple[Question, ...]
    masked_text: MaskedText

    @property
    def workspace(self) -> Workspace:
        """Return all that was read."""
        return self.source.workspace

    @property
    def display_path(self) -> DisplayPath:
        """Return how files are named to people and in reports."""
        return self.source.display_path

    @property
    def decision_path(self) -> DisplayPath:
        """Return how files are named in decisions."""
        return self.source.decision_path


class Survey(OpenRepository, frozen=True):
    """A repository decided and planned. `checks` and `overwrite` are filled once the store was checked.

    `stale` describes entries that no longer fit, `withheld` why `held_back` secrets may not be moved. Where it is
    `unattended`, no person saw what was left.
    """

    decisions: tuple[Decision, ...]
    plan: Plan
    stale: tuple[str, ...] = ()
    unattended: bool = False
    withheld: tuple[Failure, ...] = ()
    held_back: int = 0
    checks: tuple[CheckedPut, ...] = ()
    overwrite: frozenset[Put] = frozenset()

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return where parameters would be put."""
        return tuple(dict.fromkeys(put.target for put in self.plan.puts))

    @property
    def writing(self) -> tuple[Change, ...]:
        """Return what a run would write."""
        return tuple(change for change in self.plan.changes if change.writes)

    @property
    def refused(self) -> tuple[Change, ...]:
        """Return what no run may move."""
        return tuple(change for change in self.plan.changes if change.applicability is Applicability.SHOW)

    @property
    def waiting(self) -> tuple[Change, ...]:
        """Return what only a person may move, and none did."""
        return tuple(
            change for change in self.plan.changes if change.applicability is Applicability.REVIEW and not change.writes
        )


Frameworks = Callable[[tuple[Finding, ...], Mapping[Path, Deployment]], Mapping[Path, Deployment]]


def open_repository(source: Source, options: Options, frameworks: Frameworks | None = None) -> OpenRepository:
    """Select findings, and make the questions to decide on.

    `frameworks` completes what is known of the frameworks of their files.
    """
    selection = select_findings(options, source.workspace, source.display_path)
    deployments: Mapping[Path, Deployment] = source.workspace.deployments
    if frameworks is not None:
        deployments = frameworks(selection.findings, deployments)

    def name_of(finding: Finding) -> str | None:
        return options.name_of(finding, source.display_path) or source.names.get(finding_key(finding))

    asked = asking.questions(selection.findings, deployments, options.parameter_options, name_of)
    return OpenRepository(source, options, selection, deployments, asked, masked_texts(source.workspace))


def survey(source: Source, options: Options, decide: Decide, frameworks: Frameworks | None = None) -> Survey | None:
    """Decide what becomes of findings, and plan it; None where a person quit."""
    opened = open_repository(source, options, frameworks)
    decided = decide(opened)
    return None if decided is None else as_decided(opened, decided)


def as_decided(opened: OpenRepository, decided: Decided) -> Survey:
    """Plan what was decided."""
    fields = {name: getattr(opened, name) for name in OpenRepository.__struct_fields__}
    return Survey(
        **fields,
        decisions=decided.decisions,
        plan=planning.plan(opened.questions, decided.decisions, opened.options.parameter_options),
        stale=decided.stale,
        unattended=decided.unattended,
    )


def redecided(before: Survey, decisions: tuple[Decision, ...]) -> Survey:
    """Return a survey with other decisions, not held against the store yet."""
    planned = planning.plan(before.questions, decisions, before.options.parameter_options)
    return replace(before, decisions=decisions, plan=planned, checks=())


def withhold(survey: Survey, skipped: Sequence[bool], failures: Iterable[Failure]) -> Survey:
    """Skip questions, a flag for each, that may not be done as decided."""
    if not any(skipped):
        return survey
    pairs = tuple(zip(survey.decisions, skipped, strict=True))
    changed = redecided(survey, tuple(Skip() if flag else decision for decision, flag in pairs))
    held_back = len(survey.writing) - len(changed.writing)
    return replace(changed, withheld=(*survey.withheld, *failures), held_back=survey.held_back + held_back)


def entries_of(survey: Survey) -> tuple[Entry, ...]:
    """Return the decisions as a decisions file holds them."""
    from migrate.plan import decisions

    masked, path = survey.masked_text, survey.decision_path
    return tuple(
        decisions.entries_of(survey.questions, survey.decisions, path, lambda finding: masked(finding.manifest))
    )


def finding_key(finding: Finding) -> FindingKey:
    """Return what names a finding from one reading of its file to the next."""
    return finding.manifest.file, str(finding.path), finding.rule.id

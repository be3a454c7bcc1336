"""Surveys of findings without files: each question accepted or skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from migrate.files.discovery import Discovery, SourceFile
from migrate.files.repositories import Repository
from migrate.migration.deciders import Decided
from migrate.migration.survey import OpenRepository, Source, Survey, survey
from migrate.model import Accept, Confidence, Finding, Problem, Role, Skip
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Mode, Options
from tests.support.build import deployments

ROOT = Path("/service")


def survey_of(
    found: Sequence[Finding],
    accepted: Sequence[bool],
    problems: tuple[Problem, ...] = (),
    display_path: Callable[[Path], str] = lambda file: str(file.relative_to(ROOT)),
) -> Survey:
    """A survey of findings; `accepted` says for each question whether it moves."""
    manifests = {finding.manifest.file: finding.manifest for finding in found}
    files = tuple(SourceFile(file, Role.MANIFEST, (file,), None) for file in manifests)
    workspace = Workspace(Discovery(files), manifests, tuple(found), deployments(found), {}, problems)
    source = Source(Repository("shop", ROOT, False), ROOT, workspace, display_path, display_path)

    def decide(opened: OpenRepository) -> Decided:
        pairs = zip(opened.questions, accepted, strict=True)
        return Decided(tuple(Accept(question.name) if yes else Skip() for question, yes in pairs))

    made = survey(source, Options((Path(),), Mode.UNATTENDED, Confidence.LOW), decide)
    assert made is not None
    return made

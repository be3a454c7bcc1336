"""The selection of the findings that a run decides on, by its options."""

from __future__ import annotations

from msgspec import Struct

from migrate import detect
from migrate.model import Finding
from migrate.model.paths import DisplayPath
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options


class Selection(Struct, frozen=True):
    """The findings to decide on, and how many are too uncertain or were left out by options."""

    findings: tuple[Finding, ...]
    less_certain: int = 0
    left_out: int = 0


def select_findings(options: Options, workspace: Workspace, display_path: DisplayPath) -> Selection:
    """Select the findings to decide on, those that a person named in any case."""
    every = [finding for finding in workspace.findings if finding.rule.id != detect.PLACEHOLDER]
    named = {id(finding) for finding in every if options.names and options.name_of(finding, display_path)}
    wanted = [finding for finding in every if id(finding) in named or options.wants(finding)]
    certain = [finding for finding in wanted if id(finding) in named or finding.confidence >= options.min_confidence]
    return Selection(tuple(certain), len(wanted) - len(certain), len(every) - len(wanted))


def select_placeholders(options: Options, workspace: Workspace) -> list[Finding]:
    """Select placeholders for values still to come; only `--placeholders` finds any."""
    return [
        finding for finding in workspace.findings if finding.rule.id == detect.PLACEHOLDER and options.wants(finding)
    ]

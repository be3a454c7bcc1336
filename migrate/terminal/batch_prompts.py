"""The questions of a batch on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.migration.batch_session import Amount, GroupAnswer
from migrate.migration.equal_secrets import Group
from migrate.migration.repository_survey import RepositorySummary
from migrate.migration.results import FindingStatus
from migrate.migration.session import review
from migrate.migration.survey import OpenRepository
from migrate.model import Decision
from migrate.model.words import counted
from migrate.plan.questions import Question
from migrate.terminal.console import Console, wrap
from migrate.terminal.prompts import TerminalAsker, choose

_SHOWN = 8
_AMOUNTS = (
    (Amount.ALL, "a", "All that is listed with ›"),
    (Amount.SOME, "s", "Some: ask for each"),
    (Amount.NONE, "n", "None"),
    (Amount.QUIT, "q", "Quit, nothing changed"),
)


class TerminalBatchAsker:
    """An asker of a person. Ctrl-C at any question raises KeyboardInterrupt."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def group(self, group: Group, number: int, total: int) -> GroupAnswer:
        """Ask about one secret of several repositories."""
        say, width = self._console.say, self._console.width
        say("", [("dim", f"{number}/{total}  "), ("bold", f"the same value in {len(group.repositories)} repositories")])
        for entry in group.entries[:_SHOWN]:
            say(*([("", text)] for text in wrap(f"{entry.file}  {entry.key_path}", width, "        ", "      ")))
        if len(group.entries) > _SHOWN:
            say([("dim", f"      and {len(group.entries) - _SHOWN} more")])
        rows = (
            (GroupAnswer.EACH, "e", "Move it, a parameter for each service"),
            (GroupAnswer.SHARED, "h", f"Move it to one shared parameter, {group.shared}"),
            (GroupAnswer.SKIP, "s", "Skip it everywhere"),
            (GroupAnswer.QUIT, "q", "Quit, nothing changed"),
        )
        return choose("One secret, many places", rows, GroupAnswer.EACH)

    def repository(self, summary: RepositorySummary, number: int, total: int) -> Amount:
        """Ask about a repository, with what was found in it."""
        say, name = self._console.say, summary.repository.name
        say("", [("dim", f"{number}/{total}  "), ("bold", name)])
        for finding in summary.result.findings:
            moves = finding.status is FindingStatus.PLANNED
            place = f"    {'›' if moves else ' '} {finding.file}:{finding.line}  "
            target = finding.parameter if moves else str(finding.applicability)
            if len(place) + len(finding.key_path) + 2 + len(target) <= self._console.width:
                say([("", place), ("key", finding.key_path), ("dim", f"  {target}")])
            else:
                say([("", place), ("key", finding.key_path)], [("dim", f"        {target}")])
        secrets = counted(len(summary.result.findings), "secret")
        return choose(f"Move {secrets} of {name}?", _AMOUNTS, Amount.ALL)

    def some(self, opened: OpenRepository, questions: Sequence[Question]) -> tuple[Decision, ...] | None:
        """Ask each question of a repository."""
        return review(questions, TerminalAsker(self._console, opened.display_path, opened.masked_text))

    def confirm(self, text: str) -> bool:
        """Ask for the one yes before anything is changed."""
        return TerminalAsker(self._console, str, lambda manifest: "").confirm(text)

"""The questions of a batch on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.migration.batch import Group
from migrate.migration.batch_session import Amount, GroupAnswer
from migrate.migration.results import Fate
from migrate.migration.session import review
from migrate.migration.survey import Look, Opened
from migrate.model import Decision
from migrate.plan.questions import Question
from migrate.terminal.console import Console, wrap
from migrate.terminal.prompts import TerminalAsker, choose
from migrate.terminal.screens import counted

_SHOWN = 8
_AMOUNTS = (
    (Amount.ALL, "a", "All that is listed with ›"),
    (Amount.SOME, "s", "Some: ask for each"),
    (Amount.NONE, "n", "None"),
    (Amount.QUIT, "q", "Quit, nothing changed"),
)


class TerminalBatchAsker:
    """Asks a person. Ctrl-C at any question raises KeyboardInterrupt."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def group(self, group: Group, number: int, total: int) -> GroupAnswer:
        """One secret that stands in several repositories."""
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

    def repository(self, seen: Look, number: int, total: int) -> Amount:
        """A repository with what was found in it."""
        say = self._console.say
        say("", [("dim", f"{number}/{total}  "), ("bold", seen.repository.name)])
        for finding in seen.row.findings:
            mark = "›" if finding["fate"] == Fate.PLANNED else " "
            target = f"  {finding['parameter']}" if finding["fate"] == Fate.PLANNED else f"  {finding['applicability']}"
            say(
                [
                    ("", f"    {mark} {finding['file']}:{finding['line']}  "),
                    ("key", finding["key_path"]),
                    ("dim", target),
                ]
            )
        return choose(
            f"Move {counted(len(seen.row.findings), 'secret')} of {seen.repository.name}?", _AMOUNTS, Amount.ALL
        )

    def some(self, opened: Opened, asked: Sequence[Question]) -> tuple[Decision, ...] | None:
        """Each question of a repository."""
        texts = opened.masked_texts()
        asker = TerminalAsker(
            self._console, opened.shown, lambda manifest: texts(opened.workspace.of_file(manifest.file)[0])
        )
        return review(asked, asker)

    def confirm(self, text: str) -> bool:
        """The one yes before anything is changed."""
        return TerminalAsker(self._console, str, lambda manifest: "").confirm(text)

"""The questions on a terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from migrate.files.signals import on_signal
from migrate.framework.releases import RELEASES, joint_label
from migrate.migration.session import Answer, Conflict
from migrate.model import Accept, Decision, Ignore, Manifest, Skip, Way
from migrate.model.visible import visible
from migrate.plan.questions import Question
from migrate.stores import limits
from migrate.terminal.console import Console, wrap
from migrate.terminal.screens import DisplayPath, question_screen

if TYPE_CHECKING:
    from questionary import Question as QuestionaryQuestion

_Choice = TypeVar("_Choice")

_ANSWERS = (
    (Answer.MOVE, "m", ""),
    (Answer.OTHER, "o", ""),
    (Answer.RENAME, "n", "Move it under another name"),
    (Answer.SKIP, "s", "Skip"),
    (Answer.IGNORE, "i", "Never ask about this one again"),
    (Answer.REVEAL, "v", "Show the value"),
    (Answer.BACK, "b", "Back"),
    (Answer.REST, "a", "Move this and all that follow"),
    (Answer.QUIT, "q", "Quit, nothing changed"),
)
_CONFLICTS = (
    (Conflict.SKIP, "s", "Skip, leave both as they are"),
    (Conflict.RENAME, "n", "Move it under another name"),
    (Conflict.OVERWRITE, "o", "Overwrite the stored value with a new version"),
)
_FRAMEWORKS = (
    *((word, row.shortcut, joint_label([word], row.majors)) for word, row in sorted(RELEASES.items())),
    ("", "u", "I don't know: write ~true, which others refuse loudly"),
)


class TerminalAsker:
    """An asker of a person. Ctrl-C at any question raises KeyboardInterrupt."""

    def __init__(self, console: Console, display_path: DisplayPath, masked: Callable[[Manifest], str]) -> None:
        self._console = console
        self._display_path = display_path
        self._masked = masked

    def answer(self, question: Question, number: int, total: int, name: str, before: Decision | None) -> Answer:
        """Show a question and take the answer; the one given before is offered first."""
        self._console.say(
            *question_screen(question, number, total, self._masked, self._display_path, self._console.width)
        )
        ways = question.choices
        labels = {Answer.MOVE: ways[0].label, Answer.OTHER: ways[-1].label}
        left_out = {*([Answer.BACK] if number == 1 else []), *([Answer.OTHER] if len(ways) == 1 else [])}
        offered = [(answer, key, labels.get(answer, text)) for answer, key, text in _ANSWERS if answer not in left_out]
        default = _default(before)
        return choose(f"Move to {name}", offered, default)

    def rename(self, question: Question, name: str, taken: Mapping[str, Question]) -> str | None:
        """Ask for another name, checked against the store's limits as it is typed."""
        import questionary

        def check(text: str) -> bool | str:
            if not text:
                return True
            wrong = limits.name_faults(text)
            if wrong:
                return f"The name {wrong[0]}"
            return text not in taken or "Another secret of this run goes there"

        answer = _answer_to(questionary.text("Parameter name", default=name, validate=check, qmark="?"))
        return str(answer) or None

    def reveal(self, question: Question) -> None:
        """Show the value, control characters made visible."""
        first = question.candidates[0]
        values = {"value": first.finding.secret.reveal()}
        if len(question.choices) > 1 and first.whole:
            values = {"whole": first.secret.reveal(), "part": first.finding.secret.reveal()}
        if first.secret.reveal() != first.finding.scalar.value and first.whole:
            values = {"deployed": first.secret.reveal(), "written": first.finding.scalar.value}
        for label, value in values.items():
            first_line, *others = value.split("\n")
            lines = [[("dim", f"  {label:>10}  "), ("warn", first_line)]]
            self._console.reveal(*lines, *([("", " " * 14), ("warn", line)] for line in others))

    def framework(self, service: str, file: str, notes: Sequence[str]) -> str:
        """Ask which framework deploys a service that names none; '' for unknown."""
        self._console.say(f"{file}: cannot determine which framework version deploys {service}")
        self._console.say(*([("warn", text)] for note in notes for text in wrap(note, self._console.width, "  ")))
        return choose(f"Which framework deploys {service}?", _FRAMEWORKS, "")

    def conflict(self, question: Question, name: str, detail: str, *, overwritable: bool) -> Conflict:
        """Ask what to do about a name that is taken in the store."""
        self._console.say([("bad", f"{name} {detail}")])
        offered = [row for row in _CONFLICTS if overwritable or row[0] is not Conflict.OVERWRITE]
        return choose(f"{name} is taken", offered, Conflict.SKIP)

    def confirm(self, text: str) -> bool:
        """Ask for the one yes before anything is changed; no is the default."""
        import questionary

        return bool(_answer_to(questionary.confirm(text, default=False, qmark="?")))


def _default(before: Decision | None) -> Answer:
    """Return the answer that leads to a decision."""
    match before:
        case Skip():
            return Answer.SKIP
        case Ignore():
            return Answer.IGNORE
        case Accept(way=way) if way is not Way.USUAL:
            return Answer.OTHER
    return Answer.MOVE


def choose(title: str, rows: Sequence[tuple[_Choice, str, str]], default: _Choice) -> _Choice:
    """Ask for one of the rows, each a value, its key and its text."""
    import questionary

    choices = [questionary.Choice(text, value=value, shortcut_key=key) for value, key, text in rows]
    chosen = next(choice for choice in choices if choice.value == default)
    answer: _Choice = _answer_to(
        questionary.select(
            visible(title),
            choices=choices,
            default=chosen,
            use_shortcuts=True,
            use_arrow_keys=True,
            use_jk_keys=False,
            qmark="?",
            pointer="»",
            instruction=" ",
        )
    )
    return answer


def _answer_to(question: QuestionaryQuestion) -> Any:
    """Return what a person answers. Raises KeyboardInterrupt at a signal.

    It ends the question from within its loop: raised there, it could be lost.
    """
    application, came = question.application, threading.Event()

    def leave() -> None:
        came.set()
        if application.loop is not None and application.is_running:
            application.loop.call_soon_threadsafe(end)

    def end() -> None:
        if application.future is not None and not application.future.done():
            application.exit(exception=KeyboardInterrupt)

    with on_signal(leave):
        answer = application.run(handle_sigint=False, pre_run=lambda: leave() if came.is_set() else None)
    if came.is_set():
        raise KeyboardInterrupt
    return answer

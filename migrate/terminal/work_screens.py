"""Screens of the work itself: the last question, each event, the summary, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from migrate.migration.commits import Commit
from migrate.migration.results import COMMIT, Failure, RepositoryResult
from migrate.migration.survey import Survey
from migrate.model import Event, FileFailed, FileWritten, Put, PutDone, PutFailed, PutState
from migrate.model.paths import DisplayPath
from migrate.model.words import counted, enumerated, phrases
from migrate.terminal import screens
from migrate.terminal.console import Line, wrap
from migrate.terminal.pull_requests import pull_request_lines


def last_question(survey: Survey, allow_entries: int, commit: Commit | None) -> str:
    """Return the text of the one yes before anything is changed."""
    new = sum(check.state is PutState.PUT for check in survey.checks)
    over, files = len(survey.overwrite), len(survey.plan.by_file)
    words = phrases(
        (new, f"put {counted(new, 'parameter')}"),
        (over, f"overwrite {counted(over, 'parameter')}"),
        (files, f"rewrite {counted(files, 'file')}"),
        (allow_entries, f"add {counted(allow_entries, 'allow entry')}"),
        (commit is not None, _commit_words(commit)),
    )
    text = enumerated(words)
    return f"{text[0].upper()}{text[1:]}?"


def _commit_words(commit: Commit | None) -> str:
    branch = commit.options.branch if commit else ""
    return f"commit on branch {branch}" if branch else "commit"


def event_lines(event: Event, display_path: DisplayPath, width: int, *, several: bool) -> list[Line]:
    """Return what was done, or failed; with `several` targets it names the one."""
    match event:
        case PutDone(put, version):
            words = _PUT_WORDS[event.word]
            return [[("good", "  ✓ "), ("", _put_name(put, several)), ("dim", f"   version {version}, {words}")]]
        case FileWritten(file, values):
            return [[("good", "  ✓ "), ("", display_path(file)), ("dim", f"   {counted(values, 'value')}")]]
        case PutFailed(put, error):
            message = error.message.removeprefix(f"{put.parameter.name}: ")
            return failed_lines(_put_name(put, several), message, error.hint or "", width)
        case FileFailed(file, error):
            name = display_path(file)
            return failed_lines(name, error.message.removeprefix(f"{name}: "), error.hint or "", width)


_PUT_WORDS = {
    "put": "read back equal",
    "overwritten": "overwritten, read back equal",
    "there": "was there, equal",
}


def _put_name(put: Put, several: bool) -> str:
    where = [word for word in (put.target.profile, put.target.region) if word] if several else []
    return put.parameter.name + (f" ({' '.join(where)})" if where else "")


def failed_lines(name: str, message: str, hint: str, width: int) -> list[Line]:
    """Return something that failed, with its reason and a hint."""
    lines = wrap(message, width, "      ") + wrap(f"hint: {hint}" if hint else "", width, "      ")
    return [[("bad", "  ✗ "), ("", name)], *([("dim", line)] for line in lines)]


def commit_lines(result: RepositoryResult, width: int) -> Iterator[Line]:
    """Yield the commit that was made, or why it was refused."""
    if result.commit:
        branch = f" on branch {result.branch}" if result.branch else ""
        yield [("good", "  ✓ "), ("", f"commit {result.commit[:10]}{branch}")]
    for failure in _refused_commits(result):
        yield from failed_lines(COMMIT, f"{failure.message}; the files are as they were before", failure.hint, width)


def _refused_commits(result: RepositoryResult) -> list[Failure]:
    return [failure for failure in result.failures if failure.kind == COMMIT]


def summary_line(result: RepositoryResult) -> Line:
    """Return what a run came to."""
    over, failed = result.overwritten, result.details.failed + len(_refused_commits(result))
    words = phrases(
        (True, f"{result.put - over} put"),
        (over, f"{over} overwritten"),
        (result.existing, f"{result.existing} {'was' if result.existing == 1 else 'were'} there"),
        (True, f"{counted(len(result.written), 'file')} rewritten"),
        (result.left, f"{counted(result.left, 'secret')} left"),
        (failed, f"{failed} failed"),
    )
    return [("bold", f"{'Interrupted' if result.is_interrupted else 'Done'}: {', '.join(words)}.")]


def next_lines(survey: Survey, result: RepositoryResult, unignored: Sequence[Path], width: int) -> Iterator[Line]:
    """Yield what is left for people to do once values were moved."""
    changes = [change for change in survey.plan.changes if change.writes]
    yield [("bold", "Next")]
    for step in screens.next_steps(survey.plan, changes, unignored, survey.display_path):
        yield from ([("", text)] for text in wrap(step, width, "    ", "  · "))
    yield from pull_request_lines([result], width)

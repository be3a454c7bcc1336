"""What a person reads of a batch: a line a repository, totals, failures by reason, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from migrate.migration.results import Outcome, Reason, Row, Totals
from migrate.terminal.console import Line, wrap
from migrate.terminal.screens import counted

_MARKS = {
    Outcome.FAILED: ("bad", "✗"),
    Outcome.INTERRUPTED: ("warn", "…"),
    Outcome.SKIPPED: ("warn", "-"),
    Outcome.LEFT: ("warn", "!"),
    Outcome.PLANNED: ("key", "›"),
    Outcome.MIGRATED: ("good", "✓"),
    Outcome.CLEAN: ("dim", "·"),
}
_WORDS = {
    Outcome.FAILED: "failed",
    Outcome.INTERRUPTED: "interrupted",
    Outcome.SKIPPED: "skipped",
    Outcome.LEFT: "with secrets left",
    Outcome.PLANNED: "to migrate",
    Outcome.MIGRATED: "migrated",
    Outcome.CLEAN: "clean",
}
_SHOWN = 5


def row_line(row: Row) -> Line:
    """A repository in a line."""
    style, mark = _MARKS[row.outcome]
    words = [counted(row.moving, "secret") + " to move"] if row.outcome is Outcome.PLANNED else []
    words += [f"{row.moved} moved"] if row.moved else []
    words += [f"{row.put} put"] if row.put else []
    words += [f"{row.there} {'was' if row.there == 1 else 'were'} there"] if row.there else []
    words += [f"{row.left} left"] if row.left else []
    words += [f"{row.commit[:10]}{' on ' + row.branch if row.branch else ''}"] if row.commit else []
    if row.reasons:
        more = len(row.reasons) - 1
        words.append(row.reasons[0].kind + (f" and {more} more" if more else ""))
    return [(style, f"  {mark} "), ("", row.name), ("dim", f"   {', '.join(words)}" if words else "")]


def total_lines(found: Totals) -> Iterator[Line]:
    """What it all comes to."""
    parts = ", ".join(f"{found.outcomes[outcome]} {_WORDS[outcome]}" for outcome in _WORDS if outcome in found.outcomes)
    count = "1 repository" if found.repositories == 1 else f"{found.repositories} repositories"
    yield [("bold", f"{count}: {parts or 'nothing to do'}")]
    words = [f"{found.findings} secrets found in {counted(found.files, 'file')}"]
    words += [f"{found.moved} moved"] if found.moved else []
    words += [f"{counted(found.put, 'parameter')} put"] if found.put else []
    words += [f"{found.there} were there"] if found.there else []
    words += [f"{found.left} left"] if found.left else []
    yield [("", ", ".join(words))]


def reason_lines(found: Mapping[str, Sequence[tuple[Row, Reason]]], width: int) -> Iterator[Line]:
    """Failures grouped by what they have in common."""
    for kind, pairs in found.items():
        names = dict.fromkeys(row.name for row, _ in pairs)
        yield [("bad", f"  {len(names)} × "), ("bold", kind)]
        for row, reason in pairs[:_SHOWN]:
            place = ":".join(str(part) for part in (reason.file or row.name, reason.line) if part)
            yield from ([("", text)] for text in wrap(f"{place}: {reason.message}", width, " " * 8, " " * 6))
        if len(pairs) > _SHOWN:
            yield [("dim", f"      and {len(pairs) - _SHOWN} more")]
        for hint in dict.fromkeys(reason.hint for _, reason in pairs if reason.hint):
            yield from ([("dim", text)] for text in wrap(f"hint: {hint}", width, " " * 8, " " * 6))


def pull_request_lines(done: Sequence[Row]) -> Iterator[str]:
    """Commands that open the pull requests, ready to paste."""
    by_branch: dict[str, list[str]] = {}
    for row in done:
        if row.commit and row.branch:
            by_branch.setdefault(row.branch, []).append(row.path)
    for branch, paths in by_branch.items():
        name = shlex.quote(branch)
        yield f"for repo in {shlex.join(paths)}; do"
        yield f'  (cd "$repo" && git push --set-upstream origin {name} && gh pr create --fill --head {name})'
        yield "done"


def next_lines(done: Sequence[Row], width: int) -> Iterator[Line]:
    """What is left for people to do."""
    steps = ["git history still holds the old values, and a pull request's diff shows them: rotate, then redeploy"]
    steps += ["the deploying roles need ssm:GetParameter on the new parameters, and kms:Decrypt"]
    yield [("bold", "Next")]
    for step in steps:
        yield from ([("", text)] for text in wrap(step, width, "    ", "  · "))
    commands = list(pull_request_lines(done))
    if commands:
        yield from ([("", text)] for text in wrap("open the pull requests:", width, "    ", "  · "))
        yield from ([("key", f"    {command}")] for command in commands)

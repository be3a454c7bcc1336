"""Commands that open pull requests for the branches that a run made, ready to paste."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from migrate.migration.results import RepositoryResult
from migrate.terminal.console import Line, wrap


def pull_request_commands(results: Sequence[RepositoryResult]) -> Iterator[str]:
    """Yield commands that open a pull request for each new branch, whatever the names."""
    by_branch: dict[str, list[str]] = {}
    for result in results:
        if result.commit and result.branch:
            by_branch.setdefault(result.branch, []).append(result.path)
    for branch, paths in by_branch.items():
        name = shlex.quote(branch)
        if len(paths) == 1:
            yield f"cd {shlex.quote(paths[0])}"
            yield f"git push --set-upstream origin {name}"
            yield f"gh pr create --fill --head {name}"
            continue
        yield f"for repo in {shlex.join(paths)}; do"
        yield f'  (cd "$repo" && git push --set-upstream origin {name} && gh pr create --fill --head {name})'
        yield "done"


def pull_request_lines(results: Sequence[RepositoryResult], width: int) -> Iterator[Line]:
    """Yield the commands, and what they are for; nothing where no branch was made."""
    commands = list(pull_request_commands(results))
    if commands:
        noun = (
            "pull request" if sum(bool(result.commit and result.branch) for result in results) == 1 else "pull requests"
        )
        yield from ([("", text)] for text in wrap(f"open the {noun}:", width, "    ", "  · "))
        yield from ([("key", f"    {command}")] for command in commands)

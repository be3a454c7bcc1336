"""The command that tries again what failed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from migrate.migration.results import RepositoryResult


def retry_command(arguments: Sequence[str], results: Sequence[RepositoryResult]) -> str:
    """Return the command that runs what failed once more; '' where nothing did."""
    failed = [result.name for result in results if result.has_failed or result.is_interrupted]
    names = [word for name in failed for word in ("--repository", name)]
    return shlex.join(["slsmigrate", "batch", *_without_names(arguments), *names]) if failed else ""


def _without_names(arguments: Sequence[str]) -> Iterator[str]:
    words = iter(arguments)
    for word in words:
        if word == "--repository":
            next(words, None)
        elif not word.startswith("--repository="):
            yield word

"""Results in which no name shows a secret of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from migrate.migration.results import RepositoryResult

Mask = Callable[[str], str]


def masked_result(result: RepositoryResult, mask: Mask) -> RepositoryResult:
    """Return a result with every text in it masked."""
    return msgspec.convert(_masked(msgspec.to_builtins(result), mask), RepositoryResult)


def _masked(content: Any, mask: Mask) -> Any:
    if isinstance(content, str):
        return mask(content)
    if isinstance(content, dict):
        return {key: _masked(value, mask) for key, value in content.items()}
    return [_masked(item, mask) for item in content] if isinstance(content, list | tuple) else content

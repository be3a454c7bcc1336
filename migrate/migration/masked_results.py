"""Results in which no name shows a secret of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from migrate.migration.results import RepositoryResult

Mask = Callable[[str], str]


def masked_result(result: RepositoryResult, mask: Mask) -> RepositoryResult:
    """Return a result with every text in it masked."""
    return msgspec.convert(masked_content(msgspec.to_builtins(result), mask), RepositoryResult)


def masked_content(content: Any, mask: Mask) -> Any:
    """Return what JSON can hold with every text in it masked."""
    if isinstance(content, str):
        return mask(content)
    if isinstance(content, dict):
        return {key: masked_content(value, mask) for key, value in content.items()}
    return [masked_content(item, mask) for item in content] if isinstance(content, list | tuple) else content

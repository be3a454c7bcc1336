"""The table that a run prints: per framework, how many services, what was moved and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .frameworks import FRAMEWORKS
from .outcome import Cell, State

_COLUMNS = ("framework", "services", "skipped", "equal", "different", "values moved", "refused", "not found")


def lines(cells: Sequence[Cell]) -> Iterable[str]:
    """The table, then each skip and each difference with its reason."""
    frameworks = [each.name for each in FRAMEWORKS if any(cell.framework == each.name for cell in cells)]
    rows = [_row(name, [cell for cell in cells if cell.framework == name]) for name in frameworks]
    table = [_COLUMNS, *rows, _row("all", cells)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_COLUMNS))]
    for row in table:
        yield "  ".join(text.ljust(width) if not column else text.rjust(width)
                        for column, (text, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
    for state in (State.SKIPPED, State.DIFFERENT):
        for cell in cells:
            if cell.state is state:
                yield f"{state}: {cell.service} on {cell.framework}: {cell.detail}"


def _row(name: str, cells: Sequence[Cell]) -> tuple[str, ...]:
    states = [sum(cell.state is state for cell in cells) for state in (State.SKIPPED, State.EQUAL, State.DIFFERENT)]
    moved, refused = sum(cell.moved for cell in cells), sum(cell.refused for cell in cells)
    numbers = (len({cell.service for cell in cells}), *states, moved, refused, sum(cell.unfound for cell in cells))
    return (name, *(str(number) for number in numbers))

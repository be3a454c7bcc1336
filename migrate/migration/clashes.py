"""Parameters that several repositories of a run want or read: none of them decides for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from migrate.migration.results import CLASH, Failure
from migrate.migration.survey import Survey, withhold
from migrate.model import CheckedPut, Put, PutState, Target

Address = tuple[Target, str]  # where a parameter is stored, as far as that is known without AWS
_HINT_READ = "where it is this one's to change, run slsmigrate in this repository alone"
_HINT = "give them names that differ: --path-template, or --decisions"


class PlannedPut(Struct, frozen=True):
    """A parameter that a repository would put, and a mark of its value."""

    target: Target
    name: str
    mark: bytes

    @property
    def address(self) -> Address:
        """Return where the parameter would be stored."""
        return self.target, self.name


def clashes(puts: Iterable[PlannedPut]) -> frozenset[Address]:
    """Return where several secrets want to be."""
    marks: dict[Address, set[bytes]] = {}
    for put in puts:
        marks.setdefault(put.address, set()).add(put.mark)
    return frozenset(address for address, found in marks.items() if len(found) > 1)


def without_clashes(survey: Survey, taken: frozenset[Address]) -> Survey:
    """Skip what wants to be where another repository's secret wants to be."""
    skipped: list[bool] = []
    failures: list[Failure] = []
    for question in survey.questions:
        findings = set(map(id, question.findings))
        puts = [put for change in survey.plan.changes if id(change.finding) in findings for put in change.puts]
        clash = next((put for put in puts if _address(put) in taken), None)
        if clash is not None:
            failures.append(Failure(CLASH, f"{clash.parameter.name}: another repository wants it too", _HINT))
        skipped.append(clash is not None)
    return withhold(survey, skipped, failures)


def kept_for_others(
    checks: Sequence[CheckedPut], read_by_others: Callable[[], frozenset[str]]
) -> tuple[CheckedPut, ...]:
    """Let no policy overwrite what other repositories read.

    They are asked only where there is a conflict.
    """
    if not any(check.state is PutState.CONFLICT for check in checks):
        return tuple(checks)
    read = read_by_others()
    return tuple(
        _kept(check) if check.state is PutState.CONFLICT and check.put.parameter.name in read else check
        for check in checks
    )


def _kept(check: CheckedPut) -> CheckedPut:
    detail = f"{check.detail}, and another repository may read it"
    return replace(check, detail=detail, overwritable=False, hint=check.hint or _HINT_READ)


def _address(put: Put) -> Address:
    return put.target, put.parameter.name

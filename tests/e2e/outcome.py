"""One cell of the table, service × framework: build, migrate, build again, compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from . import evidence
from .build import Build, BuildFailed, build, build_with, differences, strings
from .draft import Service
from .evidence import Evidence, Place
from .frameworks import CommandLine
from .migration import MigrationFailedError, migrate

_SHOWN = 12


class State(StrEnum):
    """What came of a cell."""

    EQUAL = "equal"
    SKIPPED = "skipped"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one service under one framework; `detail` says why it was skipped or what differs."""

    service: str
    framework: str
    state: State
    moved: int = 0
    refused: int = 0
    unfound: int = 0
    detail: str = ""

    def to_dict(self) -> dict[str, object]:
        """As plain values, which travel from a worker process."""
        return {**asdict(self), "state": str(self.state)}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where one cell is worked on: a service in a repository of its own, before and after."""

    folder: Path
    command_line: CommandLine

    def lay(self, side: str, service: Service, told_by: Evidence) -> Path:
        """The service laid into a fresh repository; its folder."""
        root = self.folder / side
        root.mkdir(parents=True)
        evidence.repository(root)
        folder = root / "services" / service.name
        service.lay(folder)
        told_by(self.command_line.framework, Place(root, folder, self.command_line.package))
        return folder


def compare(service: Service, told_by: Evidence, bench: Bench) -> Cell:
    """What comes of migrating the service under the bench's framework."""
    name = bench.command_line.framework.name
    folder = bench.lay("before", service, told_by)
    before = [build(bench.command_line, folder, options) for options in service.builds]
    failed = next((each for each in before if isinstance(each, BuildFailed)), None)
    if failed is not None:
        expected = service.builds_on is not None and name in service.builds_on
        state = State.DIFFERENT if expected else State.SKIPPED
        return Cell(service.name, name, state, detail=f"the original does not build: {failed.reason}")
    builds = [each for each in before if isinstance(each, Build)]
    folder = bench.lay("after", service, told_by)
    try:
        done = migrate(folder, bench.command_line.surroundings, service.options)
    except MigrationFailedError as error:
        return Cell(service.name, name, State.DIFFERENT, detail=str(error))
    problems = [
        *_unplanted(service, builds),
        *_unforeseen(service, name),
        *_changed(service, builds, bench.command_line, folder),
        *(["nothing was moved or refused"] if service.secrets and not (done.moved or done.refused) else []),
        *(f"left without a reason: {each.place}" for each in done.refused if not each.reasons),
        *(f"something tried to reach {address}" for address in bench.command_line.surroundings.refusals()),
    ]
    return Cell(
        service=service.name,
        framework=name,
        state=State.DIFFERENT if problems else State.EQUAL,
        moved=done.moved,
        refused=len(done.refused),
        unfound=max(0, service.secrets - done.moved - len(done.refused)),
        detail="\n".join(problems[:_SHOWN]),
    )


def _unplanted(service: Service, builds: Sequence[Build]) -> Iterator[str]:
    """Secrets that the original does not deploy as planted: then the comparison would prove nothing."""
    deployed = "\0".join(text for each in builds for text in strings(each.tree))
    for value in service.planted:
        if value not in deployed:
            yield f"planted, but not deployed: {value!r}"


def _unforeseen(service: Service, framework: str) -> Iterator[str]:
    if service.builds_on is not None and framework not in service.builds_on:
        yield "the original builds where it was not thought to: say so in its recipe"


def _changed(service: Service, before: Sequence[Build], command_line: CommandLine, folder: Path) -> Iterator[str]:
    for options, build_before in zip(service.builds, before, strict=True):
        after = build_with(build_before.command, command_line, folder, options)
        if isinstance(after, BuildFailed):
            yield f"after the migration it does not build: {after.reason}"
        else:
            yield from differences(build_before.tree, after.tree)

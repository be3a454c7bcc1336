"""Decisions, the plan that they make, and the events and result of carrying it out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal

from msgspec import Struct

from migrate.model.errors import SlsMigrateError
from migrate.model.findings import Finding, Parameter, Secret, Target
from migrate.model.text import Manifest, Span


class Way(StrEnum):
    """The ways to move a value, by their words in a decisions file; not every value has each."""

    USUAL = ""
    PART = "part"
    WRITTEN = "written"


class Accept(Struct, frozen=True):
    """Move the secret to the parameter of this name, which may hold variables such as `${sls:stage}`."""

    name: str
    way: Way = Way.USUAL


class Ignore(Struct, frozen=True):
    """Never ask again: becomes an allow entry in `.slsmigrate.toml`."""

    reason: str = ""


class Skip(Struct, frozen=True):
    """Leave the secret where it is this time."""


Decision = Accept | Ignore | Skip


class Applicability(StrEnum):
    """The condition under which a change is made: in any run, only after a person's yes, or never."""

    SAFE = "safe"
    REVIEW = "review"
    SHOW = "show"


class Change(Struct, frozen=True):
    """The planned outcome of one finding.

    `reference` replaces the span `replaces` of `finding.scalar.value`, which held `secret`. `puts` are
    the parameters that the reference needs, one per target and stage; none where nothing is to be
    written. `notes` explain why it may not be moved unattended, or what else a person should know.
    """

    finding: Finding
    applicability: Applicability
    replaces: Span
    secret: Secret
    name: str = ""
    reference: str = ""
    puts: tuple[Put, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Check that a run changes a file for it."""
        return bool(self.puts)


class Put(Struct, frozen=True):
    """One parameter to store at one target."""

    target: Target
    parameter: Parameter


class Plan(Struct, frozen=True):
    """All that a run would do; a dry run shows the very plan that a real run carries out."""

    changes: tuple[Change, ...]

    @property
    def puts(self) -> tuple[Put, ...]:
        """Return every parameter once per target, in the order of first use."""
        return tuple(dict.fromkeys(put for change in self.changes for put in change.puts))

    @property
    def by_file(self) -> Mapping[Path, tuple[Change, ...]]:
        """Group the changes that write by file."""
        files: dict[Path, list[Change]] = {}
        for change in self.changes:
            if change.writes:
                files.setdefault(change.finding.manifest.file, []).append(change)
        return {file: tuple(changes) for file, changes in files.items()}


class Rewrite(Struct, frozen=True):
    """New bytes of a file, proved to differ from the old in the planned values alone."""

    manifest: Manifest
    changes: tuple[Change, ...]
    result: bytes

    def __repr__(self) -> str:
        return f"Rewrite({self.manifest}, {len(self.changes)} changes)"


class PutState(StrEnum):
    """The state of a planned name in the store before anything is put."""

    PUT = "put"
    EXISTS = "there"
    CONFLICT = "conflict"


class CheckedPut(Struct, frozen=True):
    """A planned parameter compared with the store; `version` is the stored one.

    `overwritable` is False for a conflict that no yes can resolve: another type, or an unreadable one;
    `hint` names what would.
    """

    put: Put
    state: PutState
    version: int | None = None
    detail: str = ""
    overwritable: bool = True
    hint: str = ""


class PutDone(Struct, frozen=True):
    """The store holds the secret, read back decrypted and equal.

    `created` is False where it did before; `overwritten` is True where the new version replaced another value.
    """

    put: Put
    version: int
    created: bool
    overwritten: bool = False

    @property
    def word(self) -> Literal["put", "overwritten", "there"]:
        """Return what was done, in a word."""
        if self.overwritten:
            return "overwritten"
        return "put" if self.created else "there"


class PutFailed(Struct, frozen=True):
    """A parameter that could not be stored."""

    put: Put
    error: SlsMigrateError


class FileWritten(Struct, frozen=True):
    """A file that now holds references, and how many."""

    file: Path
    values: int


class FileFailed(Struct, frozen=True):
    """A file that was left as it was."""

    file: Path
    error: SlsMigrateError


Event = PutDone | PutFailed | FileWritten | FileFailed


class ApplyResult(Struct, frozen=True):
    """The work of a run, in order; `left` are the changes whose secrets are still in their files."""

    events: tuple[Event, ...] = ()
    left: tuple[Change, ...] = ()
    interrupted: bool = False

    @property
    def failures(self) -> tuple[PutFailed | FileFailed, ...]:
        """Return all failures."""
        return tuple(event for event in self.events if isinstance(event, PutFailed | FileFailed))

"""The words of the program: frozen types that every other module speaks in, and its errors."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path

from migrate.keypath import KeyPath

MASK = "••••••"
_LINE_END = re.compile(r"\r\n|\n|\r")


class ExitCode(IntEnum):
    """What a run says to the shell that started it."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_MANIFEST = 3
    SECRETS_REMAIN = 10
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file as people read it; line and column count from 1."""

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class SlsMigrateError(Exception):
    """Something a user can read and act on. Neither message nor hint ever quotes a value."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class ManifestError(SlsMigrateError):
    """A file that can't be read as a manifest or an included file."""


class StoreError(SlsMigrateError):
    """The Parameter Store refused or could not be reached; names the action and the parameter."""


class NoManifestError(SlsMigrateError):
    """The paths lead to nothing that could be read as a manifest."""

    exit_code = ExitCode.NO_MANIFEST


class UsageError(SlsMigrateError):
    """The command line or a settings file asks for something that can't be."""

    exit_code = ExitCode.USAGE


class Secret:
    """A secret value. Every way of printing it gives the mask; only `reveal()` gives the text."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The plain text; search for this name to see every use."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))


# ── the text of a file ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range, in code points."""

    start: int
    end: int

    def shifted(self, by: int) -> Span:
        """The same range, `by` code points further on."""
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        """The characters in the range."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters to put in the place of a span."""

    span: Span
    replacement: str


class ScalarStyle(StrEnum):
    """How a scalar is written in YAML; JSON strings are `DOUBLE`, JSON's other scalars `PLAIN`."""

    PLAIN = "plain"
    SINGLE = "single"
    DOUBLE = "double"
    LITERAL = "literal"
    FOLDED = "folded"

    @property
    def is_block(self) -> bool:
        """Whether it is a block scalar (`|` or `>`)."""
        return self in (ScalarStyle.LITERAL, ScalarStyle.FOLDED)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value of a file: never a key, nor anything inside a complex key (`? …`).

    `span` is the token's own text, quotes or block header included, anchor and tag excluded.
    `value` is what js-yaml reads, as text, before plain scalars become numbers and the like.
    `tag` is the explicit tag (`!Sub`, `tag:yaml.org,2002:int`), None without one.
    `aliased` says that another place in the file refers to this one by `*anchor`.
    """

    path: KeyPath
    span: Span
    value: str = field(repr=False)
    style: ScalarStyle
    tag: str | None = None
    anchor: str | None = None
    in_flow: bool = False
    aliased: bool = False


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text and the text the very same bytes again."""

    codec: str = "utf-8"
    bom: bytes = b""


class Role(StrEnum):
    """What a file is to the framework."""

    MANIFEST = "manifest"
    INCLUDED = "included"


class Lines:
    """Line and column of an offset, for text whose lines end in LF, CR LF or a lone CR."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, line: int) -> Span:
        """The range of a line, numbered from 1, without its end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file as read: a manifest, or a YAML or JSON file that manifests include.

    `source` is the file's bytes, `text` the same decoded without its BOM and with every line end
    as it stands. `scalars` are in the order of the text.
    """

    file: Path
    source: bytes = field(repr=False)
    text: str = field(repr=False)
    encoding: Encoding
    scalars: tuple[Scalar, ...] = field(repr=False)
    is_json: bool = False
    role: Role = Role.MANIFEST

    def get(self, *parts: str | int) -> str | None:
        """The value at a path, the last one where a key stands twice."""
        found = None
        for scalar in self.scalars:
            if scalar.path.parts == parts:
                found = scalar.value
        return found

    def has(self, *parts: str | int) -> bool:
        """Whether anything stands at or below a path."""
        return any(scalar.path.starts_with(*parts) for scalar in self.scalars)


# ── what is found ─────────────────────────────────────────────────────────────────────────────


class Confidence(IntEnum):
    """How sure a finding is; high is safe to move unattended."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The word of the command line."""
        return self.name.lower()


class Kind(StrEnum):
    """What sort of secret it is, in the words of reports."""

    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    API_KEY = "api-key"
    TOKEN = "token"  # noqa: S105
    SIGNING_SECRET = "signing-secret"  # noqa: S105
    CONNECTION_STRING = "connection-string"
    PRIVATE_KEY = "private-key"
    WEBHOOK = "webhook"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table."""

    id: str
    title: str
    kind: Kind
    confidence: Confidence


class Form(StrEnum):
    """How the secret sits in its scalar, and so which form of reference replaces it."""

    WHOLE = "whole"
    PART = "part"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a file. `part` is its span within `scalar.value`, None where it is all of it.

    For `Form.FALLBACK` the part is the literal's content, without the quotes around it.
    `reason` says in words why this is taken for a secret.
    """

    rule: Rule
    manifest: Manifest
    scalar: Scalar
    secret: Secret
    confidence: Confidence
    reason: str
    part: Span | None = None
    form: Form = Form.WHOLE

    @property
    def path(self) -> KeyPath:
        """Where it stands."""
        return self.scalar.path


# ── what deploys it ───────────────────────────────────────────────────────────────────────────


class Family(StrEnum):
    """Framework versions that read the same reference syntax."""

    LEGACY = "legacy"
    MODERN = "modern"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Framework:
    """What deploys a manifest, and how that is known.

    `release` is a key of the command line (`1 2 2-modern 3 4 osls`) or '' when unknown.
    """

    family: Family
    release: str = ""
    label: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


# ── where it goes ─────────────────────────────────────────────────────────────────────────────


class Tier(StrEnum):
    """Parameter tiers; the values are the API's."""

    STANDARD = "Standard"
    ADVANCED = "Advanced"
    INTELLIGENT = "Intelligent-Tiering"


@dataclass(frozen=True, slots=True)
class Target:
    """An AWS profile and region that parameters are put to; None means the default chain's."""

    profile: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are at a target. `endpoint` is set only where it is not AWS's own."""

    account: str
    arn: str
    region: str
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it shall be: always a SecureString."""

    name: str
    secret: Secret
    key_id: str | None = None
    tier: Tier = Tier.STANDARD
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredParameter:
    """A parameter as the store has it. `secret` is the decrypted value."""

    name: str
    type: str
    version: int
    secret: Secret


# ── what is decided and planned ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Accept:
    """Move it to the parameter of this name, which may hold variables such as `${sls:stage}`.

    `choice` says how, where there is more than one way: a key of `refusals.Choice`, '' for the first.
    """

    name: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Never ask again: an allow entry in `.slsmigrate.toml`."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave it this time."""


Decision = Accept | Ignore | Skip


class Applicability(StrEnum):
    """Who may carry a change out: any run, only a person's yes, nobody."""

    SAFE = "safe"
    REVIEW = "review"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one finding.

    `replaces` is the span of `finding.scalar.value` that `reference` stands in for, and `secret`
    what it held. `puts` are the parameters that the reference needs, one per target and stage;
    they are empty where nothing is to be written. `notes` say in words why it may not be moved
    unattended, or what else a person should know.
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
        """Whether a run changes a file for it."""
        return bool(self.puts)


@dataclass(frozen=True, slots=True)
class Put:
    """One parameter at one target."""

    target: Target
    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run would do; a dry run shows the very one that a real run carries out."""

    changes: tuple[Change, ...]

    @property
    def puts(self) -> tuple[Put, ...]:
        """Every parameter once per target, in the order of first use."""
        return tuple(dict.fromkeys(put for change in self.changes for put in change.puts))

    @property
    def by_file(self) -> Mapping[Path, tuple[Change, ...]]:
        """The changes that write, by file."""
        files: dict[Path, list[Change]] = {}
        for change in self.changes:
            if change.writes:
                files.setdefault(change.finding.manifest.file, []).append(change)
        return {file: tuple(changes) for file, changes in files.items()}


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file's new bytes, proved to differ from the old in the planned values alone."""

    manifest: Manifest
    changes: tuple[Change, ...]
    result: bytes = field(repr=False)


# ── what came of it ───────────────────────────────────────────────────────────────────────────


class PutState(StrEnum):
    """What the store holds under a planned name before anything is put."""

    PUT = "put"
    THERE = "there"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class CheckedPut:
    """A planned parameter held against the store; `version` is the one that is there."""

    put: Put
    state: PutState
    version: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PutDone:
    """The store holds the secret, read back decrypted and equal. `created` is False where it was there."""

    put: Put
    version: int
    created: bool


@dataclass(frozen=True, slots=True)
class PutFailed:
    """A parameter that could not be brought to hold the secret."""

    put: Put
    error: SlsMigrateError


@dataclass(frozen=True, slots=True)
class FileWritten:
    """A file that now reads references, and how many."""

    file: Path
    values: int


@dataclass(frozen=True, slots=True)
class FileFailed:
    """A file that was left exactly as it was."""

    file: Path
    error: SlsMigrateError


Event = PutDone | PutFailed | FileWritten | FileFailed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, in order. `left` are the changes whose secrets still stand in their files."""

    events: tuple[Event, ...] = ()
    left: tuple[Change, ...] = ()
    interrupted: bool = False

    @property
    def failures(self) -> tuple[PutFailed | FileFailed, ...]:
        """All that went wrong."""
        return tuple(event for event in self.events if isinstance(event, PutFailed | FileFailed))


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was passed over, and why, in one line."""

    message: str
    location: Location
    hint: str | None = None
    notes: tuple[str, ...] = field(default=())

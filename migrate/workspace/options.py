"""What a run was asked to do, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from migrate.model import Confidence, Finding, Kind, Manifest, Rule, Secret, Tier, UsageError
from migrate.model.keypath import KeyPath, KeyPattern
from migrate.plan import naming
from migrate.plan.naming import Placing
from migrate.stores import limits
from migrate.workspace.settings import team_options

_NAMED = Rule("named", "Named on the command line", Kind.OTHER, Confidence.HIGH)


class Mode(StrEnum):
    """Who decides."""

    SESSION = "session"
    PREVIEW = "preview"
    UNATTENDED = "unattended"


class ConflictPolicy(StrEnum):
    """What to do about a name that the store holds with another value."""

    ASK = "ask"
    FAIL = "fail"
    OVERWRITE = "overwrite"


class OutputFormat(StrEnum):
    """The form of what is printed: for people, or for machines."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Options(Struct, frozen=True):
    """The command line and the team's settings together."""

    paths: tuple[Path, ...]
    mode: Mode
    min_confidence: Confidence
    names: tuple[tuple[str, str], ...] = ()
    skip: tuple[KeyPattern, ...] = ()
    only: tuple[KeyPattern, ...] = ()
    framework: str = "auto"
    placing: Placing = field(default_factory=Placing)
    expect_account: str | None = None
    on_conflict: ConflictPolicy = ConflictPolicy.FAIL
    decisions: Path | None = None
    save_decisions: Path | None = None
    format: OutputFormat = OutputFormat.TEXT
    report: Path | None = None
    show_values: bool = False
    placeholders: bool = False

    @property
    def machine(self) -> bool:
        """Whether standard output is for a machine alone."""
        return self.format is not OutputFormat.TEXT

    def wants(self, finding: Finding) -> bool:
        """Whether a finding is to be decided at all."""
        path = finding.path
        if any(pattern.matches(path) for pattern in self.skip):
            return False
        return not self.only or any(pattern.matches(path) for pattern in self.only)

    def name_of(self, finding: Finding, shown: Callable[[Path], str]) -> str | None:
        """The parameter that `--name` gave to a finding."""
        places = _places(finding.manifest, finding.path, shown)
        return next((name for place, name in self.names if place in places), None)

    def named(self, manifest: Manifest, shown: Callable[[Path], str]) -> tuple[Finding, ...]:
        """The values that `--name` points at, secret-looking or not: a person said so."""
        wanted = {place for place, _ in self.names}
        return tuple(
            Finding(_NAMED, manifest, scalar, Secret(scalar.value), Confidence.HIGH, "named on the command line")
            for scalar in manifest.scalars
            if wanted.intersection(_places(manifest, scalar.path, shown))
        )


def _places(manifest: Manifest, path: KeyPath, shown: Callable[[Path], str]) -> tuple[str, str]:
    return str(path), f"{shown(manifest.file)}:{path}"


def read_name(text: str) -> tuple[str, str]:
    """`KEYPATH=/param` or `FILE:KEYPATH=/param` of `--name`."""
    place, equals, name = text.rpartition("=")
    if not place or not equals or not name:
        raise UsageError(f"--name {text}: is written KEYPATH=/parameter")
    for each in naming.concrete(name, ("stage",)):
        for wrong in limits.name_faults(each):
            raise UsageError(f"--name {text}: the parameter name {wrong}")
    return place, name


def read_tag(text: str) -> tuple[str, str]:
    """`K=V` of `--tag`."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(f"--tag {text}: is written KEY=VALUE")
    return key, value


def read_tier(text: str) -> Tier:
    """The tier, in any case."""
    return next(tier for tier in Tier if tier.lower() == text.lower())


def read_options(paths: Sequence[Path], mode: Mode, given: Mapping[str, Any], cwd: Path) -> Options:
    """The options, those of `.slsmigrate.toml` where the command line (`given`, by parameter name) says nothing.

    Raises UsageError for what can't be.
    """
    team = team_options(paths, cwd)

    def said(name: str, default: Any) -> Any:
        value = given.get(name.replace("-", "_"))
        return value if value not in (None, ()) else team.get(name, default)

    names = tuple(read_name(text) for text in given.get("name", ()))
    for region in said("region", ()):
        if not limits.REGION.fullmatch(region):
            raise UsageError(f"--region {region}: is not the name of a region", hint="one such as eu-west-1")
    for text in (*said("skip", ()), *said("only", ())):
        if not KeyPattern(text).is_pattern:
            raise UsageError(f"{text}: is not a key path", hint="one such as provider.environment.*")
    template = said("path-template", naming.DEFAULT_TEMPLATE)
    naming.check_template(template)
    return Options(
        paths=tuple(paths),
        mode=mode,
        min_confidence=Confidence[said("min-confidence", _least_confidence(mode, given)).upper()],
        names=names,
        skip=tuple(KeyPattern(text) for text in said("skip", ())),
        only=tuple(KeyPattern(text) for text in said("only", ())),
        framework=said("framework", "auto"),
        placing=Placing(
            template=template,
            profiles=tuple(said("profile", ())),
            regions=tuple(said("region", ())),
            stages=tuple(said("stage", ())),
            key_id=said("kms-key-id", None),
            tier=read_tier(said("tier", "Standard")),
            tags=tuple(read_tag(text) for text in said("tag", ())),
        ),
        expect_account=said("expect-account", None),
        on_conflict=ConflictPolicy(said("on-conflict", "ask" if mode is Mode.SESSION else "fail")),
        decisions=given.get("decisions"),
        save_decisions=given.get("save_decisions"),
        format=OutputFormat(given["format_"]),
        report=given.get("report"),
        show_values=bool(given.get("show_values")),
        placeholders=bool(given.get("placeholders")),
    )


def _least_confidence(mode: Mode, given: Mapping[str, Any]) -> str:
    """What is offered where nobody says: with a person's decisions at hand, whatever they decided on."""
    if given.get("decisions"):
        return "low"
    return "high" if mode is Mode.UNATTENDED else "medium"

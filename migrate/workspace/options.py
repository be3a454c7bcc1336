"""The options of a run, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from migrate.model import Confidence, Finding, Kind, Manifest, Rule, Secret, Tier, UsageError
from migrate.model.keypath import KeyPath, KeyPattern
from migrate.model.words import enumerated
from migrate.plan import naming
from migrate.plan.naming import ParameterOptions
from migrate.stores import limits
from migrate.workspace.option_sources import option_sources
from migrate.workspace.settings import FILE_NAME, has_options, several_repositories

_NAMED = Rule("named", "Named on the command line", Kind.OTHER, Confidence.HIGH)


class Mode(StrEnum):
    """The decider of a run."""

    SESSION = "session"
    PREVIEW = "preview"
    UNATTENDED = "unattended"


class ConflictPolicy(StrEnum):
    """The policy for a name that the store holds with another value."""

    ASK = "ask"
    FAIL = "fail"
    OVERWRITE = "overwrite"


class OutputFormat(StrEnum):
    """The form of what is printed: for people, or for machines."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class GitOptions(Struct, frozen=True):
    """What is done beyond rewriting files."""

    allow_dirty: bool = False
    commit: bool = False
    branch: str = ""
    worktree: bool = False


class Options(Struct, frozen=True):
    """The command line and the settings together.

    `proposed` is what the repository proposes, as options; it is part of `parameter_options`, and carried out only
    where a person agreed to it.
    """

    paths: tuple[Path, ...]
    mode: Mode
    min_confidence: Confidence
    names: tuple[tuple[str, str], ...] = ()
    skip: tuple[KeyPattern, ...] = ()
    only: tuple[KeyPattern, ...] = ()
    framework: str = "auto"
    parameter_options: ParameterOptions = field(default_factory=ParameterOptions)
    expect_account: str | None = None
    on_conflict: ConflictPolicy = ConflictPolicy.FAIL
    proposed: tuple[str, ...] = ()
    trusts_settings: bool = False
    settings_root: Path | None = None
    decisions: Path | None = None
    save_decisions: Path | None = None
    format: OutputFormat = OutputFormat.TEXT
    report: Path | None = None
    show_values: bool = False
    placeholders: bool = False

    def require_agreement(self) -> None:
        """Raise UsageError for proposals of the repository that no person has seen."""
        if self.proposed and self.mode is not Mode.SESSION and not self.trusts_settings:
            names = dict.fromkeys(option.partition(" ")[0] for option in self.proposed)  # a value could be a secret
            what = f"{FILE_NAME} proposes {enumerated(tuple(names))}, and nobody has agreed to it"
            raise UsageError(what, hint="--trust-settings takes it; another value on the command line replaces it")

    def require_one_repository(self, roots: Iterable[Path]) -> None:
        """Raise UsageError where settings of one repository would hold for another.

        `roots` are those of the repositories that are to be changed.
        """
        for root in sorted(roots):
            is_governed = self.settings_root is not None and root != self.settings_root
            if is_governed or (self.settings_root is None and has_options(root)):
                raise several_repositories()

    @property
    def machine(self) -> bool:
        """Return whether standard output is for a machine alone."""
        return self.format is not OutputFormat.TEXT

    def wants(self, finding: Finding) -> bool:
        """Return whether a finding is to be decided at all."""
        path = finding.path
        if any(pattern.matches(path) for pattern in self.skip):
            return False
        return not self.only or any(pattern.matches(path) for pattern in self.only)

    def name_of(self, finding: Finding, display_path: Callable[[Path], str]) -> str | None:
        """Return the parameter that `--name` gave to a finding."""
        places = _places(finding.manifest, finding.path, display_path)
        return next((name for place, name in self.names if place in places), None)

    def named(self, manifest: Manifest, display_path: Callable[[Path], str]) -> tuple[Finding, ...]:
        """Return the values that `--name` points at, whatever they look like."""
        wanted = {place for place, _ in self.names}
        return tuple(
            Finding(_NAMED, manifest, scalar, Secret(scalar.value), Confidence.HIGH, "named on the command line")
            for scalar in manifest.scalars
            if wanted.intersection(_places(manifest, scalar.path, display_path))
        )


def _places(manifest: Manifest, path: KeyPath, display_path: Callable[[Path], str]) -> tuple[str, str]:
    return str(path), f"{display_path(manifest.file)}:{path}"


def read_name(text: str) -> tuple[str, str]:
    """Read `KEYPATH=/param` or `FILE:KEYPATH=/param` of `--name`."""
    place, equals, name = text.rpartition("=")
    if not place or not equals or not name:
        raise UsageError(f"--name {text}: must be written as KEYPATH=/parameter")
    for concrete in naming.concrete(name, ("stage",)):
        for wrong in limits.name_faults(concrete):
            raise UsageError(f"--name {text}: the parameter name {wrong}")
    return place, name


def read_tag(text: str) -> tuple[str, str]:
    """Read `K=V` of `--tag`."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(f"--tag {text}: must be written as KEY=VALUE")
    return key, value


def read_tier(text: str) -> Tier:
    """Read the tier, in any case."""
    return next(tier for tier in Tier if tier.lower() == text.lower())


Value = Callable[[str, Any], Any]  # gives an option by its command-line name, or a default


def read_options(paths: Sequence[Path], mode: Mode, given: Mapping[str, Any], cwd: Path) -> Options:
    """Read the options; settings files fill in what is not `given`.

    Names in `given` are parameters of the command line. Raises UsageError for what can't be.
    """
    sources = option_sources(given, paths, cwd)
    value = sources.value
    names = tuple(read_name(text) for text in given.get("name", ()))
    _check_regions(value("region", ()))
    _check_key_paths((*value("skip", ()), *value("only", ())))
    return Options(
        paths=tuple(paths),
        mode=mode,
        min_confidence=Confidence[value("min-confidence", _least_confidence(mode, given)).upper()],
        names=names,
        skip=tuple(KeyPattern(text) for text in value("skip", ())),
        only=tuple(KeyPattern(text) for text in value("only", ())),
        framework=value("framework", "auto"),
        parameter_options=replace(_placing(value), team_regions=sources.team_regions),
        proposed=sources.proposed,
        settings_root=sources.team.file.parent if sources.team.options else None,
        trusts_settings=bool(given.get("trust_settings")),
        expect_account=value("expect-account", None),
        on_conflict=ConflictPolicy(value("on-conflict", "ask" if mode is Mode.SESSION else "fail")),
        decisions=given.get("decisions"),
        save_decisions=given.get("save_decisions"),
        format=OutputFormat(given["format_"]),
        report=given.get("report"),
        show_values=bool(given.get("show_values")),
        placeholders=bool(given.get("placeholders")),
    )


def _check_regions(regions: Sequence[str]) -> None:
    for region in regions:
        if not limits.REGION.fullmatch(region):
            raise UsageError(f"--region {region}: not the name of a region", hint="one such as eu-west-1")


def _check_key_paths(texts: Sequence[str]) -> None:
    for text in texts:
        if not KeyPattern(text).is_pattern:
            raise UsageError(f"{text}: not a key path", hint="one such as provider.environment.*")


def _placing(value: Value) -> ParameterOptions:
    template = value("path-template", naming.DEFAULT_TEMPLATE)
    naming.check_template(template)
    return ParameterOptions(
        template=template,
        profiles=tuple(value("profile", ())),
        regions=tuple(value("region", ())),
        stages=tuple(value("stage", ())),
        key_id=value("kms-key-id", None),
        tier=read_tier(value("tier", "Standard")),
        tags=tuple(read_tag(text) for text in value("tag", ())),
    )


def _least_confidence(mode: Mode, given: Mapping[str, Any]) -> str:
    """Return what is offered by default.

    With a person's decisions at hand, that is whatever they decided on.
    """
    if given.get("decisions"):
        return "low"
    return "high" if mode is Mode.UNATTENDED else "medium"

"""Where an option comes from: the command line, else the person's own file, else the repository's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from migrate.files.users_git import settings_directory
from migrate.model import Location, UsageError
from migrate.workspace.settings import TeamSettings, read_settings, team_settings
from migrate.workspace.settings_table import OPTIONS, Authority

_OWN_FILE = Path("slsmigrate", "config.toml")


class OptionSources(Struct, frozen=True):
    """The options of a run by their source; what only a person may say is never taken from the repository.

    Names in `given` are parameters of the command line.
    """

    given: Mapping[str, Any]
    own: TeamSettings
    team: TeamSettings

    def value(self, name: str, default: Any) -> Any:
        """Return an option by its command-line name, or a default."""
        if self._said_by_person(name):
            said = self.given.get(name.replace("-", "_"))
            return said if said not in (None, ()) else self.own.options[name]
        is_region = OPTIONS[name].authority is Authority.MANIFEST  # the plan holds it against the manifest
        return default if is_region else self.team.options.get(name, default)

    @property
    def team_regions(self) -> tuple[str, ...]:
        """Return the regions that the repository says, if nobody else says any."""
        return () if self._said_by_person("region") else tuple(self.team.options.get("region", ()))

    @property
    def proposed(self) -> tuple[str, ...]:
        """Return what the repository proposes and a person has to agree to, as options."""
        names = [name for name in self._open_names if OPTIONS[name].authority is Authority.PROPOSED]
        said = {name: self.team.options[name] for name in names}
        lists = {name: [some] if isinstance(some, str) else some for name, some in said.items()}
        return tuple(f"--{name} {text}" for name, texts in lists.items() for text in texts)

    def require_authority(self) -> None:
        """Raise UsageError for what a repository says and only a person may.

        What a person says as well is no matter.
        """
        said = {name: OPTIONS[name].in_repository(self.team.options[name]) for name in self._open_names}
        wrong = [f"{self.team.file}:{self.team.lines[name]}: {name} {why}" for name, why in said.items() if why]
        if wrong:
            raise UsageError("\n".join(wrong), hint=f"pass it on the command line, or say it in {own_file()}")

    @property
    def _open_names(self) -> list[str]:
        return [name for name in self.team.options if not self._said_by_person(name)]

    def _said_by_person(self, name: str) -> bool:
        return self.given.get(name.replace("-", "_")) not in (None, ()) or name in self.own.options


def option_sources(given: Mapping[str, Any], paths: Sequence[Path], cwd: Path) -> OptionSources:
    """Read the settings files that complete the command line.

    Raises UsageError for faults in one of them, and for a repository's that says what only a person may.
    """
    own = read_settings(own_file(), is_own=True)
    if own.detection.allow or own.detection.own_rules:
        raise UsageError("allow and rule entries belong in a repository", location=Location(own.file))
    sources = OptionSources(given, own, team_settings(paths, cwd))
    sources.require_authority()
    return sources


def own_file() -> Path:
    """Return the person's own settings file, as XDG places it."""
    return settings_directory() / _OWN_FILE

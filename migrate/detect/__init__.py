"""The detector of plaintext secrets: a rule table, and evidence from names, values, surroundings and neighbours.

Rules are rows of `rules`, `tokens` and `name_phrases`. The code that finds them is loaded on the first search: a run
that leaves the search to other processes need not load it too.

Others use: the room itself, `rules`, `settings`.
"""

from __future__ import annotations

from migrate.detect.settings import PLACEHOLDER, Allow, OwnRule, Settings, fault
from migrate.model import Finding, Manifest

__all__ = ["PLACEHOLDER", "Allow", "OwnRule", "Settings", "fault", "find", "find_all"]

_DEFAULT = Settings()


def find(manifest: Manifest, settings: Settings = _DEFAULT) -> tuple[Finding, ...]:
    """Find the secrets of a manifest that reach low confidence.

    They are in the order of the text, less what the settings allow. Placeholders are among them only if the settings
    ask for them, as findings of the rule `placeholder`.
    """
    return tuple(finding for finding in find_all(manifest, settings) if not finding.is_allowed)


def find_all(manifest: Manifest, settings: Settings = _DEFAULT) -> tuple[Finding, ...]:
    """Find what `find` does, and with it what the settings allow, marked as such."""
    from migrate.detect import engine

    return engine.find_all(manifest, settings)

"""Find plaintext secrets: a rule table, and the evidence that names, values, places and neighbours give.

Rules are rows of `rules`, `tokens` and `name_phrases`. What finds them is loaded by whoever looks for them: a run
that has others look need not load it too.

Others use: the room itself, `rules`, `settings`.
"""

from __future__ import annotations

from migrate.detect.settings import PLACEHOLDER, Allow, OwnRule, Settings, fault
from migrate.model import Finding, Manifest

__all__ = ["PLACEHOLDER", "Allow", "OwnRule", "Settings", "fault", "find"]

_DEFAULT = Settings()


def find(manifest: Manifest, settings: Settings = _DEFAULT) -> tuple[Finding, ...]:
    """All secrets of a manifest that reach low confidence, in the order of the text, less what the settings allow.

    Placeholders are among them only if the settings ask for them, as findings of the rule `placeholder`.
    """
    from migrate.detect import engine

    return engine.find(manifest, settings)

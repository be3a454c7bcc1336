"""Find plaintext secrets: a rule table, and the evidence that names, values, places and neighbours give.

Rules are rows of `rules`, `tokens` and `name_phrases`. What finds them is loaded by whoever looks for them: a run
that has others look need not load it too.

Others use: the room itself, `rules`, `settings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from migrate.detect.settings import PLACEHOLDER, Allow, OwnRule, Settings, fault
from migrate.model import Finding, Manifest

__all__ = ["PLACEHOLDER", "Allow", "OwnRule", "Settings", "fault", "find", "may_hold_secret", "which_may_hold_secrets"]

_DEFAULT = Settings()


def find(manifest: Manifest, settings: Settings = _DEFAULT) -> tuple[Finding, ...]:
    """All secrets of a manifest that reach low confidence, in the order of the text, less what the settings allow.

    Placeholders are among them only if the settings ask for them, as findings of the rule `placeholder`.
    """
    from migrate.detect import engine

    return engine.find(manifest, settings)


def may_hold_secret(source: bytes, file: Path | None = None, *, placeholders: bool = False) -> bool:
    """Whether the detector could find anything in a file; False is sure, True is not.

    `file` is its path: of one called `secrets` or `credentials` even an unnamed value may be one. An own rule of
    a team may hit in any file. `placeholders` says that they are looked for too.
    """
    return which_may_hold_secrets([(source, file)], placeholders=placeholders)[0]


def which_may_hold_secrets(files: Sequence[tuple[bytes, Path | None]], *, placeholders: bool = False) -> list[bool]:
    """The same of several files: of what none of them holds it is found out once."""
    from migrate.detect import prefilter

    return prefilter.which_may_hold_secrets(files, placeholders=placeholders)

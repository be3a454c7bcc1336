"""Finds plaintext secrets: a rule table, and the evidence that names, values, places and neighbours give."""

from migrate.detect.engine import find
from migrate.detect.prefilter import may_hold_secret, which_may_hold_secrets
from migrate.detect.rules import PLACEHOLDER
from migrate.detect.settings import Allow, OwnRule, Settings, fault

__all__ = ["PLACEHOLDER", "Allow", "OwnRule", "Settings", "fault", "find", "may_hold_secret", "which_may_hold_secrets"]

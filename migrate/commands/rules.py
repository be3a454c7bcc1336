"""`slsmigrate rules`: the rule table as people read it."""

from __future__ import annotations

from migrate.detect.rules import RULES
from migrate.model import ExitCode
from migrate.terminal.console import Console, wrap


def rules(console: Console) -> ExitCode:
    """List the rule table, from top to bottom."""
    for row in RULES:
        rule = row.rule
        console.say([("key", rule.id), ("dim", f"  {rule.kind}, {rule.confidence.label}")])
        console.say(*([("", text)] for text in wrap(f"{rule.title}: {row.looks_for}", console.width, "    ", "    ")))
    return ExitCode.DONE

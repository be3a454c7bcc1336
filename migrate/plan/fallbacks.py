"""Checks of fallbacks: whether they are in what the framework takes for a variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrate.framework.reference import reads
from migrate.framework.releases import may_know_escape
from migrate.model import Form
from migrate.plan.candidates import Candidate
from migrate.text.variables import Source, Variable, escaped, innermost, parse


def fallback_fault(candidate: Candidate) -> str | None:
    """Explain why a reference can't be a fallback here: the text itself is deployed."""
    if candidate.finding.form is not Form.FALLBACK:
        return None
    value, syntax = candidate.finding.scalar.value, candidate.deployment.syntax
    variables = parse(value, syntax.delimiters)
    literals = (source.literal for source in _sources(variables) if source.literal is not None)
    replaces = candidate.replaces
    if any(literal.start <= replaces.start and replaces.end <= literal.end for literal in literals):
        return "it is inside a quoted text, where a reference may not be resolved"
    variable = innermost(variables, replaces)
    if (
        variable
        and variable.span.start in escaped(value, variables)
        and may_know_escape(candidate.deployment.framework)
    ):
        return "it is in a variable behind \\, which is deployed as the text that it is"
    text = _without_nested(value, variable) if variable else ""
    if text and reads(syntax, text):
        return None
    label = candidate.deployment.framework.label or "the framework"
    return f"{label} does not take this for a variable, and deploys the text as it is"


def _sources(variables: Sequence[Variable]) -> Iterator[Source]:
    for variable in variables:
        for source in variable.sources:
            yield source
            yield from _sources(source.nested)


def _without_nested(value: str, variable: Variable) -> str:
    """Copy a variable's text with those within it resolved to a word."""
    text = value[: variable.span.end]
    for nested in reversed([nested for source in variable.sources for nested in source.nested]):
        text = f"{text[: nested.span.start]}x{text[nested.span.end :]}"
    return text[variable.span.start :]

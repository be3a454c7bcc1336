"""Serverless variables inside a value: `${type:address, fallback, …}`, nested, with their literals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.model import Span

_MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What opens and closes a variable; a manifest's own `variableSyntax` may say other ones."""

    open: str = "${"
    close: str = "}"


DEFAULT = Delimiters()


@dataclass(frozen=True, slots=True)
class Source:
    """One of a variable's comma-separated sources, blanks around it excluded.

    `literal` is the content of a quoted string without its quotes, None for anything else. `nested`
    are the variables within it, be it quoted or not.
    """

    span: Span
    literal: Span | None
    nested: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; `span` includes its delimiters."""

    span: Span
    sources: tuple[Source, ...]


def parse(value: str, delimiters: Delimiters = DEFAULT) -> tuple[Variable, ...]:
    """The outermost variables of a value, in order. One that is never closed is none."""
    found = []
    at = value.find(delimiters.open)
    while at >= 0:
        variable = _variable(value, at, delimiters, 0)
        if variable is None:
            at = value.find(delimiters.open, at + len(delimiters.open))
        else:
            found.append(variable)
            at = value.find(delimiters.open, variable.span.end)
    return tuple(found)


def is_pure(value: str, delimiters: Delimiters = DEFAULT) -> bool:
    """Whether the value is nothing but variables, blanks and separators between them."""
    return is_pure_of(value, parse(value, delimiters))


def is_pure_of(value: str, variables: tuple[Variable, ...]) -> bool:
    """The same, for variables that are parsed already."""
    starts = (0, *(variable.span.end for variable in variables))
    ends = (*(variable.span.start for variable in variables), len(value))
    rest = "".join(value[start:end] for start, end in zip(starts, ends, strict=True))
    return bool(variables) and not rest.strip(" \t\r\n-_/.:,")


def innermost(variables: tuple[Variable, ...], span: Span) -> Variable | None:
    """The variable that holds a span and has no variable within it that does."""
    for variable in variables:
        if variable.span.start <= span.start and span.end <= variable.span.end:
            nested = tuple(inner for source in variable.sources for inner in source.nested)
            return innermost(nested, span) or variable
    return None


def fallback_literals(variables: tuple[Variable, ...]) -> Iterator[Span]:
    """The content of every quoted string that stands as a fallback, nested ones too."""
    for variable in variables:
        for number, source in enumerate(variable.sources):
            if number and source.literal is not None and not source.nested:
                yield source.literal
            yield from fallback_literals(source.nested)


def _variable(value: str, start: int, delimiters: Delimiters, depth: int) -> Variable | None:
    at = begin = start + len(delimiters.open)
    sources: list[Source] = []
    nested: list[Variable] = []
    step = re.compile(rf"{re.escape(delimiters.open)}|{re.escape(delimiters.close)}|[,'\"()]")
    brackets = 0  # a comma in `ssm(us-west-2, raw):/a` does not end a source
    while depth < _MAX_DEPTH:
        token = step.search(value, at)
        if token is None:
            return None
        at = token.end()
        if token[0] == delimiters.open:
            inner = _variable(value, token.start(), delimiters, depth + 1)
            if inner is None:
                return None
            nested.append(inner)
            at = inner.span.end
        elif token[0] in "'\"":
            at = _string_end(value, token.start()) or at
        elif token[0] in "()":
            brackets = max(0, brackets + (1 if token[0] == "(" else -1))
        elif token[0] != "," or not brackets:
            sources.append(_source(value, begin, token.start(), tuple(nested), delimiters))
            begin, nested, brackets = at, [], 0
            if token[0] != ",":
                return Variable(Span(start, at), tuple(sources))
    return None


def _string_end(value: str, start: int) -> int | None:
    quote = value[start]
    found = re.compile(rf"(?:[^{quote}\\]|\\.)*{quote}", re.DOTALL).match(value, start + 1)
    return found.end() if found else None


def _source(value: str, start: int, end: int, nested: tuple[Variable, ...], delimiters: Delimiters) -> Source:
    while start < end and value[start].isspace():
        start += 1
    while end > start and value[end - 1].isspace():
        end -= 1
    quoted = end - start >= 2 and value[start] in "'\"" and _string_end(value, start) == end
    if quoted and not nested:
        inside = parse(value[start + 1 : end - 1], delimiters)
        nested = tuple(_shifted(variable, start + 1) for variable in inside)
    return Source(Span(start, end), Span(start + 1, end - 1) if quoted else None, nested)


def _shifted(variable: Variable, by: int) -> Variable:
    sources = tuple(
        Source(
            source.span.shifted(by),
            source.literal.shifted(by) if source.literal else None,
            tuple(_shifted(each, by) for each in source.nested),
        )
        for source in variable.sources
    )
    return Variable(variable.span.shifted(by), sources)

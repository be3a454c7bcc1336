"""Serverless variables inside a value: `${type:address, fallback, …}`, nested, with their literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from migrate.model import Span
from migrate.model.lazy_pattern import LazyPattern

FLAT_VARIABLE = LazyPattern(r"\$\{[^{}]*\}")  # one that holds no other
_MAX_DEPTH = 32
# How many steps into variables that are never closed are taken before the rest is left as it is.
_MOST_WASTED = 20_000
_STRINGS = {quote: LazyPattern(rf"(?>(?:[^{quote}\\]++|\\.)*){quote}", re.DOTALL) for quote in "'\""}

# A backslash takes the sign behind it, and a run of dollars takes one that opens no variable.
_SIGN = LazyPattern(r"\\.|\$++[^{]?|[^\\$]++", re.DOTALL)


class Delimiters(Struct, frozen=True):
    """The opening and closing of a variable; a manifest's own `variableSyntax` may change them."""

    open: str = "${"
    close: str = "}"


DEFAULT = Delimiters()


class Source(Struct, frozen=True):
    """One of a variable's comma-separated sources, blanks around it excluded.

    `literal` is the content of a quoted string without its quotes, None for anything else. `nested` are the variables
    within it, quoted or not.
    """

    span: Span
    literal: Span | None
    nested: tuple[Variable, ...]


class Variable(Struct, frozen=True):
    """A variable; `span` includes its delimiters."""

    span: Span
    sources: tuple[Source, ...]


def parse(value: str, delimiters: Delimiters = DEFAULT) -> tuple[Variable, ...]:
    """Return the outermost variables of a value, in order.

    A variable that is never closed is none.
    """
    return _Parser(value, delimiters).variables(0, len(value))


def is_pure(value: str, delimiters: Delimiters = DEFAULT) -> bool:
    """Return whether a value is only variables, blanks and separators between them."""
    return is_pure_of(value, parse(value, delimiters))


def is_pure_of(value: str, variables: tuple[Variable, ...]) -> bool:
    """Return whether a value is pure, given its variables; see `is_pure`."""
    starts = (0, *(variable.span.end for variable in variables))
    ends = (*(variable.span.start for variable in variables), len(value))
    rest = "".join(value[start:end] for start, end in zip(starts, ends, strict=True))
    return bool(variables) and not rest.strip(" \t\r\n-_/.:,")


def innermost(variables: tuple[Variable, ...], span: Span) -> Variable | None:
    """Return the innermost variable that holds a span, None where none does."""
    for variable in variables:
        if variable.span.start <= span.start and span.end <= variable.span.end:
            nested = tuple(inner for source in variable.sources for inner in source.nested)
            return innermost(nested, span) or variable
    return None


def fallback_literals(variables: tuple[Variable, ...]) -> Iterator[Span]:
    """Yield the span of every quoted string that is a fallback, nested ones too.

    Spans exclude the quotes.
    """
    for variable in variables:
        for number, source in enumerate(variable.sources):
            if number and source.literal is not None and not source.nested:
                yield source.literal
            yield from fallback_literals(source.nested)


def escaped(value: str, variables: tuple[Variable, ...]) -> frozenset[int]:
    """Return where variables begin that a backslash makes text of on modern releases.

    Only outermost variables can be escaped; those within an escaped one are outermost in turn.
    """
    return frozenset(_escaped(value, variables, 0))


def _escaped(value: str, variables: tuple[Variable, ...], at: int) -> Iterator[int]:
    for variable in variables:
        start = variable.span.start
        while at < start:
            sign = _SIGN.match(value, at)
            at = sign.end() if sign else start
        if at > start and value[start - 1] == "\\":
            yield start
            nested = tuple(inner for source in variable.sources for inner in source.nested)
            yield from _escaped(value, nested, start + 1)
        at = variable.span.end


class _Parser:
    """A parser of the variables of one value, in a time that grows with its length."""

    def __init__(self, value: str, delimiters: Delimiters) -> None:
        self._value, self._delimiters = value, delimiters
        self._step = re.compile(rf"{re.escape(delimiters.open)}|{re.escape(delimiters.close)}|[,'\"()]")
        self._steps = self._wasted = 0

    def variables(self, start: int, end: int) -> tuple[Variable, ...]:
        """Return the outermost variables of a part of the value.

        Where too many are never closed, all the rest is one variable.
        """
        found: list[Variable] = []
        area = _Area(end)
        opening = self._delimiters.open
        at = self._value.find(opening, start, end)
        while at >= 0:
            before = self._steps
            variable = self._variable(at, area, 0)
            if variable is None:
                self._wasted += self._steps - before
                if self._wasted > _MOST_WASTED:
                    rest = Span(at, end)
                    return (*found, Variable(rest, (Source(rest, None, ()),)))
                at = self._value.find(opening, at + len(opening), end)
            else:
                found.append(variable)
                at = self._value.find(opening, variable.span.end, end)
        return tuple(found)

    def _variable(self, start: int, area: _Area, depth: int) -> Variable | None:
        at = begin = start + len(self._delimiters.open)
        sources: list[Source] = []
        nested: list[Variable] = []
        brackets = 0  # a comma in `ssm(us-west-2, raw):/a` does not end a source
        while depth < _MAX_DEPTH:
            token = self._step.search(self._value, at, area.end)
            if token is None:
                return None
            self._steps += 1
            at = token.end()
            if token[0] == self._delimiters.open:
                inner = self._variable(token.start(), area, depth + 1)
                if inner is None:
                    return None
                nested.append(inner)
                at = inner.span.end
            elif token[0] in "'\"":
                at = self._string_end(token.start(), area) or at
            elif token[0] in "()":
                brackets = max(0, brackets + (1 if token[0] == "(" else -1))
            elif token[0] != "," or not brackets:
                sources.append(self._source(begin, token.start(), tuple(nested), area))
                begin, nested, brackets = at, [], 0
                if token[0] != ",":
                    return Variable(Span(start, at), tuple(sources))
        return None

    def _source(self, start: int, end: int, nested: tuple[Variable, ...], area: _Area) -> Source:
        text = self._value[start:end]
        start, end = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
        quoted = end - start >= 2 and self._value[start] in "'\"" and self._string_end(start, area) == end
        if quoted and not nested:
            nested = self.variables(start + 1, end - 1)
        return Source(Span(start, end), Span(start + 1, end - 1) if quoted else None, nested)

    def _string_end(self, start: int, area: _Area) -> int | None:
        quote = self._value[start]
        if quote in area.unclosed:
            return None
        found = _STRINGS[quote].match(self._value, start + 1, area.end)
        if found is None:  # nor do later ones close: each is escaped
            area.unclosed.add(quote)
            return None
        return found.end()


class _Area:
    """A part of a value, up to its end, and the quotes of which none in it is closed any more."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.unclosed: set[str] = set()

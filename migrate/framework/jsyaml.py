"""Resolve plain scalars as js-yaml reads them and environment variables get them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import copysign, inf, isfinite, nan

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.releases import RELEASES, Dialect
from migrate.model.lazy_pattern import LazyPattern


class ScalarKind(StrEnum):
    """The JavaScript type that a plain scalar is read as."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    DATE = "date"


class Resolved(Struct, frozen=True):
    """A plain scalar as read.

    `deployed` is the text that an environment variable gets, None where it gets none (null, `.inf`, `.nan`).
    `settled` is False where the js-yaml versions that a release may bring along read the text
    differently; kind and deployed text are then the newest one's.
    """

    kind: ScalarKind
    deployed: str | None
    settled: bool = True


def resolve(text: str, release: str) -> Resolved:
    """Resolve a plain scalar's text as a framework release reads it ('' unknown).

    Source: the types of js-yaml 3.15, 4.1 and 4.3, and the templates that `serverless package` writes.
    """
    row = RELEASES.get(release)
    readings = [_read(text, _GRAMMARS[dialect]) for dialect in (row.dialects if row else Dialect)]
    return replace(readings[0], settled=all(reading == readings[0] for reading in readings))


def is_canonical(text: str, release: str) -> bool:
    """Return whether an environment variable is certain to get just what is written."""
    resolved = resolve(text, release)
    return resolved.settled and resolved.deployed == text


# ── the rules of js-yaml's versions ───────────────────────────────────────────────────────────


class _Grammar(Struct, frozen=True):
    """The grammar of numbers in a line of js-yaml; with `overflows` `1e400` is Infinity."""

    integer: re.Pattern[str]
    real: re.Pattern[str]
    overflows: bool = True
    dates: bool = True


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_SPECIAL = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_BASES = {"binary": 2, "octal": 8, "hex": 16}

_JS_YAML_3 = _Grammar(
    integer=re.compile(
        r"[-+]?(?:0b(?P<binary>[01_]*[01])|0x(?P<hex>[0-9a-fA-F_]*[0-9a-fA-F])|0(?P<octal>[0-7_]*[0-7])"
        r"|0|[1-9][0-9_]*(?<!_)|[1-9][0-9_]*(?::[0-5]?[0-9])+)"
    ),
    real=re.compile(
        r"(?:[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
        rf"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|{_SPECIAL})(?<!_)"
    ),
)
_JS_YAML_4_1 = _Grammar(
    integer=re.compile(
        r"[-+]?(?:0b(?P<binary>[01_]*[01])|0x(?P<hex>[0-9a-fA-F_]*[0-9a-fA-F])|0o(?P<octal>[0-7_]*[0-7])"
        r"|[0-9][0-9_]*(?<!_))"
    ),
    real=re.compile(
        r"(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
        rf"|{_SPECIAL})(?<!_)"
    ),
)
_JS_YAML_4_3 = _Grammar(
    integer=re.compile(r"[-+]?(?:0b(?P<binary>[01]+)|0x(?P<hex>[0-9a-fA-F]+)|0o(?P<octal>[0-7]+)|[0-9]+)"),
    real=re.compile(rf"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|{_SPECIAL}"),
    overflows=False,
)
_GRAMMARS: Mapping[Dialect, _Grammar] = {
    Dialect.JS_YAML_3: _JS_YAML_3,
    Dialect.JS_YAML_4_1: _JS_YAML_4_1,
    Dialect.JS_YAML_4_3: _JS_YAML_4_3,
    # osls took the timestamp type out of its schema only with 3.77.
    Dialect.OSLS: replace(_JS_YAML_4_3, dates=False),
}


def _read(text: str, grammar: _Grammar) -> Resolved:
    if text in _NULLS:
        return Resolved(ScalarKind.NULL, None)
    if text in _BOOLEANS:
        return Resolved(ScalarKind.BOOLEAN, text.lower())
    number = _number(text, grammar)
    if number is not None:
        return Resolved(ScalarKind.NUMBER, _number_text(number) if isfinite(number) else None)
    stamp = _TIMESTAMP.fullmatch(text) if grammar.dates else None
    return Resolved(ScalarKind.DATE, _iso(stamp)) if stamp else Resolved(ScalarKind.STRING, text)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────


def _number(text: str, grammar: _Grammar) -> float | None:
    found = grammar.integer.fullmatch(text) or grammar.real.fullmatch(text)
    if found is None:
        return None
    base = _BASES.get(found.lastgroup or "")
    value = _whole(found[found.lastgroup or 0], base) if base else _decimal(text)
    if not grammar.overflows and not isfinite(value) and text[-1] in "0123456789":
        return None
    return -value if text[0] == "-" else value


def _whole(digits: str, base: int) -> float:
    try:
        return float(int(digits.replace("_", ""), base))
    except OverflowError:
        return inf


def _decimal(text: str) -> float:
    """Parse the absolute value of decimal, base-60 (`1:30`) and special notations."""
    digits = text.replace("_", "").lower().lstrip("+-")
    if digits in (".inf", ".nan"):
        return inf if digits == ".inf" else nan
    total, unit = 0.0, 1.0
    for part in reversed(digits.split(":")):
        total += _parse_float(part) * unit
        unit *= 60
    return total


def _parse_float(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:  # `.e5`, from `._e5`: JavaScript gives NaN
        return nan


def _number_text(number: float) -> str:
    """Format a number as JavaScript's `String(number)` does.

    Source: ECMA-262 Number::toString; Python and JavaScript agree on the digits.
    """
    if number == 0:
        return "0"
    _, figures, exponent = Decimal(repr(abs(number))).normalize().as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + int(exponent)
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = f"{digits[0]}.{digits[1:]}".rstrip(".") + f"e{point - 1:+d}"
    return "-" + text if copysign(1, number) < 0 else text


# ── dates ─────────────────────────────────────────────────────────────────────────────────────

_TIMESTAMP = LazyPattern(
    r"(?P<year>[0-9]{4})-(?:(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"|(?P<month1>[0-9]{1,2})-(?P<day1>[0-9]{1,2})(?:[Tt]|[ \t]+)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]*))?"
    r"(?:[ \t]*(?:Z|(?P<sign>[-+])(?P<zone_hour>[0-9]{1,2})(?::(?P<zone_minute>[0-9]{2}))?))?)"
)
_CALENDAR = 400  # years, after which the calendar repeats


def _iso(stamp: re.Match[str]) -> str:
    """Format a date, whose parts may run over, as JavaScript's `toISOString` does."""
    part = {name: int(value) for name, value in stamp.groupdict().items() if value and value.isdigit()}
    year, month = part["year"], part.get("month", part.get("month1", 0)) - 1
    year = year + 1900 if year < 100 else year  # as Date.UTC does
    year, month = year + month // 12, month % 12
    near = year % _CALENDAR + 2000  # datetime ends at 9999, JavaScript does not
    zone = timedelta(hours=part.get("zone_hour", 0), minutes=part.get("zone_minute", 0))
    elapsed = timedelta(
        days=part.get("day", part.get("day1", 0)) - 1,
        hours=part.get("hour", 0),
        minutes=part.get("minute", 0),
        seconds=part.get("second", 0),
        milliseconds=int((stamp["fraction"] or "")[:3].ljust(3, "0")),
    )
    moment = datetime(near, month + 1, 1, tzinfo=UTC) + elapsed + (zone if stamp["sign"] == "-" else -zone)
    year += moment.year - near
    written_year = f"{year:04d}" if year <= 9999 else f"+{year:06d}"
    return f"{written_year}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

"""Parameter names: built from a template, and kept apart where secrets differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from migrate.model import Tier, UsageError
from migrate.model.lazy_pattern import LazyPattern
from migrate.plan.name_fields import NameFields
from migrate.stores.limits import name_faults
from migrate.text.variables import FLAT_VARIABLE

DEFAULT_TEMPLATE = "/{service}/{key}"
FIELDS = ("service", "stage", "function", "key", "KEY", "file", "vendor", "name")


class ParameterOptions(Struct, frozen=True):
    """The naming and storing of parameters, as the command line asks.

    `regions` empty means each manifest's own; `profiles` empty means the default chain's. `team_regions` are what the
    repository says: they must be the manifest's own.
    """

    template: str = DEFAULT_TEMPLATE
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    key_id: str | None = None
    tier: Tier = Tier.STANDARD
    tags: tuple[tuple[str, str], ...] = ()
    team_regions: tuple[str, ...] = ()


_STAGE_VARIABLE = LazyPattern(
    r"\$\{\s*(?:sls:stage|opt:stage|self:provider\.stage)\s*(?:,\s*(?:'[^']*'|\"[^\"]*\"|self:provider\.stage)\s*)?\}"
)
_FIELD = LazyPattern(r"(?<!\$)\{(\w+)\}")


def concrete(path: str, stages: Sequence[str]) -> tuple[str, ...]:
    """Expand a path to parameter names: itself, or one per stage.

    One per stage where it holds the stage's variable; none where it holds another variable,
    whose value is known only at deployment.
    """
    if "${" not in path:
        return (path,)
    names = tuple(_STAGE_VARIABLE.sub(stage, path) for stage in stages)
    return () if any("${" in name for name in names) else names


def has_other_variable(path: str) -> bool:
    """Check for a variable that is not the stage's."""
    return "${" in _STAGE_VARIABLE.sub("", path)


def render(template: str, place: NameFields, extra: Sequence[str] = ()) -> str:
    """Fill in a template; segments whose fields are all empty are dropped.

    `extra` segments come before the last one, as does a stage that the template does not name.
    Raises UsageError for an unknown field.
    """
    vendor, _, name = place.key.partition("-")
    fields = {
        "service": place.service,
        "stage": place.stage,
        "function": place.function,
        "key": place.key,
        "KEY": place.raw_key,
        "file": place.file,
        "vendor": vendor,
        "name": name or vendor,
    }
    segments = [_FIELD.sub(lambda field: _field(fields, field[1]), segment) for segment in template.split("/")]
    names_stage = "{stage}" in template or FLAT_VARIABLE.search(template)
    inner = [*([place.stage] if place.stage and not names_stage else []), *extra]
    return "/" + "/".join(segment for segment in [*segments[:-1], *inner, segments[-1]] if segment)


def _field(fields: Mapping[str, str], name: str) -> str:
    if name not in fields:
        known = " ".join(f"{{{field}}}" for field in FIELDS)
        raise UsageError(f"the path template has an unknown field {{{name}}}", hint=f"fields are {known}")
    return fields[name]


def check_template(template: str) -> None:
    """Raise UsageError where a template can't give valid names."""
    sample = NameFields("service", "", "", "key", "KEY", "file", ())
    rendered = render(template, sample) if template.startswith("/") else template
    wrong = name_faults(FLAT_VARIABLE.sub("stage", rendered))
    if not {".", ".."}.isdisjoint(template.split("/")):  # no way up for AWS, but for whoever reads it
        wrong = ("has a segment that is . or ..", *wrong)
    if wrong:
        raise UsageError(f"the path template {wrong[0]}", hint=f"the default is {DEFAULT_TEMPLATE}")


def assign(places: Sequence[tuple[NameFields, str]], template: str) -> tuple[str, ...]:
    """Name each secret; equal values may share a name, different values never do.

    `places` pairs the fields of each name with the value. Clashes are resolved by the first of these
    segments that makes a difference: function, the keys above, the file, a number.
    """
    names = [render(template, place) for place, _ in places]
    for extra in _EXTRAS:
        longer = list(names)
        for index in set(_clashes(names, places)):
            longer[index] = render(template, places[index][0], extra(places[index][0]))
        if len(set(longer)) > len(set(names)):
            names = longer
    return tuple(_numbered(names, places))


def _clashes(names: Sequence[str], places: Sequence[tuple[NameFields, str]]) -> Iterator[int]:
    values: dict[str, set[str]] = {}
    for name, (_, value) in zip(names, places, strict=True):
        values.setdefault(name, set()).add(value)
    return (index for index, name in enumerate(names) if len(values[name]) > 1)


_EXTRAS: tuple[Callable[[NameFields], tuple[str, ...]], ...] = (
    lambda place: (place.function or (place.parents[0] if place.parents else ""),),
    lambda place: (place.file,),
    lambda place: (place.file, place.function, *reversed(place.parents[:3])),
)


def _numbered(names: Sequence[str], places: Sequence[tuple[NameFields, str]]) -> Iterator[str]:
    seen: dict[str, dict[str, int]] = {}
    for name, (_, value) in zip(names, places, strict=True):
        known = seen.setdefault(name, {})
        number = known.setdefault(value, len(known) + 1)
        yield name if number == 1 else f"{name}-{number}"

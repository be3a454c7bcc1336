"""Parameter names: built from a template, and kept apart where secrets differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from migrate.model import Finding, Role, Tier, UsageError
from migrate.model.lazy_pattern import Expression
from migrate.stores.limits import name_faults
from migrate.text.variables import FLAT_VARIABLE

DEFAULT_TEMPLATE = "/{service}/{key}"
FIELDS = ("service", "stage", "function", "key", "KEY", "file", "vendor", "name")


class Placing(Struct, frozen=True):
    """How parameters are named and stored, as the command line asks.

    `regions` empty means each manifest's own; `profiles` empty means the default chain's.
    """

    template: str = DEFAULT_TEMPLATE
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    key_id: str | None = None
    tier: Tier = Tier.STANDARD
    tags: tuple[tuple[str, str], ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Keys that mean too little by themselves: the key above them is taken along.
_GENERIC = _words(
    """value values password passwd pass pwd secret secrets key token url uri dsn auth default credentials
    credential creds private public string text content data user username id api apikey connection conn"""
)
# Keys of the manifest's own structure, which do not describe a value.
_STRUCTURE = _words(
    """provider environment enviroment functions custom params stages resources properties variables env
    parameters fn::transform fn::join fn::sub config settings vars headers"""
)
STAGES = _words(
    """dev develop development prod production prd live stage staging stg test testing tst qa uat sandbox local
    demo preprod pre-prod beta alpha integration int acc acceptance ci"""
)
# Maps whose keys are whole names by themselves.
_NAME_MAPS = _words("environment enviroment env variables params parameters")
_STAGE_VARIABLE = Expression(
    r"\$\{\s*(?:sls:stage|opt:stage|self:provider\.stage)\s*(?:,\s*(?:'[^']*'|\"[^\"]*\"|self:provider\.stage)\s*)?\}"
)
_FIELD = Expression(r"(?<!\$)\{(\w+)\}")
_WORD = Expression(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


class Place(Struct, frozen=True):
    """The fields of a path template for one finding, each in kebab case, '' where there is none."""

    service: str
    stage: str
    function: str
    key: str
    raw_key: str
    file: str
    parents: tuple[str, ...]


def concrete(path: str, stages: Sequence[str]) -> tuple[str, ...]:
    """Expand a path to parameter names: itself, or one per stage.

    One per stage where it holds the stage's variable; none where it holds another variable, whose value is known only at deployment.
    """
    if "${" not in path:
        return (path,)
    names = tuple(_STAGE_VARIABLE.sub(stage, path) for stage in stages)
    return () if any("${" in name for name in names) else names


def has_other_variable(path: str) -> bool:
    """Check for a variable that is not the stage's."""
    return "${" in _STAGE_VARIABLE.sub("", path)


def kebab(text: str) -> str:
    """Convert to kebab case: `GITHUB_API_KEY`, `githubApiKey` → `github-api-key`."""
    return "-".join(_WORD.findall(text.encode("ascii", "ignore").decode())).lower()


def place_of(finding: Finding, service: str) -> Place:
    """Collect the fields that a template may use for a finding of a service."""
    keys = list(finding.path.keys)
    function = keys[1] if len(keys) > 2 and keys[0] == "functions" else ""
    stem = _file_words(finding)
    stage = next((key.lower() for key in reversed(keys) if key.lower() in STAGES), "")
    if not stage:
        stage = next((word for word in stem if word in STAGES), "")
    if service.endswith(f"-{stage}"):
        stage = ""
    named = "-".join(word for word in stem if word not in STAGES)
    above = [named] if named and named not in _STRUCTURE else []
    raw_key, rest = _naming_key([*above, *keys], _sibling_name(finding))
    return Place(
        service=service,
        stage=stage,
        function=kebab(function),
        key=kebab(raw_key) or "secret",
        raw_key=raw_key or "SECRET",
        file=named or "manifest",
        parents=tuple(kebab(key) for key in reversed(rest)),
    )


def _naming_key(keys: Sequence[str], sibling: str) -> tuple[str, Sequence[str]]:
    """Return the key that names the value, joined with generic keys, and those above."""
    candidates = [key for key in keys if key.lower() not in _STRUCTURE and key.lower() not in STAGES] or list(keys[-1:])
    if sibling:
        return sibling, candidates[:-1]
    taken = 1
    if len(keys) < 2 or keys[-2].lower() not in _NAME_MAPS:
        while taken < min(len(candidates), 3) and kebab(candidates[-taken]).replace("-", "") in _GENERIC:
            taken += 1
    return "_".join(candidates[-taken:]), candidates[:-taken]


def _sibling_name(finding: Finding) -> str:
    """Return the name from a sibling, as in `{Name: DB_PASSWORD, Value: …}`."""
    path = finding.path
    if path.leaf.lower() not in ("value", "parametervalue"):
        return ""
    for key in ("Name", "name", "key", "Key", "ParameterKey"):
        text = finding.manifest.get(*path.parent.parts, key)
        if text and re.fullmatch(r"[A-Za-z][\w.\- ]{0,60}", text):
            return text
    return ""


def _file_words(finding: Finding) -> list[str]:
    words = kebab(finding.manifest.file.name.rsplit(".", 1)[0]).split("-")
    if finding.manifest.role is Role.MANIFEST:
        return [word for word in words if word in STAGES]
    if not any(word in STAGES for word in words) and finding.manifest.file.parent.name.lower() in STAGES:
        words.append(finding.manifest.file.parent.name.lower())
    return words


def render(template: str, place: Place, extra: Sequence[str] = ()) -> str:
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
    sample = Place("service", "", "", "key", "KEY", "file", ())
    rendered = render(template, sample) if template.startswith("/") else template
    wrong = name_faults(FLAT_VARIABLE.sub("stage", rendered))
    if wrong:
        raise UsageError(f"the path template {wrong[0]}", hint=f"the default is {DEFAULT_TEMPLATE}")


def assign(places: Sequence[tuple[Place, str]], template: str) -> tuple[str, ...]:
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


def _clashes(names: Sequence[str], places: Sequence[tuple[Place, str]]) -> Iterator[int]:
    values: dict[str, set[str]] = {}
    for name, (_, value) in zip(names, places, strict=True):
        values.setdefault(name, set()).add(value)
    return (index for index, name in enumerate(names) if len(values[name]) > 1)


_EXTRAS: tuple[Callable[[Place], tuple[str, ...]], ...] = (
    lambda place: (place.function or (place.parents[0] if place.parents else ""),),
    lambda place: (place.file,),
    lambda place: (place.file, place.function, *reversed(place.parents[:3])),
)


def _numbered(names: Sequence[str], places: Sequence[tuple[Place, str]]) -> Iterator[str]:
    seen: dict[str, dict[str, int]] = {}
    for name, (_, value) in zip(names, places, strict=True):
        known = seen.setdefault(name, {})
        number = known.setdefault(value, len(known) + 1)
        yield name if number == 1 else f"{name}-{number}"

"""The fields of a parameter name: words about a finding, its service and its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from migrate.masking.name_mask import NameMask
from migrate.model import Finding, Role, Secret
from migrate.model.environment import ENVIRONMENT_MAPS
from migrate.model.lazy_pattern import LazyPattern
from migrate.model.stages import STAGES


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


# Maps whose keys are whole names by themselves.
_NAME_MAPS = ENVIRONMENT_MAPS | _words("params parameters")


_LONGEST_WORD, _LONGEST_PHRASE = 8, 14  # a secret as short may be any word, or words, of a name
_WORD = LazyPattern(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


class NameFields(Struct, frozen=True):
    """The fields of a path template for one finding, each in kebab case, '' where there is none."""

    service: str
    stage: str
    function: str
    key: str
    raw_key: str
    file: str
    parents: tuple[str, ...]


def kebab(text: str) -> str:
    """Convert to kebab case: `GITHUB_API_KEY`, `githubApiKey` → `github-api-key`."""
    return "-".join(_WORD.findall(text.encode("ascii", "ignore").decode())).lower()


def name_fields_of(finding: Finding, service: str, mask: NameMask) -> NameFields:
    """Collect the fields that a template may use for a finding of a service.

    `mask` is that of `folded_secrets`: what shows one of them is left out.
    """
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
    raw_key = _without_secret(mask, raw_key)
    return NameFields(
        service=_without_secret(mask, service) or "service",
        stage=_without_secret(mask, stage),
        function=kebab(_without_secret(mask, function)),
        key=kebab(raw_key) or "secret",
        raw_key=raw_key or "SECRET",
        file=_without_secret(mask, named) or "manifest",
        parents=tuple(kebab(_without_secret(mask, key)) for key in reversed(rest)),
    )


def folded_secrets(secrets: Iterable[Secret]) -> NameMask:
    """Return the mask of secrets as names write them, without signs and case."""
    folded = (_folded(secret.reveal()) for secret in secrets)
    return NameMask(text for text in folded if len(text) > (_LONGEST_PHRASE if text.isalpha() else _LONGEST_WORD))


def _folded(text: str) -> str:
    return "".join(_WORD.findall(text)).lower()


def tells_secret(mask: NameMask, name: str) -> bool:
    """Return whether a name holds a secret of the mask of `folded_secrets`."""
    return mask.is_in(_folded(name))


def _without_secret(mask: NameMask, field: str) -> str:
    """Return a field, '' for one that would tell a secret in the parameter's name."""
    return "" if tells_secret(mask, field) else field


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

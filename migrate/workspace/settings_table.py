"""The table of what may stand in a settings file, and who may say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from migrate.detect import Allow
from migrate.detect.settings import fault
from migrate.framework import releases
from migrate.model import Confidence, Tier, UsageError
from migrate.plan import naming

Check = Callable[[object], str | None]  # gives what is wrong with a value


class Authority(Enum):
    """Who may say a setting.

    A repository comes from anybody, so its own file may only narrow what a run does. What it PROPOSES is shown, and
    taken with a yes; MANIFEST is for what it may say as far as the manifest says it too.
    """

    REPOSITORY = "repository"
    MANIFEST = "manifest"
    PROPOSED = "proposed"
    PERSON = "person"


class Setting(Struct, frozen=True):
    """A row of the table; `in_repository` is a further check of what a repository says."""

    check: Check
    authority: Authority
    in_repository: Check = lambda value: None


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "must be a text"


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if good else "must be a list of texts"


def _expression(value: object) -> str | None:
    return fault(value) if isinstance(value, str) else "must be a regular expression"


def _path_pattern(value: object) -> str | None:
    try:
        Allow(str(value)).covers_file(PurePath())
    except ValueError as error:
        return str(error)
    return _text(value)


def _template(value: object) -> str | None:
    try:
        naming.check_template(str(value))
    except UsageError as error:
        return error.message
    return None


def _names_service(value: object) -> str | None:
    if "{service}" in str(value).split("/"):
        return None
    return "needs a segment {service}, so that no two services meet; another is for the person to say who runs this"


def _refused(value: object) -> str | None:
    return "is for the person to say who runs this"


_CONFIDENCES = tuple(confidence.label for confidence in reversed(Confidence))

OPTIONS: Mapping[str, Setting] = {
    "min-confidence": Setting(_one_of(*_CONFIDENCES), Authority.REPOSITORY),
    "path-template": Setting(_template, Authority.REPOSITORY, _names_service),
    "framework": Setting(_one_of(*releases.WORDS), Authority.REPOSITORY),
    "stage": Setting(_texts, Authority.REPOSITORY),
    "expect-account": Setting(_text, Authority.REPOSITORY),
    "skip": Setting(_texts, Authority.REPOSITORY),
    "only": Setting(_texts, Authority.REPOSITORY),
    "region": Setting(_texts, Authority.MANIFEST),
    "kms-key-id": Setting(_text, Authority.PROPOSED),
    "tier": Setting(_one_of(*Tier), Authority.PROPOSED),
    "tag": Setting(_texts, Authority.PROPOSED),
    "profile": Setting(_texts, Authority.PERSON, _refused),
    "on-conflict": Setting(
        _one_of("ask", "fail", "overwrite"),
        Authority.PERSON,
        lambda value: _refused(value) if value == "overwrite" else None,
    ),
}
TABLES: Mapping[str, Mapping[str, Check]] = {
    "allow": {"file": _path_pattern, "key-path": _text, "rule": _text, "reason": _text},
    "rule": {"id": _text, "key": _expression, "value": _expression, "confidence": _one_of(*_CONFIDENCES)},
}
MOST_ROWS = {"allow": 5_000, "rule": 50}  # each rule is tried on each value
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "allow": (("file", "key-path", "rule"),),
    "rule": (("id",), ("key", "value")),
}

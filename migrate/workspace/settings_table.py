"""The table of what may stand in a settings file, and who may say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from migrate.detect import Allow
from migrate.detect.settings import fault
from migrate.framework import releases
from migrate.model import Confidence, Tier, UsageError
from migrate.model.keypath import KeyPattern
from migrate.model.lazy_pattern import LazyPattern
from migrate.plan import naming
from migrate.stores import limits

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


# Each is tried on each finding, and AWS takes 50 tags.
_MOST_TEXTS = 200
_STAGE = LazyPattern(r"[\w.-]{1,128}")
_STAGE_FIELD = LazyPattern(r"\{stage\}|\$\{(?:sls:stage|opt:stage(?:, *'[\w-]*')?|self:provider\.stage)\}")


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "must be a text"


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


def _list_of(what: str, is_one: Callable[[str], object]) -> Check:
    """Return a check that a value is a list of such texts, not too long."""

    def check(value: object) -> str | None:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return "must be a list of texts"
        if len(value) > _MOST_TEXTS:
            return f"must be a list of at most {_MOST_TEXTS:,} texts"
        return None if all(map(is_one, value)) else f"must be a list of {what}"

    return check


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
    except UsageError:
        return "has an unknown field, or gives names that AWS does not take"
    return None


def _is_tag(text: str) -> bool:
    return "=" in text and not text.startswith("=")


def _account(value: object) -> str | None:
    return None if re.fullmatch(r"\d{12}", str(value)) else "must be the 12 digits of an account"


def _names_service(value: object) -> str | None:
    """Return what is wrong with a repository's template.

    What stands before its segment {service}, or around it, could lead to another service's parameters. Fixed words
    and the stage can't.
    """
    before, is_there, _ = _STAGE_FIELD.sub("stage", str(value)).partition("/{service}/")
    if is_there and not {"{", "$"}.intersection(before):
        return None
    return "needs a segment {service} behind fixed words; another template is for the person to say who runs this"


def _refused(value: object) -> str | None:
    return "is for the person to say who runs this"


_CONFIDENCES = tuple(confidence.label for confidence in reversed(Confidence))

OPTIONS: Mapping[str, Setting] = {
    "min-confidence": Setting(_one_of(*_CONFIDENCES), Authority.REPOSITORY),
    "path-template": Setting(_template, Authority.REPOSITORY, _names_service),
    "framework": Setting(_one_of(*releases.WORDS), Authority.REPOSITORY),
    "stage": Setting(_list_of("stages, each a single word", _STAGE.fullmatch), Authority.REPOSITORY),
    "expect-account": Setting(_account, Authority.REPOSITORY),
    "skip": Setting(_list_of("key paths", lambda text: KeyPattern(text).is_pattern), Authority.REPOSITORY),
    "only": Setting(_list_of("key paths", lambda text: KeyPattern(text).is_pattern), Authority.REPOSITORY),
    "region": Setting(_list_of("regions", limits.REGION.fullmatch), Authority.MANIFEST),
    "kms-key-id": Setting(_text, Authority.PROPOSED),
    "tier": Setting(_one_of(*Tier), Authority.PROPOSED),
    "tag": Setting(_list_of("KEY=VALUE", _is_tag), Authority.PROPOSED),
    "profile": Setting(_list_of("texts", lambda text: True), Authority.PERSON, _refused),
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
MOST_ROWS = {"allow": 1_000, "rule": 50}  # each rule is tried on each value
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "allow": (("file", "key-path", "rule"),),
    "rule": (("id",), ("key", "value")),
}

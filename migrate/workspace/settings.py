"""The settings file `.slsmigrate.toml` of a team: read with all its faults at once, and added to."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from migrate.detect import Allow, OwnRule, Settings
from migrate.detect.settings import fault
from migrate.files.atomic_files import create_file, replace_file
from migrate.files.regular_files import leads_outside
from migrate.files.toml import parse_toml, read_text, toml_string
from migrate.framework import releases
from migrate.model import Confidence, Location, ManifestError, SlsMigrateError, Tier, UsageError
from migrate.model.keypath import KeyPattern
from migrate.plan import naming

FILE_NAME = ".slsmigrate.toml"
BASELINE_NAME = ".secrets.baseline"
_MOST_FAULTS = 50
_CONFIDENCES = tuple(confidence.label for confidence in reversed(Confidence))


class TeamSettings(Struct, frozen=True):
    """The content of a settings file: options by their command-line names, and settings of detection."""

    options: Mapping[str, Any]
    detection: Settings


EMPTY = TeamSettings({}, Settings())


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "must be a text"


def _one_of(*words: str) -> Callable[[object], str | None]:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if good else "must be a list of texts"


def _pattern(value: object) -> str | None:
    return fault(value) if isinstance(value, str) else "must be a regular expression"


def _template(value: object) -> str | None:
    try:
        naming.check_template(str(value))
    except UsageError as error:
        return error.message
    return None


_OPTIONS: Mapping[str, Callable[[object], str | None]] = {
    "min-confidence": _one_of(*_CONFIDENCES),
    "path-template": _template,
    "framework": _one_of(*releases.WORDS),
    "profile": _texts,
    "region": _texts,
    "stage": _texts,
    "kms-key-id": _text,
    "tier": _one_of(*Tier),
    "tag": _texts,
    "expect-account": _text,
    "on-conflict": _one_of("ask", "fail", "overwrite"),
    "skip": _texts,
    "only": _texts,
}
_TABLES: Mapping[str, Mapping[str, Callable[[object], str | None]]] = {
    "allow": {"file": _text, "key-path": _text, "rule": _text, "reason": _text},
    "rule": {"id": _text, "key": _pattern, "value": _pattern, "confidence": _one_of(*_CONFIDENCES)},
}
_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "allow": (("file", "key-path", "rule"),),
    "rule": (("id",), ("key", "value")),
}


def read_settings(file: Path) -> TeamSettings:
    """Read the settings in a file; there are none where there is no file.

    Raises UsageError that names every fault with its line.
    """
    text = _read(file)
    if text is None:
        return EMPTY
    content = parse_toml(text, file)
    wrong = tuple(islice(_faults(content, text, file), _MOST_FAULTS))
    if wrong:
        raise UsageError("\n".join(wrong), hint="names and values are those of the command line, see slsmigrate --help")
    return TeamSettings({key: content[key] for key in _OPTIONS if key in content}, _detection(content, file.parent))


def _read(file: Path) -> str | None:
    """Read a file's text, None where there is none.

    Raises UsageError for what is no regular file of UTF-8 text, and for a link that leads elsewhere: what is wrong with
    a file is told, which must not be one of the person's own that a repository points at.
    """
    if leads_outside(file, file.parent):
        raise UsageError(
            "leads out of the repository and is not read", location=Location(file), hint="put a copy there"
        )
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass  # reading it raises what is wrong with it
    try:
        text = read_text(file)
    except ManifestError as error:
        raise UsageError(error.message, location=Location(file), hint=error.hint) from None
    if text is None:
        raise UsageError("can't be read as UTF-8 text", location=Location(file))
    return text


def _faults(content: Mapping[str, Any], text: str, file: Path) -> Iterator[str]:
    for key, value in content.items():
        if key in _TABLES:
            yield from _table_faults(key, value, text, file)
        elif key not in _OPTIONS:
            yield f"{file}:{_line(text, key)}: there is no setting {key}"
        else:
            message = _OPTIONS[key](value)
            if message:
                yield f"{file}:{_line(text, key)}: {key} {message}"


def _table_faults(table: str, rows: object, text: str, file: Path) -> Iterator[str]:
    starts = [text.count("\n", 0, found.start()) + 1 for found in re.finditer(rf"(?m)^[ \t]*\[\[{table}\]\]", text)]
    if not isinstance(rows, list) or len(starts) != len(rows):
        yield f"{file}:{_line(text, table)}: {table} entries are written [[{table}]]"
        return
    for line, row in zip(starts, rows, strict=True):
        for needed in _NEEDED[table]:
            if not any(key in row for key in needed):
                yield f"{file}:{line}: [[{table}]] needs {' or '.join(needed)}"
        for key, value in row.items():
            check = _TABLES[table].get(key)
            message = check(value) if check else f"is not known in [[{table}]]"
            if message:
                yield f"{file}:{_line(text, key, line)}: {key} {message}"


def _line(text: str, key: str, after: int = 1) -> int:
    lines = text.split("\n")
    found = (
        number
        for number in range(after, len(lines) + 1)
        if re.match(rf"\s*[\[\"]*{re.escape(key)}\b", lines[number - 1])
    )
    return next(found, after)


def read_baseline(file: Path) -> frozenset[tuple[str, int]]:
    """Read the places, by file and line, that a detect-secrets baseline lists.

    There are none where there is no `.secrets.baseline`. Raises UsageError for a file that is no such baseline.
    """
    text = _read(file)
    if text is None:
        return frozenset()
    import json  # no other settings need it

    try:
        results = json.loads(text)["results"]
        return frozenset((str(Path(name)), int(entry["line_number"])) for name in results for entry in results[name])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise UsageError("not a baseline of detect-secrets", location=Location(file)) from None


def _detection(content: Mapping[str, Any], root: Path) -> Settings:
    return Settings(
        root=root,
        allow=tuple(
            Allow(row.get("file"), KeyPattern(row["key-path"]) if "key-path" in row else None, row.get("rule"))
            for row in content.get("allow", ())
        ),
        own_rules=tuple(
            OwnRule(row["id"], row.get("key"), row.get("value"), Confidence[row.get("confidence", "medium").upper()])
            for row in content.get("rule", ())
        ),
    )


def team_options(paths: Sequence[Path], cwd: Path) -> Mapping[str, Any]:
    """Read the options of the settings file at the root of the repository.

    That of the first path, or outside git in its directory.
    """
    start = Path(os.path.realpath(cwd / paths[0])) if paths else cwd
    above = (start, *start.parents)
    root = next(
        (directory for directory in above if (directory / ".git").exists()), start if start.is_dir() else start.parent
    )
    return read_settings(root / FILE_NAME).options


def allow_entry(file: str, key_path: str, rule: str) -> str:
    """Return the text of one allow entry; it names a place, never a value."""
    return f"[[allow]]\nfile = {toml_string(file)}\nkey-path = {toml_string(key_path)}\nrule = {toml_string(rule)}\n"


def add_entries(file: Path, entries: tuple[str, ...]) -> None:
    """Append allow entries to a settings file, whole or not at all.

    Raises SlsMigrateError where it can't be written, or lies outside its directory behind a link.
    """
    try:
        before = file.read_bytes() if os.path.lexists(file) else None
        new = _with_blank_line(before or b"") + "\n".join(entries).encode()
        if before is None:
            create_file(file, new)
        else:
            replace_file(file, expected=before, new=new, root=Path(os.path.realpath(file.parent)))
    except OSError as error:
        raise SlsMigrateError(f"can't be written: {error.strerror}", location=Location(file)) from None


def _with_blank_line(before: bytes) -> bytes:
    """End a text with a blank line, unless it is empty."""
    if not before:
        return before
    return before + (b"\n" if before.endswith(b"\n") else b"\n\n")

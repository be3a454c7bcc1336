"""The settings file `.slsmigrate.toml` of a team: read with all its faults at once, and added to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from migrate.detect import Allow, OwnRule, Settings
from migrate.files.atomic_files import create_file, replace_file
from migrate.files.ownership import is_safe
from migrate.files.regular_files import leads_outside
from migrate.files.toml import parse_toml, read_text, toml_string
from migrate.files.walk import repository_root
from migrate.model import MASK, Confidence, Location, ManifestError, SlsMigrateError, UsageError
from migrate.model.keypath import KeyPattern
from migrate.workspace.settings_table import MOST_ROWS, NEEDED, OPTIONS, TABLES

FILE_NAME = ".slsmigrate.toml"
BASELINE_NAME = ".secrets.baseline"
_MOST_FAULTS = 50


class TeamSettings(Struct, frozen=True):
    """The content of a settings file: options by their command-line names, and settings of detection.

    `lines` are those of the options, for messages about them.
    """

    options: Mapping[str, Any]
    detection: Settings
    file: Path = Path(FILE_NAME)
    lines: Mapping[str, int] = MappingProxyType({})


EMPTY = TeamSettings({}, Settings())


def read_settings(file: Path, *, is_own: bool = False) -> TeamSettings:
    """Read the settings in a file; there are none where there is no file.

    A person's own file may be a link to anywhere. Raises UsageError that names every fault with its line.
    """
    if not is_own:
        _require_inside(file)
    text = _read(file)
    if text is None:
        return EMPTY
    content = parse_toml(text, file)
    wrong = tuple(islice(_faults(content, text, file), _MOST_FAULTS))
    if wrong:
        raise UsageError("\n".join(wrong), hint="names and values are those of the command line, see slsmigrate --help")
    options = {key: content[key] for key in OPTIONS if key in content}
    return TeamSettings(options, _detection(content, file.parent), file, {key: _line(text, key) for key in options})


def _require_inside(file: Path) -> None:
    """Raise UsageError for a link out of the file's directory.

    What is wrong with a file is told, which must not be one of the person's own that a repository points at.
    """
    if leads_outside(file, file.parent):
        where = Location(file)
        raise UsageError("leads out of the repository and is not read", location=where, hint="put a copy there")


def _read(file: Path) -> str | None:
    """Read a file's text, None where there is none.

    Raises UsageError for what is no regular file of UTF-8 text.
    """
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
        if key in TABLES:
            yield from _table_faults(key, value, text, file)
        elif key not in OPTIONS:
            yield f"{file}:{_line(text, key)}: there is no setting {_shown(key)}"
        else:
            message = OPTIONS[key].check(value)
            if message:
                yield f"{file}:{_line(text, key)}: {key} {message}"


def _table_faults(table: str, rows: object, text: str, file: Path) -> Iterator[str]:
    if isinstance(rows, list) and len(rows) > MOST_ROWS[table]:
        yield f"{file}:{_line(text, table)}: more than {MOST_ROWS[table]:,} [[{table}]] entries"
        return
    head = re.compile(rf"[ \t]*\[\[{table}\]\]")
    starts = [number for number, line in enumerate(text.split("\n"), 1) if head.match(line)]
    if not isinstance(rows, list) or len(starts) != len(rows):
        yield f"{file}:{_line(text, table)}: {table} entries are written [[{table}]]"
        return
    for line, row in zip(starts, rows, strict=True):
        for needed in NEEDED[table]:
            if not any(key in row for key in needed):
                yield f"{file}:{line}: [[{table}]] needs {' or '.join(needed)}"
        for key, value in row.items():
            check = TABLES[table].get(key)
            message = check(value) if check else f"is not known in [[{table}]]"
            if message:
                yield f"{file}:{_line(text, key, line)}: {_shown(key)} {message}"


def _shown(key: str) -> str:
    """Return a name, masked where it can be no misspelt setting but a secret."""
    return key if re.fullmatch(r"[a-z]{1,15}([-_][a-z]{1,15}){0,3}", key) else MASK


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
    _require_inside(file)
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


def team_settings(paths: Sequence[Path], cwd: Path) -> TeamSettings:
    """Read the settings file at the root of the repository that holds all paths.

    Outside git that is the directory of the first path. Settings of another user are none. Raises UsageError where
    paths lead to several repositories of which one has settings, since it says nothing about another one.
    """
    reals = [Path(os.path.realpath(cwd / path)) for path in paths] or [cwd]
    start = reals[0]
    root = repository_root(start) or (start if start.is_dir() else start.parent)
    others = {repository_root(real) or root for real in reals} | {root}
    if len(others) > 1:
        if any(map(has_options, others)):
            raise several_repositories()
        return EMPTY
    return read_settings(root / FILE_NAME) if is_safe(root, root / FILE_NAME) else EMPTY


def has_options(root: Path) -> bool:
    """Return whether a repository has settings of options."""
    return is_safe(root, root / FILE_NAME) and bool(read_settings(root / FILE_NAME).options)


def several_repositories() -> UsageError:
    """Return the error for several repositories, of which one has settings."""
    message = "several repositories, and the settings of one do not hold for another"
    return UsageError(message, hint="run them one by one, or with slsmigrate batch")


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

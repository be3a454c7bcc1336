"""Decisions in a file that people edit and review like code: key paths and names, never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.files.outputs import OutputFile
from migrate.files.toml import parse_toml, read_text, toml_string
from migrate.model import (
    Accept,
    Applicability,
    Decision,
    Finding,
    Ignore,
    Location,
    ManifestError,
    Skip,
    UsageError,
    Way,
)
from migrate.plan.questions import Question

_TITLE = "# slsmigrate decisions"
_HEAD = f"""\
{_TITLE}: what becomes of each finding. It holds no values.
# decision: "move" (to `parameter`), "skip", or "ignore" (never ask again).
# choice: "part" moves only the secret part of a value; "written" keeps a number as it is written.
# `context` tells when a manifest has changed since: the entry is then not applied.
version = 1
"""
_MAX_BYTES = 100_000_000
_KINDS: Mapping[type[Decision], str] = {Accept: "move", Skip: "skip", Ignore: "ignore"}
Masked = Callable[[Finding], str]


class Entry(Struct, frozen=True):
    """The decision for one finding as a decisions file holds it."""

    file: str
    key_path: str
    rule: str
    decision: Decision
    context: str


def context_of(masked: str) -> str:
    """Hash a masked text: the result changes when anything but a secret does."""
    from hashlib import sha256

    return sha256(masked.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def entries_of(
    asked: Sequence[Question], decided: Sequence[Decision], shown: Callable[[Path], str], masked: Masked
) -> Iterator[Entry]:
    """Yield an entry for each finding of each question."""
    for question, decision in zip(asked, decided, strict=True):
        for finding in question.findings:
            yield Entry(
                shown(finding.manifest.file),
                str(finding.path),
                finding.rule.id,
                decision,
                context_of(masked(finding)),
            )


def to_text(entries: Sequence[Entry], mask: Callable[[str], str] = str) -> str:
    """Write a decisions file's text, with the secrets in names masked."""
    return _HEAD + "".join(_entry_text(entry, mask) for entry in entries)


def _entry_text(entry: Entry, mask: Callable[[str], str]) -> str:
    file, key_path = _names(entry.file, entry.key_path, mask)
    rows = [
        ("file", file),
        ("key-path", key_path),
        ("rule", entry.rule),
        ("decision", _KINDS[type(entry.decision)]),
        *_accepted(entry.decision),
        ("context", entry.context),
    ]
    return "\n[[finding]]\n" + "".join(f"{key} = {toml_string(value)}\n" for key, value in rows)


def _writable(name: str) -> str:
    """Return a name with what is not UTF-8 in it escaped."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _names(file: str, key_path: str, mask: Callable[[str], str]) -> tuple[str, str]:
    """Return a file's name and a key path as a decisions file holds them."""
    return _writable(mask(file)), _writable(mask(key_path))


def _accepted(decision: Decision) -> list[tuple[str, str]]:
    if not isinstance(decision, Accept):
        return []
    return [("parameter", decision.name), *([("choice", decision.way)] if decision.way is not Way.USUAL else [])]


def decisions_output(file: Path) -> OutputFile:
    """Describe the decisions file to write."""
    return OutputFile("--save-decisions", file, beginning=_TITLE)


def read_decisions(file: Path) -> tuple[Entry, ...]:
    """Read the entries of a decisions file. Raises UsageError where it is none."""
    try:
        text = read_text(file, _MAX_BYTES)
    except ManifestError as error:
        raise UsageError(f"can't be read: it {error.message}", location=Location(file), hint=error.hint) from None
    if text is None:
        raise UsageError("not a decisions file: it is not UTF-8 text", location=Location(file))
    content = parse_toml(text, file, "not a decisions file")
    try:
        if content.get("version") != 1:
            raise UsageError("not a decisions file of version 1", location=Location(file))
        rows = content.get("finding", [])
        if not isinstance(rows, list):
            raise ValueError("findings are written [[finding]]")
        return tuple(_entry(row) for row in rows)
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        said = str(error) if isinstance(error, ValueError) else f"lacks {error}"
        raise UsageError(f"not a decisions file: {said}", location=Location(file)) from None


def _way(text: str) -> Way:
    if text not in set(Way):
        raise ValueError(f"choice is one of {', '.join(filter(None, Way))}")
    return Way(text)


def _entry(row: Mapping[str, str]) -> Entry:
    known: Mapping[str, Callable[[], Decision]] = {
        "move": lambda: Accept(row["parameter"], _way(row.get("choice", ""))),
        "skip": Skip,
        "ignore": Ignore,
    }
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        raise ValueError("every [[finding]] holds texts only")
    if row["decision"] not in known:
        raise ValueError(f"decision is one of {', '.join(known)}")
    return Entry(row["file"], row["key-path"], row["rule"], known[row["decision"]](), row.get("context", ""))


def decide(
    asked: Sequence[Question],
    entries: Sequence[Entry],
    shown: Callable[[Path], str],
    masked: Masked,
    mask: Callable[[str], str] = str,
) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """Decide each question by the entries, and report the entries that no longer fit.

    A question without an entry is skipped. All findings of a question must agree. `mask` is that of the names in a file
    that was saved.
    """
    by_place = {(*_names(entry.file, entry.key_path, mask), entry.rule): entry for entry in entries}
    used: set[tuple[str, str, str]] = set()
    stale: list[str] = []
    decided: list[Decision] = []
    for question in asked:
        answers: list[Decision] = []
        for finding in question.findings:
            key = (*_names(shown(finding.manifest.file), str(finding.path), mask), finding.rule.id)
            entry = by_place.get(key)
            if entry is None:
                answers.append(Skip())
                continue
            used.add(key)
            if entry.context and entry.context != context_of(masked(finding)):
                stale.append(f"{entry.file}: {entry.key_path}: the file has changed since")
                answers.append(Skip())
            else:
                answers.append(entry.decision)
        agreed = all(answer == answers[0] for answer in answers)
        decided.append(answers[0] if agreed and question.applicability is not Applicability.SHOW else Skip())
        if not agreed:
            stale.append(f"{question.name}: the findings of one secret are decided differently")
    stale += [
        f"{file}: {path}: no such finding any more" for file, path, rule in by_place if (file, path, rule) not in used
    ]
    return tuple(decided), tuple(dict.fromkeys(stale))

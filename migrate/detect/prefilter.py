"""Tells from the bytes of a file that the detector would find nothing in it, so that it need not be parsed.

It reads no YAML: it asks of every name that could be a key, wherever it stands, what the detector would ask, and
looks for every token and URL in the whole text. Where escapes or line ends might hide something it says yes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from migrate.detect import command_lines
from migrate.detect.context import is_container
from migrate.detect.doubted import holds_issued, looks_issued
from migrate.detect.lines import AROUND, Lines, is_doubted, lines_of, look_at, meaning, names
from migrate.detect.name_meaning import NameMeaning, SecretOrigin
from migrate.detect.names import is_generic
from migrate.detect.references import is_reference
from migrate.detect.resources import INTRINSICS, UNNAMED_TYPES
from migrate.detect.tokens import which_hold
from migrate.detect.value_names import NAME_KEYS, PAIR_VALUES, VALUE_KEYS
from migrate.detect.values import ValueClass, classify
from migrate.model import Kind
from migrate.model.lazy_pattern import Expression

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HIDING = Expression(r"\\(?:[xuUN]|\r|\n)")  # escapes that may stand for letters, or join what looks apart
_ESCAPE = Expression(r"\\(.)")
_BREAKS = Expression(r"\s*\n\s*")
_KEPT = frozenset("/\"'\\")
_COMMENT = Expression(r"^[ \t]*#.*$", re.MULTILINE)

_CREDENTIALS = Expression(r"(?<!\w)\w+/[^@\s/]+@(?://)?[\w.-]+[:/]|://[^\s/]{16,}@")
_USER = Expression(r"[^\s:'\"{,]:[^\s@]+\Z")
_AWS_ID = Expression(r"A[KS]IA[A-Z0-9]{12}")
_LONGEST, _LONGEST_LINE = 80, 400
_MANY = 50
_SIGNATURE = Expression(r"\b(?:sig|code|signature|app_?id)\s?=", re.IGNORECASE)
_COLON = Expression(r":(?:(?=\s|$|[\"'{\[\d])|(?<=[\"']:)|(?<=[\"'][ \t]:))(?=([^\n]{0,400}))")
_QUOTED = Expression(r"\s*(?:\"([^\"\\]*)\"|'([^']*)')\s*,?\s*(?:#.*)?")
_PLAIN = Expression(r"[ \t]*([^\s\"'&*|>%@`#\[{!][^\"',\[\]]*?)\s*(?:\s#.*)?")
_VARIABLES = Expression(r"[ \t]*(\$\{[^\"'\n]*\})\s*(?:\s#.*)?")
_NOTHING = Expression(r"\s*(?:\s#.*)?")
_INDENT = Expression(r"(?:-?[ \t])*")
_OPEN_FLOW = Expression(r"[{\[,][ \t]*(?:#.*)?$", re.MULTILINE)
_LINE = Expression(r"\n([ \t]*)([^ \t\n][^\n]*)")
_CHILD = Expression(r"([\w.-]+):(?:\s.*)?")
_POINTER = Expression(r"\s*!(?:Ref|GetAtt|ImportValue)\s.*")


def which_may_hold_secrets(files: Sequence[tuple[bytes, Path | None]], *, placeholders: bool = False) -> list[bool]:
    """Whether the detector could find anything in each file; see `detect.may_hold_secret`."""
    harmless = _HARMLESS if placeholders else _HARMLESS | {ValueClass.PLACEHOLDER}
    readings = [_readings(source, file) for source, file in files]
    texts = [text for each in readings for text in each]
    holding = {text for text, holds in zip(texts, _which_may_hold(texts, harmless), strict=True) if holds}
    return [not each or not holding.isdisjoint(each) for each in readings]


_HARMLESS = frozenset({ValueClass.NEVER})


def _readings(source: bytes, file: Path | None) -> tuple[str, ...]:
    """The text as it is written, and with its escapes read; none where only a parser can tell what it says."""
    if source.startswith(_WIDE) or b"\0" in source or (file is not None and is_container(file.stem)):
        return ()
    text = source.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if "\\" not in text:
        return (text,)
    return () if _HIDING.search(text) else (text, _ESCAPE.sub(_unescaped, text))


def _unescaped(escape: re.Match[str]) -> str:
    return escape[1] if escape[1] in _KEPT else "  "


def _which_may_hold(texts: Sequence[str], harmless: frozenset[ValueClass]) -> list[bool]:
    lines = [lines_of(text) for text in texts]
    said = look_at(frozenset().union(*lines))
    tokens = which_hold(texts, said.text)
    signs = [(_few(signs_in(said.text)), check) for signs_in, check in _SHAPES]
    return [
        token
        or any(check(text) for there, check in signs if any(sign in text for sign in there))
        or _may_hold(text, of_it, said, harmless)
        for text, of_it, token in zip(texts, lines, tokens, strict=True)
    ]


def _few(signs: Collection[str]) -> Collection[str]:
    """The signs to look for, unless they are so many that each text had better be taken to hold one."""
    return signs if len(signs) < _MANY else ("",)


def _may_hold(text: str, lines: frozenset[str], said: Lines, harmless: frozenset[ValueClass]) -> bool:
    """Whether names in a text, on lines of which is known what they say, promise a secret that may be there."""
    if not said.named.isdisjoint(lines) or not said.odd.isdisjoint(lines):
        return True
    if not said.folded.isdisjoint(lines) and not said.remarks.isdisjoint(lines):
        return True
    keys = frozenset().union(*(said.keys[line] for line in said.keys.keys() & lines))
    is_open, is_paired = not said.open.isdisjoint(lines), not said.paired.isdisjoint(lines)
    if not (keys or is_open or is_paired):
        return False
    text = _COMMENT.sub("", text) if "#" in text else text
    paired = names(text) if is_paired else frozenset()
    # A key without a character is one that stands on the line before.
    meant = tuple(key for key in keys if not key or meaning(key))
    if any(map(meaning, paired)) or any(_may_mean(colon, text, harmless) for colon in _colons_after(meant, text)):
        return True
    doubtful = tuple(key for key in keys if not key or is_doubted(key))
    is_open = is_open or any(map(is_doubted, paired))
    if not (is_open or any(_may_be_issued(colon, text) for colon in _colons_after(doubtful, text))):
        return False
    return holds_issued(text)


def _colons_after(keys: tuple[str, ...], text: str) -> Iterator[re.Match[str]]:
    """The colons that may end one of these keys."""
    if keys:
        for colon in _COLON.finditer(text):
            end = colon.start()
            while end and text[end - 1] in AROUND:
                end -= 1
            if len(keys) > _MANY or text.endswith(keys, 0, end):
                yield colon


def _has_password(text: str) -> bool:
    """Whether `user:password@` stands in it."""
    before, at = -1, text.find("@")
    while at >= 0:
        start = max(before, *(text.rfind(blank, before + 1, at) for blank in " \n\t"), 0)
        if _USER.search(text, start, at):
            return True
        before, at = at, text.find("@", at + 1)
    return False


def _has_credentials(text: str) -> bool:
    return _has_password(text) or _CREDENTIALS.search(text) is not None


def _of(words: Sequence[str]) -> Callable[[str], Collection[str]]:
    return lambda text: [word for word in words if word in text]


# What has a shape that is known, wherever it stands: the signs of it in all files, and what tells of a file with one.
_SHAPES: tuple[tuple[Callable[[str], Collection[str]], Callable[[str], object]], ...] = (
    (_of(("AKIA", "ASIA")), _AWS_ID.search),
    (_of(UNNAMED_TYPES), bool),
    (_of("@"), _has_credentials),
    (
        _of(command_lines.COMMAND_WORDS),
        lambda text: command_lines.commands(text) or command_lines.commands(_BREAKS.sub(" ", text)),
    ),
    (command_lines.headers_named, command_lines.headers),
    (_of("="), _SIGNATURE.search),
)


def _key_before(text: str, at: int) -> tuple[str, int]:
    """What could be the key that ends at a colon, and where it begins; it may stand on the line before (`? key`)."""
    begin = max(at - _LONGEST, *(text.rfind(char, max(0, at - _LONGEST), at) + 1 for char in "\n{}[],"))
    if begin and text[begin - 1] == "\n" and not text[begin:at].strip():
        at = begin - 1
        begin = text.rfind("\n", 0, at) + 1
    return text[begin:at], begin


# ── what a key's value can't be ───────────────────────────────────────────────────────────────


def _may_mean(colon: re.Match[str], text: str, harmless: frozenset[ValueClass]) -> bool:
    """Whether what stands before a colon could mean a secret, given what follows it."""
    key, begin = _key_before(text, colon.start())
    name = key.strip(AROUND)
    named = meaning(name)
    if named is None or _POINTER.fullmatch(colon[1]):
        return False
    return not (
        _is_harmless(colon, begin, named, text, harmless)
        or _names_a_pair(name, colon, begin, text)
        or _heads_a_map(name, named, colon, begin, text)
    )


def _may_be_issued(colon: re.Match[str], text: str) -> bool:
    """Whether what stands before a colon is a doubtful name, and its value no complete one that was not issued."""
    key, begin = _key_before(text, colon.start())
    name = key.strip(AROUND)
    if not is_doubted(name) or _names_a_pair(name, colon, begin, text):
        return False
    value = _value_of(colon, begin, text)
    return value is None or looks_issued(value, Kind.PASSWORD)


def _is_harmless(
    colon: re.Match[str], begin: int, named: NameMeaning, text: str, harmless: frozenset[ValueClass]
) -> bool:
    """Whether the value on a key's line is complete, and none that could be secret whoever made it."""
    value = _value_of(colon, begin, text)
    if value is None or ("${" in value and ("'" in value or '"' in value)):
        return False
    if named.kind in (Kind.WEBHOOK, Kind.PRIVATE_KEY):
        return is_reference(value)
    return _grades(value) <= harmless


@lru_cache(maxsize=4096)
def _grades(value: str) -> frozenset[ValueClass]:
    """What a value looks like, whoever made it."""
    return (
        frozenset({ValueClass.NEVER})
        if is_reference(value)
        else frozenset(classify(value, maker) for maker in SecretOrigin)
    )


def _value_of(colon: re.Match[str], begin: int, text: str) -> str | None:
    """The value on a key's line, None where it may not be all of it."""
    quoted = _QUOTED.fullmatch(colon[1])
    found = quoted or _PLAIN.fullmatch(colon[1]) or _VARIABLES.fullmatch(colon[1])
    if found is None or len(colon[1]) == _LONGEST_LINE or (quoted is None and _goes_on(colon, begin, text)):
        return None
    return next((group for group in found.groups() if group), "")


def _goes_on(colon: re.Match[str], begin: int, text: str) -> bool:
    """Whether the next line that is not blank may belong to the value: in block style it stands further in."""
    column = _column(begin, text)
    following = _LINE.search(text, colon.end(1))
    if column is None or following is None:
        return column is None
    is_item = len(following[1]) == column and following[2].startswith("-")
    return len(following[1]) > column or is_item or _has_open_flow(text)


@lru_cache(maxsize=1)
def _has_open_flow(text: str) -> bool:
    """Whether anywhere a flow collection goes on over the end of a line."""
    return _OPEN_FLOW.search(text) is not None


def _column(begin: int, text: str) -> int | None:
    """Where on its line a key stands in block style, None where it may be another style's."""
    if begin and text[begin - 1] != "\n":
        return None
    indent = _INDENT.match(text, begin)
    return None if indent is None or "\t" in indent[0] else len(indent[0])


def _names_a_pair(name: str, colon: re.Match[str], begin: int, text: str) -> bool:
    """Whether it is the name of a pair, whose value stands on the next line: `Key: Stage`, `Value: dev`."""
    column = _column(begin, text)
    following = _LINE.match(text, colon.end(1))
    if column is None or following is None or name not in NAME_KEYS:
        return False
    return len(following[1]) == column and following[2].partition(":")[0] in PAIR_VALUES


def _heads_a_map(name: str, named: NameMeaning, colon: re.Match[str], begin: int, text: str) -> bool:
    """Whether below a key stands nothing but a block of keys that have names of their own, as below a function's."""
    column = _column(begin, text)
    if column is None or not _NOTHING.fullmatch(colon[1]):
        return False
    gives_meaning = is_container(name) or name.lower().endswith(_OF_MANY)
    depth = None
    for line in _LINE.finditer(text, colon.end(1)):
        indent = len(line[1])
        if indent <= column:
            return depth is not None or not line[2].startswith("-")
        depth = depth or indent
        if gives_meaning or indent < depth or (indent == depth and not _has_own_name(line[2], named)):
            return False
    return True


_OF_MANY = ("s", "secret")  # a map so called gives its own meaning to all names in it


def _has_own_name(line: str, parent: NameMeaning) -> bool:
    child = _CHILD.fullmatch(line)
    if child is None or is_generic(child[1]) or child[1] in VALUE_KEYS or child[1] in INTRINSICS:
        return False
    return parent.kind not in (Kind.WEBHOOK, Kind.PRIVATE_KEY) or meaning(child[1]) is None

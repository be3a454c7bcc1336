"""Tells from the bytes of a file that the detector would find nothing in it, so that it need not be parsed.

It reads no YAML: it asks of every name that could be a key, wherever it stands, what the detector would ask, and
looks for every token and URL in the whole text. Where escapes or line ends might hide something it says yes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from migrate.detect import parts, shapes
from migrate.detect.doubted import doubted, holds_issued
from migrate.detect.expression import Expression
from migrate.detect.names import Maker, Sense, sense
from migrate.detect.places import NAME_KEYS, is_container
from migrate.detect.resources import UNNAMED_TYPES
from migrate.detect.tokens import present
from migrate.detect.values import Grade, grade, is_reference
from migrate.detect.words import split
from migrate.model import Kind

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HIDING = Expression(r"\\(?:[xuUN]|\r|\n)")  # escapes that may stand for letters, or join what looks apart
_ESCAPE = Expression(r"\\(.)")
_KEPT = frozenset("/\"'\\")
_COMMENT = Expression(r"^[ \t]*#.*$", re.MULTILINE)

_CREDENTIALS = Expression(r"(?<!\w)\w+/[^@\s/]+@(?://)?[\w.-]+[:/]|://[^\s/]{16,}@")
_USER = Expression(r"[^\s:'\"{,]:[^\s@]+\Z")
_AWS_ID = Expression(r"A[KS]IA[A-Z0-9]{12}")
_LONGEST, _LONGEST_LINE = 80, 400
_SIGNATURE = Expression(r"\b(?:sig|code|signature|app_?id)\s?=", re.IGNORECASE)
_COLON = Expression(r":(?=\s|$|[\"'{\[\d])(?=([^\n]{0,400}))")
_EQUALS = Expression(r"=")
_FALLBACK = Expression(r"(?<!\s)\s*,\s*[\"'$]")
_NO_NAME = Expression(r"[^\w .~-]")
_FLAG = Expression(r"(?<![\w-])--?([A-Za-z][\w-]+)")
_PAIR = Expression(
    r"(?:^|[\s\"'{,])(?:" + "|".join(NAME_KEYS) + r")(?:[\"']\s*:|\s*:(?=\s))"
    r"[ \t]*(?:[\"']?([^\n\"'#,}|>]+)|(?:[|>][^\n]*)?\n\s*([^\n:]+)$)",
    re.MULTILINE,
)
_QUOTED = Expression(r"\s*(?:\"([^\"\\]*)\"|'([^']*)')\s*,?\s*(?:#.*)?")
_PLAIN = Expression(r"[ \t]*([^\s\"'&*|>%@`#\[{!][^\"',\[\]]*?)\s*(?:\s#.*)?")
_HEADERS = Expression(r"headers?[\"']?\s*:", re.IGNORECASE)
_NEXT_LINE = Expression(r"\n(?:[ \t]*\n)*([ \t]*)(\S)")
_POINTER = Expression(r"\s*!(?:Ref|GetAtt|ImportValue)\s.*")


def may_hold_secret(source: bytes, file: Path | None = None) -> bool:
    """Whether the detector could find anything in a file; False is sure, True is not.

    `file` is its path: of one called `secrets` or `credentials` even an unnamed value may be one. An own rule of
    a team may hit in any file.
    """
    if (file is not None and is_container(file.stem)) or source.startswith(_WIDE) or b"\0" in source:
        return True
    text = source.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if "\\" not in text:
        return _may_hold(text)
    return _HIDING.search(text) is not None or _may_hold(text) or _may_hold(_ESCAPE.sub(_unescaped, text))


def _unescaped(escape: re.Match[str]) -> str:
    return escape[1] if escape[1] in _KEPT else "  "


def _may_hold(text: str) -> bool:
    if any(shapes.compiled(shape.pattern).search(text) for shape in present(text)):
        return True
    if (
        any(kind in text for kind in UNNAMED_TYPES)
        or _AWS_ID.search(text)
        or ("@" in text and (_has_password(text) or _CREDENTIALS.search(text)))
    ):
        return True
    if parts.commands(text) or parts.HEADER.search(text) or ("=" in text and _SIGNATURE.search(text)):
        return True
    text = _COMMENT.sub("", text)
    names = set(_names(text))
    if any(_sense(name) for name in names):
        return True
    for colon in _COLON.finditer(text):
        key, begin = _key_before(text, colon.start())
        if _may_mean(key, begin, colon, text):
            return True
        names.add(key)
    return (_HEADERS.search(text) is not None or any(map(_is_doubted, names))) and holds_issued(text)


def _has_password(text: str) -> bool:
    """Whether `user:password@` stands in it."""
    before, at = -1, text.find("@")
    while at >= 0:
        start = max(before, *(text.rfind(blank, before + 1, at) for blank in " \n\t"), 0)
        if _USER.search(text, start, at):
            return True
        before, at = at, text.find("@", at + 1)
    return False


@lru_cache(maxsize=4096)
def _is_doubted(name: str) -> bool:
    """Whether a name may mean a secret if its value looks issued, or those below it if they do."""
    return any(doubted(split(part)) is not None for part in (name, *name.split()[-1:]))


def _names(text: str) -> Iterator[str]:
    """Whatever stands before `=`, as a variable's address before a fallback, after `--`, or as the name in a pair."""
    for match in (*_EQUALS.finditer(text), *_FALLBACK.finditer(text)):
        yield _NO_NAME.split(text[max(0, match.start() - _LONGEST) : match.start()])[-1]
    yield from (match[1] for match in _FLAG.finditer(text))
    yield from (match[1] or match[2] for match in _PAIR.finditer(text))


def _sense(name: str) -> Sense | None:
    """What a name says, or its last word alone: what stands before may be no part of it."""
    return sense(split(name)) or (sense(split(name.split()[-1])) if " " in name.strip() else None)


def _key_before(text: str, at: int) -> tuple[str, int]:
    """What could be the key that ends at a colon, and where it begins; it may stand on the line before (`? key`)."""
    begin = max(at - _LONGEST, *(text.rfind(char, max(0, at - _LONGEST), at) + 1 for char in "\n{}[],"))
    if begin and text[begin - 1] == "\n" and not text[begin:at].strip():
        at = begin - 1
        begin = text.rfind("\n", 0, at) + 1
    return text[begin:at], begin


def _may_mean(key: str, begin: int, colon: re.Match[str], text: str) -> bool:
    """Whether what stands before a colon could mean a secret, given what follows it on its line."""
    named = _sense(key)
    return named is not None and not _is_harmless(colon, begin, named, text)


def _is_harmless(colon: re.Match[str], begin: int, named: Sense, text: str) -> bool:
    rest = colon[1]
    if len(rest) == _LONGEST_LINE:
        return False
    if _POINTER.fullmatch(rest):
        return True
    quoted, plain = _QUOTED.fullmatch(rest), _PLAIN.fullmatch(rest)
    if quoted:
        value = quoted[1] or quoted[2] or ""
    elif plain and not _goes_on(colon, begin, text):
        value = plain[1]
    else:
        return False
    if "${" in value and ("'" in value or '"' in value):
        return False
    if named.kind in (Kind.WEBHOOK, Kind.PRIVATE_KEY):
        return is_reference(value)
    return all(grade(value, maker) is Grade.NEVER for maker in Maker)


def _goes_on(colon: re.Match[str], begin: int, text: str) -> bool:
    """Whether the next line that is not blank stands further in than the key's, or begins an item of its list."""
    line = text[text.rfind("\n", 0, begin) + 1 : colon.start()]
    indent = len(line) - len(line.lstrip())
    following = _NEXT_LINE.match(text, colon.end(1))
    return following is not None and (len(following[1]) > indent or following[2] == "-")

"""The lines of many files, each different one looked at once: most stand in many files, and say nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate

from msgspec import Struct

from migrate.detect.doubted import doubted
from migrate.detect.name_meaning import NameMeaning
from migrate.detect.name_words import split_name
from migrate.detect.names import meaning_of
from migrate.detect.value_names import NAME_KEYS, VALUE_KEYS
from migrate.model.lazy_pattern import Expression, one_of

# All that stands between separators, and behind what could be a key its colon: no character is looked at twice.
# Behind a quoted key any colon is one.
_SEGMENTS = Expression(
    r"""([ \t-]*+(?:"[^"\n]*+"|'[^'\n]*+')[ \t]*+(?=:)"""
    r"""|(?>[^\n{}\[\],:]*(?::(?![\s"'{\[\d]|\Z)[^\n{}\[\],:]*)*))"""
    r"""(?:(:)(?:(?=[\s"'{\[\d]|\Z)|(?<=["']:)|(?<=["'][ \t]:))|[\n{}\[\],]++)?"""
)
_SIGN = Expression(r"=+|,(?=\s*(?:[\"'$]|\Z)|[^\S\n]*\n)")  # before a value, before a variable's fallback
_NO_NAME = Expression(r"[^\w .~-]")
_LONGEST = 80
_FLAG = Expression(one_of([r"--?([A-Za-z][\w-]+)"], after=r"[\w-]"))
_PAIR = Expression(
    one_of(NAME_KEYS, after=r"[^\s\"'{,]") + r"(?:[\"']\s*:|\s*:(?=\s))"
    r"[ \t]*(?:[\"']?(?![!&#])([^\n\"'#,}|>]+)|(?:[|>!&#][^\n]*)?\n\s*([^\n:]+)$)",
    re.MULTILINE,
)
# Keys that need not stand on the line of their value, or that are an alias.
_ODD_KEY = Expression(
    r"^(?:-[ \t]+)*(?:\?(?:[ \t]|$)|\*[^\s,\]}]+[ \t]+:)|[{,][ \t]*(?:\?[ \t]|\*[^\s,\]}]+[ \t]+:)", re.MULTILINE
)
_FOLDED = Expression(r"(?:^|[ \t])>[-+0-9]*[ \t]*(?:#.*)?$", re.MULTILINE)
_HEADERS = ("header", "headers")
AROUND = " \t-?\"'"


class Lines(Struct, frozen=True):
    """What some lines say. They stand here without the blanks around them.

    `text` is all of them. `named` are those with a name that means a secret, and is no key; `keys` are the keys
    of a line that may mean one. Where a line is `open`, anything in its file that looks issued may be one. Where
    one is `paired`, names stand on lines of their own. `odd` are those with keys that only a parser tells. Below
    `folded` lines `remarks` may be no comments.
    """

    text: str
    named: frozenset[str]
    keys: Mapping[str, frozenset[str]]
    open: frozenset[str]
    paired: frozenset[str]
    odd: frozenset[str]
    folded: frozenset[str]
    remarks: frozenset[str]


def lines_of(text: str) -> frozenset[str]:
    """The different lines of a text, without the blanks around them."""
    return frozenset(line.strip(" \t") for line in text.split("\n"))


def look_at(lines: Iterable[str]) -> Lines:
    """What lines say, of whatever files; comments say no names."""
    lines = list(lines)
    code = [line for line in lines if line and line[0] != "#"]
    text = "\n".join(code)
    starts = list(accumulate((len(line) + 1 for line in code), initial=0))

    def line_at(at: int) -> str:
        return code[bisect_right(starts, at) - 1]

    named, opening, paired = set(), set(), {line for line in code if line[0] in "=,"}
    keys: dict[str, set[str]] = defaultdict(set)
    for at, key in _keys(text):
        line = line_at(at)
        if not key or meaning(key) or is_doubted(key):
            keys[line].add(key)
        if key in VALUE_KEYS:
            paired.add(line)
        if key.lower().replace("_", "").replace("-", "").endswith(_HEADERS):
            opening.add(line)
    for at, name in _signed(text):
        line = line_at(at)
        if meaning(name):
            named.add(line)
        if is_doubted(name):
            opening.add(line)
    return Lines(
        text="\n".join(lines),
        named=frozenset(named),
        keys={line: frozenset(found) for line, found in keys.items()},
        open=frozenset(opening),
        paired=frozenset(paired),
        odd=frozenset(line_at(found.start()) for found in _ODD_KEY.finditer(text)),
        folded=frozenset(line_at(found.start()) for found in _FOLDED.finditer(text)),
        remarks=frozenset(line for line in lines if line[:1] == "#" and any(sign in line for sign in ":=,-")),
    )


def names(text: str) -> set[str]:
    """Whatever stands before `=`, as a variable's address before a fallback, after `--`, or as the name in a pair."""
    paired = (match[1] or match[2] for match in _PAIR.finditer(text))
    return {*(name for _, name in _signed(text)), *(name.strip(AROUND) for name in paired)}


@lru_cache(maxsize=4096)
def meaning(name: str) -> NameMeaning | None:
    """What a name says, or its last word alone: what stands before may be no part of it."""
    return meaning_of(split_name(name)) or (meaning_of(split_name(name.split()[-1])) if " " in name.strip() else None)


@lru_cache(maxsize=4096)
def is_doubted(name: str) -> bool:
    """Whether a name may mean a secret if its value looks issued, or those below it if they do."""
    return doubted(split_name(name)) is not None or (
        " " in name.strip() and doubted(split_name(name.split()[-1])) is not None
    )


def _keys(text: str) -> Iterator[tuple[int, str]]:
    """Whatever could be a key, and where: all up to a colon that ends one, and what is quoted before such a colon."""
    return ((found.start(), found[1].strip(AROUND)) for found in _SEGMENTS.finditer(text) if found[2])


def _signed(text: str) -> Iterator[tuple[int, str]]:
    for sign in _SIGN.finditer(text):
        before = text[max(0, sign.start() - _LONGEST) : sign.start()].rstrip()
        yield sign.start(), _NO_NAME.split(before)[-1].strip(AROUND)
    for flag in _FLAG.finditer(text):
        yield flag.start(), flag[1]

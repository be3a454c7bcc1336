"""Find the files that a text may include, as patterns where paths hold variables.

This is for discovery, which comes before anything is parsed: it finds more than the framework would read, and
works on a text that is no YAML. What the framework reads is resolved in `framework.resolve`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product

from msgspec import Struct

from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import Delimiters, fallback_literals, parse

_COMMENT = LazyPattern(r"[^\S\n]*#(?!\{)")
_START = LazyPattern(r"file\((?<![\w.]file\()")  # letters first: the search jumps to them
_STEP = LazyPattern(r"(?P<open>[$#%@]+(?P<brackets>[{<\[]+))|(?P<bracket>[()])|[,\n]")
_OPENING = LazyPattern(r"(?P<open>[$#%@]+(?P<brackets>[{<\[]+))")
_CLOSING = str.maketrans("{<[", "}>]")
_KEY_AND_VALUE = LazyPattern(r"""^[ \t]*["']?(?P<key>[\w-]+)["']?[ \t]*:[ \t]+(?P<value>[^\n]+)""", re.MULTILINE)
_SELF = LazyPattern(r"self:((?:[\w.-]|\$\{[^{}]*\})+)")
_MAX_PATH = 500
_MAX_PATTERNS = 32
_MAX_VALUES = 8
_MAX_DEPTH = 3


class Include(Struct, frozen=True):
    """One `file(…)`, as it is written.

    `patterns` are the paths that it may name; `*` is for any characters within one path segment.
    """

    written: str
    patterns: tuple[str, ...]


def included(text: str, *, context: str | None = None) -> tuple[Include, ...]:
    """Find every `file(…)` of a text once, in any variable syntax; skip comment lines.

    `${self:…}` within a path is looked up by its last key in `context`, the manifest's text
    (default: the text itself), since the files it may name need not lie side by side.
    """
    paths = (_path(text, start.end()) for start in _START.finditer(text) if not _is_in_comment(text, start.start()))
    lookup = text if context is None else context
    return tuple(Include(path, _patterns(path, lookup, 0)) for path in dict.fromkeys(paths) if path)


def _is_in_comment(text: str, at: int) -> bool:
    return _COMMENT.match(text, text.rfind("\n", 0, at) + 1, at) is not None


def _path(text: str, start: int) -> str:
    """Read the first argument of the `file(` that ends at `start`; '' for none."""
    at, depth = start, 0
    while token := _STEP.search(text, at, start + _MAX_PATH):
        at = token.end()
        if token["open"]:
            hole = _hole(text, token)
            if not hole:
                break
            at = token.start() + len(hole)
        elif token["bracket"] == "(":
            depth += 1
        elif token["bracket"] and depth:
            depth -= 1
        elif token[0] != "\n" and not depth:
            return text[start : token.start()].strip().strip("'\"").strip()
        else:
            break
    return ""


def _hole(text: str, opening: re.Match[str]) -> str:
    """Read the variable that begins at an opening; '' if it never ends."""
    step = re.compile(f"(?P<open>{re.escape(opening['open'])})|{re.escape(_closing(opening))}")
    depth = 0
    for token in step.finditer(text, opening.start(), opening.start() + _MAX_PATH):
        depth += 1 if token["open"] else -1
        if depth == 0:
            return text[opening.start() : token.end()]
    return ""


def _closing(opening: re.Match[str]) -> str:
    return opening["brackets"][::-1].translate(_CLOSING)


# ── from a path with variables to patterns ────────────────────────────────────────────────────


def _patterns(path: str, context: str, depth: int) -> tuple[str, ...]:
    pieces = _pieces(path)
    is_whole = not any(opening is None and text.strip("./") for text, opening in pieces)
    choices = [_choices(text, opening, is_whole, context, depth) if opening else (text,) for text, opening in pieces]
    paths = ("".join(parts) for parts in islice(product(*choices), _MAX_PATTERNS))
    return tuple(dict.fromkeys(re.sub(r"\*+", "*", path) for path in paths))


def _pieces(path: str) -> list[tuple[str, re.Match[str] | None]]:
    """Split a path into its variables, with their openings, and the text around them."""
    pieces: list[tuple[str, re.Match[str] | None]] = []
    done = 0
    while (opening := _OPENING.search(path, done)) and (hole := _hole(path, opening)):
        pieces += [(path[done : opening.start()], None), (hole, opening)]
        done = opening.start() + len(hole)
    return [piece for piece in (*pieces, (path[done:], None)) if piece[0]]


def _choices(hole: str, opening: re.Match[str], is_whole: bool, context: str, depth: int) -> tuple[str, ...]:
    """List what a variable may be; as the whole path, unknown, it is guessed as `*`."""
    variables = parse(hole, Delimiters(opening["open"], _closing(opening)))
    known = [span.of(hole) for span in fallback_literals(variables)]
    if depth < _MAX_DEPTH:
        known += [pattern for value in _values(hole, context) for pattern in _patterns(value, context, depth + 1)]
    if is_whole:
        return tuple(known) or ("*",)
    return ("*", *(path for path in known if "/" in path))


def _values(hole: str, context: str) -> list[str]:
    """List the values of every key that a `self:` address of the variable ends with."""
    keys = [re.sub(r"\$\{[^{}]*\}", "", address).rpartition(".")[2] for address in _SELF.findall(hole)]
    return [value for key in keys for value in _index(context).get(key, ())][:_MAX_VALUES]


@lru_cache(maxsize=4)
def _index(context: str) -> dict[str, list[str]]:
    """Index the first few values that the keys of a text have on their lines."""
    values: dict[str, list[str]] = {}
    for line in _KEY_AND_VALUE.finditer(context):
        known = values.setdefault(line["key"], [])
        value = _scalar(line["value"])
        if value and len(known) < _MAX_VALUES:
            known.append(value)
    return values


def _scalar(text: str) -> str:
    """Read a plain or quoted value behind its key; '' for anything else."""
    if text[0] in "'\"":
        return text[1:].partition(text[0])[0]
    return "" if text[0] in "{[&*!|>" else text.partition(" #")[0].rstrip().rstrip(",")

"""The parameters that a text may read, in whatever way it does: by a reference, by CloudFormation, or by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from migrate.model.lazy_pattern import LazyPattern

_BRACES = LazyPattern(r"\$\{|\}")
# Of what is no reference only a path that stands alone may be a name: a route, a file or an ARN of a bucket is none.
_BEGINNING = LazyPattern(
    r"""(?P<ssm>ssm(?:-secure)?(?:\.[\w-]+)?(?:\([^()\n]{0,200}\))?:[ \t]*)
    | (?<![\w./$}*?-])(?=/|\$\{)
    | (?P<permission>(?<=:)parameter(?=[/*?]|\$\{))""",
    re.VERBOSE,
)
_NAME = LazyPattern(r"[\w./-]+", re.ASCII)
_PERMITTED = LazyPattern(r"[\w./*?-]+", re.ASCII)
_BEHIND = frozenset("~,:}'\"`)]> \t\r\n*")  # what may stand behind a name, or in place of one in a permission


def mentions(text: str) -> Iterator[str]:
    """Yield the names of parameters in a text.

    `*` stands for what only the framework knows, and in a permission for any text as `?` does. No structure is looked
    at, so that a file counts too which no parser takes. The time grows with the text alone.
    """
    ends = _ends_of_variables(text)
    for beginning in _BEGINNING.finditer(text):
        plain = _PERMITTED if beginning["permission"] else _NAME
        name, end = _name_at(text, beginning.end(), ends, plain)
        if not beginning[0] and "/" not in name:
            continue  # a variable with no path behind it
        if beginning["ssm"] and text[end : end + 1] not in _BEHIND:
            name += "*"  # in a syntax that is not known here
        name = name.replace("?", "*")
        if beginning["permission"] or name.strip("/" if beginning["ssm"] else "/*"):
            yield name


def _ends_of_variables(text: str) -> Mapping[int, int]:
    ends: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACES.finditer(text):
        if brace[0] != "}":
            opened.append(brace.start())
        elif opened:
            ends[opened.pop()] = brace.end()
    return ends


def _name_at(text: str, at: int, ends: Mapping[int, int], piece: LazyPattern) -> tuple[str, int]:
    """Return the name that begins there, and where it ends."""
    pieces = []
    while True:
        if plain := piece.match(text, at):
            pieces.append(plain[0])
            at = plain.end()
        elif at in ends:
            pieces.append("*")
            at = ends[at]
        else:
            return "".join(pieces), at

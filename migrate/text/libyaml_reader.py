"""A reader of YAML by libyaml, fifty times as fast as ruamel.yaml, for texts that both are known to read alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from migrate.model.lazy_pattern import LazyPattern
from migrate.text.structure import MAX_FLOW_DEPTH, MalformedError, Reading, TooMuchError
from migrate.text.yaml_events import reading_of

# Where the two differ: odd blanks and line ends, directives and the ends of documents;
_UNLIKE_SIGNS = ("\t", "\x85", "\u2028", "\u2029", "\ufeff", "\n%", "\n...")
# signs right behind an anchor, tags with more signs than one, a comment right behind a block scalar's header.
_UNLIKE = LazyPattern(
    r"""[&*!|>] (?: (?<=[&*])[\w-]+[:?@%`] | (?<![^\s\[{,:].)(?<=!)(?:!!|!?[^\s!]+!|\S*[%,\[\]{}])
    | (?<=[|>])[-+0-9]*\# )""",
    re.VERBOSE | re.DOTALL,
)
# The characters before a scalar in its event: tag and anchor, and the blanks and comments behind each.
_PROPERTIES = LazyPattern(r"(?:[!&][^ \r\n]*(?:[ \r\n]+(?:#[^\r\n]*)?)*)*")


def read_yaml(text: str) -> Reading | None:
    """Parse a text that ruamel.yaml is known to read alike.

    None where the text is malformed, or where ruamel.yaml might read it otherwise. Raises TooMuchError for one that no
    parser reads.
    """
    if _parser() is None or _may_be_unlike(text):
        return None
    from yaml import YAMLError

    try:
        reading = reading_of(text, _events(text))
    except TooMuchError:
        raise
    except (YAMLError, MalformedError, UnicodeError):
        return None
    return None if _is_unlike(reading) else reading


@cache
def _parser() -> Any:
    """Return libyaml's parser; None where PyYAML was built without it."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return None
    return CParser


def _may_be_unlike(text: str) -> bool:
    if any(sign in text for sign in _UNLIKE_SIGNS) or text.startswith(("%", "...")):
        return True
    return text.count("\r") != text.count("\r\n") or _UNLIKE.search(text) is not None


def _events(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """Yield libyaml's events, with the start and end of their tokens.

    Raises MalformedError for what ruamel.yaml refuses.
    """
    parser = _parser()(text)
    brackets = 0
    while (event := parser.get_event()) is not None:
        name = type(event).__name__
        start = event.start_mark.index
        if name == "ScalarEvent":
            if event.anchor is not None or event.tag is not None:
                start = _after_properties(text, start)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            if event.flow_style:
                brackets += 1
                _require_like(text, start, name, brackets)
        elif brackets and name in ("MappingEndEvent", "SequenceEndEvent"):
            brackets -= 1
        yield name, event, start, event.end_mark.index


def _after_properties(text: str, start: int) -> int:
    found = _PROPERTIES.match(text, start)
    return found.end() if found else start


def _require_like(text: str, start: int, name: str, brackets: int) -> None:
    """Raise MalformedError for a collection in brackets that ruamel.yaml refuses.

    It lies too deep, or is a pair in a sequence: `[a: b]`.
    """
    if brackets > MAX_FLOW_DEPTH or (name == "MappingStartEvent" and text[start] not in "{&!"):
        raise MalformedError("to ruamel.yaml", start)


def _is_unlike(reading: Reading) -> bool:
    """Return whether a collection is a key, or the document is a scalar.

    There, too, the two parsers differ.
    """
    return reading.complex_keys or reading.outline[1:2] == (("value",),)

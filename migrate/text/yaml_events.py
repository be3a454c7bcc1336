"""From YAML events, of either parser, to a reading: positions are the parser's, values are js-yaml's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from migrate.model import ScalarStyle, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.segments import block_indent, value_of
from migrate.text.structure import MalformedError, Outliner, Reading, Token

_STYLES = {
    None: ScalarStyle.PLAIN,
    "": ScalarStyle.PLAIN,
    "'": ScalarStyle.SINGLE,
    '"': ScalarStyle.DOUBLE,
    "|": ScalarStyle.LITERAL,
    ">": ScalarStyle.FOLDED,
}
_BLOCKS = ("|", ">")
_LAST_BLANKS = LazyPattern(r" +\Z")


def reading_of(text: str, events: Iterable[tuple[str, Any, int, int]], max_nodes: int | None = None) -> Reading:
    """Make a reading from events, each with its name and the span of its token.

    The span is without tag and anchor. PyYAML and ruamel.yaml name their events alike. Raises MalformedError for a
    second document.
    """
    outliner = Outliner(max_nodes)
    documents = 0
    for name, event, start, end in events:
        if name == "ScalarEvent":
            if event.style or event.value:
                outliner.scalar(_token(text, start, end, event), tag=event.tag, anchor=event.anchor)
            else:
                outliner.empty(event.start_mark.index, tag=event.tag, anchor=event.anchor)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            outliner.close()
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            outliner.open(
                is_mapping=name == "MappingStartEvent",
                in_flow=event.flow_style,
                offset=start,
                tag=event.tag,
                anchor=event.anchor,
            )
        elif name == "AliasEvent":
            outliner.alias(event.anchor, start)
        elif name == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise MalformedError("more than one YAML document", start)
            outliner.document(str(event.explicit), str(event.version), str(event.tags))
    return outliner.reading()


def _token(text: str, start: int, end: int, event: Any) -> Token:
    """Make the token of a scalar.

    Its value is what is written in the text, not what the parser made of it.
    """
    style = _STYLES[event.style]
    indent = 0
    if event.style in _BLOCKS:
        blanks = _LAST_BLANKS.match(text, end)
        end = blanks.end() if blanks else end
        indent = block_indent(text[start:end], event.value)
    return Token(Span(start, end), value_of(text[start:end], style, indent), style)

"""Find key paths and offsets of scalars, by ruamel.yaml's composer alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from migrate.model.keypath import KeyPath

_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a file; offsets in code points, lines from 1."""

    path: str
    occurrence: int
    start: int
    end: int
    line: int
    end_line: int
    value: str
    style: str


def places(text: str) -> tuple[Place, ...]:
    """Return all values in the order of the text; an alias counts at its anchor."""
    seen: dict[str, int] = {}
    values = []
    for parts, node in _walk((), YAML(typ="safe", pure=True).compose(text), set()):
        path = str(KeyPath(parts))
        seen[path] = seen.get(path, -1) + 1
        start, line = node.start_mark.index, node.start_mark.line + 1
        end = start + len(text[start : node.end_mark.index].rstrip())
        end_line = line + text.count("\n", start, end)
        values.append(Place(path, seen[path], start, end, line, end_line, node.value, _STYLES[node.style]))
    return tuple(values)


def _walk(parts: tuple[str | int, ...], node: Any, visited: set[int]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, ScalarNode):
        yield parts, node
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk((*parts, index), item, visited)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _walk((*parts, str(key.value)), value, visited)

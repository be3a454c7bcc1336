"""Evaluate the variables of a manifest: what a value or a position may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product

from msgspec import Struct

from migrate.framework.tree import Tree, UnclearError
from migrate.model import Parts
from migrate.model.globs import matches_glob
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import Delimiters, Source, Variable, parse

_FILE = LazyPattern(r"file\((?P<path>.+?)\)(?::(?P<address>[^()]*))?", re.DOTALL)
_HOLE = "\ue000"  # where a variable is in an address
# A region, a stage or the name of a service is short; values that are built of each other need not be.
_LONGEST = 1_000
# No manifest that people read needs more; one that is made to take for ever does.
_MAX_HOPS = 32
_MAX_STEPS = 20_000
_MAX_ALTERNATIVES = 1_000
_MAX_ADDRESSES = 100
# The command line overrides these, whatever the manifest has.
_OVERRIDABLE = (("provider", "stage"), ("provider", "region"))


class Place(Struct, frozen=True):
    """A collection, or where a value is, in one of the files."""

    tree: Tree
    parts: Parts


class Address(Struct, frozen=True):
    """The address that a `self:` or `file(…):` source reads.

    The keys are from the root of a file, or of the manifest where `file` is ''. `*` is for any text within a key or
    within a segment of the file's path.
    """

    keys: tuple[str, ...]
    file: str = ""

    @property
    def is_family(self) -> bool:
        """Return whether the address may read several positions."""
        return "*" in self.file or any("*" in key for key in self.keys)

    @property
    def is_any_file(self) -> bool:
        """Return whether the address may read any file at all."""
        return self.file == "*"


class Answer(Struct, frozen=True):
    """All that a position or a value may be.

    It `is_open` where it may also be what only the command line, the environment or AWS knows, and
    `is_absent` where it may be nothing.
    """

    nodes: tuple[str | Place, ...] = ()
    is_open: bool = False
    is_absent: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the plain values among the possible nodes."""
        return tuple(node for node in self.nodes if isinstance(node, str))

    @property
    def is_sure(self) -> bool:
        """Return whether it is one of `nodes` whatever is passed on the command line."""
        return bool(self.nodes) and not self.is_open and not self.is_absent


_NOTHING = Answer(is_absent=True)
_OUTSIDE = Answer(is_open=True)


def _joined(answers: Iterable[Answer]) -> Answer:
    """Join alternatives. Raises UnclearError where they are too many."""
    answers = list(answers)
    if len(answers) == 1:
        return answers[0]
    nodes: dict[str | Place, None] = {}
    is_open = is_absent = False
    for answer in answers:
        nodes.update(dict.fromkeys(answer.nodes))
        is_open, is_absent = is_open or answer.is_open, is_absent or answer.is_absent
        if len(nodes) > _MAX_ALTERNATIVES:
            raise UnclearError
    return Answer(tuple(nodes), is_open, is_absent)


class Evaluation:
    """An evaluation of texts and positions, each done once.

    All methods raise UnclearError for what can't be resolved with certainty. With `has_families` they find every
    possible value, whatever the stage; without, the value where nothing is passed on the command line. `roots` finds
    where the files begin that an address may read; `delimiters` are those of the variables.
    """

    def __init__(
        self, roots: Callable[[Address], Sequence[Place]], delimiters: Delimiters, *, has_families: bool
    ) -> None:
        self._roots = roots
        self._delimiters = delimiters
        self._has_families = has_families
        self._known: dict[str, Answer | None] = {}  # None while it is evaluated, and where that failed
        self._hops = self._steps = 0

    def position(self, keys: Sequence[str]) -> Answer:
        """Find what a position of the manifest may hold."""
        return self._walk(self._roots(Address(())), keys)

    def places(self, keys: Sequence[str]) -> tuple[Place, ...]:
        """Find where a position of the manifest is, its own variables unresolved."""
        above = self._walk(self._roots(Address(())), keys[:-1])
        found: list[Place] = []
        for node in above.nodes:
            child = node.tree.child(node.parts, keys[-1]) if isinstance(node, Place) else None
            if isinstance(node, Place) and child is not None and not node.tree.is_empty(child):
                found.append(Place(node.tree, child))
        return tuple(found)

    def value(self, text: str) -> Answer:
        """Find what a value may be."""
        if text in self._known:
            known = self._known[text]
            if known is None:
                raise UnclearError
            return known
        if len(text) > _LONGEST:
            raise UnclearError
        self._known[text] = None
        self._known[text] = answer = self._value(text)
        return answer

    def _value(self, text: str) -> Answer:
        variables = parse(text, self._delimiters)
        if not variables:
            return Answer((text,))
        if len(variables) == 1 and variables[0].span.of(text) == text:
            return self._variable(variables[0], text)
        answers = [self._variable(variable, text) for variable in variables]
        template = _with_holes(text, 0, len(text), variables)
        texts = tuple(_filled(template, [answer.texts for answer in answers]))
        return Answer(texts, is_open=any(answer.is_open for answer in answers) or not texts)

    def _variable(self, variable: Variable, text: str) -> Answer:
        """Take the sources in their order, up to the first that certainly has a value."""
        if self._hops > _MAX_HOPS:
            raise UnclearError
        answers: list[Answer] = []
        self._hops += 1
        try:
            for source in variable.sources:
                answers.append(self._source(source, text))
                if answers[-1].is_sure or (answers[-1].nodes and not self._has_families):
                    break
        finally:
            self._hops -= 1
        joined = _joined(answers)
        return Answer(joined.nodes, joined.is_open or not answers[-1].is_sure)

    def _source(self, source: Source, text: str) -> Answer:
        if source.literal is not None:
            return Answer((source.literal.of(text),))
        addresses = self.addresses(source, text)
        return _joined(map(self._reached, addresses)) if addresses else _OUTSIDE

    def _reached(self, address: Address) -> Answer:
        if address.is_any_file:
            return _OUTSIDE
        roots = self._roots(address)
        answer = self._walk(roots, address.keys) if roots else _NOTHING
        is_open = answer.is_open or address.is_family or (not address.file and address.keys in _OVERRIDABLE)
        return Answer(answer.nodes, is_open, answer.is_absent)

    # ── addresses ──

    def addresses(self, source: Source, text: str) -> tuple[Address, ...]:
        """List what a source may read in the files; nothing where it reads elsewhere."""
        template = _template(source, text)
        if template is None:
            return ()
        file, keys = template
        in_file = file.count(_HOLE)
        choices = [
            self._choices(variable, text, is_path=file == _HOLE and number == 0)
            for number, variable in enumerate(source.nested)
        ]
        return tuple(
            _address(filled_file, filled_keys)
            for filled_file in _filled(file, choices[:in_file])
            for filled_keys in _filled(keys, choices[in_file:])
        )

    def _choices(self, variable: Variable, text: str, *, is_path: bool) -> tuple[str, ...]:
        """List the texts of a variable in an address; where it `is_path`, all of a path."""
        answer = self._variable(variable, text)
        if answer.is_sure or not self._has_families:
            return answer.texts
        return ("*", *(text for text in answer.texts if is_path or "/" in text))

    # ── positions ──

    def _walk(self, places: Iterable[Place], keys: Sequence[str]) -> Answer:
        answer = _joined(map(self._node, places))
        for key in keys:
            below = _joined(self._below(node, key) for node in answer.nodes)
            answer = Answer(below.nodes, answer.is_open or below.is_open, answer.is_absent or below.is_absent)
        return answer

    def _below(self, node: str | Place, key: str) -> Answer:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise UnclearError
        if isinstance(node, str):
            return _NOTHING
        if "*" in key:
            return _joined(self._matching(node, key))
        child = node.tree.child(node.parts, key)
        return _NOTHING if child is None else self._node(Place(node.tree, child))

    def _matching(self, node: Place, key: str) -> Iterator[Answer]:
        """Find all that a key with `*` may read; unclear parts add nothing."""
        names = node.tree.keys(node.parts)
        self._steps += len(names)
        for name in names:
            if matches_glob(name, key):
                try:
                    yield self._below(node, name)
                except UnclearError:
                    yield _OUTSIDE

    def _node(self, place: Place) -> Answer:
        scalar = place.tree.scalar(place.parts)
        if scalar is not None:
            return self.value(scalar.value) if self._delimiters.open in scalar.value else Answer((scalar.value,))
        return _NOTHING if place.tree.is_empty(place.parts) else Answer((place,))


def widest(source: Source, text: str) -> tuple[Address, ...]:
    """Return the address that a source reads if its variables may be any text."""
    template = _template(source, text)
    return (_address(*(part.replace(_HOLE, "*") for part in template)),) if template else ()


def _template(source: Source, text: str) -> tuple[str, str] | None:
    """Split what a source reads into a file and keys, with their holes.

    The file is '' for the manifest; None for what is read elsewhere.
    """
    template = _with_holes(text, source.span.start, source.span.end, source.nested)
    found = _FILE.fullmatch(template)
    if found:
        return found["path"].strip().strip("'\"").strip(), found["address"] or ""
    return ("", template.removeprefix("self:")) if template.startswith("self:") else None


def _address(file: str, keys: str) -> Address:
    return Address(tuple(key for key in keys.split(".") if key), file)


def _with_holes(text: str, start: int, end: int, variables: Iterable[Variable]) -> str:
    """Copy a part of a text with a hole for each variable."""
    copy, at = "", start
    for variable in variables:
        copy += text[at : variable.span.start].replace(_HOLE, "") + _HOLE
        at = variable.span.end
    return copy + text[at:end].replace(_HOLE, "")


def _filled(template: str, choices: Sequence[Sequence[str]]) -> Iterator[str]:
    """Fill the holes of a template in every way. Raises UnclearError for too much."""
    literals = template.split(_HOLE)
    for number, texts in enumerate(islice(product(*choices), _MAX_ADDRESSES + 1)):
        if number == _MAX_ADDRESSES or len(template) + sum(map(len, texts)) > _LONGEST:
            raise UnclearError
        yield literals[0] + "".join(f"{text}{literal}" for text, literal in zip(texts, literals[1:], strict=True))

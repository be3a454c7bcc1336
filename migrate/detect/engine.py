"""The engine: assess every value of a manifest, and make findings of the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from msgspec.structs import replace

from migrate.detect.assessment import Assessment, ScoringInput
from migrate.detect.candidates import candidates
from migrate.detect.comments import Comments
from migrate.detect.context import Contexts
from migrate.detect.embedded import blank_variables
from migrate.detect.name_words import split_name, vocabulary
from migrate.detect.names import meaning_of
from migrate.detect.randomness import looks_random
from migrate.detect.rules import by_id
from migrate.detect.scoring import assess
from migrate.detect.settings import PLACEHOLDER, Settings, suppressed
from migrate.detect.siblings import Siblings
from migrate.detect.tokens import present
from migrate.detect.value_names import ValueName, name_of
from migrate.model import Confidence, Finding, Form, Kind, Manifest, Scalar, Secret, Span
from migrate.text.variables import DEFAULT, Variable, parse

_USERS = vocabulary("user username login usr email account uid uname")
_MOST_FALLBACKS = 100  # of one value


def find_all(manifest: Manifest, settings: Settings) -> tuple[Finding, ...]:
    """Find the secrets of a manifest, allowed ones too; see `detect.find_all`."""
    look = _Look(manifest, settings)
    scalars = manifest.scalars if settings.own_rules else candidates(manifest, settings)
    found = [finding for scalar in scalars for finding in look.at(scalar)]
    found += _same_again(manifest, found)
    found.sort(key=lambda finding: (finding.scalar.span.start, finding.part.start if finding.part else 0))
    return tuple(
        replace(finding, is_allowed=True) if suppressed(finding, settings, look.comments) else finding
        for finding in found
    )


class _Look:
    """One pass over a manifest: what is worked out once for all of its values, and only if one needs it."""

    def __init__(self, manifest: Manifest, settings: Settings) -> None:
        self.manifest, self.settings = manifest, settings

    @cached_property
    def comments(self) -> Comments:
        return Comments(self.manifest.text)

    @cached_property
    def siblings(self) -> Siblings:
        return Siblings(self.manifest)

    @cached_property
    def contexts(self) -> Contexts:
        return Contexts(self.manifest, self.siblings)

    def at(self, scalar: Scalar) -> list[Finding]:
        value = scalar.value
        if len(value) < 2:
            return []
        found = self._found(scalar, value)
        return self._own(scalar, found) if self.settings.own_rules else found

    def _found(self, scalar: Scalar, value: str) -> list[Finding]:
        asked = self._asked(scalar, value)
        variables = _variables(value, self.settings)
        if not variables:
            return self._findings(scalar, assess(asked))
        rest = assess(replace(asked, text=blank_variables(value, variables)))
        return [*self._fallbacks(scalar, asked, variables), *self._findings(scalar, rest)]

    def _asked(self, scalar: Scalar, value: str) -> ScoringInput:
        name, context = name_of(scalar, self.siblings), self.contexts.of(scalar)
        beside = self.siblings.of(scalar)
        users: tuple[str, ...] = ()
        announced = False
        if name.meaning is not None:
            announced = not self.manifest.is_json and self.comments.announce(scalar)
            if name.meaning.kind is Kind.PASSWORD:
                users = tuple(other.value for other in beside if other is not scalar and _is_user(other))
        in_list = isinstance(scalar.path.parts[-1], int) if scalar.path.parts else False
        values = tuple(other.value for other in beside) if len(value) == 40 or users else ()
        return ScoringInput(value, name, context, present(value), values, users, in_list, announced)

    def _fallbacks(self, scalar: Scalar, asked: ScoringInput, variables: tuple[Variable, ...]) -> list[Finding]:
        found = []
        for span, address in islice(_literals(scalar.value, variables), _MOST_FALLBACKS):
            literal = span.of(scalar.value)
            if self.settings.delimiters.open in literal:
                continue
            name = _stronger(asked.name, address)
            best = max(
                assess(replace(asked, text=literal, name=name)), key=lambda verdict: verdict.points, default=None
            )
            if best is not None:
                found += self._findings(scalar, [replace(best, span=span)], Form.FALLBACK)
        return found

    def _findings(self, scalar: Scalar, found: list[Assessment], form: Form = Form.PART) -> list[Finding]:
        findings = (self._finding(scalar, verdict, form) for verdict in found)
        return [finding for finding in findings if finding is not None]

    def _finding(self, scalar: Scalar, verdict: Assessment, form: Form) -> Finding | None:
        level = verdict.confidence
        rule = by_id()[verdict.rule]
        if verdict.placeholder:
            if not self.settings.placeholders:
                return None
            level, rule = Confidence.LOW, by_id()[PLACEHOLDER]
        if level is None:
            return None
        part = verdict.span
        if part is None or (form is Form.PART and _is_all(part, scalar.value)):
            part, form = None, Form.WHOLE
        reason = verdict.reason + (", the literal fallback of a variable" if form is Form.FALLBACK else "")
        secret = Secret(part.of(scalar.value) if part else scalar.value)
        return Finding(rule, self.manifest, scalar, secret, level, reason, part, form)

    def _own(self, scalar: Scalar, found: list[Finding]) -> list[Finding]:
        for own in self.settings.own_rules:
            surer = all(finding.confidence < own.confidence for finding in found)
            if surer and own.matches(scalar.path, scalar.value) and not _variables(scalar.value, self.settings):
                reason = f"the team's own rule {own.id}"
                found = [Finding(own.rule, self.manifest, scalar, Secret(scalar.value), own.confidence, reason)]
        return found


def _variables(value: str, settings: Settings) -> tuple[Variable, ...]:
    found = parse(value, settings.delimiters) if settings.delimiters.open in value else ()
    if settings.delimiters != DEFAULT and DEFAULT.open in value and not found:
        return parse(value)
    return found


def _literals(value: str, variables: tuple[Variable, ...]) -> Iterator[tuple[Span, ValueName]]:
    """Yield the quoted strings that may become the value itself, with their names.

    Strings inside an address are left out.
    """
    for variable in variables:
        address = variable.sources[0].span.of(value)
        words = split_name(address.partition("~")[0].rpartition(":")[2].rpartition(".")[2].rpartition("/")[2])
        for source in variable.sources[1:]:
            if source.literal is not None:
                yield source.literal, ValueName(words, meaning_of(words))
            yield from _literals(value, tuple(inner for inner in source.nested if inner.span == source.span))


def _stronger(name: ValueName, other: ValueName) -> ValueName:
    if name.meaning is None or (other.meaning is not None and other.meaning.strength > name.meaning.strength):
        return other if other.meaning is not None else name
    return name


def _is_all(part: Span, value: str) -> bool:
    """Return whether a part is all of its value but for blanks around it."""
    return not value[: part.start].strip() and not value[part.end :].strip()


def _is_user(scalar: Scalar) -> bool:
    return _names_a_user(scalar.path.leaf)


@lru_cache(maxsize=4096)
def _names_a_user(name: str) -> bool:
    words = split_name(name)
    return bool(words) and (words[-1] in _USERS or ("user" in words and meaning_of(words) is None))


def _same_again(manifest: Manifest, found: list[Finding]) -> list[Finding]:
    """Find further places in the file of the random secrets found in it."""
    known = {
        finding.secret.reveal(): finding.path
        for finding in found
        if finding.confidence >= Confidence.MEDIUM
        and finding.form is not Form.PART
        and looks_random(finding.secret.reveal())
    }
    if not known:
        return []
    taken = {id(finding.scalar) for finding in found}
    rule = by_id()["same-value"]
    return [
        Finding(
            rule, manifest, scalar, Secret(scalar.value), Confidence.MEDIUM, f"the same value as {known[scalar.value]}"
        )
        for scalar in manifest.scalars
        if scalar.value in known and id(scalar) not in taken
    ]

"""What deploys a file: its service, framework, reference syntax and regions, as one frozen answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.reference import ReferenceSyntax, syntax_for
from migrate.model import Framework, Manifest, SlsMigrateError
from migrate.model.keypath import KeyPattern
from migrate.model.lazy_pattern import Expression
from migrate.stores.limits import service_segment
from migrate.text.variables import Source, parse

# Serverless 1 to 4 and osls deploy there when neither --region nor provider.region says otherwise;
# they do not ask AWS_REGION.
FRAMEWORK_REGION = "us-east-1"
_PROVIDER = Expression(r"(?m)^provider:[ \t]*(?P<rest>[^\r\n]*)(?P<block>(?:\r?\n(?:[ \t]+[^\r\n]*|#[^\r\n]*)?)*)")
REGION = Expression(r"[a-z]{2}(?:-[a-z]+)+-\d")
_MAX_HOPS = 8
# A region, a stage or the name of a service is short; values that are built of each other need not be.
_LONGEST = 1_000
_MOST_LOOKS = 50  # at all values of the file


class Deployment(Struct, frozen=True):
    """What is known of how one file is deployed.

    `regions` are all where its parameters may be read, none where that can't be told; `fixed_region`
    is True where the manifest says the region literally, so that a parameter elsewhere needs it in the
    reference. `refusal` says why nothing of the file may ever be moved, '' where it may.
    """

    service: str
    directory: Path
    manifests: tuple[Manifest, ...]
    framework: Framework
    syntax: ReferenceSyntax
    regions: tuple[str, ...]
    fixed_region: bool
    refusal: str = ""


def settle(manifest: Manifest, text: str, hops: int = _MAX_HOPS) -> str | None:
    """What a value is when nothing is passed on the command line; None where that can't be told.

    Follows `${self:…}` in the same file and the literal fallback of anything else.
    """
    return _Settling(manifest).settle(text, hops)


def possible(manifest: Manifest, text: str, hops: int = _MAX_HOPS) -> frozenset[str]:
    """All that a value can be, whatever the stage, as far as the file itself says.

    An address with a variable in it, such as `self:custom.${self:provider.stage}.region`, stands for
    every value it can lead to. What is passed on the command line or read elsewhere adds nothing.
    """
    return frozenset(_Settling(manifest).possible(text, hops))


class _Settling:
    """Follows the variables of a manifest, each address once: values that name each other often grow without bound."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._settled: dict[tuple[str, int], str | None] = {}
        self._seen: set[tuple[str, int]] = set()
        self._looks = 0

    def settle(self, text: str, hops: int) -> str | None:
        """What `settle` says; None for what is too long to be the name of anything."""
        if hops == 0 or len(text) > _LONGEST:
            return None
        if (text, hops) not in self._settled:
            self._settled[text, hops] = self._settle(text, hops)
        return self._settled[text, hops]

    def _settle(self, text: str, hops: int) -> str | None:
        for variable in reversed(parse(text)):
            values = (self._source(each, text, hops) for each in variable.sources)
            value = next((each for each in values if each is not None), None)
            if value is None:
                return None
            text = text[: variable.span.start] + value + text[variable.span.end :]
        return text

    def _source(self, source: Source, text: str, hops: int) -> str | None:
        if source.literal is not None:
            return source.literal.of(text)
        address = source.span.of(text).removeprefix("self:")
        if address == source.span.of(text) or "${" in address:
            return None
        found = self._manifest.get(*address.split("."))
        return None if found is None else self.settle(found, hops - 1)

    def possible(self, text: str, hops: int) -> set[str]:
        """What `possible` says; less than all where that is more than a manifest that people read could need."""
        if (text, hops) in self._seen or self._looks > _MOST_LOOKS or len(text) > _LONGEST:
            return set()
        self._seen.add((text, hops))
        variables = parse(text)
        if not variables:
            return {text}
        if hops == 0 or len(variables) != 1 or variables[0].span.of(text) != text:
            settled = self.settle(text, hops)
            return set() if settled is None else {settled}
        return set().union(*(self._reached(source, text, hops) for source in variables[0].sources))

    def _reached(self, source: Source, text: str, hops: int) -> set[str]:
        if source.literal is not None:
            return {source.literal.of(text)}
        reached = reached_by(source, text)
        if reached is None or self._looks > _MOST_LOOKS:
            return set()
        self._looks += 1
        values = [scalar.value for scalar in self._manifest.scalars if reached.matches(scalar.path)]
        return set().union(*(self.possible(value, hops - 1) for value in values))


def reached_by(source: Source, text: str) -> KeyPattern | None:
    """The paths that a `self:` source reads: `*` where a variable stands in its address."""
    address = text[source.span.start : source.span.end]
    for nested in reversed(source.nested):
        start, end = nested.span.start - source.span.start, nested.span.end - source.span.start
        address = f"{address[:start]}*{address[end:]}"
    return KeyPattern(address.removeprefix("self:")) if address.startswith("self:") else None


def service_name(manifest: Manifest) -> str | None:
    """The literal service name, variables in it left as they are; None where the file names none."""
    text = manifest.service
    return text and (settle(manifest, text) or text)


def _provider(manifest: Manifest) -> str:
    text = manifest.get("provider", "name") or manifest.get("provider") or "aws"
    return settle(manifest, text) or "aws"


def _regions(manifest: Manifest) -> tuple[frozenset[str], bool]:
    """All regions that a manifest can be deployed to by itself, and whether it leaves no choice of one."""
    text = manifest.get("provider", "region")
    if text is None:
        return frozenset() if _is_written_elsewhere(manifest) else frozenset({FRAMEWORK_REGION}), False
    found = frozenset(region for region in possible(manifest, text) if REGION.fullmatch(region))
    return found, found == {text}


def _is_written_elsewhere(manifest: Manifest) -> bool:
    """Whether the region, or the whole provider, may stand in another file or behind an alias."""
    if manifest.has("provider", "region") or (manifest.get("provider") or "aws").startswith("${"):
        return True
    return _provider_merges(manifest.text)


def _provider_merges(text: str) -> bool:
    """Whether `provider:` takes keys from an alias, or merges one among its own keys."""
    found = _PROVIDER.search(text)
    if found is None:
        return False
    merged = re.search(r"(?m)^([ \t]+)<<[ \t]*:", found["block"])
    first = re.search(r"(?m)^([ \t]+)[^\s#]", found["block"])
    inside = bool(merged and first and merged[1] == first[1])
    return inside or found["rest"].startswith("*") or bool(re.match(r"\{[^}]*<<", found["rest"]))


_REFUSALS: tuple[tuple[Callable[[Manifest], bool], Callable[[Manifest], str]], ...] = (
    (
        lambda manifest: _provider(manifest).lower() != "aws",
        lambda manifest: f"the provider is {_provider(manifest)}, and only AWS has Parameter Store",
    ),
    (lambda manifest: service_name(manifest) is None, lambda _: "the manifest names no service"),
)


def deployment(
    file: Path,
    manifests: Sequence[Manifest],
    framework: Framework,
    *,
    unwritable: str = "",
) -> Deployment:
    """The deployment of a file that `manifests` reach, the first of which names its parameters.

    `framework` is what deploys them all; `unwritable` says why the file itself is never written.
    """
    first = manifests[0] if manifests else None
    directory = (first.file if first else file).parent
    refusal = unwritable or next((say(each) for each in manifests for holds, say in _REFUSALS if holds(each)), "")
    try:
        syntax = _one_syntax(manifests, framework)
    except SlsMigrateError as error:
        syntax, refusal = syntax_for(framework, None), refusal or error.message
    regions = [_regions(each) for each in manifests] or [(frozenset({FRAMEWORK_REGION}), False)]
    return Deployment(
        service=service_segment(service_name(first) or "" if first else "", directory.name),
        directory=directory,
        manifests=tuple(manifests),
        framework=framework,
        syntax=syntax,
        regions=tuple(dict.fromkeys(region for some, _ in regions for region in sorted(some))),
        fixed_region=all(fixed for _, fixed in regions),
        refusal=refusal,
    )


def with_framework(before: Deployment, framework: Framework) -> Deployment:
    """The same deployment once a person has said which framework it is."""
    try:
        return replace(before, framework=framework, syntax=_one_syntax(before.manifests, framework))
    except SlsMigrateError as error:
        return replace(before, framework=framework, refusal=before.refusal or error.message)


def _one_syntax(manifests: Sequence[Manifest], framework: Framework) -> ReferenceSyntax:
    texts = {manifest.get("provider", "variableSyntax") for manifest in manifests} or {None}
    if len(texts) > 1:
        raise SlsMigrateError("the manifests that include the file have different variableSyntax")
    return syntax_for(framework, texts.pop())

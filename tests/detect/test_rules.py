"""The rule table: every row's own examples are its tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.detect import Settings, find
from migrate.detect.name_phrases import PHRASES
from migrate.detect.rules import RULES, Example, RuleSpec, named_rules
from migrate.detect.tokens import SHAPES
from migrate.model import Confidence, Finding
from migrate.model.keypath import KeyPath
from migrate.text.manifest import read

PLAIN = Settings()
HITS = [(spec, example) for spec in RULES for example in spec.hits]
MISSES = [(spec, example) for spec in RULES for example in spec.misses]


def tree(pairs: list[tuple[str, str]]) -> object:
    """Nested maps and lists in which each value stands at its key path."""
    root: dict[str | int, object] = {}
    for path, value in pairs:
        parts, at = KeyPath.parse(path).parts, root
        for part in parts[:-1]:
            at = at.setdefault(part, {})  # type: ignore[assignment]
        at[parts[-1]] = value
    return _listed(root)


def _listed(node: object) -> object:
    if not isinstance(node, dict):
        return node
    items = {key: _listed(value) for key, value in node.items()}
    return list(items.values()) if all(isinstance(key, int) for key in items) else items


def found(example: Example, settings: Settings = PLAIN) -> list[Finding]:
    """What is found at an example's own place."""
    beside = [(path, Example(path, recipe).value) for path, recipe in example.beside]
    source = json.dumps(tree([*beside, (example.path, example.value)])).encode()
    findings = find(read(Path("serverless.json"), source), settings)
    return [finding for finding in findings if finding.path == KeyPath.parse(example.path)]


def name(spec: RuleSpec, example: Example) -> str:
    return f"{spec.rule.id}-{example.path.rpartition('.')[2]}"


@pytest.mark.parametrize(("spec", "example"), HITS, ids=[name(*row) for row in HITS])
def test_rule_matches_its_examples(spec: RuleSpec, example: Example) -> None:
    findings = found(example, Settings(placeholders=spec.rule.id == "placeholder"))
    assert spec.rule.id in {finding.rule.id for finding in findings}
    assert all(finding.reason for finding in findings)


@pytest.mark.parametrize(("spec", "example"), MISSES, ids=[name(*row) for row in MISSES])
def test_rule_does_not_match_its_counterexamples(spec: RuleSpec, example: Example) -> None:
    assert [finding.rule.id for finding in found(example) if finding.confidence > Confidence.LOW] == []


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: spec.rule.id)
def test_rule_has_examples_title_and_help(spec: RuleSpec) -> None:
    assert spec.hits
    assert spec.misses
    assert spec.rule.title
    assert spec.looks_for
    assert spec.help.endswith(".")


def test_rule_ids_are_unique() -> None:
    ids = [spec.rule.id for spec in RULES]
    assert len(ids) == len(set(ids))


def test_every_meaning_of_a_name_has_a_rule() -> None:
    assert {meaning.kind for meaning in PHRASES.values()} == set(named_rules())


def test_token_shapes_cover_at_least_sixty_services() -> None:
    assert len({shape.title.split()[0] for shape in SHAPES}) >= 60


@pytest.mark.parametrize("seed", range(3))
def test_rule_matches_its_example_with_other_seeds(seed: int) -> None:
    from migrate.detect.samples import build

    for spec, example in HITS:
        if not example.beside and "{" in example.recipe and spec.rule.id != "placeholder":
            source = json.dumps(tree([(example.path, build(example.recipe, seed + 1))])).encode()
            rules = {finding.rule.id for finding in find(read(Path("serverless.json"), source))}
            assert spec.rule.id in rules, (spec.rule.id, seed)

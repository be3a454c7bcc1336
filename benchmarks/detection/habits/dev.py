"""The development part's authors: eight layouts, in several hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from benchmarks.detection.habits import dev_blocks as blocks
from benchmarks.detection.habits import dev_words as words
from benchmarks.detection.habits.desk import Desk
from benchmarks.detection.habits.pens import Entry, Files, Pen, camel, json_text, snake, upper

PENS = (
    Pen(upper, 2, (0.0, 0.05), words.REMARKS),
    Pen(upper, 2, (0.75, 0.0), words.REMARKS[:2]),
    Pen(upper, 4, (0.0, 0.1)),
    Pen(upper, 2, (0.1, 0.35), words.REMARKS[3:]),
    Pen(camel, 2, (0.2, 0.1)),
    Pen(upper, 2, (0.0, 0.0), words.REMARKS, "crlf"),
    Pen(snake, 2, (0.3, 0.1), words.REMARKS[1:4]),
    Pen(upper, 3, (0.1, 0.0), (), "no-final-newline"),
)


def _manifest(desk: Desk, environment: Sequence[str], custom: Sequence[str] = (), functions: Sequence[str] = ()) -> str:
    """Write a manifest around environment lines that are indented already."""
    rng, pad = desk.rng, desk.pen.pad
    version = rng.choice(
        ("", "", "frameworkVersion: '2'\n", "frameworkVersion: '3'\n", 'frameworkVersion: ">=1.0.0 <2.0.0"\n')
    )
    runtime = rng.choice(("nodejs8.10", "nodejs12.x", "nodejs14.x", "nodejs18.x", "python3.8", "python3.9"))
    lines = [f"service: {desk.name}", "", *version.splitlines()]
    lines += ["custom:", *custom, *desk.pieces(blocks.CUSTOM, 1, 3, 1), ""]
    lines += [
        "provider:",
        f"{pad(1)}name: aws",
        f"{pad(1)}runtime: {runtime}",
        f"{pad(1)}stage: ${{opt:stage, 'dev'}}",
        *environment,
    ]
    lines += [f"{pad(1)}iamRoleStatements:", *desk.pieces(blocks.STATEMENTS, 1, 2, 2), ""]
    lines += ["functions:", *functions, *desk.pieces(blocks.FUNCTIONS, 2, 4, 1), ""]
    if rng.random() < 0.6:
        lines += ["resources:", f"{pad(1)}Resources:", *desk.pieces(blocks.RESOURCES, 1, 3, 2)]
    return desk.pen.file(*lines)


# ── layouts ───────────────────────────────────────────────────────────────────────────────────


def inline(desk: Desk) -> Files:
    """Put everything into provider.environment."""
    entries = desk.mixed(desk.secrets(7), desk.others(4, 7, 2, 1))
    environment = desk.environment(entries)
    return (("serverless.yml", _manifest(desk, environment)),)


def staged(desk: Desk) -> Files:
    """Write a file with one map for every stage, with equal keys."""
    name = desk.rng.choice(("env.yml", "serverless.env.yml", "environment.yml", "config/env.yml"))
    shared = desk.others(4, 5)
    lines: list[str] = []
    for stage in desk.rng.choice((("dev", "prod"), ("development", "staging", "production"), ("dev", "prd"))):
        entries = desk.mixed(desk.secrets(3), shared, desk.others(0, 0, 1, 1))
        lines += [f"{stage}:", *desk.lines(entries, 1), ""]
    environment = [f"{desk.pen.pad(1)}environment: ${{file(./{name}):${{self:provider.stage}}}}"]
    return (("serverless.yml", _manifest(desk, environment)), (name, desk.pen.file(*lines)))


def per_stage(desk: Desk) -> Files:
    """Write a flat file for every stage."""
    pattern = desk.rng.choice(("env.{}.yml", "config/{}.yml", "env/{}.yml", "config.{}.yml"))
    files = []
    for stage in ("dev", "prod"):
        entries = desk.mixed(desk.secrets(4), desk.others(3, 4, 1, 0))
        files.append((pattern.format(stage), desk.pen.file(*desk.lines(entries, 0))))
    environment = [f"{desk.pen.pad(1)}environment: ${{file(./{pattern.format('${self:provider.stage}')})}}"]
    return (("serverless.yml", _manifest(desk, environment)), *files)


def json_config(desk: Desk) -> Files:
    """Write JSON by stage with nested groups; the manifest reads it into custom."""
    files = []
    for stage in ("dev", "prod"):
        flat = desk.mixed(desk.secrets(3), desk.others(3, 3))
        half = len(flat) // 2
        tree: dict[str, object] = {camel(entry.words): entry.value for entry in flat[:half]}
        tree["settings"] = {camel(entry.words): entry.value for entry in flat[half:]}
        files.append((f"config.{stage}.json", json_text(tree, desk.rng.choice((2, 4)))))
    custom = [f"{desk.pen.pad(1)}config: ${{file(./config.${{opt:stage, 'dev'}}.json)}}"]
    environment = desk.environment([Entry("api key", "@@~=${self:custom.config.apiKey}@@"), *desk.tempting(5)])
    return (("serverless.yml", _manifest(desk, environment, custom)), *files)


def custom_secrets(desk: Desk) -> Files:
    """Read `custom.secrets` from a file and refer to it in the environment."""
    secrets = desk.secrets(7)
    name = desk.rng.choice(("secrets.yml", "config/secrets.yml", "secrets.dev.yml"))
    body = desk.lines(desk.mixed(secrets, desk.others(2, 3)), 0)
    custom = [f"{desk.pen.pad(1)}secrets: ${{file(./{name})}}"]
    references = [
        Entry(entry.words, f"@@~=${{self:custom.secrets.{desk.pen.case(entry.words)}}}@@") for entry in secrets
    ]
    environment = desk.environment(desk.mixed(references, desk.others(2, 2)))
    return (("serverless.yml", _manifest(desk, environment, custom)), (name, desk.pen.file(*body)))


def fallbacks(desk: Desk) -> Files:
    """Write `${env:…}` with a literal to fall back to, for secrets and the rest."""
    secrets = [entry for entry in desk.secrets(5) if "strong" not in entry.value]
    rest = [Entry(entry.words, f"@@~={entry.value}@@") for entry in desk.others(3, 0)]
    entries = [
        Entry(entry.words, f"${{env:{desk.pen.case(entry.words)}, '{entry.value}'}}") for entry in (*secrets, *rest)
    ]
    plain = replace(desk.pen, quotes=(0.0, 0.0))
    lines = plain.entries(desk.rng, desk.mixed(entries, desk.others(1, 5, 2)), 2)
    return (("serverless.yml", _manifest(desk, [desk.pen.pad(1) + "environment:", *lines])),)


def leaf_stages(desk: Desk) -> Files:
    """Put the word into the parent key, with the stages as leaves."""
    lines: list[str] = []
    for entry in desk.mixed(desk.secrets(4), desk.tempting(5)):
        lines.append(f"{desk.pen.case(entry.words)}:")
        values = [Entry(stage, entry.value) for stage in ("dev", "prod")]
        lines += replace(desk.pen, case=snake, remarks=()).entries(desk.rng, values, 1)
    custom = [f"{desk.pen.pad(1)}vars: ${{file(./variables.yml)}}"]
    entries = [Entry("api key", "@@~=${self:custom.vars.apiKey.${self:provider.stage}}@@"), *desk.others(3, 4)]
    environment = desk.environment(entries)
    return (("serverless.yml", _manifest(desk, environment, custom)), ("variables.yml", desk.pen.file(*lines)))


def by_function(desk: Desk) -> Files:
    """Share values among all functions, but for a few that one function has."""
    pad = desk.pen.pad
    entries = desk.mixed(desk.secrets(4), desk.others(3, 4, 1))
    environment = desk.environment(entries)
    own = desk.lines(desk.mixed(desk.secrets(2), desk.tempting(2)), 3)
    functions = [f"{pad(1)}worker:", f"{pad(2)}handler: src/worker.handler", f"{pad(2)}environment:", *own]
    return (("serverless.yml", _manifest(desk, environment, functions=functions)),)


LAYOUTS: tuple[Callable[[Desk], Files], ...] = (
    inline, staged, inline, per_stage, custom_secrets, inline, json_config, fallbacks, leaf_stages, by_function,
)  # fmt: skip


def services(seed: str) -> Iterator[tuple[str, Files]]:
    """Yield every service of these authors."""
    for number, name in enumerate(words.SERVICES):
        rng = Random(f"{seed}:dev:{name}")
        pen = PENS[(number * 3 + number // len(PENS)) % len(PENS)]
        yield f"{name}-{number:02}", LAYOUTS[number % len(LAYOUTS)](Desk(name, pen, rng, words.VOCABULARY))

"""The blind part's authors: layouts that no author of the development part uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from benchmarks.detection.habits import blind_blocks as blocks
from benchmarks.detection.habits import blind_words as words
from benchmarks.detection.habits.desk import Desk
from benchmarks.detection.habits.pens import Entry, Files, Pen, camel, dotted, json_text, kebab, pascal, upper

PENS = (
    Pen(upper, 2, (0.15, 0.0), words.REMARKS),
    Pen(upper, 3, (0.0, 0.2), words.REMARKS[:3], "crlf"),
    Pen(pascal, 2, (0.1, 0.1)),
    Pen(upper, 2, (0.6, 0.0), words.REMARKS[2:]),
    Pen(kebab, 4, (0.0, 0.1), (), "bom"),
    Pen(upper, 4, (0.05, 0.05), words.REMARKS[4:]),
)


def _manifest(desk: Desk, environment: Sequence[str], head: Sequence[str] = (), resources: Sequence[str] = ()) -> str:
    pad = desk.pen.pad
    lines = [f"service: {desk.name}", *head, "plugins:", f"{pad(1)}- serverless-esbuild", "functions:"]
    lines += [*desk.pieces(blocks.FUNCTIONS, 1, 3, 1), "provider:", f"{pad(1)}name: aws"]
    runtime = desk.rng.choice(("nodejs20.x", "python3.11", "java11", "dotnet6", "ruby3.2"))
    lines += [f"{pad(1)}runtime: {runtime}", *environment]
    lines += [f"{pad(1)}iam:", f"{pad(2)}role:", f"{pad(3)}statements:", *desk.pieces(blocks.STATEMENTS, 1, 2, 4)]
    lines += ["custom:", *desk.pieces(blocks.CUSTOM, 1, 2, 1), "resources:"]
    if resources:
        return desk.pen.file(*lines, *resources)
    return desk.pen.file(*lines, f"{pad(1)}Resources:", *desk.pieces(blocks.RESOURCES, 1, 2, 2))


# ── layouts ───────────────────────────────────────────────────────────────────────────────────


def direct(desk: Desk) -> Files:
    """Put all into the manifest, the functions before the provider."""
    entries = desk.mixed(desk.secrets(6), desk.others(3, 7, 2, 1))
    return (("serverless.yml", _manifest(desk, desk.environment(entries))),)


def per_function(desk: Desk) -> Files:
    """Share little: the one function that needs a secret has it."""
    pad = desk.pen.pad
    own = desk.lines(desk.mixed(desk.secrets(2), desk.others(1, 3, 1)), 3)
    custom = ["functions:", f"{pad(1)}push:", f"{pad(2)}handler: push.handler", f"{pad(2)}environment:", *own]
    text = _manifest(desk, desk.environment(desk.mixed(desk.secrets(3), desk.others(2, 4))))
    return (("serverless.yml", text.replace("functions:", "\n".join(custom), 1)),)


def anchored(desk: Desk) -> Files:
    """Merge a base map with an anchor into that of every stage."""
    base = desk.mixed(desk.secrets(2), desk.others(3, 4))
    lines = ["base: &base", *desk.lines(base, 1)]
    for stage in ("test", "live"):
        own = desk.mixed(desk.secrets(2), desk.others(0, 2, 1))
        lines += ["", f"{stage}:", f"{desk.pen.pad(1)}<<: *base", *desk.lines(own, 1)]
    environment = [f"{desk.pen.pad(1)}environment: ${{file(./vars.yml):${{sls:stage}}}}"]
    return (("serverless.yml", _manifest(desk, environment)), ("vars.yml", desk.pen.file(*lines)))


def dotnet_json(desk: Desk) -> Files:
    """Write JSON in Pascal case, with sections."""
    tree: dict[str, object] = {"Logging": {"Level": "Information"}}
    for section in ("Data", "Security", "Partners"):
        entries = desk.mixed(desk.secrets(2), desk.others(1, 3))
        tree[section] = {pascal(entry.words): entry.value for entry in entries}
    head = ["useDotenv: true"]
    environment = desk.environment([Entry("settings", "${file(appsettings.${sls:stage}.json)}"), *desk.others(2, 4)])
    return (("serverless.yml", _manifest(desk, environment, head)), ("appsettings.live.json", json_text(tree, 2)))


def properties(desk: Desk) -> Files:
    """Write dotted keys, as Spring has them."""
    name = "conf/application.yml"
    entries = desk.mixed(desk.secrets(5), desk.others(2, 5))
    hand = replace(desk.pen, case=dotted)
    environment = [f"{desk.pen.pad(1)}environment: ${{file({name})}}"]
    return (("serverless.yml", _manifest(desk, environment)), (name, hand.file(*hand.entries(desk.rng, entries, 0))))


def pairs(desk: Desk) -> Files:
    """List names and values as container definitions do, in an included resource."""
    pad = desk.pen.pad
    lines = ["Resources:", f"{pad(1)}Runner:", f"{pad(2)}Type: AWS::Amplify::App", f"{pad(2)}Properties:"]
    lines += [f"{pad(3)}Name: {desk.name}", f"{pad(3)}EnvironmentVariables:"]
    for entry in desk.mixed(desk.secrets(5), desk.others(2, 4, 1)):
        lines += [f"{pad(4)}- Name: {upper(entry.words)}", f"{pad(4)}  Value: {desk.pen.quoted(desk.rng, entry.value)}"]
    manifest = _manifest(desk, desk.environment(desk.others(2, 3)), resources=[f"{pad(1)}- ${{file(infra/app.yml)}}"])
    return (("serverless.yml", manifest), ("infra/app.yml", desk.pen.file(*lines)))


def double_fallbacks(desk: Desk) -> Files:
    """Write references whose last resort is a literal, in either kind of quotes."""
    plain = replace(desk.pen, quotes=(0.0, 0.0))
    entries = [_fallback(desk, entry) for entry in desk.secrets(5) if not re.search("strong|symbols", entry.value)]
    lines = plain.entries(desk.rng, desk.mixed(entries, desk.others(2, 5, 1)), 2)
    return (("serverless.yml", _manifest(desk, [desk.pen.pad(1) + "environment:", *lines])),)


def _fallback(desk: Desk, entry: Entry) -> Entry:
    quote = desk.rng.choice("'\"")
    sources = (
        f"env:{upper(entry.words)}",
        f"ssm:/{desk.name}/${{opt:stage, 'test'}}/{kebab(entry.words)}",
        "opt:value, self:custom.none",
    )
    return Entry(entry.words, f"${{{desk.rng.choice(sources)}, {quote}{entry.value}{quote}}}")


def grouped(desk: Desk) -> Files:
    """Write one nested map for every concern, a flow map among them."""
    lines = []
    hand = replace(desk.pen, case=camel, remarks=())
    for group in ("store", "mail", "partner"):
        entries = desk.mixed(desk.secrets(2), desk.others(1, 2))
        if group == "mail":
            inner = ", ".join(f"{camel(entry.words)}: '{entry.value}'" for entry in entries if "'" not in entry.value)
            lines.append(f"{group}: {{ {inner} }}")
        else:
            lines += [f"{group}:", *hand.entries(desk.rng, entries, 1)]
    head = ["params:", f"{desk.pen.pad(1)}default: ${{file(params.yml)}}"]
    manifest = _manifest(desk, desk.environment(desk.others(2, 5, 1)), head)
    return (("serverless.yml", manifest), ("params.yml", desk.pen.file(*lines)))


LAYOUTS: tuple[Callable[[Desk], Files], ...] = (
    direct, anchored, per_function, dotnet_json, double_fallbacks, properties, direct, pairs, grouped,
)  # fmt: skip


def services(seed: str) -> Iterator[tuple[str, Files]]:
    """Yield every service of these authors."""
    for number, name in enumerate(words.SERVICES):
        rng = Random(f"{seed}:blind:{name}")
        pen = PENS[(number * 5 + number // len(PENS)) % len(PENS)]
        yield f"{name}-{number:02}", LAYOUTS[number % len(LAYOUTS)](Desk(name, pen, rng, words.VOCABULARY))

"""Write manifests and settings files of ordinary services, as marked text.

`benchmarks.detection.markers` expands it. They are put together from `blocks/`, where `<service>` and the forms of
`<name>` stand for made-up names, and `<environment>` for lines of the environment.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.detection.habits.pens import Files

_LARGEST = 20_000  # characters
_SPREAD = 0.9  # of the sizes' logarithms
_WITH_SETTINGS, _WITH_COMMENTS = 0.4, 0.5
_TOP_LEVEL = {"functions": "\nfunctions:\n", "resources": "\nresources:\n  Resources:\n"}
_BLOCKS = Path(__file__).parent / "blocks"
_ENVIRONMENT = re.compile(r"^( *)<environment>\n", re.M)


@dataclass(frozen=True, slots=True)
class Habit:
    """How many secrets and references to some a service has at most, and its size.

    Half of the manifests have fewer characters than that.
    """

    secrets: int
    references: int
    size: int


def service(rng: Random, habit: Habit) -> Files:
    """Write the files of a service, one of which holds the secrets.

    That is a manifest, and for some a file that it includes.
    """
    if rng.random() >= _WITH_SETTINGS:
        return (("serverless.yml", _manifest(rng, habit)),)
    name = rng.choice(("env.yml", "config.yml", "settings.yml"))
    rest = replace(habit, secrets=0)
    manifest, settings = rng.choice(((habit, rest), (rest, habit)))
    include = f"BASE_URL: ${{file(./{name}):BASE_URL}}"
    return (("serverless.yml", _manifest(rng, manifest, include)), (name, _settings(rng, settings)))


def _manifest(rng: Random, habit: Habit, *lines: str) -> str:
    """Write a manifest that has these lines in its environment, too."""
    name = _name(rng)
    text = _filled(rng, rng.choice(_blocks("heads")), name, habit, *lines)
    if rng.random() < _WITH_COMMENTS:
        text += "\n" + _named(rng.choice(_blocks("comments")), _name(rng), name)
    size = min(_LARGEST, rng.lognormvariate(math.log(habit.size), _SPREAD))
    return text + _bodies(rng, name, size - len(text))


def _bodies(rng: Random, service: str, size: float) -> str:
    """Write at least one function, and functions and resources of about so many characters."""
    bodies: dict[str, list[str]] = {"functions": [], "resources": []}
    while size > 0 or not bodies["functions"]:
        kind = "functions" if rng.random() < 0.6 else "resources"
        block = _named(rng.choice(_blocks(kind)), _name(rng), service)
        bodies[kind].append(block)
        size -= len(block)
    return "".join(_TOP_LEVEL[kind] + "".join(blocks) for kind, blocks in bodies.items() if blocks)


def _settings(rng: Random, habit: Habit) -> str:
    """Write a YAML file that a manifest includes; it is small whatever the service's size."""
    blocks = [block for block in _blocks("settings") if not habit.secrets or _ENVIRONMENT.search(block)]
    return _filled(rng, rng.choice(blocks), _name(rng), habit)


def _filled(rng: Random, block: str, service: str, habit: Habit, *more: str) -> str:
    lines = [
        *more,
        *_some(rng, "environment", rng.randint(1, 8)),
        *_some(rng, "references", rng.randint(0, habit.references)),
        *_some(rng, "secrets", rng.randint(min(1, habit.secrets), habit.secrets)),
    ]
    rng.shuffle(lines)
    unique = {line.partition(":")[0]: line for line in (_named(line, _name(rng), service) for line in lines)}

    def indented(blanks: re.Match[str]) -> str:
        return "".join(f"{blanks[1]}{line}\n" for line in unique.values())

    return _ENVIRONMENT.sub(indented, _named(block, _name(rng), service))


def _some(rng: Random, kind: str, count: int) -> list[str]:
    return rng.sample(_blocks(kind)[0].splitlines(), count)


def _name(rng: Random) -> str:
    """Return two or three words with hyphens between."""
    words = [rng.choice(_words("verbs")), rng.choice(_words("nouns"))]
    if rng.random() < 0.4:
        words.append(rng.choice(_words("nouns")))
    if rng.random() < 0.15:
        words.append(f"v{rng.randint(1, 9)}")
    return "-".join(words)


def _named(block: str, name: str, service: str) -> str:
    words = name.split("-")
    pascal = "".join(word.capitalize() for word in words)
    forms = {
        "<service>": service,
        "<na-me>": name,
        "<NAME>": "_".join(words).upper(),
        "<Name>": pascal,
        "<name>": pascal[0].lower() + pascal[1:],
    }
    for placeholder, form in forms.items():
        block = block.replace(placeholder, form)
    return block


@cache
def _blocks(kind: str) -> tuple[str, ...]:
    return tuple((_BLOCKS / f"{kind}.txt").read_text(encoding="utf-8").split("%%\n"))


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple((_BLOCKS / f"{kind}.txt").read_text(encoding="utf-8").split())

"""All services of the run: the repository's samples, each manifest of them, and the generated ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .draft import HANDLER, Service
from .generate import RECIPES, generated

SAMPLES = Path(__file__).parents[2] / "samples"
# What says the version beside the manifest: a team on another version would have others.
_VERSION_FILES = frozenset({"package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"})


def _sample_names() -> tuple[str, ...]:
    manifests = sorted(file for pattern in ("*/serverless*.yml", "*/serverless*.yaml", "*/serverless*.json")
                       for file in SAMPLES.glob(pattern))  # fmt: skip
    return tuple(f"{file.parent.name}/{file.name}" for file in manifests)


SAMPLE_NAMES = _sample_names()
NAMES = SAMPLE_NAMES + tuple(recipe.name for recipe in RECIPES)


@cache
def service(name: str) -> Service:
    """A service by its name."""
    return _sample(name) if name in SAMPLE_NAMES else generated(name)


def _sample(name: str) -> Service:
    folder, _, manifest = name.partition("/")
    root = SAMPLES / folder
    files = {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file() and file.name not in _VERSION_FILES
    }
    return Service(name.replace("/", "-"), {"handler.js": HANDLER, **files}, builds=(("--config", manifest),))

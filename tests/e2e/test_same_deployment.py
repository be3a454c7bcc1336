"""A migrated service deploys exactly what it deployed before, or says why a value was left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .evidence import EVIDENCES, Evidence, sample
from .frameworks import FRAMEWORKS, CommandLine, Framework
from .outcome import Bench, State, compare
from .services import NAMES, SAMPLE_NAMES, service

_QUICK = ("hello-world/serverless.yml", "env-mixed", "custom-mixed", "included-env", "fallbacks-mixed", "urls-mixed")


def _cells() -> Iterator[object]:
    for number, name in enumerate(NAMES):
        marks = [pytest.mark.e2e, *([pytest.mark.e2e_quick] if name in _QUICK else [])]
        for shift, framework in enumerate(FRAMEWORKS):
            told_by = sample if name in SAMPLE_NAMES else EVIDENCES[(number + shift) % len(EVIDENCES)]
            yield pytest.param(name, framework, told_by, id=f"{name}-{framework.name}", marks=marks)


@pytest.mark.parametrize(("name", "framework", "told_by"), tuple(_cells()))
def test_migrated_service_deploys_unchanged(
    name: str,
    framework: Framework,
    told_by: Evidence,
    tmp_path: Path,
    command_line: Callable[[Framework], CommandLine],
    record_property: Callable[[str, object], None],
) -> None:
    cell = compare(service(name), told_by, Bench(tmp_path, command_line(framework)))
    record_property("cell", cell.to_dict())
    if cell.state is State.SKIPPED:
        pytest.skip(cell.detail)
    if cell.state is State.DIFFERENT:
        pytest.fail(f"version told by {told_by.__name__}\n{cell.detail}", pytrace=False)

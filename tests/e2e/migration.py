"""`slsmigrate` as a person runs it: what it would do to a service, and the doing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .frameworks import Surroundings

_SECONDS = 120
_REFERENCE = re.compile(rb"ssm(?:\((?:[a-z0-9-]+, )?raw\)|\.[a-z0-9-]+)?:/")
_OPTIONS = ("--framework", "auto", "--min-confidence", "low")
_SECRETS_REMAIN = 10


@dataclass(frozen=True, slots=True)
class Refused:
    """A secret that was left where it is, and why."""

    place: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """What a run did: the number of references written, and what it left."""

    moved: int
    refused: tuple[Refused, ...]


class MigrationFailedError(Exception):
    """The run did not do what its own preview showed, or ended with an error."""


def migrate(service: Path, surroundings: Surroundings, extra: Sequence[str] = ()) -> Migration:
    """Preview, then `--yes`, in the service's folder. Raises MigrationFailedError where the two disagree."""
    planned = json.loads(_run(service, surroundings, "--dry-run", "--format", "json", *extra))
    if planned["errors"]:
        raise MigrationFailedError(f"files that could not be read: {planned['errors']}")
    before = _references(service)
    _run(service, surroundings, "--yes", *extra)
    moved = _references(service) - before
    safe = [finding for finding in planned["findings"] if finding["applicability"] == "safe"]
    left = [finding for finding in planned["findings"] if finding["applicability"] != "safe"]
    if moved != len(safe):
        raise MigrationFailedError(f"the preview moved {len(safe)} values, the run {moved}")
    return Migration(moved, tuple(Refused(f["file"] + ":" + f["key_path"], tuple(f["notes"])) for f in left))


def _references(service: Path) -> int:
    files = (file for file in service.rglob("*") if file.suffix in (".yml", ".yaml", ".json") and file.is_file())
    return sum(len(_REFERENCE.findall(file.read_bytes())) for file in files)


def _run(service: Path, surroundings: Surroundings, *arguments: str) -> str:
    done = subprocess.run(
        [console_script(), ".", *_OPTIONS, *arguments],
        cwd=service,
        env={**surroundings.variables(), "AWS_ENDPOINT_URL": surroundings.store},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_SECONDS,
    )
    if done.returncode not in (0, _SECRETS_REMAIN):
        raise MigrationFailedError(f"slsmigrate {' '.join(arguments)}: exit {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def console_script() -> str:
    script = shutil.which("slsmigrate", path=str(Path(sys.executable).parent))
    if script is None:
        raise MigrationFailedError("slsmigrate is not installed beside this Python: pip install -e '.[test]'")
    return script

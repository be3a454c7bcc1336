"""What a service deploys: its CloudFormation template, made comparable between two builds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from .frameworks import CommandLine

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_TEMPLATE = Path(".serverless") / "cloudformation-template-update-stack.json"

# All that changes from one build of the same service to the next: when it was built, and the hash of
# the archive, into which included files are packed. Function versions are named after that hash.
_VOLATILE = (
    (re.compile(r"\b\d{13}-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\b"), "<built>"),
    (re.compile(r"\bApiGatewayDeployment\d{13}\b"), "ApiGatewayDeployment<built>"),
    (re.compile(r"LambdaVersion[A-Za-z0-9]{20,}\b"), "LambdaVersion<hash>"),
)
_HEADING = re.compile(r"(?:Serverless )?Error:?[ -]*")
_NOISE = re.compile(r"[Dd]eprecat|--trace-")
_ARCHIVE_HASHES = frozenset({"CodeSha256"})


@dataclass(frozen=True, slots=True)
class Build:
    """A build that worked: by which command, and the tree it gave."""

    command: str
    tree: Json


@dataclass(frozen=True, slots=True)
class BuildFailed:
    """A build that did not work, and the line that says why."""

    command: str
    reason: str


def build(command_line: CommandLine, folder: Path, options: Sequence[str] = ()) -> Build | BuildFailed:
    """The template of `serverless package`, or the configuration of `print` where that can't run."""
    packaged = build_with("package", command_line, folder, options)
    if isinstance(packaged, Build):
        return packaged
    printed = build_with("print", command_line, folder, options)
    return printed if isinstance(printed, Build) else packaged


def build_with(
    command: str, command_line: CommandLine, folder: Path, options: Sequence[str] = ()
) -> Build | BuildFailed:
    """The result of one named command."""
    arguments = [command] if command == "package" else [command, "--format", "json"]
    done = command_line.run(folder, *arguments, *options)
    if done.returncode:
        return BuildFailed(command, failure_reason(done.stdout + done.stderr) or f"exit {done.returncode}")
    try:
        text = (folder / _TEMPLATE).read_text("utf-8") if command == "package" else done.stdout
        return Build(command, comparable(json.loads(text)))
    except (OSError, ValueError) as error:
        return BuildFailed(command, f"nothing readable was built: {type(error).__name__}")


def failure_reason(output: str) -> str:
    """The line that tells what went wrong: the first below the last heading that says an error follows."""
    lines = [line.strip() for line in output.splitlines() if line.strip(" -")]
    headings = [number for number, line in enumerate(lines, 1) if _HEADING.fullmatch(line)]
    below = [line for line in lines[headings[-1] if headings else 0 :] if not _NOISE.search(line)]
    told = [line for line in below if headings or re.search(r"rror|annot|nvalid|must", line)]
    first, second, *_ = [*(told or below), "", ""]
    return f"{first} {second}"[:300] if first.endswith(":") else first[:300]


def comparable(tree: Json) -> Json:
    """The tree without what differs between two builds of one and the same service."""
    if isinstance(tree, str):
        return _without_volatile(tree)
    if isinstance(tree, list):
        return [comparable(item) for item in tree]
    if isinstance(tree, dict):
        kept = {key: value for key, value in tree.items() if key not in _ARCHIVE_HASHES}
        return {_without_volatile(key): comparable(value) for key, value in kept.items()}
    return tree


def _without_volatile(text: str) -> str:
    for pattern, replacement in _VOLATILE:
        text = pattern.sub(replacement, text)
    return text


def differences(before: Json, after: Json, path: str = "") -> Iterator[str]:
    """Each place at which two trees differ: its path and both sides, numbers apart from their text."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _mapping_differences(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from differences(left, right, f"{path}[{index}]")
    elif type(before) is not type(after) or before != after:
        yield f"{path}: {before!r} became {after!r}"


def _mapping_differences(before: Mapping[str, Json], after: Mapping[str, Json], path: str) -> Iterator[str]:
    for key in [*before, *(key for key in after if key not in before)]:
        where = f"{path}.{key}" if path else key
        if key not in after:
            yield f"{where}: {before[key]!r} is gone"
        elif key not in before:
            yield f"{where}: {after[key]!r} is new"
        else:
            yield from differences(before[key], after[key], where)


def strings(tree: Json) -> Iterator[str]:
    """Every string value of a tree."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for item in tree:
            yield from strings(item)
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from strings(value)

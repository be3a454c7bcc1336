"""`slsmigrate verify`: every ssm reference fits the framework version, and can be read from the store."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.commands.carry import Stores
from migrate.commands.reading import tell_unread
from migrate.commands.run import file_diffs
from migrate.files import signals
from migrate.files.atomic_files import replace_file
from migrate.framework.deployment import Deployment
from migrate.framework.usage import Misfit, Usage, misfit, usages
from migrate.migration.apply import read_each
from migrate.migration.rows import problem_row
from migrate.migration.session import Asker
from migrate.model import (
    Applicability,
    Change,
    Confidence,
    ExitCode,
    Family,
    Finding,
    Kind,
    Rule,
    Secret,
    SlsMigrateError,
    StoredParameter,
    Target,
    lines_of,
)
from migrate.model.paths import shown_from
from migrate.plan.naming import Placing, concrete
from migrate.plan.planning import rewritten
from migrate.terminal import screens
from migrate.terminal.console import Console, Line, wrap
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options

_SECURE = "SecureString"
_STALE = Rule("stale-reference", "A reference that does not fit the framework version", Kind.OTHER, Confidence.HIGH)


class Verdict(Struct, frozen=True):
    """What is known of one reference: faults, and what could not be checked, each in words.

    `fix` is the source that reads on this framework, where it is written wrongly.
    """

    usage: Usage
    faults: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    unchecked: str = ""
    fix: str | None = None


Stored = Mapping[Target, tuple[Mapping[str, StoredParameter], Mapping[str, SlsMigrateError]]]


def targets_of(usage: Usage, deployment: Deployment, placing: Placing) -> tuple[Target, ...]:
    """Where a reference is read: its own region, else those of the command line, else the manifest's."""
    regions: Sequence[str | None] = (
        (usage.region,) if usage.region else placing.regions or deployment.regions or (None,)
    )
    profiles: Sequence[str | None] = placing.profiles or (None,)
    return tuple(Target(profile, region) for profile in profiles for region in regions)


def judge(usage: Usage, deployment: Deployment, placing: Placing, stored: Stored) -> Verdict:
    """Hold one reference against the framework and against what the stores answered."""
    names = _names(usage, placing)
    faults: list[str] = []
    hints: list[str] = []
    secure: set[bool] = set()
    for target in targets_of(usage, deployment, placing):
        found, errors = stored.get(target, ({}, {}))
        for name in names:
            where = f"{name} in {target.region or 'the default region'}"
            if name in errors:
                faults.append(f"{where}: {errors[name].message}")
                hints.append(errors[name].hint or "")
            elif name not in found:
                faults.append(f"{where}: there is no such parameter")
                hints.append("put it there, or correct the name")
            else:
                secure.add(found[name].type == _SECURE)
    wrong = misfit(usage, deployment, is_secure=True in secure if secure else None)
    if secure and True not in secure and (usage.tail == "~true" or "raw" in usage.params):
        faults.append(f"{names[0]} is no SecureString")
        hints.append("delete it and put it again as SecureString, if it is a secret")
    unknown = deployment.framework.family is Family.UNKNOWN
    return _verdict(usage, wrong, faults, hints, names, unknown=unknown)


def _verdict(
    usage: Usage,
    wrong: Misfit | None,
    faults: Sequence[str],
    hints: Sequence[str],
    names: Sequence[str],
    *,
    unknown: bool,
) -> Verdict:
    unchecked = "" if names else "its name holds a variable; --stage says which stages there are"
    if unknown:
        unchecked = "nothing tells the framework version; --framework says it"
    if wrong is None:
        return Verdict(usage, tuple(faults), tuple(hints), unchecked)
    return Verdict(usage, (wrong.message, *faults), (wrong.hint, *hints), unchecked, wrong.replacement)


def _names(usage: Usage, placing: Placing) -> tuple[str, ...]:
    """The parameters that it reads; those of each stage where it holds one variable and stages were said."""
    return concrete(usage.name, placing.stages) if "${" in usage.path or not usage.has_variables else ()


def verify(
    options: Options,
    workspace: Workspace,
    cwd: Path,
    console: Console,
    stores: Stores,
    asker: Asker | None,
    *,
    fix: bool,
) -> ExitCode:
    """Check every reference; with `fix`, rewrite stale syntax after a preview and a yes."""
    verdicts = _verdicts(options, workspace, stores)
    shown = shown_from(cwd)
    if options.machine:
        console.output(_json(verdicts, workspace, shown))
    console.say(*_lines(verdicts, shown, console.width))
    tell_unread(workspace, cwd, console)
    left = [verdict for verdict in verdicts if verdict.faults]
    stop = threading.Event()
    if fix:
        fixed = _fix(options, verdicts, workspace, cwd, console, asker, stop)
        left = [
            each for each in left if each.usage.manifest.file not in fixed or each.fix is None or len(each.faults) > 1
        ]
    unchecked = sum(1 for verdict in verdicts if verdict.unchecked and verdict not in left)
    words = [f"{len(verdicts) - len(left) - unchecked} good", f"{len(left)} with faults"]
    words += [f"{unchecked} not checked"] if unchecked else []
    console.say("", [("bold", f"{screens.counted(len(verdicts), 'reference')}: {', '.join(words)}.")])
    if stop.is_set():
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if left or workspace.problems else ExitCode.DONE


def _verdicts(options: Options, workspace: Workspace, stores: Stores) -> list[Verdict]:
    found = [
        (usage, workspace.deployments[file])
        for file, manifest in workspace.manifests.items()
        if file in workspace.deployments
        for usage in usages(manifest, workspace.deployments[file])
    ]
    wanted: dict[Target, dict[str, None]] = {}
    for usage, deployment in found:
        for target in targets_of(usage, deployment, options.placing):
            wanted.setdefault(target, {}).update(dict.fromkeys(_names(usage, options.placing)))
    asked = {target: tuple(names) for target, names in wanted.items() if names}
    stored = _stored(asked, stores)
    return [judge(usage, deployment, options.placing, stored) for usage, deployment in found]


def _stored(asked: Mapping[Target, tuple[str, ...]], stores: Stores) -> Stored:
    """What the targets answer. Raises the error of the first where none can be asked; of some it is their fault."""
    stored: dict[Target, tuple[Mapping[str, StoredParameter], Mapping[str, SlsMigrateError]]] = {}
    failures: list[SlsMigrateError] = []
    for target, names in asked.items():
        try:
            stores.connect((target,))
            stored[target] = read_each(stores.stores[target], names)
        except SlsMigrateError as error:
            failures.append(error)
            stored[target] = {}, dict.fromkeys(names, error)
    if failures and len(failures) == len(asked):
        raise failures[0]
    return stored


def _lines(verdicts: Sequence[Verdict], shown: Callable[[Path], str], width: int) -> Iterator[Line]:
    for verdict in verdicts:
        if not verdict.faults and not verdict.unchecked:
            continue
        mark = ("bad", "  ✗ ") if verdict.faults else ("warn", "  ? ")
        yield [mark, ("", f"{_place(verdict, shown)}  {verdict.usage.scalar.path}")]
        said = list(verdict.faults) + ([f"not checked: {verdict.unchecked}"] if verdict.unchecked else [])
        yield from ([("", line)] for text in said for line in wrap(text, width, " " * 6, " " * 6))
        hints = dict.fromkeys(hint for hint in verdict.hints if hint)
        yield from ([("dim", line)] for text in hints for line in wrap(f"hint: {text}", width, " " * 8, " " * 6))


def _place(verdict: Verdict, shown: Callable[[Path], str]) -> str:
    usage = verdict.usage
    return f"{shown(usage.manifest.file)}:{_line(usage)}"


def _line(usage: Usage) -> int:
    return lines_of(usage.manifest).position(usage.scalar.span.start)[0]


def _fix(
    options: Options,
    verdicts: Sequence[Verdict],
    workspace: Workspace,
    cwd: Path,
    console: Console,
    asker: Asker | None,
    stop: threading.Event,
) -> set[Path]:
    """Rewrite what is only written wrongly; the files that were rewritten. A signal sets `stop` and leaves the rest."""
    changes = tuple(_change(verdict, verdict.fix) for verdict in verdicts if verdict.fix is not None)
    allowed = tuple(change for change in changes if not workspace.deployments[change.finding.manifest.file].refusal)
    if not allowed:
        return set()
    shown = shown_from(cwd)
    files = _by_file(allowed)
    console.say("", *file_diffs(workspace, files, shown, show_values=options.show_values))
    if asker is not None and not asker.confirm(f"Rewrite {screens.counted(len(files), 'file')}?"):
        console.say("Nothing was changed.")
        return set()
    signals.replace_handler(stop.set)
    return {
        file for file, some in files.items() if not stop.is_set() and _rewrite(file, some, workspace, console, shown)
    }


def _rewrite(
    file: Path, changes: tuple[Change, ...], workspace: Workspace, console: Console, shown: Callable[[Path], str]
) -> bool:
    manifest = changes[0].finding.manifest
    try:
        result = rewritten(manifest, changes).result
        replace_file(file, expected=manifest.source, new=result, root=workspace.roots.get(file))
    except SlsMigrateError as error:
        console.say([("bad", "  ✗ "), ("", f"{shown(file)}   {error.message}")])
        return False
    console.say([("good", "  ✓ "), ("", shown(file)), ("dim", f"   {screens.counted(len(changes), 'reference')}")])
    return True


def _by_file(changes: Sequence[Change]) -> dict[Path, tuple[Change, ...]]:
    files: dict[Path, tuple[Change, ...]] = {}
    for change in changes:
        file = change.finding.manifest.file
        files[file] = (*files.get(file, ()), change)
    return files


def _change(verdict: Verdict, text: str) -> Change:
    usage = verdict.usage
    finding = Finding(_STALE, usage.manifest, usage.scalar, Secret(""), Confidence.HIGH, verdict.faults[0], usage.span)
    return Change(finding, Applicability.SAFE, usage.span, Secret(""), usage.path, text)


def _json(verdicts: Sequence[Verdict], workspace: Workspace, shown: Callable[[Path], str]) -> str:
    content = {
        "version": 1,
        "files": len(workspace.discovery.files),
        "errors": [problem_row(problem, shown) for problem in workspace.problems],
        "references": [
            {
                "file": shown(verdict.usage.manifest.file),
                "key_path": str(verdict.usage.scalar.path),
                "line": _line(verdict.usage),
                "parameter": verdict.usage.path,
                "region": verdict.usage.region,
                "faults": list(verdict.faults),
                "hints": [hint for hint in verdict.hints if hint],
                "unchecked": verdict.unchecked,
                "fix": verdict.fix,
            }
            for verdict in verdicts
        ],
    }
    return json.dumps(content, indent=2)

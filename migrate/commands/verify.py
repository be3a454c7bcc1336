"""`slsmigrate verify`: every ssm reference fits the framework version, and can be read from the store."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from migrate.commands.reading import print_unread
from migrate.files import signals
from migrate.files.atomic_files import replace_file
from migrate.framework.deployment import Deployment
from migrate.framework.existing_references import ExistingReference, existing_references
from migrate.framework.reference_meaning import Content
from migrate.framework.syntax_checks import Standing, SyntaxRemark, syntax_remark
from migrate.migration.masked_results import masked_content
from migrate.migration.session import Asker
from migrate.migration.store_check import read_each
from migrate.model import (
    Applicability,
    Change,
    Confidence,
    ExitCode,
    Family,
    Finding,
    Kind,
    Problem,
    Rule,
    Secret,
    SlsMigrateError,
    StoredParameter,
    Target,
    exit_code_of,
    lines_of,
)
from migrate.model.paths import DisplayPath
from migrate.model.words import counted, phrases
from migrate.plan.naming import ParameterOptions, concrete
from migrate.plan.planning import rewritten
from migrate.stores.store_pool import StorePool
from migrate.terminal import run_screens
from migrate.terminal.console import Console, Line, wrap
from migrate.workspace.loading import Workspace
from migrate.workspace.options import Options

_PLAIN = {"String": Content.TEXT, "StringList": Content.LIST}
_STALE = Rule("stale-reference", "A reference that does not fit the framework version", Kind.OTHER, Confidence.HIGH)


class Verdict(Struct, frozen=True):
    """The findings about one reference: faults, oddities, and what could not be checked, each in words.

    `fix` is the source that deploys on this framework what the reference means, where it can't be read as it is.
    """

    usage: ExistingReference
    faults: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    unchecked: str = ""
    fix: str | None = None
    odd: str = ""


Stored = Mapping[Target, tuple[Mapping[str, StoredParameter], Mapping[str, SlsMigrateError]]]


def targets_of(
    usage: ExistingReference, deployment: Deployment, parameter_options: ParameterOptions
) -> tuple[Target, ...]:
    """Return where a reference is read.

    In its own region, else those of the command line, else the manifest's.
    """
    regions: Sequence[str | None] = (
        (usage.region,) if usage.region else parameter_options.regions or deployment.regions or (None,)
    )
    profiles: Sequence[str | None] = parameter_options.profiles or (None,)
    return tuple(Target(profile, region) for profile in profiles for region in regions)


def judge(
    usage: ExistingReference, deployment: Deployment, parameter_options: ParameterOptions, stored: Stored
) -> Verdict:
    """Check one reference against the framework and against what the stores hold."""
    names = _names(usage, parameter_options)
    faults: list[str] = []
    hints: list[str] = []
    contents: set[Content] = set()
    for target in targets_of(usage, deployment, parameter_options):
        parameters, errors = stored.get(target, ({}, {}))
        for name in names:
            where = f"{name} in {target.region or 'the default region'}"
            if name in errors:
                faults.append(f"{where}: {errors[name].message}")
                hints.append(errors[name].hint or "")
            elif name not in parameters:
                faults.append(f"{where}: there is no such parameter")
                hints.append("put it there, or correct the name")
            else:
                contents.add(_content(parameters[name]))
    remark = syntax_remark(usage, deployment, frozenset(contents))
    if contents and contents <= set(_PLAIN.values()) and (usage.tail == "~true" or "raw" in usage.params):
        faults.append(f"{names[0]} is no SecureString")
        hints.append("delete it and put it again as SecureString, if it is a secret")
    unknown = deployment.framework.family is Family.UNKNOWN
    return _verdict(usage, remark, faults, hints, names, unknown=unknown)


def _content(parameter: StoredParameter) -> Content:
    if parameter.type in _PLAIN:
        return _PLAIN[parameter.type]
    try:
        is_object = isinstance(json.loads(parameter.secret.reveal()), dict)
    except (ValueError, RecursionError):
        is_object = False
    return Content.SECRET_OBJECT if is_object else Content.SECRET


def _verdict(
    usage: ExistingReference,
    remark: SyntaxRemark | None,
    faults: Sequence[str],
    hints: Sequence[str],
    names: Sequence[str],
    *,
    unknown: bool,
) -> Verdict:
    unchecked = "" if names or not usage.is_read else "its name contains a variable; pass --stage for each stage"
    if unknown:
        unchecked = "cannot determine the framework version; pass --framework"
    if remark is None:
        return Verdict(usage, tuple(faults), tuple(hints), unchecked)
    if remark.standing is Standing.ODD:
        return Verdict(usage, tuple(faults), (remark.hint, *hints), unchecked, odd=remark.message)
    return Verdict(usage, (remark.message, *faults), (remark.hint, *hints), unchecked, remark.replacement)


def _names(usage: ExistingReference, parameter_options: ParameterOptions) -> tuple[str, ...]:
    """Return the parameters that a reference reads.

    Those of each stage where it holds one variable and `--stage` lists stages; none where it is deployed as text.
    """
    if not usage.is_read:
        return ()
    return concrete(usage.name, parameter_options.stages) if "${" in usage.path or not usage.has_variables else ()


class Verification(Struct, frozen=True):
    """The input of a verification: a workspace, with the options and stores of the run, on its console."""

    options: Options
    workspace: Workspace
    stores: StorePool
    console: Console
    display_path: DisplayPath


def verify(run: Verification, asker: Asker | None, *, fix: bool) -> ExitCode:
    """Check every reference; with `fix`, rewrite stale syntax after a yes."""
    console, workspace = run.console, run.workspace
    verdicts = _verdicts(run.options, workspace, run.stores)
    if run.options.machine:
        content = masked_content(_as_data(verdicts, workspace, run.display_path), console.mask)
        console.output(json.dumps(content, indent=2))
    console.say(*_lines(verdicts, run.display_path, console.width))
    print_unread(workspace, run.display_path, console)
    left = [verdict for verdict in verdicts if verdict.faults]
    stop = threading.Event()
    if fix:
        fixed = _fix(run, verdicts, asker, stop)
        left = [
            verdict
            for verdict in left
            if verdict.usage.manifest.file not in fixed or verdict.fix is None or len(verdict.faults) > 1
        ]
    console.say("", [("bold", _summary(verdicts, left))])
    return exit_code_of(failed=bool(left or workspace.problems), interrupted=stop.is_set())


def _summary(verdicts: Sequence[Verdict], left: Sequence[Verdict]) -> str:
    rest = [verdict for verdict in verdicts if verdict not in left]
    unchecked = sum(1 for verdict in rest if verdict.unchecked)
    odd = sum(1 for verdict in rest if verdict.odd and not verdict.unchecked)
    words = phrases(
        (True, f"{len(rest) - unchecked - odd} good"),
        (True, f"{len(left)} with faults"),
        (odd, f"{odd} odd"),
        (unchecked, f"{unchecked} not checked"),
    )
    return f"{counted(len(verdicts), 'reference')}: {', '.join(words)}."


def _verdicts(options: Options, workspace: Workspace, stores: StorePool) -> list[Verdict]:
    references = [
        (usage, workspace.deployments[file])
        for file, manifest in workspace.manifests.items()
        if file in workspace.deployments
        for usage in existing_references(manifest, workspace.deployments[file])
    ]
    wanted: dict[Target, dict[str, None]] = {}
    for usage, deployment in references:
        for target in targets_of(usage, deployment, options.parameter_options):
            wanted.setdefault(target, {}).update(dict.fromkeys(_names(usage, options.parameter_options)))
    names_of = {target: tuple(names) for target, names in wanted.items() if names}
    stored = _stored(names_of, stores, options.expect_account)
    return [judge(usage, deployment, options.parameter_options, stored) for usage, deployment in references]


def _stored(names_of: Mapping[Target, tuple[str, ...]], stores: StorePool, expected: str | None) -> Stored:
    """Read the parameters of each target; a failure is that of its references alone.

    Raises the error of the first where no target can be asked.
    """
    stored: dict[Target, tuple[Mapping[str, StoredParameter], Mapping[str, SlsMigrateError]]] = {}
    failures: list[SlsMigrateError] = []
    for target, names in names_of.items():
        try:
            stored[target] = read_each(stores.open(target, expected), names)
        except SlsMigrateError as error:
            failures.append(error)
            stored[target] = {}, dict.fromkeys(names, error)
    if failures and len(failures) == len(names_of):
        raise failures[0]
    return stored


def _lines(verdicts: Sequence[Verdict], display_path: Callable[[Path], str], width: int) -> Iterator[Line]:
    for verdict in verdicts:
        if not verdict.faults and not verdict.unchecked and not verdict.odd:
            continue
        mark = ("bad", "  ✗ ") if verdict.faults else ("warn", "  ? ")
        yield [mark, ("", f"{_place(verdict, display_path)}  {verdict.usage.scalar.path}")]
        texts = list(verdict.faults) + ([f"odd: {verdict.odd}"] if verdict.odd else [])
        texts += [f"not checked: {verdict.unchecked}"] if verdict.unchecked else []
        yield from ([("", line)] for text in texts for line in wrap(text, width, " " * 6, " " * 6))
        hints = dict.fromkeys(hint for hint in verdict.hints if hint)
        yield from ([("dim", line)] for text in hints for line in wrap(f"hint: {text}", width, " " * 8, " " * 6))


def _place(verdict: Verdict, display_path: Callable[[Path], str]) -> str:
    usage = verdict.usage
    return f"{display_path(usage.manifest.file)}:{_line(usage)}"


def _line(usage: ExistingReference) -> int:
    return lines_of(usage.manifest).position(usage.scalar.span.start)[0]


def _fix(run: Verification, verdicts: Sequence[Verdict], asker: Asker | None, stop: threading.Event) -> set[Path]:
    """Rewrite what is broken by its syntax alone, and return the files.

    A signal sets `stop` and leaves the rest.
    """
    workspace, console = run.workspace, run.console
    changes = tuple(_change(verdict, verdict.fix) for verdict in verdicts if verdict.fix is not None)
    allowed = tuple(change for change in changes if not workspace.deployments[change.finding.manifest.file].refusal)
    if not allowed:
        return set()
    files = _by_file(allowed)
    console.say("", *run_screens.diff_lines(workspace, files, run.display_path, show_values=run.options.show_values))
    if asker is not None and not asker.confirm(f"Rewrite {counted(len(files), 'file')}?"):
        console.say("Nothing was changed.")
        return set()
    signals.replace_handler(stop.set)
    return {file for file, some in files.items() if not stop.is_set() and _rewrite(run, file, some)}


def _rewrite(run: Verification, file: Path, changes: tuple[Change, ...]) -> bool:
    manifest, console, name = changes[0].finding.manifest, run.console, run.display_path(file)
    try:
        result = rewritten(manifest, changes).result
        replace_file(file, expected=manifest.source, new=result, root=run.workspace.roots.get(file))
    except SlsMigrateError as error:
        console.say([("bad", "  ✗ "), ("", f"{name}   {error.message}")])
        return False
    console.say([("good", "  ✓ "), ("", name), ("dim", f"   {counted(len(changes), 'reference')}")])
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


def _error(problem: Problem, display_path: DisplayPath) -> dict[str, object]:
    at = problem.location
    return {"file": display_path(at.file), "line": at.line, "column": at.column, "message": problem.message}


def _as_data(
    verdicts: Sequence[Verdict], workspace: Workspace, display_path: Callable[[Path], str]
) -> dict[str, object]:
    return {
        "version": 1,
        "files": len(workspace.discovery.files),
        "errors": [_error(problem, display_path) for problem in workspace.problems],
        "references": [
            {
                "file": display_path(verdict.usage.manifest.file),
                "key_path": str(verdict.usage.scalar.path),
                "line": _line(verdict.usage),
                "parameter": verdict.usage.path,
                "region": verdict.usage.region,
                "faults": list(verdict.faults),
                "hints": [hint for hint in verdict.hints if hint],
                "unchecked": verdict.unchecked,
                "fix": verdict.fix,
                "odd": verdict.odd,
            }
            for verdict in verdicts
        ],
    }

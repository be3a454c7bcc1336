"""What must hold for every input, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import to_builtins

from migrate import detect
from migrate.detect import engine
from migrate.files.includes import included
from migrate.framework.deployment import deployment
from migrate.framework.detection import detect_framework
from migrate.framework.jsyaml import resolve
from migrate.framework.lockfiles import LOCKFILES, locked
from migrate.framework.reference import ReferenceRefusedError, reference, syntax_for
from migrate.framework.resolve import View
from migrate.masking import masked_text
from migrate.masking.unified_diff import unified
from migrate.migration.results import FindingStatus
from migrate.migration.rows import finding_row
from migrate.model import (
    Accept,
    Applicability,
    Change,
    Edit,
    Family,
    Finding,
    Form,
    Framework,
    Manifest,
    ManifestError,
    Skip,
    SlsMigrateError,
    UsageError,
)
from migrate.plan.decisions import read_decisions
from migrate.plan.naming import ParameterOptions
from migrate.plan.planning import plan, rewritten
from migrate.plan.questions import questions
from migrate.text.edits import apply_edits
from migrate.text.manifest import encode, parse, read
from migrate.text.rewrite import by_scalar
from migrate.workspace.settings import read_baseline, read_settings

_PLACING = ParameterOptions(regions=("eu-west-1",))


def check_manifest(name: str, source: bytes) -> int:
    """Bytes → manifest → findings → plan → splice → proof; how many values were moved.

    Errors are SlsMigrateError alone; no byte outside the planned values changes; what is read afterwards is
    what was read before with those values replaced; a store holds what gives the old values back; and a second
    run finds nothing to do.
    """
    file = Path("/service") / name
    try:
        before = read(file, source)
    except ManifestError:
        return 0
    assert encode(before.text, before.encoding) == source
    changes = planned(before)
    if not changes:
        return 0
    try:
        result = rewritten(before, changes).result
    except ManifestError:
        return 0
    after = read(file, result)
    _check_values(before, after, changes)
    _check_bytes(before, after, changes)
    again = [change for change in planned(after) if change.finding.form is Form.WHOLE]
    moved = {change.finding.path for change in changes if change.finding.form is Form.WHOLE}
    assert not [change for change in again if change.finding.path in moved and change.reference in after.text]
    return len(changes)


def planned(manifest: Manifest) -> tuple[Change, ...]:
    """The changes that write, where every finding that may be moved is."""
    findings = detect.find(manifest)
    assert findings == _found_everywhere(manifest)
    view = View(manifest)
    deployed = deployment(manifest.file, [view], detect_framework(view, None))
    asked = questions(findings, {manifest.file: deployed}, _PLACING)
    decided = [Skip() if each.applicability is Applicability.SHOW else Accept(each.name) for each in asked]
    changes = plan(asked, decided, _PLACING).changes
    writing = tuple(change for change in changes if change.writes)
    before = masked_text.masked(manifest, findings)
    try:
        list(unified(before, masked_text.masked_after(manifest, findings, writing), "x"))
    except SlsMigrateError:
        return ()
    json.dumps(to_builtins([finding_row(change, FindingStatus.LEFT, str) for change in changes]))
    return writing


def _found_everywhere(manifest: Manifest) -> tuple[Finding, ...]:
    """Find with a close look at every value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "candidates", lambda manifest, settings: manifest.scalars)
        return detect.find(manifest)


def _check_values(before: Manifest, after: Manifest, changes: tuple[Change, ...]) -> None:
    old, new = parse(before.file, before.text), parse(after.file, after.text)
    assert old.outline == new.outline
    parts = {scalar.span.start: parts for scalar, parts in by_scalar(changes)}
    for one, other in zip(old.scalars, new.scalars, strict=True):
        assert other.value == apply_edits(one.value, [Edit(*part) for part in parts.get(one.span.start, ())])
    store = {put.parameter.name: put.parameter.secret.reveal() for change in changes for put in change.puts}
    for change in changes:
        was = change.replaces.of(change.finding.scalar.value)
        held = {store[put.parameter.name] for put in change.puts}
        if change.finding.form is Form.FALLBACK:
            was = was[1:-1]
        deployed = resolve(was, "").deployed
        assert held == {was} or held == {deployed}


def _check_bytes(before: Manifest, after: Manifest, changes: tuple[Change, ...]) -> None:
    changed = {change.finding.scalar.span.start for change in changes}
    at = new_at = 0
    token = ""
    for one, other in zip(before.scalars, after.scalars, strict=True):
        if one.span.start in changed:
            kept, new = before.text[at : one.span.start], after.text[new_at : other.span.start]
            _check_kept(kept, new, token)
            token = one.span.of(before.text)
            at, new_at = one.span.end, other.span.end
    _check_kept(before.text[at:], after.text[new_at:], token)


def _check_kept(kept: str, new: str, token: str) -> None:
    """Nothing stands between two values but what did; of a block scalar's token the comment and blank lines stay."""
    assert new.endswith(kept)
    left = new[: len(new) - len(kept)]
    assert left in token or all(line in token for line in left.splitlines())


def check_syntax(expression: str) -> None:
    """A user's variableSyntax gives a reference that it reads itself, or is refused."""
    try:
        syntax = syntax_for(Framework(Family.LEGACY, "1", "Serverless 1"), expression)
        text = reference(syntax, "/shop/" + "key-" * 50 + "x")
    except ReferenceRefusedError:
        return
    assert syntax.expression is not None
    assert syntax.expression.fullmatch(text)


def check_settings(directory: Path, files: dict[str, str]) -> None:
    """What stands around a manifest is read, or refused as a usage error."""
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    for read_one in (read_settings, read_baseline, read_decisions):
        for name in (".slsmigrate.toml", ".secrets.baseline", "decisions.toml"):
            try:
                read_one(directory / name)
            except UsageError:
                continue
    for name, text in files.items():
        if name in LOCKFILES:
            locked(name, text)
    manifest = read(directory / "serverless.yml", b"service: x\nframeworkVersion: '>=2'\n")
    detect_framework(View(manifest), directory)


def check_includes(text: str) -> None:
    """Every path that a text includes is short, and there are not many patterns of each."""
    for each in included(text):
        assert len(each.patterns) <= 32
        assert all("**" not in pattern for pattern in each.patterns)

"""Carrying a proposal out: who we are, conflicts, the last yes, the work, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.commands.run import Proposal, file_diffs, nothing_to_do, tell_notes, tell_rest
from migrate.files.git import is_ignored
from migrate.migration.apply import apply, check
from migrate.migration.session import Asker, Conflict
from migrate.model import (
    Accept,
    CheckedPut,
    Event,
    ExitCode,
    FileWritten,
    Identity,
    Ignore,
    Outcome,
    Put,
    PutDone,
    PutFailed,
    PutState,
    Skip,
    SlsMigrateError,
    Target,
)
from migrate.model.paths import shown_from
from migrate.plan.planning import plan, rewritten
from migrate.reports.files import report
from migrate.reports.json_report import Result, to_json
from migrate.stores.protocol import ParameterStore, require_account
from migrate.stores.registry import open_store
from migrate.terminal import screens
from migrate.terminal.console import Console, Line, OutputError, wrap
from migrate.workspace import settings
from migrate.workspace.options import Mode, Options


class Stores:
    """The stores of a run, opened and named before anything is put."""

    def __init__(self, expect_account: str | None, console: Console) -> None:
        self._expected = expect_account
        self._console = console
        self._refused: dict[Target, SlsMigrateError] = {}
        self.stores: dict[Target, ParameterStore] = {}
        self.identities: list[tuple[Target, Identity]] = []

    def try_to_connect(self, targets: Sequence[Target]) -> Sequence[tuple[Target, Identity]]:
        """The same, where what goes wrong is told by the next `connect`, when there is a plan to report with it."""
        for target in targets:
            try:
                self.connect((target,))
            except SlsMigrateError as error:
                self._refused[target] = error
        return self.identities

    def connect(self, targets: Sequence[Target]) -> Sequence[tuple[Target, Identity]]:
        """Open the targets that are not open yet. Raises StoreError, or for an unexpected account."""
        for target in targets:
            if target in self._refused:
                raise self._refused[target]
            if target in self.stores:
                continue
            store = open_store(target, on_slow_call=lambda text: self._console.warn([("dim", f"  … {text}")]))
            identity = store.identity()
            require_account(identity, self._expected)
            self.stores[target] = store
            self.identities.append((target, identity))
        return self.identities


class _Settled(Struct, frozen=True):
    proposal: Proposal
    checked: tuple[CheckedPut, ...]
    overwrite: frozenset[Put]


def carry_out(
    options: Options, proposal: Proposal, cwd: Path, console: Console, stores: Stores, asker: Asker
) -> ExitCode:
    """Put, read back, rewrite. Nothing is changed before a person or `--yes` said so."""
    shown = shown_from(cwd)
    entries = _allow_entries(proposal)
    if not proposal.plan.puts and not entries:
        return _nothing(options, proposal, cwd, console, stores)
    try:
        stores.connect(tuple(dict.fromkeys(put.target for put in proposal.plan.puts)))
        settled = _settle(options, proposal, stores, asker)
    except SlsMigrateError as error:
        failed = Outcome(tuple(PutFailed(put, error) for put in proposal.plan.puts), proposal.plan.changes)
        _report(options, proposal, cwd, console, stores, outcome=failed)
        console.say("Nothing was changed.")
        raise
    proposal = settled.proposal
    targets = {put.target for put in proposal.plan.puts}
    identities = [each for each in stores.identities if each[0] in targets]
    if proposal.plan.puts:
        console.say("", *screens.plan_table(proposal.plan, settled.checked, identities, shown, console.width))
    tell_notes(proposal, cwd, console)
    if options.mode is Mode.SESSION:
        console.say("", *file_diffs(proposal.workspace, proposal.plan.by_file, shown, show_values=options.show_values))
        for file, texts in entries.items():
            console.say("", [("bold", f"To {shown(file)}")], *("".join(texts).rstrip().split("\n")))
        if not asker.confirm(_question(settled, sum(len(texts) for texts in entries.values()))):
            console.say("Nothing was changed.")
            return ExitCode.DONE
    try:
        for file, texts in entries.items():
            settings.add_entries(file, texts)
    except KeyboardInterrupt:
        console.warn("Interrupted: allow entries may have been added, nothing else was changed.")
        return ExitCode.INTERRUPTED
    return _work(options, settled, cwd, console, stores)


def _work(options: Options, settled: _Settled, cwd: Path, console: Console, stores: Stores) -> ExitCode:
    proposal = settled.proposal
    outcome = apply(
        proposal.plan,
        settled.checked,
        stores.stores,
        overwrite=settled.overwrite,
        rewrite=rewritten,
        root_of=lambda file: proposal.workspace.roots.get(file),
        emit=lambda event: _tell(event, cwd, console, several=len({put.target for put in proposal.plan.puts}) > 1),
    )
    try:
        _summary(settled, outcome, cwd, console)
    finally:  # a report tells of the work even where nobody hears the summary
        _report(options, proposal, cwd, console, stores, settled, outcome)
    return _exit_code(options, proposal, outcome)


def _tell(event: Event, cwd: Path, console: Console, *, several: bool) -> None:
    # Whoever reads along may leave: that must not stop the work half-way.
    with suppress(BrokenPipeError, OutputError):
        console.say(*_event_lines(event, cwd, console.width, several=several))


def _report(
    options: Options,
    proposal: Proposal,
    cwd: Path,
    console: Console,
    stores: Stores,
    settled: _Settled | None = None,
    outcome: Outcome | None = None,
) -> None:
    shown = shown_from(cwd)
    result = Result(
        len(proposal.workspace.discovery.files),
        proposal.workspace.problems,
        proposal.plan,
        stores.identities,
        settled.checked if settled else (),
        outcome,
    )
    if options.machine:
        console.output(to_json(result, shown))
    report(options, result, proposal.workspace, cwd)


def _nothing(options: Options, proposal: Proposal, cwd: Path, console: Console, stores: Stores) -> ExitCode:
    _report(options, proposal, cwd, console, stores)
    tell_rest(proposal, cwd, console)
    console.say(nothing_to_do(proposal))
    return _exit_code(options, proposal, Outcome())


def _allow_entries(proposal: Proposal) -> Mapping[Path, tuple[str, ...]]:
    """The allow entries to add, by settings file; paths in them are relative to its directory."""
    found: dict[Path, list[str]] = {}
    for question, decision in zip(proposal.asked, proposal.decided, strict=True):
        if not isinstance(decision, Ignore):
            continue
        for finding in question.findings:
            file = finding.manifest.file
            root = proposal.workspace.roots[file] or file.parent
            entry = settings.allow_entry(file.relative_to(root).as_posix(), str(finding.path), finding.rule.id)
            found.setdefault(root / settings.FILE_NAME, []).append(entry)
    return {file: tuple(entries) for file, entries in found.items()}


def _settle(options: Options, proposal: Proposal, stores: Stores, asker: Asker) -> _Settled:
    """Check against the store until every conflict has been answered."""
    overwrite: set[Put] = set()
    while True:
        checked = check(proposal.plan, stores.stores)
        open_ones = [each for each in checked if each.state is PutState.CONFLICT and each.put not in overwrite]
        if options.on_conflict == "overwrite":
            overwrite.update(each.put for each in open_ones if each.overwritable)
            open_ones = []
        if not open_ones or options.on_conflict != "ask" or options.mode is not Mode.SESSION:
            return _Settled(proposal, tuple(checked), frozenset(overwrite))
        proposal = _ask_conflict(options, proposal, open_ones[0], overwrite, asker)


def _ask_conflict(
    options: Options, proposal: Proposal, conflict: CheckedPut, overwrite: set[Put], asker: Asker
) -> Proposal:
    name = conflict.put.parameter.name
    users = {change.finding.scalar.span for change in proposal.plan.changes if conflict.put in change.puts}
    at = next(
        number
        for number, question in enumerate(proposal.asked)
        if any(finding.scalar.span in users for finding in question.findings)
        and isinstance(proposal.decided[number], Accept)
    )
    question = proposal.asked[at]
    answer = asker.conflict(question, name, conflict.detail, overwritable=conflict.overwritable)
    decided = list(proposal.decided)
    if answer is Conflict.OVERWRITE:
        overwrite.add(conflict.put)
        return proposal
    if answer is Conflict.SKIP:
        decided[at] = Skip()
    else:
        others = zip(proposal.asked, decided, strict=True)
        taken = {each.name: other for other, each in others if isinstance(each, Accept) and other is not question}
        new = asker.rename(question, name, {**taken, name: question})
        decided[at] = Accept(new) if new else decided[at]
    return replace(proposal, decided=tuple(decided), plan=plan(proposal.asked, decided, options.placing))


def _question(settled: _Settled, entries: int) -> str:
    new = sum(1 for each in settled.checked if each.state is PutState.PUT)
    over = len(settled.overwrite)
    files = len(settled.proposal.plan.by_file)
    words = [f"put {screens.counted(new, 'parameter')}"] if new else []
    words += [f"overwrite {screens.counted(over, 'parameter')}"] if over else []
    words += [f"rewrite {screens.counted(files, 'file')}"] if files else []
    words += [f"add {entries} allow {'entry' if entries == 1 else 'entries'}"] if entries else []
    text = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{text[0].upper()}{text[1:]}?"


def _event_lines(event: Event, cwd: Path, width: int, *, several: bool) -> list[Line]:
    shown = shown_from(cwd)
    if isinstance(event, PutDone | PutFailed):
        put = event.put
        where = [word for word in (put.target.profile, put.target.region) if word] if several else []
        what = put.parameter.name + (f" ({' '.join(where)})" if where else "")
    else:
        what = shown(event.file)
    if isinstance(event, PutDone):
        said = "read back equal" if event.created else "was there, equal"
        return [[("good", "  ✓ "), ("", what), ("dim", f"   version {event.version}, {said}")]]
    if isinstance(event, FileWritten):
        return [[("good", "  ✓ "), ("", what), ("dim", f"   {screens.counted(event.values, 'value')}")]]
    message = event.error.message.removeprefix(f"{what.partition(' ')[0]}: ")
    lines = wrap(message, width, "      ") + wrap(
        f"hint: {event.error.hint}" if event.error.hint else "", width, "      "
    )
    return [[("bad", "  ✗ "), ("", what)], *([("dim", line)] for line in lines)]


def _summary(settled: _Settled, outcome: Outcome, cwd: Path, console: Console) -> None:
    proposal = settled.proposal
    over = sum(1 for event in outcome.events if isinstance(event, PutDone) and event.put in settled.overwrite)
    created = sum(1 for event in outcome.events if isinstance(event, PutDone) and event.created) - over
    there = sum(1 for event in outcome.events if isinstance(event, PutDone) and not event.created)
    written = [event for event in outcome.events if isinstance(event, FileWritten)]
    moved = sum(event.values for event in written)
    left = sum(len(question.findings) for question in proposal.asked) - moved
    words = [f"{created} put"]
    words += [f"{over} overwritten"] if over else []
    words += [f"{there} {'was' if there == 1 else 'were'} there"] if there else []
    words += [f"{screens.counted(len(written), 'file')} rewritten"]
    words += [f"{screens.counted(left, 'secret')} left"] if left else []
    words += [f"{len(outcome.failures)} failed"] if outcome.failures else []
    head = "Interrupted" if outcome.interrupted else "Done"
    console.say("", [("bold", f"{head}: {', '.join(words)}.")])
    tell_rest(proposal, cwd, console)
    if not written:
        return
    shown = shown_from(cwd)
    directories = sorted({each.directory for each in proposal.workspace.deployments.values()})
    unignored = [each for each in directories if is_ignored(each, ".serverless/") is False]
    changes = [change for change in proposal.plan.changes if change.writes]
    console.say([("bold", "Next")])
    for step in screens.next_steps(proposal.plan, changes, unignored, shown):
        console.say(*([("", text)] for text in wrap(step, console.width, "    ", "  · ")))


def _exit_code(options: Options, proposal: Proposal, outcome: Outcome) -> ExitCode:
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    if outcome.failures or proposal.workspace.problems or proposal.stale:
        return ExitCode.FAILED
    remain = proposal.refused or any(change.writes for change in outcome.left)
    unseen = proposal.waiting if options.mode is Mode.UNATTENDED and options.decisions is None else ()
    return ExitCode.SECRETS_REMAIN if remain or unseen else ExitCode.DONE

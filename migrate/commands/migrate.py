"""`slsmigrate`: carry out what was decided about one repository, and report the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.commands.proposal import (
    Run,
    decider,
    diffs,
    make_survey,
    print_rest,
    print_result,
    read,
    reports_diffs,
    write_reports,
)
from migrate.files.git_state import is_ignored
from migrate.files.ownership import require_safe
from migrate.migration.commits import Commit, without_uncommitted, work_tree
from migrate.migration.conflicts import resolve_conflicts
from migrate.migration.deciders import everything
from migrate.migration.execute import execute
from migrate.migration.outcome import planned_result, unexecuted_result, with_moved_diffs
from migrate.migration.pending import Pending, interrupted_work
from migrate.migration.results import Remaining, RepositoryResult, exit_code
from migrate.migration.session import Asker
from migrate.migration.store_check import check
from migrate.migration.survey import Source, Survey
from migrate.model import CheckedPut, Event, ExitCode, Ignore, Plan, SlsMigrateError
from migrate.stores.store_pool import StorePool
from migrate.terminal import run_screens, screens, work_screens
from migrate.terminal.console import OutputError
from migrate.terminal.prompts import TerminalAsker
from migrate.workspace import settings
from migrate.workspace.masked import masked_texts, name_mask
from migrate.workspace.options import GitOptions, Mode, Options


class Work(Struct, frozen=True):
    """A survey that is ready to be carried out, and all that goes with it.

    `allow_entries` are texts to add, by settings file.
    """

    survey: Survey
    stores: StorePool
    asker: Asker
    commit: Commit | None = None
    allow_entries: Mapping[Path, tuple[str, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do."""
        return not self.survey.plan.puts and not self.allow_entries and not (self.commit and self.commit.pending)


def migrate(run: Run, git: GitOptions) -> ExitCode:
    """Carry out what a person, a file or the safe default decides, once confirmed."""
    if not git.commit:
        return _migrate(run, git)
    with work_tree(run.place.repository, git) as tree:
        return _migrate(replace(run, place=replace(run.place, tree=tree)), git)


def _migrate(run: Run, git: GitOptions) -> ExitCode:
    console, options = run.console, run.options
    workspace = read(run, nested=not git.commit)
    source = run.place.source(workspace)
    asker = TerminalAsker(console, source.display_path, masked_texts(workspace))
    stores = StorePool(on_slow_call=lambda text: console.warn([("dim", f"  … {text}")]))
    decide = decider(options, asker)
    pending = Pending()
    if git.commit and not git.worktree:
        source, pending = _after_interrupted_run(run, source)
    made = make_survey(run, source, decide, asker, stores)
    if made is None:
        console.say("Nothing was changed.")
        return ExitCode.DONE
    commit = None
    if git.commit:
        made = without_uncommitted(made, git, pending.files)
        commit = Commit(git, console.mask, pending.files, pending.puts)
    return _carry_out(run, Work(made, stores, asker, commit, _allow_entries(made)))


def _after_interrupted_run(run: Run, source: Source) -> tuple[Source, Pending]:
    """Return the source with a killed run's names, and what that run left."""

    def before(sources: Mapping[Path, bytes]) -> tuple[Source, Options]:
        return run.place.source(read(run, nested=False, sources=sources)), run.options

    decide = decider(run.options, None) if run.options.decisions is not None else everything
    pending = interrupted_work(run.place.repository.root, source.workspace, before, decide)
    return replace(source, names=pending.names), pending


def _carry_out(run: Run, work: Work) -> ExitCode:
    if work.is_empty:
        return _nothing(run, work)
    try:
        _require_permission(run, work)
        work = replace(work, survey=_checked(run, work))
    except SlsMigrateError as error:
        result = unexecuted_result(work.survey, error, work.stores.identities)
        print_result(run, result)
        write_reports(run, result)
        run.console.say("Nothing was changed.")
        raise
    _show(run, work)
    if run.options.mode is Mode.SESSION and not _confirmed(run, work):
        run.console.say("Nothing was changed.")
        return ExitCode.DONE
    try:
        for file, texts in work.allow_entries.items():
            settings.add_entries(file, texts)
    except KeyboardInterrupt:
        run.console.warn("Interrupted: allow entries may have been added, nothing else was changed.")
        return ExitCode.INTERRUPTED
    return _execute(run, work)


def _require_permission(run: Run, work: Work) -> None:
    """Raise SlsMigrateError for what is another user's, or was agreed to by nobody."""
    roots = {work.survey.workspace.roots[file] or file.parent for file in work.survey.plan.by_file}
    for root in sorted(roots):
        require_safe(root)
    run.options.require_one_repository(roots)
    if work.survey.plan.puts:
        run.options.require_agreement()


def _checked(run: Run, work: Work) -> Survey:
    """Check the survey against the store until every conflict is settled."""

    def check_plan(plan: Plan) -> Sequence[CheckedPut]:
        targets = (put.target for put in plan.puts)
        return check(plan, work.stores.open_all(targets, run.options.expect_account))

    asker = work.asker if run.options.mode is Mode.SESSION else None
    return resolve_conflicts(work.survey, check_plan, run.options.on_conflict, asker)


def _show(run: Run, work: Work) -> None:
    """Show the plan and where it leads, as it was held against the store."""
    console, width, made = run.console, run.console.width, work.survey
    if made.plan.puts:
        identities = [pair for pair in work.stores.identities if pair[0] in made.targets]
        table = screens.plan_table(made.plan, made.checks, identities, made.display_path, width, made.overwrite)
        console.say("", *table)
        console.say(*screens.proposal_lines(run.options.proposed, width))
    if made.withheld:
        console.say("", [("bold", "Left as it is")], *run_screens.withheld_lines(made.withheld, width))
    console.say(*run_screens.note_lines(made, width))


def _confirmed(run: Run, work: Work) -> bool:
    """Show the diffs, and ask for the one yes."""
    run.console.say("", *diffs(run, work.survey))
    for file, texts in work.allow_entries.items():
        head = [("bold", f"To {work.survey.display_path(file)}")]
        run.console.say("", head, *("".join(texts).rstrip().split("\n")))
    entries = sum(len(texts) for texts in work.allow_entries.values())
    return work.asker.confirm(work_screens.last_question(work.survey, entries, work.commit))


def _execute(run: Run, work: Work) -> ExitCode:
    made = work.survey
    several = len(made.targets) > 1
    result = execute(made, work.stores, partial(_print_event, run, made, several), work.commit)
    if reports_diffs(run.options):
        result = with_moved_diffs(made, result)
    try:
        _print_summary(run, made, result)
    finally:  # a report accounts for the work even where the summary has no reader
        print_result(run, result)
        write_reports(run, result)
    return _exit_code(result)


def _exit_code(result: RepositoryResult) -> ExitCode:
    return exit_code([result], Remaining.UNDECIDED, interrupted=result.is_interrupted)


def _print_event(run: Run, made: Survey, several: bool, event: Event) -> None:
    # The reader of the output may leave: that must not stop the work half-way.
    with suppress(BrokenPipeError, OutputError):
        run.console.say(*work_screens.event_lines(event, made.display_path, run.console.width, several=several))


def _print_summary(run: Run, made: Survey, result: RepositoryResult) -> None:
    console, width = run.console, run.console.width
    console.say(*work_screens.commit_lines(result, width))
    console.say("", work_screens.summary_line(result))
    print_rest(run, made)
    if result.written:
        directories = sorted({deployment.directory for deployment in made.workspace.deployments.values()})
        unignored = [directory for directory in directories if is_ignored(directory, ".serverless/") is False]
        console.say(*work_screens.next_lines(made, result, unignored, width))


def _nothing(run: Run, work: Work) -> ExitCode:
    result = planned_result(work.survey, work.stores.identities, with_diffs=reports_diffs(run.options))
    print_result(run, result)
    write_reports(run, result)
    if work.survey.withheld:
        lines = run_screens.withheld_lines(work.survey.withheld, run.console.width)
        run.console.say("", [("bold", "Left as it is")], *lines)
    print_rest(run, work.survey)
    run.console.say(run_screens.nothing_to_do(work.survey))
    return _exit_code(result)


def _allow_entries(made: Survey) -> Mapping[Path, tuple[str, ...]]:
    """Return the allow entries to add, by settings file.

    Paths in them are relative to its directory.
    """
    source, mask = made.source, name_mask(made.workspace)
    entries: dict[Path, list[str]] = {}
    for question, decision in zip(made.questions, made.decisions, strict=True):
        if not isinstance(decision, Ignore):
            continue
        for finding in question.findings:
            file = finding.manifest.file
            root = made.workspace.roots[file] or file.parent
            # A secret within a name is written as `*`, which the entry then allows for anything.
            place, path = (mask(text, "*") for text in (file.relative_to(root).as_posix(), str(finding.path)))
            entry = settings.allow_entry(place, path, finding.rule.id)
            own = source.repository.root if root == source.root else root  # whichever work tree was read
            entries.setdefault(own / settings.FILE_NAME, []).append(entry)
    return {file: tuple(texts) for file, texts in entries.items()}

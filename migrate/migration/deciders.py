"""Deciders: a person, a decisions file, or neither, so that only what is safe moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from migrate.files.regular_files import read_file
from migrate.model import MASK, MAX_BYTES, Accept, Applicability, Decision, Finding, ManifestError, Skip
from migrate.workspace.masked import name_mask

# A dry run must not pay for what it does not use.
if TYPE_CHECKING:
    from migrate.migration.session import Asker
    from migrate.migration.survey import OpenRepository
    from migrate.plan.decisions import Entry


class Decided(Struct, frozen=True):
    """A decision for each question, and in words the entries of a file that no longer fit.

    Where the decider is `unattended`, no person saw what it left.
    """

    decisions: tuple[Decision, ...]
    stale: tuple[str, ...] = ()
    unattended: bool = False


Decide = Callable[["OpenRepository"], Decided | None]


def safe_only(repository: OpenRepository) -> Decided:
    """Move only what is safe."""
    return _accepting(repository, Applicability.SAFE)


def safe_and_review(repository: OpenRepository) -> Decided:
    """Move all that may be moved, as a preview shows it."""
    return _accepting(repository, Applicability.SAFE, Applicability.REVIEW)


def nothing(repository: OpenRepository) -> Decided:
    """Move nothing, as a scan."""
    return _accepting(repository)


def everything(repository: OpenRepository) -> Decided:
    """Move all there is, as far as it can be moved."""
    return _accepting(repository, *Applicability)


def _accepting(repository: OpenRepository, *kinds: Applicability) -> Decided:
    decisions = (
        Accept(question.name) if question.applicability in kinds else Skip() for question in repository.questions
    )
    return Decided(tuple(decisions), unattended=True)


def from_person(asker: Asker) -> Decide:
    """Return a decider that asks about each question; None where the person quit."""
    from migrate.migration.session import review

    def decide(repository: OpenRepository) -> Decided | None:
        open_questions = [
            question for question in repository.questions if question.applicability is not Applicability.SHOW
        ]
        answers = review(open_questions, asker)
        if answers is None:
            return None
        by_question = dict(zip(map(id, open_questions), answers, strict=True))
        return Decided(tuple(by_question.get(id(question), Skip()) for question in repository.questions))

    return decide


def from_file(entries: Sequence[Entry]) -> Decide:
    """Return a decider that follows entries of a file.

    An entry that was carried out already is no trouble, neither for itself nor for those of the same file.
    """
    from migrate.plan import decisions

    def decide(repository: OpenRepository) -> Decided:
        is_done, path = _is_done(repository), repository.decision_path
        done = [entry for entry in entries if is_done(entry)]
        left = [entry for entry in entries if entry not in done]
        contexts = {(entry.file, entry.context) for entry in left}

        def masked(finding: Finding) -> str:
            text, file = repository.masked_text(finding.manifest), path(finding.manifest.file)
            is_as_decided = (file, decisions.context_of(text)) in contexts
            return text if is_as_decided else _before(text, [entry for entry in done if entry.file == file])

        mask = name_mask(repository.workspace)
        return Decided(*decisions.decide(repository.questions, left, path, masked, mask))

    return decide


def _before(text: str, done: Sequence[Entry]) -> str:
    """Return a masked text as it was before entries were carried out in it."""
    names = "|".join(re.escape(entry.decision.name) for entry in done if isinstance(entry.decision, Accept))
    reference = rf"\$\{{[^{{}}]*:(?:{names})(?![\w./-])[^{{}}]*\}}"
    return re.sub(reference, MASK, text) if names else text


def _is_done(repository: OpenRepository) -> Callable[[Entry], bool]:
    """Return a test whether an entry was carried out.

    Its finding is gone then, and the file refers to its parameter.
    """
    workspace, path_of = repository.workspace, repository.decision_path
    places = {(path_of(finding.manifest.file), str(finding.path)) for finding in workspace.findings}
    files: dict[str, list[Path]] = {}
    for source in workspace.discovery.files:
        files.setdefault(path_of(source.file), []).append(source.file)
    now = cache(content_now)

    def is_done(entry: Entry) -> bool:
        if not isinstance(entry.decision, Accept) or (entry.file, entry.key_path) in places:
            return False
        return any(entry.decision.name.encode() in now(file) for file in files.get(entry.file, ()))

    return is_done


def content_now(file: Path) -> bytes:
    """Return a file's bytes, none where it can't be read."""
    try:
        return read_file(file, MAX_BYTES)
    except ManifestError:
        return b""

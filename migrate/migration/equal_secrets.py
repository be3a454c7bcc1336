"""Equal secrets of several repositories, recognised by marks, and the one parameter that all could read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from migrate.migration.repository_survey import RepositorySummary
from migrate.model import Accept
from migrate.plan import naming
from migrate.plan.decisions import Entry
from migrate.plan.name_fields import NameFields


class Group(Struct, frozen=True):
    """One secret of several repositories; `shared` is the parameter that all could read."""

    mark: bytes
    repositories: tuple[str, ...]
    entries: tuple[Entry, ...]
    shared: str


def groups(summaries: Sequence[RepositorySummary], template: str) -> tuple[Group, ...]:
    """Group secrets of more than one repository, the most widespread first."""
    places: dict[bytes, list[tuple[str, Entry]]] = {}
    for summary in summaries:
        for entry, mark in zip(summary.entries, summary.marks, strict=True):
            if isinstance(entry.decision, Accept):
                places.setdefault(mark, []).append((summary.repository.name, entry))
    several = [(mark, pairs) for mark, pairs in places.items() if len({name for name, _ in pairs}) > 1]
    several.sort(key=lambda group: (-len({name for name, _ in group[1]}), group[1][0][1].file, group[1][0][1].key_path))
    taken: Counter[str] = Counter()
    made = []
    for mark, pairs in several:
        name = _shared_name([entry for _, entry in pairs], template)
        taken[name] += 1
        name += f"-{taken[name]}" if taken[name] > 1 else ""
        repositories = tuple(dict.fromkeys(repository for repository, _ in pairs))
        made.append(Group(mark, repositories, tuple(entry for _, entry in pairs), name))
    return tuple(made)


def _shared_name(entries: Sequence[Entry], template: str) -> str:
    """Fill the template with the key that most repositories call the secret by."""
    names = [entry.decision.name.rpartition("/")[2] for entry in entries if isinstance(entry.decision, Accept)]
    key = max(sorted(set(names)), key=names.count)
    raw = key.upper().replace("-", "_").replace(".", "_")
    return naming.render(template, NameFields("", "", "", key, raw, "", ()))


def renamed(summary: RepositorySummary, names: Mapping[bytes, str]) -> tuple[Entry, ...]:
    """Return decisions with other parameters for some secrets, by their marks."""
    return tuple(
        replace(entry, decision=replace(entry.decision, name=names[mark]))
        if mark in names and isinstance(entry.decision, Accept)
        else entry
        for entry, mark in zip(summary.entries, summary.marks, strict=True)
    )

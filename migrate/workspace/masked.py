"""Masked files of a workspace, as texts and as diffs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from migrate.masking import masked_text
from migrate.masking.name_mask import NameMask, secret_texts
from migrate.masking.occurrences import Occurrences
from migrate.model import Change, Manifest, memoize_by_identity
from migrate.model.paths import DisplayPath
from migrate.workspace.loading import Workspace

MaskedText = Callable[[Manifest], str]


def masked_texts(workspace: Workspace) -> MaskedText:
    """Return a function that gives a manifest's masked text, made once."""

    @cache
    def text_of(file: Path) -> str:
        return masked_text.masked(workspace.manifests[file], workspace.of_file(file), _elsewhere(workspace))

    return lambda manifest: text_of(manifest.file)


def masked_diffs(
    workspace: Workspace, by_file: Mapping[Path, Sequence[Change]], display_path: DisplayPath
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each file that would change, as displayed, with its masked diff."""
    for file, changes in by_file.items():
        name = display_path(file)
        yield name, masked_diff(workspace, file, changes, name)


def masked_diff(workspace: Workspace, file: Path, changes: Sequence[Change], name: str) -> Iterator[str]:
    """Diff one file before and after its changes, secrets of all files masked."""
    return iter(masked_text.masked_diff(workspace.of_file(file), changes, name, _elsewhere(workspace)))


@memoize_by_identity
def known_secrets(workspace: Workspace) -> frozenset[str]:
    """Return the texts that reveal a secret of any file."""
    return secret_texts(workspace.findings)


@memoize_by_identity
def _elsewhere(workspace: Workspace) -> Occurrences:
    return Occurrences(known_secrets(workspace) | secret_texts(workspace.allowed))


@memoize_by_identity
def name_mask(workspace: Workspace) -> NameMask:
    """Return the mask for names in what is shown of a workspace."""
    return NameMask(known_secrets(workspace))

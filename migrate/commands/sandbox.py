"""`--sandbox`: an embedded Parameter Store and a copy of the files, in the place of the real ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from migrate.model import UsageError


def working_directory() -> Path:
    """Return the working directory. Raises UsageError where it is gone."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the working directory is gone", hint="change to one that is there") from None


@contextmanager
def working_place(
    paths: Sequence[Path], given: Mapping[str, Any], *, history: bool = False
) -> Iterator[tuple[tuple[Path, ...], Path]]:
    """Give the paths to work on and the working directory, with --sandbox of a copy.

    With `history` the copy holds all that git has, so that a commit can be made in it.
    """
    if not given["sandbox"]:
        yield tuple(paths), working_directory()
        return
    from migrate.model.visible import visible_line
    from migrate.stores.sandbox import Sandbox
    from migrate.stores.sandbox_copy import create_copy, discard_copy

    with Sandbox(profiles=given["profile"]) as sandbox:
        copy = create_copy(paths, working_directory(), history=history)
        os.environ.update(sandbox.environment)
        click.echo(
            f"Sandbox: an embedded Parameter Store, and a copy of your files in\n  {visible_line(str(copy.cwd))}",
            err=True,
        )
        try:
            yield copy.paths, copy.cwd
        finally:
            stored = sandbox.parameters()
            if not stored:
                discard_copy(copy)
                click.echo("Nothing was put into the sandbox: the copy of your files is removed.", err=True)
        if stored:
            _print_stored([(row.name, row.type, f"version {row.version}") for row in stored], given)


def _print_stored(rows: Sequence[tuple[str, str, str]], given: Mapping[str, Any]) -> None:
    from migrate.terminal.console import columns

    text = "Stored in the sandbox, which ends here\n" + "\n".join(columns(rows))
    click.echo(text, err=given["format_"] != "text")

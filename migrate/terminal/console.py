"""The console: visible characters, styled words, one place that prints."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import click

from migrate.masking.name_mask import NameMask
from migrate.model import MASK, Edit, SlsMigrateError, Span
from migrate.model.lazy_pattern import LazyPattern
from migrate.model.visible import visible, visible_line
from migrate.text.edits import apply_edits

# A run of styled pieces; the style is a key of _STYLES, '' for plain.
Line = Sequence[tuple[str, str]]

_STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "bold": {"bold": True},
    "dim": {"dim": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "key": {"fg": "cyan", "bold": True},
    "name": {"fg": "cyan"},
}
_MAX_WIDTH = 100
_WIDTH = 80  # where it is not known
_WORTH_A_BAR = 20
_SEGMENT = LazyPattern(r"[^./\] ]*[./\] ]|[^./\] ]+")  # of paths and key paths


class OutputError(SlsMigrateError):
    """Nothing more can be printed: the disk that it goes to is full, or the terminal is gone."""


def _columns() -> int:
    """Return the columns of the terminal, as `shutil.get_terminal_size` does.

    Its module takes longer to import than all of this one to work.
    """
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


def plain(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(text for _, text in line)


class Console:
    """Standard output and error. `color` None leaves it to the terminal and NO_COLOR.

    `mask` hides the secrets of the run in every line, once they are known.
    """

    def __init__(self, *, color: bool | None = None, quiet_output: bool = False) -> None:
        self._color = color
        self._to_error = quiet_output
        self.mask = NameMask()

    def hide(self, mask: NameMask) -> None:
        """Mask the secrets of a run in all lines from here on."""
        self.mask = mask

    def reveal(self, *lines: Line) -> None:
        """Print lines that show a secret, since a person asked to see it."""
        _echo("\n".join(map(_styled, lines)), err=self._to_error, color=self._color)

    @property
    def width(self) -> int:
        """Return the columns to write in."""
        return min(_columns(), _MAX_WIDTH)

    def say(self, *lines: Line | str) -> None:
        """Print lines for a person, apart from the output for a machine if there is one."""
        self._print(lines, error=self._to_error)

    def warn(self, *lines: Line | str) -> None:
        """Print lines on standard error."""
        self._print(lines, error=True)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """Show a bar on a terminal's standard error until it is done; nothing elsewhere."""
        if not sys.stderr.isatty():
            yield lambda done, total: None
            return
        bars: list[Any] = []

        def step(done: int, total: int) -> None:
            if total < _WORTH_A_BAR:
                return
            if not bars:
                from rich.console import Console as RichConsole
                from rich.progress import Progress

                bars.append(Progress(console=RichConsole(stderr=True), transient=True))
                bars[0].start()
                bars[0].add_task(what, total=total)
            bars[0].update(0, completed=done, total=total)

        try:
            yield step
        finally:
            for bar in bars:
                bar.stop()

    def output(self, text: str) -> None:
        """Print a result for a machine on standard output, as it is."""
        _echo(text)

    def _print(self, lines: Sequence[Line | str], *, error: bool) -> None:
        if lines:
            shown = self._masked([[("", line)] if isinstance(line, str) else line for line in lines])
            _echo("\n".join(map(_styled, shown)), err=error, color=self._color)

    def _masked(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Mask secrets, also one that stands over several pieces or lines."""
        spans = self.mask.spans("\n".join(map(plain, lines)))
        return list(_with_masks(lines, spans)) if spans else lines


def _with_masks(lines: Sequence[Line], spans: Sequence[Span]) -> Iterator[Line]:
    """Put the mask for each span of the lines' text, where it begins."""
    at = 0
    for line in lines:
        pieces = []
        for style, text in line:
            pieces.append((style, _piece_with_masks(text, at, spans)))
            at += len(text)
        yield pieces
        at += 1  # the line's end


def _piece_with_masks(text: str, at: int, spans: Sequence[Span]) -> str:
    end = at + len(text)
    first = bisect_right(spans, at, key=lambda span: span.end)
    return apply_edits(
        text,
        (
            Edit(Span(max(span.start, at) - at, min(span.end, end) - at), MASK if span.start >= at else "")
            for span in takewhile(lambda span: span.start < end, spans[first:])
        ),
    )


def _styled(line: Line | str) -> str:
    if isinstance(line, str):
        return visible_line(line)
    return "".join(
        click.style(visible_line(text), **_STYLES[style]) if style else visible_line(text) for style, text in line
    )


def _echo(text: str, **options: Any) -> None:
    try:
        click.echo(text, **options)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"the output can't be written: {error.strerror}") from None


def wrap(text: str, width: int, indent: str, first: str = "") -> list[str]:
    """Wrap text in lines of at most `width` columns; long words are left whole."""
    import textwrap

    shown = visible(text)
    line = (first or indent) + shown
    if len(line) <= width and shown.isprintable() and shown and shown == shown.strip():  # as most
        return [line]
    return textwrap.wrap(
        shown,
        width,
        initial_indent=first or indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def fold(text: str, width: int, indent: str, first: str) -> list[str]:
    """Break text without blanks, such as a path, in lines of at most `width` columns.

    A segment stays whole, even one that is longer: so what is masked is found in it.
    """
    lines, line = [], first
    for segment in _SEGMENT.findall(text):
        if len(line) + len(segment) > width and line not in (first, indent):
            lines.append(line)
            line = indent
        line += segment
    return [*lines, line]


def columns(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Align rows as text columns; the last one is as long as it is."""
    kept = [list(row) for row in rows]
    widths = [max(len(row[at]) for row in kept) for at in range(len(kept[0]) - 1)] if kept else []
    return [
        indent + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in kept
    ]


def is_terminal(*, machine: bool = False) -> bool:
    """Return whether a person can both read and answer.

    Lines for a person go to standard error where standard output is for a `machine`.
    """
    return sys.stdin.isatty() and is_read_by_a_person(machine=machine)


def is_read_by_a_person(*, machine: bool) -> bool:
    """Return whether all that is printed comes to a terminal."""
    return sys.stdout.isatty() and (not machine or sys.stderr.isatty())

"""The installed program in a real pseudo-terminal, and its screen as a person sees it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect
import pyte
import pytest
from pyte.screens import Char

COLUMNS, ROWS = 80, 50
ENTER, CTRL_C, CTRL_U = "\r", "\x03", "\x15"


def _modes_of(terminal: int) -> list[object]:
    """The settings of a terminal, such as whether it echoes."""
    if sys.platform != "win32":
        import termios

        modes: list[object] = termios.tcgetattr(terminal)
        return modes
    else:  # noqa: RET505 - without it a type checker for Windows finds the rest unreachable
        pytest.skip("Windows has no pseudo-terminals")


class _AnsweringScreen(pyte.HistoryScreen):
    """prompt_toolkit asks where the cursor is: this screen answers as a terminal does."""

    def __init__(self, child: pexpect.spawn) -> None:
        super().__init__(COLUMNS, ROWS, history=1000)
        self._child = child

    def write_process_input(self, data: str) -> None:
        self._child.send(data)


class Terminal:
    """A program on a terminal of 80 columns. `screen()` is what is on it, `said` all that came.

    `redirect` is what a shell makes of its streams, such as `2>log`.
    """

    def __init__(
        self, *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None, redirect: str = ""
    ) -> None:
        env = {**os.environ, "TERM": "xterm-256color", **(environment or {})}
        for name in ("COLUMNS", "LINES"):
            env.pop(name, None)
        self._child = pexpect.spawn(
            "/bin/sh",
            ["-c", f'exec "$@" {redirect}', "sh", sys.executable, "-m", "migrate", *arguments],
            cwd=str(cwd),
            env=env,
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            timeout=20,
        )
        self._screen = _AnsweringScreen(self._child)
        self._stream = pyte.Stream(self._screen)
        self.said = ""
        self._ended_with: list[object] = []
        self._modes = _modes_of(self._child.child_fd)

    def type(self, text: str) -> None:
        """Press keys."""
        self._child.send(text)

    def send_signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        self._child.kill(number)

    def hang_up(self) -> int:
        """Take the terminal away, as who closes its window does, and give the program's exit code."""
        self._child.ptyproc.fileobj.close()
        self._child.closed = self._child.ptyproc.closed = True
        return os.waitstatus_to_exitcode(os.waitpid(self._child.pid, 0)[1])

    @property
    def is_as_it_was(self) -> bool:
        """Whether it echoes, reads lines and shows the cursor as before the program began."""
        return not self._screen.cursor.hidden and self._ended_with == self._modes

    @property
    def is_alive(self) -> bool:
        """Whether the program runs."""
        return bool(self._child.isalive())

    def wait_for(self, text: str) -> None:
        """Read until the text is on the screen; AssertionError with the screen if it never comes."""
        deadline = time.monotonic() + 20
        while text not in "\n".join(self.lines()):
            assert time.monotonic() < deadline, f"{text!r} is not on the screen:\n{self.screen()}"
            self.read()

    def read(self) -> None:
        """Take what has come."""
        try:
            piece = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            time.sleep(0.05)
            return
        self.said += piece
        self._stream.feed(piece)

    def lines(self) -> list[str]:
        """The screen's lines."""
        return [line.rstrip() for line in self._screen.display]

    def screen(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines()).rstrip()

    def rows(self) -> Sequence[Mapping[int, Char]]:
        """All lines since the start, those that have scrolled away included, character by character."""
        rows = [*self._screen.history.top, *(self._screen.buffer[row] for row in range(ROWS))]
        while rows and not any(rows[-1][column].data.strip() for column in range(COLUMNS)):
            rows.pop()
        return rows

    def everything(self) -> list[str]:
        """The same as text."""
        return ["".join(row[column].data for column in range(COLUMNS)).rstrip() for row in self.rows()]

    def end(self) -> int:
        """Wait for the program to end, and give its exit code."""
        deadline = time.monotonic() + 20
        while self._child.isalive() and time.monotonic() < deadline:
            self.read()
        self.read()
        self._ended_with = _modes_of(self._child.child_fd)
        self._child.close()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus or 0)

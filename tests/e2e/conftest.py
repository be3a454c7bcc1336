"""Fixtures of the end-to-end run, and the table at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import services, table
from .frameworks import FRAMEWORKS, CommandLine, Framework, Surroundings, installed
from .outcome import Cell, State

LEAST_SERVICES = 40
LEAST_MOVED = 600


class Table:
    """Collects the cells, from worker processes too, and judges a whole run by its sums."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a cell from a test's report."""
        for name, value in report.user_properties:
            if name == "cell" and report.when == "call" and isinstance(value, dict):
                self._cells.append(Cell(**{**value, "state": State(value["state"])}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        if self._cells:
            terminalreporter.section("the same deployment before and after")
            for line in [*table.lines(self._cells), *self._shortcomings()]:
                terminalreporter.line(line)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A whole run that moved too little has failed."""
        if self._shortcomings():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _shortcomings(self) -> list[str]:
        if len(self._cells) < len(services.NAMES) * len(FRAMEWORKS):
            return []
        moved = sum(cell.moved for cell in self._cells)
        counted = (("services", len(services.NAMES), LEAST_SERVICES), ("values moved", moved, LEAST_MOVED))
        return [f"too few {what}: {count}, not {least}" for what, count, least in counted if count < least]


def pytest_configure(config: pytest.Config) -> None:
    """The mark of the quick subset, and the table."""
    config.addinivalue_line("markers", "e2e_quick: a few cells of the e2e run (under three minutes)")
    config.pluginmanager.register(Table(), "e2e-table")


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[Surroundings]:
    """An empty Parameter Store that refuses what AWS refuses, and an empty home."""
    from migrate.stores.sandbox import Sandbox

    home = tmp_path / "home"
    home.mkdir()
    with Sandbox() as store:
        yield Surroundings(home, store.environment["AWS_ENDPOINT_URL"], tmp_path / "refused")


@pytest.fixture
def command_line(surroundings: Surroundings) -> Callable[[Framework], CommandLine]:
    """Gives a framework's command line, which it installs where the cache has none."""
    return lambda framework: CommandLine(framework, installed(framework), surroundings)

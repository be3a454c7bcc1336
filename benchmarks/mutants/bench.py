"""Run a module's tests against one mutant after another, in a copy of the tree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.mutants.operators import Mutant, mutated
from benchmarks.mutants.tests import tests_of

_FIRST_RUN_SECONDS = 600
_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "--hypothesis-seed=1", "-p", "no:cacheprovider")


class Bench:
    """A module in a copy of the tree, and its tests there.

    Raises SystemExit where they fail, or don't end in ten minutes, against the module as it is, parsed and printed
    again.
    """

    def __init__(self, tree: Path, module: str) -> None:
        self._tree = tree
        self._file = tree / "migrate" / f"{module}.py"
        self.source = self._file.read_text(encoding="utf-8")
        self._command = (*_PYTEST, *tests_of(tree, module))
        begun = time.monotonic()
        if self.notices(None, _FIRST_RUN_SECONDS):
            raise SystemExit(f"error: {module}: its tests fail without any change")
        self.patience = 20 + 5 * (time.monotonic() - begun)  # seconds

    def notices(self, mutant: Mutant | None, seconds: float) -> bool:
        """Return whether the tests fail, or don't end in time."""
        self._file.write_text(mutated(self.source, mutant), encoding="utf-8")
        for stale in (self._file.parent / "__pycache__").glob(f"{self._file.stem}.*"):
            stale.unlink()
        with subprocess.Popen(
            self._command,
            cwd=self._tree,
            env={**os.environ, "PYTHONPATH": str(self._tree)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ) as tests:
            try:
                return tests.wait(seconds) != 0
            except subprocess.TimeoutExpired:
                if sys.platform != "win32":
                    os.killpg(tests.pid, signal.SIGKILL)
                tests.kill()
                return True

    def close(self) -> None:
        """Put the module back, for the next one's tests."""
        self._file.write_text(self.source, encoding="utf-8")

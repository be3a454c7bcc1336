"""The Serverless command lines from npm: which ones, where they are installed, how one is run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_PINS = HERE / "frameworks"
_PRELOAD = HERE / "preload.cjs"
_COMMAND_SECONDS = 180
_INSTALL_SECONDS = 600

# No dashboard, telemetry, update check or question, and nothing of the machine's own settings.
_QUIET = {
    "CI": "1",
    "NO_COLOR": "1",
    "SLS_INTERACTIVE_SETUP_ENABLE": "0",
    "SLS_NOTIFICATIONS_MODE": "off",
    "SLS_TELEMETRY_DISABLED": "1",
    "SLS_TRACKING_DISABLED": "1",
    "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
}


@dataclass(frozen=True, slots=True)
class Framework:
    """One command line; `name` is the folder of its lockfile, `release` the word of `--framework`."""

    name: str
    package: str
    version: str
    release: str

    @property
    def pins(self) -> Path:
        """The folder with its `package.json` and `package-lock.json`."""
        return _PINS / self.name


SLS1 = Framework("sls1", "serverless", "1.83.3", "1")
SLS2 = Framework("sls2", "serverless", "2.72.4", "2")
SLS3 = Framework("sls3", "serverless", "3.40.0", "3")
OSLS3 = Framework("osls3", "osls", "3.77.1", "osls")
OSLS4 = Framework("osls4", "osls", "4.3.1", "osls")
FRAMEWORKS = (SLS1, SLS2, SLS3, OSLS3, OSLS4)


# Where the installed trees lie: outside the repository, kept between runs. Read now, as tests start
# without the machine's settings.
_CACHE = Path(os.environ.get("SLSMIGRATE_E2E_CACHE") or Path.home() / ".cache" / "slsmigrate-e2e")


def installed(framework: Framework) -> Path:
    """The package's folder, installed from its lockfile where the cache has none of the same hash."""
    lock = (framework.pins / "package-lock.json").read_bytes()
    _CACHE.mkdir(parents=True, exist_ok=True)
    tree = _CACHE / f"{framework.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
    with _locked(_CACHE / f"{framework.name}.lock"):
        if not tree.exists():
            _install(framework, tree)
    return tree / "node_modules" / framework.package


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _install(framework: Framework, tree: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{framework.name}-", dir=tree.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(framework.pins / name, fresh / name)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(npm, cwd=fresh, check=True, timeout=_INSTALL_SECONDS)
        fresh.rename(tree)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every process of a run sees: a home of its own, and the local store in the place of AWS.

    `refused` is the file in which the preload notes each connection that it did not let through.
    """

    home: Path
    store: str
    refused: Path

    def variables(self) -> dict[str, str]:
        """The environment that all processes share."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def refusals(self) -> tuple[str, ...]:
        """The addresses that something tried to reach, in order."""
        return tuple(self.refused.read_text().split()) if self.refused.exists() else ()


@dataclass(frozen=True, slots=True)
class CommandLine:
    """An installed framework, ready to run in a service's folder."""

    framework: Framework
    package: Path
    surroundings: Surroundings

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; whatever it exits with is the caller's to read."""
        return subprocess.run(
            ["node", str(self.package / "bin" / "serverless.js"), *arguments],
            cwd=folder,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_COMMAND_SECONDS,
        )

    def variables(self) -> Mapping[str, str]:
        """The environment it runs in."""
        return {
            **self.surroundings.variables(),
            **_QUIET,
            "NODE_OPTIONS": f'--require "{_PRELOAD}"',
            "SLSMIGRATE_E2E_STORE": self.surroundings.store,
            "SLSMIGRATE_E2E_REFUSED": str(self.surroundings.refused),
        }

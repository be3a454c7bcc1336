"""What is published: it holds what it must and nothing else, is the same each time, installs and runs."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = ("3.11", "3.12", "3.13")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*cache", ".coverage*", "__pycache__", "node_modules", "build", "dist"
)
# What lies about in a work tree and must not be published.
ODD = (".env", "notes/README.md", "migrate.key", "serverless.yml", "benchmarks/LICENSE", "tests/__pycache__/x.pyc")


@dataclass(frozen=True)
class Built:
    """The two files that are published."""

    wheel: Path
    sdist: Path


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a program says; its failure is the test's."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(directory: Path) -> Built:
    """The sdist, and the wheel that is made from it."""
    tree = directory / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    for name in ODD:
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("odd")
    run(sys.executable, "-m", "build", "--outdir", directory / "dist", tree)
    (wheel,), (sdist,) = (directory / "dist").glob("*.whl"), (directory / "dist").glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, built once for all tests."""
    return build(tmp_path_factory.mktemp("built"))


def interpreter(version: str) -> Path | None:
    """A Python of this version that runs here: on PATH, or of pyenv."""
    if sys.version_info[:2] == tuple(int(part) for part in version.split(".")):
        return Path(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    named = shutil.which(f"python{version}")
    found = [*([Path(named)] if named else []), *sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))]
    works = (
        each for each in found if subprocess.run([each, "-c", ""], capture_output=True, check=False).returncode == 0
    )
    return next(works, None)


def source(*suffixes: str) -> set[str]:
    """Our own files of the package."""
    files = (file for file in (ROOT / "migrate").rglob("*") if file.suffix in suffixes)
    return {file.relative_to(ROOT).as_posix() for file in files}


@pytest.mark.slow
def test_wheel_holds_only_the_package_and_its_licence(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == source(".py", ".typed", ".css", ".js", ".j2")
    assert {name.partition("/")[2] for name in about} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


@pytest.mark.slow
def test_sdist_holds_only_what_builds_and_tests_it(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names.isdisjoint(ODD)
    assert {name.split("/")[0] for name in names} == {
        *(".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "PKG-INFO", "README.md", "SECURITY.md"),
        *("docs", "migrate", "pyproject.toml", "samples", "tests"),
    }


@pytest.mark.slow
def test_metadata_match_the_project_and_every_dependency_has_a_lower_bound(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(wheel.read(name))
    assert (told["Name"], told["License-Expression"], told["Requires-Python"]) == ("slsmigrate", "MIT", ">=3.11")
    assert "# slsmigrate" in str(told.get_payload())
    needed = told.get_all("Requires-Dist") or []
    assert len(needed) > len(PROJECT["dependencies"])
    assert [each for each in needed if ">=" not in each and "slsmigrate" not in each] == []


@pytest.mark.slow
def test_repeated_build_gives_equal_bytes(built: Built, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.read_bytes() == built.sdist.read_bytes()


def migrates(program: Sequence[Path | str], directory: Path) -> None:
    """Runs an installed program far from any source."""
    shutil.copytree(ROOT / "samples" / "hello-world", directory / "hello-world")
    assert run(*program, "--version", cwd=directory).startswith("slsmigrate ")
    assert "/hello-world/github-api-key" in run(*program, "hello-world", "--sandbox", "--yes", cwd=directory)
    assert run(*program, "batch", ".", "--dry-run", "--report", "all.html", cwd=directory)
    assert "<html" in (directory / "all.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_built_packages_install_and_run(built: Built, tmp_path: Path, version: str) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    run(python, "-m", "venv", tmp_path / "venv")
    pip, program = tmp_path / "venv" / "bin" / "pip", tmp_path / "venv" / "bin" / "slsmigrate"
    run(pip, "install", "--quiet", f"{built.wheel}[sandbox]")
    migrates([program], tmp_path)
    run(pip, "install", "--quiet", "--force-reinstall", "--no-deps", built.sdist)
    assert run(program, "--version", cwd=tmp_path).startswith("slsmigrate ")


def test_declared_python_versions_are_those_tested() -> None:
    promised = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    assert promised == list(VERSIONS)


def test_every_dependency_is_explained_in_the_security_notes() -> None:
    reasons = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## Dependencies")[2]
    assert [each for each in PROJECT["dependencies"] if each.partition(">=")[0] not in reasons] == []

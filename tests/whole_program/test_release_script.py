"""The release script in a real repository: what it checks, changes, commits and tags, and that it publishes nothing."""

from __future__ import annotations

import importlib.util
import io
import shutil
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.gitrepos import git
from tests.support.program import write
from tests.whole_program.test_release import LEFT_OUT

SCRIPT = Path(__file__).parents[2] / ".ci" / "release.py"
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A door.\n\n## [0.1.0] - 2020-01-01\n\n- A house.\n"
FILES = {
    "migrate/__init__.py": '"""A package."""\n\n__version__ = "0.1.0"\n',
    "migrate/door.py": "",
    "CHANGELOG.md": CHANGELOG,
    "README.md": "- repo: https://github.com/OWNER/slsmigrate\n  rev: v0.1.0\n",
    ".gitignore": "dist/\n",
}


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RELEASE = load()


def packed(tree: Path, into: Path, *more: str) -> None:
    """Stands in for a build, which needs the network: packs the package as it is, and more."""
    version = RELEASE.current_version(tree)
    into.mkdir(parents=True)
    names = [file.relative_to(tree).as_posix() for file in sorted((tree / "migrate").iterdir())] + list(more)
    with zipfile.ZipFile(into / f"slsmigrate-{version}-py3-none-any.whl", "w") as wheel:
        for name in (*names, f"slsmigrate-{version}.dist-info/METADATA"):
            wheel.writestr(name, "")
    with tarfile.open(into / f"slsmigrate-{version}.tar.gz", "w:gz") as sdist:
        for name in (*names, "PKG-INFO"):
            sdist.addfile(tarfile.TarInfo(f"slsmigrate-{version}/{name}"), io.BytesIO())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clone of a repository with one release."""
    origin = tmp_path / "origin"
    write(origin, dict(FILES))
    git(origin, "init", "--quiet", "--template=", "--initial-branch=main")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message=One")
    git(origin, "tag", "v0.1.0")
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    for name, value in (("user.name", "Test"), ("user.email", "test@example.com")):
        git(tmp_path / "clone", "config", name, value)
    return tmp_path / "clone"


def state(tree: Path) -> tuple[str, str, str]:
    return git(tree, "status", "--porcelain"), git(tree, "rev-parse", "HEAD"), git(tree, "tag")


def test_release_is_one_commit_with_a_tag(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert RELEASE.main(["0.2.0"], tree, packed) == 0
    assert git(tree, "status", "--porcelain") == ""
    assert git(tree, "describe").strip() == "v0.2.0"
    assert git(tree, "log", "-1", "--format=%s").strip() == "Release 0.2.0"
    assert RELEASE.current_version(tree) == "0.2.0"
    assert "rev: v0.2.0\n" in (tree / "README.md").read_text()
    changelog = (tree / "CHANGELOG.md").read_text()
    head, _, older = changelog.partition("## [0.2.0] - 20")
    assert head.endswith("## [Unreleased]\n\n")
    assert older.partition("\n")[2] == CHANGELOG.partition("## [Unreleased]\n")[2]
    assert "Not published" in capsys.readouterr().out
    assert len(list((tree / "dist" / "0.2.0").iterdir())) == 2


def test_dry_run_changes_nothing_and_shows_the_change(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(tree)
    assert RELEASE.main(["0.2.0", "--dry-run"], tree, packed) == 0
    assert state(tree) == before
    assert '+__version__ = "0.2.0"' in capsys.readouterr().out


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9", "1.2", "v0.2.0", "0.2.0rc1"])
def test_version_that_is_not_the_next_is_refused(tree: Path, capsys: pytest.CaptureFixture[str], version: str) -> None:
    before = state(tree)
    assert RELEASE.main([version], tree, packed) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert state(tree) == before


def test_tree_with_uncommitted_changes_is_refused(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "README.md").write_text("mine")
    assert RELEASE.main(["0.2.0"], tree, packed) == 1
    assert "not clean" in capsys.readouterr().err
    assert (tree / "README.md").read_text() == "mine"


def test_release_without_a_changelog_entry_is_refused(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "CHANGELOG.md").write_text(CHANGELOG.replace("- A door.\n", ""))
    git(tree, "commit", "--quiet", "--all", "--message=Two")
    before = state(tree)
    assert RELEASE.main(["0.2.0"], tree, packed) == 1
    assert "no entry" in capsys.readouterr().err
    assert state(tree) == before


def test_packages_with_files_unknown_to_git_are_refused(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(tree)
    assert RELEASE.main(["0.2.0"], tree, lambda root, into: packed(root, into, "migrate/.env")) == 1
    assert "migrate/.env" in capsys.readouterr().err
    assert state(tree) == before


def test_nothing_is_uploaded_without_publish(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []
    run = RELEASE.run

    def watched(*command: str | Path, cwd: Path) -> str:
        commands.append(tuple(map(str, command)))
        return "" if "twine" in command else str(run(*command, cwd=cwd))

    monkeypatch.setattr(RELEASE, "run", watched)
    assert RELEASE.main(["0.2.0"], tree, packed) == 0
    assert not [command for command in commands if "twine" in command or "push" in command]
    assert RELEASE.main(["0.3.0"], tree, packed) == 1  # nothing is unreleased
    write(tree, {"CHANGELOG.md": CHANGELOG})
    git(tree, "commit", "--quiet", "--all", "--message=Three")
    assert RELEASE.main(["0.3.0", "--publish"], tree, packed) == 0
    (upload,) = [command for command in commands if "twine" in command]
    assert [Path(name).name for name in upload[4:]] == ["slsmigrate-0.3.0-py3-none-any.whl", "slsmigrate-0.3.0.tar.gz"]


@pytest.mark.slow
def test_this_tree_can_be_released(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(SCRIPT.parents[1], tree, ignore=LEFT_OUT)
    git(tree, "init", "--quiet", "--template=", "--initial-branch=main")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=One")
    assert '+__version__ = "99.0.0"' in RELEASE.rehearse(tree, "99.0.0")
    assert git(tree, "status", "--porcelain") == ""

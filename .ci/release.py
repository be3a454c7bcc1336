"""Make a release: python .ci/release.py 1.2.0 [--dry-run] [--publish].

Checks that the tree is clean and the version new, moves what the changelog calls unreleased to the version, builds the
two files that are published and checks what they hold, commits and tags. Nothing leaves this machine without
--publish, which uploads the two files with twine. With --dry-run all of it happens in a clone that is then thrown away.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSION = Path("migrate/__init__.py")
CHANGELOG = Path("CHANGELOG.md")
README = Path("README.md")
UNRELEASED = "## [Unreleased]\n"
_NUMBER = re.compile(r"\d+\.\d+\.\d+")
_ASSIGNMENT = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
Build = Callable[[Path, Path], None]


class ReleaseError(Exception):
    """A release can't be made; the message says what is to be done about it."""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program and return what it prints. Raises ReleaseError where it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{command[0]} {command[1]} failed: {(done.stdout + done.stderr).strip()}")
    return done.stdout


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's parts, to be compared. Raises ReleaseError where it is not of the form 1.2.3."""
    if not _NUMBER.fullmatch(version):
        raise ReleaseError(f"{version} is not of the form 1.2.3")
    return tuple(int(part) for part in version.split("."))


def current_version(root: Path) -> str:
    """Return the version that stands in the code."""
    found = _ASSIGNMENT.search((root / VERSION).read_text(encoding="utf-8"))
    if found is None:
        raise ReleaseError(f"{VERSION} names no version")
    return found[1]


def released(changelog: str, version: str, day: str) -> str:
    """Return a changelog whose unreleased entries are those of the version. Raises ReleaseError without entries."""
    before, heading, after = changelog.partition(UNRELEASED)
    entries, more, older = after.partition("\n## [")
    if not heading or "\n- " not in entries:
        raise ReleaseError(f"{CHANGELOG} has no entry under {UNRELEASED.strip()}")
    return f"{before}{UNRELEASED}\n## [{version}] - {day}\n{entries}{more}{older}"


def check(root: Path, version: str) -> None:
    """Raise ReleaseError where this tree can't become this version."""
    if run("git", "status", "--porcelain", cwd=root):
        raise ReleaseError("the tree is not clean: commit or stash what git status lists")
    if numbers(version) <= numbers(current_version(root)) and run("git", "tag", "--list", "v*", cwd=root):
        raise ReleaseError(f"{version} does not come after {current_version(root)}")
    if run("git", "tag", "--list", f"v{version}", cwd=root):
        raise ReleaseError(f"there is a tag v{version} already")


def write(root: Path, version: str, day: str) -> None:
    """Write the version where it stands: in the code, in the changelog, in the README's pre-commit entry."""
    changelog = released((root / CHANGELOG).read_text(encoding="utf-8"), version, day)
    code = _ASSIGNMENT.sub(f'__version__ = "{version}"', (root / VERSION).read_text(encoding="utf-8"))
    readme = re.sub(r"^(  rev: )v\d\S*$", rf"\g<1>v{version}", (root / README).read_text(encoding="utf-8"), flags=re.M)
    for file, text in ((CHANGELOG, changelog), (VERSION, code), (README, readme)):
        (root / file).write_text(text, encoding="utf-8")


def build(tree: Path, into: Path) -> None:
    """Build the sdist, and the wheel from it."""
    run(sys.executable, "-m", "build", "--outdir", into, tree, cwd=tree)


def check_contents(root: Path, dist: Path, version: str) -> None:
    """Raise ReleaseError where a file that is published lacks something, or holds what git does not."""
    tracked = set(run("git", "ls-files", cwd=root).splitlines())
    package = {name for name in tracked if name.startswith("migrate/")}
    with zipfile.ZipFile(dist / f"slsmigrate-{version}-py3-none-any.whl") as wheel:
        in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
    with tarfile.open(dist / f"slsmigrate-{version}.tar.gz") as sdist:
        in_sdist = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()} - {"PKG-INFO"}
    for name, odd in (("wheel", in_wheel ^ package), ("sdist", (in_sdist - tracked) | (package - in_sdist))):
        if odd:
            raise ReleaseError(f"the {name} holds more or less than it must: {', '.join(sorted(odd))}")


def release(root: Path, version: str, dist: Path, make: Build = build) -> None:
    """Make a release of a tree, up to its tag; after a failure the tree is as it was."""
    check(root, version)
    try:
        write(root, version, datetime.now(UTC).strftime("%Y-%m-%d"))
        make(root, dist)
        check_contents(root, dist, version)
    except BaseException:
        run("git", "checkout", "--quiet", "--", ".", cwd=root)
        raise
    run("git", "commit", "--quiet", "--all", f"--message=Release {version}", cwd=root)
    run("git", "tag", "--annotate", f"v{version}", f"--message=Release {version}", cwd=root)


def rehearse(root: Path, version: str, make: Build = build) -> str:
    """Make the release in a clone that is then thrown away, and return what it would change."""
    check(root, version)
    with tempfile.TemporaryDirectory() as directory:
        clone = Path(directory) / "clone"
        run("git", "clone", "--quiet", root, clone, cwd=root)
        for name in ("user.name", "user.email"):
            known = run("git", "config", "--default", "nobody", "--get", name, cwd=root).strip()
            run("git", "config", name, known, cwd=clone)
        release(clone, version, Path(directory) / "dist", make)
        return run("git", "show", f"v{version}", cwd=clone)


def main(arguments: Sequence[str], root: Path = ROOT, make: Build = build) -> int:
    """Make a release as the command line says; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("--dry-run", action="store_true", help="in a clone that is thrown away")
    parser.add_argument("--publish", action="store_true", help="upload the two files with twine")
    given = parser.parse_args(arguments)
    dist = root / "dist" / given.version
    try:
        if given.dry_run:
            print(rehearse(root, given.version, make))
            return 0
        release(root, given.version, dist, make)
        print(f"Tagged v{given.version}; next: git push --follow-tags")
        if given.publish:
            run(sys.executable, "-m", "twine", "upload", *sorted(dist.iterdir()), cwd=root)
            print("Published.")
        else:
            print(f"Not published: {dist} holds what --publish would upload.")
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What tells the framework's version: laid into a repository in every way in which real ones have it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .frameworks import Framework


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's root, the service's folder in it, and the installed package."""

    root: Path
    service: Path
    package: Path


_SAYS_VERSION = re.compile(rb"""(?m)^(?P<key>\s*"?frameworkVersion"?:\s*)["']?[^"'\r\n,]+["']?""")

Evidence = Callable[[Framework, Place], None]


def repository(root: Path) -> None:
    """An empty git repository, which is where the search for evidence ends."""
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)


def node_modules(framework: Framework, place: Place) -> None:
    """The installed package itself, at the root, as workspaces have it; its dependencies lie in one of its own."""
    installed = place.root / "node_modules" / framework.package
    shutil.copytree(place.package, installed, symlinks=True, copy_function=_link)
    own = installed / "node_modules"
    own.mkdir(exist_ok=True)
    for dependency in place.package.parent.iterdir():
        if not (own / dependency.name).exists():
            (own / dependency.name).symlink_to(dependency)


def _link(source: str, target: str) -> None:
    """A second name for a file, where the disk is the same."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def npm_lock(framework: Framework, place: Place) -> None:
    """`package-lock.json` of today's npm."""
    _manifest(framework, place, f"^{_major(framework)}.0.0")
    packages = {"": {"name": "shop"}, f"node_modules/{framework.package}": {"version": framework.version, "dev": True}}
    lock = {"name": "shop", "lockfileVersion": 3, "requires": True, "packages": packages}
    (place.root / "package-lock.json").write_text(json.dumps(lock, indent=2))


def old_npm_lock(framework: Framework, place: Place) -> None:
    """`package-lock.json` of npm 6."""
    _manifest(framework, place, f"^{_major(framework)}.0.0")
    lock = {"lockfileVersion": 1, "dependencies": {framework.package: {"version": framework.version, "dev": True}}}
    (place.root / "package-lock.json").write_text(json.dumps(lock, indent=2))


def yarn_lock(framework: Framework, place: Place) -> None:
    """`yarn.lock` of yarn 1."""
    _manifest(framework, place, f"^{_major(framework)}.0.0")
    (place.root / "yarn.lock").write_text(
        "# yarn lockfile v1\n\n\n"
        f"{framework.package}@^{_major(framework)}.0.0:\n"
        f'  version "{framework.version}"\n'
        "  dependencies:\n"
        '    ajv "^8.0.0"\n'
    )


def yarn_berry_lock(framework: Framework, place: Place) -> None:
    """`yarn.lock` of yarn 2 and later."""
    _manifest(framework, place, f"^{_major(framework)}.0.0")
    (place.root / "yarn.lock").write_text(
        "__metadata:\n  version: 8\n\n"
        f'"{framework.package}@npm:^{_major(framework)}.0.0":\n'
        f"  version: {framework.version}\n"
        f'  resolution: "{framework.package}@npm:{framework.version}"\n'
        "  languageName: node\n"
    )


def pnpm_lock(framework: Framework, place: Place) -> None:
    """`pnpm-lock.yaml`."""
    package, version = framework.package, framework.version
    _manifest(framework, place, f"^{_major(framework)}.0.0")
    (place.root / "pnpm-lock.yaml").write_text(
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n"
        f"      {package}:\n        specifier: ^{_major(framework)}.0.0\n        version: {version}\n\n"
        f"packages:\n\n  {package}@{version}:\n    engines: {{node: '>=12.0'}}\n"
    )


def package_json(framework: Framework, place: Place) -> None:
    """A range in `package.json`, and nothing that says more."""
    _manifest(framework, place, f"~{framework.version}")


def alias(framework: Framework, place: Place) -> None:
    """The fork under the name that plugins look for; the others as a plain range."""
    version = f"npm:osls@^{_major(framework)}.0.0" if framework.package == "osls" else f"^{_major(framework)}.0.0"
    manifest = {"name": "shop", "private": True, "dependencies": {"serverless": version}}
    (place.root / "package.json").write_text(json.dumps(manifest, indent=2))


def framework_version(framework: Framework, place: Place) -> None:
    """`frameworkVersion` in the manifest, or the installed package where that is JSON."""
    manifest = place.service / "serverless.yml"
    if not manifest.exists():
        node_modules(framework, place)
        return
    major = int(_major(framework))
    line = (f"frameworkVersion: '{major}'", f'frameworkVersion: ">={major}.0.0 <{major + 1}.0.0"')[major % 2]
    source = manifest.read_bytes()
    end = b"\r\n" if b"\r\n" in source else b"\n"
    mark = b"\xef\xbb\xbf" if source.startswith(b"\xef\xbb\xbf") else b""
    manifest.write_bytes(mark + line.encode() + end + source.removeprefix(mark))


def sample(framework: Framework, place: Place) -> None:
    """The installed package; a sample's own `frameworkVersion` becomes that of a team on this version."""
    node_modules(framework, place)
    for manifest in place.service.glob("serverless*"):
        source = manifest.read_bytes()
        manifest.write_bytes(_SAYS_VERSION.sub(rb'\g<key>"' + _major(framework).encode() + rb'"', source, count=1))


EVIDENCES: tuple[Evidence, ...] = (
    node_modules,
    npm_lock,
    yarn_lock,
    package_json,
    framework_version,
    pnpm_lock,
    alias,
    yarn_berry_lock,
    old_npm_lock,
)


def _manifest(framework: Framework, place: Place, version: str) -> None:
    manifest = {"name": "shop", "private": True, "devDependencies": {framework.package: version}}
    (place.root / "package.json").write_text(json.dumps(manifest, indent=2))


def _major(framework: Framework) -> str:
    return framework.version.partition(".")[0]

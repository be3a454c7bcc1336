"""A repository in whose settings every program that git could start is a trap that tells when it is sprung."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.gitrepos import git, manifest, repository, secret
from tests.support.program import write

# Settings whose value is a program, each for a trap of its name.
SETTINGS = (
    *("core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.pager", "core.editor"),
    *("core.alternateRefsCommand", "sequence.editor", "interactive.diffFilter", "credential.helper"),
    *("diff.external", "diff.trap.command", "diff.trap.textconv", "merge.trap.driver", "trailer.trap.command"),
    *("filter.trap.clean", "filter.trap.smudge", "filter.process.process", "trailer.trap.cmd"),
    *(f"filter.{name}.{way}" for name in ("", "a=b", "set") for way in ("clean", "smudge")),
    *("diff..command", "diff..textconv", "merge..driver", "diff.a=b.command", "diff.a=b.textconv"),
    *("gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand"),
    *("remote.origin.uploadpack", "remote.origin.receivepack", "uploadpack.packObjectsHook"),
    *("pager.diff", "pager.log", "pager.config", "pager.branch", "sendemail.sendmailCmd", "browser.trap.cmd"),
)
_NOT_PROGRAMS = {
    "log.showSignature": "true",
    "commit.gpgSign": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.url": "ssh://nobody@127.0.0.1/none",
    "submodule.recurse": "true",
    "status.submoduleSummary": "true",
    "diff.submodule": "log",
}
_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout", "post-index-change",
          "reference-transaction", "fsmonitor-watchman", "pre-auto-gc", "post-merge", "pre-push")  # fmt: skip
_ALIASES = ("diff", "log", "config", "ls-files", "check-ignore", "rev-parse", "cat-file", "check-attr")
_ATTRIBUTES = """\
*.txt filter=trap diff=trap merge=trap
*.inc filter=included
*.own filter=own
*.none filter= diff= merge=
*.same filter=a=b diff=a=b
*.set filter=set
z.last filter=process
"""
_SUFFIXES = ("txt", "inc", "own", "none", "same", "set")


class Traps:
    """The programs, and which of them ran."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        self._log = directory / "log"

    def lay(self, name: str) -> str:
        """Return a program of this name."""
        program = self.directory / name
        program.write_text(f"#!/bin/sh\necho {name} >> '{self._log}'\nexit 1\n")
        program.chmod(0o755)
        return str(program)

    def sprung(self) -> frozenset[str]:
        """Return the names of those that ran since this was last asked."""
        names = frozenset(self._log.read_text().split()) if self._log.exists() else frozenset()
        self._log.unlink(missing_ok=True)
        return names


def hostile_repository(root: Path, traps: Traps) -> Path:
    """A partial clone of one signed commit that lacks its `.gitignore`, and in which files of every filter changed."""
    files = {f"{name}.{suffix}": "x\n" for name in ("a", "b") for suffix in _SUFFIXES}
    files["z.last"] = "x\n"  # one that fails to speak the protocol ends git
    service = {"serverless.yml": manifest("shop", {"DB_PASSWORD": secret("hostile")}, "# x\n")}
    repository(root, {**files, **service, ".gitattributes": _ATTRIBUTES, ".gitignore": "new*\n"})
    repository(root / "module", {"file": "x\n"})
    git(root / "module", "config", "core.fsmonitor", traps.lay("module.fsmonitor"))
    git(root, "-c", "advice.addEmbeddedRepo=false", "add", "module")
    git(root, "commit", "--quiet", "--amend", "--no-edit")
    _sign(root)
    write(root, {f"a.{suffix}": "changed\n" for suffix in _SUFFIXES})
    write(root, {"new/serverless.yml": service["serverless.yml"].replace("shop", "new")})
    _without_gitignore(root)
    _set(root, traps)
    for name in files:  # as after a checkout at another time: only the content can tell
        os.utime(root / name, (1, 1))
    return root


def _sign(root: Path) -> None:
    """Give the commit a signature, which git verifies by a program if it is told to show it."""
    head, _, body = git(root, "cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    words = ["git", "-C", str(root), "hash-object", "-t", "commit", "-w", "--stdin"]
    made = subprocess.run(words, input=f"{head}\n{signature}\n\n{body}".encode(), capture_output=True, check=True)
    git(root, "update-ref", "refs/heads/main", made.stdout.decode().strip())


def _without_gitignore(root: Path) -> None:
    blob = git(root, "rev-parse", "HEAD:.gitignore").strip()
    git(root, "update-index", "--skip-worktree", ".gitignore")
    (root / ".gitignore").unlink()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def _set(root: Path, traps: Traps) -> None:
    for hook in _HOOKS:
        traps.lay(hook)
    settings = [(name, traps.lay(name)) for name in SETTINGS]
    settings += [(f"alias.{word}", f"!{traps.lay(f'alias.{word}')}") for word in _ALIASES]
    settings += [*_NOT_PROGRAMS.items(), ("core.hooksPath", str(traps.directory))]
    lines = "".join(_line(name, value) for name, value in settings)
    (root / ".git" / "included").write_text(_line("filter.included.clean", traps.lay("filter.included.clean")))
    (root / ".git" / "config.worktree").write_text(_line("filter.own.clean", traps.lay("filter.own.clean")))
    lines += "[include]\n\tpath = included\n[extensions]\n\tworktreeConfig = true\n"
    with (root / ".git" / "config").open("a") as config:
        config.write(lines)


def _line(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    subsection, has_one, key = rest.rpartition(".")
    return f'[{section} "{subsection}"]\n\t{key} = "{value}"\n' if has_one else f'[{section}]\n\t{key} = "{value}"\n'

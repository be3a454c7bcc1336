"""Manifests, findings and deployments from a few words, for tests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from migrate.framework.deployment import Deployment, deployment
from migrate.framework.resolve import View
from migrate.model import (
    Confidence,
    Family,
    Finding,
    Form,
    Framework,
    Kind,
    Manifest,
    Role,
    Rule,
    Secret,
    Span,
)
from migrate.model.keypath import KeyPath
from migrate.text.manifest import read

RULE = Rule("password-key", "Named like a password", Kind.PASSWORD, Confidence.HIGH)
LEGACY = Framework(Family.LEGACY, "2", "Serverless 2", "package.json")
LEGACY_1 = Framework(Family.LEGACY, "1", "Serverless 1", "package.json")
MODERN = Framework(Family.MODERN, "3", "Serverless 3", "package.json")
UNKNOWN = Framework(Family.UNKNOWN)
VERSION_4 = Framework(Family.MODERN, "4", "Serverless 4", "frameworkVersion")


def manifest(text: str | bytes, name: str = "serverless.yml", role: Role = Role.MANIFEST) -> Manifest:
    source = text.encode() if isinstance(text, str) else text
    return read(Path("/service") / name, source, role)


def finding(
    found: Manifest,
    path: str,
    part: str | None = None,
    form: Form = Form.WHOLE,
    rule: Rule = RULE,
    confidence: Confidence = Confidence.HIGH,
) -> Finding:
    """A finding at a key path; `part` is the text within the value that is the secret."""
    scalar = next(each for each in found.scalars if each.path == KeyPath.parse(path))
    span = None
    if part is not None:
        start = scalar.value.index(part)
        span = Span(start, start + len(part))
        form = Form.PART if form is Form.WHOLE else form
    secret = Secret(scalar.value if part is None else part)
    return Finding(rule, found, scalar, secret, confidence, "named like a password, literal", span, form)


def view(found: Manifest, *files: Manifest) -> View:
    """The view of a manifest that has files around it."""

    def included(directory: Path, pattern: str) -> list[Manifest | None]:
        wanted = os.path.normpath(directory / pattern)
        return [each for each in files if fnmatchcase(str(each.file), wanted)]

    return View(found, included)


def deployed(
    *manifests: Manifest, framework: Framework = MODERN, file: Path | None = None, files: Sequence[Manifest] = ()
) -> Deployment:
    """What deploys a file that manifests reach; `files` are those that they may include."""
    return deployment(file or manifests[0].file, [view(each, *files) for each in manifests], framework)


def deployments(
    findings: Sequence[Finding], framework: Framework = MODERN, by: Sequence[Manifest] = ()
) -> dict[Path, Deployment]:
    """What deploys each finding's file: the manifests `by`, or the file itself."""
    return {
        each.manifest.file: deployed(*(by or (each.manifest,)), framework=framework, file=each.manifest.file)
        for each in findings
    }

"""Determine how a file is deployed: its service, framework, syntax and regions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.framework.reference import ReferenceSyntax, syntax_for
from migrate.framework.resolve import View
from migrate.model import Framework, Manifest, SlsMigrateError
from migrate.stores.limits import REGION, service_segment

# Serverless 1 to 4 and osls deploy there when neither --region nor provider.region sets another;
# they do not ask AWS_REGION.
FRAMEWORK_REGION = "us-east-1"


class Deployment(Struct, frozen=True):
    """The deployment of one file, as far as it is known.

    `regions` are all where its parameters may be read, none where that is unknown; `fixed_region`
    is True where the manifest leaves no choice of one, so that a parameter elsewhere needs it in the
    reference. `refusal` is why nothing of the file may ever be moved, '' where it may. `git_filter` is what
    the file passes on its way into the repository, '' for nothing.
    """

    service: str
    directory: Path
    views: tuple[View, ...]
    framework: Framework
    syntax: ReferenceSyntax
    regions: tuple[str, ...]
    fixed_region: bool
    refusal: str = ""
    git_filter: str = ""

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """Return the manifests that reach the file."""
        return tuple(view.manifest for view in self.views)


def service_name(view: View) -> str | None:
    """Resolve the service's name within its manifest; None where the file names none.

    Parameters are named after it, so that no other file may change it. What can't be resolved is
    returned as it is written, with its variables.
    """
    own = View(view.manifest, delimiters=view.delimiters)
    resolved = own.resolve("service") or own.resolve("service", "name")
    return resolved or view.written("service") or view.written("service", "name")


def _provider(view: View) -> str:
    return view.resolve("provider") or view.resolve("provider", "name") or "aws"


def _regions(view: View) -> tuple[frozenset[str], bool]:
    """Find all regions of a manifest, and whether it leaves no choice of one."""
    answer = view.possible_values("provider", "region")
    if answer is None:
        return frozenset(), False
    regions = {text for text in answer.texts if REGION.fullmatch(text)}
    if answer.is_absent:
        regions.add(FRAMEWORK_REGION)
    return frozenset(regions), answer.is_sure and len(answer.nodes) == len(regions) == 1


# Besides the region: where that can't be told, a person is asked for it.
_DECIDING = (
    ("service", "name"),
    ("provider", "name"),
    ("provider", "variableSyntax"),
    ("variablesResolutionMode",),
    ("frameworkVersion",),
)
_UNREADABLE = "an alias or a merge is unclear, a key is there twice, or it may come from __proto__"


def _unreadable(view: View) -> str:
    return next((".".join(keys) for keys in _DECIDING if not view.is_readable(*keys)), "")


_REFUSALS: tuple[tuple[Callable[[View], bool], Callable[[View], str]], ...] = (
    (
        lambda view: bool(_unreadable(view)),
        lambda view: f"{_unreadable(view)} can't be told: {_UNREADABLE}",
    ),
    (
        lambda view: _provider(view).lower() != "aws",
        lambda view: f"the provider is {_provider(view)}, and only AWS has Parameter Store",
    ),
    (lambda view: service_name(view) is None, lambda _: "the manifest names no service"),
)


def deployment(
    file: Path, views: Sequence[View], framework: Framework, *, unwritable: str = "", git_filter: str = ""
) -> Deployment:
    """Determine the deployment of a file.

    `views` are of the manifests that reach it, the first of which names its parameters; `framework` is
    what deploys them all; `unwritable` is why the file itself is never written.
    """
    try:
        syntax, unfit = _one_syntax(views, framework), ""
    except SlsMigrateError as error:
        syntax, unfit = syntax_for(framework, None), error.message
    views = [view.with_delimiters(syntax.delimiters) for view in views]
    refused = unwritable or next((message(view) for view in views for holds, message in _REFUSALS if holds(view)), "")
    first = views[0] if views else None
    directory = (first.manifest.file if first else file).parent
    regions = [_regions(view) for view in views] or [(frozenset({FRAMEWORK_REGION}), False)]
    return Deployment(
        service=service_segment(service_name(first) or "" if first else "", directory.name),
        directory=directory,
        views=tuple(views),
        framework=framework,
        syntax=syntax,
        regions=tuple(dict.fromkeys(region for some, _ in regions for region in sorted(some))),
        fixed_region=all(fixed for _, fixed in regions),
        refusal=refused or unfit,
        git_filter=git_filter,
    )


def with_framework(before: Deployment, framework: Framework) -> Deployment:
    """Replace the framework of a deployment by the one that a person named."""
    try:
        syntax = _one_syntax(before.views, framework)
        views = tuple(view.with_delimiters(syntax.delimiters) for view in before.views)
        return replace(before, framework=framework, syntax=syntax, views=views)
    except SlsMigrateError as error:
        return replace(before, framework=framework, refusal=before.refusal or error.message)


def _one_syntax(views: Sequence[View], framework: Framework) -> ReferenceSyntax:
    texts = {view.written("provider", "variableSyntax") for view in views} or {None}
    if len(texts) > 1:
        raise SlsMigrateError("the manifests that include the file have different variableSyntax")
    return syntax_for(framework, texts.pop())

"""List the framework releases, one row each, with all that sets them apart.

Source: the real command lines of serverless 1.83, 2.72, 3.40, osls 3.77 and 4.3; version 4 by its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from migrate.model import Family, Framework
from migrate.model.keypath import KeyPath
from migrate.model.words import enumerated
from migrate.stores.limits import REGION


class Release(StrEnum):
    """The releases by their words on the command line."""

    SERVERLESS_1 = "1"
    SERVERLESS_2 = "2"
    SERVERLESS_2_MODERN = "2-modern"
    SERVERLESS_3 = "3"
    SERVERLESS_4 = "4"
    OSLS = "osls"


class Dialect(StrEnum):
    """Lines of js-yaml that read a plain scalar alike, the newest first."""

    JS_YAML_4_3 = "js-yaml 4.3"
    JS_YAML_4_1 = "js-yaml 4.1"
    JS_YAML_3 = "js-yaml 3"
    OSLS = "js-yaml 4.3 as osls sets it up"


class Treatment(StrEnum):
    """The treatment of `provider.variableSyntax` by a release."""

    READS = "reads"
    IGNORES = "ignores"
    REFUSES = "refuses"


class Mark(Struct, frozen=True):
    """A mark of releases in a manifest: a path, or an expression that values match."""

    words: str
    path: tuple[str, ...] = ()
    expression: str = ""
    is_reference: bool = False


_VARIABLE_SYNTAX = Mark("variableSyntax", path=("provider", "variableSyntax"))
_TRUE = Mark(
    "~true", expression=r"\bssm(?:\.[\w-]{1,60})?:[^\s'\",)\]}>~]{0,1100}+~(?:true|split)\b", is_reference=True
)
_DOTTED_REGION = Mark("ssm.<region>:", expression=rf"\bssm\.{REGION.pattern}:", is_reference=True)
_PSEUDO_PARAMETERS = Mark("#{AWS::…}", expression=r"#\{AWS::")
_BRACKETS = Mark("ssm(…):", expression=r"\bssm\([\w, -]+\):", is_reference=True)
_SLS_STAGE = Mark("${sls:stage}", expression=r"\bsls:stage\b")
_PARAMS = Mark("params:", path=("params",))
_STAGES = Mark("stages:", path=("stages",))
_SERVICE_MAP = Mark("service: as a map", path=("service", "name"))
# Contradicting evidence is reported in this order.
MARKS = (
    _VARIABLE_SYNTAX,
    _TRUE,
    _DOTTED_REGION,
    _PSEUDO_PARAMETERS,
    _BRACKETS,
    _SLS_STAGE,
    _PARAMS,
    _STAGES,
    _SERVICE_MAP,
)
_LEGACY_MARKS = (_VARIABLE_SYNTAX, _TRUE, _DOTTED_REGION, _PSEUDO_PARAMETERS, _SERVICE_MAP)

# Read before references are resolved.
_EARLY_POSITIONS = (
    "service",
    "app",
    "org",
    "tenant",
    "frameworkVersion",
    "configValidationMode",
    "variablesResolutionMode",
    "disabledDeprecations",
    "deprecationNotificationMode",
    "console",
    "dashboard",
    "package.path",
    "plugins",
    "useDotenv",
    "provider.name",
    "provider.stage",
    "provider.region",
    "provider.profile",
    "provider.credentials",
    "provider.deploymentBucket",
    "provider.variableSyntax",
)
SERVERLESS = "serverless"


class ReleaseTraits(Struct, frozen=True):
    """All that sets a release apart.

    `majors` are its major versions as the npm package `package`. `resolution_mode` is the `variablesResolutionMode`
    from which on a manifest of these versions is of this release. `dialects` are those that its versions bring along,
    the newest first. `treatments` is how versions with a label of their own differ from the release in what they do
    with `variableSyntax`. `marks` are those of `MARKS` that identify it; what every release of a family has
    identifies none. `shortcut` is its key where a person is asked.
    """

    release: Release
    family: Family
    label: str
    shortcut: str
    majors: tuple[int, ...]
    dialects: tuple[Dialect, ...]
    variable_syntax: Treatment
    package: str = SERVERLESS
    resolution_mode: str = ""
    treatments: Mapping[str, Treatment] = MappingProxyType({})
    marks: tuple[Mark, ...] = ()
    early_positions: tuple[str, ...] = _EARLY_POSITIONS
    knows_sls: bool = True
    knows_escape: bool = False  # `\${` is text
    mangles_dollars: bool = False
    takes_region_first_only: bool = False

    def treatment_of(self, label: str) -> Treatment:
        """Return what the versions of a label do with `variableSyntax`."""
        return self.treatments.get(label, self.variable_syntax)


# Of two releases of one family the later one is held to more rules.
RELEASES: Mapping[str, ReleaseTraits] = {
    row.release: row
    for row in (
        ReleaseTraits(
            Release.SERVERLESS_1,
            Family.LEGACY,
            "Serverless 1",
            shortcut="1",
            majors=(1,),
            dialects=(Dialect.JS_YAML_3,),
            variable_syntax=Treatment.READS,
            marks=_LEGACY_MARKS,
            knows_sls=False,
        ),
        ReleaseTraits(
            Release.SERVERLESS_2,
            Family.LEGACY,
            "Serverless 2",
            shortcut="2",
            majors=(2,),
            # 2.0 to 2.19 came with js-yaml 3
            dialects=(Dialect.JS_YAML_4_3, Dialect.JS_YAML_4_1, Dialect.JS_YAML_3),
            variable_syntax=Treatment.READS,
            marks=_LEGACY_MARKS,
            knows_sls=False,
        ),
        ReleaseTraits(
            Release.SERVERLESS_2_MODERN,
            Family.MODERN,
            "Serverless 2 with variablesResolutionMode",
            shortcut="r",
            majors=(2,),
            resolution_mode="20210326",
            dialects=(Dialect.JS_YAML_4_3, Dialect.JS_YAML_4_1),
            variable_syntax=Treatment.REFUSES,
            marks=(_BRACKETS, _SLS_STAGE, _SERVICE_MAP),
            knows_escape=True,
        ),
        ReleaseTraits(
            Release.SERVERLESS_3,
            Family.MODERN,
            "Serverless 3",
            shortcut="3",
            majors=(3,),
            dialects=(Dialect.JS_YAML_4_3, Dialect.JS_YAML_4_1),
            variable_syntax=Treatment.IGNORES,
            marks=(_BRACKETS, _SLS_STAGE, _PARAMS),
            knows_escape=True,
        ),
        # Its name in npm's files identifies it; the manifest alone can't distinguish it from Serverless.
        ReleaseTraits(
            Release.OSLS,
            Family.MODERN,
            "osls",
            shortcut="o",
            majors=(3, 4),
            package="osls",
            dialects=(Dialect.OSLS, Dialect.JS_YAML_4_1),
            variable_syntax=Treatment.REFUSES,
            treatments={"osls 3": Treatment.IGNORES},
            knows_escape=True,
        ),
        ReleaseTraits(
            Release.SERVERLESS_4,
            Family.MODERN,
            "Serverless 4",
            shortcut="4",
            majors=(4,),
            dialects=(Dialect.JS_YAML_4_3, Dialect.JS_YAML_4_1),
            variable_syntax=Treatment.IGNORES,
            marks=(_BRACKETS, _SLS_STAGE, _PARAMS, _STAGES),
            mangles_dollars=True,
            takes_region_first_only=True,
        ),
    )
}
# The words of --framework, in the order in which they are listed.
WORDS = ("auto", *sorted(release.value for release in Release))
PACKAGES = tuple(sorted({row.package for row in RELEASES.values()}))
MAJORS = frozenset(major for row in RELEASES.values() for major in row.majors)


def traits_of(framework: Framework) -> ReleaseTraits | None:
    """Look up a framework's release; None where it is unknown."""
    return RELEASES.get(framework.release)


def may_know_escape(framework: Framework) -> bool:
    """Return whether a variable behind a backslash may be text.

    A label that is not the release's own names several, of which one may know the escape.
    """
    traits = traits_of(framework)
    if traits is None:
        return framework.family is not Family.LEGACY
    return traits.knows_escape or (traits.family is Family.MODERN and framework.label != traits.label)


def joint_label(releases: Iterable[str], majors: Sequence[int] = ()) -> str:
    """Name several releases of a package, as in `Serverless 2, 3 or 4`, `osls 3 or 4`."""
    labels: list[str] = []
    for row in sorted((RELEASES[release] for release in releases), key=lambda row: row.majors):
        numbers = [str(major) for major in row.majors if major in majors] if len(row.majors) > 1 else []
        label = f"{row.label} {' or '.join(numbers)}".rstrip()
        labels.append(label.removeprefix(f"{row.label.partition(' ')[0]} ") if labels else label)
    return enumerated(labels, "or")


@cache
def early_positions() -> tuple[KeyPath, ...]:
    """List the positions that some release reads before it resolves references."""
    texts = dict.fromkeys(text for row in RELEASES.values() for text in row.early_positions)
    return tuple(KeyPath.parse(text) for text in texts)

"""The generated services: secrets of many shapes in every place and every style, equal at every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from . import expressions, places
from .draft import Draft, Service
from .expressions import LITERAL_SHAPES
from .frameworks import FRAMEWORKS
from .shapes import ALL_SHAPES, LINES_SHAPES, PHRASE_SHAPES, PLAIN_SHAPES, QUOTED_SHAPES, RAW_LINES_SHAPES, Shape
from .styles import (
    BLOCKS,
    EVERY,
    QUOTED,
    Style,
    double,
    double_continued,
    double_escaped,
    folded,
    literal,
    plain,
    plain_folded,
    single,
    single_folded,
)

ALL = frozenset(framework.name for framework in FRAMEWORKS)
LEGACY = frozenset({"sls1", "sls2"})
MODERN = ALL - LEGACY
# 3.x and osls 3 ignore `variableSyntax`; osls 4 refuses it.
_TAKES_SYNTAX = ALL - {"osls4"}

_CLASS = "([ ~:a-zA-Z0-9._@'\",\\-\\/\\(\\)]+?)"
_STAGES = (("--stage", "dev"), ("--stage", "prod"))
_REGIONS = (("--region", "eu-west-1"), ("--region", "us-west-2"))
_LINES = LINES_SHAPES + RAW_LINES_SHAPES


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one service is written: its name, who writes it, in which styles and shapes, who must build it, and how.

    `builds` are the options of the builds that are compared, `options` those of the migration.
    """

    name: str
    write: Callable[[Draft], Service]
    styles: tuple[Style, ...] = EVERY
    shapes: tuple[Shape, ...] = ALL_SHAPES
    builds_on: frozenset[str] | None = ALL
    builds: tuple[tuple[str, ...], ...] = ((),)
    options: tuple[str, ...] = ()

    def service(self) -> Service:
        """The service, with the same secrets at every run."""
        written = self.write(Draft(self.name, self.styles, self.shapes))
        return replace(written, builds_on=self.builds_on, builds=self.builds, options=self.options)


RECIPES = (
    Recipe("env-plain", places.provider_environment, (plain,), PLAIN_SHAPES),
    Recipe("env-single", places.provider_environment, (single,), PLAIN_SHAPES + QUOTED_SHAPES + PHRASE_SHAPES),
    Recipe("env-double", places.provider_environment, (double,)),
    Recipe("env-double-escaped", places.function_environments, (double_escaped,)),
    Recipe("env-literal", places.provider_environment, (literal(), literal("2"), literal(" # old")), _LINES),
    Recipe("env-literal-short", places.function_environments, BLOCKS, PLAIN_SHAPES + QUOTED_SHAPES),
    Recipe("env-folded", places.provider_environment, (folded(), folded("2"), folded(" # x")), PHRASE_SHAPES),
    Recipe("env-lines", places.function_environments, (plain_folded, single_folded, double_continued), PHRASE_SHAPES),
    Recipe("env-quoted-lines", places.function_environments, QUOTED, _LINES),
    Recipe("env-mixed", places.provider_environment),
    Recipe("functions-mixed", places.function_environments),
    Recipe("functions-quoted", places.function_environments, QUOTED, QUOTED_SHAPES),
    Recipe("custom-mixed", places.custom),
    Recipe("custom-blocks", places.custom, BLOCKS, _LINES + PHRASE_SHAPES),
    Recipe("custom-stages", places.stage_maps, builds=_STAGES),
    Recipe("included-env", places.included_environment),
    Recipe("included-env-quoted", places.included_environment, QUOTED, QUOTED_SHAPES + _LINES),
    Recipe("included-stages", places.included_stage_files, builds=_STAGES),
    Recipe("included-json", places.included_json),
    Recipe("included-custom", places.included_custom),
    Recipe("included-provider", places.included_provider, builds_on=None, options=("--region", "us-east-1")),
    Recipe("resources-mixed", places.resources),
    Recipe("resources-blocks", places.resources, BLOCKS, _LINES),
    Recipe("resources-included", places.included_resources),
    Recipe("lists-mixed", places.lists),
    Recipe("params-mixed", places.params, builds_on=MODERN),
    Recipe("anchors-mixed", places.anchors),
    Recipe("anchors-blocks", places.anchors, BLOCKS, _LINES),
    Recipe("flow-mixed", places.flow, QUOTED),
    Recipe("json-manifest", places.json_manifest),
    Recipe("crlf-lines", places.crlf),
    Recipe("byte-order-mark", places.byte_order_mark),
    Recipe("tabs-between", places.tabs, (plain, single, double), PLAIN_SHAPES),
    Recipe("fallbacks-mixed", expressions.fallbacks, shapes=LITERAL_SHAPES),
    Recipe("fallbacks-embedded", expressions.embedded_fallbacks),
    Recipe("urls-mixed", expressions.urls),
    Recipe("urls-quoted", expressions.urls, QUOTED),
    Recipe("authorization", expressions.authorization),
    Recipe("joins-mixed", expressions.joins),
    Recipe("substitutions", expressions.substitutions, builds_on=ALL - {"sls1"}),
    Recipe("syntax-double", expressions.variable_syntax("${{", "}}", f"\\${{{{{_CLASS}}}}}"), builds_on=_TAKES_SYNTAX),
    Recipe("syntax-angle", expressions.variable_syntax("$<", ">", f"\\$<{_CLASS}>"), builds_on=_TAKES_SYNTAX),
    Recipe("syntax-hash", expressions.variable_syntax("#{", "}", f"\\#{{{_CLASS}}}"), builds_on=_TAKES_SYNTAX),
    Recipe("syntax-percent", expressions.variable_syntax("%{", "}", f"%{{{_CLASS}}}"), builds_on=_TAKES_SYNTAX),
    Recipe("modern-on-2", expressions.modern_on_2),
    Recipe("service-as-map", expressions.service_as_map, builds_on=LEGACY),
    Recipe("other-region", expressions.other_region),
    Recipe(
        "two-regions",
        expressions.other_region,
        builds=_REGIONS,
        options=("--region", "eu-west-1", "--region", "us-west-2"),
    ),
    Recipe("fixed-region", expressions.fixed_region, options=("--region", "us-west-2")),
    Recipe(
        "stage-template",
        expressions.other_region,
        builds=_STAGES,
        options=("--path-template", "/{service}/${opt:stage, 'qa'}/{key}", "--stage", "dev", "--stage", "prod"),
    ),
    Recipe(
        "self-stage-template",
        expressions.other_region,
        builds=_STAGES,
        options=("--path-template", "/{service}/${self:provider.stage}/{key}", "--stage", "dev", "--stage", "prod"),
    ),
    Recipe(
        "sls-stage-template",
        expressions.other_region,
        builds=_STAGES,
        options=("--path-template", "/{service}/${sls:stage}/{key}", "--stage", "dev", "--stage", "prod"),
    ),
    Recipe("advanced-tier", expressions.large, options=("--tier", "Advanced")),
    Recipe("typed-scalars", expressions.typed_scalars),
    Recipe("refusals", expressions.refusals),
)


@cache
def generated(name: str) -> Service:
    """One generated service, by the name of its recipe."""
    return next(recipe for recipe in RECIPES if recipe.name == name).service()

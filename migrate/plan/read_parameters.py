"""The parameters that a reference reads, and where it reads them."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.framework.deployment import Deployment
from migrate.framework.existing_references import ExistingReference
from migrate.model import Target
from migrate.plan.naming import ParameterOptions, concrete


def read_names(usage: ExistingReference, parameter_options: ParameterOptions) -> tuple[str, ...]:
    """Return the names of the parameters that a reference reads.

    Those of each stage where it holds one variable and `--stage` lists stages; none where it is deployed as text.
    """
    if not usage.is_read:
        return ()
    return concrete(usage.name, parameter_options.stages) if "${" in usage.path or not usage.has_variables else ()


def read_targets(
    usage: ExistingReference, deployment: Deployment, parameter_options: ParameterOptions
) -> tuple[Target, ...]:
    """Return where a reference is read.

    In its own region, else those of the command line, else the manifest's.
    """
    regions: Sequence[str | None] = (
        (usage.region,) if usage.region else parameter_options.regions or deployment.regions or (None,)
    )
    profiles: Sequence[str | None] = parameter_options.profiles or (None,)
    return tuple(Target(profile, region) for profile in profiles for region in regions)

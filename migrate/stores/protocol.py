"""The protocol that every store implements: three calls. The program knows stores by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from migrate.model import Identity, Parameter, SlsMigrateError, StoredParameter

UNKNOWN_ACCOUNT = "unknown"


class ParameterStore(Protocol):
    """Keep parameters. Every method raises StoreError and nothing else."""

    def identity(self) -> Identity:
        """Return who we are at the store, and where it is."""
        ...

    def get(self, names: Sequence[str]) -> dict[str, StoredParameter]:
        """Return the decrypted parameters of these names, without those that don't exist.

        A parameter that exists but can't be read or decrypted raises, and never counts as missing.
        """
        ...

    def put(self, parameter: Parameter, *, overwrite: bool, expected_version: int | None = None) -> int:
        """Store a parameter, encrypted, and return its version.

        Without `overwrite`, one that exists with this very value counts as stored, and ExistsError is raised
        for another value. With it the key, the tier and all else that the parameter has stay. `expected_version`
        is the version that was agreed to be overwritten: StoreError where somebody else's was overwritten with it.
        """
        ...


def require_account(identity: Identity, expected: str | None) -> None:
    """Raise SlsMigrateError unless the store is known to be of the expected account.

    `expected` is what `--expect-account` names.
    """
    if not expected or identity.account == expected:
        return
    if identity.account != UNKNOWN_ACCOUNT:
        raise SlsMigrateError(
            f"this is account {identity.account}, not {expected} as --expect-account requires",
            hint="choose another --profile; nothing was put",
        )
    where = identity.endpoint or f"AWS while STS is asked at {identity.sts_endpoint}"
    raise SlsMigrateError(
        f"cannot verify that this is account {expected}: the store is {where}",
        hint="set AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL_STS both to AWS, or both to one server; nothing was put",
    )

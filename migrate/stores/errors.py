"""Errors of stores; `migrate.model.errors` draws the whole tree."""

from __future__ import annotations

from migrate.model import StoreError


class TargetError(StoreError):
    """A fault that affects every parameter of its target: credentials, network, limits."""


class DeniedError(StoreError):
    """A permission is missing, for this parameter at least."""


class ExistsError(StoreError):
    """The name is taken."""

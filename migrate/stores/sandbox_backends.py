"""The stores that moto holds in this process, by region, whatever server answers for them."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"  # moto's


def backends() -> dict[str, Any]:
    """Return moto's stores by region."""
    from moto.ssm.models import ssm_backends

    return {region: backend for account in ssm_backends.values() for region, backend in account.items()}


def forget_all() -> None:
    """Empty every store."""
    for backend in backends().values():
        backend.reset()

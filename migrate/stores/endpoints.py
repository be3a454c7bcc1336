"""Owners of endpoints: AWS, this machine, or anybody else."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

# Customers name hosts below amazonaws.com too (buckets, API gateways), so that the whole name must be of AWS's making.
_SERVICE = r"(?:vpce-[a-z0-9-]+\.)?(?:ssm|sts)(?:-fips)?\.(?:[a-z0-9-]+\.)?(?:vpce\.)?"


def without_credentials(url: str) -> str:
    """Return a URL as it may be shown."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_aws(url: str) -> bool:
    """Return whether a URL of SSM or STS is AWS's own.

    A VPC endpoint of AWS counts too.
    """
    parts = urlsplit(url)
    return parts.scheme == "https" and re.fullmatch(_SERVICE + _suffixes(), parts.hostname or "") is not None


def share_an_account(identity_url: str, store_url: str) -> bool:
    """Return whether the account that STS returns is that of the store.

    `identity_url` is the endpoint of STS, `store_url` that of the store. At AWS the credentials alone decide the
    account, for both services alike. Anywhere else a store can be of any account; the answer of STS counts where one
    server gives both.
    """
    one, other = urlsplit(identity_url), urlsplit(store_url)
    is_one_server = (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
    return is_one_server or (is_aws(identity_url) and is_aws(store_url))


@cache
def _suffixes() -> str:
    """Return a pattern of the domains of every partition, as botocore knows them."""
    from botocore.loaders import create_loader

    partitions = create_loader().load_data("partitions")["partitions"]

    def domains() -> Iterator[str]:
        for partition in partitions:
            yield from (partition["outputs"]["dnsSuffix"], partition["outputs"]["dualStackDnsSuffix"])

    return f"(?:{'|'.join(re.escape(domain) for domain in dict.fromkeys(domains()))})"

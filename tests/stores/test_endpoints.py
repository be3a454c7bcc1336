"""Whose endpoint it is."""

from __future__ import annotations

import pytest

from migrate.stores.endpoints import is_aws, is_loopback, share_an_account, without_credentials

AWS = [
    "https://ssm.us-east-1.amazonaws.com",
    "https://ssm-fips.us-gov-west-1.amazonaws.com",
    "https://ssm.eu-west-1.api.aws",
    "https://ssm.cn-north-1.amazonaws.com.cn",
    "https://ssm.us-iso-east-1.c2s.ic.gov",
    "https://ssm.eusc-de-east-1.amazonaws.eu",
    "https://sts.amazonaws.com",
    "https://sts.us-east-1.amazonaws.com/",
    "https://vpce-0a1b2c3d-4e5f6a7b.ssm.us-east-1.vpce.amazonaws.com",
    "https://vpce-0a1b2c3d-4e5f6a7b-us-east-1a.ssm.us-east-1.vpce.amazonaws.com",
]
OTHERS = [
    "http://ssm.us-east-1.amazonaws.com",
    "https://ssm.us-east-1.amazonaws.com.example.com",
    "https://abc123.execute-api.us-east-1.amazonaws.com",
    "https://ssm.s3.us-east-1.amazonaws.com",
    "https://vpce-0a1b.vpce-svc-0c2d.us-east-1.vpce.amazonaws.com",
    "https://ssm.us-east-1.amazonawsxcom",
    "https://ssm.example.com",
    "http://127.0.0.1:4566",
    "https://",
    "",
]


@pytest.mark.parametrize("url", AWS)
def test_aws_endpoint_is_recognized_by_its_whole_name(url: str) -> None:
    assert is_aws(url)


@pytest.mark.parametrize("url", OTHERS)
def test_host_that_anybody_may_own_is_not_aws(url: str) -> None:
    assert not is_aws(url)


@pytest.mark.parametrize(
    ("sts", "ssm", "holds"),
    [
        (AWS[7], AWS[0], True),
        (AWS[6], AWS[8], True),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/", True),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4567", False),
        ("http://127.0.0.1:4566", "https://127.0.0.1:4566", False),
        (AWS[7], "http://127.0.0.1:4566", False),
        ("http://127.0.0.1:4566", AWS[0], False),
        (AWS[7], OTHERS[2], False),
    ],
)
def test_sts_shares_an_account_only_with_aws_or_its_own_server(sts: str, ssm: str, *, holds: bool) -> None:
    assert share_an_account(sts, ssm) is holds


def test_credentials_and_query_are_removed_from_a_url() -> None:
    assert without_credentials("https://me:hunter2@example.com:8/a?token=hunter3#hunter4") == "https://example.com:8/a"


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]", "http://a.localhost", "http://127.3.2.1:8"])
def test_loopback_address_is_recognized(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", ["http://localhost.example.com", "http://10.0.0.1", "http://128.0.0.1", ""])
def test_remote_address_is_not_loopback(url: str) -> None:
    assert not is_loopback(url)

"""The stores of a run: each opened once, and refused once for all."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest

from migrate.model import SlsMigrateError, StoreError, Target
from migrate.stores.store_pool import StorePool
from tests.support.storestub import ACCOUNT, StubStore

HERE, FAR = Target(None, "us-east-1"), Target(None, "eu-central-1")


def test_target_is_opened_once_for_all_threads(stub: StubStore) -> None:
    pool = StorePool()
    opened: list[object] = []
    threads = [threading.Thread(target=lambda: opened.append(pool.open(HERE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, opened))) == 1
    assert len(stub.made("GetCallerIdentity")) == 1
    assert {target: identity.account for target, identity in pool.identities} == {HERE: ACCOUNT}


def test_unusable_target_is_tried_once_and_refused_to_all(stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[object] = []
    session = boto3.Session

    def recorded(**options: Any) -> boto3.Session:
        sessions.append(options)
        return session(**options)

    monkeypatch.setattr(boto3, "Session", recorded)
    pool, nowhere = StorePool(), Target("no-such-profile", "us-east-1")
    pool.try_all([nowhere])
    for _ in range(2):
        with pytest.raises(StoreError, match="no-such-profile"):
            pool.open(nowhere)
    assert (len(sessions), pool.identities) == (1, ())


def test_unexpected_account_is_refused(stub: StubStore) -> None:
    pool = StorePool()
    pool.try_all([HERE], "999999999999")
    assert pool.identities == ()
    with pytest.raises(SlsMigrateError, match="not 999999999999"):
        pool.open_all([HERE, FAR], "999999999999")
    assert pool.open_all([HERE, FAR, HERE], ACCOUNT).keys() == {HERE, FAR}
    assert dict(pool.identities).keys() == {HERE, FAR}

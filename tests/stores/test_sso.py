"""A sign-in session that ends in mid-run, and one that has ended before."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.gitrepos import manifest, secret
from tests.support.program import write
from tests.support.storestub import ACCOUNT, Answer, Call, Serve, StubStore, refuse

START = "https://shop.example.com/start"
VALUES = {"DB_PASSWORD": secret("DB_PASSWORD"), "API_KEY": secret("API_KEY")}
DB, KEY = "/shop/db-password", "/shop/api-key"
TEXT = manifest("shop", VALUES)
MOVED = TEXT.replace(VALUES["DB_PASSWORD"], f"${{ssm(raw):{DB}}}").replace(VALUES["API_KEY"], f"${{ssm(raw):{KEY}}}")
SIGNED_OUT = refuse("UnauthorizedException", "Session token not found or invalid", status=401)
SIGN_IN = "hint: sign in with `aws sso login --profile shop` (or `aws login`), then run again"


def role_credentials(call: Call, serve: Serve) -> Answer:
    """Keys for so short a time that they must be renewed before every request."""
    until = int((time.time() + 300) * 1000)
    keys = {"accessKeyId": "a", "secretAccessKey": "b", "sessionToken": "c", "expiration": until}
    return Answer("200 OK", [("Content-Type", "application/json")], json.dumps({"roleCredentials": keys}).encode())


class Signed:
    """A person who is signed in by SSO under the profile `shop`, and the program run by them."""

    def __init__(self, directory: Path, stub: StubStore, patch: pytest.MonkeyPatch) -> None:
        self.service, self._home = directory / "service", directory / "home"
        write(self.service, {"serverless.yml": TEXT})
        write(
            self._home / ".aws",
            {
                "config": f"[profile shop]\nsso_start_url = {START}\nsso_region = us-east-1\n"
                f"sso_account_id = {ACCOUNT}\nsso_role_name = dev\n"
            },
        )
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patch.delenv(name, raising=False)
        self.sign_in(hours=1)

    def sign_in(self, hours: float) -> None:
        """A token that holds so long."""
        name = f"{hashlib.sha1(START.encode(), usedforsecurity=False).hexdigest()}.json"
        until = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        token = {"startUrl": START, "region": "us-east-1", "accessToken": "t", "expiresAt": until}
        write(self._home / ".aws/sso/cache", {name: json.dumps(token)})

    def run(self) -> tuple[int, str]:
        """The exit code and all that was said, as one line."""
        done = subprocess.run(
            [sys.executable, "-m", "migrate", "--yes", "--profile", "shop"],
            cwd=self.service,
            env={**os.environ, "HOME": str(self._home), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stdout
        assert not any(value in done.stdout for value in VALUES.values())
        return done.returncode, " ".join(done.stdout.split())

    def text(self) -> str:
        return (self.service / "serverless.yml").read_text()


@pytest.fixture
def signed(tmp_path: Path, stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> Signed:
    return Signed(tmp_path, stub, monkeypatch)


def test_session_that_ends_between_two_puts_is_reported_and_the_next_run_completes(
    signed: Signed, stub: StubStore
) -> None:
    fresh = 3  # for STS, for the check, and for the first put
    stub.fault("GetRoleCredentials", role_credentials, times=fresh)
    stub.fault("GetRoleCredentials", SIGNED_OUT)
    code, said = signed.run()
    ended = "there is no valid sign-in session (UnauthorizedSSOTokenError)"
    assert (
        f"✗ {DB} ssm:GetParameters {DB}: {ended} [account {ACCOUNT}, us-east-1, {stub.url}]; put as version 1" in said
    )
    assert f"✗ {KEY} ssm:PutParameter {KEY}: {ended} [account {ACCOUNT}, us-east-1, {stub.url}] {SIGN_IN}" in said
    assert (code, stub.names(), signed.text()) == (1, [DB], TEXT)
    stub.faults.clear()
    stub.fault("GetRoleCredentials", role_credentials)
    code, said = signed.run()
    assert (code, signed.text()) == (0, MOVED)
    assert f"account {ACCOUNT} · us-east-1 · profile shop" in said
    assert {name: stub.version(name) for name in stub.names()} == {DB: 1, KEY: 1}


def test_ended_session_is_reported_before_any_write(signed: Signed, stub: StubStore) -> None:
    signed.sign_in(hours=-1)
    code, said = signed.run()
    assert "there is no valid sign-in session (UnauthorizedSSOTokenError) [" in said
    assert SIGN_IN in said
    assert (code, signed.text(), stub.writes) == (1, TEXT, [])

"""A session in a real terminal, whose store fails after the last yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.gitrepos import manifest, secret
from tests.support.program import write
from tests.support.sample import slow
from tests.support.storestub import ACCOUNT, Effect, StubStore, deny, refuse
from tests.support.terminal import COLUMNS, ENTER, Terminal

VALUE, NAME = secret("DB_PASSWORD"), "/shop/db-password"
TEXT = manifest("shop", {"DB_PASSWORD": VALUE})
EXPIRED = refuse("ExpiredTokenException")
FAULTS = [
    slow(("PutParameter", deny("ssm:PutParameter"), "access denied, ssm:PutParameter is missing", None)),
    ("GetParameters", EXPIRED, "the credentials have expired", 1),
]


def session(shop: Path) -> Terminal:
    """All answered, up to the last yes."""
    terminal = Terminal(cwd=shop)
    terminal.wait_for(f"Move to {NAME}")
    terminal.type("m" + ENTER)
    terminal.wait_for("ewrite 1 file? (y/N)")
    return terminal


@pytest.mark.parametrize(("operation", "effect", "told", "version"), FAULTS)
def test_failure_after_the_last_confirmation_is_reported_and_another_session_completes_it(
    service: Path, stub: StubStore, operation: str, effect: Effect, told: str, version: int | None
) -> None:
    write(service, {"serverless.yml": TEXT})
    terminal = session(service)
    stub.fault(operation, effect)
    terminal.type("y")
    terminal.wait_for("Done: 0 put, 0 files rewritten, 1 secret left, 1 failed.")
    assert terminal.end() == 1
    said = " ".join(" ".join(terminal.everything()).split())
    assert f"✗ {NAME} ssm:{operation} {NAME}: {told}" in said
    assert f"[account {ACCOUNT}, us-east-1, " in said
    assert ("put as version 1, but not read back" in said) is (version is not None)
    assert stub.version(NAME) == version
    assert VALUE not in terminal.said
    assert all(len(line) <= COLUMNS for line in terminal.everything())
    assert (service / "serverless.yml").read_text() == TEXT
    stub.faults.clear()
    again = session(service)
    again.type("y")
    again.wait_for("1 file rewritten.")
    assert again.end() == 0
    assert (service / "serverless.yml").read_text() == TEXT.replace(VALUE, f"${{ssm(raw):{NAME}}}")
    assert stub.version(NAME) == 1

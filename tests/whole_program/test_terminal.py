"""A session in a real terminal, key by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import write
from tests.support.sample import slow
from tests.support.storestub import StubStore
from tests.support.terminal import COLUMNS, CTRL_C, CTRL_U, ENTER, Terminal

SHOP = """\
service: shop
frameworkVersion: "3"
provider:
  name: aws
  environment:
    DB_PASSWORD: quartz-heron-9k2p   # ask ops
    STRIPE_API_KEY: lantern-plum-77-x
    SESSION_SECRET: 'violet-anchor-88'
"""


@pytest.fixture
def shop(service: Path, stub: StubStore) -> Path:
    write(service, {"serverless.yml": SHOP})
    return service


def test_session_handles_accept_rename_skip_back_and_confirmation(shop: Path, stub: StubStore) -> None:
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    assert "account 123456789012 · us-east-1" in terminal.screen()
    assert "DB_PASSWORD: ••••••   # ask ops" in terminal.screen()
    terminal.type("m" + ENTER)
    terminal.wait_for("Move to /shop/stripe-api-key")
    terminal.type("s" + ENTER)
    terminal.wait_for("Move to /shop/session-secret")
    terminal.type("b" + ENTER)
    terminal.wait_for("» s) Skip")
    terminal.type("n" + ENTER)
    terminal.wait_for("Parameter name")
    terminal.type(CTRL_U + "/bad name")
    terminal.type(ENTER)
    terminal.wait_for("may hold only letters")
    terminal.type(CTRL_U + "/stripe/key" + ENTER)
    terminal.wait_for("Move to /shop/session-secret")
    terminal.type("s" + ENTER)
    terminal.wait_for("Put 2 parameters and rewrite 1 file? (y/N)")
    assert "+    STRIPE_API_KEY: ${ssm(raw):/stripe/key}" in terminal.screen()
    terminal.type("y")
    terminal.wait_for("Done: 2 put, 1 file rewritten, 1 secret left.")
    assert terminal.end() == 0
    expected = SHOP.replace("quartz-heron-9k2p", "${ssm(raw):/shop/db-password}").replace(
        "lantern-plum-77-x", "${ssm(raw):/stripe/key}"
    )
    assert (shop / "serverless.yml").read_text() == expected
    assert stub.value("/stripe/key") == "lantern-plum-77-x"
    for secret in ("quartz-heron-9k2p", "lantern-plum-77-x", "violet-anchor-88"):
        assert secret not in terminal.said
    assert all(len(line) <= COLUMNS for line in terminal.everything())


def test_showing_a_value_and_quitting_changes_nothing(shop: Path, stub: StubStore) -> None:
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    terminal.type("v" + ENTER)
    terminal.wait_for("value  quartz-heron-9k2p")
    terminal.type("q" + ENTER)
    terminal.wait_for("Nothing was changed.")
    assert terminal.end() == 0
    assert (shop / "serverless.yml").read_text() == SHOP
    assert stub.writes == [call for call in stub.writes if call.operation == "GetCallerIdentity"]


def test_accepting_the_rest_and_declining_at_the_end_changes_nothing(shop: Path, stub: StubStore) -> None:
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    terminal.type("a" + ENTER)
    terminal.wait_for("Put 3 parameters")
    terminal.type(ENTER)
    terminal.wait_for("Nothing was changed.")
    assert terminal.end() == 0
    assert (shop / "serverless.yml").read_text() == SHOP
    assert stub.made("PutParameter") == []


def test_never_asking_again_writes_an_allow_entry_that_is_applied(shop: Path, stub: StubStore) -> None:
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    terminal.type("i" + ENTER)
    terminal.wait_for("Move to /shop/stripe-api-key")
    terminal.type("s" + ENTER)
    terminal.wait_for("Move to /shop/session-secret")
    terminal.type("s" + ENTER)
    terminal.wait_for("Add 1 allow entry?")
    terminal.type("y")
    assert terminal.end() == 0
    settings = (shop / ".slsmigrate.toml").read_text()
    assert 'key-path = "provider.environment.DB_PASSWORD"' in settings
    assert "quartz" not in settings
    again = Terminal(cwd=shop)
    again.wait_for("1/2")
    again.wait_for("Move to /shop/stripe-api-key")
    again.type(CTRL_C)
    assert again.end() == 130


@pytest.mark.parametrize("at", [slow("Move to /shop/db-password"), slow("Parameter name"), "Put 3 parameters"])
def test_ctrl_c_at_any_question_changes_nothing(shop: Path, stub: StubStore, at: str) -> None:
    terminal = Terminal(cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    if at == "Parameter name":
        terminal.type("n" + ENTER)
    if at == "Put 3 parameters":
        terminal.type("a" + ENTER)
    terminal.wait_for(at)
    terminal.type(CTRL_C)
    terminal.wait_for("nothing was changed")
    assert terminal.end() == 130
    assert (shop / "serverless.yml").read_text() == SHOP
    assert stub.made("PutParameter") == []


def test_taken_name_asks_for_another_name(shop: Path, stub: StubStore) -> None:
    stub.seed("/shop/db-password", "somebody-elses")
    terminal = Terminal("--only", "**.DB_PASSWORD", cwd=shop)
    terminal.wait_for("Move to /shop/db-password")
    terminal.type("m" + ENTER)
    terminal.wait_for("/shop/db-password is taken")
    terminal.type("n" + ENTER)
    terminal.wait_for("Parameter name")
    terminal.type(CTRL_U + "/shop/db-password-2" + ENTER)
    terminal.wait_for("Put 1 parameter and rewrite 1 file?")
    terminal.type("y")
    terminal.wait_for("Done: 1 put")
    assert terminal.end() == 0
    assert stub.value("/shop/db-password") == "somebody-elses"
    assert stub.value("/shop/db-password-2") == "quartz-heron-9k2p"


def test_session_asks_for_an_unknown_framework(service: Path, stub: StubStore) -> None:
    write(service, {"serverless.yml": SHOP.replace('frameworkVersion: "3"\n', "")})
    terminal = Terminal(cwd=service)
    terminal.wait_for("Which framework deploys shop?")
    terminal.type("o" + ENTER)
    terminal.wait_for("Move to /shop/db-password")
    assert "references read ${ssm(raw):…}" in terminal.screen()
    terminal.type("q" + ENTER)
    assert terminal.end() == 0


def test_reading_many_services_shows_progress(service: Path) -> None:
    write(service, {f"service-{number}/serverless.yml": SHOP for number in range(120)})
    terminal = Terminal("--dry-run", cwd=service)
    assert terminal.end() == 0
    assert "Reading" in terminal.said
    assert "120 plaintext secrets" not in terminal.said
    assert "360 plaintext secrets in 120 files" in terminal.said


def test_show_values_prints_values_in_a_dry_run_on_a_terminal(shop: Path) -> None:
    terminal = Terminal("--dry-run", "--show-values", cwd=shop)
    terminal.wait_for("-    DB_PASSWORD: quartz-heron-9k2p")
    assert terminal.end() == 0

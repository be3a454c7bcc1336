"""Stand-ins for a value that is still to come."""

from __future__ import annotations

import pytest

from migrate.detect.placeholders import ANNOUNCED, is_placeholder
from migrate.detect.samples import build

STAND_INS = """
YOUR_API_KEY|your-client-secret|yourpassword|<your-key>|<password>|[Your Twilio Token]|{YOUR_TOKEN}
__TOKEN__|xxx|xxxxxx|XXXX-XXXX|xxxx@123|AIzaXXXX|sk_test_XXXXXXXX|ghp_xxxxxxxxxxxx|****|***|...
key...|changeme|ChangeMe123!|CHANGE_ME|change_this_dev_secret|dev-secret-change-in-production
replace_me|REPLACE-WITH-YOUR-SECRET-HERE|TODO|todo: add key|FIXME|TBD|REDACTED|hidden|dummy
dummy-key|fake_token|KEYEXAMPLE1234|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY|insert-key-here
enter password here|secret goes here|put_token_here|SOME_SECRET_KEY|some-token|placeholder
TU_CLAVE_AQUI|cambiame|dein-schluessel-hier|ersetzen|votre-cle|SUA_CHAVE|你的密钥|あなたのキー
ваш_ключ|вставьте токен|aaaaaaa|------|????
"""
VALUES = """
hunter2 ABCDEF abc123 root password mysecret tiger-99 secret Sommer2019 my-app-secret-2021
exchange-rate 00000000 1111 foxes therefore change
"""


@pytest.mark.parametrize("text", STAND_INS.replace("\n", "|").strip("|").split("|"))
def test_placeholder_is_recognized(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", VALUES.split())
def test_ordinary_value_is_not_a_placeholder(text: str) -> None:
    assert not is_placeholder(text)


def test_random_characters_are_rarely_a_placeholder() -> None:
    assert sum(is_placeholder(build("{base62:40}", seed), random=True) for seed in range(2000)) <= 2


@pytest.mark.parametrize(
    "comment", ["# change this", "# TODO", "## Change with your client id", "# replace me", "# dummy"]
)
def test_comment_that_announces_a_placeholder_is_recognized(comment: str) -> None:
    assert ANNOUNCED.search(comment)


@pytest.mark.parametrize("comment", ["", "# ask ops", "# exchange rates", "# production"])
def test_other_comment_does_not_announce_a_placeholder(comment: str) -> None:
    assert not ANNOUNCED.search(comment)


@pytest.mark.parametrize("text", ["g8Yyz2kEKwxB4C54zUEeLLfW", "aZzY9q2LmP0"])
def test_random_text_with_last_letters_of_the_alphabet_is_not_a_placeholder(text: str) -> None:
    assert not is_placeholder(text, random=True)
    assert is_placeholder("key-zzz")

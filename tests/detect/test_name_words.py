"""Key names as the words that people read in them."""

from __future__ import annotations

import pytest

from migrate.detect.name_words import is_one_typo, split_name, vocabulary


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mysqlPassword", "mysql password"),
        ("MYSQLPASSWORD", "mysql password"),
        ("DB_PASSWD", "db password"),
        ("db-pass", "db pass"),
        ("dbPwd", "db pwd"),
        ("APIKey", "api key"),
        ("APIkey", "api key"),
        ("XApiKEY", "x api key"),
        ("apiKeys", "api key"),
        ("OAuthToken", "oauth token"),
        ("OAUTH2_TOKEN", "oauth2 token"),
        ("AWSSecretAccessKey", "aws secret access key"),
        ("Auth0ClientSecret", "auth0 client secret"),
        ("s3Key", "s3 key"),
        ("SendGridApiKey", "sendgrid api key"),
        ("passWord", "password"),
        ("api.key", "api key"),
        ("DB Password", "db password"),
        ("key1", "key 1"),
        ("DB_SECET_KEY", "db secret key"),
        ("PASSWROD", "password"),
        ("SCERET", "secret"),
        ("credentails", "credentials"),
        ("mnenomic", "mnemonic"),
        ("contraseña", "password"),
        ("DB_PASSWORT", "db password"),
        ("encryptKey", "encryption key"),
        ("cipherKey", "encryption key"),
        ("maxTokens", "max tokens"),
        ("MONKEY", "monkey"),
        ("KEYWORD", "keyword"),
        ("compass", "compass"),
        ("secretary", "secretary"),
        ("secrete", "secrete"),
        ("", ""),
        ("___", ""),
    ],
)
def test_name_is_split_into_its_words(name: str, words: str) -> None:
    assert split_name(name) == tuple(words.split())


@pytest.mark.parametrize("word", ["secet", "secrrt", "secreet", "sceret", "secret"])
def test_word_with_one_typo_matches(word: str) -> None:
    assert is_one_typo(word, "secret")


@pytest.mark.parametrize("word", ["select", "sect", "discrete", "regret", ""])
def test_other_word_is_not_a_typo(word: str) -> None:
    assert not is_one_typo(word, "secret")


def test_vocabulary_is_a_set_of_words() -> None:
    assert vocabulary("a b  a") == {"a", "b"}

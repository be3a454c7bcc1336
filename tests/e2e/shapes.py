"""Secrets of many shapes under names that are plainly secrets' names, drawn from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

Shape = Callable[[str], str]

_PEM_LINE = "MIIEpAIBAAKCAQEA0" + "Zx7Qw" * 9

# Each takes a token that makes the secret unlike all others, and gives a value of its shape.
PLAIN_SHAPES: tuple[Shape, ...] = (
    lambda token: f"hunter2{token}",
    lambda token: f"q9Lr{token}Vx3TzB7mNc2",
    lambda token: f"{token}/Kd8+wq1Pz==",
    lambda token: f"pa$$word$1{token}",
    lambda token: f"50%{token}%s",
    lambda token: f"a${token}$$b$",
    lambda token: f"back\\slash\\n{token}",
    lambda token: f"x.y-z_{token}~",
    lambda token: f"{token}!^()*;?",
    lambda token: f"pässwörd{token}",
    lambda token: f"p\U0001f600ss{token}\U0001f511",
    lambda token: f"amp&{token}$&and$'",
    lambda token: f"{token}:b#c",
)
QUOTED_SHAPES: tuple[Shape, ...] = (
    lambda token: json.dumps({"user": "app", "password": token, "id": 12345678901234567890}),
    lambda token: f'{{"key":"{token}","list":[1,2.50]}}',
    lambda token: f"it's {token}",
    lambda token: f"say \"{token}\" 'twice'",
    lambda token: f"a,b,{token}",
    lambda token: f"{{{token}}}{token[:3]}",
    lambda token: f"}}{token}{{",
    lambda token: f"[{token}]{token[:3]}",
    lambda token: f"- {token}",
    lambda token: f"! {token}",
    lambda token: f"*{token}&{token}",
    lambda token: f"@{token}`",
    lambda token: f"key: {token}",
    lambda token: f"before #{token} # after",
    lambda token: f" {token} ",
    lambda token: f"tab\t{token}",
    lambda token: f"0{int(token, 36) % 10**9:09d}",
    lambda token: f"{int(token, 36) % 10**6 + 10}e3",
    lambda token: f"0x{int(token, 36) % 16**8:08x}",
    lambda token: f"%{token}",
    lambda token: f"#{token}",
    lambda token: f"<{token}>&amp;",
    lambda token: f"a\u00a0{token}\u200b",
)
PHRASE_SHAPES: tuple[Shape, ...] = (
    lambda token: f"correct horse {token} battery staple",
    lambda token: f"old {token} database pass",
    lambda token: f"two words{token}",
)
LINES_SHAPES: tuple[Shape, ...] = (
    lambda token: _pem(token, "RSA PRIVATE KEY"),
    lambda token: _pem(token, "PRIVATE KEY").rstrip("\n"),
    lambda token: f"{token}\n",
    lambda token: f"first {token}\n\nthird\n",
    lambda token: f"{token}\n\n\n",
    lambda token: f'{{\n  "password": "{token}",\n  "port": 5432\n}}\n',
    lambda token: f"  indented {token}\nnot\n",
)
RAW_LINES_SHAPES: tuple[Shape, ...] = (
    lambda token: f"carriage\r\nreturn {token}\r\n",
    lambda token: f"{token}\nlast line has a blank \n \n",
    lambda token: f"tab\tand\n\tnewline {token}",
)
ALL_SHAPES = PLAIN_SHAPES + QUOTED_SHAPES + PHRASE_SHAPES + LINES_SHAPES + RAW_LINES_SHAPES

_OWNERS = (
    *("db", "redis", "mongo", "rabbit", "elastic", "smtp", "jwt", "github", "gitlab", "npm"),
    *("stripe", "twilio", "slack", "sendgrid", "paypal", "datadog", "auth0", "okta", "sentry", "mailgun"),
)
_KINDS = ("password", "api_key", "auth_token", "client_secret", "access_token", "secret_key")


def _pem(token: str, kind: str) -> str:
    # Put together here, so that no scanner takes this file for one that holds a key.
    rule = "-" * 5
    return f"{rule}BEGIN {kind}{rule}\n{_PEM_LINE}\n{token}\n{rule}END {kind}{rule}\n"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret to plant: the words of its key, and its value."""

    words: tuple[str, ...]
    value: str

    @property
    def upper(self) -> str:
        """The key as environment variables are written."""
        return "_".join(self.words).upper()

    @property
    def camel(self) -> str:
        """The key as `custom` maps are written."""
        first, *rest = self.words
        return first + "".join(word.capitalize() for word in rest)


class Purse:
    """Gives secrets that are never twice the same, in key or value; equal seeds give equal ones."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        keys = [(owner, *kind.split("_")) for kind in _KINDS for owner in _OWNERS]
        self._random.shuffle(keys)
        self._keys = iter(keys)

    def draw(self, count: int, shapes: tuple[Shape, ...] = ALL_SHAPES) -> list[Secret]:
        """`count` secrets, each shape in turn, beginning anywhere among them."""
        return [Secret(next(self._keys), shape(self._token())) for shape in islice(self._turns(shapes), count)]

    def _turns(self, shapes: tuple[Shape, ...]) -> Iterator[Shape]:
        start = self._random.randrange(len(shapes))
        return cycle(shapes[start:] + shapes[:start])

    def _token(self) -> str:
        first = self._random.choice("bcdfghjkmnpqrstvwxz")
        return first + "".join(self._random.choice("bcdfghjkmnpqrstvwxz23456789") for _ in range(9))

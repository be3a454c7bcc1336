"""Marked secrets, the forms in which they could leak, and the search for them in all that a run leaves behind."""

from __future__ import annotations

import html
import json
import random
import string
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

PIECE = 6  # characters; fewer would turn up by accident
_CHARACTERS = string.ascii_letters + string.digits


def marked(name: str, length: int = 24) -> str:
    """A value that no text holds by accident, not even a piece of it; always the same for a name."""
    source = random.Random(f"marked {name}")
    return "".join(source.choice(_CHARACTERS) for _ in range(length))


def _spiced(name: str) -> str:
    """One whose every form differs: quotes, markup, what URLs and YAML escape, and beyond ASCII."""
    value = marked(name, 28)
    return f"{value[:4]}\"{value[4:8]}<&>{value[8:12]}'{value[12:16]}\\{value[16:20]}%é+{value[20:24]}/={value[24:]}"


def _key_block(name: str) -> str:
    body = "\n".join(f"MIIE{marked(f'{name} {line}', 56)}" for line in range(4))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"


PLAIN, QUOTED, SINGLE = marked("plain"), _spiced("double"), _spiced("single").replace("\\", "-")
PASSWORD, FALLBACK, JSON, OLD, STORED = (marked(name) for name in ("url", "fallback", "json", "old", "stored"))
KEY = _key_block("key")
SECRETS: Mapping[str, str] = {
    "plain": PLAIN,
    "double-quoted": QUOTED,
    "single-quoted": SINGLE,
    "in a URL": PASSWORD,
    "a fallback": FALLBACK,
    "in JSON": JSON,
    "in a comment": OLD,
    "stored": STORED,
    "a key": KEY,
}

# ── forms ─────────────────────────────────────────────────────────────────────────────────────

Form = Callable[[str], Iterable[bytes]]


def _pieces(encode: Callable[[str], str]) -> Form:
    """Every piece of the value, put in some other way."""

    def form(value: str) -> Iterator[bytes]:
        for at in range(max(len(value) - PIECE, 0) + 1):
            yield encode(value[at : at + PIECE]).encode()

    return form


def _base64(encode: Callable[[bytes], bytes]) -> Form:
    """What of base64 tells the value wherever it begins in what was encoded."""

    def form(value: str) -> Iterator[bytes]:
        for ahead in range(3):
            told = encode(b"\0" * ahead + value.encode()).rstrip(b"=")[-(-ahead * 8 // 6) :]
            told = told[: len(told) - 1]  # the last character may hold bits of what follows
            yield from (told[at : at + 8] for at in range(max(len(told) - 8, 0) + 1))

    return form


FORMS: Mapping[str, Form] = {
    "as it is": _pieces(str),
    "reversed": _pieces(lambda piece: piece[::-1]),
    "URL-encoded": _pieces(lambda piece: quote(piece, safe="")),
    "form-encoded": _pieces(quote_plus),
    "hex": _pieces(lambda piece: piece.encode().hex()),
    "HEX": _pieces(lambda piece: piece.encode().hex().upper()),
    "base64": _base64(b64encode),
    "base64url": _base64(urlsafe_b64encode),
    "JSON": _pieces(lambda piece: json.dumps(piece)[1:-1]),
    "YAML, single-quoted": _pieces(lambda piece: piece.replace("'", "''")),
    "YAML, double-quoted": _pieces(lambda piece: json.dumps(piece, ensure_ascii=False)[1:-1]),
    "HTML": _pieces(html.escape),
    "HTML, numbered": _pieces(lambda piece: html.escape(piece).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")),
    "repr": _pieces(lambda piece: repr(f"'{piece}")[2:-1]),
}


@dataclass(frozen=True)
class Leak:
    """A secret that was found where it must not be."""

    secret: str
    form: str
    place: str
    around: bytes


@cache
def _needles() -> Mapping[bytes, tuple[tuple[bytes, str, str], ...]]:
    """What is searched for, with the secret and the form, by its first six bytes."""
    found: dict[bytes, dict[bytes, tuple[bytes, str, str]]] = {}
    for name, value in SECRETS.items():
        lines = [line for line in value.split("\n") if line and not line.startswith("-----")]
        for form, encoded in FORMS.items():
            for needle in (each for line in lines for each in encoded(line)):
                assert len(needle) >= PIECE
                found.setdefault(needle[:PIECE], {}).setdefault(needle, (needle, name, form))
    return {start: tuple(several.values()) for start, several in found.items()}


@dataclass(eq=False)
class Tally:
    """How much was searched: a search is one secret in one form in one place of one run."""

    runs: int = 0
    places: int = 0
    octets: int = 0

    @property
    def searches(self) -> int:
        """Runs times places times forms, for every secret."""
        return self.places * len(SECRETS) * len(FORMS)

    def __str__(self) -> str:
        return (
            f"{self.runs:,} runs, {self.places:,} places ({self.octets:,} bytes), "
            f"{len(SECRETS)} secrets in {len(FORMS)} forms: {self.searches:,} searches"
        )

    def add(self, runs: int, places: int, octets: int) -> None:
        """Count what was searched elsewhere."""
        self.runs += runs
        self.places += places
        self.octets += octets


TALLY = Tally()


@dataclass(frozen=True)
class Search:
    """Looks for the secrets in what a run leaves, and counts that."""

    tally: Tally = TALLY

    def leaks(self, places: Mapping[str, bytes | str], *, but: Iterable[str] = ()) -> list[Leak]:
        """Every secret that one of the places tells, one leak each; `but` names secrets that may stand there."""
        found: list[Leak] = []
        self.tally.add(1, 0, 0)
        for place, content in places.items():
            octets = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
            self.tally.add(0, 1, len(octets))
            found += _leaks_in(place, octets, frozenset(but))
        return found


def _leaks_in(place: str, content: bytes, but: frozenset[str]) -> Iterator[Leak]:
    needles, told = _needles(), set()
    starts = {content[at : at + PIECE] for at in range(len(content) - PIECE + 1)}
    for start in needles.keys() & starts:
        for needle, secret, form in needles[start]:
            if secret not in but and secret not in told and needle in content:
                told.add(secret)
                at = content.index(needle)
                yield Leak(secret, form, place, content[max(0, at - 60) : at + 40])


# ── what is searched ──────────────────────────────────────────────────────────────────────────

MOVED = ("plain", "double-quoted", "single-quoted", "in a URL", "a fallback", "in JSON", "a key")


def project(*, copies: bool = True) -> dict[str, str]:
    """A service that holds every secret, by file; with `copies` of some in values that nothing tells for secrets."""
    key = "".join(f"      {line}\n" for line in KEY.splitlines())
    commented = "".join(f"    # {line}\n" for line in KEY.splitlines())
    double = json.dumps(QUOTED, ensure_ascii=False)
    single = SINGLE.replace("'", "''")
    return {
        "serverless.yml": f"""\
service: shop
frameworkVersion: '3'
provider:
  name: aws
  environment:
    DB_PASSWORD: {PLAIN}  # it was {PLAIN} before
    # DB_PASSWORD: {OLD}
    API_TOKEN: {double}
    # API_TOKEN: {double}
    SIGNING_SECRET: '{single}'
    DATABASE_URL: postgres://app:{PASSWORD}@db.internal:5432/shop
    STRIPE_SECRET_KEY: ${{env:STRIPE, '{FALLBACK}'}}
    PRIVATE_KEY: |
{key}    # the same as
{commented}    HOOK: https://hooks.internal/in?auth={quote(QUOTED, safe="")}
    BASIC: "{b64encode(SINGLE.encode()).decode() if copies else ""}"
custom: ${{file(./config.json)}}
""",
        "config.json": json.dumps(
            {"clientSecret": JSON, "note": f"client secret is {JSON if copies else ''}"}, indent=2
        )
        + "\n",
    }


def is_source(file: Path) -> bool:
    """Whether it is a file that holds secrets of itself, or one on the way to be its next version."""
    name = file.name.split(".slsmigrate-")[0].removeprefix(".") if ".slsmigrate-" in file.name else file.name
    return name in project()


def objects(root: Path) -> dict[str, bytes]:
    """Every object of a repository by its id, uncompressed."""
    listed = subprocess.run(
        ["git", "-C", str(root), "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return {
        name: subprocess.run(["git", "-C", str(root), "cat-file", "-p", name], check=True, capture_output=True).stdout
        for name in listed
    }

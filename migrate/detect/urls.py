"""Passwords in URLs and in connection strings without a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from migrate.detect.embedded_value import BLANK, URL_PASSWORD, EmbeddedValue
from migrate.detect.randomness import looks_random
from migrate.model import Span
from migrate.model.lazy_pattern import LazyPattern

_SCHEME = LazyPattern(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*)://(?=([^\s\"'`]{0,4096}))")
_HOST = LazyPattern(rf"[\w.\-{BLANK}\[\]:,%]+(?:[/?#;,)]|$)")
_DSN = LazyPattern(rf"(?<![\w/.+%-])[\w.+%{BLANK}-]+:([^@\s\"']{{1,200}})@(?:tcp|tcp6|udp|unix)?\([^()\s]+\)")
_BARE_DSN = LazyPattern(rf"[\w.+{BLANK}-]+:([^@\s/\"']{{1,200}})@[\w.{BLANK}-]+(?::[\d{BLANK}]+)?(?:/\S*)?")
_ORACLE = LazyPattern(rf"(?:^|thin:)[\w{BLANK}]+/([^@\s/]+)@(?://)?[\w.{BLANK}-]+[:/]")
_MOST_URLS = 1_000  # of one text
_HTTP = ("http", "https", "git", "git+https", "ftp", "ftps")
# Before the colon these mark a token that follows, rather than a person's password.
_TOKEN_USERS = ("oauth2", "x-access-token", "x-token-auth", "token", "git", "oauth")


def find_in_urls(text: str) -> Iterator[EmbeddedValue]:
    """Yield the passwords and tokens between `://` and `@`."""
    for match in islice(_SCHEME.finditer(text), _MOST_URLS):
        scheme, rest, start = match[1].lower(), match[2], match.start(2)
        at = _user_end(rest, scheme)
        if at < 0:
            continue
        user, colon, password = rest[:at].partition(":")
        if colon and password:
            reason = "the token in a URL" if user.lower() in _TOKEN_USERS else "the password in a URL"
            yield EmbeddedValue(
                Span(start + at - len(password), start + at), "url-password", URL_PASSWORD, reason, user
            )
        elif not colon and scheme in _HTTP and looks_random(user) and len(user) > 15 and "sentry" not in rest[at:]:
            yield EmbeddedValue(Span(start, start + at), "url-password", URL_PASSWORD, "the token in a URL")


def _user_end(rest: str, scheme: str) -> int:
    """Return where the user's part of a URL ends, -1 where it has none.

    Passwords of databases often hold `/`, `?`, `#` and `@` as they are.
    """
    slash = min((rest.find(char) for char in "/?#" if char in rest), default=len(rest))
    at = rest.rfind("@", 0, slash)
    if at >= 0 or scheme in _HTTP or ":" not in rest[:slash]:
        return at
    if "." in rest[: rest.index(":")]:
        return -1
    at = rest.find("@", slash)
    while at >= 0 and not _HOST.match(rest, at + 1):
        at = rest.find("@", at + 1)
    return at


def find_in_dsns(text: str, *, connection: bool) -> Iterator[EmbeddedValue]:
    """Yield the passwords of `user:password@tcp(host)` and `user/password@host`.

    `connection`: the value is named like a connection, so that `user:password@host` is one too.
    """
    oracle = _ORACLE.search(text) if connection or "thin:" in text else None
    bare = _BARE_DSN.fullmatch(text) if connection and "://" not in text else None
    for match in chain(_DSN.finditer(text), filter(None, (oracle, bare))):
        span = Span(*match.span(1))
        yield EmbeddedValue(span, "connection-string", URL_PASSWORD, "the password in a connection string")

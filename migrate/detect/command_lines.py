"""Passwords on command lines, and values of headers that are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.detect.alternatives import Alternative
from migrate.detect.embedded_value import AUTHORIZATION, URL_PASSWORD, EmbeddedValue
from migrate.detect.name_meaning import Strength
from migrate.detect.name_words import split_name
from migrate.detect.names import meaning_of
from migrate.model import Span
from migrate.model.lazy_pattern import LazyPattern, one_of

_FLAG = LazyPattern(r"(?<!\S)--?([A-Za-z][\w-]+)(?:\s+|=)(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"'-][^\s\"']*))")
# A word that a text with such a password holds, the expression whose last group is the password, an example.
COMMANDS: tuple[Alternative, ...] = (
    (
        "mysql",
        r"mysql(?:dump|admin)?\b[^|;&\n]{0,300}?\s-p([^\s'\"]{1,200})",
        "mysqldump -h db -u app -p{base62:12} shop",
    ),
    ("sshpass", r"sshpass\s+-p\s*['\"]?([^\s'\"]{1,200})", "sshpass -p {base62:12} ssh app@db"),
    (
        "curl",
        r"curl\b[^|;&\n]{0,300}?\s(?:-u|--user)[\s=]*['\"]?[^\s:'\"]{1,100}:([^\s'\"]{1,200})",
        "curl -s -u app:{base62:12} https://acme.io",
    ),
    (
        "docker",
        r"docker\s+login\b[^|;&\n]{0,300}?\s-p\s+['\"]?([^\s'\"]{1,200})",
        "docker login -u app -p {base62:12}",
    ),
    (
        "redis-cli",
        r"redis-cli\b[^|;&\n]{0,300}?\s-a\s+['\"]?([^\s'\"]{1,200})",
        "redis-cli -h cache -a {base62:12} ping",
    ),
    (
        "mongo",
        r"mongo(?:dump|export|import|restore|sh)?\b[^|;&\n]{0,300}?\s-p\s+['\"]?([^\s'\"]{1,200})",
        "mongodump -u app -p {base62:12}",
    ),
    ("AccountKey", r"A(?<!\S.)ccountKey=([A-Za-z0-9+/=]+)", "AccountKey={base64:86}=="),
    ("SharedAccessKey", r"S(?<!\S.)haredAccessKey=([A-Za-z0-9+/=]+)", "SharedAccessKey={base64:43}="),
)
COMMAND_WORDS = tuple(word for word, _, _ in COMMANDS)
_COMMANDS = LazyPattern(one_of((pattern for _, pattern, _ in COMMANDS), after=r"\w"))
_NAMED_KEY = r"-[\w-]*(?:[Kk]ey|[Tt]oken|[Ss]ecret|[Aa]uth)"
# Words of which a text with such a header holds one, the expression for the header's name, an example.
HEADERS: tuple[Alternative, ...] = (
    ("uthorization", "Authorization", "Authorization"),
    ("uthorization", "Proxy-Authorization", "Proxy-Authorization"),
    ("X-", f"X{_NAMED_KEY}", "X-Vault-Token"),
    ("x-", f"x{_NAMED_KEY}", "x-api-key"),
    ("piKey pikey pi-Key pi-key", "Api-?[Kk]ey", "Api-Key"),
    ("piKey pikey pi-Key pi-key", "api-?[Kk]ey", "apikey"),
    ("PRIVATE-TOKEN", "PRIVATE-TOKEN", "PRIVATE-TOKEN"),
    ("Private-Token", "Private-Token", "Private-Token"),
)
HEADER_WORDS = tuple(dict.fromkeys(word for words, _, _ in HEADERS for word in words.split()))
_PART_OF_NAME = r"[\w-]"
_NAMED = one_of((pattern for _, pattern, _ in HEADERS), after=_PART_OF_NAME)
_HEADER = LazyPattern(
    rf"({_NAMED})\\?[\"']?\s*[:=]\s*\\?[\"']?(?:(?:Basic|Bearer|Token|ApiKey|SSWS)\s+)?([^\s\"'\\,;}}]+)"
)
_SCHEMED = LazyPattern(r"\s*(Basic|Bearer|Token|ApiKey|Api-Key|SSWS|Key|AccessKey|Digest)\s+(\S+)\s*", re.IGNORECASE)


def find_in_command_lines(text: str) -> Iterator[EmbeddedValue]:
    """Yield the passwords of options and known commands, and values of headers."""
    for match in _FLAG.finditer(text):
        meaning = meaning_of(split_name(match[1]))
        if meaning and meaning.strength >= Strength.FAIR:
            group = next(number for number in (2, 3, 4) if match[number])
            yield EmbeddedValue(
                Span(*match.span(group)), "command-line", meaning, f"after --{match[1]} on a command line"
            )
    for match in commands(text):
        span = Span(*match.span(match.lastindex or 1))
        yield EmbeddedValue(span, "command-line", URL_PASSWORD, "the password on a command line")
    for match in headers(text):
        span = Span(*match.span(2))
        yield EmbeddedValue(span, "authorization-header", AUTHORIZATION, f"the value of the header {match[1]}")


def find_in_header(text: str) -> Iterator[EmbeddedValue]:
    """Yield what follows the scheme in an authorization header: `Bearer …`."""
    match = _SCHEMED.fullmatch(text)
    if match:
        reason = f"after {match[1]} in an authorization header"
        yield EmbeddedValue(Span(*match.span(2)), "authorization-header", AUTHORIZATION, reason)


def commands(text: str) -> list[re.Match[str]]:
    """Return every command line with a password, which is the last group of its match."""
    return list(_COMMANDS.finditer(text)) if any(word in text for word in COMMAND_WORDS) else []


def headers(text: str) -> list[re.Match[str]]:
    """Return every header or API key in a text; the second group is its value."""
    return list(_HEADER.finditer(text)) if any(word in text for word in HEADER_WORDS) else []

"""The secret part of a longer text: URLs, connection strings, headers, command lines, assignments, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from migrate.detect.alternatives import Row
from migrate.detect.names import FAIR, STRONG, WEAK, Maker, Sense, sense
from migrate.detect.randomness import looks_random
from migrate.detect.words import split
from migrate.model import Kind, Span
from migrate.model.lazy_pattern import Expression, one_of
from migrate.text.variables import Variable

HOLE = "\ue000"  # stands for every character of a variable, so that its inside is never read as text

_SCHEME = Expression(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*)://(?=([^\s\"'`]{0,4096}))")
_HOST = Expression(rf"[\w.\-{HOLE}\[\]:,%]+(?:[/?#;,)]|$)")
_DSN = Expression(rf"(?<![\w/.+%-])[\w.+%{HOLE}-]+:([^@\s\"']{{1,200}})@(?:tcp|tcp6|udp|unix)?\([^()\s]+\)")
_BARE_DSN = Expression(rf"[\w.+{HOLE}-]+:([^@\s/\"']{{1,200}})@[\w.{HOLE}-]+(?::[\d{HOLE}]+)?(?:/\S*)?")
_ORACLE = Expression(rf"(?:^|thin:)[\w{HOLE}]+/([^@\s/]+)@(?://)?[\w.{HOLE}-]+[:/]")
_PAIRS = Expression(r"(?:^|;)\s*[\w .-]+=[^;]*;\s*[\w .-]+=")
_PAIR = Expression(r"(?:^|[;?])\s*([\w .-]+?)\s*=\s*([^;]*)")
_ASSIGNED = Expression(
    r"""(?x) (?<![\w$%{.-])([A-Za-z_][\w.-]*)
    (?: =(?![=\s"'])([^\s"';&|,]*[^\s"';&|,)\]}]) | \s?=\s?(?:"([^"\n]+)" | '([^'\n]+)') )"""
)
_FLAG = Expression(r"(?<!\S)--?([A-Za-z][\w-]+)(?:\s+|=)(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"'-][^\s\"']*))")
# A word that a text with such a password holds, the expression whose last group is the password, an example.
COMMANDS: tuple[Row, ...] = (
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
_COMMANDS = Expression(one_of((pattern for _, pattern, _ in COMMANDS), after=r"\w"))
_SCHEMED = Expression(r"\s*(Basic|Bearer|Token|ApiKey|Api-Key|SSWS|Key|AccessKey|Digest)\s+(\S+)\s*", re.IGNORECASE)
_NAMED_KEY = r"-[\w-]*(?:[Kk]ey|[Tt]oken|[Ss]ecret|[Aa]uth)"
# Words of which a text with such a header holds one, the expression for the header's name, an example.
HEADERS: tuple[Row, ...] = (
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
_HEADER = Expression(
    rf"({_NAMED})\\?[\"']?\s*[:=]\s*\\?[\"']?(?:(?:Basic|Bearer|Token|ApiKey|SSWS)\s+)?([^\s\"'\\,;}}]+)"
)
_JSON = Expression(r'\\?"((?:[^"\\\n]){1,80})\\?"\s*:\s*(?:"((?:[^"\\]|\\.)+)"|\\"((?:[^"\\]|\\[^"])+)\\")', re.DOTALL)
_MOST_URLS = 1_000  # of one text
_COMMENTS = Expression(r"^[ \t]*#.*$", re.MULTILINE)
_SIGNATURES = frozenset({"sig", "code", "signature", "appid", "app_id"})
_HTTP = ("http", "https", "git", "git+https", "ftp", "ftps")
_PASSWORD = Sense(Kind.CONNECTION_STRING, STRONG, Maker.PASSWORD, "a password")
_AUTHORIZATION = Sense(Kind.OTHER, STRONG, Maker.ISSUED, "an authorization")


class Part(Struct, frozen=True):
    """A piece of a text that is secret if it looks so; `sense` is what stands before it promises."""

    span: Span
    rule: str
    sense: Sense
    says: str
    user: str = ""


def holes(text: str, variables: tuple[Variable, ...]) -> str:
    """The text with every variable blotted out, each character at its place."""
    pieces = []
    at = 0
    for variable in variables:
        start, end = variable.span.start, variable.span.end
        pieces += [text[at:start], HOLE * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def find(text: str, *, connection: bool, header: bool) -> Iterator[Part]:
    """The parts of a text that would be secret; what its name says tells a bare DSN and a bare header value."""
    if header:
        yield from _header_value(text)
    if "@" in text:
        yield from _urls(text)
        yield from _dsns(text, connection)
    if "#" in text and "\n" in text:
        text = _COMMENTS.sub(lambda comment: " " * len(comment[0]), text)
    if '":' in text or '" :' in text or '\\":' in text:
        yield from _json(text)
        return
    if "=" in text:
        yield from _assignments(text)
    if " " in text or text.startswith("-"):
        yield from _commands(text)


def is_json(text: str) -> bool:
    """Whether a text is JSON, so that no name means the whole of it."""
    return text.lstrip()[:1] in ("{", "[") and ('":' in text or '" :' in text)


def _urls(text: str) -> Iterator[Part]:
    for match in islice(_SCHEME.finditer(text), _MOST_URLS):
        scheme, rest, start = match[1].lower(), match[2], match.start(2)
        at = _at_sign(rest, scheme)
        if at < 0:
            continue
        user, colon, password = rest[:at].partition(":")
        if colon and password:
            token = user.lower() in ("oauth2", "x-access-token", "x-token-auth", "token", "git", "oauth")
            says = "the token in a URL" if token else "the password in a URL"
            yield Part(Span(start + at - len(password), start + at), "url-password", _PASSWORD, says, user)
        elif not colon and scheme in _HTTP and looks_random(user) and len(user) > 15 and "sentry" not in rest[at:]:
            yield Part(Span(start, start + at), "url-password", _PASSWORD, "the token in a URL")


def _at_sign(rest: str, scheme: str) -> int:
    """Where the user's part ends. Passwords of databases often hold `/`, `?`, `#` and `@` as they are."""
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


def _dsns(text: str, connection: bool) -> Iterator[Part]:
    for match in _DSN.finditer(text):
        yield Part(Span(*match.span(1)), "connection-string", _PASSWORD, "the password in a connection string")
    oracle = _ORACLE.search(text) if connection or "thin:" in text else None
    bare = _BARE_DSN.fullmatch(text) if connection and "://" not in text else None
    for found in (oracle, bare):
        if found:
            yield Part(Span(*found.span(1)), "connection-string", _PASSWORD, "the password in a connection string")


def _assignments(text: str) -> Iterator[Part]:
    if "\n" not in text and _PAIRS.search(text):
        for match in _PAIR.finditer(text):
            named = _sense_of_pair(match[1])
            if named and match[2].strip():
                yield Part(
                    _trimmed(match, 2), "connection-string", named, f"“{match[1].strip()}” in a connection string"
                )
        return
    for match in _ASSIGNED.finditer(text):
        named = _sense_of_pair(match[1])
        if named:
            rule = "query-secret" if text[match.start() - 1 : match.start()] in ("?", "&") else "assignment"
            group = 2 if match[2] else 3 if match[3] else 4
            yield Part(Span(*match.span(group)), rule, named, f"assigned to “{match[1]}”")


def _sense_of_pair(name: str) -> Sense | None:
    words = split(name)
    found = sense(words)
    if found is None and name.lower() in _SIGNATURES:
        return Sense(Kind.TOKEN, WEAK, Maker.ISSUED, "a signature")
    return found


def _trimmed(match: re.Match[str], group: int) -> Span:
    text = match[group]
    start = match.start(group) + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))


def _commands(text: str) -> Iterator[Part]:
    for match in _FLAG.finditer(text):
        named = sense(split(match[1]))
        if named and named.strength >= FAIR:
            group = next(number for number in (2, 3, 4) if match[number])
            yield Part(Span(*match.span(group)), "command-line", named, f"after --{match[1]} on a command line")
    for match in commands(text):
        group = match.lastindex or 1
        yield Part(Span(*match.span(group)), "command-line", _PASSWORD, "the password on a command line")
    for match in headers(text):
        yield Part(Span(*match.span(2)), "authorization-header", _AUTHORIZATION, f"the value of the header {match[1]}")


def commands(text: str) -> list[re.Match[str]]:
    """Every command line that shows a password, which is the last group of its match."""
    return list(_COMMANDS.finditer(text)) if any(word in text for word in COMMAND_WORDS) else []


def headers(text: str) -> list[re.Match[str]]:
    """Every header or key of an API in a text, with its value as the second group."""
    return list(_HEADER.finditer(text)) if any(word in text for word in HEADER_WORDS) else []


def _header_value(text: str) -> Iterator[Part]:
    match = _SCHEMED.fullmatch(text)
    if match:
        yield Part(
            Span(*match.span(2)), "authorization-header", _AUTHORIZATION, f"after {match[1]} in an authorization header"
        )


def _json(text: str) -> Iterator[Part]:
    for match in _JSON.finditer(text):
        named = sense(split(match[1]))
        if named:
            group = 2 if match[2] else 3
            yield Part(Span(*match.span(group)), "json-text", named, f"“{match[1]}” in JSON text")

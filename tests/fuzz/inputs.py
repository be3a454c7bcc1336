"""Makes inputs of every construct out of bytes, so that Hypothesis and a coverage-guided fuzzer can both steer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

# Put together at run time, so that no scanner takes them for real.
SECRETS = (
    "hunter2-lantern",
    "Zq8" + "vX2mK9pL4wR7tY1nB6",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "postgres://app:" + "s3cr3t-pw@db.acme.internal:5432/shop",
    "Server=db;Password=" + "Xy7pQ2;",
    "0123",
    "12345678901234567890",
    'pa:ss #word, it\'s "it"',
    "  padded\ttab ",
    "line one\nline two\n",
    "\U0001f511é\u2028key\x85end",
    "$2{a}$&",
    "${env:X, 'fallback-lantern-77'}",
    "x${self:custom.a}y",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefghijklmnop\n-----END RSA PRIVATE KEY-----\n",
)
KEYS = ("password", "DB_PASSWORD", "apiKey", "token", "name", "Value", "a.b", "x y", "service", "<<", "é", "1", "null")
PIECES = (
    *(
        "a: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "  ",
        "\t",
        "\r\n",
        "\r",
        "#",
        " # x\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!t ",
    ),
    *(
        "!!str ",
        "!!int ",
        "!<x> ",
        "'",
        '"',
        "|\n",
        "|-\n",
        ">+\n",
        "|2\n",
        "%YAML 1.1\n",
        "---\n",
        "...\n",
        "<<: *a\n",
    ),
    *("\\n", "\\", "\\u0041", "\\ud83d", "\\xe9", "\ufeff", "\x85", "\u2028", "\x00", "${", "}", "file(", "self:", "~"),
    *KEYS,
    *SECRETS,
)
_SYNTAX = (
    "\\$",
    "\\${",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "+?",
    "*",
    "+",
    "a",
    "\\w",
    "(?!",
    "|",
    "^",
    "$",
    "<",
    ">",
    "\\\\",
)
_TOML = (
    *("[[allow]]\n", "[[rule]]\n", "[[finding]]\n", "file", "key-path", "rule", "id", "value", "key", " = ", '"', "'"),
    *(
        "\n",
        "version = 1\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "1",
        "true",
        "1979-05-27",
        "**",
        ".",
        "\\",
        '"x"',
        "(a+)+",
        "decision",
    ),
    *('"move"', "parameter", "region", "path-template", "/{service}", "=", "'''", '"""', "#", "context", "tier"),
)
_LOCK = (
    *(
        "node_modules/serverless",
        "serverless",
        "osls",
        '"',
        ":",
        "{",
        "}",
        ",",
        "\n",
        "  ",
        "version",
        "3.40.0",
        "2.72.4",
    ),
    *(
        "lockfileVersion",
        "dependencies",
        "devDependencies",
        "@^3",
        "npm:",
        "@",
        "resolution",
        "importers",
        ".",
        "specifier",
    ),
    *("(peer)", "'", "/", "packages:", '"serverless": "', "^3 || 4", ">=", "1e999", "[", "]", "null", "\\u0000"),
)
_BASELINE = (
    '{"results": {',
    '"a": [',
    '{"line_number": ',
    "1",
    "1e999",
    "null",
    '"x"',
    "}",
    "]",
    ",",
    "[",
    '"results"',
    ":",
)
_PATHS = (
    *(
        "file(",
        "./",
        "../",
        "/",
        "~/",
        "${",
        "}",
        "opt:stage",
        "self:custom.p",
        ", 'dev'",
        ".yml",
        "*",
        ")",
        ":a",
        "\n",
        "#",
    ),
    *("a", "'", '"', "/dev/zero", "/proc/self/mem", "\x00", "(", "$<", ">", "p: ", "x" * 300, "node_modules/"),
)


class Chooser:
    """Choices read from bytes; the first of each once they are used up."""

    def __init__(self, source: bytes) -> None:
        self._source, self._at = source, 0

    def below(self, count: int) -> int:
        """A number from 0 to less than `count`."""
        byte = self._source[self._at] if self._at < len(self._source) else 0
        self._at += 1
        return byte % count

    def of(self, choices: Sequence[_T]) -> _T:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def some(self, choices: Sequence[str], most: int = 40) -> str:
        """Several of the choices in a row."""
        return "".join(self.of(choices) for _ in range(self.below(most)))

    @property
    def is_used_up(self) -> bool:
        """Whether all bytes were read."""
        return self._at >= len(self._source)


def _scalar(choose: Chooser, indent: str, in_flow: bool) -> str:
    value = choose.of(SECRETS)
    style = choose.below(5)
    if style == 0 or (in_flow and style > 2):
        return "'" + value.replace("'", "''").replace("\n", "\n\n" + indent + " ") + "'"
    if style == 1:
        return json.dumps(value, ensure_ascii=bool(choose.below(2)))
    if style == 2:
        return choose.of(
            ("plain", "hunter2lantern", "0123", "1e3", "true", "~", "2019-06-13", "a: b", "x #y", "*a", "")
        )
    header = choose.of(("|", "|-", "|+", ">", ">-", ">+", "|2", "> # note"))
    return header + "\n" + "".join(f"{indent}  {line}\n" for line in value.split("\n")).rstrip("\n")


def _node(choose: Chooser, indent: str, in_flow: bool, depth: int) -> str:
    mark = choose.of(("", "", "", "&a ", "&b ", "!Sub ", "!!str ", "!!int "))
    kind = choose.below(8)
    if depth > 4 or choose.is_used_up or kind < 4:
        return mark + _scalar(choose, indent, in_flow)
    if kind == 4:
        return choose.of(("*a", "*b"))
    if in_flow or kind == 5:
        items = [_node(choose, indent, True, depth + 1) for _ in range(choose.below(4))]
        if choose.below(2):
            return mark + "[" + ", ".join(items) + "]"
        return mark + "{" + ", ".join(f"{choose.of(KEYS)}: {item}" for item in items) + "}"
    start = mark.rstrip() + "\n"
    if kind == 6:
        return start + _mapping(choose, indent + "  ", depth + 1).rstrip("\n")
    items = [f"{indent}- {_node(choose, indent + '  ', False, depth + 1)}" for _ in range(1 + choose.below(3))]
    return start + "\n".join(items)


def _mapping(choose: Chooser, indent: str, depth: int) -> str:
    lines = []
    for _ in range(1 + choose.below(5)):
        key = choose.of((*KEYS, '"password"', "? password\n" + indent))
        comment = choose.of(("", "", "", "  # password: old-lantern-5", "\t# x", "   "))
        node = _node(choose, indent, False, depth)
        lines.append(f"{indent}{key}: {node}{'' if node.count(chr(10)) else comment}\n")
        if choose.below(6) == 0:
            lines.append(choose.of(("\n", f"{indent}# token = x\n", "  \n")))
    return "".join(lines)


def yaml_text(choose: Chooser) -> str:
    """A manifest of every construct, in most cases a sound one."""
    head = choose.of(("service: shop\n", "service: ${self:custom.a}\n", "", "service: {name: x}\n"))
    provider = choose.of(
        ("provider:\n  name: aws\n  region: eu-west-1\n", "provider: aws\n", "provider: {name: google}\n")
    )
    return head + provider + "custom:\n" + _mapping(choose, "  ", 0)


def encoded(choose: Chooser, text: str) -> bytes:
    """The text in one of the ways in which files are written."""
    text = text.replace("\n", choose.of(("\n", "\n", "\r\n", "\r")))
    codec = choose.of(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"))
    return text.encode(codec, "surrogatepass")


def manifest_bytes(choose: Chooser) -> tuple[str, bytes]:
    """A file's name and its bytes."""
    kind = choose.below(6)
    if kind < 3:
        return "serverless.yml", encoded(choose, yaml_text(choose))
    if kind == 3:
        return "serverless.yml", encoded(choose, choose.some(PIECES, 60))
    if kind == 4:
        values = {choose.of(KEYS): choose.of(SECRETS) for _ in range(choose.below(8))}
        return "env.json", encoded(choose, json.dumps({"service": "x", "custom": values}, indent=choose.of((None, 1))))
    return "env.json", encoded(
        choose, choose.some(('"', "{", "}", "[", "]", ":", ",", "\\", "1", "-", "e9", *SECRETS), 60)
    )


def settings_files(choose: Chooser) -> dict[str, str]:
    """What may stand around a manifest, none of it sound."""
    return {
        ".slsmigrate.toml": choose.some(_TOML),
        "decisions.toml": "version = 1\n" + choose.some(_TOML),
        ".secrets.baseline": choose.some(_BASELINE),
        "package.json": choose.some(_LOCK),
        choose.of(("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json")): choose.some(_LOCK, 80),
    }


def variable_syntax(choose: Chooser) -> str:
    """A user's regular expression."""
    return choose.some(_SYNTAX, 30)


def include_text(choose: Chooser) -> str:
    """Text that includes files by all sorts of paths."""
    return choose.some(_PATHS, 60)

"""Time and memory grow with a file's size, no faster: no shape of input makes a run hang, crash or swell."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from migrate.detect import find
from migrate.detect.embedded import find_embedded
from migrate.detect.name_words import split_name
from migrate.detect.values import classify
from migrate.files.includes import included
from migrate.framework.deployment import deployment
from migrate.framework.detection import detect_framework
from migrate.framework.reference import ReferenceRefusedError, reference, syntax_for
from migrate.framework.resolve import View
from migrate.masking.masked_text import masked
from migrate.masking.unified_diff import unified
from migrate.model import Family, Framework, Manifest, UsageError
from migrate.plan.early_reads import early_reads
from migrate.text.variables import is_pure, parse
from migrate.workspace.settings import read_baseline, read_settings
from tests.support.build import manifest
from tests.support.limits import SECONDS, seconds
from tests.support.program import Program, write
from tests.support.sample import sampled, slow

assert sys.platform != "win32"

HEAD = "service: shop\nframeworkVersion: '3'\nprovider:\n  name: aws\n  environment:\n    STAGE: dev\ncustom:\n"
START = 10.0  # loading what a run works with, while coverage watches


def secret(number: int) -> str:
    return f"k{number * 7919 % 99991:05}-lantern-{number * 104729 % 99991:05}-Qz"


def many(line: str, count: int) -> str:
    return "".join(line.format(n=number, s=secret(number)) for number in range(count))


MANY_FINDINGS: dict[str, Callable[[int], str]] = {
    "in one map": lambda n: many("  P{n}_PASSWORD: {s}\n", n),
    "of one name": lambda n: "  list:\n" + many("    - password: {s}\n", n),
    "of one value": lambda n: "  list:\n" + many("    - password: lantern-4711-Qz\n", n),
    "under one key": lambda n: many("  password: {s}\n", n),
    "in a list": lambda n: "  passwords:\n" + many("    - {s}\n", n),
    "in pairs": lambda n: "  list:\n" + many("    - Name: P{n}_PASSWORD\n      Value: {s}\n", n),
    "on one line": lambda n: "  m: {" + many("P{n}_PASSWORD: '{s}', ", n) + "}\n",
    "as fallbacks": lambda n: many("  P{n}_PASSWORD: ${{env:X, '{s}'}}\n", n),
    "as fallbacks of one value": lambda n: '  password: "${env:X' + many(", '{s}'", n) + '}"\n',
    "behind anchors": lambda n: many("  a{n}: &a{n} {{password: {s}}}\n  b{n}: *a{n}\n", n),
    "in blocks": lambda n: many("  p{n}_password: |\n    {s}\n    {s}\n", n),
    "beside comments": lambda n: many("  # password: {s}\n  password{n}: {s}\n", n),
}


@pytest.mark.parametrize("count", [120, pytest.param(3_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("body", sampled(MANY_FINDINGS.values(), every=3), ids=MANY_FINDINGS)
def test_time_for_many_findings_grows_linearly(
    service: Path, slsmigrate: Program, body: Callable[[int], str], count: int
) -> None:
    write(service, {"serverless.yml": HEAD + body(count)})
    with seconds(START + SECONDS * count / 1_000):
        ran = slsmigrate("--dry-run", "--min-confidence", "low", "--report", "r.json", "--save-decisions", "d.toml")
        assert ran.code == 0, ran.err
        assert slsmigrate("--dry-run", "--decisions", "d.toml").code == 0
    assert len(json.loads((service / "r.json").read_bytes())["findings"]) >= 100


@pytest.mark.slow
def test_many_findings_in_one_line_of_json_are_searched_quickly(service: Path, slsmigrate: Program) -> None:
    values = {f"P{number}_PASSWORD": secret(number) for number in range(3_000)}
    write(service, {"serverless.yml": HEAD + "  x: ${file(x.json)}\n", "x.json": json.dumps(values)})
    with seconds():
        assert slsmigrate("--dry-run", "--report", "r.html").code == 0


INCLUDES: dict[str, Callable[[int], dict[str, str | bytes]]] = {
    "in a line": lambda n: {"serverless.yml": HEAD + '  x: "' + many("${{file(./x{n}.yml)}}", 20 * n) + '"\n'},
    "in a chain": lambda n: {
        "serverless.yml": HEAD + "  x: ${file(./x0.yml)}\n",
        **{f"x{k}.yml": f"password: {secret(k)}\na: ${{file(./x{k + 1}.yml)}}\n" for k in range(n)},
    },
    "in a circle of all": lambda n: {
        "serverless.yml": HEAD + "  x: ${file(./x0.yml)}\n",
        **{f"x{k}.yml": many("a{n}: ${{file(./x{n}.yml)}}\n", min(n, 400) // 5) for k in range(min(n, 400) // 5)},
    },
    "each with a secret": lambda n: {
        "serverless.yml": HEAD + many("  f{n}: ${{file(./x{n}.yml)}}\n", n),
        **{f"x{k}.yml": f"password: {secret(k)}\n" for k in range(n)},
    },
    "with numbers that others read": lambda n: {
        "serverless.yml": HEAD
        + many("  f{n}:\n    env:\n      A: ${{file(./env.yml):A{n}_PASSWORD}}\n", n)
        + many("  g{n}:\n    env:\n      B: ${{file(./env${{opt:x}}.yml):A${{opt:y}}{n}}}\n", n),
        **{f"env{k}.yml": f"PASSWORD: {918273645546372 + 7919 * k}\n" for k in range(min(n, 400))},
        "env.yml": "".join(f"A{k}_PASSWORD: {918273645546372 + 7919 * k}\n" for k in range(n)),
    },
}


@pytest.mark.parametrize("count", [50, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("files", INCLUDES.values(), ids=INCLUDES)
def test_many_includes_are_followed_in_linear_time(
    service: Path, slsmigrate: Program, files: Callable[[int], dict[str, str | bytes]], count: int
) -> None:
    write(service, files(count))
    with seconds(SECONDS + count / 20):
        assert slsmigrate("--dry-run").code == 0


# Each took a time that grew with the square of its length, or never ended.
READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "variables that are never closed": (parse, "${${\\'" * 20_000),
    "quotes that are never closed": (parse, "',\\\"()${" * 20_000),
    "many variables in one value": (is_pure, "${a}" * 40_000),
    "commas": (parse, "${" + "," * 100_000),
    "braces of templates": (classify, "{{" * 60_000),
    "no letter in sight": (classify, ")" * 100_000 + "x"),
    "addresses": (lambda text: list(find_embedded(text, connection=True, header=True)), "a://" * 30_000 + "@"),
    "colons before an at": (lambda text: find(manifest(text)), "x: '" + "a:" * 60_000 + " @'\n"),
    "keys of references": (
        lambda text: find(manifest(text)),
        "".join(f"password{n}: ${{env:X}}\n" for n in range(40_000)),
    ),
    "names of headers": (lambda text: find(manifest(text)), "x: " + " ".join(f"x-{n}-key" for n in range(40_000))),
    "blank lines": (lambda text: find(manifest(text)), "token:" + "\n" * 100_000),
    "a key of endings": (split_name, "token" * 20_000),
    "a line of includes": (included, "file(" * 10_000),
    "an ssm that never ends": (lambda text: detect_framework(View(manifest(f"a: '{text}'\n")), None), "ssm:" * 30_000),
    "a comment of one word": (lambda text: masked(manifest(f"a: b\n# {text}\n"), []), "pass" * 30_000),
}
LONG_READERS = {"many variables in one value", "keys of references", "commas", "a line of includes"}


@pytest.mark.parametrize(
    ("read", "text"), [slow(row) if name in LONG_READERS else row for name, row in READERS.items()], ids=READERS
)
def test_long_text_is_read_quickly(read: Callable[[str], object], text: str) -> None:
    with seconds():
        read(text)


def test_diff_of_many_changed_lines_is_made_quickly() -> None:
    before = many("- Name: P{n}\n  Value: ••••••\n", 20_000)
    after = many("- Name: P{n}\n  Value: ${{ssm:/p{n}}}\n", 20_000)
    with seconds():
        assert sum(1 for _ in unified(before, after, "x")) > 40_000


def test_exponential_self_references_terminate() -> None:
    lines = many("  a{n}: ${{self:custom.a{n}.x}}${{self:custom.b}}" + "\n", 1)
    lines += "".join(f"  k{k}: {f'${{self:custom.k{k + 1}}}' * 20}\n" for k in range(8)) + "  k8: x\n"
    view = View(manifest(HEAD + lines + "  x: ${self:custom.${opt:x}}\n"))
    with seconds():
        assert view.resolve_value("${self:custom.k0}") is None
        assert view.possible_values("custom", "x") is not None


MERGES = "a0: &a0 {x: y}\n" + "".join(f"a{k}: &a{k} {{<<: [{f'*a{k - 1}, ' * 9}]}}\n" for k in range(1, 60))
ALIASES = "a0: &a0 [x]\n" + "".join(f"a{k}: &a{k} [{f'*a{k - 1}, ' * 9}]\n" for k in range(1, 60))
RESOLVED = {
    "merges of merges": MERGES + "provider: *a59\n",
    "a chain of merges": "a0: &a0 {x: y}\n" + "".join(f"a{k}: &a{k} {{<<: *a{k - 1}}}\n" for k in range(1, 2_000)),
    "aliases by any key": ALIASES + "provider:\n  region: ${self:a59" + ".${opt:x}" * 30 + "}\n",
    "any of many keys": "provider: {region: '${self:c.${opt:x}}'}\nc:\n" + many("  k{n}: eu-west-1\n", 20_000),
    "keys that read any": "provider: {region: '${self:c.${opt:x}}'}\nc:\n"
    + many("  k{n}: a{n}${{self:c.${{opt:x{n}}}}}\n", 3_000),
    "a chain of values": "provider: {region: '${self:c.k0}'}\nc:\n"
    + "".join(f"  k{k}: ${{self:c.k{k + 1}}}\n" for k in range(3_000)),
    "variables in addresses": "provider:\n  region: " + "${self:c." * 30 + "x" + "}" * 30 + "\nc: {x: x}\n",
    "fallbacks": "provider: {region: '${self:c.k0}'}\nc:\n"
    + "".join(f"  k{k}: ${{self:c.k{k + 1}, self:c.k{k + 1}, self:c.k{k + 2}}}\n" for k in range(300)),
    "values side by side": "provider:\n  region: " + "${self:c.${opt:x}}" * 10 + "\nc:\n" + many("  k{n}: x\n", 100),
    "a value of many that are below it": "provider: {stage: '${self:c.a}'}\nc:\n  a: "
    + " ".join(f"${{self:c.a.b{k}}}" for k in range(20_000))
    + "\n",
    "many wildcards in a key": "provider:\n  region: ${self:c."
    + "a${opt:x}" * 60
    + "}\nc:\n"
    + "".join(f"  {'a' * 300}{k}: x\n" for k in range(500)),
}


@pytest.mark.parametrize("text", RESOLVED.values(), ids=RESOLVED)
def test_hostile_references_are_resolved_or_given_up_quickly(text: str) -> None:
    view = View(manifest(f"service: shop\n{text}"))
    with seconds():
        deployment(view.manifest.file, [view], detect_framework(view, None))
        early_reads(view)


def test_endless_chain_of_files_terminates() -> None:
    def included(directory: Path, pattern: str) -> list[Manifest | None]:
        number = int(pattern.strip("f.yml"))
        return [manifest(f"region: ${{file(f{number + 1}.yml):region}}\n", pattern)]

    view = View(manifest("service: shop\nprovider: {region: '${file(f0.yml):region}'}\n"), included)
    with seconds():
        assert deployment(view.manifest.file, [view], detect_framework(view, None)).regions == ()
        early_reads(view)


def test_early_positions_that_reach_everywhere_are_followed_quickly(service: Path, slsmigrate: Program) -> None:
    names = ("p", "q", "r", "t")
    circle = "".join(f"  {name}: {' '.join(f'${{self:custom.{each}.{name}}}' for each in names)}\n" for name in names)
    start = HEAD.replace("service: shop", "service: shop-${self:custom.p.x}")
    write(service, {"serverless.yml": start + circle + f"  password: {secret(1)}\n"})
    with seconds():
        assert slsmigrate("--dry-run").code == 0


@pytest.fixture
def deep(service: Path) -> Iterator[str]:
    """A directory below 1,200 others, which no recursion could make or remove."""
    paths = [service / ("a/" * depth) for depth in range(1, 1_201)]
    for path in paths:
        path.mkdir()
    yield "a/" * len(paths)
    (paths[-1] / "serverless.yml").unlink()
    for path in reversed(paths):
        path.rmdir()


def test_file_a_thousand_directories_deep_is_read(service: Path, slsmigrate: Program, deep: str) -> None:
    write(service / deep, {"serverless.yml": HEAD + f"  password: {secret(1)}\n"})
    assert slsmigrate("scan", ".").code == 10
    assert slsmigrate(f"{deep}serverless.yml", "--dry-run").code == 0


# ── too much, too deep, no file at all ────────────────────────────────────────────────────────

BOMBS = {
    "aliases": "a0: &a0 x\n" + "".join(f"a{k}: &a{k} [{f'*a{k - 1}, ' * 9}]\n" for k in range(1, 60)),
    "merges": "a0: &a0 {x: y}\n" + "".join(f"a{k}: &a{k} {{<<: [{f'*a{k - 1}, ' * 9}]}}\n" for k in range(1, 60)),
    "brackets": "a: " + "[" * 2000,
    "braces": "a: " + "{a: " * 5000,
    "dashes": "- " * 5000 + "a\n",
    "question marks": "? " * 5000 + "a\n",
    "indents": "".join(" " * k + "a:\n" for k in range(1500)),
    "a long key": "? " + "k" * 300_000 + "\n: x\n",
    "a long value": "password: " + "aB1-" * 200_000 + "\n",
    "tabs": "a:\tb \n" * 5_000,
    "anchors": "a: " + "&a " * 3000 + "\n",
    "tags": "a: " + "!t " * 3000 + "\n",
    "directives": "%TAG ! tag:x\n" * 3000 + "--- a\n",
    "documents": "--- a\n" * 5000,
    "comments": "# password: x\n" * 20_000,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_yaml_bomb_is_read_or_refused_without_an_internal_error(service: Path, slsmigrate: Program, body: str) -> None:
    write(service, {"serverless.yml": body})
    with seconds():
        ran = slsmigrate("--dry-run")
    assert ran.code in (0, 1)
    assert "Traceback" not in ran.err
    assert "internal error" not in ran.err


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, '["\\', "1," * 100, '{"a": ' + "9" * 10_000 + "}"])
def test_json_bomb_is_read_or_refused_without_an_internal_error(service: Path, slsmigrate: Program, body: str) -> None:
    write(service, {"serverless.json": body})
    with seconds():
        ran = slsmigrate("--dry-run")
    assert ran.code in (0, 1)
    assert "internal error" not in ran.err


@pytest.mark.parametrize("separator", [b" ", b"\n"], ids=["on one line", "on many lines"])
@pytest.mark.parametrize("name", ["serverless.yml", "serverless.json"])
def test_file_of_fifty_megabytes_is_refused(service: Path, slsmigrate: Program, name: str, separator: bytes) -> None:
    write(service, {name: (b"password: hunter2hunter2" + separator) * 2_000_000})
    with seconds():
        ran = slsmigrate("--dry-run")
    assert ran.code == 1
    assert "too large" in ran.err


def filled(text: str, megabytes: float = 9.9) -> str:
    return text * int(megabytes * 1_000_000 / len(text))


TOO_MANY, TOO_LARGE = "more than 500,000 keys and values", "larger than 1 MB"
TEN_MEGABYTES: dict[str, tuple[str, str]] = {
    "numbers in brackets": ("  l: [" + filled("1, ") + "1]\n", TOO_MANY),
    "words in brackets": ("  l: [" + filled("abcdefghijklmnopqrstuvwxyz, ") + "a]\n", TOO_LARGE),
    "tabs": ("  x:\tb\n  l: [" + filled("abcdefghijklmnopqrstuvwxyz, ") + "a]\n", TOO_LARGE),
    "a bracket that is never closed": ("  l: [" + filled("abcdefghijklmnopqrstuvwxyz, ") + "a\n", TOO_LARGE),
    "maps in brackets": ("  l: [" + filled("{a: {a: {a: {a: {a: abc}}}}}, ") + "a]\n", TOO_MANY),
    "brackets too deep at the end": ("  l: [" + filled("abcdefghijklmnopqrstuvwxyz, ") + "[" * 99 + "\n", TOO_LARGE),
    "a list of lines": ("  l:\n" + filled("    - abcdefghijklmnopqrstuvwxyz\n"), TOO_LARGE),
    "lists of lists": ("  l:\n" + filled("    - - - - - - - - abcdefgh\n"), TOO_MANY),
    "one plain value": ("  x: " + filled("abcdefghi ") + "a\n", TOO_LARGE),
    "one quoted value": ('  x: "' + filled("abcdefghi ") + 'a"\n', TOO_LARGE),
    "comments": (filled("# password: abcdefgh\n"), TOO_LARGE),
    "blank lines": (filled("\n"), TOO_LARGE),
    "anchors": ("  l:\n" + "".join(f"    - &a{k} {'a' * 30}\n" for k in range(200_000)), TOO_LARGE),
    "aliases": ("  a: &a x\n  l: [" + filled("*a , ") + "*a ]\n", TOO_MANY),
    "documents": (filled("--- a\n"), TOO_LARGE),
}
QUICK = {"tabs"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [row if name in QUICK else slow(row) for name, row in TEN_MEGABYTES.items()],
    ids=TEN_MEGABYTES,
)
def test_ten_megabytes_of_yaml_are_read_or_refused_in_seconds(
    service: Path, slsmigrate: Program, body: str, reason: str
) -> None:
    write(service, {"serverless.yml": f"{HEAD}  password: {secret(1)}\n{body}"})
    with seconds():
        slsmigrate("scan")
    with seconds():
        ran = slsmigrate("--dry-run")
    assert reason in ran.out + ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "items", [filled('"abcdefghijklmnopqrst", '), filled("1, ", 1.4), filled('[{"a": "abc"}], ', 1)]
)
@pytest.mark.parametrize("name", ["serverless.json", "serverless.yml"])
def test_one_line_of_json_is_read_in_seconds(service: Path, slsmigrate: Program, name: str, items: str) -> None:
    custom = f'{{"password": "{secret(1)}", "l": [{items} 1]}}'
    (service / "serverless.yml").unlink(missing_ok=True)
    write(service, {name: f'{{"service": "shop", "provider": {{"name": "aws"}}, "custom": {custom}}}'})
    with seconds():
        assert slsmigrate("--dry-run").code == 0


def test_no_change_is_planned_that_would_take_long_to_prove(service: Path, slsmigrate: Program) -> None:
    body = "  l: [" + filled("abcdefghijklmnopqrstuvwxyz, ", 1.1) + "a]\n"
    write(service, {"serverless.yml": f"{HEAD}  password: {secret(1)}\n{body}"})
    with seconds():
        ran = slsmigrate("--yes", "--sandbox")
    assert "its file is larger than 1 MB" in ran.out + ran.err


@pytest.mark.slow
def test_million_values_are_refused_within_the_memory_limit(service: Path, slsmigrate: Program) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write(service, {"serverless.yml": HEAD + "  x: ${file(x.json)}\n", "x.json": "[" + "1," * 1_000_000 + "1]"})
    with seconds():
        ran = slsmigrate("--dry-run")
    assert "more than 500,000 keys and values" in ran.err
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000  # kilobytes


def test_file_of_too_many_values_is_refused(
    service: Path, slsmigrate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrate.text.structure.MAX_NODES", 1_000)
    write(service, {"serverless.yml": HEAD + "  x: [" + "1, " * 1_000 + "]\n"})
    assert "more than 1,000 keys and values" in slsmigrate("--dry-run").err


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _endless(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _directory(file: Path) -> None:
    file.mkdir()


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(file.name)


def _circle(file: Path) -> None:
    file.symlink_to(file.name)


NO_FILES = [_pipe, _endless, _directory, _socket, _circle]
PLACES = ["serverless.yml", "env.yml", ".slsmigrate.toml", ".secrets.baseline", "package.json", "package-lock.json",
          "yarn.lock", "pnpm-lock.yaml", ".gitignore", "decisions.toml"]  # fmt: skip


@pytest.mark.parametrize("make", NO_FILES, ids=lambda make: make.__name__.strip("_"))
@pytest.mark.parametrize("name", PLACES)
def test_irregular_file_never_blocks_the_program(
    service: Path, slsmigrate: Program, name: str, make: Callable[[Path], None]
) -> None:
    write(service, {"serverless.yml": HEAD + "  x: ${file(./env.yml)}\n  password: hunter2hunter2\n"})
    (service / name).unlink(missing_ok=True)
    make(service / name)
    stopped = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waits"))
    signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        ran = slsmigrate("--dry-run", *(["--decisions", name] if name == "decisions.toml" else []))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, stopped)
    assert ran.code in (0, 1, 2, 3)
    assert "Traceback" not in ran.err


# ── what people write in settings ─────────────────────────────────────────────────────────────

CATASTROPHIC = [
    r"(a+)+$",
    r"\${((a+)+)}",
    r"\${((?![^!]*[^!]*[^!]*[^!]*[^!]*[^!]*!)[ ~:a-zA-Z0-9._/-]+?)}",
    r"\${(?!(?:\w*\w*)*!)([ ~:a-zA-Z0-9._/-]+?)}",
    "\\${([a-z]+?)" + "}" * 100_000,
    "(" * 5_000,
]


@pytest.mark.parametrize("expression", CATASTROPHIC, ids=range(len(CATASTROPHIC)))
def test_catastrophic_variable_syntax_is_refused_quickly(expression: str) -> None:
    with seconds(), pytest.raises(ReferenceRefusedError):
        reference(syntax_for(Framework(Family.LEGACY, "1", "Serverless 1"), expression), "/" + "abcdefgh/" * 100 + "x")


BAD_SETTINGS = [
    "a = " + "[" * 5000,
    "a = " + "{a=" * 3000,
    "a = " + "9" * 5000,
    ".".join("a" * 5000) + " = 1",
    "a\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    '[[rule]]\nid = "x"\nvalue = "a{2000}"\n',
    '[[rule]]\nid = "x"\nvalue = "' + "(" * 5000 + '"\n',
    "".join(f"key{number} = 1\n" for number in range(20_000)),
    "".join(f'[[rule]]\nid = "r{number}"\nvalue = "x"\n' for number in range(2_000)),
    '[[allow]]\nfile = "' + "*a" * 5_000 + '"\n',
    '[[allow]]\nfile = "x"\nreason = """\n' + "[[allow]]\n" * 400_000 + '"""\n',
    "skip = [" + '"a", ' * 300_000 + "]",
]


@pytest.mark.parametrize("text", BAD_SETTINGS, ids=range(len(BAD_SETTINGS)))
def test_malformed_settings_raise_a_usage_error(tmp_path: Path, text: str) -> None:
    (tmp_path / ".slsmigrate.toml").write_text(text, encoding="utf-8")
    with seconds(), pytest.raises(UsageError):
        read_settings(tmp_path / ".slsmigrate.toml")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[" * 100_000, b'{"results": {"a": [{"line_number": 1e999}]}}', b'{"results": 7}', b""]
)
def test_invalid_baseline_raises_a_usage_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(UsageError):
        read_baseline(tmp_path / "b")


def test_nul_in_an_include_path_is_refused(service: Path, slsmigrate: Program) -> None:
    write(service, {"serverless.yml": HEAD + "  x: ${file(./a\0b/${opt:stage}.yml)}\n"})
    assert slsmigrate("--dry-run").code == 1

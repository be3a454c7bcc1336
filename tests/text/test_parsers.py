"""libyaml and ruamel.yaml read alike whatever libyaml is trusted with; all else is left to ruamel.yaml."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from migrate.model import ManifestError
from migrate.text import libyaml_reader, ruamel_reader
from migrate.text.manifest import decode, parse, parse_twice
from migrate.text.structure import MAX_FLOW_DEPTH, MalformedError
from tests.fuzz.inputs import PIECES, Chooser, yaml_text
from tests.support.limits import seconds

SAMPLES = Path(__file__).parents[2] / "samples"
FILE = Path("serverless.yml")
LEISURELY = settings(deadline=None, suppress_health_check=list(HealthCheck))
# Each of these once was read by libyaml, and otherwise or not at all by ruamel.yaml.
UNLIKE = (
    "&a:b\n",
    "*a: b\n",
    "a: &b:c\n",
    "a: |2#\n    x\n",
    "a: !!!Sub b\n",
    "a: !b%20c d\n",
    "a: [!b, c]\n",
    "a: {!b:, c}\n",
    "a: !!str!!str b\n",
    "!*! \n",
    "!!=!",
    "|\n# b\n",
    "|\n...\n",
    "a: [{b: c}:d]\n",
    '[[a]:b, "c"]\n',
    '[a, "b":c]\n',
    "[a: b, ? c :  d, e: b, ? , ,]\n",
    "--- a\n...\n...\n",
    "%YAML 1.1\n---\na: b\n",
    "a:\tb\n",
    "a: b\rc: d\n",
    "a: b\x85c\n",
    "a: b\u2028c\n",
    "a: \ufeffb\n",
    "a: \ud800\n",
)
MALFORMED = (
    "a: [\n",
    "a: b: c\n",
    "- a\nb\n",
    "a: 'b\n",
    "a\nb: c\n",
    "a: @b\n",
    "a: {b\n",
    "a: \x01\n",
    "a: b\n---\nc\n",
)
SIGNS = st.sampled_from([*" \n:-?,[]{}#&*!|>'\"%@`~=.ab1", *PIECES, "\n  ", "  ", ": ", "- ", "&a", "*a", "!t", "é😀"])


def check(text: str) -> bool:
    """Whether libyaml is trusted with a text; then ruamel.yaml must read the same."""
    fast = libyaml_reader.read_yaml(text)
    if fast is None:
        return False
    assert fast == ruamel_reader.read_yaml(text)
    return True


def texts(*roots: Path) -> Iterator[str]:
    for file in sorted(file for root in roots for file in root.rglob("*")):
        if file.suffix in (".yml", ".yaml", ".json"):
            yield decode(file.read_bytes())[0]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    labelled = tmp_path_factory.mktemp("labelled")
    # A source distribution has no benchmarks.
    pytest.importorskip("benchmarks.detection.generate").build("dev", labelled)
    return list(texts(SAMPLES, labelled))


def test_both_parsers_read_real_files_alike_and_libyaml_reads_nearly_all(real: list[str]) -> None:
    trusted = [check(text) for text in real]
    assert len(trusted) > 100
    assert sum(trusted) > 0.9 * len(trusted)


def test_both_parsers_read_randomly_changed_files_alike(real: list[str]) -> None:
    choose = random.Random(7)
    trusted = 0
    for _ in range(600):
        lines = choose.choice(real).splitlines(keepends=True)
        first = choose.randrange(len(lines))
        text = "".join(lines[first : first + 12])
        at = choose.randrange(len(text) + 1)
        trusted += check(text[:at] + choose.choice([*PIECES, "", "  "]) + text[at + choose.randrange(3) :])
    assert trusted > 100


@settings(LEISURELY, max_examples=300)
@given(st.binary(max_size=400).map(Chooser).map(yaml_text), st.sampled_from(["\n", "\r\n"]))
def test_both_parsers_read_every_yaml_construct_alike(text: str, end: str) -> None:
    check(text.replace("\n", end))


def test_libyaml_reads_many_of_the_texts_that_are_made() -> None:
    random_bytes = random.Random(7).randbytes
    assert sum(check(yaml_text(Chooser(random_bytes(400)))) for _ in range(200)) > 50


@settings(LEISURELY, max_examples=1000)
@given(st.lists(SIGNS, max_size=14).map("".join))
@example("a: !Sub &x # c\n  # d\n  b\n")
@example("a: |+ # c\n  b\n\n\n# d\ne: >1-\n  f\n")
@example("&a !t 'b': \"c\\\n  d\"\n")
def test_both_parsers_read_signs_in_any_order_alike(text: str) -> None:
    check(text)


@settings(LEISURELY, max_examples=200)
@given(st.text(max_size=60))
def test_both_parsers_read_any_text_alike(text: str) -> None:
    check(text)
    check("a: " + text)


@pytest.mark.parametrize("text", [*UNLIKE, *MALFORMED])
def test_yaml_that_libyaml_reads_differently_is_left_to_ruamel(text: str) -> None:
    assert libyaml_reader.read_yaml(text) is None


@pytest.mark.parametrize(
    "text", ["a: b\r\nc: |\r\n  d\r\n", "é: 😀\n", "---\na: [b, {c: d}]\n", "a: ${self:b}:c\n", ""]
)
def test_ordinary_yaml_is_read_by_libyaml(text: str) -> None:
    assert check(text)


def test_deep_nesting_is_refused_quickly() -> None:
    assert check("a: " + "[" * MAX_FLOW_DEPTH + "]" * MAX_FLOW_DEPTH)
    for deep in ("[" * 200_000, "{a: " * 200_000, "- " * 100_000 + "a", "? " * 100_000, "[" * 63 + "{" * 200_000):
        with seconds(), pytest.raises(ManifestError):
            parse(FILE, deep)


def test_parsers_that_disagree_are_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_twice(FILE, "a: b\n") == parse(FILE, "a: b\n")
    assert parse_twice(FILE, "a:\tb\n") == parse(FILE, "a:\tb\n")
    other = ruamel_reader.read_yaml("a: c\n")
    monkeypatch.setattr(libyaml_reader, "read_yaml", lambda text: other)
    assert parse_twice(FILE, "a: b\n") is None


def test_missing_libyaml_falls_back_to_ruamel() -> None:
    script = (
        "import sys; sys.modules['yaml._yaml'] = None; from pathlib import Path;"
        "from migrate.text.manifest import read; print(read(Path('x.yml'), b'a: b').scalars[0].value,"
        "'ruamel.yaml' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["b", "True"]


def test_malformed_yaml_raises_in_ruamel() -> None:
    for text in MALFORMED:
        with pytest.raises(MalformedError):
            ruamel_reader.read_yaml(text)

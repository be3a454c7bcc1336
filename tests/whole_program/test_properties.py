"""Properties that hold for every input: no crash, no byte too many, the store gives the old values back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate import detect
from migrate.text.manifest import read
from tests.fuzz.inputs import Chooser, include_text, manifest_bytes, settings_files, variable_syntax
from tests.fuzz.properties import check_includes, check_manifest, check_settings, check_syntax
from tests.fuzz.run import check

# A longer run: SLSMIGRATE_EXAMPLES=20000 pytest tests/whole_program/test_properties.py
EXAMPLES = int(os.environ.get("SLSMIGRATE_EXAMPLES", "60"))
LEISURELY = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000, suppress_health_check=list(HealthCheck)
)
SOURCES = st.binary(max_size=400).map(Chooser)


@LEISURELY
@given(SOURCES)
def test_only_planned_values_change_and_the_store_returns_the_old_ones(choose: Chooser) -> None:
    check_manifest(*manifest_bytes(choose))


@LEISURELY
@given(st.binary(max_size=200), st.sampled_from(["serverless.yml", "x.json"]))
def test_any_bytes_are_read_as_a_manifest_or_refused(source: bytes, name: str) -> None:
    check_manifest(name, source)


@LEISURELY
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_is_read_as_a_manifest_or_refused(text: str, codec: str) -> None:
    check_manifest("serverless.yml", ("password: " + text).encode(codec, "surrogatepass"))


@LEISURELY
@given(SOURCES)
def test_variable_syntax_reads_the_reference_written_for_it(choose: Chooser) -> None:
    check_syntax(variable_syntax(choose))


@LEISURELY
@given(SOURCES)
def test_settings_decisions_baselines_and_lockfiles_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, choose: Chooser
) -> None:
    check_settings(tmp_path_factory.mktemp("settings"), settings_files(choose))


@LEISURELY
@given(SOURCES)
def test_includes_of_any_text_give_few_plain_patterns(choose: Chooser) -> None:
    check_includes(include_text(choose))


def test_enough_generated_inputs_reach_a_rewrite() -> None:
    sources = (bytes((number * 197 + at * at * 31 + at // 7) % 256 for at in range(300)) for number in range(150))
    assert sum(check_manifest(*manifest_bytes(Chooser(source))) > 0 for source in sources) > 20


# What the fuzzers found: each of these once hid a secret from what comes before the detector.
HIDDEN = [
    "a:\n  password: !Sub\n  - hunter2lantern\n",
    "a:\n  ? password\n  : !Sub\n  - hunter2lantern\n",
    "a:\n  DB_PASSWORD: !Sub hunter2lantern\n",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_secrets_that_the_fuzzers_found_hidden_are_detected(text: str) -> None:
    assert detect.find(read(Path("/service/serverless.yml"), text.encode()))


@pytest.mark.parametrize("kind", range(8))
def test_fuzzer_inputs_of_every_kind_pass_the_checks(kind: int) -> None:
    check(bytes([kind, *range(0, 250, 3)]))

"""Every value of every sample, replaced alone: all other bytes stay, all else reads the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.model import ManifestError
from migrate.text.equivalence import prove
from migrate.text.manifest import encode, read
from migrate.text.rewrite import replace_whole
from tests.support.sample import sampled

SAMPLES = Path(__file__).parents[2] / "samples"
FILES = sorted(file for ending in ("yml", "yaml", "json") for file in SAMPLES.rglob(f"*.{ending}"))
NUMBERS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "binary", "timestamp")}


@pytest.mark.parametrize("name", sampled((str(file.relative_to(SAMPLES)) for file in FILES), every=2))
@pytest.mark.parametrize("reference", ["${ssm:/a/b~true}", "${ssm(raw):/a/b}"])
def test_every_scalar_of_a_sample_can_be_replaced_alone(name: str, reference: str) -> None:
    found = read(SAMPLES / name, (SAMPLES / name).read_bytes())
    for scalar in found.scalars:
        if scalar.tag in NUMBERS:
            with pytest.raises(ManifestError):
                replace_whole(found, scalar, reference)
            continue
        result = prove(found, replace_whole(found, scalar, reference), {scalar.span.start: reference})
        before = encode(found.text[: scalar.span.start], found.encoding)
        after = found.text[scalar.span.end :].encode(found.encoding.codec)
        assert (result[: len(before)], result[len(result) - len(after) :]) == (before, after)

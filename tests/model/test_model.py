import pickle
from pathlib import Path

import pytest

from migrate.model import (
    MASK,
    Confidence,
    Encoding,
    Lines,
    Location,
    Manifest,
    Plan,
    ScalarStyle,
    Secret,
    SlsMigrateError,
    Span,
)
from tests.support.build import manifest


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>20}".format, lambda secret: f"{secret!r:.40}"])
def test_secret_prints_as_its_mask(show: object) -> None:
    shown = show(Secret("hunter2"))  # type: ignore[operator]
    assert "hunter2" not in shown
    assert MASK in shown


def test_secret_equals_only_one_with_equal_text() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_secret_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Secret("hunter2"))).reveal() == "hunter2"  # noqa: S301


def test_lines_end_at_lf_crlf_and_lone_cr_but_not_at_unicode_separators() -> None:
    lines = Lines("a\nb\r\nc\rd\u2028e\x85f")
    assert len(lines) == 4
    assert [lines.position(offset) for offset in (0, 2, 4, 5, 7, 10)] == [
        (1, 1),
        (2, 1),
        (2, 3),
        (3, 1),
        (4, 1),
        (4, 4),
    ]
    assert [lines.span(line).of("a\nb\r\nc\rd\u2028e\x85f") for line in (1, 2, 3, 4)] == [
        "a",
        "b",
        "c",
        "d\u2028e\x85f",
    ]


def test_location_prints_file_line_and_column() -> None:
    assert str(Location(Path("a.yml"), 3, 7)) == "a.yml:3:7"
    assert str(Location(Path("a.yml"))) == "a.yml"
    assert str(SlsMigrateError("broken", location=Location(Path("a.yml"), 3))) == "a.yml:3: broken"
    assert str(SlsMigrateError("broken")) == "broken"


def test_last_of_two_equal_keys_wins() -> None:
    found = manifest("custom:\n  a: 1\n  a: 2\n")
    assert found.get("custom", "a") == "2"
    assert found.get("custom", "b") is None
    assert found.has("custom")
    assert not found.has("provider")


def test_small_model_members_return_expected_values() -> None:
    assert Confidence.HIGH.label == "high"
    assert ScalarStyle.LITERAL.is_block
    assert not ScalarStyle.PLAIN.is_block
    assert Span(1, 3).shifted(2) == Span(3, 5)
    assert Plan(()).puts == ()
    assert Plan(()).by_file == {}
    assert Manifest(Path("a"), b"", "", Encoding(), ()).get("a") is None

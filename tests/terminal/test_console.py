import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.masking.name_mask import NameMask
from migrate.model import MASK
from migrate.model.visible import visible
from migrate.terminal.console import Console, columns, fold, plain, wrap


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain — ü ✓ ••• 🙂", "plain — ü ✓ ••• 🙂"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\u202eb\u2066c\u200bd\ufeff", "a\\u202eb\\u2066c\\u200bd\\ufeff"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("tab\tand\nnewline\r", "tab\tand\nnewline\\x0d"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
    ],
)
def test_control_and_bidi_characters_are_shown_as_escapes(text: str, expected: str) -> None:
    assert visible(text) == expected


@given(st.text(alphabet="ab -\t\n\u00a0\x1fé", max_size=14), st.integers(6, 16))
def test_text_that_fits_is_wrapped_as_any_other(text: str, width: int) -> None:
    expected = textwrap.wrap(
        visible(text),
        width,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert wrap(text, width, "  ", "- ") == expected


def test_lines_are_wrapped_and_keep_long_words() -> None:
    assert wrap("one two three", 10, "  ") == ["  one two", "  three"]
    assert wrap("x" * 20, 10, "  ", "- ") == ["- " + "x" * 20]


def test_path_is_broken_at_the_end_of_a_segment_alone() -> None:
    assert fold("a.b/" + "x" * 20 + ".c", 10, "  ", "- ") == ["- a.b/", "  " + "x" * 20 + ".", "  c"]


def test_secret_over_pieces_and_lines_is_masked_in_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(color=False)
    console.hide(NameMask(["hu&nter2 Lm/Kvv"]))
    console.say([("bold", "at hu&nt"), ("", "er2")], "    Lm/Kvv here", "and as hu&nter2 Lm/Kvv.")
    assert capsys.readouterr().out.split("\n") == [f"at {MASK}", f"    {MASK} here", f"and as {MASK}.", ""]


def test_columns_align_all_but_the_last() -> None:
    assert columns([("a", "long", "x y"), ("bbb", "s", "")]) == ["  a    long  x y", "  bbb  s"]
    assert columns([]) == []


def test_plain_joins_the_pieces_of_a_line() -> None:
    assert plain([("bold", "a"), ("", "b")]) == "ab"


def test_messages_go_to_standard_error_if_output_is_for_a_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console(quiet_output=True)
    console.say("hello", [("bad", "\x1b!")])
    console.output("{}")
    console.warn("careful")
    out, err = capsys.readouterr()
    assert out == "{}\n"
    assert err == "hello\n\\x1b!\ncareful\n"


def test_colour_is_used_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    Console(color=True).say([("good", "yes"), ("", " no")])
    assert capsys.readouterr().out == "\x1b[32myes\x1b[0m no\n"


def test_piped_output_has_no_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Console().progress("Reading") as step:
        step(50, 100)
    assert capsys.readouterr() == ("", "")

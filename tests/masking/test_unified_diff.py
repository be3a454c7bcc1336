from migrate.masking.unified_diff import unified


def lines(before: str, after: str) -> list[str]:
    return list(unified(before, after, "a.yml"))


def test_equal_texts_have_no_diff() -> None:
    assert lines("a\nb\n", "a\nb\n") == []


def test_changed_line_is_shown_between_its_neighbours() -> None:
    assert lines("a\nb\nc\n", "a\nx\nc\n") == ["--- a/a.yml", "+++ b/a.yml", "@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"]


def test_missing_final_newline_is_shown() -> None:
    assert lines("a", "b")[3:] == ["-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"]


def test_diff_splits_lines_only_at_line_feeds_and_hides_carriage_returns() -> None:
    assert lines("a\u2028b\r\n", "c\u2028b\r\n")[3:] == ["-a\u2028b", "+c\u2028b"]

from migrate.masking.unified_diff import unified


def lines(before: str, after: str) -> list[str]:
    return list(unified(before, after, "a.yml"))


def test_equal_texts_have_no_diff() -> None:
    assert lines("a\nb\n", "a\nb\n") == []


def test_a_changed_line_stands_between_its_neighbours() -> None:
    assert lines("a\nb\nc\n", "a\nx\nc\n") == ["--- a/a.yml", "+++ b/a.yml", "@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"]


def test_missing_final_newline_is_shown() -> None:
    assert lines("a", "b")[3:] == ["-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"]


def test_only_line_feeds_end_lines_and_a_carriage_return_before_one_is_not_shown() -> None:
    assert lines("a\u2028b\r\n", "c\u2028b\r\n")[3:] == ["-a\u2028b", "+c\u2028b"]

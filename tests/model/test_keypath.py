import pytest

from migrate.model.keypath import KeyPath, KeyPattern
from tests.support.limits import seconds

PATHS = [
    (("provider", "environment", "DB_PASSWORD"), "provider.environment.DB_PASSWORD"),
    (("functions", "a", "events", 0, "http"), "functions.a.events[0].http"),
    ((0, "name"), "[0].name"),
    (("custom", "a.b", "c"), 'custom["a.b"].c'),
    (("custom", 'say "x"\\'), 'custom["say \\"x\\"\\\\"]'),
    (("a b",), '["a b"]'),
    (("Fn::Sub",), "Fn::Sub"),
]


@pytest.mark.parametrize(("parts", "text"), PATHS)
def test_path_is_written_dotted_and_parsed_back(parts: tuple[str | int, ...], text: str) -> None:
    assert str(KeyPath(parts)) == text
    assert KeyPath.parse(text) == KeyPath(parts)


@pytest.mark.parametrize("text", ["", "a..b", "a[x]", "a]", '"a"'])
def test_text_that_is_not_a_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="key path"):
        KeyPath.parse(text)


def test_leaf_is_the_last_key_and_not_an_index() -> None:
    assert KeyPath(("a", "b", 0)).leaf == "b"
    assert KeyPath((0, 1)).leaf == ""
    assert KeyPath(("a", 0, "b")).keys == ("a", "b")
    assert KeyPath(("a", "b")).parent == KeyPath(("a",))


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("provider.environment.DB_PASSWORD", "provider.environment.DB_PASSWORD", True),
        ("provider.environment.DB_PASSWORD", "provider.environment.DB_PASSWORD_2", False),
        ("*.environment.*", "provider.environment.X", True),
        ("*.environment.*", "functions.a.environment.X", False),
        ("functions.*.environment.*_KEY", "functions.a.environment.API_KEY", True),
        ("**.X", "X", True),
        ("**.X", "a.b.X", True),
        ("**.X", "a.bX", False),
        ("custom.**", "custom.a[0].b", True),
        ("custom.**", "custom", True),
        ("custom.**", "customer.a", False),
        ("a.**.c", "a.c", True),
        ("a.**.c", "a.b[0].c", True),
        ("**", "anything.at.all", True),
        ("a[*]", "a[0]", True),
        ("a[1]", "a[0]", False),
        ("custom.*.x", 'custom["sp ace"].x', True),
        ('custom["a.b"]', 'custom["a.b"]', True),
        ("[[[", "a", False),
    ],
)
def test_single_star_matches_one_segment_and_double_star_matches_several(
    pattern: str, path: str, expected: bool
) -> None:
    assert KeyPattern(pattern).matches(KeyPath.parse(path)) is expected


def test_pattern_of_many_stars_never_hangs() -> None:
    with seconds():
        assert not KeyPattern("*a" * 40 + "b").matches(KeyPath(("a" * 5000,)))
        assert KeyPattern("x[*].a*a*").matches(KeyPath(("x", 3, "aba")))

import pytest

from migrate.framework.jsyaml import ScalarKind, is_canonical, resolve
from migrate.framework.releases import RELEASES, Dialect

EVERY = (*RELEASES, "")
NEWER = tuple(word for word, row in RELEASES.items() if row.dialects[0] is not Dialect.JS_YAML_3)
ONLY_4_3 = {word for word, row in RELEASES.items() if row.dialects == (Dialect.JS_YAML_4_3,)}
NEVER_JS_YAML_3 = {word for word, row in RELEASES.items() if Dialect.JS_YAML_3 not in row.dialects}
IN_ISO_FORM = tuple(word for word, row in RELEASES.items() if Dialect.OSLS not in row.dialects)


@pytest.mark.parametrize(
    ("text", "first", "newer"),
    [
        ("0123", "83", "123"),
        ("08", "08", "8"),
        ("0o17", "0o17", "15"),
        ("0x1F", "31", "31"),
        ("0b11", "3", "3"),
        ("-0x1f", "-31", "-31"),
        ("1e3", "1000", "1000"),
        ("1_000", "1000", "1_000"),
        ("12:30:45", "45045", "12:30:45"),
        ("-1:30", "-90", "-1:30"),
        ("1:2.5", "62.5", "1:2.5"),
        ("12345678901234567890", "12345678901234567000", "12345678901234567000"),
        ("1.10", "1.1", "1.1"),
        ("1.", "1", "1"),
        (".5", "0.5", "0.5"),
        ("+1", "1", "1"),
        ("-0", "0", "0"),
        ("-.5", "-.5", "-.5"),
        ("1e20", "100000000000000000000", "100000000000000000000"),
        ("1e21", "1e+21", "1e+21"),
        ("-1.5e300", "-1.5e+300", "-1.5e+300"),
        ("1e-6", "0.000001", "0.000001"),
        ("1e-7", "1e-7", "1e-7"),
        ("123.456", "123.456", "123.456"),
        ("0xFFFFFFFFFFFFFFFFFFFF", "1.2089258196146292e+24", "1.2089258196146292e+24"),
        ("yes", "yes", "yes"),
        ("no", "no", "no"),
        ("on", "on", "on"),
        ("off", "off", "off"),
        ("True", "true", "true"),
        ("FALSE", "false", "false"),
        ("tRUE", "tRUE", "tRUE"),
        ("~", None, None),
        ("null", None, None),
        ("NULL", None, None),
        ("nULL", "nULL", "nULL"),
        ("", None, None),
        (".inf", None, None),
        ("-.INF", None, None),
        (".NaN", None, None),
        ("1e400", None, "1e400"),
        ("0b" + "1" * 1100, None, "0b" + "1" * 1100),
        ("._e5", None, "._e5"),
        (".", ".", "."),
        ("1_", "1_", "1_"),
    ],
)
def test_environment_variable_is_deployed_as_js_yaml_reads_it(text: str, first: str | None, newer: str | None) -> None:
    assert resolve(text, "1").deployed == first
    assert {resolve(text, release).deployed for release in NEWER} == {newer}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019-06-13", "2019-06-13T00:00:00.000Z"),
        ("2019-02-31", "2019-03-03T00:00:00.000Z"),
        ("2019-99-99", "2027-06-07T00:00:00.000Z"),
        ("9999-99-99", "+010007-06-07T00:00:00.000Z"),
        ("0000-01-01", "1900-01-01T00:00:00.000Z"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-15T02:59:43.100Z"),
        ("2001-12-14 21:59:43.1234 +5", "2001-12-14T16:59:43.123Z"),
        ("2019-6-3 1:02:03", "2019-06-03T01:02:03.000Z"),
        ("2019-6-3T99:02:03Z", "2019-06-07T03:02:03.000Z"),
    ],
)
def test_date_is_deployed_in_iso_form_except_by_osls(text: str, date: str) -> None:
    for release in IN_ISO_FORM:
        assert resolve(text, release).kind is ScalarKind.DATE
        assert resolve(text, release).deployed == date
    assert resolve(text, "osls").kind is ScalarKind.STRING
    assert resolve(text, "osls").deployed == text


@pytest.mark.parametrize("text", ["2019-6-3", "2019-06-13x", "2019-06-13T1:2:3", "20190613"])
def test_text_that_only_looks_like_a_date_is_not_a_date(text: str) -> None:
    assert resolve(text, "3").kind is not ScalarKind.DATE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("abc", ScalarKind.STRING),
        ("12", ScalarKind.NUMBER),
        ("1.5", ScalarKind.NUMBER),
        (".inf", ScalarKind.NUMBER),
        ("true", ScalarKind.BOOLEAN),
        ("~", ScalarKind.NULL),
    ],
)
def test_every_release_agrees_on_the_plain_kinds(text: str, kind: ScalarKind) -> None:
    assert {resolve(text, release).kind for release in EVERY} == {kind}


@pytest.mark.parametrize("text", ["abc", "hunter2", "yes", "3000", "0", "-1", "1.5", "0.1", "1e-7", "true", "false"])
def test_text_deployed_unchanged_is_canonical_in_every_release(text: str) -> None:
    assert all(is_canonical(text, release) for release in EVERY)


@pytest.mark.parametrize(
    "text", ["0123", "1e3", "12345678901234567890", "1.10", "+1", "0x1F", "True", "~", "null", "", ".inf"]
)
def test_text_deployed_as_something_else_is_not_canonical_in_any_release(text: str) -> None:
    assert not any(is_canonical(text, release) for release in EVERY)


@pytest.mark.parametrize(
    ("text", "releases"),
    [
        ("08", {"1"}),
        ("0o17", {"1"}),
        ("12:30:45", NEVER_JS_YAML_3),
        ("1_000", ONLY_4_3),
        ("1e400", ONLY_4_3),
        ("0x_1F", ONLY_4_3),
        ("2019-06-13", set()),
    ],
)
def test_text_that_js_yaml_versions_of_one_release_read_differently_is_not_canonical(
    text: str, releases: set[str]
) -> None:
    assert {release for release in EVERY if is_canonical(text, release)} == releases


def test_unsettled_value_is_read_as_the_newest_version_reads_it() -> None:
    assert resolve("1_000", "3").deployed == "1_000"
    assert not resolve("1_000", "3").settled
    assert resolve("1_000", "1").settled
    assert not resolve("2019-06-13", "osls").settled

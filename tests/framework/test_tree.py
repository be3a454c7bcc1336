"""Aliases and merges lead where js-yaml leads."""

import pytest

from migrate.framework.tree import Tree, UnclearError
from tests.support.build import manifest


def value(text: str, *keys: str, name: str = "serverless.yml") -> str | None:
    tree = Tree(manifest(text, name))
    parts = tree.follow(())
    for key in keys:
        child = tree.child(parts, key)
        if child is None:
            return None
        parts = child
    scalar = tree.scalar(parts)
    return scalar.value if scalar else None


BASE = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"


@pytest.mark.parametrize(
    ("text", "keys", "expected"),
    [
        ("x: &x 1\ny: *x\n", "y", "1"),
        ("x: &x {a: [b, c]}\ny: *x\n", "y.a.1", "c"),
        ("x: &x 1\nx2: &x 2\ny: *x\n", "y", "2"),
        ("x: &x {a: &a {b: 1}}\ny: *x\nz: *a\n", "z.b", "1"),
        ("x: &x 1\ny: &y [*x]\nz: *y\n", "z.0", "1"),
        ("x: [a, b]\n", "x.7", None),
        ("x: {0: a}\n", "x.0", "a"),
        (BASE + "y: {<<: *base}\n", "y.a", "1"),
        (BASE + "y: {<<: *base}\n", "y.c", None),
        (BASE + "y: {<<: *base, a: own}\n", "y.a", "own"),
        (BASE + "y: {a: own, <<: *base}\n", "y.a", "own"),
        (BASE + "y: {<<: [*base, *more]}\n", "y.b", "2"),
        (BASE + "y: {<<: [*more, *base]}\n", "y.b", "3"),
        (BASE + "y: {<<: [*more, *base]}\n", "y.a", "1"),
        (BASE + "y:\n  <<: *more\n  <<: *base\n", "y.b", "3"),
        (BASE + "y: {<<: {b: 9}}\n", "y.b", "9"),
        (BASE + "y: {<<: [{b: 9}, *base]}\n", "y.a", "1"),
        (BASE + "y: {!!merge <<: *base}\n", "y.a", "1"),
        (BASE + "y:\n  !!merge : *base\n", "y.a", "1"),
        (BASE + "y: {'<<': *base}\n", "y.a", None),
        (BASE + "y: {'<<': *base}\n", "y.<<.a", "1"),
        (BASE + "y: &y {<<: *base}\nz: {<<: *y}\n", "z.a", "1"),
        (BASE + "<<: *base\n", "a", "1"),
        ("x: &x {a: }\ny: {<<: *x, a: 1}\n", "y.a", "1"),
        ("x: &x {a: 1}\ny: {<<: *x, a: }\n", "y.a", None),
        ("x: &x {a: 1}\ny: {<<: *x, a: {}}\n", "y.a", None),
        ("&all {a: {b: *all}, c: 1}\n", "a.b.a.b.c", "1"),
        ("x: &x [{a: 1}, {a: 2, b: 3}]\ny: {<<: *x}\n", "y.a", "1"),
        ("x: &x [{a: 1}, {a: 2, b: 3}]\ny: {<<: *x}\n", "y.b", "3"),
        ("x: &x [{a: 1}]\ny: {<<: [*x]}\n", "y.a", None),
        ("x: &x {a: &x 1, b: *x}\n", "x.b", "1"),
        (BASE + "y: {! <<: *base}\n", "y.a", None),
        (BASE + "y: {!!str <<: *base}\n", "y.a", None),
        (BASE + "y: {&m <<: *base}\n", "y.a", "1"),
        (BASE + "m: &m <<\ny: {*m : *base}\n", "y.a", None),
    ],
)
def test_key_is_found_as_js_yaml_finds_it(text: str, keys: str, expected: str | None) -> None:
    assert value(text, *keys.split(".")) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("y: *x\n", "y"),
        ("y: {<<: *x}\n", "y.a"),
        ("x: &x 1\ny: {<<: *x}\n", "y.a"),
        ("y: {<<: text}\n", "y.a"),
        ("y: {<<: '${file(x.yml)}'}\n", "y.a"),
        ("x: &x {b: 1}\ny:\n  <<: *x\n  <<: {c: 1}\n", "y.a"),
        ("x: &x {<<: *x}\n", "x.a"),
        ("x: &x {b: 1}\ny:\n  <<: *x\n  !!merge : *x\n", "y.a"),
        ("x: {a: 1, a: 2}\n", "x.a"),
        ("x: &x {a: 1}\ny: {'<<': 1, <<: *x}\n", "y.a"),
        ("x: {y: &x 1}\nx: {y: 2}\nz: *x\n", "z"),
    ],
)
def test_yaml_that_js_yaml_would_refuse_raises_unclear_error(text: str, key: str) -> None:
    with pytest.raises(UnclearError):
        value(text, *key.split("."))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x: &x {a: 1, y: {<<: *x}, b: 2}\n", "x.y.b"),  # merged before `b` is read
        ("? [y]\n: {a: 1}\n", "y"),  # the key is the text `y`
        ("x: &x {b: &x {c: 1}}\ny: *x\n", "y.c"),  # to js-yaml 3, and `y.b.c` to js-yaml 4
        ("x: &x {b: &x {c: 1}}\ny: {<<: *x}\n", "y.c"),
        ("y: {<<: {a: &x {b: 1}}, <<: {a: {b: 2}}}\nz: *x\n", "z.b"),
    ],
)
def test_yaml_that_releases_of_js_yaml_read_in_ways_of_their_own_raises_unclear_error(text: str, key: str) -> None:
    with pytest.raises(UnclearError):
        value(text, *key.split("."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y: {__proto__: {a: 1}}\n", None),
        ("y: {'__proto__': {a: 1}}\n", None),
        ("x: &x {a: 1}\ny: {__proto__: *x}\n", None),
        ("y: {<<: {__proto__: {a: 1}}}\n", None),
        ("x: &x {__proto__: {a: 1}}\ny: *x\n", None),
        ("__proto__: {y: {a: 1}}\n", None),
        ("y: {__proto__: {a: 1}, a: 2}\n", "2"),
        ("x: &x {a: 2}\ny: {__proto__: {a: 1}, <<: *x}\n", "2"),
    ],
)
def test_key_that_may_be_inherited_raises_unclear_error(text: str, expected: str | None) -> None:
    # js-yaml up to 3.14.1 inherits from what `__proto__` holds, 4.1 where it is merged, 3.14.2 never.
    if expected is None:
        with pytest.raises(UnclearError):
            value(text, "y", "a")
    else:
        assert value(text, "y", "a") == expected


def test_key_that_may_be_inherited_stays_unclear_however_often_it_is_asked_for() -> None:
    tree = Tree(manifest("y: {__proto__: {a: 1}}\n"))
    for _ in range(2):
        with pytest.raises(UnclearError):
            tree.child(("y",), "a")


def test_keys_of_a_mapping_that_may_inherit_some_are_unclear() -> None:
    with pytest.raises(UnclearError):
        Tree(manifest("y: {b: 2, __proto__: {a: 1}}\n")).keys(("y",))


def test_json_inherits_nothing() -> None:
    assert value('{"y": {"__proto__": {"a": "1"}}}', "y", "a", name="serverless.json") is None


def test_key_that_json_repeats_raises_unclear_error() -> None:
    with pytest.raises(UnclearError):
        value('{"x": {"a": 1}, "x": {}}', "x", "a", name="serverless.json")


def test_json_has_no_merge_keys() -> None:
    text = '{"y": {"<<": {"a": "1"}}}'
    assert value(text, "y", "a", name="serverless.json") is None
    assert value(text, "y", "<<", "a", name="serverless.json") == "1"


def test_merged_keys_are_listed_with_a_mappings_own() -> None:
    tree = Tree(manifest(BASE + "y: {d: 5, <<: [*base, *more]}\nz: [a, b]\n"))
    assert tree.keys(("y",)) == ("d", "a", "b", "c")
    assert tree.keys(("z",)) == ("0", "1")
    assert tree.keys(("base", "a")) == ()

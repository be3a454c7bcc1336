"""What a team tells the detector: markers, allow entries, a baseline, rules of its own."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from migrate.detect import Allow, OwnRule, Settings, find
from migrate.detect.settings import fault
from migrate.model import Confidence, Kind, Role
from migrate.model.keypath import KeyPattern
from migrate.text.manifest import read
from tests.support.limits import seconds

PLAIN = Settings()
SECRET = "tiger-" + "99"
TEXT = f"env:\n  DB_PASS: {SECRET}\n"


def ids(text: str, settings: Settings = PLAIN, file: str = "serverless.yml") -> list[str]:
    return [finding.rule.id for finding in find(read(Path(file), text.encode(), Role.MANIFEST), settings)]


# ── comments ──────────────────────────────────────────────────────────────────────────────────

MARKS = [
    "slsmigrate: ignore",
    "slsmigrate:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "gitleaks:allow",
    "ggignore",
]


@pytest.mark.parametrize("mark", MARKS)
def test_ignore_comment_on_the_same_line_is_respected(mark: str) -> None:
    assert ids(f"env:\n  DB_PASS: {SECRET}  # {mark}\n  OTHER_PASS: {SECRET}\n") == ["password"]
    assert ids(f"env:\n  DB_PASS: '{SECRET}' # known, {mark}\n") == []
    assert ids(f"env: {{DB_PASS: {SECRET}, OTHER_PASS: {SECRET}}}  # {mark}\n") == []


def test_ignore_comment_after_a_block_header_is_respected() -> None:
    assert ids(f"DB_PASS: |  # gitleaks:allow\n  {SECRET}\n") == []
    assert ids(f"DB_PASS: |\n  {SECRET} # gitleaks:allow\n") == ["password"]


def test_ignore_comment_after_the_last_line_of_a_long_value_is_respected() -> None:
    assert ids(f'DB_PASS: "{SECRET}\n  abc"  # ggignore\n') == []


def test_ignore_comment_for_the_next_line_is_respected() -> None:
    assert ids(f"env:\n  # pragma: allowlist nextline secret\n  DB_PASS: {SECRET}\n  OTHER_PASS: {SECRET}\n") == [
        "password"
    ]


@pytest.mark.parametrize(
    "text", [f"# ggignore\nDB_PASS: {SECRET}\n", f"DB_PASS: '{SECRET}# ggignore'\n", f"DB_PASS: {SECRET}  # ignore\n"]
)
def test_other_comment_does_not_suppress_the_finding(text: str) -> None:
    assert ids(text) == ["password"]


def test_comment_text_in_json_does_not_suppress_the_finding() -> None:
    assert ids(f'{{"DB_PASS": "{SECRET}", "x": "# ggignore"}}', file="env.json") == ["password"]


# ── allow entries and the baseline ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "allow",
    [
        Allow(rule="password"),
        Allow(key_path=KeyPattern("env.DB_*")),
        Allow(key_path=KeyPattern("**")),
        Allow(file="serverless.yml"),
        Allow(file="services/*/serverless.yml"),
        Allow(file="services/**"),
        Allow(file="**/serverless.yml"),
        Allow(file="serverless.?ml"),
        Allow("serverless.yml", KeyPattern("env.DB_PASS"), "password"),
        Allow(),
    ],
)
def test_allowed_finding_is_not_reported(allow: Allow) -> None:
    assert ids(TEXT, Settings(allow=(allow,)), "services/shop/serverless.yml") == []


@pytest.mark.parametrize(
    "allow",
    [
        Allow(rule="token"),
        Allow(key_path=KeyPattern("env")),
        Allow(file="env.yml"),
        Allow(file="*/serverless.yml"),
        Allow("serverless.yml", KeyPattern("env.DB_PASS"), "token"),
    ],
)
def test_finding_that_fits_only_part_of_an_allow_entry_is_reported(allow: Allow) -> None:
    assert ids(TEXT, Settings(allow=(allow,)), "services/shop/serverless.yml") == ["password"]


def test_allow_entry_file_is_relative_to_the_root() -> None:
    settings = Settings(allow=(Allow(file="shop/serverless.yml"),), root=Path("/repo"))
    assert ids(TEXT, settings, "/repo/shop/serverless.yml") == []
    assert ids(TEXT, settings, "/repo/other/shop/serverless.yml") == ["password"]
    assert ids(TEXT, settings, "/elsewhere/shop/serverless.yml") == ["password"]


def test_baseline_suppresses_findings_by_file_and_line() -> None:
    assert ids(TEXT, Settings(baseline=frozenset({("serverless.yml", 2)}))) == []
    assert ids(TEXT, Settings(baseline=frozenset({("serverless.yml", 1), ("env.yml", 2)}))) == ["password"]
    block = f"a: 1\nDB_PASS: |\n  {SECRET}\n"
    assert ids(block, Settings(baseline=frozenset({("serverless.yml", 3)}))) == []


# ── own rules ─────────────────────────────────────────────────────────────────────────────────


def test_custom_rule_matches_key_and_value() -> None:
    both = OwnRule("acme", key="portal$", value="^acme-[0-9]+$", confidence=Confidence.HIGH, title="Acme portal")
    found = find(read(Path("x.yml"), b"env:\n  portal: acme-42\n  other: acme-42\n"), Settings(own_rules=(both,)))
    assert [(str(each.path), each.rule.title, each.confidence, each.rule.kind) for each in found] == [
        ("env.portal", "Acme portal", Confidence.HIGH, Kind.OTHER)
    ]
    assert found[0].reason == "the team's own rule acme"


def test_custom_rule_may_match_key_or_value_alone() -> None:
    assert ids("a: acme-42\n", Settings(own_rules=(OwnRule("acme", value="acme-[0-9]+"),))) == ["acme"]
    assert ids("a: acme-42\n", Settings(own_rules=(OwnRule("acme", key="^a$"),))) == ["acme"]
    assert ids("a: ${env:X}\n", Settings(own_rules=(OwnRule("acme", key="^a$"),))) == []


def test_rule_with_higher_confidence_wins() -> None:
    sure = OwnRule("acme", key="LOGIN_PASS", confidence=Confidence.HIGH)
    unsure = OwnRule("acme", key="LOGIN_PASS", confidence=Confidence.LOW)
    assert ids("env:\n  LOGIN_PASS: root\n", Settings(own_rules=(sure,))) == ["acme"]
    assert ids(TEXT, Settings(own_rules=(unsure,))) == ["password"]


CATASTROPHIC = [
    "(?:a|aa|aaa|aaaa|aaaaa|aaaaaa|aaaaaaa|aaaaaaaa|aaaaaaaaa)" * 8 + "z",
    "(a+)+b",
    "(a|aa)+b",
    "(?:a*)*b",
    "(a{1,9}){1,9}b",
    "a.*b.*c.*d.*e",
    "a?" * 90 + "a" * 90 + "$",
    "a*a*a*b",
    ".*a.*b.*c",
    "[ab]{0,120}[ab]{0,120}c",
    "[ab]*a[ab]{400}c",
]


@pytest.mark.parametrize("expression", CATASTROPHIC)
def test_no_expression_of_a_repository_hangs(expression: str) -> None:
    rule = OwnRule("acme", value=expression)
    with seconds():
        for length in (100, 256, 2048, 7000, 8192, 100_000):
            ids("x: " + "a" * length + "\n", Settings(own_rules=(rule,)))


@pytest.mark.parametrize(
    "expression",
    [
        r"(a)\1",
        "(?:x(?=y))",
        "(",
        "(" * 5000,
        "a" * 3000,
        "(?:a{30}){30}{30}",
        r"(?:\pL{300}|\pN{300})",
        "[ab]{0,500}[ab]{0,500}c",
        "\ud800",
    ],
)
def test_expression_that_the_engine_lacks_or_finds_too_large_is_refused(expression: str) -> None:
    said = fault(expression)
    assert said
    assert len(said) < 120
    with pytest.raises(ValueError, match=r"regular expression|too l"):
        OwnRule("acme", value=expression)


def test_path_pattern_of_an_allow_entry_never_hangs() -> None:
    for pattern, path in (("**/a" * 14 + "/b", "a/" * 300 + "c"), ("*a" * 30 + "b", "a" * 250)):
        with seconds():
            assert not Allow(pattern).covers_file(PurePath(path))


def test_rule_without_expressions_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        OwnRule("acme")


@pytest.mark.parametrize(
    "expression", ["", "abc", "^acme-[0-9a-f]{32}$", "a+b*c?", "(?i)token|secret", r"x\d{4}", r"\bacme\b"]
)
def test_simple_expression_is_accepted(expression: str) -> None:
    assert fault(expression) is None


def test_value_beyond_the_length_limit_is_not_found() -> None:
    assert ids("x: " + "a" * 9000 + "\n", Settings(own_rules=(OwnRule("acme", value="a"),))) == []

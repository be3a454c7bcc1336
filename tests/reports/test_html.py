"""The HTML report: what it says, and what it never says."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from enum import Enum
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from msgspec import Struct, UnsetType
from msgspec.structs import replace

from migrate.migration.execute import work_failures
from migrate.migration.outcome import executed_result, moved_plan, planned_result
from migrate.migration.results import (
    DiffRow,
    FindingStatus,
    ParameterRow,
    RepositoryResult,
    RepositoryStatus,
)
from migrate.migration.survey import Survey
from migrate.model import (
    Applicability,
    ApplyResult,
    Event,
    FileFailed,
    FileWritten,
    Identity,
    Location,
    Problem,
    PutDone,
    PutFailed,
    SlsMigrateError,
    Target,
)
from migrate.reports.html import count_lines, end_of, pieces, render
from tests.support import pages
from tests.support.build import finding, manifest
from tests.support.program import Program, write
from tests.support.storestub import StubStore, deny
from tests.support.surveys import survey_of

PASSWORD = "quartz-heron-9k2p"
TEXT = f"service: shop\nprovider:\n  environment:\n    DB_PASSWORD: {PASSWORD}\n    API_PASSWORD: k-lantern-41x\n"
PATHS = ("provider.environment.DB_PASSWORD", "provider.environment.API_PASSWORD")
ERROR = SlsMigrateError("is read-only", hint="make it writable")


class Parsed(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.sources: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in ("style", "script"):
            self.sources[self._open] = self.sources.get(self._open, "") + data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def surveyed(*accepted: bool, problems: tuple[Problem, ...] = ()) -> Survey:
    """A survey of as many secrets as there are answers."""
    read = manifest(TEXT)
    return survey_of([finding(read, path) for path in PATHS[: len(accepted)]], accepted, problems)


def row(made: Survey) -> RepositoryResult:
    return planned_result(made)


def done(made: Survey, *identities: tuple[Target, Identity]) -> RepositoryResult:
    events: tuple[Event, ...] = (
        *(PutDone(put, 1, created=True) for put in made.plan.puts),
        FileWritten(Path("/service/serverless.yml"), 1),
    )
    left = tuple(change for change in made.plan.changes if not change.writes)
    return executed_result(made, ApplyResult(events, left), (), identities)


# ── results ───────────────────────────────────────────────────────────────────────────────────


def holds(annotation: Any) -> Iterator[type]:
    """All the types that a value of an annotation can be made of."""
    inner = get_args(annotation)
    if inner:
        for each in inner:
            yield from holds(each)
    elif isinstance(annotation, type) and issubclass(annotation, Struct):
        hints = get_type_hints(annotation)
        for field in annotation.__struct_fields__:
            yield from holds(hints[field])
    elif annotation is not Ellipsis:
        yield annotation


def test_repository_result_has_no_field_for_a_secret() -> None:
    for kind in holds(RepositoryResult):
        assert kind in (str, int, bool, NoneType, UnsetType) or issubclass(kind, Enum), kind


def test_scan_findings_are_left_and_listed_by_place() -> None:
    made = row(surveyed(False, False))
    first = made.findings[0]
    assert (made.name, made.status, made.files) == ("shop", RepositoryStatus.LEFT, 1)
    assert (first.file, first.line, first.key_path) == ("serverless.yml", 4, PATHS[0])
    assert (first.rule, first.kind, first.confidence) == ("password-key", "password", "high")
    assert (first.status, first.parameter) == (FindingStatus.LEFT, "/shop/db-password")


def test_dry_run_lists_what_would_move() -> None:
    made = row(surveyed(True, False))
    assert made.status is RepositoryStatus.PLANNED
    assert [each.status for each in made.findings] == [FindingStatus.PLANNED, FindingStatus.LEFT]
    assert made.parameters == ()


def test_run_lists_moved_values_and_their_parameters() -> None:
    made = surveyed(True, False)
    identity = Identity("123456789012", "arn:aws:iam::123456789012:user/x", "eu-west-1")
    result = done(made, (made.targets[0], identity))
    assert result.status is RepositoryStatus.MIGRATED
    assert [each.status for each in result.findings] == [FindingStatus.MOVED, FindingStatus.LEFT]
    (parameter,) = result.parameters
    assert (parameter.name, parameter.version, parameter.created) == ("/shop/db-password", 1, True)
    assert (parameter.region, parameter.account) == (made.targets[0].region, "123456789012")


def test_failed_changes_are_left_and_reported_with_their_reason() -> None:
    made = surveyed(True, True)
    events = (
        PutFailed(made.plan.puts[0], SlsMigrateError("no such key", hint="name another")),
        FileFailed(Path("/service/serverless.yml"), ERROR),
    )
    outcome = ApplyResult(events, made.plan.changes)
    result = executed_result(made, outcome, tuple(work_failures(made, outcome)), ())
    assert result.status is RepositoryStatus.FAILED
    assert {each.status for each in result.findings} == {FindingStatus.LEFT}
    assert [(each.message, each.hint, each.file) for each in result.failures] == [
        ("no such key", "name another", ""),
        ("is read-only", "make it writable", "serverless.yml"),
    ]


def test_interrupted_run_is_reported_as_interrupted() -> None:
    made = surveyed(True, True)
    outcome = ApplyResult((), made.plan.changes, interrupted=True)
    assert executed_result(made, outcome, (), ()).status is RepositoryStatus.INTERRUPTED


def test_unreadable_file_is_a_failure_with_its_place() -> None:
    problem = Problem("is broken", Location(Path("/service/env.yml"), 3, 4), "mend it")
    made = row(surveyed(problems=(problem,)))
    (failure,) = made.failures
    assert made.status is RepositoryStatus.FAILED
    assert (failure.file, failure.line, failure.column, failure.hint) == ("env.yml", 3, 4, "mend it")


def test_repository_without_findings_is_clean() -> None:
    assert row(surveyed()).status is RepositoryStatus.CLEAN


def test_diff_of_a_run_shows_only_changes_that_were_written() -> None:
    made = surveyed(True, True)
    result = executed_result(made, ApplyResult((), made.plan.changes[1:]), (), ())
    assert moved_plan(made.plan, result).changes == made.plan.changes[:1]
    assert moved_plan(made.plan, planned_result(made)).changes == ()


def test_deleted_line_of_dashes_is_not_taken_for_a_file_name() -> None:
    made = DiffRow("x", ("--- a/x", "+++ b/x", "@@ -1,2 +1,2 @@", "--- a", "+++ b", " c", "\\ No newline"))
    assert list(pieces(made)) == [
        ("@", "@@ -1,2 +1,2 @@\n"),
        ("-", "--- a\n"),
        ("+", "+++ b\n"),
        (" ", " c\n\\ No newline\n"),
    ]
    assert (count_lines(made, "-"), count_lines(made, "+")) == (1, 1)


# ── the page ──────────────────────────────────────────────────────────────────────────────────


def test_page_is_one_file_without_external_requests() -> None:
    parsed = Parsed(render(pages.some()))
    assert "http:" not in render(pages.some())
    assert "https:" not in render(pages.some())
    for tag, attributes in parsed.tags:
        assert not {"src", "srcset", "action", "style"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith(("#", "data:,")), tag
        assert not [name for name in attributes if name.startswith("on")], tag
    assert not re.search(r"@import|url\(", parsed.sources["style"])


def test_content_security_policy_allows_only_the_pages_own_style_and_script() -> None:
    parsed = Parsed(render(pages.some()))
    policy = next(each["content"] for _, each in parsed.tags if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag, source in parsed.sources.items():
        digest = b64encode(sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\u202e\x1b[31m\x00\u200b\ud800"


def hostile() -> RepositoryResult:
    found = replace(
        pages.finding(notes=(HOSTILE,)),
        file=HOSTILE,
        key_path=HOSTILE,
        rule=HOSTILE,
        kind=HOSTILE,
        reason=HOSTILE,
        parameter=HOSTILE,
        reference=HOSTILE,
    )
    made = pages.repository(
        HOSTILE, RepositoryStatus.FAILED, 0, replace(pages.BROKEN, kind=HOSTILE, message=HOSTILE, hint=HOSTILE)
    )
    lines = ("--- a", "+++ b", f"-{HOSTILE}", f"+{HOSTILE}", f" {HOSTILE}", f"@@ {HOSTILE}")
    parameter = ParameterRow(HOSTILE, HOSTILE, HOSTILE, 1, True, HOSTILE)
    return replace(
        made,
        findings=(found,),
        diffs=(DiffRow(HOSTILE, lines),),
        parameters=(parameter,),
        notes=(HOSTILE,),
        branch=HOSTILE,
        commit=HOSTILE,
    )


def test_hostile_text_is_escaped_and_shown_everywhere() -> None:
    page = render((hostile(), pages.repository("b", RepositoryStatus.CLEAN)), HOSTILE)
    tags = Parsed(page).tags
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not [tag for tag, _ in tags if tag == "img"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\ud800-\udfff]", page)
    assert "\\u202e\\x1b[31m\\x00\\u200b\\ud800" in Parsed(page).text
    assert page.encode()


def test_hostile_text_adds_no_attribute_to_the_page() -> None:
    ours = {name for _, attributes in Parsed(render(pages.some())).tags for name in attributes}
    theirs = {name for _, attributes in Parsed(render((hostile(),))).tags for name in attributes}
    assert theirs <= ours


def names(page: str) -> list[str | None]:
    return [attributes.get("data-name") for tag, attributes in Parsed(page).tags if "data-outcome" in attributes]


def test_failures_come_first_and_clean_repositories_last() -> None:
    assert names(render(pages.some())) == ["eta", "zeta", "theta", "beta", "alpha", "clean-one"]


def test_failures_are_grouped_by_reason() -> None:
    more = pages.repository("omega", RepositoryStatus.FAILED, 1, pages.DENIED)
    text = " ".join(Parsed(render(pages.some(more))).text.split())
    assert "no permission in the Parameter Store2 repositories" in text
    assert text.index("no permission in the Parameter Store") < text.index("a file can't be read")


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([("a", RepositoryStatus.CLEAN, 0)], "No plaintext secrets found"),
        ([("a", RepositoryStatus.LEFT, 1)], "1 secret in plaintext"),
        ([("a", RepositoryStatus.PLANNED, 2), ("b", RepositoryStatus.LEFT, 3)], "2 of 5 secrets would move"),
        ([("a", RepositoryStatus.MIGRATED, 2)], "2 secrets moved, none left"),
        ([("a", RepositoryStatus.MIGRATED, 2), ("b", RepositoryStatus.LEFT, 1)], "2 of 3 secrets moved"),
        (
            [("a", RepositoryStatus.MIGRATED, 2), ("b", RepositoryStatus.FAILED, 1)],
            "2 of 3 secrets moved, 1 repository failed",
        ),
        ([("a", RepositoryStatus.FAILED, 1)], "1 secret in plaintext"),
    ],
)
def test_headline_sums_up_the_result(rows: list[tuple[str, RepositoryStatus, int]], headline: str) -> None:
    page = render(pages.repository(*each) for each in rows)
    assert f"<h1>{headline}</h1>" in page


def test_totals_count_all_repositories() -> None:
    page = render(pages.some())
    tiles = dict(re.findall(r"<dt>(.+?)</dt><dd>([\d,]+)", page))
    assert tiles == {
        "Repositories": "6",
        "Files read": "12",
        "Secrets found": "10",
        "Moved": "4",
        "Left": "6",
        "Parameters put": "4",
        "Failed": "2",
    }


def test_existing_parameters_are_marked() -> None:
    there = pages.parameter("/shop/a", created=False, profile="prod")
    page = render((replace(pages.repository("a", RepositoryStatus.MIGRATED, 1), parameters=(there,)),))
    assert "1 were there" in page
    assert "version 3, was there, equal · eu-west-1 · prod" in page


@pytest.mark.parametrize(
    ("applicability", "words"),
    [
        (Applicability.SAFE, "left"),
        (Applicability.REVIEW, "for a person to decide"),
        (Applicability.SHOW, "can't be moved"),
    ],
)
def test_left_finding_shows_who_may_move_it(applicability: Applicability, words: str) -> None:
    assert end_of(replace(pages.finding(), applicability=applicability)) == words


def test_account_of_a_parameter_is_shown_before_its_region() -> None:
    own = replace(pages.parameter("/shop/a"), account="123456789012")
    page = render((replace(pages.repository("a", RepositoryStatus.MIGRATED, 1), parameters=(own,)),))
    assert "version 1, put · account 123456789012 · eu-west-1" in page


def test_chart_shows_the_longest_bars_and_folds_the_rest() -> None:
    found = tuple(replace(pages.finding(), rule=f"rule-{number}") for number in range(11))
    page = render((replace(pages.repository("a", RepositoryStatus.LEFT), findings=found),))
    assert "<summary>3 more</summary>" in page


def test_page_of_500_repositories_stays_small() -> None:
    assert len(render(pages.many(500)).encode()) < 3_000_000


def test_page_without_repositories_is_rendered() -> None:
    assert "No plaintext secrets found" in render(())


# ── from the command line ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(service: Path) -> Path:
    write(service, {"shop/serverless.yml": TEXT})
    return service


def text_of(file: Path) -> str:
    return " ".join(Parsed(file.read_text(encoding="utf-8")).text.split())


def test_dry_run_writes_the_page_with_its_masked_diff(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("shop", "--dry-run", "--report", "r.html").code == 0
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "<h1>2 of 2 secrets would move</h1>" in page
    assert names(page) == ["shop"]
    assert "<del>-    DB_PASSWORD: ••••••\n" in page
    assert "<ins>+    DB_PASSWORD: ${ssm:/shop/db-password~true}\n" in page
    assert PASSWORD not in page
    assert "k-lantern-41x" not in page


def test_manifest_given_by_path_is_reported_under_its_directory(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("shop/serverless.yml", "--dry-run", "--report", "r.html").code == 0
    assert names((shop / "r.html").read_text(encoding="utf-8")) == ["shop"]


def test_scan_writes_the_page_without_a_diff(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("scan", "--report", "r.html").code == 10
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "<h1>2 secrets in plaintext</h1>" in page
    assert "<pre" not in page


def test_run_reports_what_it_did_and_replaces_its_own_page(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    slsmigrate("shop", "--dry-run", "--report", "r.html")
    assert slsmigrate("shop", "--yes", "--report", "r.html").code == 0
    assert "<h1>2 secrets moved, none left</h1>" in (shop / "r.html").read_text(encoding="utf-8")
    assert "2 parameters in the store" in text_of(shop / "r.html")


def test_failed_run_shows_no_diff_of_an_unchanged_file(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    assert slsmigrate("shop", "--yes", "--report", "r.html").code == 1
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "no permission in the Parameter Store" in page
    assert "<pre" not in page
    assert PASSWORD not in page

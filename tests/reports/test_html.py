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
from msgspec import Struct
from msgspec.structs import replace

from migrate.migration.results import Fate
from migrate.migration.results import Outcome as Became
from migrate.model import (
    Accept,
    Applicability,
    Event,
    FileFailed,
    FileWritten,
    Identity,
    Location,
    Outcome,
    Plan,
    Problem,
    PutDone,
    PutFailed,
    Skip,
    SlsMigrateError,
)
from migrate.plan.naming import Placing
from migrate.plan.planning import plan
from migrate.plan.questions import questions
from migrate.reports.html import DiffRow, PageContent, ParameterRow, RepositoryRow, from_result, moving_changes, render
from migrate.reports.json_report import Result
from tests.support import pages
from tests.support.build import deployments, finding, manifest
from tests.support.program import Program, write
from tests.support.storestub import StubStore, deny

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


def planned(*accepted: bool) -> Plan:
    read = manifest(TEXT)
    found = [finding(read, path) for path in PATHS]
    asked = questions(found, deployments(found), Placing())
    return plan(
        asked, [Accept(each.name) if yes else Skip() for each, yes in zip(asked, accepted, strict=True)], Placing()
    )


def row(result: Result) -> RepositoryRow:
    return from_result("shop", result, {}, lambda file: file.name)


def done(made: Plan) -> Result:
    events: tuple[Event, ...] = (
        *(PutDone(put, 1, created=True) for put in made.puts),
        FileWritten(Path("/service/serverless.yml"), 1),
    )
    left = tuple(change for change in made.changes if not change.writes)
    return Result(1, (), made, outcome=Outcome(events, left))


# ── rows ──────────────────────────────────────────────────────────────────────────────────────


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


def test_no_row_has_room_for_a_secret() -> None:
    for kind in holds(PageContent):
        assert kind in (str, int, bool, NoneType) or issubclass(kind, Enum), kind


def test_findings_of_a_scan_are_left_and_told_by_their_place() -> None:
    made = row(Result(3, (), planned(False, False)))
    first = made.findings[0]
    assert (made.name, made.outcome, made.files) == ("shop", Became.LEFT, 3)
    assert (first.file, first.line, first.key_path) == ("serverless.yml", 4, PATHS[0])
    assert (first.rule, first.kind, first.confidence) == ("password-key", "password", "high")
    assert (first.fate, first.parameter) == (Fate.LEFT, "/shop/db-password")


def test_a_dry_run_tells_what_would_move() -> None:
    made = row(Result(1, (), planned(True, False)))
    assert made.outcome is Became.PLANNED
    assert [each.fate for each in made.findings] == [Fate.PLANNED, Fate.LEFT]
    assert made.parameters == ()


def test_a_run_tells_what_was_moved_and_where_to() -> None:
    made_plan = planned(True, False)
    target = made_plan.puts[0].target
    identity = Identity("123456789012", "arn:aws:iam::123456789012:user/x", "eu-west-1")
    made = row(replace(done(made_plan), identities=((target, identity),)))
    assert made.outcome is Became.MIGRATED
    assert [each.fate for each in made.findings] == [Fate.MOVED, Fate.LEFT]
    (parameter,) = made.parameters
    assert (parameter.name, parameter.version, parameter.created) == ("/shop/db-password", 1, True)
    assert parameter.region == "eu-west-1"


def test_what_failed_is_left_and_told_with_its_reason() -> None:
    made_plan = planned(True, True)
    events = (
        PutFailed(made_plan.puts[0], SlsMigrateError("no such key", hint="name another")),
        FileFailed(Path("/service/serverless.yml"), ERROR),
    )
    made = row(Result(1, (), made_plan, outcome=Outcome(events, made_plan.changes)))
    assert made.outcome is Became.FAILED
    assert {each.fate for each in made.findings} == {Fate.LEFT}
    assert [(each.message, each.hint, each.file) for each in made.reasons] == [
        ("no such key", "name another", ""),
        ("is read-only", "make it writable", "serverless.yml"),
    ]


def test_an_interrupted_run_says_so() -> None:
    made_plan = planned(True, True)
    made = row(Result(1, (), made_plan, outcome=Outcome((), made_plan.changes, interrupted=True)))
    assert made.outcome is Became.INTERRUPTED


def test_a_file_that_can_not_be_read_is_a_failure_with_its_place() -> None:
    problem = Problem("is broken", Location(Path("/service/env.yml"), 3, 4), "mend it")
    made = row(Result(1, (problem,), Plan(())))
    (reason,) = made.reasons
    assert made.outcome is Became.FAILED
    assert (reason.file, reason.line, reason.column, reason.hint) == ("env.yml", 3, 4, "mend it")


def test_nothing_found_is_clean() -> None:
    assert row(Result(1, (), Plan(()))).outcome is Became.CLEAN


def test_only_what_the_file_holds_now_is_in_the_diff_of_a_run() -> None:
    made_plan = planned(True, True)
    outcome = Outcome((), made_plan.changes[1:])
    assert moving_changes(Result(1, (), made_plan, outcome=outcome)) == made_plan.changes[:1]
    assert moving_changes(Result(1, (), made_plan)) == made_plan.changes


def test_a_deleted_line_of_dashes_is_no_file_name() -> None:
    made = DiffRow("x", ("--- a/x", "+++ b/x", "@@ -1,2 +1,2 @@", "--- a", "+++ b", " c", "\\ No newline"))
    assert list(made.pieces) == [
        ("@", "@@ -1,2 +1,2 @@\n"),
        ("-", "--- a\n"),
        ("+", "+++ b\n"),
        (" ", " c\n\\ No newline\n"),
    ]
    assert (made.count("-"), made.count("+")) == (1, 1)


# ── the page ──────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_one_file_that_asks_for_nothing() -> None:
    parsed = Parsed(render(pages.some()))
    assert "http:" not in render(pages.some())
    assert "https:" not in render(pages.some())
    for tag, attributes in parsed.tags:
        assert not {"src", "srcset", "action", "style"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith(("#", "data:,")), tag
        assert not [name for name in attributes if name.startswith("on")], tag
    assert not re.search(r"@import|url\(", parsed.sources["style"])


def test_its_policy_lets_only_its_own_style_and_script_work() -> None:
    parsed = Parsed(render(pages.some()))
    policy = next(each["content"] for _, each in parsed.tags if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag, source in parsed.sources.items():
        digest = b64encode(sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\u202e\x1b[31m\x00\u200b\ud800"


def hostile() -> RepositoryRow:
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
        HOSTILE, Became.FAILED, 0, replace(pages.BROKEN, kind=HOSTILE, message=HOSTILE, hint=HOSTILE)
    )
    lines = ("--- a", "+++ b", f"-{HOSTILE}", f"+{HOSTILE}", f" {HOSTILE}", f"@@ {HOSTILE}")
    parameter = ParameterRow(HOSTILE, 1, True, HOSTILE, HOSTILE)
    return replace(
        made,
        findings=(found,),
        diffs=(DiffRow(HOSTILE, lines),),
        parameters=(parameter,),
        notes=(HOSTILE,),
        branch=HOSTILE,
        commit=HOSTILE,
    )


def test_text_from_files_stays_text_and_is_visible_wherever_it_stands() -> None:
    page = render(PageContent((hostile(), pages.repository("b", Became.CLEAN)), HOSTILE))
    tags = Parsed(page).tags
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not [tag for tag, _ in tags if tag == "img"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\ud800-\udfff]", page)
    assert "\\u202e\\x1b[31m\\x00\\u200b\\ud800" in Parsed(page).text
    assert page.encode()


def test_the_words_of_a_page_add_no_attribute_to_what_they_stand_in() -> None:
    ours = {name for _, attributes in Parsed(render(pages.some())).tags for name in attributes}
    theirs = {name for _, attributes in Parsed(render(PageContent((hostile(),)))).tags for name in attributes}
    assert theirs <= ours


def names(page: str) -> list[str | None]:
    return [attributes.get("data-name") for tag, attributes in Parsed(page).tags if "data-outcome" in attributes]


def test_failures_come_first_and_clean_repositories_last() -> None:
    assert names(render(pages.some())) == ["eta", "zeta", "theta", "beta", "alpha", "clean-one"]


def test_what_failed_for_the_same_reason_stands_together() -> None:
    more = pages.repository("omega", Became.FAILED, 1, pages.DENIED)
    text = " ".join(Parsed(render(pages.some(more))).text.split())
    assert "no permission in the Parameter Store2 repositories" in text
    assert text.index("no permission in the Parameter Store") < text.index("a file can't be read")


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([("a", Became.CLEAN, 0)], "No plaintext secrets found"),
        ([("a", Became.LEFT, 1)], "1 secret in plaintext"),
        ([("a", Became.PLANNED, 2), ("b", Became.LEFT, 3)], "2 of 5 secrets would move"),
        ([("a", Became.MIGRATED, 2)], "2 secrets moved, none left"),
        ([("a", Became.MIGRATED, 2), ("b", Became.LEFT, 1)], "2 of 3 secrets moved"),
        ([("a", Became.MIGRATED, 2), ("b", Became.FAILED, 1)], "2 of 3 secrets moved, 1 repository failed"),
        ([("a", Became.FAILED, 1)], "1 secret in plaintext"),
    ],
)
def test_the_headline_says_how_it_stands(rows: list[tuple[str, Became, int]], headline: str) -> None:
    page = render(PageContent(tuple(pages.repository(*each) for each in rows)))
    assert f"<h1>{headline}</h1>" in page


def test_the_totals_are_those_of_all_repositories() -> None:
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


def test_parameters_that_were_there_are_told_apart() -> None:
    there = ParameterRow("/shop/a", 3, False, "eu-west-1", "prod")
    page = render(PageContent((replace(pages.repository("a", Became.MIGRATED, 1), parameters=(there,)),)))
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
def test_what_was_left_says_who_may_move_it(applicability: Applicability, words: str) -> None:
    assert replace(pages.finding(), applicability=applicability).end == words


def test_a_chart_shows_the_longest_bars_and_folds_the_rest() -> None:
    found = tuple(replace(pages.finding(), rule=f"rule-{number}") for number in range(11))
    page = render(PageContent((replace(pages.repository("a", Became.LEFT), findings=found),)))
    assert "<summary>3 more</summary>" in page


def test_a_page_of_500_repositories_stays_small() -> None:
    assert len(render(pages.many(500)).encode()) < 3_000_000


def test_a_page_without_any_repository_can_be_made() -> None:
    assert "No plaintext secrets found" in render(PageContent(()))


# ── from the command line ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(service: Path) -> Path:
    write(service, {"shop/serverless.yml": TEXT})
    return service


def text_of(file: Path) -> str:
    return " ".join(Parsed(file.read_text(encoding="utf-8")).text.split())


def test_a_dry_run_writes_the_page_with_its_masked_diff(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("shop", "--dry-run", "--report", "r.html").code == 0
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "<h1>2 of 2 secrets would move</h1>" in page
    assert names(page) == ["shop"]
    assert "<del>-    DB_PASSWORD: ••••••\n" in page
    assert "<ins>+    DB_PASSWORD: ${ssm:/shop/db-password~true}\n" in page
    assert PASSWORD not in page
    assert "k-lantern-41x" not in page


def test_a_manifest_named_outright_is_told_by_its_directory(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("shop/serverless.yml", "--dry-run", "--report", "r.html").code == 0
    assert names((shop / "r.html").read_text(encoding="utf-8")) == ["shop"]


def test_a_scan_writes_the_page_without_a_diff(shop: Path, slsmigrate: Program) -> None:
    assert slsmigrate("scan", "--report", "r.html").code == 10
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "<h1>2 secrets in plaintext</h1>" in page
    assert "<pre" not in page


def test_a_run_writes_what_it_did_and_replaces_its_own_page(shop: Path, slsmigrate: Program, stub: StubStore) -> None:
    slsmigrate("shop", "--dry-run", "--report", "r.html")
    assert slsmigrate("shop", "--yes", "--report", "r.html").code == 0
    assert "<h1>2 secrets moved, none left</h1>" in (shop / "r.html").read_text(encoding="utf-8")
    assert "2 parameters in the store" in text_of(shop / "r.html")


def test_a_run_that_failed_shows_no_diff_of_a_file_that_is_as_it_was(
    shop: Path, slsmigrate: Program, stub: StubStore
) -> None:
    stub.fault("PutParameter", deny("ssm:PutParameter"))
    assert slsmigrate("shop", "--yes", "--report", "r.html").code == 1
    page = (shop / "r.html").read_text(encoding="utf-8")
    assert "no permission in the Parameter Store" in page
    assert "<pre" not in page
    assert PASSWORD not in page

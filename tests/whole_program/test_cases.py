"""Each case of `tests/cases`, and those that no text file can hold: line ends, encodings, a missing last line break."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import CheckMigrated, CheckUnchanged, cases, read_case
from tests.support.cases import check_migrated as check_migrated
from tests.support.cases import check_unchanged as check_unchanged

BEFORE = """\
service: shop
frameworkVersion: "3"
provider:
  name: aws
  environment:
    # é of the café
    DB_PASSWORD: quartz-heron-9k2p   # ask ops
    NOTES: |
      two lines
      of text
"""
AFTER = BEFORE.replace("quartz-heron-9k2p", "${ssm(raw):/shop/db-password}")


@pytest.mark.parametrize("file", cases(), ids=lambda file: file.stem)
def test_case_is_migrated_to_its_expected_output(
    file: Path, check_migrated: CheckMigrated, check_unchanged: CheckUnchanged
) -> None:
    case = read_case(file)
    if case.after is None:
        check_unchanged(case.before, *case.options, file=case.file)
    else:
        check_migrated(case.before, case.after, *case.options, file=case.file)


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_encoding_are_kept(check_migrated: CheckMigrated, line_end: str, codec: str) -> None:
    before, after = (text.replace("\n", line_end).encode(codec) for text in (BEFORE, AFTER))
    check_migrated(before, after)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_clean_file_of_any_encoding_is_unchanged(check_unchanged: CheckUnchanged, codec: str) -> None:
    check_unchanged(AFTER.replace("\n", "\r\n").encode(codec))


def test_missing_final_newline_stays_missing(check_migrated: CheckMigrated) -> None:
    before = BEFORE.partition("   # ask ops")[0]
    check_migrated(before.encode(), before.replace("quartz-heron-9k2p", "${ssm(raw):/shop/db-password}").encode())


def test_every_kind_of_edit_has_a_changed_and_an_unchanged_case() -> None:
    kinds: dict[str, set[bool]] = {}
    for file in cases():
        kinds.setdefault(file.stem.partition("_")[0], set()).add(read_case(file).after is None)
    edits = ("plain", "single", "double", "literal", "folded", "flow", "json", "part", "fallback", "alias", "number",
             "syntax", "option")  # fmt: skip
    assert [kind for kind in edits if kinds[kind] != {True, False}] == []


def test_case_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case.yml").write_text("service: shop\n")
    with pytest.raises(AssertionError, match=r"case\.yml"):
        read_case(tmp_path / "case.yml")

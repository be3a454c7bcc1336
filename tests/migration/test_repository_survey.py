"""One repository, read and decided: its trouble is in its row, and no row holds a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.files.repositories import Repository
from migrate.migration.repository_survey import RepositorySummary, RepositoryTask, survey_one
from migrate.migration.results import RepositoryStatus
from migrate.model import Accept, Skip
from migrate.plan.decisions import Entry
from tests.support.gitrepos import manifest, repository, secret, service


def seen(root: Path, entries: tuple[Entry, ...] | None = None) -> RepositorySummary:
    repository = Repository(root.name, root, True)
    return survey_one(RepositoryTask(repository, {"format_": "text"}, entries, b"key", with_diffs=True))


def test_preview_shows_no_value(tmp_path: Path) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    found = seen(tmp_path / "a")
    assert found.result.status is RepositoryStatus.PLANNED
    assert [put.name for put in found.puts] == ["/a/db-password"]
    assert found.result.diffs[0].file == "a/serverless.yml"
    assert secret("a DB_PASSWORD") not in repr(found)


def test_invalid_settings_fail_that_repository(tmp_path: Path) -> None:
    root = repository(tmp_path / "a", {"serverless.yml": manifest("a", {}), ".slsmigrate.toml": "colour = 1\n"})
    found = seen(root)
    assert (found.result.status, found.result.failures[0].kind) == (
        RepositoryStatus.FAILED,
        "its settings can't be used",
    )
    assert "no setting colour" in found.result.failures[0].message


def test_internal_error_is_reported_by_place_without_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a value")

    service(tmp_path, "a", ["DB_PASSWORD"])
    monkeypatch.setattr("migrate.plan.planning.plan", breaks)
    reason = seen(tmp_path / "a").result.failures[0]
    assert reason.message.startswith("internal error, RuntimeError at test_repository_survey.py:")
    assert "a value" not in repr(reason)


def test_decisions_are_followed_and_finished_ones_are_accepted(tmp_path: Path) -> None:
    service(tmp_path, "a", ["DB_PASSWORD", "API_KEY"])
    entries = seen(tmp_path / "a").entries
    decided = (
        Entry(**{name: getattr(entries[0], name) for name in Entry.__struct_fields__} | {"decision": Skip()}),
        entries[1],
    )
    assert [put.name for put in seen(tmp_path / "a", decided).puts] == ["/a/api-key"]

    file = tmp_path / "a" / "serverless.yml"
    file.write_text(file.read_text().replace(secret("a API_KEY"), "${ssm(raw):/a/api-key}"))
    done = seen(tmp_path / "a", (entries[1],))
    assert (done.result.status, done.result.failures) == (RepositoryStatus.LEFT, ())
    gone = Entry("a/serverless.yml", "provider.gone", "password", Accept("/a/gone"), "")
    assert seen(tmp_path / "a", (gone,)).result.failures[0].kind == "a decision no longer fits"


def test_nested_repositories_are_skipped(tmp_path: Path) -> None:
    service(tmp_path, "a", ["DB_PASSWORD"])
    service(tmp_path, "a/inner", ["API_KEY"])
    assert [put.name for put in seen(tmp_path / "a").puts] == ["/a/db-password"]

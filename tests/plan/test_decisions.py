from pathlib import Path

import pytest

from migrate.masking.masked_text import masked
from migrate.model import Accept, Decision, Finding, Ignore, Skip, UsageError
from migrate.plan.decisions import Entry, context_of, decide, entries_of, read_decisions, to_text
from migrate.plan.naming import ParameterOptions
from migrate.plan.questions import Question, questions
from tests.support.build import deployments, finding, manifest

TEXT = "service: s\ncustom:\n  aSecret: one1one\n  bSecret: two2two\n"


def shown(file: Path) -> str:
    return file.name


def text_of(each: Finding) -> str:
    return masked(each.manifest, [finding(each.manifest, "custom.aSecret"), finding(each.manifest, "custom.bSecret")])


def asked(text: str = TEXT) -> tuple[Question, ...]:
    read = manifest(text)
    found = [finding(read, "custom.aSecret"), finding(read, "custom.bSecret")]
    return questions(found, deployments(found), ParameterOptions())


def saved(*decided: Decision) -> str:
    return to_text(tuple(entries_of(asked(), decided, shown, text_of)))


def test_saved_decisions_are_read_back(tmp_path: Path) -> None:
    file = tmp_path / "decisions.toml"
    file.write_text(saved(Accept("/s/other"), Ignore()))
    decided, stale = decide(asked(), read_decisions(file), shown, text_of)
    assert decided == (Accept("/s/other"), Ignore())
    assert stale == ()


def test_decisions_file_holds_no_value_and_nothing_derived_from_one() -> None:
    text = saved(Accept("/s/other"), Skip())
    assert "one1one" not in text
    assert saved(Accept("/s/other"), Skip()) == text
    other = TEXT.replace("one1one", "another")
    entries = tuple(entries_of(asked(other), (Accept("/s/other"), Skip()), shown, text_of))
    assert to_text(entries) == text


def test_decisions_for_a_changed_file_are_not_applied_and_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "decisions.toml"
    file.write_text(saved(Accept("/s/a-secret"), Skip()))
    decided, stale = decide(asked(TEXT.replace("custom:", "custom: # new")), read_decisions(file), shown, text_of)
    assert decided == (Skip(), Skip())
    assert stale[0] == "serverless.yml: custom.aSecret: the file has changed since"


def test_finding_without_an_entry_is_skipped_and_entry_without_a_finding_is_reported() -> None:
    entry = Entry("gone.yml", "a.b", "password-key", Accept("/x/y"), "")
    decided, stale = decide(asked(), [entry], shown, text_of)
    assert decided == (Skip(), Skip())
    assert stale == ("gone.yml: a.b: no such finding any more",)


def test_entry_without_context_always_applies() -> None:
    entry = Entry("serverless.yml", "custom.aSecret", "password-key", Accept("/x/y"), "")
    assert decide(asked(), [entry], shown, text_of)[0] == (Accept("/x/y"), Skip())


def test_conflicting_decisions_for_one_secret_are_reported() -> None:
    read = manifest(
        "service: s\nfunctions:\n  a:\n    environment:\n      K: v1v1v\n  b:\n    environment:\n      K: v1v1v\n"
    )
    paths = ("functions.a.environment.K", "functions.b.environment.K")
    found = [finding(read, path) for path in paths]
    one = questions(found, deployments(found), ParameterOptions())
    answers: tuple[Decision, Decision] = (Accept("/a/b"), Skip())
    entries = [
        Entry("serverless.yml", path, "password-key", decision, "")
        for path, decision in zip(paths, answers, strict=True)
    ]
    decided, stale = decide(one, entries, shown, lambda each: "")
    assert decided == (Skip(),)
    assert stale == ("/s/k: the findings of one secret are decided differently",)


ENTRY = "version = 1\n[[finding]]\nfile='a'\nkey-path='b'\nrule='c'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = 2\n", "version 1"),
        ("nonsense", "not a decisions file"),
        ("version = 1\n[[finding]]\nfile = 'a'\n", "lacks 'decision'"),
        (f"{ENTRY}decision='burn'\n", "one of move, skip, ignore"),
        (
            "version = 1\n[[finding]]\ndecision='move'\nparameter='/a'\nchoice='x'\nfile='a'\nkey-path='b'\nrule='c'\n",
            "one of part",
        ),
        ("version = 1\nfinding = 3\n", r"written \[\[finding\]\]"),
        ("version = 1\n[[finding]]\ndecision='move'\nparameter=5\n", "holds texts only"),
    ],
)
def test_invalid_decisions_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "d.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_decisions(file)


def test_missing_decisions_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read: it does not exist"):
        read_decisions(tmp_path / "none.toml")


def test_context_hash_is_short_and_deterministic() -> None:
    assert context_of("a") == context_of("a")
    assert context_of("a") != context_of("b")
    assert len(context_of("a")) == 16

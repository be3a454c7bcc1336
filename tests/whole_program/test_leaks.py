"""No command, in no mode, tells a secret anywhere; what each run leaves behind is searched."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from migrate.files.repositories import Repository
from migrate.migration.deciders import safe_only
from migrate.migration.repository_survey import RepositoryTask, read_repository, survey_one
from migrate.migration.store_check import check
from migrate.migration.survey import survey
from migrate.model import SlsMigrateError
from migrate.plan.planning import rewritten
from migrate.reports.forms import ENDINGS
from migrate.stores.ssm import SsmStore
from tests.support import leaks
from tests.support.crash import called, crashing
from tests.support.gitrepos import repository
from tests.support.leaks import FORMS, JSON, KEY, PLAIN, SECRETS, STORED, Leak, Search, Tally
from tests.support.program import Program, Ran, write
from tests.support.storestub import Answer, Call, Effect, Serve, StubStore, altered, cut_short, deny, lose_reply, refuse


@pytest.fixture
def search() -> Search:
    """The search, which counts."""
    return Search()


@pytest.fixture
def shop(service: Path, stub: StubStore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the service that holds every secret, and a store without patience."""
    monkeypatch.setattr("tempfile.tempdir", str(service))
    for name, value in {"patience": 0.0, "attempts": 2}.items():
        monkeypatch.setitem(SsmStore.__init__.__kwdefaults__ or {}, name, value)
    write(service, dict(leaks.project()))
    return service


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two repositories that hold every secret."""
    root = tmp_path_factory.mktemp("template")
    for name in ("shop", "depot"):
        files = dict(leaks.project())
        files["serverless.yml"] = files["serverless.yml"].replace("service: shop", f"service: {name}")
        repository(root / name, files)
    return root


@pytest.fixture
def shops(shop: Path, template: Path) -> Path:
    """The working directory, with both repositories below `repos`."""
    shutil.copytree(template, shop / "repos")
    return shop


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> list[SlsMigrateError]:
    """Every error of ours that is made."""
    made: list[SlsMigrateError] = []
    init = SlsMigrateError.__init__

    def keep(self: SlsMigrateError, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **options)
        made.append(self)

    monkeypatch.setattr(SlsMigrateError, "__init__", keep)
    return made


def chain(error: BaseException | None) -> str:
    """All that an exception tells, with those that it came from, suppressed or not."""
    if error is None:
        return ""
    told = [repr(error), str(error), repr(vars(error)), repr(error.args), *traceback.format_exception(error)]
    return "\n".join([*told, chain(error.__cause__), chain(error.__context__)])


def places(directory: Path, ran: Ran) -> dict[str, bytes | str]:
    """All that a run in this process said and left."""
    files = sorted(directory.rglob("*"))
    found: dict[str, bytes | str] = {"stdout": ran.out, "stderr": ran.err, "names": "\n".join(map(str, files))}
    for file in files:
        if file.is_file() and file.name not in leaks.project() and ".git" not in file.parts:
            found[f"file {file.relative_to(directory)}"] = file.read_bytes()
    return found


# ── the search itself ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_search_finds_a_secret_in_every_form(secret: str, form: str) -> None:
    line = max(SECRETS[secret].split("\n"), key=len)
    for needle in FORMS[form](line):
        found = Search(Tally()).leaks({"somewhere": b"before " + needle + b" after"})
        assert [leak.secret for leak in found] == [secret]


def test_search_finds_nothing_in_text_without_secrets() -> None:
    source = Path(leaks.__file__).read_text()
    assert Search(Tally()).leaks({"somewhere": source}) == []


# ── every command ─────────────────────────────────────────────────────────────────────────────

Steps = Sequence[str]
_REPORTS = [f"--report r{ending}" for ending in ENDINGS]
SINGLE: Mapping[str, Steps] = {
    "help": ["--help", "scan --help", "verify --help", "batch --help", "report --help", "rules --help"],
    "rules": ["rules"],
    "scan": ["scan", "scan --min-confidence low serverless.yml"],
    "scan json": ["scan --format json"],
    "scan sarif": ["scan --format sarif"],
    "scan reports": [f"scan {report}" for report in _REPORTS],
    "dry run": ["--dry-run", "--dry-run --min-confidence low", "--dry-run --format json"],
    "dry run reports": [f"--dry-run {report}" for report in _REPORTS],
    "unattended": ["--yes", "--yes", "verify"],
    "unattended json": ["--yes --format json", "verify --format json"],
    "unattended reports": [f"--yes {report}" for report in _REPORTS],
    "decisions": ["--dry-run --save-decisions d.toml", "--yes --decisions d.toml --save-decisions e.toml"],
    "stale decisions": ["--dry-run --save-decisions d.toml", "--yes", "--yes --decisions d.toml"],
    "low confidence": ["--yes --min-confidence low --format json --report r.html"],
    "two regions": ["--yes --region eu-west-1 --region us-east-1 --tag team=shop --kms-key-id alias/aws/ssm"],
    "named": ["--yes --name provider.environment.DB_PASSWORD=/db/password --only provider.environment.DB_PASSWORD"],
    "usage": ["--nonsense", "--dry-run --show-values", "--region nowhere", "--report r.csv", "verify --fix", "nowhere"],
    "no terminal": ["", "batch ."],
}
BATCH: Mapping[str, Steps] = {
    "dry run": ["batch repos --dry-run --diff", "batch repos --dry-run --format json --log-format json"],
    "dry run reports": ["batch repos --dry-run " + " ".join(_REPORTS)],
    "unattended": ["batch repos --yes --put-rate 1000", "batch repos --yes --format json"],
    "unattended reports": ["batch repos --yes --put-rate 1000 --log-format json " + " ".join(_REPORTS)],
    "commit": ["batch repos --yes --put-rate 1000 --commit --report r.json", "report merge r.json r.json -o m.html"],
    "branch": ["batch repos --yes --put-rate 1000 --branch secrets", "batch repos --yes --branch secrets"],
    "worktree": ["batch repos --yes --put-rate 1000 --branch secrets --worktree --report r.html"],
    "shared decisions": [
        "batch repos --dry-run --shared-template /shared/{key} --save-decisions d.toml",
        "batch repos --decisions d.toml --put-rate 1000",
    ],
}


_QUICK = ("help", "scan sarif", "dry run reports", "unattended json", "decisions", "commit", "quoted back as the code")


def _rows(table: Mapping[str, Any], *, quick: bool = False) -> list[Any]:
    """The rows of a table as parameters; those that are not `quick` are left to the whole sweep."""
    return [
        pytest.param(row, id=name, marks=() if quick or name in _QUICK else pytest.mark.slow)
        for name, row in table.items()
    ]


@pytest.mark.parametrize("steps", _rows(SINGLE))
def test_no_command_shows_a_secret(shop: Path, slsmigrate: Program, search: Search, steps: Steps) -> None:
    for step in steps:
        ran = slsmigrate(*step.split())
        assert search.leaks(places(shop, ran)) == []
        assert "Traceback" not in ran.err
        assert "internal error" not in ran.err


def test_rewriting_references_shows_no_secret(shop: Path, slsmigrate: Program, search: Search) -> None:
    write(shop, dict(leaks.project(copies=False)))
    for step in ("--yes --framework 2", "verify --framework 3", "verify --framework 3 --fix --yes --format json"):
        assert search.leaks(places(shop, slsmigrate(*step.split()))) == []


@pytest.mark.parametrize("steps", _rows(BATCH))
def test_no_batch_shows_a_secret(shops: Path, slsmigrate: Program, search: Search, steps: Steps) -> None:
    before = {name: leaks.objects(shops / "repos" / name) for name in ("shop", "depot")}
    for step in steps:
        ran = slsmigrate(*step.split())
        assert ran.code in (0, 1, 10)
        assert search.leaks(places(shops, ran)) == []
        assert "internal error, " not in ran.err + ran.out
    for name, known in before.items():
        made = {key: value for key, value in leaks.objects(shops / "repos" / name).items() if key not in known}
        assert search.leaks({f"object {key}": value for key, value in made.items()}, but=LEFT_IN_FILES) == []


# What the service's files still hold when all that is surely safe was moved: copies in comments and beside.
LEFT_IN_FILES = ("plain", "double-quoted", "single-quoted", "in JSON", "in a comment", "a key")


# ── every fault ───────────────────────────────────────────────────────────────────────────────


def echoes(code: str = "ValidationException") -> Effect:
    """Answers with an error that quotes the whole request."""
    return lambda call, serve: refuse(code, f"1 validation error: {call.asked}".replace('"', "'"))(call, serve)


def echoes_as_code(call: Call, serve: Serve) -> Answer:
    """Answers with an error whose very code is the value."""
    return refuse(str(call.asked.get("Value", "Odd")))(call, serve)


def read_back_as(**changes: str | None) -> Effect:
    """The parameters come back other than they were put; None takes a field away."""

    def change(body: dict[str, Any]) -> None:
        for each in body["Parameters"]:
            each.update(changes)
            for name in [name for name, value in each.items() if value is None]:
                del each[name]

    return altered(change)


FAULTS: Mapping[str, Callable[[StubStore], object]] = {
    "denied puts": lambda stub: stub.fault("PutParameter", deny("ssm:PutParameter")),
    "denied reads": lambda stub: stub.fault("GetParameters", deny("ssm:GetParameters")),
    "denied decryption": lambda stub: stub.fault("GetParameters", deny("kms:Decrypt"), after=1),
    "denied identity": lambda stub: stub.fault("GetCallerIdentity", deny("sts:GetCallerIdentity")),
    "throttled": lambda stub: stub.fault("PutParameter", refuse("ThrottlingException", "Rate exceeded")),
    "too many updates": lambda stub: stub.fault("PutParameter", refuse("TooManyUpdates")),
    "expired": lambda stub: stub.fault("PutParameter", refuse("ExpiredTokenException", "expired"), after=2),
    "conflict": lambda stub: stub.seed("/shop/db-password", STORED),
    "another type": lambda stub: stub.seed("/shop/db-password", STORED, kind="String"),
    "lost reply": lambda stub: stub.fault("PutParameter", lose_reply),
    "cut short": lambda stub: stub.fault("GetParameters", cut_short),
    "broken": lambda stub: stub.fault("PutParameter", refuse("InternalServerError", status=500)),
    "limit": lambda stub: stub.fault("PutParameter", refuse("ParameterLimitExceeded"), after=1),
    "quoted back": lambda stub: stub.fault("PutParameter", echoes()),
    "quoted back, unknown code": lambda stub: stub.fault("PutParameter", echoes("SomethingNew")),
    "quoted back as the code": lambda stub: stub.fault("PutParameter", echoes_as_code),
    "read back different": lambda stub: stub.fault("GetParameters", read_back_as(Value=STORED), after=1),
    "read back as String": lambda stub: stub.fault("GetParameters", read_back_as(Type="String"), after=1),
    "read back not decrypted": lambda stub: stub.fault("GetParameters", read_back_as(Value=None), after=1),
}
UNDER_FAULT = (
    "--yes --report r.html --save-decisions d.toml",
    "--yes --format json --report r.json",
    "batch repos --yes --put-rate 1000 --commit --format json --report r.html --report r.sarif",
    "verify --format json",
)


@pytest.mark.parametrize("fault", _rows({name: name for name in FAULTS}))
def test_no_fault_of_the_store_shows_a_secret(
    shops: Path,
    slsmigrate: Program,
    search: Search,
    stub: StubStore,
    hurried: None,
    errors: list[SlsMigrateError],
    fault: str,
) -> None:
    FAULTS[fault](stub)
    codes = []
    for words in UNDER_FAULT:
        ran = slsmigrate(*words.split())
        codes.append(ran.code)
        assert search.leaks(places(shops, ran)) == []
        assert "internal error, " not in ran.err + ran.out
    assert search.leaks({f"error {number}": chain(error) for number, error in enumerate(errors)}) == []
    assert any(codes) or fault == "denied identity"  # which a store on this very machine does not need


@pytest.mark.slow
def test_unreachable_store_shows_no_secret(
    shops: Path, slsmigrate: Program, search: Search, monkeypatch: pytest.MonkeyPatch, hurried: None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:pass@127.0.0.1:1")
    for words in UNDER_FAULT:
        ran = slsmigrate(*words.split())
        assert ran.code in (1, 0)
        assert search.leaks(places(shops, ran)) == []
        assert "user:pass" not in ran.out + ran.err


# ── bad input ─────────────────────────────────────────────────────────────────────────────────

_MANIFEST = leaks.project()["serverless.yml"]
BAD_INPUT: Mapping[str, Mapping[str, str | bytes]] = {
    "not UTF-8": {"serverless.yml": _MANIFEST.encode() + b"\xff\xfe"},
    "cut off": {"serverless.yml": _MANIFEST[: _MANIFEST.index(leaks.QUOTED[:4]) + 4]},
    "an open quote": {"serverless.yml": f'service: shop\nkey: "{PLAIN}\n'},
    "a tab": {"serverless.yml": f"service: shop\ncustom:\n\tkey: {PLAIN}\n"},
    "a bad tag": {"serverless.yml": f"service: shop\nkey: !<{PLAIN} {PLAIN}\n"},
    "a secret for a tag": {"serverless.yml": f"service: shop\nkey: !{PLAIN} {PLAIN}\n"},
    "an unknown alias": {"serverless.yml": f"service: shop\nkey: *{PLAIN}\n"},
    "two documents": {"serverless.yml": f"{_MANIFEST}---\n{_MANIFEST}"},
    "a NUL": {"serverless.yml": f"{_MANIFEST}\0"},
    "broken JSON": {"serverless.yml": _MANIFEST, "config.json": f'{{"clientSecret": "{JSON}", {PLAIN}}}'},
    "settings that are none": {".slsmigrate.toml": f"password = {PLAIN}\n"},
    "settings not UTF-8": {".slsmigrate.toml": f"password = '{PLAIN}'\n".encode() + b"\xff"},
    "settings with a secret": {".slsmigrate.toml": f"min-confidence = '{PLAIN}'\nprofile = '{KEY[40:60]}'\n"},
    "a baseline not UTF-8": {".secrets.baseline": PLAIN.encode() + b"\xff", "serverless.yml": _MANIFEST},
    "decisions that are none": {"d.toml": f"version = 1\npassword = {PLAIN}\n"},
    "decisions not UTF-8": {"d.toml": f"version = 1\npassword = '{PLAIN}'\n".encode() + b"\xff"},
    "decisions with a secret": {"d.toml": f"version = 1\n[[finding]]\nfile = 'x'\ndecision = '{PLAIN}'\n"},
    "a package file": {"package.json": f'{{"dependencies": {{"serverless": "{PLAIN}"}}}}', "serverless.yml": _MANIFEST},
    "a batch report": {"r.json": f'{{"version": 1, "kind": "{PLAIN}"}}'},
}


@pytest.mark.parametrize("files", _rows(BAD_INPUT, quick=True))
def test_no_invalid_input_shows_a_secret(
    shop: Path, slsmigrate: Program, search: Search, errors: list[SlsMigrateError], files: Mapping[str, str | bytes]
) -> None:
    write(shop, dict(files))
    for words in ("--dry-run", "scan --format json", "--yes --decisions d.toml", "report merge r.json -o m.json"):
        ran = slsmigrate(*words.split())
        said = {name: text for name, text in places(shop, ran).items() if not name.endswith(tuple(files))}
        assert search.leaks(said) == []
        assert "internal error" not in ran.err
    assert search.leaks({f"error {number}": chain(error) for number, error in enumerate(errors)}) == []


def test_no_object_of_a_run_prints_a_secret(shops: Path, stub: StubStore, search: Search) -> None:
    given = {"format_": "text"}
    source, options = read_repository(Repository("shop", shops / "repos" / "shop", True), given)
    surveyed = survey(source, options, safe_only)
    assert surveyed is not None
    planned = surveyed.plan
    stores = {put.target: stub.open() for put in planned.puts}
    checked = check(planned, stores)
    summary = survey_one(RepositoryTask(source.repository, given, key=b"key", with_diffs=True))
    held = stub.open().get([put.parameter.name for put in planned.puts])
    everything = (source, surveyed, planned, planned.by_file, checked, summary, held, rewritten, stores, given)
    told = {f"{type(each).__name__} {number}": f"{each!r} {each}" for number, each in enumerate(everything)}
    assert len(planned.puts) == len(leaks.MOVED)
    assert search.leaks(told) == []


# ── a crash of our own ────────────────────────────────────────────────────────────────────────

CRASHING = (
    "scan",
    "--dry-run --report r.sarif",
    "--yes --format json --report r.html --save-decisions d.toml",
    "verify",
    "batch repos --yes --put-rate 1000 --jobs 1 --report r.html --commit",
    "batch repos --dry-run --diff --jobs 1 --report r.json --save-decisions d.toml",
)


def _crashes(
    shops: Path, slsmigrate: Program, search: Search, words: str, known: set[CodeType], every: int
) -> Iterator[list[Leak]]:
    """Runs a command again and again, each time with another function that raises, of those not `known` yet."""
    with called() as functions:
        slsmigrate(*words.split())
    new = [code for code in functions if code not in known]
    known.update(new)
    for code in new[::every]:
        write(shops, dict(leaks.project()))
        with crashing(code, ValueError(f"can't make sense of {PLAIN!r} and {KEY}")):
            ran = slsmigrate(*words.split())
        assert "Traceback" not in ran.err + ran.out, code
        yield search.leaks(places(shops, ran))


def test_internal_crash_of_a_scan_shows_no_secret(
    shops: Path, slsmigrate: Program, search: Search, hurried: None
) -> None:
    assert [leak for found in _crashes(shops, slsmigrate, search, "scan", set(), every=30) for leak in found] == []


@pytest.mark.slow
def test_no_internal_crash_shows_a_secret(shops: Path, slsmigrate: Program, search: Search, hurried: None) -> None:
    known: set[CodeType] = set()
    ran = [found for words in CRASHING for found in _crashes(shops, slsmigrate, search, words, known, every=8)]
    assert len(ran) > 70
    assert [leak for found in ran for leak in found] == []

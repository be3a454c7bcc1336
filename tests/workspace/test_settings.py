from pathlib import Path

import pytest

from migrate.files.toml import toml_string
from migrate.model import Confidence, SlsMigrateError, UsageError
from migrate.model.keypath import KeyPath
from migrate.workspace.settings import EMPTY, add_entries, allow_entry, read_baseline, read_settings, team_settings

GOOD = """\
min-confidence = "low"
path-template = "/team/{service}/{key}"
region = ["eu-west-1"]

[[allow]]
file = "serverless.yml"
key-path = "provider.environment.*"
reason = "a test value"

[[rule]]
id = "acme-badge"
key = "badge"
confidence = "high"
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / ".slsmigrate.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_missing_settings_file_gives_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / ".slsmigrate.toml") is EMPTY


def test_options_allow_entries_and_custom_rules_are_read(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, GOOD))
    assert dict(found.options) == {
        "min-confidence": "low",
        "path-template": "/team/{service}/{key}",
        "region": ["eu-west-1"],
    }
    (allow,) = found.detection.allow
    assert allow.key_path is not None
    assert allow.key_path.matches(KeyPath.parse("provider.environment.X"))
    (rule,) = found.detection.own_rules
    assert (rule.id, rule.confidence) == ("acme-badge", Confidence.HIGH)


BAD = """\
min-confidence = "very"
nonsense = 1
region = "eu-west-1"
path-template = "/{nope}/x"

[[allow]]
file = 3

[[rule]]
key = "("
colour = "red"

[[allow]]
"""


def test_all_faults_are_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    file = written(tmp_path, BAD)
    with pytest.raises(UsageError) as caught:
        read_settings(file)
    said = caught.value.message.replace(str(file), "F").split("\n")
    assert sorted(line.split(": ")[0] for line in said) == [
        "F:1",
        "F:10",
        "F:11",
        "F:13",
        "F:2",
        "F:3",
        "F:4",
        "F:7",
        "F:9",
    ]
    assert "F:2: there is no setting nonsense" in said
    assert "F:9: [[rule]] needs id" in said
    assert "F:13: [[allow]] needs file or key-path or rule" in said
    assert any("must be one of high, medium, low" in line for line in said)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "is not TOML"),
        (b"\xff\xfe", "can't be read"),
        ("allow = 3\n", "written [[allow]]"),
        ("[rule]\nid = 'x'\n", "written [[rule]]"),
    ],
)
def test_malformed_settings_file_is_refused_with_its_place(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert message in str(caught.value)
    assert ".slsmigrate.toml" in str(caught.value)


@pytest.mark.parametrize("before", ["", GOOD, GOOD.rstrip("\n"), "# only a comment\r\n"])
def test_entries_are_added_and_the_rest_of_the_file_is_kept(tmp_path: Path, before: str) -> None:
    file = written(tmp_path, before) if before else tmp_path / ".slsmigrate.toml"
    add_entries(file, (allow_entry("a/b.yml", 'custom["x.y"]', "password-key"),))
    assert file.read_bytes().startswith(before.encode())
    added = read_settings(file).detection.allow[-1]
    assert added.file == "a/b.yml"
    assert added.key_path is not None
    assert added.key_path.matches(KeyPath(("custom", "x.y")))
    assert added.rule == "password-key"


def test_baseline_of_detect_secrets_is_read_as_places(tmp_path: Path) -> None:
    file = tmp_path / ".secrets.baseline"
    assert read_baseline(file) == frozenset()
    file.write_text('{"results": {"a/serverless.yml": [{"line_number": 7, "type": "x"}], "b.yml": []}}')
    assert read_baseline(file) == {("a/serverless.yml", 7)}
    file.write_text('{"results": 3}')
    with pytest.raises(UsageError, match="not a baseline"):
        read_baseline(file)


def test_unwritable_settings_file_raises_an_error(tmp_path: Path) -> None:
    (tmp_path / ".slsmigrate.toml").mkdir()
    with pytest.raises(SlsMigrateError, match="can't be written"):
        add_entries(tmp_path / ".slsmigrate.toml", ("x",))


@pytest.mark.parametrize("text", ["plain", 'q"uo\\te', "new\nline\x7f", "ü🙂"])
def test_any_text_round_trips_through_toml(text: str, tmp_path: Path) -> None:
    file = written(tmp_path, f"[[allow]]\nfile = {toml_string(text)}\n")
    assert read_settings(file).detection.allow[0].file == text


def test_team_options_are_read_from_the_repository_root(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    (tmp_path / "services" / "a").mkdir(parents=True)
    assert team_settings([Path("services/a")], tmp_path).options == {}
    (tmp_path / ".git").mkdir()
    assert team_settings([Path("services/a")], tmp_path).options["min-confidence"] == "low"


def test_outside_git_team_options_are_read_from_the_given_directory(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    (tmp_path / "serverless.yml").write_text("service: s\n")
    assert team_settings([Path()], tmp_path).options["min-confidence"] == "low"
    assert team_settings([Path("serverless.yml")], tmp_path).options["min-confidence"] == "low"
    assert team_settings([], tmp_path).options["min-confidence"] == "low"


def test_repository_says_nothing_about_another_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / ".git").mkdir(parents=True)
    written(tmp_path / "a", GOOD)
    with pytest.raises(UsageError, match="several repositories"):
        team_settings([Path("a"), Path("b")], tmp_path)
    assert team_settings([Path("a"), Path("a/x")], tmp_path).options["min-confidence"] == "low"


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("name", [".slsmigrate.toml", ".secrets.baseline"])
def test_settings_that_link_outside_the_repository_are_refused_and_not_opened(
    tmp_path: Path, name: str, is_there: bool
) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / name).symlink_to("../private.json")
    if is_there:
        (tmp_path / "private.json").write_text('hidden-key = "x"\n')
    read = read_settings if name == ".slsmigrate.toml" else read_baseline
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "repo" / name)
    assert caught.value.message == "leads out of the repository and is not read"


def test_settings_that_link_within_the_repository_are_read(tmp_path: Path) -> None:
    (tmp_path / "conf.toml").write_text('min-confidence = "low"\n')
    (tmp_path / ".slsmigrate.toml").symlink_to("conf.toml")
    assert read_settings(tmp_path / ".slsmigrate.toml").options["min-confidence"] == "low"


def test_adding_entries_refuses_a_link_out_of_the_directory(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text("# theirs\n")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / ".slsmigrate.toml").symlink_to(outside)
    with pytest.raises(SlsMigrateError):
        add_entries(tmp_path / "repo" / ".slsmigrate.toml", ("x",))
    assert outside.read_text() == "# theirs\n"

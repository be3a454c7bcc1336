import ast
import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

import migrate
from migrate.framework import releases
from migrate.framework.releases import MARKS, RELEASES, WORDS, Release, Treatment, early_positions, joint_label

PACKAGE = Path(migrate.__file__).parent
TABLE = PACKAGE / "framework" / "releases.py"


def test_table_has_one_row_for_every_release() -> None:
    assert set(RELEASES) == set(Release)
    assert all(row.release == word for word, row in RELEASES.items())


def test_releases_have_unique_shortcuts_and_labels() -> None:
    assert len({row.shortcut for row in RELEASES.values()} - {"u"}) == len(RELEASES)  # u is for unknown
    assert len({row.label for row in RELEASES.values()}) == len(RELEASES)


def test_every_mark_is_evidence_for_a_release() -> None:
    for mark in MARKS:
        assert any(mark in row.marks for row in RELEASES.values()), mark.words
    assert all(mark in MARKS for row in RELEASES.values() for mark in row.marks)


def test_release_words_are_plain_strings_in_a_fixed_order() -> None:
    assert WORDS[0] == "auto"
    assert list(WORDS[1:]) == sorted(row.release.value for row in RELEASES.values())
    assert {type(word) for word in WORDS} == {str}


@pytest.mark.parametrize(
    ("release", "majors", "label"),
    [
        ((Release.SERVERLESS_1, Release.SERVERLESS_2), (1, 2), "Serverless 1 or 2"),
        ((Release.SERVERLESS_4, Release.SERVERLESS_3), (), "Serverless 3 or 4"),
        ((Release.SERVERLESS_1, Release.SERVERLESS_3, Release.SERVERLESS_4), (), "Serverless 1, 3 or 4"),
        ((Release.OSLS,), (3, 4), "osls 3 or 4"),
        ((Release.OSLS,), (4,), "osls 4"),
        ((Release.OSLS,), (), "osls"),
        ((), (), ""),
    ],
)
def test_several_releases_share_a_joint_label(
    release: tuple[Release, ...], majors: tuple[int, ...], label: str
) -> None:
    assert joint_label(release, majors) == label


def test_versions_with_their_own_label_may_differ_from_their_release() -> None:
    osls = RELEASES[Release.OSLS]
    assert osls.treatment_of("osls 3") is Treatment.IGNORES
    assert osls.treatment_of("osls 4") is Treatment.REFUSES
    assert osls.treatment_of("osls 3 or 4") is Treatment.REFUSES


def test_early_positions_include_those_of_all_releases() -> None:
    assert {str(path) for path in early_positions()} >= {"service", "provider.region", "provider.credentials"}


def test_of_two_releases_of_a_package_the_later_one_is_held_to_all_rules_of_the_earlier_one() -> None:
    """Evidence for both is taken for the later one."""
    for earlier, later in combinations(RELEASES.values(), 2):
        if (earlier.package, earlier.family) == (later.package, later.family):
            assert later.mangles_dollars >= earlier.mangles_dollars
            assert later.takes_region_first_only >= earlier.takes_region_first_only
            assert set(later.dialects) >= set(earlier.dialects)


def strings_of(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize(
    "file", [pytest.param(file, id=str(file.relative_to(PACKAGE))) for file in sorted(PACKAGE.rglob("*.py"))]
)
def test_no_other_module_names_a_release(file: Path) -> None:
    named = strings_of(file) & {word.value for word in Release}
    labels = {row.label for row in RELEASES.values()}
    assert file == TABLE or not named | (strings_of(file) & labels)


MADE_UP = """\
        ReleaseTraits(
            Release.MADE_UP,
            Family.MODERN,
            "Serverless 7",
            shortcut="7",
            majors=(7,),
            dialects=(Dialect.JS_YAML_4_3,),
            variable_syntax=Treatment.REFUSES,
            marks=(_BRACKETS, _SLS_STAGE),
            early_positions=("custom.early",),
            knows_sls=True,
        ),
    )
}
"""
USE = """\
from pathlib import Path
from migrate.framework import detection, jsyaml, packages, releases
from migrate.framework.reference import syntax_for
from migrate.terminal import prompts
from migrate.framework.resolve import View
from migrate.text.manifest import read
from migrate.workspace import settings_table
word = "made-up"
manifest = read(Path("/none/serverless.yml"), b"service: shop\\nframeworkVersion: '7'\\n")
framework = detection.detect_framework(View(manifest), None)
print(framework.release, framework.label, framework.family)
print(detection.explicit_framework(word).label, jsyaml.resolve("0o17", word).deployed)
print(*next(row for row in prompts._FRAMEWORKS if row[0] == word))
print(settings_table.OPTIONS["framework"].check(word), [str(path) for path in releases.early_positions()][-1])
try:
    syntax_for(framework, "x")
except Exception as error:
    print(error)
"""


def test_new_release_row_needs_no_change_in_another_file(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "migrate")
    table = TABLE.read_text(encoding="utf-8")
    table = table.replace('    OSLS = "osls"\n', '    OSLS = "osls"\n    MADE_UP = "made-up"\n', 1)
    table = table.replace("    )\n}\n", MADE_UP, 1)
    (tmp_path / "migrate" / "framework" / "releases.py").write_text(table, encoding="utf-8")
    run = [sys.executable, "-c"]
    done = subprocess.run([*run, USE], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "made-up Serverless 7 modern",
        "Serverless 7 15",
        "made-up 7 Serverless 7",
        "None custom.early",
        "Serverless 7 refuses a manifest that sets variableSyntax",
    ]
    code = "from migrate.commands import cli; cli.main(['--framework', 'none'])"
    refused = subprocess.run([*run, code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "made-up" in refused.stderr


def test_release_table_is_imported_without_heavy_modules() -> None:
    code = "import sys; import migrate.framework.releases; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"nodesemver", "ruamel", "migrate.framework.jsyaml"} & set(done.stdout.split())
    assert releases.SERVERLESS in releases.PACKAGES

"""What deploys a file is read from whatever files the framework reads it from, and from no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.framework.deployment import Deployment
from migrate.workspace.loading import LoadRequest, load
from tests.support.program import write

SECRET = "  environment:\n    DB_PASSWORD: hK8-lantern-42-Qz\n"


def deployed(root: Path, *paths: str, name: str = "serverless.yml") -> Deployment:
    (root / ".git").mkdir(exist_ok=True)
    request = LoadRequest([Path(path) for path in paths or (".",)], root)
    return load(request).deployments[root / name]


IN_FILE = "environment:\n  DB_PASSWORD: hK8-lantern-42-Qz\n"
PROVIDER = f"name: aws\nregion: ${{self:custom.region.${{opt:stage, 'dev'}}}}\n{IN_FILE}"


def test_provider_in_an_included_file_sets_the_region(tmp_path: Path) -> None:
    text = "service: shop\nprovider: ${file(./provider.yml)}\ncustom: ${file(custom.yml)}\n"
    files: dict[str, str | bytes] = {
        "serverless.yml": text,
        "provider.yml": PROVIDER,
        "custom.yml": "region: ${file(conf/regions.yml)}\n",
        "conf/regions.yml": "dev: eu-west-1\nprod: eu-west-1\n",
    }
    write(tmp_path, files)
    found = deployed(tmp_path, name="provider.yml")
    assert (found.service, found.regions, found.refusal) == ("shop", ("eu-west-1",), "")
    assert deployed(tmp_path, "provider.yml", name="provider.yml").regions == ("eu-west-1",)


def test_service_of_another_file_does_not_name_parameters(tmp_path: Path) -> None:
    text = "service: ${file(names.yml):service}\nprovider: ${file(p.yml)}\n"
    write(tmp_path, {"shop/serverless.yml": text, "shop/p.yml": PROVIDER, "shop/names.yml": "service: other\n"})
    assert deployed(tmp_path / "shop", name="p.yml").service == "shop"


def test_provider_other_than_aws_in_an_included_file_is_refused(tmp_path: Path) -> None:
    text = "service: shop\nprovider: ${file(p.yml)}\n"
    write(tmp_path, {"serverless.yml": text, "p.yml": f"name: google\n{IN_FILE}"})
    assert "the provider is google" in deployed(tmp_path, name="p.yml").refusal


@pytest.mark.parametrize("path", ["../outside.yml", "~/outside.yml", "link.yml", "up/outside.yml", "/outside.yml"])
def test_region_from_outside_the_repository_is_unknown_whether_it_is_there_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "repository"
    root.mkdir()
    write(root, {"serverless.yml": f"service: shop\nprovider:\n  region: ${{file({path}):r, 'eu-west-1'}}\n{SECRET}"})
    (root / "link.yml").symlink_to("../outside.yml")
    (root / "up").symlink_to("..")
    assert deployed(root).regions == ()
    write(tmp_path, {"outside.yml": "r: eu-west-1\n"})
    assert deployed(root).regions == ()


@pytest.mark.parametrize("path", ["../outside.yml", "broken.yml", "region.js", "region.txt"])
def test_unread_file_leaves_the_region_unknown(tmp_path: Path, path: str) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    write(root, {"serverless.yml": f"service: shop\nprovider:\n  region: ${{file({path}):r, 'eu-west-1'}}\n{SECRET}"})
    write(root, {"broken.yml": "r: [\n", "region.js": "r\n", "region.txt": "eu-west-1\n"})
    write(tmp_path, {"outside.yml": "r: eu-west-1\n"})
    assert deployed(root).regions == ()


def test_missing_file_leaves_the_fallback(tmp_path: Path) -> None:
    text = f"service: shop\nprovider:\n  region: ${{file(gone.yml):r, 'eu-west-1'}}\n{SECRET}"
    write(tmp_path, {"serverless.yml": text})
    assert deployed(tmp_path).regions == ("eu-west-1",)


def test_service_behind_a_merge_is_found(tmp_path: Path) -> None:
    write(tmp_path, {"serverless.yml": f"x: &x {{service: shop}}\n<<: *x\nprovider:\n  name: aws\n{SECRET}"})
    (tmp_path / ".git").mkdir()
    workspace = load(LoadRequest([Path()], tmp_path))
    assert workspace.deployments[tmp_path / "serverless.yml"].service == "shop"
    assert not [problem for problem in workspace.problems if "names no service" in problem.message]

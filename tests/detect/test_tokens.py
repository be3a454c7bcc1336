"""Tokens known by shape, their checksums, and the recipes of examples."""

from __future__ import annotations

import re
from base64 import b64encode
from re import _parser  # type: ignore[attr-defined]

import pytest

from migrate.detect import checks, shapes
from migrate.detect.samples import build
from migrate.detect.shapes import Shape
from migrate.detect.tokens import SHAPES, SHORTEST, may_spread, present
from migrate.model import Confidence, Kind
from migrate.model.lazy_pattern import LazyPattern
from tests.detect.test_engine import environment, only


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.id)
def test_token_is_found_by_shape_alone_and_inside_a_text(shape: Shape) -> None:
    for seed in range(4):
        token = build(shape.recipe, seed)
        for text in (token, f'x "{token}" y'):
            found = [(known.id, holds) for known, _, holds in shapes.find(text, present(text))]
            assert (shape.id, True) in found


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.id)
def test_token_example_contains_one_of_its_anchors(shape: Shape) -> None:
    assert any(anchor in build(shape.recipe) for anchor in shape.anchors.split())


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if not may_spread(shape)], ids=lambda shape: shape.id)
def test_token_pattern_is_no_shorter_than_the_shortest_scanned_run(shape: Shape) -> None:
    assert _parser.parse(shape.pattern).getwidth()[0] >= SHORTEST
    assert "[^" not in shape.pattern


def test_wrong_checksum_lowers_confidence_of_a_token() -> None:
    good = only("custom:\n  thing: ghp_{crc:36}\n")
    bad = only("custom:\n  thing: ghp_{base62:36}\n")
    assert (good.rule.id, good.confidence) == ("github-token", Confidence.HIGH)
    assert (bad.rule.id, bad.confidence) == ("github-token", Confidence.MEDIUM)
    assert "its checksum does not fit" in bad.reason


def test_token_inside_a_text_is_a_part() -> None:
    finding = only("custom:\n  thing: 'see ghp_{crc:36} there'\n")
    assert finding.part is not None
    assert finding.secret.reveal().startswith("ghp_")


def test_name_that_means_public_lowers_confidence_of_a_token() -> None:
    assert only(environment("STAGE: AIza{base62:35}")).confidence is Confidence.HIGH
    assert only(environment("PUBLIC_THING: AIza{base62:35}")).confidence is Confidence.MEDIUM


def test_public_jwt_has_medium_confidence() -> None:
    parts = ['{"alg":"HS256"}', '{"role":"anon"}', "signature-of-many-bytes"]
    token = ".".join(b64encode(part.encode()).decode().rstrip("=") for part in parts)
    assert checks.is_jwt(token)
    assert checks.is_public_jwt(token)
    assert only(f"custom:\n  thing: {token}\n").confidence is Confidence.MEDIUM
    assert not checks.is_public_jwt(build("{jwt:0}"))


def test_github_checksum_follows_its_documentation() -> None:
    assert checks.base62(0, 6) == "000000"
    assert checks.base62(61, 1) == "z"
    assert checks.base62(62, 2) == "10"
    assert checks.has_github_checksum(build("ghp_{crc:36}"))
    assert not checks.has_github_checksum(build("ghp_{base62:36}"))


def test_jwt_requires_a_header_with_an_algorithm() -> None:
    assert checks.is_jwt(build("{jwt:0}"))
    assert not checks.is_jwt("eyJhYmMiOjF9.eyJhYmMiOjF9.abc")
    assert not checks.is_jwt("!!!.x.y")


def test_pem_requires_content_below_its_first_line() -> None:
    first = "-----BEGIN PRIVATE" + " KEY-----"
    assert checks.is_pem(build("{pem:0}"))
    assert checks.is_pem(build("{pem:0}").replace("\n", "\\n"))
    assert checks.is_pem(build("{pem:0}").replace("\n", " "))
    assert checks.is_pem(first + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n" + "A" * 64)
    assert not checks.is_pem(first + "\n...\n")
    assert checks.is_pem_base64(build("{pem64:0}"))
    assert not checks.is_pem_base64(b64encode(b"-----BEGIN CERTIFICATE-----").decode())


def test_base64_of_user_and_password_is_recognized() -> None:
    assert checks.is_user_and_password(build("{basic:0}"))
    assert not checks.is_user_and_password(b64encode(b"nothing").decode())
    assert not checks.is_user_and_password("é")


def test_discord_token_begins_with_an_encoded_number() -> None:
    assert checks.is_discord(b64encode(b"123456789012345678").decode() + ".a.b")
    assert not checks.is_discord("MXYZ.a.b")


@pytest.mark.parametrize(
    "field", ["base62", "hex", "uuid", "crc", "pem", "pem64", "jwt", "basic", "snowflake", "digits", "symbols"]
)
def test_recipe_gives_equal_text_for_equal_seeds(field: str) -> None:
    recipe = f"x-{{{field}:36}}"
    assert build(recipe) == build(recipe)
    assert build(recipe) != build(recipe, 1)
    assert "{" not in build(recipe)


def test_recipe_without_fields_is_literal_text() -> None:
    assert build("a {b} ${c:d}") == "a {b} ${c:d}"


def test_expression_is_compiled_on_its_first_use() -> None:
    lazy = LazyPattern("A(.)", re.IGNORECASE)
    assert "search" not in vars(lazy)
    assert lazy.findall("ab") == ["b"]
    assert "search" in vars(lazy)
    with pytest.raises(AttributeError):
        _ = lazy.nothing


def test_token_shapes_cover_every_kind() -> None:
    assert {shape.kind for shape in SHAPES} >= {Kind.TOKEN, Kind.API_KEY, Kind.WEBHOOK, Kind.PRIVATE_KEY, Kind.OTHER}

import html
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from migrate.masking.masked_text import masked, masked_after
from migrate.model import MASK, Accept, Finding, Form, Skip
from migrate.plan.naming import ParameterOptions
from migrate.plan.planning import plan
from migrate.plan.questions import questions
from tests.support.build import deployments, finding, manifest


def test_masking_keeps_quotes_anchors_and_comments() -> None:
    text = "a: &x \"hunter2\"  # old\nb: 'it''s'\nc: plain one\n"
    read = manifest(text)
    found = [finding(read, path) for path in ("a", "b", "c")]
    assert masked(read, found) == f"a: &x \"{MASK}\"  # old\nb: '{MASK}'\nc: {MASK}\n"


def test_block_scalar_is_masked_line_by_line() -> None:
    read = manifest("key: |-   # pem\n    -----BEGIN\n\n    abc\nnext: 1\n")
    assert masked(read, [finding(read, "key")]) == f"key: |-   # pem\n    {MASK}\n\n    {MASK}\nnext: 1\n"


def test_only_the_secret_part_is_masked() -> None:
    read = manifest("url: postgres://app:hunter2@${self:x}/db\nq: 'a''b:s3cret'\n")
    found = [finding(read, "url", "hunter2"), finding(read, "q", "s3cret")]
    assert masked(read, found) == f"url: postgres://app:{MASK}@${{self:x}}/db\nq: 'a''b:{MASK}'\n"


def test_part_with_escapes_is_masked_whole() -> None:
    read = manifest('url: "a:\\u0068unter2@b"\n')
    shown = masked(read, [finding(read, "url", "hunter2")])
    assert shown == f'url: "a:{MASK}@b"\n'


def test_copy_of_the_secret_in_a_comment_is_masked() -> None:
    read = manifest("# was hunter2\na: hunter2 # hunter2!\n")
    assert masked(read, [finding(read, "a")]) == f"# was {MASK}\na: {MASK} # {MASK}!\n"


ELSEWHERE = {
    "a scalar": ('"see h\\u00fcnt\\x22r2 now"', f'"see {MASK} now"'),
    "a key": ('{"h\\xfcnt\\"r2": 1}', f'{{"{MASK}": 1}}'),
    "a comment": ('x # as {"k": "h\\U000000fcnt\\"r2"}', f'x # as {{"k": "{MASK}"}}'),
    "two lines, escaped": ('"h\\xfcn\\\n    t\\"r2"', f'"{MASK}\n    {MASK}"'),
}


@pytest.mark.parametrize(("written", "shown"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_copy_of_the_secret_that_is_written_with_escapes_is_masked(written: str, shown: str) -> None:
    read = manifest(f"a: 'hünt\"r2'\nb: {written}\n")
    assert masked(read, [finding(read, "a")]) == f"a: '{MASK}'\nb: {shown}\n"


ODD = "hu/nter2Zx9+Qp>LmKvv&é="
ENCODED = {
    "in a URL": quote(ODD, safe=""),
    "in a URL's path": quote(ODD),
    "in a URL, small letters": quote(ODD, safe="")
    .lower()
    .replace("zx9", "Zx9")
    .replace("qp", "Qp")
    .replace("lmkvv", "LmKvv"),
    "twice in a URL": quote(quote(ODD, safe=""), safe=""),
    "in a URL, all of it": "".join(f"%{byte:02X}" for byte in ODD.encode()),
    "in a URL, some letters too": quote(ODD, safe="").replace("e", "%65").replace("m", "%6d"),
    "in HTML, in numbers": "".join(f"&#{ord(char)};" for char in ODD),
    "in HTML, some letters too": html.escape(ODD).replace("e", "&#x65;"),
    "in hex": ODD.encode().hex(),
    "in HTML": html.escape(ODD),
    "in base64": b64encode(ODD.encode()).decode(),
    "in base64 for URLs": urlsafe_b64encode(ODD.encode()).decode().rstrip("="),
    "in base64 behind one byte": b64encode(b":" + ODD.encode()).decode(),
    "in base64 behind a user": b64encode(b"admin:" + ODD.encode() + b"@h").decode(),
    "in base64 behind two bytes": b64encode(b"u:" + ODD.encode() + b"@").decode(),
}


@pytest.mark.parametrize("written", ENCODED.values(), ids=ENCODED)
def test_copy_of_the_secret_that_is_encoded_is_masked(written: str) -> None:
    read = manifest(f"a: '{ODD}'\nb: see {written} now\n")
    shown = masked(read, [finding(read, "a")])
    left = shown.partition("b: see ")[2].replace(MASK, "").removesuffix(" now\n")
    assert MASK in shown.partition("b: see ")[2]
    assert len(left) <= 12  # what base64 mixes with the bytes before and behind


@pytest.mark.parametrize("style", ["", ">\n    ", "'"])
def test_copy_of_the_secret_over_two_lines_is_masked_line_by_line(style: str) -> None:
    end = style if style == "'" else ""
    read = manifest(f"a: correct horse battery\nb: {style}as correct\n    horse battery is{end}\n")
    assert masked(read, [finding(read, "a")]) == f"a: {MASK}\nb: {style}as {MASK}\n    {MASK} is{end}\n"


def test_assignment_in_a_comment_is_masked_without_a_finding() -> None:
    read = manifest("a: 1\n# DB_PASSWORD: other\n  # token=abc def\n# see: the docs\n")
    assert masked(read, []) == f"a: 1\n# DB_PASSWORD: {MASK}\n  # token={MASK}\n# see: the docs\n"


def test_overlapping_findings_are_masked_once() -> None:
    read = manifest("url: postgres://app:hunter2@h/db\n")
    assert masked(read, [finding(read, "url", "hunter2"), finding(read, "url")]) == f"url: {MASK}\n"


def after(text: str, found: list[Finding], accept: set[str]) -> str:
    asked = questions(found, deployments(found), ParameterOptions())
    decided = [Accept(each.name) if str(each.findings[0].path) in accept else Skip() for each in asked]
    changes = [change for change in plan(asked, decided, ParameterOptions()).changes if change.writes]
    return masked_after(found[0].manifest, found, changes)


def test_unmoved_secret_stays_masked_after_the_change() -> None:
    text = "service: shop\na: hunter2\nb: 'other1'\n"
    read = manifest(text)
    found = [finding(read, "a"), finding(read, "b")]
    assert after(text, found, {"a"}) == f"service: shop\na: ${{ssm(raw):/shop/a}}\nb: '{MASK}'\n"


def test_moved_fallback_is_shown_as_a_reference_and_the_other_stays_masked() -> None:
    text = "service: shop\na: ${env:X, 'first'}-${env:Y, 'other'}\n"
    read = manifest(text)
    found = [finding(read, "a", "first", Form.FALLBACK), finding(read, "a", "other", Form.FALLBACK)]
    asked = questions(found, deployments(found), ParameterOptions())
    changes = [
        change for change in plan(asked, [Accept("/shop/a"), Skip()], ParameterOptions()).changes if change.writes
    ]
    assert masked_after(read, found, changes) == (
        f"service: shop\na: ${{env:X, ssm(raw):/shop/a}}-${{env:Y, '{MASK}'}}\n"
    )


def test_plain_word_secret_is_masked_in_comments() -> None:
    read = manifest("# old one was sun, pw=hunter3\ncustom:\n  dbPassword: sun   # sun is the prod one\n")
    assert masked(read, [finding(read, "custom.dbPassword")]) == (
        f"# old one was {MASK}, pw={MASK}\ncustom:\n  dbPassword: {MASK}   # {MASK} is the prod one\n"
    )


def test_secret_that_is_a_common_word_does_not_mask_the_word_elsewhere() -> None:
    text = "service: shop\ncustom:\n  dbSecret: postgres\n  engine: postgres\n"
    read = manifest(text)
    assert masked(read, [finding(read, "custom.dbSecret")]) == text.replace("dbSecret: postgres", f"dbSecret: {MASK}")


def test_reference_is_shown_even_if_it_contains_the_secret() -> None:
    text = "service: shop\ncustom:\n  apiSecret: api-secret\n"
    read = manifest(text)
    assert after(text, [finding(read, "custom.apiSecret")], {"custom.apiSecret"}).endswith(
        "apiSecret: ${ssm(raw):/shop/api-secret}\n"
    )

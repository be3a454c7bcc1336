"""`slsmigrate verify` against a real HTTP store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program, write
from tests.support.sample import slow
from tests.support.storestub import StubStore, deny, refuse
from tests.support.terminal import ENTER, Terminal

HEAD = 'service: shop\nframeworkVersion: "{}"\nprovider:\n  name: aws\n  environment:\n'


def service_of(version: str, *values: str) -> str:
    return HEAD.format(version) + "".join(f"    KEY_{number}: {value}\n" for number, value in enumerate(values))


@pytest.fixture
def verify(service: Path, slsmigrate: Program, stub: StubStore) -> Program:
    stub.seed("/shop/a", "hunter2hunter2")
    stub.seed("/shop/plain", "eu", kind="String")
    return slsmigrate


@pytest.mark.parametrize(
    ("version", "value", "fault"),
    [
        ("3", "${ssm(raw):/shop/a}", None),
        ("3", "${ssm:/shop/a}", None),
        ("3", "${ssm:/shop/plain}", None),
        ("2", "${ssm:/shop/a~true}", None),
        ("2", "${ssm:/shop/plain}", None),
        ("3", "${ssm:/shop/a~true}", "takes what follows ~ for a part of the name"),
        ("3", "${ssm(raw):/shop/none}", "there is no such parameter"),
        ("3", "${ssm(raw):/shop/plain}", "/shop/plain is no SecureString"),
        ("3", "${ssm(eu-west-1, raw):/shop/a}", "/shop/a in eu-west-1: there is no such parameter"),
        ("1.83.0", "${ssm:/shop/a}", "deploys the encrypted text"),
        ("2", "${ssm(raw):/shop/a}", "does not know brackets"),
        ("4", "${ssm(raw, us-east-1):/shop/a}", "ignores a region that is not the first"),
    ],
)
def test_reference_fault_is_reported_with_its_place(
    verify: Program, service: Path, version: str, value: str, fault: str | None
) -> None:
    write(service, {"serverless.yml": service_of(version, value)})
    ran = verify("verify")
    assert ran.code == (0 if fault is None else 1), ran
    if fault:
        assert "✗ serverless.yml:6  provider.environment.KEY_0" in ran.out
        assert fault in " ".join(ran.out.split())
        assert "hint: " in ran.out
    assert "hunter2" not in ran.out + ran.err


def test_failing_region_is_reported_only_on_its_references(verify: Program, service: Path, stub: StubStore) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm(raw):/shop/a}", "${ssm(eu-west-1, raw):/shop/a}")})
    stub.fault("GetParameters", refuse("ExpiredTokenException"), region="eu-west-1")
    ran = verify("verify", "--format", "json")
    good, bad = ran.json["references"]
    assert (ran.code, good["faults"]) == (1, [])
    assert "/shop/a in eu-west-1: ssm:GetParameters /shop/a: the credentials have expired" in bad["faults"][0]


def test_failing_store_is_reported_as_one_error(verify: Program, service: Path, stub: StubStore) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm(raw):/shop/a}", "${ssm(raw):/shop/b}")})
    stub.fault("GetParameters", refuse("ExpiredTokenException"))
    ran = verify("verify")
    assert ran.code == 1
    assert ran.err.count("error: ssm:GetParameters /shop/a and 1 more: the credentials have expired") == 1


def test_parameter_that_cannot_be_decrypted_is_reported(verify: Program, service: Path, stub: StubStore) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm(raw):/shop/a}")})
    stub.fault("GetParameters", deny("kms:Decrypt"))
    ran = verify("verify")
    assert ran.code == 1
    assert "kms:Decrypt" in ran.out + ran.err


def test_parameter_missing_in_one_region_is_reported(verify: Program, service: Path, stub: StubStore) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm(raw):/shop/a}")})
    assert verify("verify", "--region", "us-east-1").code == 0
    ran = verify("verify", "--region", "us-east-1", "--region", "us-west-2")
    assert ran.code == 1
    assert "/shop/a in us-west-2" in ran.out


def test_name_with_a_variable_is_listed_and_checked_for_given_stages(
    verify: Program, service: Path, stub: StubStore
) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm(raw):/shop/${sls:stage}/a}")})
    ran = verify("verify")
    assert ran.code == 0
    assert "not checked: its name contains a variable" in ran.out
    stub.seed("/shop/dev/a", "x")
    assert verify("verify", "--stage", "dev").code == 0
    assert verify("verify", "--stage", "dev", "--stage", "prod").code == 1


def test_unknown_framework_version_leaves_reference_syntax_unchecked(verify: Program, service: Path) -> None:
    write(service, {"serverless.yml": "service: s\ncustom:\n  a: ${ssm:/shop/a}\n"})
    ran = verify("verify")
    assert "pass --framework" in " ".join(ran.out.split())
    assert "0 good, 0 with faults, 1 not checked" in ran.out
    write(service, {"serverless.yml": "service: s\ncustom:\n  a: ${ssm:/shop/none}\n"})
    assert verify("verify").code == 1
    write(service, {"serverless.yml": "service: s\ncustom:\n  a: ${ssm:/shop/a}\n"})
    assert verify("verify", "--framework", "2").code == 1


def test_references_in_included_files_are_checked(verify: Program, service: Path) -> None:
    write(
        service,
        {
            "serverless.yml": service_of("3", "${file(./env.yml):x}"),
            "env.yml": "x: ${ssm:/shop/a~true}\n",
        },
    )
    assert "✗ env.yml:1  x" in verify("verify").out


def test_json_output_has_fix_line_and_faults(verify: Program, service: Path) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm:/shop/a~true}")})
    (only,) = verify("verify", "--format", "json").json["references"]
    assert only["fix"] == "ssm(raw):/shop/a"
    assert only["line"] == 6
    assert only["faults"]


def upgraded(stub: StubStore, version: str) -> tuple[str, str]:
    """A project with 20 references as Serverless 2 reads them, and as 3 does."""
    names = [f"/shop/key-{number}" for number in range(16)]
    for name in names:
        stub.seed(name, "hunter2hunter2")
        stub.seed(name, "hunter2hunter2", region="us-west-2")
    forms = [f"${{ssm:{name}~true}}" for name in names]
    forms += [
        "'a ${ssm:/shop/key-1~true} b'   # kept",
        '"${env:X, ssm:/shop/key-2~true}"',
        "${ssm.us-west-2:/shop/key-3~true}",
    ]
    forms += ["['${ssm:/shop/key-4~true}']"]
    before = service_of(version, *forms)
    after = before.replace("${ssm.us-west-2:/shop/key-3~true}", "${ssm(us-west-2, raw):/shop/key-3}")
    after = after.replace("ssm:", "ssm(raw):").replace("~true", "")
    return before, after


def test_fix_converts_version_2_references_to_version_3_and_keeps_other_bytes(
    verify: Program, service: Path, stub: StubStore
) -> None:
    before, after = upgraded(stub, "3")
    write(service, {"serverless.yml": before.replace("\n", "\r\n")})
    ran = verify("verify", "--fix", "--yes")
    assert ran.code == 0, ran
    assert (service / "serverless.yml").read_bytes() == after.replace("\n", "\r\n").encode()
    assert "20 references" in ran.out
    assert verify("verify").code == 0


def test_fix_rewrites_syntax_even_if_the_parameter_is_missing_and_reports_the_fault(
    verify: Program, service: Path
) -> None:
    text = service_of("3", "${ssm:/shop/none~true}", "${ssm:/shop/plain~true}")
    write(service, {"serverless.yml": text})
    ran = verify("verify", "--fix", "--yes")
    assert ran.code == 1
    assert "there is no such parameter" in ran.out
    assert (service / "serverless.yml").read_text() == text.replace("ssm:", "ssm(raw):").replace("~true", "")


@pytest.mark.parametrize(
    ("version", "value", "told"),
    [
        ("2", "${ssm:/shop/a~false}", "odd: Serverless 2 deploys the encrypted text, as ~false says"),
        ("3", "${ssm(noDecrypt):/shop/a}", "odd: Serverless 3 deploys the encrypted text, as noDecrypt says"),
        ("3", "${ssm(us-east-1, noDecrypt):/shop/a, 'x'}", "as noDecrypt says"),
        ("3", "${ssm:/shop/object}", "odd: Serverless 3 deploys an object"),
        ("3", "\\\\${ssm:/shop/a~true}", "odd: Serverless 3 takes the backslash for an escape"),
        ("3", "\\\\${ssm(raw):/shop/none}", "odd: Serverless 3 takes the backslash for an escape"),
        ("3", "\\\\${ssm(raw):/shop/${self:custom.x}}", "odd: Serverless 3 takes the backslash for an escape"),
    ],
)
def test_odd_reference_is_told_and_left_by_fix(
    verify: Program, service: Path, stub: StubStore, version: str, value: str, told: str
) -> None:
    stub.seed("/shop/object", '{"number": 1.10}')
    text = service_of(version, f'"{value}"')
    write(service, {"serverless.yml": text})
    ran = verify("verify", "--fix", "--yes")
    assert ran.code == 0, ran
    assert told in " ".join(ran.out.split())
    assert "1 reference: 0 good, 0 with faults, 1 odd." in ran.out
    assert (service / "serverless.yml").read_text() == text
    assert verify("verify", "--format", "json").json["references"][0]["odd"]


@pytest.mark.parametrize(
    ("version", "value"),
    [
        ("2", "${ssm:/shop/a}"),
        ("4", "${ssm(raw, us-east-1):/shop/a}"),
        ("3", "${ssm.us-east-1:/shop/a}"),
        ("3", "${ssm:/shop/a~split}"),
    ],
)
def test_fix_leaves_a_fault_whose_repair_could_deploy_another_value(
    verify: Program, service: Path, version: str, value: str
) -> None:
    text = service_of(version, value)
    write(service, {"serverless.yml": text})
    ran = verify("verify", "--fix", "--yes")
    assert ran.code == 1, ran
    assert (service / "serverless.yml").read_text() == text


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        ("3", "${ssm:/shop/a~false}", "${ssm(noDecrypt):/shop/a}"),
        ("2", "${ssm(noDecrypt):/shop/a}", "${ssm:/shop/a~false}"),
    ],
)
def test_fix_keeps_ciphertext_what_was_meant_as_ciphertext(
    verify: Program, service: Path, version: str, before: str, after: str
) -> None:
    write(service, {"serverless.yml": service_of(version, before)})
    assert verify("verify", "--fix", "--yes").code == 0
    assert (service / "serverless.yml").read_text() == service_of(version, after)


def test_fix_rewrites_each_reference_of_a_string_by_itself_and_leaves_comments(
    verify: Program, service: Path, stub: StubStore
) -> None:
    value = "'${ssm:/shop/a~true}-${ssm(noDecrypt):/shop/a}-${ssm:/shop/a~true, ''x''}' # ${ssm:/shop/a~true}"
    fixed = "'${ssm(raw):/shop/a}-${ssm(noDecrypt):/shop/a}-${ssm(raw):/shop/a, ''x''}' # ${ssm:/shop/a~true}"
    write(service, {"serverless.yml": service_of("3", value)})
    assert verify("verify", "--fix", "--yes").code == 0
    assert (service / "serverless.yml").read_text() == service_of("3", fixed)


def test_version_suffix_is_not_part_of_the_parameter_name(verify: Program, service: Path) -> None:
    write(service, {"serverless.yml": service_of("2", "${ssm:/shop/a:1~true}")})
    assert verify("verify").code == 0


def test_variable_in_custom_delimiters_is_not_taken_for_a_name(verify: Program, service: Path) -> None:
    syntax = "service: s\nprovider:\n  name: aws\n  variableSyntax: '\\$<([ ~:a-z/.,$<]+?)>'\n"
    write(service, {"serverless.yml": f"{syntax}  x: $<ssm:/shop/$<opt:stage>/y~true>\n"})
    ran = verify("verify")
    assert ran.code == 0, ran
    assert "not checked: its name contains a variable" in ran.out


def test_fix_without_a_terminal_requires_yes(verify: Program, service: Path) -> None:
    write(service, {"serverless.yml": service_of("3", "${ssm:/shop/a~true}")})
    ran = verify("verify", "--fix")
    assert ran.code == 2
    assert "--yes" in ran.err


@pytest.mark.parametrize(("typed", "code"), [("y", 0), slow((ENTER, 1))])
def test_fix_asks_for_confirmation_on_a_terminal(service: Path, stub: StubStore, typed: str, code: int) -> None:
    stub.seed("/shop/a", "hunter2hunter2")
    write(service, {"serverless.yml": service_of("3", "${ssm:/shop/a~true}")})
    terminal = Terminal("verify", "--fix", cwd=service)
    terminal.wait_for("+    KEY_0: ${ssm(raw):/shop/a}")
    terminal.wait_for("Rewrite 1 file?")
    terminal.type(typed)
    assert terminal.end() == code
    assert ("raw" in (service / "serverless.yml").read_text()) is (code == 0)

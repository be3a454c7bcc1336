"""Generated services by what stands around their secrets: variables, URLs, functions of CloudFormation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from .draft import Draft, Service, function, reading
from .places import MANIFEST
from .shapes import Shape

# What both quotes and both resolvers take in a literal: no quote, brace or backslash.
LITERAL_SHAPES: tuple[Shape, ...] = (
    lambda token: f"hunter2{token}",
    lambda token: f"{token}/Kd8+wq1Pz==",
    lambda token: f"two words {token}",
    lambda token: f"pa$$word$1{token}",
    lambda token: f"p\U0001f600ss{token}",
    lambda token: f"a:b,{token}@c#d",
    lambda token: f"{token}(x)[y]|z;%s!^&*",
)
# What a URL's password may hold as it stands.
URL_SHAPES: tuple[Shape, ...] = (
    lambda token: f"hunter2{token}",
    lambda token: f"pa$$w0rd{token}$1",
    lambda token: f"{token}!~*'()",
    lambda token: f"p%40ss{token}%2F",
    lambda token: f"x.y-z_{token};=",
)


def fallbacks(draft: Draft) -> Service:
    """Literal fallbacks: after one source or several, in either quotes, part of a longer string, nested address."""
    forms: tuple[Callable[[str], str], ...] = (
        lambda value: f"${{env:NOT_SET, '{value}'}}",
        lambda value: f'${{env:NOT_SET, "{value}"}}',
        lambda value: f"${{opt:not-given, env:NOT_SET,'{value}'}}",
        lambda value: f"${{self:custom.none, '{value}'}}",
        lambda value: f"${{env:${{self:custom.variable}}, '{value}'}}",
        lambda value: f"${{ env:NOT_SET , '{value}' }}",
    )
    secrets = draft.secrets(30)
    lines = ""
    for number, secret in enumerate(secrets):
        lines += f"      {secret.upper}:{_written(forms[number % len(forms)](secret.value), number)}\n"
    text = draft.head() + f"functions:\n{function('one', lines)}custom:\n  variable: NOT_SET\n"
    return draft.service({MANIFEST: text})


def embedded_fallbacks(draft: Draft) -> Service:
    """Literal fallbacks within connection strings, and those whose first source is there."""
    secrets = draft.secrets(16, URL_SHAPES[:1])
    lines = ""
    for number, secret in enumerate(secrets):
        expression = f"${{env:NOT_SET, '{secret.value}'}}"
        url = f"postgres://app:{expression}@${{self:custom.host}}:5432/db{number}"
        lines += f"      {secret.upper}:{_written(url, number)}\n"
    lines += "      HOME_OR_PASSWORD: ${env:HOME, 'hunter2hunter2'}\n"
    text = f"{draft.head()}functions:\n{function('one', lines)}custom:\n  host: db.example.com\n"
    return draft.service({MANIFEST: text})


def _written(value: str, number: int) -> str:
    if number % 3 == 0 and re.fullmatch(r"[^\s#'\"]+", value):
        return f" {value}"
    quoted = value.replace("'", "''")
    return f" {json.dumps(value, ensure_ascii=False)}" if number % 2 else f" '{quoted}'"


def urls(draft: Draft) -> Service:
    """Connection strings, some with variables beside the password, some without."""
    forms: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("DATABASE_URL", lambda value: f"postgres://app:{value}@${{self:custom.host}}:5432/db"),
        ("MONGODB_URI", lambda value: f"mongodb+srv://app:{value}@cluster0.example.mongodb.net/${{opt:stage, 'dev'}}"),
        ("REDIS_URL", lambda value: f"redis://:{value}@cache.example.com:6379/0"),
        ("AMQP_URL", lambda value: f"amqps://app:{value}@${{self:custom.host}}/${{self:provider.name}}"),
        ("MYSQL_URL", lambda value: f"mysql://root:{value}@${{self:custom.host}}/shop?ssl=true"),
        ("SMTP_URL", lambda value: f"smtps://mailer:{value}@mail.example.com:465"),
    )
    lines = ""
    for number, secret in enumerate(draft.secrets(24, URL_SHAPES)):
        key, form = forms[number % len(forms)]
        lines += f"      {key}_{number}:{draft.text(form(secret.value), 6)}\n"
    text = f"{draft.head()}functions:\n{function('one', lines)}custom:\n  host: db.example.com\n"
    return draft.service({MANIFEST: text})


def joins(draft: Draft) -> Service:
    """Pieces of `Fn::Join`, in both spellings, beside references to resources."""
    lines = ""
    for number, secret in enumerate(draft.secrets(20)):
        value = json.dumps(secret.value, ensure_ascii=False)
        pieces = f"['', ['postgres://app:', {value}, '@', !Ref 'AWS::Region', '/db']]"
        call = f"!Join {pieces}" if number % 2 else f"{{ 'Fn::Join': {pieces} }}"
        lines += f"      {secret.upper}: {call}\n"
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one', lines)}"})


def substitutions(draft: Draft) -> Service:
    """`Fn::Sub` and `!Sub` with `${AWS::Region}` beside the secret, which 1.x can't read."""
    lines = ""
    for number, secret in enumerate(draft.secrets(20, URL_SHAPES)):
        text = f"postgres://app:{secret.value}@db.${{AWS::Region}}.example.com/${{opt:stage, 'dev'}}"
        quoted = text.replace("'", "''")
        call = (f" !Sub '{quoted}'", f"\n        Fn::Sub: '{quoted}'", f"\n        Fn::Sub: ['{quoted}', {{ }}]")
        lines += f"      {secret.upper}:{call[number % len(call)]}\n"
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one', lines)}"})


def authorization(draft: Draft) -> Service:
    """Header values: a scheme and a token."""
    lines = ""
    for number, secret in enumerate(draft.secrets(18, URL_SHAPES[:1])):
        scheme = ("Bearer", "Basic", "token", "ApiKey")[number % 4]
        lines += f"      {secret.words[0].upper()}_AUTHORIZATION_{number}:{draft.text(f'{scheme} {secret.value}', 6)}\n"
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one', lines)}"})


def variable_syntax(opening: str, closing: str, expression: str) -> Callable[[Draft], Service]:
    """A manifest that reads its variables between marks of its own."""

    def write(draft: Draft) -> Service:
        lines = draft.lines(draft.secrets(14), 6)
        for secret in draft.secrets(4, LITERAL_SHAPES[:2]):
            lines += f"      {secret.upper}: '{opening}env:NOT_SET, \"{secret.value}\"{closing}'\n"
        for secret in draft.secrets(6, URL_SHAPES[:1]):
            lines += f"      {secret.upper}_URL: 'pg://app:{secret.value}@{opening}self:custom.host{closing}/db'\n"
        lines += reading({"REGION": "'${AWS::Region}'"})
        provider = f"  variableSyntax: {json.dumps(expression)}\n"
        text = f"{draft.head(provider)}functions:\n{function('one', lines)}custom:\n  host: db.example.com\n"
        return draft.service({MANIFEST: text})

    return write


def modern_on_2(draft: Draft) -> Service:
    """2.x asked for the resolver that came with 3.x."""
    text = draft.head(extra="variablesResolutionMode: 20210326\n")
    kept = draft.secrets(10)
    read = {secret.upper: f"${{self:custom.{secret.camel}}}" for secret in kept}
    environment = draft.lines(draft.secrets(14), 6) + reading(read)
    keys = draft.lines(kept, 2, lambda secret: secret.camel)
    return draft.service({MANIFEST: f"{text}functions:\n{function('one', environment)}custom:\n{keys}"})


def service_as_map(draft: Draft) -> Service:
    """`service` as a map, which 3.x dropped."""
    text = draft.head().replace(f"service: {draft.name}\n", f"service:\n  name: {draft.name}\n")
    return draft.service({MANIFEST: f"{text}functions:\n{function('one', draft.lines(draft.secrets(24), 6))}"})


def other_region(draft: Draft) -> Service:
    """A region of its own, behind a variable."""
    environment = draft.lines(draft.secrets(24), 6)
    text = draft.head("  region: ${opt:region, 'eu-central-1'}\n  stage: ${opt:stage, 'qa'}\n")
    return draft.service({MANIFEST: f"{text}functions:\n{function('one', environment)}"})


def fixed_region(draft: Draft) -> Service:
    """A region that leaves no choice, while the parameters are put elsewhere."""
    environment = draft.lines(draft.secrets(24), 6)
    head = draft.head("  region: eu-west-1\n")
    return draft.service({MANIFEST: f"{head}functions:\n{function('one', environment)}"})


def large(draft: Draft) -> Service:
    """Values over four kilobytes, which only the advanced tier takes."""
    secrets = [replace(secret, value=secret.value * 400) for secret in draft.secrets(6, URL_SHAPES[:1])]
    draft.planted = [secret.value for secret in secrets]
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one', draft.lines(secrets, 6))}"})


def typed_scalars(draft: Draft) -> Service:
    """Numbers, booleans, dates and null, in an environment and elsewhere."""
    written = (
        "12345", "0123", "08", "0o17", "0x1F", "1e3", "1_000", "12:30:45", "12345678901234567890", "1.10", "-7", "3.14",
        "true", "off", "yes", "2019-06-13", ".5", "+1",
    )  # fmt: skip
    secrets = draft.unseen(2 * len(written))
    inside = "".join(f"      {secret.upper}: {text}\n" for secret, text in zip(secrets, written, strict=False))
    rest = secrets[len(written) :]
    outside = "".join(f"        {secret.camel}: {text}\n" for secret, text in zip(rest, written, strict=True))
    return draft.service(
        {
            MANIFEST: f"{draft.head()}functions:\n{function('one', inside)}resources:\n  Resources:\n    Thing:\n"
            f"      Type: Custom::Thing\n      Properties:\n        ServiceToken: arn:aws:lambda:x\n{outside}"
        }
    )


def refusals(draft: Draft) -> Service:
    """Values that can't be moved: too large, empty, with variables of the store's or the framework's own."""
    large, braces, variable, ordinary = (draft.secrets(1)[0] for _ in range(4))
    values = {large: "x" * 9000, braces: "a{{b}}c", variable: "a${self:service}b"}
    lines = "".join(f"      {secret.upper}: '{value}'\n" for secret, value in values.items())
    lines += f"      {ordinary.upper}:{draft.text(ordinary.value, 6)}\n"
    draft.planted = [ordinary.value]
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one', lines)}"})

"""Generated services by the place in which their secrets stand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from .draft import Draft, Service, function, reading
from .shapes import PLAIN_SHAPES, Secret

MANIFEST = "serverless.yml"


def provider_environment(draft: Draft) -> Service:
    """`provider.environment`, where most plaintext secrets of public repositories stand."""
    environment = draft.lines(draft.secrets(32), 4)
    text = draft.head(f"  environment:\n{environment}")
    return draft.service({MANIFEST: f"{text}functions:\n{function('one')}"})


def function_environments(draft: Draft) -> Service:
    """The environments of several functions, with a harmless variable before and after."""
    functions = ""
    for name in ("one", "two", "three"):
        lines = draft.lines(draft.secrets(9), 6)
        functions += function(name, f"      LOG_LEVEL: info\n{lines}      STAGE: ${{opt:stage, 'dev'}}\n")
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{functions}"})


def custom(draft: Draft) -> Service:
    """`custom`, flat and nested, read through `${self:…}`."""
    flat, nested = draft.secrets(14), draft.secrets(14)
    read = {secret.upper: f"${{self:custom.{secret.camel}}}" for secret in flat}
    read |= {secret.upper: f"${{self:custom.vendors.keys.{secret.camel}}}" for secret in nested}
    text = draft.head() + f"functions:\n{function('one', reading(read))}custom:\n" + draft.lines(flat, 2, _camel)
    return draft.service({MANIFEST: f"{text}  vendors:\n    keys:\n{draft.lines(nested, 6, _camel)}"})


def stage_maps(draft: Draft) -> Service:
    """One map per stage under `custom`."""
    dev, prod = draft.secrets(12), draft.secrets(12)
    names = [secret.words for secret in dev]
    prod = [Secret(words, secret.value) for words, secret in zip(names, prod, strict=True)]
    read = {secret.upper: f"${{self:custom.${{self:custom.stage}}.{secret.camel}}}" for secret in dev}
    return draft.service(
        {
            MANIFEST: f"{draft.head()}functions:\n{function('one', reading(read))}"
            "custom:\n  stage: ${opt:stage, 'dev'}\n"
            f"  dev:\n{draft.lines(dev, 4, _camel)}  prod:\n{draft.lines(prod, 4, _camel)}"
        }
    )


def included_environment(draft: Draft) -> Service:
    """An environment that is a file, with an included file of its own."""
    inner, outer = draft.secrets(8), draft.secrets(18)
    read = reading({secret.upper: f"${{file(./config/inner.yml):{secret.camel}}}" for secret in inner}, 0)
    return draft.service(
        {
            MANIFEST: draft.head("  environment: ${file(./config/env.yml)}\n") + f"functions:\n{function('one')}",
            "config/env.yml": draft.lines(outer, 0) + read,
            "config/inner.yml": "# keys of the vendors\n" + draft.lines(inner, 0, _camel),
        }
    )


def included_stage_files(draft: Draft) -> Service:
    """A family of files, one per stage, of which the deployed stage's is read key by key."""
    dev, prod = draft.secrets(14), draft.secrets(14)
    prod = [Secret(left.words, right.value) for left, right in zip(dev, prod, strict=True)]
    read = {secret.upper: f"${{file(./config.${{opt:stage, 'dev'}}.yml):{secret.camel}}}" for secret in dev}
    return draft.service(
        {
            MANIFEST: f"{draft.head()}functions:\n{function('one', reading(read))}",
            "config.dev.yml": draft.lines(dev, 0, _camel),
            "config.prod.yml": draft.lines(prod, 0, _camel),
        }
    )


def included_json(draft: Draft) -> Service:
    """JSON files: one that is an environment, one with a map per stage."""
    whole, keyed = draft.secrets(14), draft.secrets(12)
    read = {secret.upper: f"${{file(./keys.json):dev.{secret.camel}}}" for secret in keyed}
    keys = {"dev": {secret.camel: secret.value for secret in keyed}, "notes": ["a", 1, None]}
    return draft.service(
        {
            MANIFEST: draft.head("  environment: ${file(./env.json)}\n")
            + f"functions:\n{function('one', reading(read))}",
            "env.json": json.dumps({secret.upper: secret.value for secret in whole}, indent=2) + "\n",
            "keys.json": json.dumps(keys, ensure_ascii=False),
        }
    )


def included_custom(draft: Draft) -> Service:
    """`custom` that is a file."""
    kept = draft.secrets(24)
    read = {secret.upper: f"${{self:custom.{secret.camel}}}" for secret in kept}
    return draft.service(
        {
            MANIFEST: draft.head() + f"custom: ${{file(./custom.yml)}}\nfunctions:\n{function('one', reading(read))}",
            "custom.yml": draft.lines(kept, 0, _camel),
        }
    )


def included_provider(draft: Draft) -> Service:
    """`provider` that is a file."""
    provider = "name: aws\nruntime: nodejs20.x\nversionFunctions: false\nenvironment:\n"
    return draft.service(
        {
            MANIFEST: f"service: {draft.name}\nprovider: ${{file(./provider.yml)}}\nfunctions:\n{function('one')}",
            "provider.yml": provider + draft.lines(draft.secrets(24), 2),
        }
    )


_PROPERTIES = (
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
    ("AWS::Amplify::App", "AccessToken"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::IAM::ServerCertificate", "PrivateKey"),
    ("AWS::ApiGateway::ApiKey", "ApiKeyValue"),
    ("AWS::OpsWorks::App", "SecretKey"),
)


def resources(draft: Draft) -> Service:
    """Properties of CloudFormation resources, and headers in lists of them."""
    text = "".join(_resource(draft, number, *_PROPERTIES[number % len(_PROPERTIES)]) for number in range(16))
    text += _headers(draft)
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one')}resources:\n  Resources:\n{text}"})


def included_resources(draft: Draft) -> Service:
    """A list of files with resources."""
    files = {
        f"resources/{part}.yml": "Resources:\n" + _dedented(_resource(draft, number, *_PROPERTIES[number]))
        for number, part in enumerate(("database", "warehouse", "site", "cache", "directory", "certificate"))
    }
    included = "".join(f"  - ${{file(./{name})}}\n" for name in files)
    return draft.service({MANIFEST: f"{draft.head()}functions:\n{function('one')}resources:\n{included}", **files})


def _resource(draft: Draft, number: int, kind: str, key: str) -> str:
    value = draft.text(draft.secrets(1)[0].value, 8)
    return f"    Resource{number}:\n      Type: {kind}\n      Properties:\n        {key}:{value}\n"


def _dedented(text: str) -> str:
    return re.sub("^  ", "", text, flags=re.MULTILINE)


def _headers(draft: Draft) -> str:
    origin, webhook = draft.secrets(2, PLAIN_SHAPES)
    bearer = f"Bearer {webhook.value}"
    draft.planted[-1] = bearer
    return (
        "    Site:\n      Type: AWS::CloudFront::Distribution\n      Properties:\n        DistributionConfig:\n"
        "          Origins:\n            - OriginCustomHeaders:\n                - HeaderName: X-Api-Key\n"
        f"                  HeaderValue:{draft.text(origin.value, 18)}\n"
        "    Hook:\n      Type: AWS::Events::Connection\n      Properties:\n        AuthParameters:\n"
        "          InvocationHttpParameters:\n            HeaderParameters:\n              - Key: Authorization\n"
        f"                Value:{draft.text(bearer, 16)}\n"
    )


def lists(draft: Draft) -> Service:
    """Items of lists under `custom` and in resources."""
    keys, passwords = draft.secrets(12), draft.secrets(8)
    read = {f"API_KEY_{index}": f"${{self:custom.apiKeys.{index}}}" for index in range(len(keys))}
    items = "".join(f"    -{draft.text(secret.value, 4)}\n" for secret in keys)
    users = "".join(f"          -{draft.text(secret.value, 10)}\n" for secret in passwords)
    return draft.service(
        {
            MANIFEST: f"{draft.head()}functions:\n{function('one', reading(read))}custom:\n  apiKeys:\n{items}"
            "resources:\n  Resources:\n    User:\n      Type: AWS::ElastiCache::User\n      Properties:\n"
            f"        Passwords:\n{users}"
        }
    )


def params(draft: Draft) -> Service:
    """`params`, for all stages and for one, read as `${param:…}`."""
    default, dev = draft.secrets(12), draft.secrets(12)
    read = {secret.upper: f"${{param:{secret.camel}}}" for secret in default + dev}
    text = f"params:\n  default:\n{draft.lines(default, 4, _camel)}  dev:\n{draft.lines(dev, 4, _camel)}"
    return draft.service({MANIFEST: draft.head(extra=text) + f"functions:\n{function('one', reading(read))}"})


def anchors(draft: Draft) -> Service:
    """Anchors on scalars and on maps, aliases and merges of them."""
    shared, own, scalar = draft.secrets(10), draft.secrets(8), draft.secrets(6)
    marked = "".join(f"  {one.camel}: &a{number}{draft.text(one.value, 2)}\n" for number, one in enumerate(scalar))
    aliases = reading({one.upper: f"*a{number}" for number, one in enumerate(scalar)})
    functions = function("one", f"      <<: *shared\n{draft.lines(own, 6)}") + function("two", aliases)
    return draft.service(
        {
            MANIFEST: f"{draft.head()}custom:\n  shared: &shared\n{draft.lines(shared, 4)}{marked}"
            f"functions:\n{functions}{function('three')}    environment: *shared\n"
        }
    )


def flow(draft: Draft) -> Service:
    """Flow maps on one line and over several, and a flow list."""
    one, two, listed = draft.secrets(8), draft.secrets(8), draft.secrets(6)
    line = ", ".join(f"{secret.upper}:{draft.bare(secret.value, 0)}" for secret in one)
    lines = ",\n".join(f"        {secret.upper}:{draft.bare(secret.value, 8)}" for secret in two)
    items = ",".join(draft.bare(secret.value, 4) for secret in listed)
    read = {f"TOKEN_{index}": f"'${{self:custom.tokens.{index}}}'" for index in range(len(listed))}
    return draft.service(
        {
            MANIFEST: f"{draft.head()}functions:\n{function('one')}    environment: {{{line}}}\n"
            f"{function('two')}    environment: {{\n{lines},\n      }}\n{function('three', reading(read))}"
            f"custom: {{ tokens: [{items} ] }}\n"
        }
    )


def json_manifest(draft: Draft) -> Service:
    """A manifest in JSON."""
    environment = {secret.upper: secret.value for secret in draft.secrets(24)}
    provider = {"name": "aws", "runtime": "nodejs20.x", "versionFunctions": False, "environment": environment}
    manifest = {"service": draft.name, "provider": provider, "functions": {"one": {"handler": "handler.f"}}}
    return draft.service({"serverless.json": json.dumps(manifest, indent=2, ensure_ascii=False)})


def crlf(draft: Draft) -> Service:
    """Lines that end in CR LF, in the manifest and in the file it includes."""
    return _encoded(included_environment(draft), lambda text: text.replace(b"\n", b"\r\n"))


def byte_order_mark(draft: Draft) -> Service:
    """A file that begins with a byte order mark and does not end its last line."""
    return _encoded(provider_environment(draft), lambda text: b"\xef\xbb\xbf" + text.rstrip(b"\n"))


def tabs(draft: Draft) -> Service:
    """Tabs between key and value, as js-yaml reads them."""
    return _encoded(function_environments(draft), lambda text: re.sub(rb"(?m)^( +[A-Z_0-9]+:) (?=\S)", rb"\1\t", text))


def _encoded(service: Service, change: Callable[[bytes], bytes]) -> Service:
    files = {name: change(text) if name.endswith(".yml") else text for name, text in service.files.items()}
    return Service(service.name, files, service.planted, service.secrets, service.builds_on)


def _camel(secret: Secret) -> str:
    return secret.camel

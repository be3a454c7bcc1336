"""A Parameter Store of one's own on loopback that refuses what AWS refuses, so that a run can be tried for nothing."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from migrate.model import UsageError
from migrate.model.lazy_pattern import Expression
from migrate.stores.limits import MAX_ARN, MAX_LEVELS, MAX_VALUE_BYTES
from migrate.stores.sandbox_copy import create_copy

__all__ = ["Application", "Sandbox", "SandboxParameter", "application", "create_copy", "serve"]

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_ACCOUNT = "123456789012"  # moto's
_NAME = Expression(r"[A-Za-z0-9_.\-]+|(?:/[A-Za-z0-9_.\-]+)+")
_NAME_OR_SELECTOR = Expression(rf"(?:arn:[A-Za-z0-9_.\-:]+:parameter)?(?:{_NAME.pattern})(?::[A-Za-z0-9_.\-]+)?")

_INVALID = "ValidationException"
_NAME_MESSAGE = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of '
    "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following "
    "3 symbols .-_"
)
_SIZE_MESSAGE = (
    "{tier} tier parameters support a maximum parameter value of {most} characters. To create a larger parameter "
    "value, upgrade the parameter to use the advanced-parameter tier."
)
_DOWNGRADE_MESSAGE = (
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter "
    "tier to the standard-parameter tier."
)


class SandboxParameter(Struct, frozen=True):
    """A parameter that the sandbox holds."""

    region: str
    name: str
    type: str
    version: int


class Sandbox:
    """The store while the `with` lasts; what was put is gone with it.

    `profiles` are the AWS profiles that the run names: each exists inside and leads here. Raises
    UsageError where the extra `slsmigrate[sandbox]` is not installed.
    """

    def __init__(self, *, region: str = "us-east-1", profiles: Sequence[str] = ()) -> None:
        self._region = region
        self._profiles = profiles
        self._stack = ExitStack()
        self.environment: Mapping[str, str] = {}

    def __enter__(self) -> Sandbox:
        with ExitStack() as stack:
            url = stack.enter_context(serve(application()))
            settings = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slsmigrate-aws-")))
            (settings / "config").write_text(self._config(), "utf-8")
            self.environment = _environment(url, self._region, settings / "config")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        _forget()

    def parameters(self) -> tuple[SandboxParameter, ...]:
        """All that it holds, by region and name."""
        return tuple(
            sorted(
                (
                    SandboxParameter(region, each.name, each.parameter_type, each.version)
                    for region, backend in _backends()
                    for each in backend.describe_parameters([], [])
                ),
                key=lambda listed: (listed.region, listed.name),
            )
        )

    def _config(self) -> str:
        """Settings in which a run's own profiles exist; keys stand here too, since a named profile ignores those
        of the environment."""
        sections = ("default", *(f"profile {shlex.quote(name)}" for name in self._profiles if name != "default"))
        keys = "aws_access_key_id = sandbox\naws_secret_access_key = sandbox\n"
        return "".join(f"[{section}]\nregion = {self._region}\n{keys}\n" for section in sections)


def _environment(url: str, region: str, config: Path) -> dict[str, str]:
    """Everything that could lead a call elsewhere, led here."""
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1")))
    return {
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_STS"), url),
        **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "sandbox"),
        **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), region),
        **dict.fromkeys(("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), "default"),
        **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), str(config)),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), direct),
        **dict.fromkeys(
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"), "false"
        ),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serve(app: Application) -> Iterator[str]:
    """Serves a WSGI application on a free port of 127.0.0.1 while the `with` lasts; gives its URL. Prints nothing."""
    from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's own name
            pass

    class Server(ThreadedWSGIServer):
        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
            pass

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server("127.0.0.1", 0, app, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def application() -> Application:
    """An empty Parameter Store and STS: moto's, behind the rules of AWS that moto does not enforce."""
    try:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    except ImportError:
        raise UsageError(
            "the sandbox is not installed", hint="pip install 'slsmigrate[sandbox]', or leave --sandbox out"
        ) from None
    _forget()
    moto: Application = DomainDispatcherApplication(create_backend_app)

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            refused = _refusal(operation, body, _region_of(environ))
            return list(moto(environ, start_response)) if refused is None else _refuse(start_response, 400, *refused)
        except Exception as failure:
            return _refuse(start_response, 500, "InternalServerError", type(failure).__name__)

    return answer


def _refuse(start_response: Callable[..., Any], status: int, code: str, message: str) -> list[bytes]:
    start_response(f"{status} Refused", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": code, "message": message}).encode()]


def _region_of(environ: Mapping[str, Any]) -> str:
    """The region that a request was signed for."""
    scope = re.search(r"Credential=[^/]*/\d+/([a-z0-9-]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return scope[1] if scope else "us-east-1"


def _refusal(operation: str, body: bytes, region: str) -> tuple[str, str] | None:
    """The error code and message with which AWS refuses a request that moto would take."""
    if operation == "PutParameter":
        return _put_refusal(json.loads(body), region)
    if operation in ("GetParameter", "GetParameters"):
        asked = json.loads(body)
        for name in asked.get("Names") or [asked.get("Name", "")]:
            if _NAME_OR_SELECTOR.fullmatch(name) is None:
                return _INVALID, _NAME_MESSAGE
    return None


def _put_refusal(asked: Mapping[str, Any], region: str) -> tuple[str, str] | None:
    name, value = asked["Name"], asked["Value"]
    tier = asked.get("Tier", "Standard")
    if _NAME.fullmatch(name) is None:
        return _INVALID, _NAME_MESSAGE
    if name.count("/") > MAX_LEVELS:
        return "HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels."
    if len(f"arn:aws:ssm:{region}:{_ACCOUNT}:parameter/{name.lstrip('/')}") > MAX_ARN:
        return _INVALID, "Parameter name is longer than 1011 characters, its ARN included."
    if len(value.encode()) > MAX_VALUE_BYTES.get(tier, 0):
        return _INVALID, _SIZE_MESSAGE.format(tier=tier, most=MAX_VALUE_BYTES.get(tier))
    if "{{" in value:
        return _INVALID, 'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.'
    there = dict(_backends()).get(region)
    stored = there.get_parameter(name) if there and asked.get("Overwrite") else None
    if stored and stored.parameter_type != asked.get("Type", stored.parameter_type):
        return "HierarchyTypeMismatchException", "Parameter Store does not support changing a parameter type."
    if stored and stored.tier == "Advanced" and tier == "Standard":
        return _INVALID, _DOWNGRADE_MESSAGE
    return None


def _backends() -> list[tuple[str, Any]]:
    """moto's stores by region. They belong to the process, not to a server."""
    from moto.ssm.models import ssm_backends

    return [(region, backend) for account in ssm_backends.values() for region, backend in account.items()]


def _forget() -> None:
    for _, backend in _backends():
        backend.reset()

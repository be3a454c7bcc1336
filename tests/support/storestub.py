"""A loopback Parameter Store that fails on demand: the sandbox's, behind settable faults.

`conftest.py` must import the fixtures from here: `service_models`, `store_server`, `stub` and `hurried`.
"""

from __future__ import annotations

import copy
import json
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.loaders import create_loader

from migrate.model import Target
from migrate.stores.sandbox_server import Application, application, serve
from migrate.stores.ssm import SsmStore

ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `cut` is after how many bytes of the body the connection breaks off, `reset` how rudely."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    cut: int | None = None
    reset: bool = False


@dataclass(frozen=True)
class Call:
    """A request that reached the stub."""

    operation: str
    region: str
    asked: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The parameters that it is about."""
        return self.asked.get("Names") or [self.asked.get("Name") or self.asked.get("ResourceId") or ""]


Serve = Callable[[], Answer]
Effect = Callable[[Call, Serve], Answer]


def refuse(code: str, message: str = "", status: int = 400) -> Effect:
    """Answers with an error of the service and does nothing."""
    body = json.dumps({"__type": code, "message": message}).encode()

    def xml(call: Call) -> bytes:
        return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>".encode()

    return lambda call, serve: Answer(
        f"{status} Refused",
        [("Content-Type", "application/x-amz-json-1.1")],
        xml(call) if call.operation == "GetCallerIdentity" else body,
    )


def deny(permission: str) -> Effect:
    """Answers as IAM does where a permission is missing."""
    return refuse(
        "AccessDeniedException",
        f"User: arn:aws:iam::{ACCOUNT}:user/me is not authorized to perform: {permission} on resource: x",
    )


def lose_reply(call: Call, serve: Serve) -> Answer:
    """Does what was asked and breaks the connection off before an answer."""
    serve()
    raise ConnectionResetError


def drop(call: Call, serve: Serve) -> Answer:
    """Breaks the connection off and does nothing."""
    raise ConnectionResetError


def cut_short(call: Call, serve: Serve) -> Answer:
    """Does what was asked and breaks off in the middle of the answer."""
    answer = serve()
    return Answer(answer.status, answer.headers, answer.body, cut=len(answer.body) // 2)


def wait(seconds: float) -> Effect:
    """Takes its time."""

    def effect(call: Call, serve: Serve) -> Answer:
        time.sleep(seconds)
        return serve()

    return effect


def altered(change: Callable[[dict[str, Any]], None]) -> Effect:
    """Answers with something else than it should; `change` edits the JSON in place."""

    def effect(call: Call, serve: Serve) -> Answer:
        answer = serve()
        body = json.loads(answer.body)
        change(body)
        headers = [header for header in answer.headers if header[0].lower() != "content-length"]
        return Answer(answer.status, headers, json.dumps(body).encode())

    return effect


def first(act: Callable[[], object]) -> Effect:
    """Has somebody else do something just before the request is served."""

    def effect(call: Call, serve: Serve) -> Answer:
        act()
        return serve()

    return effect


@dataclass
class Fault:
    """What befalls the requests it matches, `times` of them after the first `after`."""

    operation: str
    effect: Effect
    times: float
    after: int
    name: str | None
    region: str | None

    def takes(self, call: Call) -> bool:
        """Whether it befalls this request; counts down."""
        fits = (
            call.operation == self.operation and self.name in (None, *call.names) and self.region in (None, call.region)
        )
        if fits and self.after > 0:
            self.after -= 1
            return False
        if fits and self.times > 0:
            self.times -= 1
            return True
        return False


@dataclass
class StubStore:
    """A store with a URL, faults, a log of calls, and a door for the test to look behind the counter."""

    inner: Application
    url: str = ""
    rate: float | None = None  # puts a second and region; more are throttled
    latency: float = 0.0  # seconds for every request
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _quick: SsmStore | None = None
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def fault(
        self,
        operation: str,
        effect: Effect,
        *,
        times: float = float("inf"),
        after: int = 0,
        name: str | None = None,
        region: str | None = None,
    ) -> None:
        """Sets a fault; those set first come first."""
        self.faults.append(Fault(operation, effect, times, after, name, region))

    def reset(self) -> None:
        """Empties the store and takes every fault away."""
        from moto.ssm.models import ssm_backends

        self.faults.clear()
        self.calls.clear()
        self._tokens.clear()
        self.rate, self.latency = None, 0.0
        for account in ssm_backends.values():
            for backend in account.values():
                backend.reset()

    def seed(self, name: str, value: str, *, kind: str = "SecureString", region: str = REGION, **settings: str) -> None:
        """Puts a parameter, a new version if it is there, without a request; settings as moto names them."""
        some = {"description": None, "allowed_pattern": None, "keyid": None, "tier": "Standard", "policies": None}
        self._backend(region).put_parameter(
            name=name, value=value, parameter_type=kind, overwrite=True, tags=[], data_type="text", **some | settings
        )

    def value(self, name: str, region: str = REGION) -> str | None:
        """What it holds, decrypted; None where there is none."""
        stored = self._backend(region).get_parameter(name)
        return None if stored is None else stored.decrypt(stored.value)

    def version(self, name: str, region: str = REGION) -> int | None:
        """Its version; None where there is none."""
        stored = self._backend(region).get_parameter(name)
        return None if stored is None else stored.version

    def tags(self, name: str, region: str = REGION) -> dict[str, str]:
        """Its tags."""
        return dict(self._backend(region).list_tags_for_resource("Parameter", name))

    def stored(self, name: str, region: str = REGION) -> Any:
        """moto's own object, for what else there is to see."""
        return self._backend(region).get_parameter(name)

    def delete(self, name: str, region: str = REGION) -> None:
        """Removes a parameter without a request."""
        self._backend(region).delete_parameter(name)

    def names(self, region: str = REGION) -> list[str]:
        """The names of all that it holds."""
        return sorted(each.name for each in self._backend(region).describe_parameters([], []))

    def made(self, operation: str) -> list[Call]:
        """The calls of one kind, in order, those that failed included."""
        return [call for call in self.calls if call.operation == operation]

    @property
    def writes(self) -> list[Call]:
        """The calls that could change something."""
        return [call for call in self.calls if not call.operation.startswith("Get")]

    def open(self, region: str | None = REGION, **options: Any) -> SsmStore:
        """A store of ours that talks to this one."""
        return SsmStore(Target(None, region), **options)

    def quick(self) -> SsmStore:
        """One without patience, whose clients may have been made for an earlier test."""
        if self._quick is None:
            self._quick = self.open(attempts=3, patience=0.0)
        return copy.copy(self._quick)

    @staticmethod
    def _backend(region: str) -> Any:
        from moto.ssm.models import ssm_backends

        return ssm_backends[ACCOUNT][region]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        call = _call(environ, body)
        with self._lock:
            self.calls.append(call)
            effect = next((fault.effect for fault in self.faults if fault.takes(call)), None)
            if effect is None and not self._within_rate(call):
                effect = refuse("ThrottlingException", "Rate exceeded")
        if self.latency:
            time.sleep(self.latency)
        try:
            answer = effect(call, lambda: self._serve(environ, body)) if effect else self._serve(environ, body)
        except ConnectionResetError:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise
        return _sent(answer, start_response, environ["werkzeug.socket"])

    def _serve(self, environ: dict[str, Any], body: bytes) -> Answer:
        from io import BytesIO

        told: list[tuple[str, list[tuple[str, str]]]] = []
        with self._one_at_a_time:  # AWS gives a new name to one writer alone; moto's look and its put are two steps
            chunks = self.inner(
                {**environ, "wsgi.input": BytesIO(body)},
                lambda status, headers, *_: told.append((status, list(headers))),
            )
            return Answer(*told[0], b"".join(chunks))

    def _within_rate(self, call: Call) -> bool:
        """A bucket of one second's puts for each region."""
        if self.rate is None or call.operation != "PutParameter":
            return True
        now = time.monotonic()
        level, since = self._tokens.get(call.region, (self.rate, now))
        level = min(max(self.rate, 1.0), level + (now - since) * self.rate)
        self._tokens[call.region] = (level - 1 if level >= 1 else level, now)
        return level >= 1


def _call(environ: dict[str, Any], body: bytes) -> Call:
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    scope = re.search(r"Credential=[^/]*/\d+/([a-z0-9-]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    asked: dict[str, Any] = {}
    with suppress(ValueError):
        asked = json.loads(body)
    if environ.get("PATH_INFO") == "/federation/credentials":  # of SSO, which moto does not serve
        operation = "GetRoleCredentials"
    if not operation:
        named = re.search(rb"Action=(\w+)", body)
        operation = named[1].decode() if named else ""
    return Call(operation, scope[1] if scope else "", asked)


def _sent(answer: Answer, start_response: Callable[..., Any], connection: socket.socket) -> Iterable[bytes]:
    if answer.cut is None:
        start_response(answer.status, answer.headers)
        return [answer.body]
    headers = [header for header in answer.headers if header[0].lower() != "content-length"]
    start_response(answer.status, [*headers, ("Content-Length", str(len(answer.body)))])

    def broken() -> Iterator[bytes]:
        yield answer.body[: answer.cut]
        if answer.reset:  # an end without lingering is RST, not FIN
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())
        raise ConnectionResetError

    return broken()


@pytest.fixture(scope="session")
def service_models() -> Iterator[None]:
    """Every boto3 session would otherwise read the same service models again."""
    models = create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda *_: models)
        yield


@pytest.fixture(scope="session")
def store_server(service_models: None) -> Iterator[StubStore]:
    """The one server of a test session; take `stub` instead, which is empty and without faults."""
    server = StubStore(application())
    with serve(server) as url:
        server.url = url
        yield server


@pytest.fixture
def stub(store_server: StubStore, monkeypatch: pytest.MonkeyPatch) -> StubStore:
    """An empty store to which the environment leads."""
    store_server.reset()
    for name, value in {
        "AWS_ENDPOINT_URL": store_server.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    return store_server


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between retries take a thousandth of their time."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(seconds / 1000))

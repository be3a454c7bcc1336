"""More that can befall a store: resets, throttles by the clock, keys that do not decrypt, TLS, ends of sessions."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.storestub import Answer, Call, Effect, Serve, StubStore, altered, deny, refuse


@dataclass
class Clock:
    """Time that passes only by sleeping, on top of the real one."""

    slept: float = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sleeping takes no time but moves every clock that the program reads."""
    made, monotonic = Clock(), time.monotonic

    def sleep(seconds: float) -> None:
        made.slept += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + made.slept)
    return made


def throttled_for(clock: Clock, seconds: float, code: str = "ThrottlingException") -> Effect:
    """Wants everybody slower until so much time has passed."""
    refused, until = refuse(code, "Rate exceeded"), clock.slept + seconds
    return lambda call, serve: refused(call, serve) if clock.slept < until else serve()


def stall(seconds: float) -> Effect:
    """Does what was asked, and answers so late that nobody listens any more; not by the clock that is patched."""

    def effect(call: Call, serve: Serve) -> Answer:
        answer = serve()
        threading.Event().wait(seconds)
        return answer

    return effect


def undecryptable(error: Effect) -> Effect:
    """Answers for names that are absent; where there is a value to decrypt, it can't be."""

    def effect(call: Call, serve: Serve) -> Answer:
        answer = serve()
        return error(call, serve) if json.loads(answer.body)["Parameters"] else answer

    return effect


def trailing_newline(call: Call, serve: Serve) -> Answer:
    """Gives back a newline more than was put."""

    def change(body: dict[str, Any]) -> None:
        for each in body["Parameters"]:
            each["Value"] += "\n"

    return altered(change)(call, serve)


def page(status: int) -> Effect:
    """A proxy or gateway that answers itself, in HTML."""
    headers = [("Content-Type", "text/html")]
    return lambda call, serve: Answer(f"{status} Page", headers, b"<html>Please sign in</html>")


def reset_midway(call: Call, serve: Serve) -> Answer:
    """Does what was asked and resets the connection (RST, not FIN) in the middle of the answer."""
    answer = serve()
    return Answer(answer.status, answer.headers, answer.body, cut=len(answer.body) // 2, reset=True)


NO_DECRYPTION = undecryptable(deny("kms:Decrypt"))


@contextmanager
def closed_port() -> Iterator[str]:
    """A URL at which nobody listens, and nobody will while the `with` lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def resetting_port() -> Iterator[str]:
    """A URL at which every connection is reset before a request is read."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    accepted, _ = listening.accept()
                except OSError:  # closed
                    return
                accepted.recv(1)
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                accepted.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def certificate(directory: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as files."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "certificate.pem", directory / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@contextmanager
def over_tls(stub: StubStore, directory: Path) -> Iterator[tuple[str, Path]]:
    """The stub behind TLS with a certificate that nobody signed: its URL, and the certificate to trust."""
    from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        def log(self, *_: Any) -> None:
            pass

    class Server(ThreadedWSGIServer):
        def log(self, *_: Any) -> None:
            pass

        def handle_error(self, *_: Any) -> None:
            pass

    trusted, key = certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, key)
    server = Server("127.0.0.1", 0, stub, Handler, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", trusted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

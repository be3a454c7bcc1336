"""The sandbox's server: moto's Parameter Store and STS on loopback, behind the rules of AWS that moto lacks."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from migrate.model import UsageError
from migrate.stores.sandbox_backends import forget_all
from migrate.stores.sandbox_rules import Refusal, refusal_of

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@contextmanager
def serve(app: Application) -> Iterator[str]:
    """Serve a WSGI application on a free port of 127.0.0.1 for a block.

    The block gets its URL. Nothing is printed.
    """
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
    """Return an empty Parameter Store and STS.

    They are moto's, behind the rules of AWS that moto does not enforce. Raises UsageError where the extra
    `slsmigrate[sandbox]` is not installed.
    """
    try:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    except ImportError:
        raise UsageError(
            "the sandbox is not installed", hint="pip install 'slsmigrate[sandbox]', or leave --sandbox out"
        ) from None
    forget_all()
    moto: Application = DomainDispatcherApplication(create_backend_app)

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            refusal = refusal_of(operation, body, _region_of(environ))
            if refusal is None:
                return list(moto(environ, start_response))
            return _refuse(start_response, 400, refusal)
        except Exception as failure:
            return _refuse(start_response, 500, Refusal("InternalServerError", type(failure).__name__))

    return answer


def _refuse(start_response: Callable[..., Any], status: int, refusal: Refusal) -> list[bytes]:
    start_response(f"{status} Refused", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": refusal.code, "message": refusal.message}).encode()]


def _region_of(environ: Mapping[str, Any]) -> str:
    """Return the region that a request was signed for."""
    scope = re.search(r"Credential=[^/]*/\d+/([a-z0-9-]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return scope[1] if scope else "us-east-1"

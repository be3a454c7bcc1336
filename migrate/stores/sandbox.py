"""The sandbox: a Parameter Store on loopback that refuses what AWS refuses, so that a run can be tried for nothing."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from migrate.stores.sandbox_backends import backends, forget_all
from migrate.stores.sandbox_server import application, serve


class SandboxParameter(Struct, frozen=True):
    """A parameter in the sandbox."""

    region: str
    name: str
    type: str
    version: int


class Sandbox:
    """The store while the block lasts; what was put is gone with it. `environment` leads every call to it.

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
        forget_all()

    def parameters(self) -> tuple[SandboxParameter, ...]:
        """List all that it holds, by region and name."""
        return tuple(
            sorted(
                (
                    SandboxParameter(region, parameter.name, parameter.parameter_type, parameter.version)
                    for region, backend in backends().items()
                    for parameter in backend.describe_parameters([], [])
                ),
                key=lambda parameter: (parameter.region, parameter.name),
            )
        )

    def _config(self) -> str:
        """Return AWS settings in which a run's own profiles exist.

        Keys are in them too, since a named profile ignores those of the environment.
        """
        sections = ("default", *(f"profile {shlex.quote(name)}" for name in self._profiles if name != "default"))
        keys = "aws_access_key_id = sandbox\naws_secret_access_key = sandbox\n"
        return "".join(f"[{section}]\nregion = {self._region}\n{keys}\n" for section in sections)


def _environment(url: str, region: str, config: Path) -> dict[str, str]:
    """Return every variable that could lead a call elsewhere, set to lead here."""
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

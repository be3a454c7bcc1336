"""AWS Systems Manager's Parameter Store: parameters as SecureString, overwritten only on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from migrate.model import Identity, Parameter, Secret, StoredParameter, StoreError, Target
from migrate.stores.aws_calls import RETRIED_CODES, attempt, call_until_answered, slow_call_notice
from migrate.stores.aws_clients import create_clients, profile_of_environment, region_of_environment
from migrate.stores.aws_errors import explain
from migrate.stores.call_context import CallContext
from migrate.stores.endpoints import is_aws, is_loopback, share_an_account, without_credentials
from migrate.stores.errors import DeniedError, ExistsError, TargetError
from migrate.stores.kept_settings import kept_settings, refusal_of
from migrate.stores.limits import MAX_NAMES_PER_READ, SECURE_STRING
from migrate.stores.protocol import UNKNOWN_ACCOUNT
from migrate.stores.rate_limit import RateLimit

_ATTEMPTS = 10
_PATIENCE = 120.0  # seconds
_MOST_PAGES = 100  # of a history: AWS keeps as many versions


class SsmStore:
    """The Parameter Store of a profile and region, or whatever answers at the configured endpoint.

    `attempts` are botocore's per call; `patience` is for how many more seconds to retry at a store
    that throttles us; `on_slow_call` receives, from another thread, a line on each call that takes long.
    """

    def __init__(
        self,
        target: Target,
        *,
        attempts: int = _ATTEMPTS,
        patience: float = _PATIENCE,
        on_slow_call: Callable[[str], None] | None = None,
    ) -> None:
        self._on_slow_call = on_slow_call
        self._patience = patience
        self._identity: Identity | None = None
        self._context = CallContext(
            profile=target.profile or profile_of_environment(), region=target.region or region_of_environment()
        )
        clients, failure = attempt(create_clients, target.profile, self._context.region, attempts)
        if failure is not None:
            raise explain(failure, self._context)
        self._ssm, self._sts = clients.ssm, clients.sts
        url = self._ssm.meta.endpoint_url
        self._context = replace(
            self._context,
            region=self._ssm.meta.region_name,
            endpoint=None if url == clients.default_endpoint else without_credentials(url),
        )

    def identity(self) -> Identity:
        """Return account and principal as STS gives them, asked once.

        The account is `UNKNOWN_ACCOUNT` where STS does not speak for the store. Where STS does not answer, StoreError
        is raised, but not for a store on this very machine: nothing can go astray to another account then.
        """
        if self._identity is None:
            self._identity = self._ask_identity()
            partition = self._identity.arn.partition(":")[2].partition(":")[0] or "aws"
            self._context = replace(self._context, account=self._identity.account, partition=partition)
        return self._identity

    def use_rate_limit(self, rate_limit: RateLimit) -> None:
        """Make every put wait its turn, each of botocore's own retries included."""

        def on_response(parsed_response: Mapping[str, Any] | None = None, **_: object) -> None:
            code = (parsed_response or {}).get("Error", {}).get("Code", "")
            rate_limit.on_response(throttled=code in RETRIED_CODES)

        events = self._ssm.meta.events
        # Before the request is signed, so that the signature does not grow old.
        events.register_first("request-created.ssm.PutParameter", lambda **_: rate_limit.wait())
        events.register("response-received.ssm.PutParameter", on_response)

    def get(self, names: Sequence[str]) -> dict[str, StoredParameter]:
        """See `ParameterStore`; at most ten names a call."""
        wanted = tuple(dict.fromkeys(names))
        found: dict[str, StoredParameter] = {}
        for start in range(0, len(wanted), MAX_NAMES_PER_READ):
            found.update(self._get_batch(wanted[start : start + MAX_NAMES_PER_READ]))
        return found

    def put(self, parameter: Parameter, *, overwrite: bool, expected_version: int | None = None) -> int:
        """See `ParameterStore`."""
        tags = [{"Key": key, "Value": value} for key, value in parameter.tags]
        settings = self._kept_settings(parameter) if overwrite else _new_settings(parameter, tags)
        if overwrite and tags:
            # The API refuses them with the put; were they added after it, a run that died between would not come back.
            self._add_tags(parameter.name, tags)
        context = self._about("PutParameter", parameter.name, key_id=None if overwrite else parameter.key_id)
        try:
            answer = self._call(
                self._ssm,
                replace(context, has_own_key=overwrite),
                Name=parameter.name,
                Value=parameter.secret.reveal(),
                Overwrite=overwrite,
                **settings,
            )
        except ExistsError as taken:
            return self._version_of_ours(parameter, taken)
        version = int(answer["Version"])
        for between in range(version if expected_version is None else expected_version + 1, version):
            self._require_ours(parameter, between)
        return version

    def _ask_identity(self) -> Identity:
        endpoint = self._context.endpoint
        try:
            answer = self._call(self._sts, self._about("GetCallerIdentity"))
        except StoreError:
            if endpoint is None or not is_loopback(endpoint):
                raise
            answer = {}
        sts, ssm = self._sts.meta.endpoint_url, self._ssm.meta.endpoint_url
        account = str(answer.get("Account", UNKNOWN_ACCOUNT)) if share_an_account(sts, ssm) else UNKNOWN_ACCOUNT
        elsewhere = None if is_aws(sts) or share_an_account(sts, ssm) else without_credentials(sts)
        arn, region = str(answer.get("Arn", "")), str(self._context.region)
        return Identity(account, arn, region, endpoint, self._context.profile, elsewhere)

    def _get_batch(self, names: tuple[str, ...]) -> dict[str, StoredParameter]:
        context = self._about("GetParameters", *names)
        answer = self._call(self._ssm, context, Names=list(names), WithDecryption=True)
        rows = {str(row.get("Name")): row for row in answer["Parameters"]}
        absent = answer.get("InvalidParameters", ())
        for name in names:
            if name in rows:
                self._require_readable(name, rows[name])
            elif name not in absent:
                raise self._unreadable(name, "left out of the store's answer")
        return {name: _stored(name, rows[name]) for name in names if name in rows}

    def _require_readable(self, name: str, row: Mapping[str, Any]) -> None:
        if not isinstance(row.get("Value"), str):
            raise self._unreadable(name, "it is there but was not decrypted")
        if not name.startswith("arn:"):
            self._require_own(name, str(row.get("ARN")))

    def _require_own(self, name: str, arn: str) -> None:
        """Raise TargetError where a parameter's ARN is of another account than ours.

        Credentials renewed in mid-run may be of another account.
        """
        known, owner = self._identity, "".join(arn.split(":")[4:5])
        if known and known.account != UNKNOWN_ACCOUNT and owner not in ("", known.account):
            why = f"it belongs to account {owner}, not to the one that STS named"
            context = self._about("GetParameters", name)
            raise context.error(why, "check the credentials and the endpoints", TargetError)

    def _unreadable(self, name: str, why: str) -> StoreError:
        hint = "check its KMS key, and that you are allowed kms:Decrypt on it"
        return self._about("GetParameters", name).error(why, hint)

    def _kept_settings(self, parameter: Parameter) -> dict[str, str]:
        """Return what stays of a parameter that is overwritten.

        Raises StoreError where that can't be read, or where it can't stay. A missing permission is of this parameter
        alone, and no DeniedError: new ones need none to read a history.
        """
        try:
            settings = kept_settings(self._history(parameter.name))
        except DeniedError as error:
            raise StoreError(f"{error.message}: not overwritten, since its key must stay", hint=error.hint) from None
        refusal = refusal_of(parameter, settings)
        if refusal is not None:
            raise self._about("PutParameter", parameter.name).error(refusal.message, refusal.hint)
        return settings

    def _history(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the versions of a parameter, not decrypted."""
        context = self._about("GetParameterHistory", name)
        arguments: dict[str, Any] = {"Name": name, "WithDecryption": False}
        for _ in range(_MOST_PAGES):
            answer = self._call(self._ssm, context, **arguments)
            yield from answer["Parameters"]
            arguments["NextToken"] = answer.get("NextToken")
            if not arguments["NextToken"]:
                return
        raise context.error("its history never ends", "check the endpoint")

    def _add_tags(self, name: str, tags: Sequence[Mapping[str, str]]) -> None:
        context = self._about("AddTagsToResource", name)
        self._call(self._ssm, context, ResourceType="Parameter", ResourceId=name, Tags=tags)

    def _version_of_ours(self, parameter: Parameter, taken: StoreError) -> int:
        """Return the version of our own parameter, already stored.

        A retry after a lost reply meets it, and so does a later run. Raises `taken` where another value is stored.
        """
        stored = self.get([parameter.name]).get(parameter.name)
        if stored is not None and stored.type != SECURE_STRING:
            why = f"it is there as {stored.type}, not as {SECURE_STRING}"
            raise self._about("PutParameter", parameter.name).error(why, "choose another name", ExistsError) from None
        if stored is None or stored.secret != parameter.secret:
            raise taken from None
        return stored.version

    def _require_ours(self, parameter: Parameter, version: int) -> None:
        """Check a version between the one agreed to overwrite and ours.

        It is a retry of ours, or another writer's that we replaced: that one raises.
        """
        name = f"{parameter.name}:{version}"
        answer = self._call(self._ssm, self._about("GetParameters", name), Names=[name], WithDecryption=True)
        if not any(Secret(row.get("Value", "")) == parameter.secret for row in answer["Parameters"]):
            hint = "inform the writer; `aws ssm get-parameter-history` still shows it; run again to continue with yours"
            why = f"overwrote version {version} too, which somebody else put after you had looked"
            raise self._about("PutParameter", parameter.name).error(why, hint)

    def _call(self, client: Any, context: CallContext, **arguments: Any) -> Mapping[str, Any]:
        with slow_call_notice(self._on_slow_call, context.subject):
            answer, failure = call_until_answered(client, context.operation, arguments, self._patience)
        if failure is not None:  # outside of any `except`: botocore's own exceptions hold the request
            raise explain(failure, context)
        return answer

    def _about(self, operation: str, *names: str, key_id: str | None = None) -> CallContext:
        return replace(self._context, operation=operation, names=names, key_id=key_id)


def _new_settings(parameter: Parameter, tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    options = {"Type": SECURE_STRING, "Tier": parameter.tier.value, "KeyId": parameter.key_id, "Tags": tags}
    return {name: value for name, value in options.items() if value}


def _stored(name: str, row: Mapping[str, Any]) -> StoredParameter:
    return StoredParameter(name, str(row.get("Type")), int(row.get("Version") or 0), Secret(row["Value"]))

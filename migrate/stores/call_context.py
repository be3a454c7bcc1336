"""The call in which an error came up, as messages and hints name it."""

from __future__ import annotations

from msgspec import Struct

from migrate.model import StoreError


class CallContext(Struct, frozen=True):
    """An API call, and as much as is known of whom it went to.

    `operation` is the API's name for it, or '' while the AWS settings were being read. With `has_own_key` the KMS key
    is that of the parameter, and not the one of every put.
    """

    operation: str = ""
    names: tuple[str, ...] = ()
    profile: str | None = None
    region: str | None = None
    account: str | None = None
    endpoint: str | None = None
    partition: str = "aws"
    key_id: str | None = None
    has_own_key: bool = False

    @property
    def action(self) -> str:
        """Return the IAM action of the call."""
        return f"{'sts' if self.operation == 'GetCallerIdentity' else 'ssm'}:{self.operation}"

    @property
    def subject(self) -> str:
        """Name the call and the parameters that it is about."""
        if not self.operation:
            return "AWS settings"
        first, more = self.names[0] if self.names else "", len(self.names) - 1
        return f"{self.action} {first}".rstrip() + (f" and {more} more" if more > 0 else "")

    @property
    def target(self) -> str:
        """Name account, region and endpoint, as far as they are known.

        Where the account is not known, name the profile.
        """
        owner = f"profile {self.profile}" if self.profile else ""
        if self.account:
            owner = f"account {self.account}"
        return ", ".join(part for part in (owner, self.region, self.endpoint) if part)

    @property
    def resource(self) -> str:
        """Return the parameter's ARN, as a policy would name it."""
        name = self.names[0] if len(self.names) == 1 else "*"
        account = self.account if (self.account or "").isdigit() else "*"
        return f"arn:{self.partition}:ssm:{self.region}:{account}:parameter/{name.lstrip('/')}"

    def error(self, message: str, hint: str | None, kind: type[StoreError] = StoreError) -> StoreError:
        """Return an error of this call."""
        text = f"{self.subject}: {message}"
        return kind(f"{text} [{self.target}]" if self.target else text, hint=hint)

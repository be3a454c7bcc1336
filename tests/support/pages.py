"""Results for a report from a few words, and as many repositories as wanted."""

from __future__ import annotations

from migrate.migration.results import (
    DiffRow,
    Failure,
    FindingRow,
    FindingStatus,
    ParameterRow,
    RepositoryResult,
    RepositoryStatus,
)
from migrate.model import MASK, Applicability

_STATUSES = {
    RepositoryStatus.MIGRATED: FindingStatus.MOVED,
    RepositoryStatus.PLANNED: FindingStatus.PLANNED,
}
_KINDS = (
    ("DB_PASSWORD", "password", "password", "high"),
    ("STRIPE_KEY", "stripe-secret-key", "api-key", "high"),
    ("SLACK_URL", "slack-webhook", "webhook", "medium"),
    ("sessionSecret", "secret", "other", "low"),
)
DENIED = Failure("no permission in the Parameter Store", "ssm:PutParameter: AccessDenied", "ask for it")
BROKEN = Failure("a file can't be read", "mapping values are not allowed here", "", "serverless.yml", 4, 2)
MADE = "2026-03-14 16:05 UTC"


def finding(
    number: int = 0,
    status: FindingStatus = FindingStatus.LEFT,
    notes: tuple[str, ...] = (),
    service: str = "shop",
) -> FindingRow:
    key, rule, kind, confidence = _KINDS[number % len(_KINDS)]
    name = f"/{service}/{key.lower().replace('_', '-')}"
    return FindingRow(
        file="serverless.yml",
        key_path=f"provider.environment.{key}",
        line=10 + number,
        end_line=10 + number,
        column=14,
        rule=rule,
        kind=kind,
        confidence=confidence,
        masked=MASK,
        part=None,
        parameter=name,
        reference=f"${{ssm(raw):{name}}}",
        applicability=Applicability.SAFE,
        notes=notes,
        reason=f"has the shape of a {kind}",
        status=status,
    )


def diff(findings: tuple[FindingRow, ...], file: str = "serverless.yml") -> DiffRow:
    lines = [f"--- a/{file}", f"+++ b/{file}", "@@ -8,9 +8,9 @@", "   environment:"]
    for each in findings:
        key = each.key_path.rpartition(".")[2]
        lines += [f"-    {key}: {MASK}", f"+    {key}: {each.reference}"]
    return DiffRow(file, (*lines, "     LOG_LEVEL: info"))


def parameter(name: str, created: bool = True, region: str = "eu-west-1", profile: str | None = None) -> ParameterRow:
    return ParameterRow(name, profile, region, 1 if created else 3, created)


def repository(name: str, status: RepositoryStatus, secrets: int = 0, *failures: Failure) -> RepositoryResult:
    service = name.rpartition("/")[2]
    finding_status = _STATUSES.get(status, FindingStatus.LEFT)
    found = tuple(finding(number, finding_status, service=service) for number in range(secrets))
    moved = status is RepositoryStatus.MIGRATED
    return RepositoryResult(
        name=name,
        path=f"/repositories/{name}",
        status=status,
        failures=failures,
        findings=found,
        diffs=(diff(found),) if found and status in _STATUSES else (),
        parameters=tuple(parameter(each.parameter) for each in found) if moved else (),
        files=2,
        branch="move-secrets" if moved else "",
        commit="0123456789abcdef0123" if moved else "",
    )


def some(*more: RepositoryResult) -> tuple[RepositoryResult, ...]:
    """A repository of each outcome that matters."""
    return (
        repository("clean-one", RepositoryStatus.CLEAN),
        repository("alpha", RepositoryStatus.MIGRATED, 4),
        repository("beta", RepositoryStatus.LEFT, 2),
        repository("zeta", RepositoryStatus.FAILED, 3, DENIED),
        repository("eta", RepositoryStatus.FAILED, 0, BROKEN),
        repository("theta", RepositoryStatus.SKIPPED, 1, Failure("uncommitted changes", "has uncommitted changes")),
        *more,
    )


def many(count: int) -> tuple[RepositoryResult, ...]:
    """Repositories of which a third hold five secrets each."""
    statuses = (RepositoryStatus.MIGRATED, RepositoryStatus.CLEAN, RepositoryStatus.CLEAN)
    return tuple(
        repository(f"team-{number % 9}/service-{number}", statuses[number % 3], 0 if number % 3 else 5)
        for number in range(count)
    )

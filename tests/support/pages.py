"""Rows of a report from a few words, and a report of as many repositories as wanted."""

from __future__ import annotations

from migrate.migration.results import Fate, Outcome, Reason
from migrate.model import MASK, Applicability
from migrate.reports.html import DiffRow, FindingRow, PageContent, ParameterRow, RepositoryRow

_FATES = {Outcome.MIGRATED: Fate.MOVED, Outcome.PLANNED: Fate.PLANNED}
_KINDS = (
    ("DB_PASSWORD", "password", "password", "high"),
    ("STRIPE_KEY", "stripe-secret-key", "api-key", "high"),
    ("SLACK_URL", "slack-webhook", "webhook", "medium"),
    ("sessionSecret", "secret", "other", "low"),
)
DENIED = Reason("no permission in the Parameter Store", "ssm:PutParameter: AccessDenied", "ask for it")
BROKEN = Reason("a file can't be read", "mapping values are not allowed here", "", "serverless.yml", 4, 2)


def finding(number: int = 0, fate: Fate = Fate.LEFT, notes: tuple[str, ...] = (), service: str = "shop") -> FindingRow:
    key, rule, kind, confidence = _KINDS[number % len(_KINDS)]
    name = f"/{service}/{key.lower().replace('_', '-')}"
    return FindingRow(
        file="serverless.yml",
        line=10 + number,
        key_path=f"provider.environment.{key}",
        rule=rule,
        kind=kind,
        confidence=confidence,
        reason=f"has the shape of a {kind}",
        fate=fate,
        applicability=Applicability.SAFE,
        parameter=name,
        reference=f"${{ssm(raw):{name}}}",
        notes=notes,
    )


def diff(findings: tuple[FindingRow, ...], file: str = "serverless.yml") -> DiffRow:
    lines = [f"--- a/{file}", f"+++ b/{file}", "@@ -8,9 +8,9 @@", "   environment:"]
    for each in findings:
        key = each.key_path.rpartition(".")[2]
        lines += [f"-    {key}: {MASK}", f"+    {key}: {each.reference}"]
    return DiffRow(file, (*lines, "     LOG_LEVEL: info"))


def repository(name: str, outcome: Outcome, secrets: int = 0, *reasons: Reason) -> RepositoryRow:
    service = name.rpartition("/")[2]
    found = tuple(finding(number, _FATES.get(outcome, Fate.LEFT), service=service) for number in range(secrets))
    moved = outcome is Outcome.MIGRATED
    return RepositoryRow(
        name=name,
        outcome=outcome,
        reasons=reasons,
        findings=found,
        diffs=(diff(found),) if found and outcome in _FATES else (),
        parameters=tuple(ParameterRow(each.parameter, 1, True, "eu-west-1") for each in found) if moved else (),
        files=2,
        branch="move-secrets" if moved else "",
        commit="0123456789abcdef0123" if moved else "",
    )


def some(*more: RepositoryRow) -> PageContent:
    """A repository of each outcome that matters."""
    return PageContent(
        (
            repository("clean-one", Outcome.CLEAN),
            repository("alpha", Outcome.MIGRATED, 4),
            repository("beta", Outcome.LEFT, 2),
            repository("zeta", Outcome.FAILED, 3, DENIED),
            repository("eta", Outcome.FAILED, 0, BROKEN),
            repository("theta", Outcome.SKIPPED, 1, Reason("uncommitted changes", "has uncommitted changes")),
            *more,
        ),
        "2026-03-14 16:05 UTC",
    )


def many(count: int) -> PageContent:
    """A report in which a third of the repositories hold five secrets each."""
    outcomes = (Outcome.MIGRATED, Outcome.CLEAN, Outcome.CLEAN)
    return PageContent(
        tuple(
            repository(f"team-{number % 9}/service-{number}", outcomes[number % 3], 0 if number % 3 else 5)
            for number in range(count)
        )
    )

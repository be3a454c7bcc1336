"""The one way of a repository: survey, decide, check, execute; a batch does so for many repositories.

All ends in one frozen `RepositoryResult` without values (`results`), which console, reports and exit code are made
from.

Others use: `batch`, `batch_execute`, `batch_session`, `commits`, `conflicts`, `deciders`, `equal_secrets`, `execute`,
`masked_results`, `outcome`, `pending`, `repository_survey`, `results`, `retry`, `rows`, `session`, `single`,
`store_check`, `survey`.
"""

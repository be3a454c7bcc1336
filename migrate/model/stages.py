"""The names of deployment stages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Nothing else is called so: even a value that is one of these means a stage.
CERTAIN_STAGES = _words("dev development prod production prd stg stage staging qa uat demo sandbox ci")
# Keys, files and directories are called after stages by these names as well; as values they may mean anything.
STAGES = CERTAIN_STAGES | _words(
    "develop live test testing tst local preprod pre-prod beta alpha integration int acc acceptance"
)

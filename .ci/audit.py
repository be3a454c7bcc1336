"""Known holes of what is installed: python .ci/audit.py PIP_AUDIT SITE_PACKAGES [--required].

Asks PyPI's vulnerability database, and OSV where PyPI does not answer. Exit 1 for a known hole. Where neither answers
nothing was audited: that is said, and is a failure only with --required.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SERVICES = ("pypi", "osv")


def ask(pip_audit: str, path: str, service: str) -> list[dict[str, Any]]:
    """The packages that a database knows, with their holes; none where it does not answer.

    PyPI's mirrors answer "not found" for every package, which pip-audit calls a success.
    """
    command = [pip_audit, "--progress-spinner=off", "--format=json", "--vulnerability-service", service, "--path", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return []
    return [each for each in answer["dependencies"] if "vulns" in each]


def main(arguments: Sequence[str]) -> int:
    """Asks one database after the other; the exit code."""
    pip_audit, path, *rest = arguments
    for service in SERVICES:
        known = ask(pip_audit, path, service)
        if known:
            holes = [(each["name"], each["version"], hole) for each in known for hole in each["vulns"]]
            for name, version, hole in holes:
                print(f"{name} {version}: {hole['id']}, mended in {' '.join(hole['fix_versions']) or 'no version'}")
            print(f"{len(known)} packages audited ({service}), known holes: {len(holes)}")
            return 1 if holes else 0
    print(f"NOT AUDITED: no vulnerability database answers from here ({', '.join(SERVICES)})")
    return 1 if "--required" in rest else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

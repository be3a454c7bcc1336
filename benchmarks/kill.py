"""Kills a migration at random instants and starts it again: python benchmarks/kill.py [--kills 200] [--seed 1].

Each way of committing gets its share of the kills, over 60 repositories. After every kill each secret must stand in
its file or in the store and every parameter be at version 1; after every migration all must be as an undisturbed one
leaves it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from migrate.stores.sandbox import application, serve
from tests.support.storestub import REGION, StubStore
from tests.whole_program.test_kill import WAYS, survives


def main() -> None:
    """Kills, checks and counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--repositories", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    stub = StubStore(application())
    with serve(stub) as url:
        stub.url = url
        os.environ.update(
            AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
            AWS_DEFAULT_REGION=REGION, NO_PROXY="127.0.0.1", GIT_AUTHOR_NAME="Test", GIT_AUTHOR_EMAIL="t@example.com",
            GIT_COMMITTER_NAME="Test", GIT_COMMITTER_EMAIL="t@example.com",
        )  # fmt: skip
        begun, done = time.monotonic(), 0
        for number, (way, words) in enumerate(WAYS.items()):
            share = asked.kills * (number + 1) // len(WAYS) - asked.kills * number // len(WAYS)
            with tempfile.TemporaryDirectory() as directory:
                stub.reset()
                done += survives(Path(directory), stub, words, share, asked.seed + number, asked.repositories)
            print(f"{way}: {share} kills survived", flush=True)
    print(f"{done} kills over {asked.repositories} repositories in {time.monotonic() - begun:.0f} s: nothing lost, "
          "every parameter at version 1, every end state that of an undisturbed run")  # fmt: skip


if __name__ == "__main__":
    main()

"""Kill a migration at random and start it again: python -m benchmarks.kill.

Each way of committing gets its share of the kills, over 60 repositories. After every kill each secret must be in its
file or in the store and every parameter at version 1; after every migration all must be as an undisturbed one leaves
it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from migrate.stores.sandbox_server import application, serve
from tests.support.storestub import REGION, StubStore
from tests.whole_program.test_kill import WAYS, survives


def main() -> None:
    """Kill, check and count. Raises AssertionError where something is lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--repositories", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
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
            share = options.kills * (number + 1) // len(WAYS) - options.kills * number // len(WAYS)
            with tempfile.TemporaryDirectory() as directory:
                stub.reset()
                done += survives(Path(directory), stub, words, share, options.seed + number, options.repositories)
            print(f"{way}: {share} kills survived", flush=True)
    print(f"{done} kills over {options.repositories} repositories in {time.monotonic() - begun:.0f} s: nothing lost, "
          "every parameter at version 1, every end state that of an undisturbed run")  # fmt: skip


if __name__ == "__main__":
    main()

"""Measure how fast a batch scans and migrates: python -m benchmarks.batch.

Prints scan seconds and manifests a second beside detect-secrets, peak memory at N/4 and N repositories, and the time of
a migration against a store that takes 10 puts a second, over the ideal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.speed.programs import HINT, MissingPeerError, find

ROOT = Path(__file__).resolve().parent.parent
PUT_RATE = 10.0
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SLSMIGRATE = (sys.executable, "-m", "migrate", "batch")
_CLEAN = """\
service: {name}

frameworkVersion: "3"

provider:
  name: aws
  runtime: nodejs18.x
  stage: ${{opt:stage, 'dev'}}
  region: eu-west-1
  memorySize: 256
  timeout: 15
  environment:
    STAGE: ${{self:provider.stage}}
    LOG_LEVEL: info
    TABLE_NAME: {name}-items-${{self:provider.stage}}
    DB_PASSWORD: ${{ssm(raw):/{name}/db-password}}
{secrets}
  iam:
    role:
      statements:
        - Effect: Allow
          Action: [dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query]
          Resource: !GetAtt ItemsTable.Arn

plugins:
  - serverless-esbuild
  - serverless-offline

custom:
  esbuild:
    bundle: true
    minify: true
    target: node18

functions:
{functions}
resources:
  Resources:
    ItemsTable:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: ${{self:provider.environment.TABLE_NAME}}
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions:
          - {{AttributeName: pk, AttributeType: S}}
        KeySchema:
          - {{AttributeName: pk, KeyType: HASH}}
"""
_FUNCTION = """\
  {name}:
    handler: src/{name}.handler
    description: Handles {name}
    events:
      - httpApi:
          method: get
          path: /{name}/{{id}}
"""
_NAMES = ("list", "get", "create", "update", "remove", "search", "export", "notify")
_NO_VARIABLES: Mapping[str, str] = {}
_SECRETS = ("DB_ADMIN_PASSWORD", "STRIPE_API_KEY", "SESSION_SECRET")


def _random_text(source: random.Random, length: int = 24) -> str:
    return "".join(source.choice(_LETTERS) for _ in range(length))


def _manifest(name: str, secrets: int, source: random.Random) -> str:
    lines = [f"    {key}: {_random_text(source)}" for key in _SECRETS[:secrets]]
    functions = "".join(_FUNCTION.format(name=function) for function in source.sample(_NAMES, 5))
    return _CLEAN.format(name=name, secrets="\n".join(lines) or "    REGION: eu-west-1", functions=functions)


def generate(root: Path, repositories: int, *, every: int = 5) -> int:
    """Make git repositories of two manifests and return the number of secrets.

    One repository in `every` holds three.
    """
    source = random.Random(7)
    template = root.parent / f"{root.name}-git"
    subprocess.run(["git", "init", "--quiet", "--template=", str(template)], check=True)
    count = 0
    for number in range(repositories):
        repository = root / f"team-{number % 20}" / f"service-{number}"
        shutil.copytree(template, repository)
        (repository / ".gitignore").write_text("node_modules\n.serverless\n.env\n*.log\n/dist/\n")
        counts = (("api", 2), ("worker", 1)) if number % every == 0 else (("api", 0), ("worker", 0))
        for part, secrets in counts:
            folder = repository / "services" / part
            folder.mkdir(parents=True)
            (folder / "serverless.yml").write_text(_manifest(f"svc-{number}-{part}", secrets, source))
            count += secrets
    return count


@dataclass(frozen=True)
class Measurement:
    """A command's seconds, and the most memory that it and all its processes held at once, in MB."""

    seconds: float
    peak: float


def measure(command: Sequence[str], cwd: Path, environment: Mapping[str, str] = _NO_VARIABLES) -> Measurement:
    """Run a command that must end with exit code 0, and sample its memory.

    That is the sum of the proportional sizes of all processes of its session.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _group_memory(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        if process.returncode:
            out.seek(0)
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{out.read()[-2000:].decode()}")
    return Measurement(seconds, peak)


def _group_memory(session: int) -> float:
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if sys.platform != "win32" and os.getsid(int(entry.name)) == session:
                    text = (entry / "smaps_rollup").read_text()
                    total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
    return total / 1024


def scan(root: Path, repositories: int, rounds: int, detect_secrets: str) -> None:
    """Print the seconds of the scan and of that of detect-secrets, run by turns."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(measure([*_SLSMIGRATE, str(root), "--dry-run"], ROOT).seconds)
        theirs.append(measure([detect_secrets, "scan", "--all-files", "."], root).seconds)
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"scan of {repositories} repositories, {2 * repositories} manifests (median of {rounds})")
    print(f"  slsmigrate      {mine:7.2f} s   {2 * repositories / mine:8.0f} manifests/s")
    print(f"  detect-secrets  {other:7.2f} s   {other / mine:8.1f} × as long")


def memory(root: Path, quarter: Path, repositories: int, rounds: int) -> None:
    """Print the peak memory at a quarter of the repositories and at all of them."""

    def peak(where: Path) -> float:
        runs = [measure([*_SLSMIGRATE, str(where), "--dry-run"], ROOT) for _ in range(rounds)]
        return statistics.median(run.peak for run in runs)

    small, large = peak(quarter), peak(root)
    ratio = large / small
    print(f"peak memory       {small:.0f} MB at {repositories // 4}, {large:.0f} MB at {repositories}: × {ratio:.2f}")


@contextmanager
def store(rate: float) -> Iterator[str]:
    """Serve a store that takes so many puts a second, and yield its URL."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(rate, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(rate: float, parent: Connection) -> None:
    from migrate.stores.sandbox_server import application, serve
    from tests.support.storestub import StubStore

    stub = StubStore(application())
    stub.rate = rate
    with serve(stub) as url:
        stub.url = url
        parent.send(url)
        time.sleep(86_400)


def migration(root: Path, secrets: int) -> None:
    """Print the time of a migration beside what the store's rate alone would take."""
    with store(PUT_RATE) as url:
        environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }
        command = [*_SLSMIGRATE, str(root), "--yes", "--allow-dirty", "--put-rate", str(PUT_RATE)]
        run = measure(command, ROOT, environment)
    ideal = secrets / PUT_RATE
    print(f"migration of {secrets} secrets at {PUT_RATE:.0f} puts/s: {run.seconds:.1f} s, ideal {ideal:.1f} s: "
          f"× {run.seconds / ideal:.2f}, peak {run.peak:.0f} MB")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the repositories, measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("--repositories", type=int, default=1000)
    parser.add_argument("--puts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    try:
        detect_secrets = find("detect-secrets")
    except MissingPeerError as error:
        print(f"error: {error}\nhint: {HINT}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as directory:
        whole, quarter, paced = (Path(directory) / name for name in ("whole", "quarter", "paced"))
        generate(whole, options.repositories)
        generate(quarter, options.repositories // 4)
        secrets = generate(paced, options.puts // 3 * 5)
        scan(whole, options.repositories, options.rounds, detect_secrets)
        memory(whole, quarter, options.repositories, options.rounds)
        migration(paced, secrets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
